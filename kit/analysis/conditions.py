"""The same question asked of parts of the readings: per season, per weekday, by wind, by station …

Every analysis takes ``by=``; :func:`conditioned` gives it that. Parts are made in local standard time at each
station; sightings have local dates (``eventDate``). Seasons are those of the northern hemisphere by calendar
month (DJF, MAM, JJA, SON), winter being all Decembers, Januaries and Februaries, as openair's ``type`` has
them (Carslaw & Ropkins 2012, doi:10.1016/j.envsoft.2011.09.008). Its sectors of the wind are those here, but
calms, which come from nowhere, are in none of them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from inspect import signature
from itertools import product
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.asked import judged
from kit.analysis.given import need_readings, need_sightings
from kit.analysis.result import HEADINGS, Note, Result, called, plain, said
from kit.errors import AnalysisError, UsageError
from kit.stats.sun import elevation
from kit.text import N_, tr

P = ParamSpec("P")
R = TypeVar("R")
#: One condition, or several at once.
By = str | Sequence[str] | None
#: Which part each (station, time) belongs to, -1 for none.
Places = NDArray[np.int64]

SEASONS = (N_("winter"), N_("spring"), N_("summer"), N_("autumn"))
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
WEEKEND = (N_("Monday to Friday"), N_("weekend"))
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
DAYLIGHT = (N_("night"), N_("day"))
SECTORS = (
    N_("north"), N_("northeast"), N_("east"), N_("southeast"),
    N_("south"), N_("southwest"), N_("west"), N_("northwest"),
)  # fmt: skip
QUARTERS = (
    N_("{name}: lowest quarter"), N_("{name}: second quarter"), N_("{name}: third quarter"),
    N_("{name}: highest quarter"),
)  # fmt: skip
CALENDAR: Mapping[str, Sequence[str]] = {
    "season": SEASONS, "weekday": WEEKDAYS, "weekend": WEEKEND, "month": MONTHS,
}  # fmt: skip
STATIONS = ("station", "school", "region", "exposure")
OF_SIGHTINGS = (*CALENDAR, "year", "station", "school", "region")
#: What the calendar and the sun decide of a part's times.
KINDS = {"season": "months", "month": "months", "hour": "hours", "daylight": "light"}
KNOWN = (*CALENDAR, "hour", "year", "daylight", "wind", *STATIONS)
METHOD = N_("The same analysis for each part of the readings")
PART = N_("{label}: {said}")
HEADINGS["part"] = N_("part")


@dataclass(frozen=True, kw_only=True)
class Conditioned(Result, Mapping[str, Result]):
    """Results of one analysis by condition: a mapping of label to that analysis' own result.

    ``by`` are the conditions; ``refused`` gives, by label, the error where there was too little to answer;
    ``labels`` the words of each label in any language.
    """

    by: tuple[str, ...]
    results: Mapping[str, Result] = field(repr=False)
    labels: Mapping[str, tuple[Note, ...]] = field(repr=False)
    refused: Mapping[str, AnalysisError] = field(repr=False, default_factory=dict)

    def __getitem__(self, label: str) -> Result:
        if label in self.refused:
            raise self.refused[label]
        return self.results[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __hash__(self) -> int:
        return id(self)

    @property
    def table(self) -> pd.DataFrame:
        """The tables of all parts below each other; the column ``part`` says which."""
        tables = [one.table.assign(part=label) for label, one in self.results.items()]
        whole = pd.concat(tables, ignore_index=True)
        return whole[["part", *[name for name in whole.columns if name != "part"]]]

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the tables of all parts as people read them, below each other."""
        part = tr(HEADINGS["part"], lang)
        tables = [
            pd.concat([pd.DataFrame({part: [self.label(label, lang)] * len(shown)}), shown], axis=1)
            for label, one in self.results.items() for shown in [one.shown_table(lang)]
        ]  # fmt: skip
        return pd.concat(tables, ignore_index=True).fillna("–")

    def sentence(self, lang: str | None = None) -> str:
        """Say each part's result, and why a part has none."""
        texts = {label: one.sentence(lang) for label, one in self.results.items()}
        texts |= {label: error.words(lang) for label, error in self.refused.items()}
        ordered = [(label, texts[label]) for label in self.labels if label in texts]
        return " ".join(tr(PART, lang, label=self.label(label, lang), said=text) for label, text in ordered)

    def label(self, label: str, lang: str | None = None) -> str:
        """Return what people call a part."""
        return said(self.labels[label], lang)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return next(iter(self.results.values())).caution(lang)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values: each part's own, and the words of those that have none."""
        return {
            "kind": type(self).__name__, "by": list(self.by), "method": self.method, "n": self.n,
            "completeness": plain(self.completeness), "version": self.version,
            "labels": {label: self.label(label, lang) for label in self.labels},
            "results": {label: one.to_dict(lang) for label, one in self.results.items()},
            "refused": {label: error.to_dict(lang) for label, error in self.refused.items()},
            "sentence": self.sentence(lang), "caution": self.caution(lang), "notes": self.remarks(lang),
        }  # fmt: skip


