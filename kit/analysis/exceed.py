"""How often was the air dirtier than a guideline or limit allows?

The values are in ``kit/tables/guidelines.csv``: those of the WHO (2021), of the European Union from 2030 on
(Directive (EU) 2024/2881) and until then (Directive 2008/50/EC).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.airdays import day_highest, day_means, hours_of
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Note, Result, called
from kit.analysis.rows import Rows, rows
from kit.errors import AnalysisError, UsageError
from kit.text import N_, join, tr

TABLE = Path(__file__).parents[1] / "tables" / "guidelines.csv"
#: With a smaller share of a year's values the count of exceedances says too little.
NEEDED = 0.75
STANDARDS = {
    "who2021": N_("WHO guidelines of 2021"),
    "eu2030": N_("limits of the European Union from 2030"),
    "eu": N_("limits of the European Union before 2030"),
}
AVERAGES = {
    "hour": N_("hourly mean"), "8h": N_("highest 8-hour mean of the day"), "day": N_("daily mean"),
    "year": N_("mean of the year"), "season": N_("highest mean of six months"),
}  # fmt: skip
VERDICTS = {True: N_("above"), False: N_("not above"), None: N_("cannot be said")}
HEADINGS["year"], HEADINGS["pollutant"], HEADINGS["average"] = N_("year"), N_("pollutant"), N_("average")
HEADINGS["limit"], HEADINGS["allowed"], HEADINGS["count"] = N_("limit"), N_("allowed"), N_("times above")
HEADINGS["verdict"] = N_("verdict")

METHOD = N_("Comparison with a table of guidelines, per station and calendar year")
TABLE_LABEL = N_("Table of guidelines")
ABOVE = N_("Above the {standard} in at least one station and year: {rules}.")
NEVER = N_("Not above the {standard}: {rules}.")
UNKNOWN = N_("Cannot be said, too little of the year was measured: {rules}.")
RULE = N_("{name} – {average}")
CAUTION = N_(
    "This is not an official assessment: small sensors may read much too high or too low, and the rules for "
    "official stations say where and how they must measure. It does not show what the air does to anyone's "
    "health."
)
PERCENTILE = N_(
    "Where less than {share} % of a year was measured, days above may be missing. The table then gives a "
    "percentile: the value that must not be above the limit in a whole year."
)
HOURLY_ONLY = N_("These rules need hourly readings and were left out: {rules}.")
THREE_YEARS = N_("For ozone the European Union takes the mean number of days of three years.")


@dataclass(frozen=True)
class Rule:
    """One line of the table of guidelines; ``allowed`` exceedances a year is None for means of the year."""

    standard: str
    pollutant: str
    average: str
    value: float
    allowed: int | None
    unit: str
    kind: str
    source: str

    def words(self, lang: str | None = None) -> str:
        """Return what people call the rule."""
        return tr(RULE, lang, name=called(self.pollutant), average=tr(AVERAGES[self.average], lang))


@cache
def rules(standard: str) -> tuple[Rule, ...]:
    """Return the rules of a standard.

    >>> [(r.value, r.allowed) for r in rules("eu2030") if (r.pollutant, r.average) == ("pm25", "day")]
    [(25.0, 18)]
    """
    if standard not in STANDARDS:
        raise UsageError("There is no table {value}.", do="Take one of: {known}.", code="standard",
                         value=standard, known=", ".join(STANDARDS))  # fmt: skip
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["standard"] == standard]
    return tuple(
        Rule(standard, line["pollutant"], line["average"], float(line["value"]),
             int(line["allowed"]) if line["allowed"] else None, line["unit"], line["kind"], line["source"])
        for line in lines
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ExceedanceResult(Result):
    """Exceedances per station, year and rule.

    ``years`` has ``station``, ``station_name``, ``year``, ``pollutant``, ``average``, ``limit``, ``allowed``
    (times a year), ``capture`` (share of the year's values, 0 to 1), ``n`` (values), ``count`` (values above
    the limit), ``value`` (of means of the year or season), ``percentile`` (which one stands for the allowed
    number) and ``percentile_value``, ``above`` (True, False, None: cannot be said), ``verdict`` (in English
    words).
    """

    standard: str
    sources: tuple[str, ...]
    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station, year and rule."""
        return self.years

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the table for people, with the averages in words."""
        if set(self.years["average"]) <= set(AVERAGES):
            return replace(
                self, years=self.years.assign(average=self.years["average"].map(AVERAGES))
            ).shown_table(lang)
        return super().shown_table(lang)

    def sentence(self, lang: str | None = None) -> str:
        """Say which rules were not kept, which were, and of which it cannot be said."""
        by_rule: dict[bool | None, list[str]] = {True: [], False: [], None: []}
        for rule in rules(self.standard):
            mine = self.years[
                (self.years["pollutant"] == rule.pollutant) & (self.years["average"] == rule.average)
            ]
            if len(mine):
                found = list(mine["above"])
                verdict = True if True in found else False if False in found else None
                by_rule[verdict].append(rule.words(lang))
        words = {True: ABOVE, False: NEVER, None: UNKNOWN}
        standard = tr(STANDARDS[self.standard], lang)
        return " ".join(
            tr(words[verdict], lang, standard=standard, rules="; ".join(names))
            for verdict, names in by_rule.items()
            if names
        )

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def scope(self, lang: str | None = None) -> dict[str, str]:
        """Return the base's labels and words, and the tables of guidelines with their sources."""
        return {**super().scope(lang), tr(TABLE_LABEL, lang): "; ".join(self.sources)}


