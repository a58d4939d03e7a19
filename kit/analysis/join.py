"""Is less seen on smoky days? Readings and complete lists of the same schools, side by side (DESIGN 4.10).

Only surveys that are alike are compared: of one place, at most a week apart, at about the same hour, of
about the same length, in about the same weather, both on school days or both at a weekend. What chance does
is found by moving the readings along the calendar within each season (:mod:`kit.stats.matching`). The answer
speaks of what was seen and noted; how many animals there were is another question.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.lists import Lists, lists_of
from kit.analysis.result import HEADINGS, Note, Result, called, digits_for
from kit.analysis.together import school_of
from kit.errors import AnalysisError, UsageError
from kit.stats import matching
from kit.stats.matching import Pairs
from kit.stats.permutation import Chance
from kit.text import N_, number, tr
from kit.text import join as listed
from kit.vocab.variables import variables

Floats = NDArray[np.float64]
#: kit's own choice: surveys that are compared are this near (hours; doublings of effort; °C; m/s).
HOURS, DOUBLINGS = 2.0, 1.0
WEATHER = {"temperature": 5.0, "wind_speed": 2.0}
#: From so much rain (mm in the hour or day) on it was wet.
WET = {"hour": 0.1, "day": 1.0}
FEWEST = 30

METHOD = N_(
    "Pairs of surveys alike in place, week, hour, effort and weather; chance by moving the readings along "
    "the calendar within each season"
)
FEWER = N_(
    "{name} was noted on fewer lists when there was more {variable}: {size} of 100 lists fewer for every "
    "{step} more (between {low} and {high})."
)
MORE = N_(
    "{name} was noted on more lists when there was more {variable}: {size} of 100 lists more for every "
    "{step} more (between {low} and {high})."
)
UNCLEAR = N_(
    "{name}: no clear connection with {variable}. Everything from {low} to {high} of 100 lists for every "
    "{step} more fits."
)
SHORTER = N_(
    "Lists were shorter when there was more {variable}: {size} species fewer for every {step} more (between "
    "{low} and {high})."
)
LONGER = N_(
    "Lists were longer when there was more {variable}: {size} species more for every {step} more (between "
    "{low} and {high})."
)
UNCLEAR_LENGTH = N_(
    "The number of species on the lists: no clear connection with {variable}. Everything from {low} to "
    "{high} species for every {step} more fits."
)
NO_ENDS = N_("{name}: so few days cannot tell a connection with {variable} from chance.")
SPECIES = N_("Number of species")
CHANCE = N_(
    "Surveys compared with one that was alike in place, week, hour and effort: {surveys}. If the two had "
    "nothing to do with each other, moving the readings along the calendar would show as much in {count} of "
    "{n} tries; at the rarest in 1."
)
CAUTION = N_(
    "This speaks of what was seen and noted, not of how many animals there were. In bad air or bad weather "
    "people look less, see less far, and what they look for hides. Nor does it show that one causes the "
    "other."
)
WITH_WEATHER = N_("They were also alike in: {names}.")
NO_WEATHER = N_(
    "The readings hold no temperature, rain or wind, so weather may be behind this. Ask for these readings, "
    "too."
)
NO_READINGS = N_("Left out, surveys at whose school nothing was measured at that time: {n}.")
NO_CLOCK = N_("Left out, surveys without a day or an hour: {n}.")
NO_PARTNER = N_("Left out, surveys without another one that was alike: {n}.")
NOT_NOTED = N_("Surveys without hour or effort, which were compared only with each other: {n}.")
HEADINGS |= {
    "which": N_("of two surveys"), "readings": N_("readings"), "noted": N_("noted"),
    "pairs": N_("pairs"),
}  # fmt: skip
LOWER, HIGHER = N_("the one with the lower reading"), N_("the one with the higher reading")


@dataclass(frozen=True, kw_only=True)
class JoinResult(Result):
    """What goes with more of a variable on complete lists.

    ``slope`` with its 95 % interval ``low`` to ``high`` is the change in the share of lists (or, without a
    ``taxon``, in the number of species) per unit of the ``variable``; the sentence speaks of ``step`` units.
    ``count`` of ``orders`` moves were as far from zero, ``p`` is their share, ``smallest_p`` the smallest
    possible. ``surveys`` were compared in ``pairs``, of ``schools`` schools; ``weather`` says what else was
    alike. ``sides`` has a row for the lower and the higher reading of all pairs: ``which``, ``readings``
    (mean), ``noted`` (mean share of lists, or number of species).
    """

    taxon: str
    variable: str
    unit: str
    slope: float
    low: float
    high: float
    step: float
    p: float
    count: int
    orders: int
    smallest_p: float
    surveys: int
    pairs: int
    schools: int
    weather: tuple[str, ...]
    sides: pd.DataFrame = field(repr=False)

    @property
    def direction(self) -> str:
        """``"up"``, ``"down"``, or ``"unclear"`` where the interval holds zero."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"

    @property
    def table(self) -> pd.DataFrame:
        """Two rows: the surveys with the lower and with the higher reading of each pair."""
        return self.sides

    def sentence(self, lang: str | None = None) -> str:
        """Say what was noted less or more often, and how often chance does that."""
        scale = self.step * (100 if self.taxon else 1) * (-1 if self.direction == "down" else 1)
        ends = sorted((scale * self.low, scale * self.high))
        name = self.taxon or tr(SPECIES, lang)
        if not all(math.isfinite(end) for end in ends):
            main = tr(NO_ENDS, lang, name=name, variable=called(self.variable))
        else:
            templates = {
                True: {"up": MORE, "down": FEWER, "unclear": UNCLEAR},
                False: {"up": LONGER, "down": SHORTER, "unclear": UNCLEAR_LENGTH},
            }[bool(self.taxon)]
            digits = min(digits_for(scale * self.slope, (ends[1] - ends[0]) / 2), 1 if self.taxon else 4)
            main = tr(
                templates[self.direction], lang, name=name, variable=called(self.variable),
                size=number(scale * self.slope, digits, lang), low=number(ends[0], digits, lang),
                high=number(ends[1], digits, lang),
                step=f"{number(self.step, None, lang)} {self.unit}".strip(),
            )  # fmt: skip
        chance = tr(CHANCE, lang, surveys=number(self.surveys, 0, lang), count=number(self.count, 0, lang),
                    n=self.orders)  # fmt: skip
        return f"{main} {chance}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with ``direction``."""
        return {**super().to_dict(lang), "direction": self.direction}


