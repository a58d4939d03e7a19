"""Samplers that hang for days or weeks: each row has its own beginning and end, and many places in one table.

The column of ends (joined with its clock where there is one) gets the role ``span``. Such tables seldom call
their column of places so: where rows begin together, the column of words that tells them apart is it. Tubes
that hang side by side (same place, same beginning) are numbered as sensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kit.formats import _words as words
from kit.formats._reasons import PART, WORDS
from kit.formats._roles import Found
from kit.formats._times import clock_text
from kit.model import Column

SIDE_BY_SIDE = "sampler"


def with_ends(
    frame: pd.DataFrame, columns: Sequence[Column], kind: str, others: Sequence[Found], start: str
) -> tuple[pd.DataFrame, list[Column]]:
    """Return frame and columns with the ends of periods as a column of the role ``span``, if there are any.

    ``kind`` says how the time is made ("time", "date", "clock", as in :mod:`kit.formats._plan`), ``start`` is
    its column, ``others`` are columns that could have been the time.

    >>> places = ["Kesk tn", "Aia tn"]
    >>> frame = pd.DataFrame({"from": ["2024-05-01"] * 2, "until": ["2024-05-29"] * 2, "where": places})
    >>> columns = [Column("from", "date"), Column("until", "ignored"), Column("where", "note", reason=WORDS)]
    >>> until = Found("until", "until", "", "until", "date", ["2024-05-29"])
    >>> [(c.name, c.role) for c in with_ends(frame, columns, "date", [until], "from")[1]]
    [('from', 'date'), ('until', 'span'), ('where', 'station')]
    """
    shape = "datetime" if kind == "time" else "date"
    ends = [one for one in others if words.END.search(one.plain)]
    end = next((one for one in ends if one.shape == shape), None)
    if kind not in ("time", "date", "clock") or end is None:
        return frame, list(columns)
    clock = next((one for one in ends if one.shape == "clock"), None) if kind == "clock" else None
    if clock is None:
        found = [
            Column(c.name, "span", label=c.label or c.name) if c.name == end.name else c for c in columns
        ]
    else:
        name = f"{end.name} + {clock.name}"
        text = (frame[end.name] + " " + clock_text(frame[clock.name])).str.strip()
        frame = frame.assign(**{name: text.astype("str")})
        parts = (end.name, clock.name)
        found = [replace(c, role="ignored", reason=PART) if c.name in parts else c for c in columns]
        found.append(Column(name, "span", label=name, derived=True))
    return _side_by_side(frame, _with_places(frame, found, start), start)


def _with_places(frame: pd.DataFrame, columns: list[Column], start: str) -> list[Column]:
    """Take a column of words for the places where none is named so and several rows begin together."""
    if any(column.role in ("station", "label") for column in columns):
        return columns
    together = frame[start].str[:10].duplicated(keep=False)
    if together.mean() < 0.5:
        return columns
    texts = [column for column in columns if column.role == "note" and column.reason == WORDS]
    letters = {c.name: float(frame[c.name].str.count(r"[^\W\d_]").mean()) for c in texts}
    several = [c for c in texts if letters[c.name] >= 4 and frame.loc[together, c.name].nunique() > 1]
    if not several:
        return columns
    best = max(several, key=lambda column: letters[column.name])
    return [Column(c.name, "station", label=c.label) if c is best else c for c in columns]


def _side_by_side(
    frame: pd.DataFrame, columns: list[Column], start: str
) -> tuple[pd.DataFrame, list[Column]]:
    """Number the samplers of one place that begin together."""
    place = next((column.name for column in columns if column.role == "station"), None)
    if place is None or any(column.role in ("sensor", "label") for column in columns):
        return frame, columns
    number = frame.groupby([place, start], sort=False).cumcount() + 1
    if not len(number) or number.max() < 2 or number.max() > 9:
        return frame, columns
    frame = frame.assign(**{SIDE_BY_SIDE: number.astype("str")})
    return frame, [*columns, Column(SIDE_BY_SIDE, "sensor", derived=True)]