@conditioned
def exceedances(ds: xr.Dataset, standard: str = "who2021", *, by: By = None) -> ExceedanceResult:
    """Compare readings with guidelines or limits, per station and calendar year (local standard time).

    Parameters
    ----------
    ds
        Hourly readings (daily ones: only rules about days and years), dims (station, time), of one or more of
        ``pm25``, ``pm10``, ``no2``, ``o3``, ``so2``, ``benzene`` (µg/m³) and ``co`` (mg/m³). Of several
        stations those indoors are left out.
    standard
        ``"who2021"``, ``"eu2030"`` or ``"eu"`` (until 2029).

    Raises
    ------
    UsageError
        ``standard``.
    AnalysisError
        ``no-pollutant``, ``no-rule`` (daily readings of a pollutant with hourly rules only), ``indoor``,
        ``empty``.

    Notes
    -----
    A day needs 18 of 24 hours, a running 8-hour mean 6 of 8 and belongs to the day in which it ends. A mean
    of the year needs 75 % of the days of the year and of each quarter. "Above" is said as soon as there are
    more exceedances than allowed, whatever is missing; "not above" only where 75 % of the year were measured;
    else the percentile that stands for the allowed number is given (35 of 365 days: the 90.4th) and the
    verdict is left open.

    Examples
    --------
    >>> times = pd.date_range("2025-01-01", periods=365).as_unit("us")
    >>> values = xr.DataArray([np.where(np.arange(365) < 20, 30.0, 4.0)], dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": values}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1D"})
    >>> exceedances(ds, "eu2030").table[["average", "limit", "count", "above"]].values.tolist()
    [['year', 10.0, nan, False], ['day', 25.0, 20.0, True]]
    """
    wanted = rules(standard)
    held = [name for name in dict.fromkeys(rule.pollutant for rule in wanted) if name in ds.data_vars]
    if not held:
        known = tuple(rule.pollutant for rule in wanted)
        raise AnalysisError("None of the pollutants of this table is here.",
                            do="It needs one of: {pollutants}.",
                            code="no-pollutant", pollutants=partial(_named, known))  # fmt: skip
    found = rows(ds, held)
    possible = ("day", "year") if found.step == "day" else tuple(AVERAGES)
    used = [rule for rule in wanted if rule.pollutant in held and rule.average in possible]
    left = [rule for rule in wanted if rule.pollutant in held and rule.average not in possible]
    if not used or found.step not in ("hour", "day"):
        raise AnalysisError("The rules for these readings need hourly readings.", code="no-rule",
                            do='Take hourly readings: freq="1h".')  # fmt: skip
    table = pd.DataFrame([row for rule in used for row in _rule(found, rule)])
    notes: list[Note] = list(found.notes)
    if (table["capture"] < NEEDED).any():
        notes.append((PERCENTILE, {"share": round(100 * NEEDED)}))
    if left:
        notes.append((HOURLY_ONLY, {"rules": partial(_ruled, tuple(left))}))
    if standard.startswith("eu") and any(rule.pollutant == "o3" for rule in used):
        notes.append((THREE_YEARS, {}))
    return ExceedanceResult(
        method=METHOD, n=int(sum(np.isfinite(found.values[name]).sum() for name in held)),
        completeness=float(table["capture"].mean()), version=series.version(ds), notes=tuple(notes),
        standard=standard, sources=tuple(dict.fromkeys(rule.source for rule in used)), years=table,
    )  # fmt: skip


