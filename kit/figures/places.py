"""The map: stations on the outlines of countries, each with its name and value."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from kit.errors import AnalysisError
from kit.figures import outlines
from kit.figures.chart import Chart
from kit.figures.labels import NEAR, arrange, box_around
from kit.figures.layers import STYLES, Layer, Table, Words, capital
from kit.figures.lines import moment
from kit.figures.panels import Box, Panel
from kit.figures.series import Gathered, gather
from kit.model import Station
from kit.text import N_, day, join, number, tr, trn

#: Means of stations are compared if this share of the longest one's days is common to all.
ALIKE = 0.75
NOT_ALIKE = N_("The stations did not measure on the same days, so their means may not be compared.")
#: So many stations are named in the sentence below the map; of more the table holds the names.
FEW = 6
EXPOSURES = {
    "roof": N_("on a roof"), "garden": N_("in a garden"), "roadside": N_("beside a road"),
    "indoor": N_("in a room"),
}  # fmt: skip
INDOORS = N_("Left out, because they stand indoors: {stations}.")


def map(ds: Any, variable: str | None = None) -> Chart:
    """Return the stations on a map, each with the mean of one variable over the period.

    Parameters
    ----------
    ds
        ``xarray.Dataset`` (station, time) with ``latitude`` and ``longitude`` (degrees) on ``station``.
    variable
        Which variable; needed only where ``ds`` holds several.

    Notes
    -----
    Drawn as ordinary x and y (longitude and latitude, scaled by cos(latitude)): no tiles and no internet.
    A bigger symbol is a higher mean; the mean stands beside it. Where names would overlap, the stations
    carry numbers and the table says which is which. Stations without coordinates are only in the table.
    Stations indoors are left out where others stand outdoors, and named. A highest and a lowest mean are
    said only where the stations measured over the same days, as far as :data:`ALIKE` of the longest.

    Raises
    ------
    UsageError, AnalysisError
        See :func:`kit.figures.series.gather`; also if no station has coordinates.
    """
    ds, indoors = _outdoors(ds)
    gathered = gather(ds, variable)
    frame = _frame(gathered)
    placed = frame[frame["latitude"].notna() & frame["longitude"].notna()]
    if placed.empty:
        raise AnalysisError(
            "There is no station to put on a map.",
            why="No station of {variable} has coordinates.",
            do="Give the stations their latitude and longitude with kit station add.",
            code="no-coordinates",
            variable=gathered.variable.id,
        )
    lats, lons = placed["latitude"].to_numpy(dtype=float), placed["longitude"].to_numpy(dtype=float)
    box = box_around(lats, lons)
    said = _Said(gathered, frame, indoors)
    long = [
        said.label(name, value, "en") for name, value in zip(placed["station"], placed["mean"], strict=True)
    ]
    places = arrange(lons, lats, long, box)
    numbered = places is None
    if numbered:
        places = arrange(lons, lats, [str(n) for n in placed["number"]], box) or (NEAR[0],) * len(placed)
    layers = (*_ground(box), _stations(placed, said, places or (), numbered))
    return Chart(
        kind="map",
        panels=(Panel(layers, "map", box=box),),
        words_in=said,
        tables=(said.table(),),
        unit=gathered.variable.symbol,
        digits=gathered.variable.digits,
    )


def _outdoors(ds: Any) -> tuple[Any, list[str]]:
    """Return the stations outdoors, and the names of those left out; all of them where all stand indoors."""
    if not hasattr(ds, "coords") or "exposure" not in ds.coords or "station" not in ds.dims:
        return ds, []
    inside = np.array([str(place) == "indoor" for place in ds["exposure"].values], dtype=bool)
    if inside.all() or not inside.any():
        return ds, []
    names = ds["station_name"] if "station_name" in ds.coords else ds["station"]
    return ds.isel(station=np.flatnonzero(~inside)), [str(name) for name in names.values[inside]]


def stations_map(stations: Iterable[Station]) -> Chart | None:
    """Return a map of stations without any values; None if none has coordinates."""
    frame = pd.DataFrame(
        [
            (s.id, s.name or s.id, s.school, s.region, s.latitude, s.longitude, s.elevation, s.exposure)
            for s in stations
        ],
        columns=["id", "station", "school", "region", "latitude", "longitude", "elevation", "exposure"],
    )
    names = frame["station"]
    frame["station"] = names.where(~names.duplicated(keep=False), names + " (" + frame["id"] + ")")
    frame = frame.drop(columns="id").astype({"latitude": float, "longitude": float, "elevation": float})
    frame["exposure"] = frame["exposure"].map(lambda place: EXPOSURES.get(place, place or "–"))
    frame.insert(0, "number", range(1, len(frame) + 1))
    placed = frame[frame["latitude"].notna() & frame["longitude"].notna()]
    if placed.empty:
        return None
    xs, ys = placed["longitude"].to_numpy(dtype=float), placed["latitude"].to_numpy(dtype=float)
    box = box_around(ys, xs)
    full, numbers = [str(name) for name in placed["station"]], [str(n) for n in placed["number"]]
    places = arrange(xs, ys, full, box)
    shown = full if places else numbers
    places = places or arrange(xs, ys, numbers, box) or (NEAR[0],) * len(placed)
    dots = Layer(
        "points",
        xs,
        ys,
        N_("station"),
        colour=STYLES[0][0],
        symbol="circle",
        size=10,
        labels=lambda _: shown,
        places=places,
        legend=False,
    )
    said = _SaidPlaces(frame)
    return Chart(
        kind="map",
        panels=(Panel((*_ground(box), dots), "map", box=box),),
        words_in=said,
        tables=(said.table(),),
        digits=3,
    )


class _SaidPlaces:
    """The words of a map without values: a callable of the language."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __call__(self, lang: str) -> Words:
        n, regions = len(self.frame), sorted(set(self.frame["region"]) - {""})
        sentence = trn(
            "{n} station in {regions}.",
            "{n} stations in {regions}.",
            n,
            lang,
            regions=join(regions, lang) or "–",
        )
        if n <= FEW:
            sentence += " " + tr(
                N_("On the map: {stations}."), lang, stations=join(list(self.frame["station"]), lang)
            )
        alt = tr(N_("Map of the stations. {sentence}"), lang, sentence=sentence)
        x, y = tr(N_("longitude (degrees east)"), lang), tr(N_("latitude (degrees north)"), lang)
        return Words(tr(N_("Stations"), lang), sentence, alt, x, y, outlines.source(lang))

    def table(self) -> Table:
        """Return the stations with school, region, place, height and what they stand on."""
        names = (N_("no."), N_("station"), N_("school"), N_("region"), N_("latitude"), N_("longitude"),
                 N_("metres above the sea"), N_("stands"))  # fmt: skip
        return Table(
            self.frame,
            lambda lang: tr(N_("Stations"), lang),
            lambda lang: [tr(name, lang) for name in names],
            {"latitude": 3, "longitude": 3, "elevation": 0},
            rows="station",
        )