def conditioned(analysis: Callable[P, R]) -> Callable[P, R]:
    """Give an analysis the parameter ``by`` (:data:`By`); it must have it in its signature, unused.

    With ``by=None`` nothing changes. Else the answer is a :class:`Conditioned` of such results.
    """

    first_name = next(iter(signature(analysis).parameters))
    check = {"ds": need_readings, "sightings": need_sightings}.get(first_name)

    @wraps(analysis)
    def asked(*given: P.args, **options: P.kwargs) -> R:
        by = options.pop("by", None)
        data, *others = given or (options.pop(first_name, None),)
        if check:
            check(data)
        if by is None:
            return cast(Callable[..., R], analysis)(data, *others, **options)
        names = (by,) if isinstance(by, str) else tuple(cast(Sequence[str], by))
        found: dict[str, Any] = {}
        refused: dict[str, AnalysisError] = {}
        labels: dict[str, tuple[Note, ...]] = {}
        for words, part in split(cast(xr.Dataset | pd.DataFrame, data), names):
            label = said(words, "en")
            labels[label] = words
            try:
                found[label] = cast(Callable[..., R], analysis)(part, *others, **options)
            except AnalysisError as error:
                refused[label] = error
        if not found:
            raise next(iter(refused.values()))
        first = next(iter(found.values()))
        return cast(R, Conditioned(
            method=METHOD, n=sum(one.n for one in found.values()), completeness=_mean(found),
            version=first.version, by=names, results=found, refused=refused, labels=labels,
        ))  # fmt: skip

    return asked


def _mean(found: Mapping[str, Result]) -> float:
    shares = np.array([one.completeness for one in found.values()])
    return float(shares[np.isfinite(shares)].mean()) if np.isfinite(shares).any() else float("nan")


def split(
    data: xr.Dataset | pd.DataFrame, by: Sequence[str]
) -> list[tuple[tuple[Note, ...], xr.Dataset | pd.DataFrame]]:
    """Return the parts with their labels, in the order of the calendar, the compass or the size.

    Parameters
    ----------
    data
        Readings, dims (station, time); times of hours in UTC, of days local standard dates. Or sightings.
    by
        Names out of :data:`KNOWN`, or of a variable that the dataset holds; of sightings out of
        :data:`OF_SIGHTINGS`. Several are crossed.

    Raises
    ------
    UsageError
        ``unknown-condition``, or ``condition-step``: hours of days, for instance.

    Examples
    --------
    >>> days = pd.date_range("2026-01-01", periods=365).as_unit("us")
    >>> ones = xr.DataArray(np.ones((1, 365)), dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": ones}, {"station": ["EE-A/roof"], "time": days})
    >>> [(words[0][0], part.sizes["time"]) for words, part in split(ds, ["season"])]
    [('winter', 90), ('spring', 92), ('summer', 92), ('autumn', 91)]
    """
    sides = [
        side_of_sightings(data, name) if isinstance(data, pd.DataFrame) else _side(data, name) for name in by
    ]
    parts: list[tuple[tuple[Note, ...], xr.Dataset | pd.DataFrame]] = []
    for chosen in product(*[range(len(labels)) for labels, _ in sides]):
        mask = np.logical_and.reduce([places == n for n, (_, places) in zip(chosen, sides, strict=True)])
        if mask.any():
            words = tuple(labels[number] for number, (labels, _) in zip(chosen, sides, strict=True))
            if isinstance(data, pd.DataFrame):
                parts.append((words, data.loc[mask]))
                continue
            part = _asked(data, mask, by, chosen)
            if any(name in ("wind", *data.data_vars) for name in by):
                part.attrs["judged"] = judged(data, by, chosen, [places for _, places in sides])
            parts.append((words, part))
    return parts