def _named(names: tuple[str, ...], lang: str | None) -> str:
    return join([called(name)(lang) for name in dict.fromkeys(names)], lang)


def _ruled(left: tuple[Rule, ...], lang: str | None) -> str:
    return "; ".join(rule.words(lang) for rule in left)


def _rule(found: Rows, rule: Rule) -> list[dict[str, Any]]:
    """Return the rows of one rule: stations and years."""
    answers = []
    for at, station in enumerate(found.stations):
        if found.step == "hour":
            hours = hours_of(found, station, rule.pollutant)
            days = day_means(hours)
        else:
            hours = pd.Series(dtype=float)
            days = pd.Series(found.values[rule.pollutant][:, at], index=pd.DatetimeIndex(found.local[:, at]))
        values = {"hour": hours, "day": days, "year": days}.get(rule.average)
        if values is None:
            values = day_highest(hours)
        if not values.notna().any():
            continue
        seen = pd.DatetimeIndex(values[values.notna()].index).year
        for year in range(int(seen.min()), int(seen.max()) + 1):
            head = {"station": station, "station_name": found.names[station], "year": year,
                    "pollutant": rule.pollutant, "average": rule.average, "limit": rule.value,
                    "allowed": rule.allowed}  # fmt: skip
            answers.append(head | _year(values, year, rule))
    return answers


def _year(values: pd.Series, year: int, rule: Rule) -> dict[str, Any]:
    """Return the numbers of one year."""
    part = values[pd.DatetimeIndex(values.index).year == year].dropna()
    days = 366 if pd.Timestamp(year=year, month=1, day=1).is_leap_year else 365
    whole = days * 24 if rule.average == "hour" else days
    capture, n = len(part) / whole, len(part)
    nothing: Mapping[str, Any] = {"value": math.nan, "percentile": math.nan, "percentile_value": math.nan}
    above: bool | None
    if rule.allowed is None:
        value = _season(values, year) if rule.average == "season" else _mean(part, year, days)
        above = None if math.isnan(value) else bool(value > rule.value)
        count = math.nan
        extra: Mapping[str, Any] = {**nothing, "value": value}
    else:
        count = float((part > rule.value).sum())
        above = True if count > rule.allowed else None if capture < NEEDED else False
        percentile = 100 * (1 - rule.allowed / whole)
        reached = float(np.percentile(part, percentile)) if n else math.nan
        extra = {**nothing, "percentile": percentile, "percentile_value": reached}
    return {"capture": capture, "n": n, "count": count, **extra, "above": above, "verdict": VERDICTS[above]}


def _mean(part: pd.Series, year: int, days: int) -> float:
    """Return the mean of a year with 75 % of its days and of those of each quarter, else NaN."""
    quarters = pd.DatetimeIndex(part.index).quarter
    starts = pd.date_range(f"{year}-01-01", periods=5, freq="QS")
    lengths = np.diff(starts.to_numpy()) / np.timedelta64(1, "D")
    full = all((quarters == q).sum() >= NEEDED * lengths[q - 1] for q in range(1, 5))
    return float(part.mean()) if full and len(part) >= NEEDED * days else math.nan


def _season(values: pd.Series, year: int) -> float:
    """Return the highest mean over six months in a row that ends in a year.

    Each month needs 75 % of its days.
    """
    index = pd.DatetimeIndex(values.index)
    months = values.groupby(index.to_period("M")).agg(["mean", "count"])
    periods = pd.PeriodIndex(months.index)
    full = months["mean"].where(months["count"] >= NEEDED * periods.days_in_month)
    full = full.reindex(pd.period_range(f"{year - 1}-08", f"{year}-12", freq="M"))
    means = full.rolling(6).mean()
    return float(means[pd.PeriodIndex(means.index).year == year].max())