def _ground(box: Box) -> tuple[Layer, Layer]:
    west, south, east, north = box
    more = (north - south) * 0.6
    view = (west - more, south - more, east + more, north + more)

    def layer(kind: Any, parts: list[list[tuple[float, float]]], dash: str) -> Layer:
        gap = np.array([[np.nan, np.nan]])
        points = np.concatenate([np.concatenate([np.asarray(p, dtype=float), gap]) for p in parts] or [gap])
        return Layer(kind, points[:, 0], points[:, 1], dash=dash, legend=False)

    return layer("land", outlines.land(view), "solid"), layer("border", outlines.borders(view), "dash")


def _frame(gathered: Gathered) -> pd.DataFrame:
    vector = gathered.variable.kind == "vector"
    rows = [
        {
            "number": i,
            "station": s.name,
            "region": s.region,
            "latitude": s.latitude,
            "longitude": s.longitude,
            "mean": np.nan if vector else float(s.value.mean()),
            "values": len(s.value),
            "first": moment(s.time.min(), gathered.clock),
            "last": moment(s.time.max(), gathered.clock),
        }
        for i, s in enumerate(gathered.series, start=1)
    ]
    frame = pd.DataFrame(rows)
    for column in ("first", "last"):
        frame[column] = frame[column].astype(object)
    return frame


def _stations(
    placed: pd.DataFrame, said: _Said, places: tuple[tuple[float, float], ...], numbered: bool
) -> Layer:
    means = placed["mean"].to_numpy(dtype=float)
    spread = float(np.nanmax(means) - np.nanmin(means)) if np.isfinite(means).any() else 0.0
    size = np.full(len(means), 11.0)
    if spread > 0:
        size = 9.0 + 9.0 * np.nan_to_num((means - np.nanmin(means)) / spread)
    names, numbers = placed["station"].tolist(), placed["number"].tolist()

    def labels(lang: str) -> list[str]:
        if numbered:
            return [str(n) for n in numbers]
        return [said.label(name, value, lang) for name, value in zip(names, means, strict=True)]

    return Layer(
        "points",
        placed["longitude"].to_numpy(dtype=float),
        placed["latitude"].to_numpy(dtype=float),
        N_("station"),
        colour=STYLES[0][0],
        symbol="circle",
        size=size,
        labels=labels,
        places=places,
        legend=False,
    )


