"""What would it have been with average weather? Meteorological normalisation of hourly air readings.

An additive model (:mod:`kit.stats.additive`) of the logarithm tells what wind, temperature and other weather
do, beside the hour, the day of the week, the season and a smooth change over the years. Then the effect of
the weather is taken away. The idea is that of Grange et al. 2018 (doi:10.5194/acp-18-6223-2018) and of
openair's ``deweather``, which use forests and boosted trees; an additive model finds no interactions between
things that are not in one term, but needs no further package and can be looked at curve by curve.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.averages import possible, starts
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Note, Result, called, digits_for, named
from kit.analysis.rows import Rows, rows
from kit.errors import AnalysisError
from kit.stats import additive
from kit.stats.additive import Additive, Term
from kit.text import N_, join, number, tr

Floats = NDArray[np.float64]
WEATHER = ("temperature", "humidity", "pressure", "pressure_sea_level", "radiation", "wind_gust", "dew_point")
#: kit's own choice: weeks left out in turn, in how many parts; hours and weeks needed; the share of the
#: variance on weeks left out that the weather must add to hour, season and trend.
FOLDS, FEWEST_WEEKS, FEWEST_HOURS, SKILL = 6, 8, 500, 0.05
#: A day or a month needs this share of its hours.
NEEDED = 0.5
HEADINGS["observed"], HEADINGS["normalised"] = N_("measured"), N_("with average weather")

METHOD = N_(
    "Additive model of the logarithm (wind, weather, hour, weekday, season, trend); the weather is taken away"
)
SENTENCE = N_(
    "{name} with average weather: {first} {unit} in {start}, {last} {unit} in {end} (measured: {seen} and "
    "{then} {unit})."
)
ONE_MONTH = N_("{name} in {start}: {seen} {unit} measured, {first} {unit} with average weather.")
SKILL_WORDS = N_(
    "On weeks that it had not seen the model explained {all} % of the ups and downs; the weather adds "
    "{weather} % to what hour, season and trend explain."
)
CAUTION = N_(
    "This does not show what really would have been: weather that was not measured, or that works "
    "differently in summer and winter, is still in it. It does not show why something changed."
)
USED = N_("Weather used: {names}.")


@dataclass(frozen=True, kw_only=True)
class NormaliseResult(Result):
    """Readings with and without the effect of the weather.

    ``months`` has ``time`` (month), ``observed``, ``normalised`` (means of the same hours) and ``n`` (hours),
    ``days`` the same by day; ``effects`` has the range of each term as a factor: ``term``, ``low``, ``high``
    (5th and 95th percentile of what it multiplies the value with). ``skill`` is the share of the variance (of
    the logarithm) on weeks left out, ``weather_skill`` the share of what hour, season and trend leave open.
    """

    variable: str
    unit: str
    station: str
    weather: tuple[str, ...]
    skill: float
    weather_skill: float
    months: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)
    effects: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per month."""
        return self.months

    def sentence(self, lang: str | None = None) -> str:
        """Say how first and last month compare, and how good the model is."""
        seen = self.months[self.months["normalised"].notna()]
        first, last = seen.iloc[0], seen.iloc[-1]
        digits = digits_for(float(first["normalised"]), float(last["normalised"]))
        said = {
            "name": named(self.variable, lang), "unit": self.unit,
            "start": first["time"].strftime("%Y-%m"), "end": last["time"].strftime("%Y-%m"),
            "first": number(float(first["normalised"]), digits, lang),
            "last": number(float(last["normalised"]), digits, lang),
            "seen": number(float(first["observed"]), digits, lang),
            "then": number(float(last["observed"]), digits, lang),
        }  # fmt: skip
        main = tr(SENTENCE if len(seen) > 1 else ONE_MONTH, lang, **said)
        skill = {
            "all": number(100 * self.skill, 0, lang),
            "weather": number(100 * self.weather_skill, 0, lang),
        }
        return f"{main} {tr(SKILL_WORDS, lang, **skill)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def normalise(ds: xr.Dataset, variable: str | None = None, *, by: By = None) -> NormaliseResult:
    """Return readings of one station as they would have been with average weather.

    Parameters
    ----------
    ds
        Hourly readings of one station: the variable, ``wind_speed`` and ``wind_direction``, and what there is
        of temperature, humidity, pressure, radiation. Hours with all of them are used.
    variable
        Which one; it must be named where the dataset holds several that are no weather.

    Raises
    ------
    AnalysisError
        ``several-stations``; ``no-weather``; ``too-short``: fewer than eight weeks or 500 hours, or no month
        with half of its hours;
        ``no-skill``: on weeks left out the weather adds less than 5 % to what hour, season and trend explain,
        so that taking it away would be a guess.

    Notes
    -----
    The value of an hour is divided by the weather's factor and multiplied with that factor's mean over all
    hours, so that the level stays. A constant (a tenth of the median) is added before the logarithm, and
    taken away again.

    Examples
    --------
    >>> rng, n = np.random.default_rng(1), 24 * 120
    >>> times = pd.date_range("2026-01-01", periods=n, freq="h").as_unit("us")
    >>> speed, direction = rng.gamma(3, 1.2, n) + 0.1, rng.uniform(0, 360, n)
    >>> pm = 30 / (1 + speed) * np.where(np.arange(n) < n // 2, 1.0, 0.5)
    >>> cube = {"pm25": pm, "wind_speed": speed, "wind_direction": direction}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> found = normalise(ds, "pm25")
    >>> ratio = found.table["normalised"].iloc[3] / found.table["normalised"].iloc[0]
    >>> bool(0.47 < ratio < 0.53), bool(found.weather_skill > 0.5)
    (True, True)
    """
    weather = [name for name in WEATHER if name in ds.data_vars]
    missing = [name for name in ("wind_speed", "wind_direction") if name not in ds.data_vars]
    if missing:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.", code="no-weather",
                            name=called(missing[0]))  # fmt: skip
    wind = ["wind_speed", "wind_direction"]
    name = series.main_variable(ds.drop_vars([*weather, *wind]), variable) if variable is None else variable
    weather = [one for one in weather if one != name and bool(np.isfinite(ds[one].values).any())]
    found = rows(ds, [name, *wind, *weather], hourly=True)
    if len(found.stations) > 1:
        raise AnalysisError("The weather is taken away station by station, and these are {n}.",
                            do='Take one station at a time, or by="station".', code="several-stations",
                            n=len(found.stations))  # fmt: skip
    calm = found.flat("wind_speed") == 0
    turned = np.where(calm, 0.0, found.flat("wind_direction"))
    everything = [found.flat(name), found.flat("wind_speed"), turned, *[found.flat(one) for one in weather]]
    keep = np.isfinite(np.stack(everything)).all(axis=0)
    local = found.local.ravel()
    weeks = local.astype("datetime64[D]").astype(np.int64) // 7
    if int(keep.sum()) < FEWEST_HOURS or len(np.unique(weeks[keep])) < FEWEST_WEEKS:
        raise AnalysisError(
            "Only {n} hours have the variable and all of the weather; {hours} hours in {weeks} weeks are "
            "needed.",
            do="Take a longer time, or leave out weather that was seldom measured.", code="too-short",
            n=int(keep.sum()), hours=FEWEST_HOURS, weeks=FEWEST_WEEKS,
        )  # fmt: skip
    value = found.flat(name)[keep]
    least = max(float(np.median(value)) / 10, 1e-3)
    y = np.log(np.maximum(value, 0.0) + least)
    block = np.unique(weeks[keep], return_inverse=True)[1] % FOLDS
    clock, sky = _clock(local[keep]), _sky(found, keep, turned, weather)
    plain, whole = additive.fit(y, clock, block), additive.fit(y, [*clock, *sky], block)
    gain = 1 - whole.error / plain.error if plain.error > 0 else 0.0
    if gain < SKILL:
        raise AnalysisError(
            "The weather measured here explains too little of {name} ({share} % on weeks left out).",
            why="What cannot be foretold cannot be taken away.",
            do="Add more weather (wind above all), or a longer time.", code="no-skill",
            name=called(name), share=round(100 * gain, 1),
        )  # fmt: skip
    days, months = _tables(found, local[keep], value, least, whole, [term.name for term in sky])
    if months["normalised"].isna().all():
        raise AnalysisError("In no month are half of the hours there, so months cannot be compared.",
                            do="Take a longer time, or a larger part of it.", code="too-short")  # fmt: skip
    notes: list[Note] = [
        *found.notes,
        (USED, {"names": partial(_named, ("wind_direction", "wind_speed", *weather))}),
    ]
    return NormaliseResult(
        method=METHOD, n=int(keep.sum()), completeness=float(keep.mean()), version=series.version(ds),
        notes=tuple(notes), variable=name, unit=series.unit(ds, name), station=found.stations[0],
        weather=("wind_speed", "wind_direction", *weather), skill=whole.skill, weather_skill=gain,
        months=months, days=days, effects=_effects(whole),
    )  # fmt: skip