@dataclass(frozen=True)
class _Measured:
    """Readings of one variable: ``values`` (days, columns), a column for each school (and UTC hour)."""

    days: NDArray[np.int64]
    values: Floats
    columns: dict[str, int]
    slots: int

    def at(self, school: NDArray[np.object_], day: NDArray[np.int64], slot: NDArray[np.int64]) -> Any:
        """Return (row, column, value) of each survey; rows and columns are -1 where there is none."""
        row = pd.Index(self.days).get_indexer(pd.Index(day))
        column = np.array([self.columns.get(one, -1) for one in school], dtype=np.int64) * self.slots + slot
        known = (row >= 0) & (column >= 0)
        value = np.full(len(row), np.nan)
        value[known] = self.values[row[known], column[known]]
        return row, column, value


@conditioned
def join(
    ds: xr.Dataset, sightings: pd.DataFrame, taxon: str = "", variable: str | None = None, *, by: By = None
) -> JoinResult:
    """Return whether something is noted less or more often when there is more of what was measured.

    Parameters
    ----------
    ds
        Readings of the same schools, per day (``freq="1D"``) or hour (``"1h"``: then those of the hour in
        which a survey began), dims (station, time); also of temperature, rain and wind, if there are any.
    sightings
        All sightings (columns of ``kit.model.SIGHTINGS``), not only those of the taxon.
    taxon
        A name of any rank, scientific or common; ``""``: the number of species on the lists.
    variable
        Which one; it must be named where ``ds`` holds several.
    by
        For each part of the readings: season, weekend, school, region …

    Raises
    ------
    AnalysisError
        ``no-complete-lists``, ``never-found``; ``few-pairs``: fewer than 30 surveys have another one that was
        alike; ``same``: nothing differs within the pairs.
    UsageError
        ``direction``: a wind direction is neither more nor less.

    Notes
    -----
    Readings come from the outdoor station of the school with most of them. Lists of one place and hour are
    one survey. Measured size at .05: :func:`kit.stats.matching.turned`.
    """
    name = series.main_variable(ds, variable)
    if name in variables() and variables()[name].kind == "vector":
        raise UsageError("{name} is a direction: it has no mean that could be compared.", code="direction",
                         name=called(name))  # fmt: skip
    held = lists_of(sightings, taxon or None)
    surveys, notes = _surveys(held, taxon, ds)
    exposure = _measured(ds, name)
    row, column, value = _at(exposure, surveys)
    there = np.isfinite(value)
    if (~there).any():
        notes.append((NO_READINGS, {"n": int((~there).sum())}))
    surveys = surveys.assign(row=row, column=column, reading=value)[there].reset_index(drop=True)
    weather = _weather(ds, name, surveys)
    matched = _pairs(surveys, weather)
    used = matched.outings
    if len(used) < FEWEST:
        raise AnalysisError(
            "Too few surveys can be compared: {found} have another one that was alike in place, week, hour, "
            "effort and weather; {needed} are needed.",
            why="Only complete lists at schools that measured at the same time count.",
            do="Make complete lists twice a week at the same hour, and ask for a longer time.",
            code="few-pairs", found=len(used), needed=FEWEST,
        )  # fmt: skip
    found = _turned(exposure, surveys, weather, matched)
    if len(used) < len(surveys):
        notes.append((NO_PARTNER, {"n": len(surveys) - len(used)}))
    kept = surveys.iloc[used]
    unknown = int((kept["clock"].isna() | kept["effort"].isna()).sum())
    if unknown:
        notes.append((NOT_NOTED, {"n": unknown}))
    alike = tuple(weather)
    notes.append((WITH_WEATHER, {"names": _names(alike)}) if alike else (NO_WEATHER, {}))
    return JoinResult(
        method=METHOD, n=int(kept["lists"].sum()), completeness=len(used) / max(len(there), 1),
        version=series.version(ds) or held.version, notes=(*held.notes, *notes), taxon=taxon, variable=name,
        unit=series.unit(ds, name), slope=found.estimate, low=found.low, high=found.high,
        step=_step(kept["reading"].to_numpy()), p=found.p, count=found.count, orders=found.deals,
        smallest_p=found.smallest, surveys=len(used), pairs=len(matched.first),
        schools=kept["school"].nunique(), weather=alike, sides=_sides(surveys, matched),
    )  # fmt: skip


