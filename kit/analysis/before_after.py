"""Did it change when something changed? Before and after, with other places to compare with.

A street is closed, a heating plant gets a filter, a wood is planted: what changed at the places concerned
(the treated ones), beyond what changed at the others in the same days? That is a difference in differences
(Angrist & Pischke 2009, ch. 5, ISBN 978-0-691-12035-5). How rare it is by chance is found by shuffling,
without assuming independent days or stations:

``stations``
    any other stations could have been the treated ones; used where there are enough to tell (20 ways or
    more).
``days``
    the day of the change could have been any other: the series of differences is turned as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series, together
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Note, Result, called, digits_for, named
from kit.errors import AnalysisError, UsageError
from kit.stats import panel, permutation
from kit.text import N_, day, number, tr

Method = Literal["stations", "days"]
#: Days on each side: with fewer, turning the days shows no rare chance.
FEWEST_DAYS = 21
#: A station needs this share of the days on each side.
NEEDED = 0.5
LONGEST = 365
RARE = 0.05

METHODS = {
    "stations": N_("Difference in differences; chance found by letting other stations be the changed ones"),
    "days": N_("Before and after; chance found by turning the days as a whole"),
}
HIGHER = N_("{name} was {size} {unit} higher from {when} on than before (between {low} and {high}).")
LOWER = N_("{name} was {size} {unit} lower from {when} on than before (between {low} and {high}).")
UNCLEAR = N_("{name}: no clear change on {when}. Everything from {low} to {high} {unit} fits these readings.")
OPEN = N_(
    "{name}: it changed by {size} {unit} on {when}, but with so few stations chance cannot be told from a "
    "change."
)
BESIDE = N_("That is beyond what changed at the {n} stations that it was compared with.")
ALONE = N_("There was no other station to compare with, so the weather and the season are in it.")
CHANCE = N_("By chance alone it would be as large in {count} of {n} shufflings; at the rarest in {rarest}.")
CAUTION = N_(
    "Something else may have changed on the same day at the same place. A new device or a moved station "
    "looks the same."
)
CAUTION_ALONE = N_("Without other stations the weather and the season alone can make such a change.")
LEFT_SIDE = N_("{station} was left out: it has less than half of the days before or after.")
CHANGED = N_("{station}: another device took over within this time. That can look like a change.")
HEADINGS |= {
    "treated": N_("changed place"),
    "before": N_("before"),
    "after": N_("after"),
    "change": N_("change"),
}


@dataclass(frozen=True, kw_only=True)
class BeforeAfterResult(Result):
    """What changed at a date.

    ``change`` (with its 95 % interval ``low``, ``high``; infinite where chance cannot be told from a change)
    is in the variable's unit; ``count`` of ``orders`` shufflings were at least as far from zero, ``p`` is
    their share and ``smallest_p`` the smallest one possible. ``stations`` has one row per station used:
    ``station``, ``station_name``, ``treated``, ``before``, ``after``, ``change`` (on its own days). ``days``
    has one row per day: ``time``, ``value`` (the treated stations less the others), ``after``.
    """

    variable: str
    unit: str
    when: pd.Timestamp
    change: float
    low: float
    high: float
    p: float
    count: int
    orders: int
    smallest_p: float
    n_treated: int
    n_others: int
    days_before: int
    days_after: int
    stations: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)

    @property
    def direction(self) -> str:
        """``"up"``, ``"down"``, or ``"unclear"`` where the interval holds zero."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"

    @property
    def table(self) -> pd.DataFrame:
        """One row per station."""
        return self.stations

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with ``direction``."""
        return {**super().to_dict(lang), "direction": self.direction}

    def sentence(self, lang: str | None = None) -> str:
        """Say what changed, compared with what, and what chance can do."""
        half = (self.high - self.low) / 2
        digits = digits_for(self.change, half)
        low, high = self.low, self.high
        template = {"up": HIGHER, "down": LOWER, "unclear": UNCLEAR}[self.direction]
        size = abs(self.change)
        if not math.isfinite(half):
            template, size = OPEN, self.change
        elif self.direction == "down":
            low, high = -self.high, -self.low
        words = {
            "name": named(self.variable, lang), "size": number(size, digits, lang), "unit": self.unit,
            "when": day(self.when, lang), "low": number(low, digits, lang) if math.isfinite(low) else "",
            "high": number(high, digits, lang) if math.isfinite(high) else "",
        }  # fmt: skip
        beside = tr(BESIDE, lang, n=number(self.n_others, 0, lang)) if self.n_others else tr(ALONE, lang)
        chance = tr(CHANCE, lang, count=number(self.count, 0, lang), n=number(self.orders, 0, lang),
                    rarest=number(round(self.smallest_p * self.orders), 0, lang))  # fmt: skip
        return f"{tr(template, lang, **words).replace('  ', ' ')} {beside} {chance}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        said = tr(CAUTION, lang)
        return said if self.n_others else f"{said} {tr(CAUTION_ALONE, lang)}"


@conditioned
def before_after(
    ds: xr.Dataset,
    when: str,
    treated: Sequence[str] | str | None = None,
    variable: str | None = None,
    *,
    days: int = LONGEST,
    method: Method | None = None,
    by: By = None,
) -> BeforeAfterResult:
    """Return what changed at a date at some stations, beyond what changed at the others.

    Parameters
    ----------
    ds
        Daily readings: dims (station, time), local standard dates.
    when
        The first day of the time after, e.g. ``"2026-05-01"``.
    treated
        Ids of the stations (or of schools, meaning all their stations) where something changed. Default: all
        of them; then there is nothing to compare with, and the result says so.
    variable
        Which one, if the dataset holds several.
    days
        How many days before and after are used at most.
    method
        ``"stations"`` or ``"days"``; default: stations where these can show a chance as rare as 1 in 20.
    by
        The same for each part: season, weekday, month, region …

    Raises
    ------
    AnalysisError
        ``too-short``: fewer than 21 days before or after. ``few-stations``: no treated station is left.
    NotFoundError
        ``unknown-station``.

    Notes
    -----
    Measured (tests/analysis/test_before_after.py and 400 runs each with 60 and 200 days, 4 to 12 stations):
    shuffling stations says "changed" where nothing did in 2 to 6 %; turning days in 3 to 6 % without a memory
    from day to day and in 3 to 8 % with a correlation of .6.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> values = rng.normal(0, 1, (8, 60)) + rng.normal(0, 3, 60)
    >>> values[:3, 30:] += 5
    >>> time = pd.date_range("2026-04-01", periods=60).as_unit("us")
    >>> ds = xr.Dataset({"pm25": (("station", "time"), values)},
    ...                 {"station": list("abcdefgh"), "time": time}, {"freq": "1D"})
    >>> found = before_after(ds, "2026-05-01", ["a", "b", "c"])
    >>> round(found.change, 1), found.count, found.orders
    (5.2, 1, 56)
    """
    name = series.main_variable(ds, variable)
    start = _date(when)
    chosen = _treated(ds, treated)
    values, notes = together.outdoor_days(ds, name)
    span = pd.Timedelta(days=days)
    values = values[(values.index >= start - span) & (values.index < start + span)].dropna(how="all")
    values, late = _sides(values, start, chosen, notes, series.station_names(ds), called(name))
    mine = np.array([station in chosen for station in values.columns])
    notes += _devices(ds, name, values)
    table = values.to_numpy()
    gap = panel.levels(table[:, mine]).days
    if not mine.all():
        gap = gap - panel.levels(table[:, ~mine]).days
    ways = math.comb(len(mine), int(mine.sum()))
    rarest = (2 if 2 * mine.sum() == len(mine) else 1) / ways
    chosen_method = method or ("stations" if rarest <= RARE else "days")
    if chosen_method == "stations" and mine.all():
        raise UsageError("All stations are treated, so no others could have been.", do='Use method="days".',
                         code="no-others")  # fmt: skip
    if chosen_method == "stations":
        found = panel.difference_in_differences(table, late, mine)
    else:
        found = permutation.step(gap, late)
    if abs(found.estimate) <= 1e-9 * float(np.nanmax(np.abs(table))):  # what rounding leaves of nothing
        found = replace(found, estimate=0.0, low=0.0, high=0.0, p=1.0, count=found.deals)
    return BeforeAfterResult(
        method=METHODS[chosen_method], n=int(values.notna().to_numpy().sum()),
        completeness=together.completeness(values), version=series.version(ds), notes=tuple(notes),
        variable=name, unit=series.unit(ds, name), when=start, change=found.estimate, low=found.low,
        high=found.high, p=found.p, count=found.count, orders=found.deals, smallest_p=found.smallest,
        n_treated=int(mine.sum()), n_others=int((~mine).sum()), days_before=int((~late).sum()),
        days_after=int(late.sum()), stations=_stations(ds, values, late, mine),
        days=pd.DataFrame({"time": values.index, "value": gap, "after": late}),
    )  # fmt: skip


def _date(when: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(when).normalize()
    except ValueError:
        raise UsageError("{value} is no date.", do="Write it like 2026-05-01.", code="date",
                         value=str(when)) from None  # fmt: skip


def _treated(ds: xr.Dataset, treated: Sequence[str] | str | None) -> set[str]:
    """Return the ids of the stations named, by their own id or that of their school."""
    known = list(series.station_names(ds))
    if treated is None:
        return set(known)
    asked = [treated] if isinstance(treated, str) else list(treated)
    found: set[str] = set()
    for one in asked:
        mine = {station for station in known if one in (station, together.school_of(station))}
        if not mine:
            raise series.unknown_station(one, known)
        found |= mine
    return found


def _sides(
    values: pd.DataFrame,
    start: pd.Timestamp,
    chosen: set[str],
    notes: list[Note],
    shown: dict[str, str],
    name: Any,
) -> tuple[pd.DataFrame, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return the stations that have enough of both sides, on the days that treated and others have."""
    late = np.asarray(values.index >= start)
    counts = [int((~late).sum()), int(late.sum())]
    if min(counts) >= FEWEST_DAYS:
        there = values.notna()
        enough = (there[~late].mean() >= NEEDED) & (there[late].mean() >= NEEDED)
        notes += [(LEFT_SIDE, {"station": shown[str(station)]}) for station in values.columns[~enough]]
        values = values.loc[:, enough]
        mine = np.array([station in chosen for station in values.columns], dtype=bool)
        if not mine.any():
            raise AnalysisError(
                "None of the stations where something changed has enough days before and after.",
                why="A station outdoors with half of the days on each side is needed.",
                do="Choose another date or other stations.", code="few-stations",
            )  # fmt: skip
        there = values.notna()
        both = there.loc[:, mine].any(axis=1)
        if not mine.all():
            both &= there.loc[:, ~mine].any(axis=1)
        values, late = values[both], late[both.to_numpy()]
        counts = [int((~late).sum()), int(late.sum())]
    if min(counts) < FEWEST_DAYS:
        raise AnalysisError(
            "Too short to compare: {name} has {before} days before and {after} days after; {needed} are "
            "needed on each side.",
            do="Wait until there are more days, or compare another date.",
            code="too-short", name=name, before=counts[0], after=counts[1], needed=FEWEST_DAYS,
        )  # fmt: skip
    return values, late


def _devices(ds: xr.Dataset, name: str, values: pd.DataFrame) -> list[Note]:
    """Say at which stations the device changed within the days used."""
    parts = [part.reindex(index=values.index, columns=values.columns, fill_value=False)
             for part in series.deployments(ds, name)]  # fmt: skip
    shown = series.station_names(ds)
    held = sum(((part & values.notna()).any().astype(int) for part in parts), pd.Series(0, values.columns))
    return [(CHANGED, {"station": shown[str(station)]}) for station in held.index[held > 1]]


def _stations(ds: xr.Dataset, values: pd.DataFrame, late: Any, mine: Any) -> pd.DataFrame:
    shown = series.station_names(ds)
    before, after = values[~late].mean(), values[late].mean()
    return pd.DataFrame({
        "station": list(values.columns), "station_name": [shown[str(s)] for s in values.columns],
        "treated": mine, "before": before.to_numpy(), "after": after.to_numpy(),
        "change": (after - before).to_numpy(),
    })  # fmt: skip