def _named(names: tuple[str, ...], lang: str | None) -> str:
    return join([called(name)(lang) for name in names], lang)


def _clock(local: NDArray[np.datetime64]) -> list[Term]:
    """Return the terms of time: hour, weekday, season (from a year on) and the change over the years."""
    hours = local.astype("datetime64[h]").astype(np.int64)
    days = hours / 24.0
    years = (days.max() - days.min()) / 365.25
    terms = [
        additive.circle("hour", hours % 24, 24.0),
        additive.groups("weekday", (hours // 24 + 3) % 7, 7),
        additive.curve("change", days, max(3, min(40, round(6 * years)))),
    ]
    if years >= 1:
        terms.append(additive.circle("season", days % 365.25, 365.25))
    return terms


def _sky(found: Rows, keep: NDArray[np.bool_], turned: Floats, weather: list[str]) -> list[Term]:
    speed, angle = found.flat("wind_speed")[keep], np.radians(turned[keep])
    root = np.sqrt(speed)
    terms = [additive.plane("wind", root * np.sin(angle), root * np.cos(angle))]
    return terms + [additive.curve(name, found.flat(name)[keep]) for name in weather]


def _tables(
    found: Rows, local: NDArray[np.datetime64], value: Floats, least: float, model: Additive, sky: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return observed and normalised values by day and by month; NaN with fewer than half of the hours."""
    effect = np.exp(np.sum([model.parts[name] for name in sky], axis=0))
    free = (np.maximum(value, 0.0) + least) / effect * effect.mean() - least
    table = pd.DataFrame({"observed": value, "normalised": free}, index=pd.DatetimeIndex(local))
    made = []
    for period in ("day", "month"):
        grouped = table.groupby(pd.DatetimeIndex(starts(local, period)))
        means, n = grouped.mean(), grouped.size()
        whole = possible(pd.DatetimeIndex(means.index), period, found, 0)
        means[(n.to_numpy() / np.maximum(whole, 1.0) < NEEDED)] = np.nan
        made.append(means.assign(n=n).rename_axis("time").reset_index())
    return made[0], made[1]


def _effects(model: Additive) -> pd.DataFrame:
    ends = {name: np.exp(np.quantile(part, [0.05, 0.95])) for name, part in model.parts.items()}
    return pd.DataFrame([{"term": name, "low": low, "high": high} for name, (low, high) in ends.items()])