def _asked(ds: xr.Dataset, mask: NDArray[np.bool_], by: Sequence[str], chosen: Sequence[int]) -> xr.Dataset:
    """Return a part that says what was asked for: other times are not missing in it (:mod:`.asked`).

    That is ``months``, ``weekdays``, ``hours``, ``light`` (1: day, 0: night), and ``judged``
    (:func:`kit.analysis.asked.judged`).

    ``picked`` names conditions that leave no fixed number of days in a month (wind, hours, other variables).
    """
    asked: dict[str, tuple[int, ...]] = {}
    for name, place in zip(by, chosen, strict=True):
        kind = KINDS.get(name, "weekdays")
        held = {
            "season": tuple(month for month in range(1, 13) if month % 12 // 3 == place),
            "month": (place + 1,), "weekday": (place,),
            "weekend": ((0, 1, 2, 3, 4), (5, 6))[place % 2], "hour": (place,), "daylight": (place,),
        }.get(name)  # fmt: skip
        if held is not None:
            asked[kind] = tuple(part for part in asked.get(kind, held) if part in held)
    picked = tuple(name for name in by if name not in (*CALENDAR, *STATIONS, "year"))
    return _where(ds, mask).assign_attrs(**asked, **({"picked": picked} if picked else {}))


#: What stands beside a value where there is none.
NOTHING = {"flag": 9, "coverage": 0, "deployment": -1, "least": 0}


def _where(ds: xr.Dataset, mask: NDArray[np.bool_]) -> xr.Dataset:
    """Return the readings where ``mask`` (station, time) holds, as missing where it does not."""
    stations, times = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = ds.isel(station=stations, time=times)
    inside = mask[np.ix_(stations, times)]
    if not inside.all():
        keep = xr.DataArray(inside, dims=("station", "time"))
        for name in part.data_vars:
            values = part[name]
            nothing = NOTHING.get(str(name).rpartition("_")[2], np.nan)
            part[name] = values.where(keep, nothing).astype(values.dtype).assign_attrs(values.attrs)
    return part


def _side(ds: xr.Dataset, name: str) -> tuple[list[Note], Places]:
    """Return the labels of one condition, and which of them each (station, time) has (-1: none)."""
    if name in STATIONS:
        shown = series.station_names(ds) if name == "station" else series.station_text(ds, name)
        labels = sorted({text for text in shown.values() if text})
        places = np.array([labels.index(text) if text else -1 for text in shown.values()])
        return _plain(labels), np.repeat(places[:, None], ds.sizes["time"], axis=1)
    if name == "wind":
        return _plain(SECTORS), _sectors(ds)
    if name in (*CALENDAR, "hour", "year", "daylight"):
        labels, places = _calendar(ds, name)
        return _plain(labels), places
    if name in ds.data_vars:
        return [(text, {"name": called(name)}) for text in QUARTERS], _quarters(ds, name)
    raise UsageError(
        "Readings cannot be split by {name}.",
        do="Use one of {known}, or a variable that is among these readings.",
        code="unknown-condition", name=name, known=", ".join(KNOWN),
    )  # fmt: skip


def _plain(labels: Sequence[str]) -> list[Note]:
    return [(label, {}) for label in labels]


def _calendar(ds: xr.Dataset, name: str) -> tuple[list[str], Places]:
    if name in ("hour", "daylight") and series.step(ds) != "hour":
        raise UsageError(
            "These readings have no hours, so they cannot be split by {name}.",
            do='Take hourly readings: freq="1h".',
            code="condition-step", name=name,
        )  # fmt: skip
    if name in ("weekday", "weekend") and series.step(ds) not in ("hour", "day"):
        raise UsageError(
            "These readings have no days, so they cannot be split by {name}.",
            do='Take daily readings: freq="1D".',
            code="condition-step", name=name,
        )  # fmt: skip
    if name == "daylight":
        middle = ds["time"].values + np.timedelta64(30, "m")
        height = elevation(middle[None, :], ds["latitude"].values[:, None], ds["longitude"].values[:, None])
        return list(DAYLIGHT), np.where(np.isfinite(height), (height > 0).astype(np.int64), -1)
    rows = [pd.DatetimeIndex(row) for row in series.local_times(ds)]
    if name == "year":
        years = np.array([row.year for row in rows])
        known = sorted({int(year) for year in np.unique(years)})
        return [str(year) for year in known], np.searchsorted(known, years)
    if name == "hour":
        return [f"{hour:02d}:00" for hour in range(24)], np.array([row.hour for row in rows])
    months, weekdays = (np.array([getattr(row, part) for row in rows]) for part in ("month", "day_of_week"))
    places = {
        "season": months % 12 // 3, "month": months - 1, "weekday": weekdays, "weekend": weekdays // 5,
    }[name]  # fmt: skip
    return list(CALENDAR[name]), places.astype(np.int64)


def _sectors(ds: xr.Dataset) -> Places:
    from kit.analysis.wind import sector_of

    if "wind_direction" not in ds.data_vars:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.",
                            code="no-wind", name=called("wind_direction"))  # fmt: skip
    direction = series.frame(ds, "wind_direction").to_numpy().T
    speed = (
        series.frame(ds, "wind_speed").to_numpy().T
        if "wind_speed" in ds.data_vars
        else np.ones_like(direction)
    )
    blows = np.isfinite(direction) & ~(speed == 0)
    return np.where(blows, sector_of(np.where(blows, direction, 0.0), 8), -1)