class _Said:
    """The words of a map: a callable of the language."""

    def __init__(self, gathered: Gathered, frame: pd.DataFrame, indoors: list[str]) -> None:
        self.gathered, self.frame, self.indoors = gathered, frame, indoors
        days = [np.unique(series.time.astype("datetime64[D]")) for series in gathered.series]
        common = len(reduce(np.intersect1d, days))
        self.alike = common >= ALIKE * max(len(own) for own in days)

    def label(self, name: str, value: float, lang: str) -> str:
        """Return what stands beside a station."""
        return f"{name}: {number(value, self.gathered.variable.digits, lang)}" if value == value else name

    def _value(self, value: float, lang: str) -> str:
        symbol = self.gathered.variable.symbol
        return number(value, self.gathered.variable.digits, lang) + (f" {symbol}" if symbol else "")

    def __call__(self, lang: str) -> Words:
        variable, frame = self.gathered.variable, self.frame
        name = variable.name(lang)
        title = capital(tr(N_("{name}: mean at each station"), lang, name=name))
        if variable.symbol:
            title += f" ({variable.symbol})"
        first, last = (day(moment, lang) for moment in (min(frame["first"]), max(frame["last"])))
        n = len(frame)
        if first == last:
            parts = [
                trn(
                    "{n} station measured {name} on {day}.",
                    "{n} stations measured {name} on {day}.",
                    n,
                    lang,
                    name=name,
                    day=first,
                )
            ]
        else:
            parts = [
                trn(
                    "{n} station measured {name} between {first} and {last}.",
                    "{n} stations measured {name} between {first} and {last}.",
                    n,
                    lang,
                    name=name,
                    first=first,
                    last=last,
                )
            ]
        means = frame["mean"]
        if means.notna().any():
            high, low = frame.iloc[int(means.argmax())], frame.iloc[int(means.argmin())]
            top = {"value": self._value(high["mean"], lang), "station": high["station"]}
            if n == 1:
                parts.append(tr(N_("The mean is {value} at {station}."), lang, **top))
            elif not self.alike:
                parts.append(tr(NOT_ALIKE, lang))
            else:
                low_value = self._value(low["mean"], lang)
                parts.append(
                    tr(
                        N_("The highest mean is {value} at {station}, the lowest {low} at {low_station}."),
                        lang,
                        low=low_value,
                        low_station=low["station"],
                        **top,
                    )
                )
        lost = int((frame["latitude"].isna() | frame["longitude"].isna()).sum())
        if lost:
            parts.append(
                trn(
                    "{n} station has no coordinates and is only in the table.",
                    "{n} stations have no coordinates and are only in the table.",
                    lost,
                    lang,
                )
            )
        if self.indoors:
            parts.append(tr(INDOORS, lang, stations=join(self.indoors, lang)))
        sentence = capital(" ".join(parts))
        alt = tr(N_("Map of the stations. {sentence}"), lang, sentence=sentence)
        note = outlines.source(lang)
        x, y = tr(N_("longitude (degrees east)"), lang), tr(N_("latitude (degrees north)"), lang)
        return Words(title, sentence, alt, x, y, note)

    def table(self) -> Table:
        """Return the stations with place, mean, number of values and period."""
        variable = self.gathered.variable

        def headers(lang: str) -> list[str]:
            unit = f" ({variable.symbol})" if variable.symbol else ""
            return [
                tr(N_("no."), lang),
                tr(N_("station"), lang),
                tr(N_("region"), lang),
                tr(N_("latitude"), lang),
                tr(N_("longitude"), lang),
                tr(N_("mean"), lang) + unit,
                tr(N_("values"), lang),
                tr(N_("first"), lang),
                tr(N_("last"), lang),
            ]

        def caption(lang: str) -> str:
            return tr(N_("{variable} by station"), lang, variable=variable.name(lang))

        digits = {"latitude": 3, "longitude": 3, "mean": variable.digits}
        return Table(self.frame, caption, headers, digits, rows="station")
