"""Tables with a column for each of several places (or sensors): who is who, asked once for all of them.

A reader gives such columns a ``station``. Where the name of a column says nothing else, nobody but a person
knows whether the columns are places or sensors of one place (question ``columns``) and what they hold
(``variable.*``, ``unit.*``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kit.errors import UsageError
from kit.ingest.slugs import slug
from kit.model import Question, RawTable
from kit.text import N_

ASK_COLUMNS = N_("{n} columns have names that kit does not know ({columns}). What are they?")
KINDS = {
    "places": N_("several places, one column each"),
    "sensors": N_("several sensors at one place, one column each"),
    "apart": N_("different quantities, one column each"),
}


@dataclass
class Several:
    """The table with its places settled; ``questions`` to ask first and the answers that counted."""

    table: RawTable
    questions: list[Question] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)


def settle_places(table: RawTable, answers: Mapping[str, str]) -> Several:
    """Return a table of readings whose columns are places, sensors or quantities, as a person says.

    Raises :class:`UsageError` for an answer that is none of the three.
    """
    unsure = {c.name for c in table.columns if c.role == "value" and c.station and c.station == c.name}
    if not unsure:
        return Several(table)
    given = answers.get("columns", "")
    if given and given not in KINDS:
        raise UsageError(
            "{value} does not say what the columns are.", do="Write places, sensors or apart.",
            code="bad-columns", value=given,
        )  # fmt: skip
    used = {"columns": given} if given else {}
    if given == "places":
        return Several(table, used=used)
    columns = tuple(
        replace(c, station="", sensor=slug(c.name) if given != "apart" else c.sensor,
                label=c.name if given == "apart" else c.label) if c.name in unsure else c
        for c in table.columns
    )  # fmt: skip
    questions = []
    if not given:
        names = sorted(unsure, key=[c.name for c in table.columns].index)
        shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        numbered = len({name.rstrip("0123456789 _-") for name in names}) == 1
        order = ("sensors", "apart", "places") if numbered else ("places", "sensors", "apart")
        options = tuple((kind, KINDS[kind]) for kind in order)
        params = {"n": len(names), "columns": shown}
        questions.append(Question("columns", ASK_COLUMNS, options, "", params))
    return Several(replace(table, columns=columns), questions, used)


def shared(table: RawTable) -> set[str]:
    """Return the columns whose quantity is asked for once for all of them."""
    names = [c.name for c in table.columns if c.role == "value" and not c.variable]
    placed = [
        c.name for c in table.columns if c.name in names and (c.station == c.name or c.sensor == slug(c.name))
    ]
    return set(placed) if len(placed) > 1 else set()