def _quarters(ds: xr.Dataset, name: str) -> Places:
    """Return the quarter of another variable; a value on a border belongs to the lower one."""
    values = series.frame(ds, name).to_numpy().T
    if not np.isfinite(values).any():
        raise AnalysisError("There are no readings here: {name}.", code="empty", name=called(name))
    borders = np.nanquantile(values, [0.25, 0.5, 0.75])
    return np.where(np.isfinite(values), np.searchsorted(borders, values, side="left"), -1)


def side_of_sightings(sightings: pd.DataFrame, name: str) -> tuple[list[Note], Places]:
    """Return the labels of one condition, and which of them each sighting has (-1: none).

    A date that is not known exactly enough (only its year, an interval over two months) has no month, season
    or weekday. ``region`` needs ``sightings.attrs["station_regions"]``, as a dataset gives it.

    >>> days = pd.DataFrame({"station": "EE-A/1", "eventDate": ["2026-12-24", "2026-01", "2026", ""]})
    >>> labels, places = side_of_sightings(days, "season")
    >>> labels[0][0], places.tolist()
    ('winter', [0, 0, -1, -1])
    """
    if name not in OF_SIGHTINGS:
        raise UsageError(
            "Sightings cannot be split by {name}.", do="Use one of {known}.",
            code="unknown-condition", name=name, known=", ".join(OF_SIGHTINGS),
        )  # fmt: skip
    if name in ("station", "school", "region"):
        keys, place = np.unique(sightings["station"].fillna("").astype(str), return_inverse=True)
        shown = _of_stations(sightings, [str(key) for key in keys], name)
        labels = sorted({text for text in shown if text})
        places = np.array([labels.index(text) if text else -1 for text in shown], dtype=np.int64)[place]
        return _plain(labels), places
    texts, place = np.unique(sightings["eventDate"].fillna("").astype(str), return_inverse=True)
    dates = np.array([_spot(str(text)) for text in texts], dtype=np.int64).reshape(-1, 3)[place]
    year, month, weekday = dates.T
    if name == "year":
        known = sorted({int(one) for one in year if one >= 0})
        return _plain([str(one) for one in known]), np.where(year >= 0, np.searchsorted(known, year), -1)
    places = {
        "season": np.where(month > 0, month % 12 // 3, -1), "month": np.where(month > 0, month - 1, -1),
        "weekday": weekday, "weekend": np.where(weekday >= 0, weekday // 5, -1),
    }[name]  # fmt: skip
    return _plain(CALENDAR[name]), places


def _of_stations(sightings: pd.DataFrame, stations: list[str], name: str) -> list[str]:
    """Return name, school or region of each station, "" where it is not known."""
    if name == "school":
        return [station.partition("/")[0] for station in stations]
    if name == "region":
        regions = sightings.attrs.get("station_regions", {})
        return [str(regions.get(station, "")) for station in stations]
    return list(names_of_stations(sightings, stations).values())


def names_of_stations(sightings: pd.DataFrame, stations: Sequence[str]) -> dict[str, str]:
    """Return what people call the stations; where two have one name, their ids stand behind it."""
    known = sightings.attrs.get("station_names", {})
    held = {station: str(known.get(station, station)) for station in stations}
    names = list(held.values())
    return {key: f"{text} ({key})" if names.count(text) > 1 and text != key else text
            for key, text in held.items()}  # fmt: skip


def _spot(text: str) -> tuple[int, int, int]:
    """Return year, month and weekday (0: Monday) of an ISO date or interval, -1 for what it leaves open."""
    start, _, end = text.partition("/")
    start, end = start[:10], (end or start)[:10]
    if not start[:4].isdecimal() or len(end) < len(start) or end[:4] != start[:4]:
        return -1, -1, -1
    month = int(start[5:7]) if len(start) >= 7 and end[:7] == start[:7] else -1
    if len(start) < 10 or end != start:
        return int(start[:4]), month, -1
    try:
        return int(start[:4]), month, date.fromisoformat(start).weekday()
    except ValueError:
        return int(start[:4]), month, -1
