"""Own rules for doubtful values, beside kit's flags: what a rule finds, what it misses, what it marks more.

Of two judges neither is the truth. The table counts where they agree, as anyone compares a new test with one
that is in use: hits, misses and false alarms (Wilks 2011, Statistical Methods in the Atmospheric Sciences,
3rd edition, section 8.2; https://doi.org/10.1016/B978-0-12-385022-5.00008-7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.analysis.result import HEADINGS, Note, Result, said
from kit.errors import UsageError
from kit.model import Flag
from kit.text import N_, number, tr

Bools = NDArray[np.bool_]
#: Flags that say that kit doubts a value.
DOUBTFUL = (Flag.SUSPECT, Flag.FAIL)
#: Two values farther apart than so many usual steps are no neighbours.
NEXT_TO = 2.5

METHOD = N_("Own rules beside kit's flags 3 (suspect) and 4 (fail)")
LOW, HIGH = N_("below {limit}"), N_("above {limit}")
JUMP, SAME = (
    N_("{limit} away from the values before and after it"),
    N_("the same {limit} times in a row or more"),
)
TOGETHER = N_("all of these rules together")
DOUBTS = N_("Kit doubts {doubtful} of {n} values.")
FOUND = N_(
    "The rule “{rule}” marks {marked}: {hits} that kit doubts, too, and {extra} that kit does not doubt. "
    "It misses {misses}."
)
CAUTION = N_(
    "Kit's marks are made by rules, too; they are not the truth. Who marks less misses more, who marks more "
    "doubts good values: only those who know the place and the device can say which marks are right."
)
HEADINGS |= {
    "rule": N_("rule"), "marked": N_("marked by the rule"), "hits": N_("doubted by kit, too"),
    "misses": N_("doubted by kit, not marked"), "extra": N_("marked, not doubted by kit"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RulesResult(Result):
    """What own rules find of what kit doubts.

    ``tried`` has one row per rule (several: a last one for all of them together): ``rule``, ``marked``,
    ``hits`` (kit doubts it, too), ``misses`` (kit doubts it, the rule does not mark it), ``extra`` (marked,
    not doubted). ``disagreements`` are the readings on which kit and the last row differ: ``time`` (as
    given), ``value``, ``flag`` and ``marked``. ``doubtful`` is how many values kit doubts.
    """

    doubtful: int
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    tried: pd.DataFrame = field(repr=False)
    disagreements: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per rule."""
        return self.tried

    def sentence(self, lang: str | None = None) -> str:
        """Say how many values kit doubts, and what the last row of the table finds of them."""
        last = self.tried.iloc[-1]
        counts = {name: number(int(last[name]), 0, lang) for name in ("marked", "hits", "misses", "extra")}
        rule = said(self.names[str(last["rule"])], lang)
        doubts = tr(DOUBTS, lang, doubtful=number(self.doubtful, 0, lang), n=number(self.n, 0, lang))
        return doubts + " " + tr(FOUND, lang, rule=rule, **counts)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def rules(
    readings: pd.DataFrame,
    own: Mapping[str, Any] | None = None,
    *,
    low: float | Sequence[float] = (),
    high: float | Sequence[float] = (),
    jump: float | Sequence[float] = (),
    same: int | Sequence[int] = (),
) -> RulesResult:
    """Return what own rules for doubtful values find of those that kit doubts.

    Parameters
    ----------
    readings
        Readings of one variable with ``value`` and ``flag``, and ``time`` where there is one: what
        ``readings(..., freq=None)`` gives, or ``lesson.readings()``. Missing values are left out. The rows
        of each station and sensor are put into the order of time.
    own
        Name of a rule -> its marks, a truth value for each row of ``readings``.
    low, high
        Values below or above it are marked; one limit or several, in the unit of the values.
    jump
        Values that lie so far above, or so far below, both the value before and the one after are marked.
    same
        Values that are the same at least so many times in a row are marked.

    Raises
    ------
    UsageError
        ``no-readings``: no such table, or no value in it; ``several-variables``; ``no-rule``: no rule was
        given, or marks of another length.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [5.0, 6.0, 90.0, 5.0, -3.0], "flag": [1, 1, 3, 1, 4]})
    >>> found = rules(table, high=50)
    >>> found.tried[["marked", "hits", "misses", "extra"]].to_dict("records")
    [{'marked': 1, 'hits': 1, 'misses': 1, 'extra': 0}]
    """
    _must_be_readings(readings)
    rows, marks = readings.reset_index(drop=True), _given(own or {}, len(readings))
    rows = rows.assign(**{f"own {at}": mark for at, mark in enumerate(marks.values())})
    rows = rows[rows["value"].notna() & rows["flag"].ne(int(Flag.MISSING))]
    if rows.empty:
        raise _not_readings("a table without values")
    keys = [name for name in ("station", "sensor", "time") if name in rows]
    rows = (rows.sort_values(keys, kind="stable") if keys else rows).reset_index(drop=True)
    value, linked = rows["value"].to_numpy(dtype=float), _linked(rows)
    found: dict[str, Bools] = {}
    names: dict[str, tuple[Note, ...]] = {}
    for at, name in enumerate(marks):
        found[name], names[name] = rows[f"own {at}"].to_numpy(dtype=bool), ((name, {}),)
    for words, limits, mark in (
        (LOW, low, lambda limit: value < limit), (HIGH, high, lambda limit: value > limit),
        (JUMP, jump, lambda limit: _jumps(value, linked, limit)),
        (SAME, same, lambda limit: _repeats(value, linked, int(limit))),
    ):  # fmt: skip
        for limit in np.atleast_1d(np.asarray(limits, dtype=float)):
            key = words.format(limit=f"{limit:g}")
            found[key], names[key] = mark(limit), ((words, {"limit": (float(limit), _digits(limit))}),)
    if not found:
        raise UsageError("No rule was given.", do="Give at least one, for example: high=100.", code="no-rule")
    if len(found) > 1:
        found[TOGETHER], names[TOGETHER] = np.logical_or.reduce(list(found.values())), ((TOGETHER, {}),)
    return _result(readings, rows, found, names)


