"""The sample schools: invented schools at round coordinates, in four regions of two countries.

Nothing here is a real school: names say "Sample school", ids end in random letters, coordinates are round
places in a town. Regions are ISO 3166-2 codes (https://www.iso.org/obp/ui/#iso:code:3166:EE and :DE):
EE-79 Tartu, EE-68 Pärnu, EE-37 Harju, EE-87 Võru, EE-84 Viljandi, EE-74 Saare, EE-45 Ida-Viru, EE-71 Rapla,
DE-MV Mecklenburg-Vorpommern.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from kit.model import Station


class Position(NamedTuple):
    """Degrees north, degrees east (WGS 84, three decimals), metres above the sea."""

    latitude: float
    longitude: float
    elevation: float


@dataclass(frozen=True)
class Site:
    """One sample station and what the simulation needs to know of its surroundings.

    ``sea_km`` is the distance to the open sea; ``heating``, ``traffic`` and ``secondary`` are the yearly
    means, in µg/m³, of the PM2.5 from house heating, from traffic and from regional (secondary) particles.
    """

    station: Station
    folder: str
    sea_km: float
    heating: float
    traffic: float
    secondary: float

    @property
    def place(self) -> tuple[float, float, float]:
        """Latitude, longitude (degrees) and elevation (m)."""
        s = self.station
        return float(s.latitude or 0.0), float(s.longitude or 0.0), float(s.elevation or 0.0)

    @property
    def id(self) -> str:
        """The station's id."""
        return self.station.id


def _site(
    id: str,
    name: str,
    region: str,
    place: Position,
    exposure: str,
    sea_km: float,
    *,
    sources: tuple[float, float, float],
) -> Site:
    zone = "Europe/Berlin" if region.startswith("DE-") else "Europe/Tallinn"
    station = Station(id, region, *place, zone=zone, exposure=exposure, name=f"Sample school {name}")
    heating, traffic, secondary = sources
    folder = name.lower().replace(" ", "-").replace("ä", "a").replace("õ", "o")
    return Site(station, folder, sea_km, heating, traffic, secondary)


#: The order and the number of these is part of every random stream: a new place belongs into :data:`MORE`.
SITES: tuple[Site, ...] = (
    _site("EE-TRT-7k2p/roof", "Tartu A", "EE-79", Position(58.38, 26.72, 62), "roof", 125,
          sources=(1.5, 0.7, 3.0)),
    _site("EE-TRT-m4x9/garden", "Tartu B", "EE-79", Position(58.35, 26.77, 45), "garden", 128,
          sources=(2.0, 0.4, 3.0)),
    _site("EE-PRN-3v8d/roof", "Pärnu A", "EE-68", Position(58.38, 24.5, 6), "roof", 1.5,
          sources=(1.1, 0.4, 2.7)),
    _site("EE-PRN-h6w2/garden", "Pärnu B", "EE-68", Position(58.65, 25.03, 50), "garden", 48,
          sources=(1.4, 0.2, 2.7)),
    _site("EE-HRJ-q5n7/roof", "Harju A", "EE-37", Position(59.43, 24.75, 25), "roof", 2.5,
          sources=(1.0, 1.0, 2.8)),
    _site("DE-ROS-8t3c/roof", "Rostock A", "DE-MV", Position(54.17, 12.08, 8), "roof", 1.5,
          sources=(0.9, 0.6, 4.2)),
    _site("DE-NEU-k9f4/garden", "Neustrelitz A", "DE-MV", Position(53.36, 13.06, 75), "garden", 85,
          sources=(1.0, 0.3, 4.2)),
)  # fmt: skip


def _beside(first: int, place: str, exposure: str, words: str) -> Site:
    """Return one more station of a school that has one already, at the same coordinates."""
    known = SITES[first]
    station = replace(
        known.station, id=f"{known.station.school}/{place}", exposure=exposure,
        name=f"{known.station.name}, {words}",
    )  # fmt: skip
    return replace(known, station=station)


def _nature(id: str, name: str, words: str, region: str, place: Position, sea_km: float) -> Site:
    """Return a station at which only living things are watched."""
    made = _site(id, name, region, place, "garden", sea_km, sources=(0.0, 0.0, 0.0))
    return replace(made, station=replace(made.station, name=f"{made.station.name}, {words}"))


#: Stations without a random stream of their own in the simulation: their files are made of the simulated
#: hours of another one, or hold what was seen there.
MORE: tuple[Site, ...] = (
    _beside(3, "gate", "roadside", "by the gate"),
    _beside(4, "sensor", "roof", "small sensor"),
    _beside(4, "reference", "roof", "reference instrument"),
    _beside(0, "classroom", "indoor", "classroom"),
    _beside(0, "park", "garden", "in the park"),
    *(_beside(first, "trail", "garden", "nature trail") for first in range(len(SITES))),
    _nature("EE-VOR-2f7m/trail", "Võru A", "nature trail", "EE-87", Position(57.84, 27.0, 85), 175),
    _nature("EE-VIL-x3c8/trail", "Viljandi A", "nature trail", "EE-84", Position(58.36, 25.6, 80), 75),
    _nature("EE-SAA-5j9r/trail", "Saare A", "nature trail", "EE-74", Position(58.0, 22.2, 5), 1),
    _nature("EE-IDV-b7t4/trail", "Ida-Viru A", "nature trail", "EE-45", Position(59.2, 27.4, 60), 25),
    _nature("EE-RAP-w8k3/trail", "Rapla A", "nature trail", "EE-71", Position(59.0, 24.8, 65), 45),
    _nature("EE-VOR-2f7m/forest", "Võru A", "in the forest", "EE-87", Position(57.83, 27.03, 90), 175),
    _nature("EE-SAA-5j9r/shore", "Saare A", "at the shore", "EE-74", Position(58.01, 22.18, 1), 0.1),
)  # fmt: skip


def stations() -> tuple[Station, ...]:
    """Return the simulated stations, in the order of every simulated array; :data:`MORE` has the others.

    >>> [s.id for s in stations()][0], stations()[0].region
    ('EE-TRT-7k2p/roof', 'EE-79')
    """
    return tuple(site.station for site in SITES)


def site(station: str) -> Site:
    """Return the site of one station id."""
    return next(place for place in (*SITES, *MORE) if place.id == station)
