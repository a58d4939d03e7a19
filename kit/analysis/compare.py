"""Is it different here? One station against the others, on the same days only."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.result import Note, Result, digits_for, even, named
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr

#: Another station is compared if it has at least this share of this station's days.
NEEDED = 0.5
FEWEST_DAYS = 5

METHOD = N_(
    "Mean difference over the days (or hours) that all compared stations have; "
    "the other stations count equally"
)
HIGHER = N_("{name} at {station} was {size} {unit} higher than at the other stations on the same days.")
LOWER = N_("{name} at {station} was {size} {unit} lower than at the other stations on the same days.")
HIGHER_THEN = N_("{name} at {station} was {size} {unit} higher than at the other stations at the same times.")
LOWER_THEN = N_("{name} at {station} was {size} {unit} lower than at the other stations at the same times.")
TIMES = N_("Times compared: {days}; other stations: {n}; times at which it was higher here: {higher}.")
SAME = N_("{name} at {station} was the same as at the other stations.")
DAYS = N_("Days compared: {days}; other stations: {n}; days on which it was higher here: {higher}.")
CAUTION = N_(
    "This does not show that the place is the reason: two devices side by side can differ as much. Only "
    "the same times were compared, so nothing is said about other times."
)
LEFT_OUT = N_("{station} was left out: too few days or hours in common ({days}).")
INDOORS = N_("{station} was left out: it stands indoors.")
HERE_INDOORS = N_("{station} itself stands indoors, the others outdoors.")


@dataclass(frozen=True, kw_only=True)
class CompareResult(Result):
    """One station against others on common days.

    ``difference`` is the mean over the days of (here minus the mean of the others); ``others`` has one row
    per other station: ``station``, ``station_name``, ``here``, ``there``, ``difference``;
    ``days`` has one row per common day: ``time``, ``here``, ``others``, ``low``, ``high`` (lowest and
    highest other station).
    """

    variable: str
    unit: str
    station: str
    difference: float
    n_days: int
    n_others: int
    higher_days: int
    station_name: str = ""
    step: str = "day"
    others: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per other station."""
        return self.others

    def sentence(self, lang: str | None = None) -> str:
        """Say how much higher or lower it was here."""
        digits = digits_for(self.difference)
        words = (HIGHER, LOWER, DAYS) if self.step == "day" else (HIGHER_THEN, LOWER_THEN, TIMES)
        main = tr(
            SAME if even(self.difference, digits) else words[0 if self.difference > 0 else 1], lang,
            name=named(self.variable, lang), station=self.station_name or self.station, unit=self.unit,
            size=number(abs(self.difference), digits, lang),
        )  # fmt: skip
        days = tr(words[2], lang, days=number(self.n_days, 0, lang), n=number(self.n_others, 0, lang),
                  higher=number(self.higher_days, 0, lang))  # fmt: skip
        return f"{main.replace('  ', ' ')} {days}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def compare(ds: xr.Dataset, station: str | None = None, variable: str | None = None) -> CompareResult:
    """Compare one station with the others over the days that all of them have.

    Parameters
    ----------
    ds
        Readings per day (or hour, or month): dims (station, time).
    station
        Its id; default: the first one of ``ds``.
    variable
        Which one, if the dataset holds several.

    Raises
    ------
    AnalysisError
        ``no-common-days``: fewer than five times are common.
    """
    name = series.main_variable(ds, variable)
    values = series.frame(ds, name)
    here = str(values.columns[0]) if station is None else station
    if here not in values.columns:
        raise series.unknown_station(here, values.columns)
    if len(values.columns) < 2:
        raise UsageError("There is only one station here; nothing to compare with.", code="one-station")
    values = values[values[here].notna()]
    others, notes = _others(ds, name, values, here)
    shown = series.station_names(ds)
    both = values[[here, *others]].dropna()
    while len(others) > 1 and len(both) < NEEDED * len(values):
        found = {other: int(values[[other]].count().iloc[0]) for other in others}
        fewest = min(others, key=lambda other: found[other])
        others.remove(fewest)
        notes.append((LEFT_OUT, {"station": shown[fewest], "days": found[fewest]}))
        both = values[[here, *others]].dropna()
    if here in series.without_whole_days(ds, name):
        raise AnalysisError(series.NO_WHOLE_DAY_HERE, do=series.AT_THAT_HOUR, code="no-common-days",
                            station=shown[here])  # fmt: skip
    if not others or len(both) < FEWEST_DAYS:
        raise AnalysisError("{station} has fewer than {needed} times in common with the other stations.",
                            code="no-common-days", station=shown[here], needed=FEWEST_DAYS)  # fmt: skip
    rest = both[others]
    gap = both[here] - rest.mean(axis=1)
    level, there = float(both[here].mean()), rest.mean().to_numpy()
    table = pd.DataFrame(
        {
            "station": others,
            "station_name": [shown[s] for s in others],
            "here": level,
            "there": there,
            "difference": level - there,
        }
    )
    days = pd.DataFrame({
        "time": both.index, "here": both[here].to_numpy(), "others": rest.mean(axis=1).to_numpy(),
        "low": rest.min(axis=1).to_numpy(), "high": rest.max(axis=1).to_numpy(),
    })  # fmt: skip
    return CompareResult(
        method=METHOD, n=int(both.size), completeness=len(both) / len(values), version=series.version(ds),
        notes=tuple(notes), variable=name, unit=series.unit(ds, name), station=here,
        station_name=shown[here], step=series.step(ds), difference=float(gap.mean()),
        n_days=len(both), n_others=len(others),
        higher_days=int((gap > 0).sum()), others=table, days=days,
    )  # fmt: skip


def _others(ds: xr.Dataset, name: str, values: pd.DataFrame, here: str) -> tuple[list[str], list[Note]]:
    """Return the stations to compare with, and which were left out and why."""
    exposure, shown = series.station_text(ds, "exposure"), series.station_names(ds)
    seldom = series.without_whole_days(ds, name)
    notes: list[Note] = [(HERE_INDOORS, {"station": shown[here]})] if exposure[here] == "indoor" else []
    others = []
    for other in values.columns.drop(here):
        common = int(values[other].notna().sum())
        if exposure[other] == "indoor":
            notes.append((INDOORS, {"station": shown[other]}))
        elif other in seldom:
            notes.append((series.NO_WHOLE_DAY, {"station": shown[other]}))
        elif common < max(NEEDED * len(values), FEWEST_DAYS):
            notes.append((LEFT_OUT, {"station": shown[other], "days": common}))
        else:
            others.append(str(other))
    return others, notes