def _surveys(held: Lists, taxon: str, ds: xr.Dataset) -> tuple[pd.DataFrame, list[Note]]:
    """Return one row per place, day and hour: what was noted, when, with how much effort."""
    hourly = series.step(ds) == "hour"
    lists = held.table.assign(noted=held.table["found"].astype(float) if taxon else held.table["length"])
    known = lists["date"].notna() & (lists["clock"].notna() | (not hourly))
    notes: list[Note] = [(NO_CLOCK, {"n": int((~known).sum())})] if (~known).any() else []
    lists = lists[known].assign(
        hour=lists["clock"].fillna(-1.0) // 1, effort=np.log2(lists["minutes"].astype(float))
    )
    surveys = lists.groupby(["station", "date", "hour"]).agg(
        noted=("noted", "mean"), clock=("clock", "mean"), effort=("effort", "mean"), lists=("noted", "size")
    ).reset_index()  # fmt: skip
    surveys["school"] = surveys["station"].map(school_of).astype(object)
    stamp = surveys["date"].to_numpy().astype("datetime64[us]").astype(np.int64)
    if hourly:
        stamp = _utc(surveys, stamp, ds)
    day = 86_400_000_000
    return surveys.assign(day=stamp // day, slot=(stamp % day) // 3_600_000_000 if hourly else 0), notes


def _utc(surveys: pd.DataFrame, stamp: NDArray[np.int64], ds: xr.Dataset) -> NDArray[np.int64]:
    """Return when the surveys began in UTC, microseconds; the clock of a school shows its summer time."""
    zones = {school_of(station): zone for station, zone in series.station_text(ds, "zone").items() if zone}
    local = stamp + (surveys["clock"].to_numpy() * 3_600_000_000).astype(np.int64)
    found = local.copy()
    for school, zone in zones.items():
        mine = (surveys["school"] == school).to_numpy()
        times = pd.DatetimeIndex(local[mine].astype("datetime64[us]"))
        there = times.tz_localize(zone, ambiguous=np.ones(len(times), bool), nonexistent="shift_forward")
        found[mine] = there.tz_convert(None).as_unit("us").asi8
    return found


def _measured(ds: xr.Dataset, name: str) -> _Measured:
    """Return the readings of each school: those of its outdoor station that has most of them."""
    if series.step(ds) not in WET:
        raise AnalysisError("These readings are neither daily nor hourly.",
                            do='Take daily readings: freq="1D".', code="not-daily")  # fmt: skip
    values = series.frame(ds, name)
    exposure = series.station_text(ds, "exposure")
    outdoors = values[[station for station in values.columns if exposure[station] != "indoor"]]
    best: dict[str, str] = {}
    for station, n in outdoors.notna().sum().items():
        school = school_of(str(station))
        if n and (school not in best or n > outdoors[best[school]].notna().sum()):
            best[school] = str(station)
    if not best:
        raise AnalysisError(
            "There are no readings here: {name}.",
            do="Ask for a longer time or more stations.",
            code="empty",
            name=called(name),
        )
    chosen = outdoors[list(best.values())]
    stamps = pd.DatetimeIndex(chosen.index).as_unit("us").asi8
    slots = 24 if series.step(ds) == "hour" else 1
    day, slot = stamps // 86_400_000_000, (stamps % 86_400_000_000) // (86_400_000_000 // slots)
    days = np.arange(day.min(), day.max() + 1)
    table = np.full((len(days), len(best), slots), np.nan)
    table[day - days[0], :, slot] = chosen.to_numpy(dtype=float)
    columns = {school: place for place, school in enumerate(best)}
    return _Measured(days, table.reshape(len(days), -1), columns, slots)


def _at(measured: _Measured, surveys: pd.DataFrame) -> Any:
    return measured.at(surveys["school"].to_numpy(), surveys["day"].to_numpy(), surveys["slot"].to_numpy())


def _weather(ds: xr.Dataset, name: str, surveys: pd.DataFrame) -> dict[str, Floats]:
    """Return the weather at the surveys: what is measured of temperature, wind and rain (1: wet, 0: dry)."""
    found: dict[str, Floats] = {}
    for one in (*WEATHER, "rain"):
        if one != name and one in ds.data_vars and bool(np.isfinite(ds[one].values).any()):
            _, _, value = _at(_measured(ds, one), surveys)
            wet = np.where(np.isnan(value), np.nan, (value >= WET[series.step(ds)]).astype(float))
            found[one] = wet if one == "rain" else value
    return {one: value for one, value in found.items() if np.isfinite(value).any()}


def _pairs(surveys: pd.DataFrame, weather: dict[str, Floats]) -> Pairs:
    weekend = pd.DatetimeIndex(surveys["date"]).day_of_week >= 5
    group = [f"{one} {free}" for one, free in zip(surveys["station"], weekend, strict=True)]
    near: list[tuple[Any, float]] = [(surveys["clock"], HOURS), (surveys["effort"], DOUBLINGS)]
    near += [(value, WEATHER.get(one, 0.5)) for one, value in weather.items()]
    return matching.pairs(group, surveys["day"], near)


def _turned(exposure: _Measured, surveys: pd.DataFrame, weather: dict[str, Floats], matched: Pairs) -> Chance:
    dates = pd.DatetimeIndex(exposure.days.astype("datetime64[D]").astype("datetime64[us]"))
    season = np.asarray(dates.year * 4 + dates.month // 3)
    season = np.where(np.isfinite(exposure.values).any(axis=1), season, -1)
    held = [surveys["clock"], surveys["effort"], *[weather[one] for one in WEATHER if one in weather]]
    found = matching.turned(
        surveys["noted"], exposure.values, surveys["row"], surveys["column"], season, matched,
        [np.nan_to_num(np.asarray(one, dtype=float)) for one in held],
    )  # fmt: skip
    noted = surveys["noted"].to_numpy()
    if math.isnan(found.estimate) or not np.ptp(noted[matched.outings]):
        raise AnalysisError(
            "On all the surveys that can be compared the same was measured, or the same was noted.",
            why="Where nothing differs nothing can go together.",
            do="Choose something that is on some of the lists only, or a longer time.", code="same",
        )  # fmt: skip
    return found


def _sides(surveys: pd.DataFrame, matched: Pairs) -> pd.DataFrame:
    """Return the means over the pairs of the survey with the lower and the one with the higher reading."""
    reading, noted = surveys["reading"].to_numpy(), surveys["noted"].to_numpy()
    differ = reading[matched.first] != reading[matched.second]
    first, second, weight = (one[differ] for one in (matched.first, matched.second, matched.weight))
    swap = reading[first] > reading[second]
    low, high = np.where(swap, second, first), np.where(swap, first, second)
    return pd.DataFrame({
        "which": [LOWER, HIGHER],
        "readings": [float(np.average(reading[side], weights=weight)) for side in (low, high)],
        "noted": [float(np.average(noted[side], weights=weight)) for side in (low, high)],
        "pairs": int(differ.sum()),
    })  # fmt: skip


def _step(values: Floats) -> float:
    """Return a round number near to how much the readings differ.

    >>> _step(np.array([3.0, 9.0, 14.0, 25.0])), _step(np.array([1.0, 1.0]))
    (10.0, 1.0)
    """
    spread = float(values.std())
    if not spread > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(spread))
    return min((1 * power, 2 * power, 5 * power, 10 * power), key=lambda one: abs(math.log(one / spread)))


def _names(weather: tuple[str, ...]) -> Any:
    return lambda lang: listed([called(one)(lang) for one in weather], lang)