def _result(
    given: pd.DataFrame, rows: pd.DataFrame, found: dict[str, Bools], names: dict[str, tuple[Note, ...]]
) -> RulesResult:
    doubted = rows["flag"].isin([int(flag) for flag in DOUBTFUL]).to_numpy()
    tried = pd.DataFrame(
        {
            "rule": list(found),
            "marked": [int(mark.sum()) for mark in found.values()],
            "hits": [int((mark & doubted).sum()) for mark in found.values()],
            "misses": [int((~mark & doubted).sum()) for mark in found.values()],
            "extra": [int((mark & ~doubted).sum()) for mark in found.values()],
        }
    )
    last = list(found.values())[-1]
    shown = [name for name in ("station", "sensor", "time", "value", "flag") if name in rows]
    apart = rows.loc[last != doubted, shown].assign(marked=last[last != doubted]).reset_index(drop=True)
    version = "/".join(str(given.attrs[key]) for key in ("dataset_version", "rules") if key in given.attrs)
    return RulesResult(
        method=METHOD, n=len(rows), completeness=len(rows) / len(given), version=version,
        doubtful=int(doubted.sum()), names=names, tried=tried, disagreements=apart,
    )  # fmt: skip


def _not_readings(kind: str) -> UsageError:
    return UsageError(
        "Readings one by one are needed here, with a value and a flag each; this is something else: {kind}.",
        do='Take them with readings("pm25", freq=None), or with lesson.readings("pm25").',
        code="no-readings", kind=kind,
    )  # fmt: skip


def _must_be_readings(given: object) -> None:
    if not isinstance(given, pd.DataFrame) or not {"value", "flag"} <= set(given.columns):
        raise _not_readings(type(given).__name__)
    if "variable" in given and given["variable"].nunique() > 1:
        raise UsageError(
            "Rules are tried on one variable at a time; these are {names}.", do="Choose one of them.",
            code="several-variables", names=", ".join(sorted(set(given["variable"].astype(str)))),
        )  # fmt: skip


def _given(own: Mapping[str, Any], n: int) -> dict[str, Bools]:
    """Return marks as arrays; missing ones (a comparison with nothing) are no marks."""
    marks = {name: pd.Series(np.asarray(mark)).fillna(False).to_numpy() for name, mark in own.items()}
    for name, mark in marks.items():
        if mark.shape != (n,) or mark.dtype != bool:
            raise UsageError(
                "The rule “{rule}” does not say yes or no for each of the {n} readings.",
                do='A comparison does: ours["value"] > 100.', code="no-rule", rule=name, n=n,
            )  # fmt: skip
    return marks


def _linked(rows: pd.DataFrame) -> Bools:
    """Return for each value but the first whether it follows the one before without a gap, shape (n - 1,)."""
    linked = np.ones(max(len(rows) - 1, 0), dtype=bool)
    for name in ("station", "sensor"):
        if name in rows:
            linked &= rows[name].to_numpy()[1:] == rows[name].to_numpy()[:-1]
    if "time" in rows and len(rows) > 2:
        steps = np.diff(rows["time"].to_numpy()).astype("timedelta64[us]").astype(float)
        usual = float(np.median(steps[linked & (steps > 0)])) if (linked & (steps > 0)).any() else np.inf
        linked &= steps <= NEXT_TO * usual
    return linked


def _jumps(value: NDArray[np.float64], linked: Bools, limit: float) -> Bools:
    marked = np.zeros(len(value), dtype=bool)
    before, after = value[1:-1] - value[:-2], value[1:-1] - value[2:]
    far = (np.minimum(before, after) > limit) | (np.maximum(before, after) < -limit)
    marked[1:-1] = far & linked[:-1] & linked[1:]
    return marked


def _repeats(value: NDArray[np.float64], linked: Bools, times: int) -> Bools:
    begins = np.append(True, (np.diff(value) != 0) | ~linked)
    first = np.flatnonzero(begins)
    count = np.diff(np.append(first, len(value)))
    return np.repeat(count >= times, count)


def _digits(limit: float) -> int:
    return len(f"{limit:.6f}".rstrip("0").split(".")[1])
