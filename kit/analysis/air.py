"""The European air quality index from hourly readings, with what a school station cannot say.

Bands: the revised table of the European index (``kit/tables/indices.csv``, version 2025), hourly means in
µg/m³. The index of an hour is that of its worst pollutant. A value exactly on a bound belongs to the better
band (the published ranges read "0-5, 6-15, ..."; 5.0 is good and 5.1 is fair).

A station that measures particles only gets the words "PM part only". Uncorrected particle readings of a
low-cost sensor get no band above 85 % humidity, where droplets count as dust; stations whose coordinate
``instrument`` is ``"reference"`` are exempt. Indoor stations get no band: the index is about outdoor air.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Note, Result
from kit.errors import AnalysisError
from kit.stats.kendall import Floats
from kit.text import N_, join, number, tr
from kit.vocab.variables import variables

TABLE = Path(__file__).parents[1] / "tables" / "indices.csv"
#: The six bands, best first; the table says "good" and so on.
BANDS = (
    N_("good air"), N_("fair air"), N_("moderate air"), N_("poor air"), N_("very poor air"),
    N_("extremely poor air"),
)  # fmt: skip
PARTICLES = ("pm25", "pm10")
HUMID = 85.0

METHOD = N_("European air quality index, hourly values, the worst pollutant counts")
TABLE_LABEL = N_("Table of bands")
PM_ONLY = N_("PM part only")
SOME = N_("only from {pollutants}")
WHOLE = N_("all pollutants of the index")
SENTENCE = N_("{share} % of the {hours} hours with a band had {band} or better; the worst hour had {worst}.")
NOT_OFFICIAL = N_("This is not an official warning.")
CAUTION = N_(
    "This does not show whether the air was healthy, nor what an official station would have measured. It "
    "is not an official warning. The tables of the index change: bands of different tables must not be "
    "compared."
)
NO_HUMIDITY = N_("The humidity is not known here; in fog and damp air these sensors count droplets as dust.")
HUMID_HOURS = N_("Hours without a band because the air was damper than {limit} %: {hours}.")
UNKNOWN_HUMIDITY = N_(
    "Hours with a band although the humidity is not known: {hours}. In fog and damp air these sensors count "
    "droplets as dust."
)
INDOORS = N_("{station} stands indoors and gets no band: the index is about outdoor air.")
PARTIAL = N_("{station}: {label}. What is not measured there could only make the index worse.")


@dataclass(frozen=True)
class Bands:
    """The upper bounds of bands 1 to 5 of one pollutant (µg/m³), with version and source of the table."""

    pollutant: str
    upper: tuple[float, ...]
    averaging_hours: int
    version: str
    source: str

    def band(self, values: Floats) -> Floats:
        """Return the band 1 to 6 of each value, NaN where it is missing; a value on a bound: the better band.

        >>> european_bands()["pm25"].band(np.array([-1.0, 5.0, 5.1, 140.0, 140.1])).tolist()
        [1.0, 1.0, 2.0, 5.0, 6.0]
        """
        found = np.searchsorted(np.asarray(self.upper), values, side="left") + 1.0
        return np.where(np.isfinite(values), found, np.nan)


@cache
def european_bands(version: str = "2025") -> MappingProxyType[str, Bands]:
    """Return the European index's bands by pollutant."""
    rows: dict[str, list[dict[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if (line["index"], line["version"]) == ("EAQI", version):
                rows.setdefault(line["pollutant"], []).append(line)
    return MappingProxyType({
        name: Bands(name, tuple(float(line["upper"]) for line in lines if line["upper"]),
                    int(lines[0]["averaging_hours"]), version, lines[0]["source"])
        for name, lines in rows.items()
    })  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AirQualityResult(Result):
    """Bands per station and hour.

    ``hours`` has one row per station and hour with a band: ``time`` (UTC, start), ``station``, ``band``
    (1 to 6), ``worst`` (the pollutant that decided). ``shares`` has one row per station and band:
    ``station``, ``band``, ``name``, ``hours``, ``share`` (0 to 1). ``labels`` says per station what the index
    rests on: "" for all pollutants, "pm" for particles only, else the pollutants joined by ";". ``names`` is
    what people call the stations.
    """

    table_version: str
    source: str
    labels: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)
    hours: pd.DataFrame = field(repr=False)
    shares: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """Hours and share per station and band."""
        return self.shares

    def label(self, station: str, lang: str | None = None) -> str:
        """Say what the index of a station rests on ("PM part only")."""
        return _label_text(self.labels[station], lang)

    def sentence(self, lang: str | None = None) -> str:
        """Say the share of good and fair hours and the worst hour."""
        bands = self.hours["band"]
        share = 100 * float((bands <= 2).mean())
        main = tr(SENTENCE, lang, band=tr(BANDS[1], lang), share=number(share, 0, lang),
                  hours=number(len(bands), 0, lang), worst=tr(BANDS[int(bands.max()) - 1], lang))  # fmt: skip
        kinds = sorted(set(self.labels.values()) - {""})
        part = "; ".join(_label_text(kind, lang) for kind in kinds)
        return " ".join(
            t for t in (main, part and f"{part[:1].upper()}{part[1:]}.", tr(NOT_OFFICIAL, lang)) if t
        )

    def scope(self, lang: str | None = None) -> dict[str, str]:
        """Return the base's labels and words, and which table of bands was used."""
        return {**super().scope(lang), tr(TABLE_LABEL, lang): f"{self.table_version}: {self.source}"}

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def remarks(self, lang: str | None = None) -> list[str]:
        """Return the notes in words, with what each station's index rests on."""
        partial = [
            tr(PARTIAL, lang, station=self.names.get(station, station), label=_label_text(kind, lang))
            for station, kind in self.labels.items()
            if kind
        ]
        return super().remarks(lang) + partial


def _label_text(kind: str, lang: str | None) -> str:
    """Return the words for a label: "" is the whole index, "pm" particles only, else ids joined by ;."""
    if kind in ("", "pm"):
        return tr(PM_ONLY if kind else WHOLE, lang)
    return tr(SOME, lang, pollutants=_named(tuple(kind.split(";")), lang))


def _named(names: tuple[str, ...], lang: str | None) -> str:
    return join([variables()[name].name(lang) for name in names], lang)


@conditioned
def air_quality_index(
    ds: xr.Dataset, *, version: str = "2025", corrected: Mapping[str, str] | None = None, by: By = None
) -> AirQualityResult:
    """Return the European air quality index per station and hour.

    Parameters
    ----------
    ds
        Hourly readings (``freq="1h"``), dims (station, time), with one or more of ``pm25``, ``pm10``,
        ``no2``, ``o3``, ``so2`` in µg/m³ and, if known, ``humidity`` in %. Station coordinates ``exposure``
        and ``instrument`` are used where they are there.
    version
        Version of the table of bands.
    corrected
        Which corrected variable stands for a pollutant, such as ``{"pm25": "pm25_epa"}``; it gets bands in
        damp air, too.

    Raises
    ------
    AnalysisError
        ``not-hourly``, ``no-pollutant``, ``indoor-index`` (all stations stand indoors), ``no-band``
        (no hour is left).

    Notes
    -----
    The revised index (2025) takes hourly means of all five pollutants; the one before took running means over
    24 hours of PM2.5 and PM10 (its bands are not kept here).

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=2, freq="h").as_unit("us")
    >>> ds = xr.Dataset({"pm25": (("station", "time"), [[4.0, 60.0]])},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> air_quality_index(ds).hours["band"].tolist()
    [1, 4]
    """
    bands = european_bands(version)
    ds, raw = with_corrected(ds, corrected or {})
    held = [name for name in bands if name in ds.data_vars]
    if not held:
        raise AnalysisError("None of the pollutants of the index is here.",
                            do="It needs one of: {pollutants}.",
                            code="no-pollutant", pollutants=partial(_named, tuple(bands)))  # fmt: skip
    if series.step(ds) != "hour":
        raise AnalysisError("The index is defined for hourly values; these are not hourly.",
                            do='Take hourly readings: freq="1h".', code="not-hourly")  # fmt: skip
    exposure, names = series.station_text(ds, "exposure"), series.station_names(ds)
    outdoors = [station for station, place in exposure.items() if place != "indoor"]
    notes: list[Note] = [(INDOORS, {"station": names[s]}) for s in exposure if s not in outdoors]
    if not exposure:
        series.frame(ds, held[0])  # says that there is nothing
    if not outdoors:
        raise AnalysisError(
            "All these stations stand indoors; the index is about outdoor air.", code="indoor-index"
        )
    frames = {name: series.frame(ds, name)[outdoors] for name in held}
    humid, remark = too_humid(ds, outdoors, [name for name in held if name in raw])
    notes += remark
    stacked = {name: bands[name].band(table.to_numpy()) for name, table in frames.items()}
    possible = int(np.isfinite(np.stack([table.to_numpy() for table in frames.values()])).any(axis=0).sum())
    for name in raw:
        if name in stacked:
            stacked[name] = np.where(humid, np.nan, stacked[name])
    hours = _worst(stacked, pd.DatetimeIndex(frames[held[0]].index), outdoors)
    if hours.empty:
        raise AnalysisError("No hour is left that can get a band.",
                            why="All hours are missing or too damp for uncorrected particle readings.",
                            code="no-band")  # fmt: skip
    measured = {s: {name for name in held if frames[name][s].notna().any()} for s in outdoors}
    with_band = set(hours["station"])
    return AirQualityResult(
        method=METHOD, n=len(hours), completeness=len(hours) / max(possible, 1), version=series.version(ds),
        notes=tuple(notes), table_version=version, source=bands[held[0]].source,
        labels={s: _label(measured[s], set(bands)) for s in outdoors if s in with_band},
        names={s: names[s] for s in outdoors}, hours=hours, shares=_shares(hours),
    )  # fmt: skip


def with_corrected(ds: xr.Dataset, corrected: Mapping[str, str]) -> tuple[xr.Dataset, tuple[str, ...]]:
    """Return the readings with corrected variables in the place of raw ones, and which particles stay raw."""
    for name, other in corrected.items():
        if other not in ds.data_vars:
            raise AnalysisError("Not measured here: {name}.", do="Correct the readings first.",
                                code="not-measured", name=other)  # fmt: skip
        found = {name: ds[other]}
        if f"{other}_flag" in ds:
            found[f"{name}_flag"] = ds[f"{other}_flag"]
        ds = ds.drop_vars(f"{name}_flag", errors="ignore").assign(found)
    return ds, tuple(name for name in PARTICLES if name not in corrected)


def too_humid(ds: xr.Dataset, stations: list[str], particles: list[str]) -> tuple[np.ndarray, list[Note]]:
    """Return where (time, station) uncorrected particle readings get no band, and what to say about it."""
    instrument = series.station_text(ds, "instrument")
    uncorrected = np.array([instrument[s] != "reference" for s in stations])
    shape = (ds.sizes["time"], len(stations))
    if not particles or not uncorrected.any():
        return np.zeros(shape, dtype=bool), []
    if "humidity" not in ds.data_vars:
        return np.zeros(shape, dtype=bool), [(NO_HUMIDITY, {})]
    humidity = series.frame(ds, "humidity")[stations].to_numpy()
    dust = np.any([series.frame(ds, name)[stations].notna().to_numpy() for name in particles], axis=0)
    humid = (humidity > HUMID) & uncorrected
    lost, unknown = int((humid & dust).sum()), int((np.isnan(humidity) & uncorrected & dust).sum())
    notes: list[Note] = [(HUMID_HOURS, {"limit": HUMID, "hours": lost})] if lost else []
    return humid, [*notes, (UNKNOWN_HUMIDITY, {"hours": unknown})] if unknown else notes


def _worst(stacked: dict[str, Floats], times: pd.DatetimeIndex, stations: list[str]) -> pd.DataFrame:
    """Return the hours with a band: the highest one and the (first) pollutant that reaches it."""
    cube = np.stack(list(stacked.values()))
    filled = np.where(np.isfinite(cube), cube, 0.0)
    band, which = filled.max(axis=0), filled.argmax(axis=0)
    time, station = np.nonzero(band)
    names = np.array(list(stacked))
    return pd.DataFrame({"time": times[time], "station": np.array(stations)[station],
                         "band": band[time, station].astype("int64"),
                         "worst": names[which[time, station]]})  # fmt: skip


def _shares(hours: pd.DataFrame) -> pd.DataFrame:
    counts = hours.groupby(["station", "band"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(1, 7), fill_value=0)
    rows = []
    for station, row in counts.iterrows():
        for band, found in row.items():
            name, share = BANDS[int(str(band)) - 1], float(found / row.sum())
            rows.append({"station": station, "band": band, "name": name, "hours": int(found), "share": share})
    return pd.DataFrame(rows)


def _label(held: set[str], whole: set[str]) -> str:
    if held <= set(PARTICLES):
        return "pm"
    gases = whole - set(PARTICLES)
    return "" if held >= gases and held & set(PARTICLES) else ";".join(sorted(held))
