"""Sightings on iNaturalist: plants and animals around one school, as the platform exports them.

What begins in spring begins as the birds arrive (:func:`kit.samples.life.date_in`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kit.samples.devices import lines
from kit.samples.fields import stream
from kit.samples.life import date_in
from kit.samples.plan import SampleFile
from kit.samples.sheet import Defect
from kit.samples.simulation import Simulation


@dataclass(frozen=True)
class Wild:
    """One species of the iNaturalist sightings, and the days of the year between which it is noticed."""

    latin: str
    english: str
    group: str
    kingdom: str
    weight: float
    first: int
    last: int
    spring: bool = False


WILD = (
    Wild("Tussilago farfara", "Coltsfoot", "Plantae", "Plantae", 1.2, 75, 125, True),
    Wild("Anemone nemorosa", "Wood Anemone", "Plantae", "Plantae", 1.5, 95, 135, True),
    Wild("Ficaria verna", "Lesser Celandine", "Plantae", "Plantae", 1, 90, 130, True),
    Wild("Taraxacum officinale", "Common Dandelion", "Plantae", "Plantae", 2, 110, 280, True),
    Wild("Bellis perennis", "Common Daisy", "Plantae", "Plantae", 1.5, 70, 310),
    Wild("Hippophae rhamnoides", "Sea Buckthorn", "Plantae", "Plantae", 1, 100, 300),
    Wild("Bombus terrestris", "Buff-tailed Bumble Bee", "Insecta", "Animalia", 1.5, 85, 270, True),
    Wild("Apis mellifera", "Western Honey Bee", "Insecta", "Animalia", 1.2, 90, 280),
    Wild("Coccinella septempunctata", "Seven-spotted Lady Beetle", "Insecta", "Animalia", 1.5, 95, 285),
    Wild("Vanessa atalanta", "Red Admiral", "Insecta", "Animalia", 1, 130, 290),
    Wild("Aglais io", "European Peacock", "Insecta", "Animalia", 1.2, 85, 270, True),
    Wild("Gonepteryx rhamni", "Common Brimstone", "Insecta", "Animalia", 0.8, 80, 260, True),
    Wild("Turdus merula", "Eurasian Blackbird", "Aves", "Animalia", 1.2, 1, 366),
    Wild("Larus argentatus", "European Herring Gull", "Aves", "Animalia", 1.5, 1, 366),
    Wild("Anas platyrhynchos", "Mallard", "Aves", "Animalia", 1.2, 1, 366),
    Wild("Ciconia ciconia", "White Stork", "Aves", "Animalia", 0.4, 90, 240, True),
    Wild("Bufo bufo", "Common Toad", "Amphibia", "Animalia", 0.5, 80, 270, True),
    Wild("Aurelia aurita", "Moon Jelly", "Animalia", "Animalia", 0.6, 150, 290),
)
COLUMNS = (
    "id", "uuid", "observed_on_string", "observed_on", "time_observed_at", "time_zone", "user_id",
    "user_login", "created_at", "updated_at", "quality_grade", "license", "url", "image_url", "tag_list",
    "description",
    "num_identification_agreements", "num_identification_disagreements", "captive_cultivated", "place_guess",
    "latitude", "longitude", "positional_accuracy", "private_latitude", "private_longitude",
    "public_positional_accuracy", "geoprivacy", "taxon_geoprivacy", "coordinates_obscured", "species_guess",
    "scientific_name", "common_name", "iconic_taxon_name", "taxon_id", "taxon_kingdom_name",
    "taxon_class_name",
)  # fmt: skip
CLASSES = {"Aves": "Aves", "Insecta": "Insecta", "Amphibia": "Amphibia", "Animalia": "Scyphozoa"}


def inaturalist(world: Simulation, count: int = 240) -> SampleFile:
    """An export from iNaturalist with the columns of the platform and invented ids and logins.

    Dates are written in four ways; some coordinates are obscured (moved up to 0.1 degrees, with the exact
    ones in private columns, as the observer's own export has them); some rows have no date or no name.
    """
    station, path = "DE-ROS-8t3c/roof", "rostock-a/inaturalist_observations.csv"
    rng = stream(world.seed, "sightings")
    weights = np.array([w.weight for w in WILD])
    made = []
    for _ in range(count):
        wild = WILD[int(rng.choice(len(WILD), p=weights / weights.sum()))]
        year = int(rng.integers(2023, 2026))
        first = date_in(world, rng, station, year, wild.first) if wild.spring else float(wild.first)
        late = (wild.last - first) * float(rng.random()) ** (2 if wild.spring else 1)
        day = pd.Timestamp(year, 1, 1) + pd.Timedelta(days=int(min(max(first + late, 1), 364)))
        moment = day + pd.Timedelta(
            minutes=int(rng.integers(7 * 60, 16 * 60)), seconds=int(rng.integers(0, 60))
        )
        made.append((moment, wild))
    made.sort(key=lambda pair: (pair[0], pair[1].latin))
    special = [int(k) for k in rng.permutation(count)]
    obscured, dateless, nameless = special[:8], special[8:13], special[13:16]
    rows = [
        _observation(rng, k, moment, wild, k in obscured, k in dateless, k in nameless)
        for k, (moment, wild) in enumerate(made)
    ]
    defects = [
        Defect(kind, len(found), runs=[[k + 1, k + 1] for k in sorted(found)])
        for kind, found in (("obscured", obscured), ("no-date", dateless), ("no-taxon", nameless))
    ]
    for column in ("user_id", "user_login", "private_latitude", "private_longitude"):
        defects.append(Defect("personal-column", 1, column))
    start, end = (f"{made[k][0]:%Y-%m-%d}" for k in (0, -1))
    return SampleFile(
        path, lines(COLUMNS, rows, ",").encode(), station, {"station": station}, "inaturalist",
        "iNaturalist export", "en", len(rows), start, end, (), defects, kind="sightings",
    )  # fmt: skip


def _observation(
    rng: np.random.Generator, k: int, moment: pd.Timestamp, wild: Wild,
    obscured: bool, dateless: bool, nameless: bool,
) -> list[str]:  # fmt: skip
    """Return one row of the export; ``moment`` is UTC."""
    local = moment.tz_localize("UTC").tz_convert("Europe/Berlin").tz_localize(None)
    ways = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
    way = ways[int(rng.integers(0, 4))]
    timed = way != "%Y-%m-%d" and not dateless
    latitude, longitude = 54.17 + rng.normal(0, 0.008), 12.08 + rng.normal(0, 0.012)
    shown = (latitude, longitude)
    if obscured:
        shown = (latitude + rng.uniform(-0.1, 0.1), longitude + rng.uniform(-0.1, 0.1))
    number = 900000001 + k
    kind = "Magnoliopsida" if wild.kingdom == "Plantae" else CLASSES[wild.group]
    hexes = "".join(f"{int(x):x}" for x in rng.integers(0, 16, 32))
    accuracy = str(int(rng.choice([5, 10, 25, 60])))
    agree = int(rng.integers(0, 4))
    created = moment + pd.Timedelta(minutes=int(rng.integers(5, 3000)))
    row = {
        "id": str(number), "uuid": f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}",
        "observed_on_string": "" if dateless else local.strftime(way),
        "observed_on": "" if dateless else local.strftime("%Y-%m-%d"),
        "time_observed_at": f"{moment:%Y-%m-%d %H:%M:%S} UTC" if timed else "",
        "time_zone": "Berlin", "user_id": str(9000000 + k % 7), "user_login": f"user{1234 + k % 7}",
        "created_at": f"{created:%Y-%m-%d %H:%M:%S} UTC", "updated_at": f"{created:%Y-%m-%d %H:%M:%S} UTC",
        "quality_grade": "casual" if dateless else "research" if agree > 1 else "needs_id",
        "license": "CC-BY" if k % 3 else "CC-BY-NC", "url": f"https://example.org/observations/{number}",
        "num_identification_agreements": str(agree), "num_identification_disagreements": "0",
        "captive_cultivated": "false", "latitude": f"{shown[0]:.6f}", "longitude": f"{shown[1]:.6f}",
        "positional_accuracy": accuracy, "public_positional_accuracy": "27000" if obscured else accuracy,
        "private_latitude": f"{latitude:.6f}" if obscured else "",
        "private_longitude": f"{longitude:.6f}" if obscured else "",
        "geoprivacy": "obscured" if obscured else "", "coordinates_obscured": "true" if obscured else "false",
        "species_guess": "" if nameless else wild.english, "scientific_name": "" if nameless else wild.latin,
        "common_name": "" if nameless else wild.english,
        "iconic_taxon_name": "" if nameless else wild.group,
        "taxon_id": "" if nameless else str(9000001 + WILD.index(wild)),
        "taxon_kingdom_name": "" if nameless else wild.kingdom,
        "taxon_class_name": "" if nameless else kind,
    }  # fmt: skip
    return [row.get(column, "") for column in COLUMNS]
