"""Birds that classes count: who is there, who is seen, who is written down.

**Detection.** A bird species has a mean number of birds within sight and hearing of the school yard, by
season. The number present at a survey is Poisson; each bird is noticed within ``m`` minutes by ``o``
observers with probability ``1 - exp(-rate * m * sqrt(o) / 4)``: longer surveys and more eyes find more
species, which is why surveys may only be compared at equal effort (the idea of removal models of point
counts, Farnsworth et al. 2002, doi:10.1642/0004-8038(2002)119[0414:ARMFED]2.0.CO;2). About one count in
twenty is an ``X`` (seen, not counted). Surveys keep the school calendar: none in July and August.

**Phenology.** Migrants arrive, and plants flower, around their usual date, 2 days earlier for each degree
that the month before was warmer than usual at that station (Ahas & Aasa 2006, doi:10.1007/s00484-006-0041-z,
give 2-3 days per degree for Estonia), with a scatter of 3 days. Temperature is the simulated one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kit.samples.devices import lines
from kit.samples.fields import stream
from kit.samples.plan import SampleFile
from kit.samples.sheet import Defect
from kit.samples.simulation import Simulation

DAYS_PER_DEGREE = -2.0


@dataclass(frozen=True)
class Bird:
    """One species: birds near the school in town and in the country, and when it is there.

    ``arrives`` and ``leaves`` are usual days of the year (0 and 366: all year); a winter guest leaves before
    it arrives. ``rate`` is the chance per minute that one observer notices one bird.
    """

    estonian: str
    latin: str
    town: float
    country: float
    rate: float
    arrives: int = 0
    leaves: int = 366


BIRDS = (
    Bird("rasvatihane", "Parus major", 6, 5, 0.09),
    Bird("sinitihane", "Cyanistes caeruleus", 2.5, 2, 0.06),
    Bird("koduvarblane", "Passer domesticus", 5, 1.5, 0.08),
    Bird("põldvarblane", "Passer montanus", 2, 5, 0.07),
    Bird("hallvares", "Corvus cornix", 4, 2, 0.12),
    Bird("harakas", "Pica pica", 2, 1.5, 0.1),
    Bird("hakk", "Coloeus monedula", 5, 1, 0.1),
    Bird("kodutuvi", "Columba livia", 8, 0.3, 0.12),
    Bird("rohevint", "Chloris chloris", 1.5, 1.5, 0.04),
    Bird("suur-kirjurähn", "Dendrocopos major", 0.4, 1.2, 0.05),
    Bird("puukoristaja", "Sitta europaea", 0.3, 1, 0.05),
    Bird("naerukajakas", "Chroicocephalus ridibundus", 4, 0.8, 0.12, 85, 300),
    Bird("kalakajakas", "Larus canus", 3, 0.5, 0.12, 75, 320),
    Bird("musträstas", "Turdus merula", 1.2, 1.5, 0.05, 80, 300),
    Bird("hallrästas", "Turdus pilaris", 1.5, 2, 0.07, 90, 310),
    Bird("kuldnokk", "Sturnus vulgaris", 2, 3.5, 0.08, 82, 290),
    Bird("metsvint", "Fringilla coelebs", 1.2, 4, 0.06, 88, 285),
    Bird("linavästrik", "Motacilla alba", 1, 1.2, 0.06, 98, 275),
    Bird("väike-lehelind", "Phylloscopus collybita", 0.8, 1.5, 0.05, 108, 270),
    Bird("must-kärbsenäpp", "Ficedula hypoleuca", 0.5, 1.2, 0.05, 122, 240),
    Bird("suitsupääsuke", "Hirundo rustica", 0.4, 3, 0.08, 124, 260),
    Bird("piiritaja", "Apus apus", 3, 0.8, 0.08, 138, 232),
    Bird("siidisaba", "Bombycilla garrulus", 3, 1, 0.04, 295, 95),
    Bird("leevike", "Pyrrhula pyrrhula", 0.8, 1.2, 0.03, 290, 100),
)


#: Birds that are neither in town nor in the fields: only the means of :data:`HABITATS` count.
OTHERS = (
    Bird("porr", "Certhia familiaris", 0, 0, 0.04),
    Bird("põhjatihane", "Poecile montanus", 0, 0, 0.05),
    Bird("tutt-tihane", "Lophophanes cristatus", 0, 0, 0.05),
    Bird("pöialpoiss", "Regulus regulus", 0, 0, 0.04),
    Bird("pasknäär", "Garrulus glandarius", 0, 0, 0.08),
    Bird("ronk", "Corvus corax", 0, 0, 0.09),
    Bird("musträhn", "Dryocopus martius", 0, 0, 0.07),
    Bird("laulurästas", "Turdus philomelos", 0, 0, 0.07, 95, 280),
    Bird("punarind", "Erithacus rubecula", 0, 0, 0.06, 92, 290),
    Bird("mets-lehelind", "Phylloscopus sibilatrix", 0, 0, 0.06, 120, 240),
    Bird("sinikael-part", "Anas platyrhynchos", 0, 0, 0.1),
    Bird("kühmnokk-luik", "Cygnus olor", 0, 0, 0.15),
    Bird("sõtkas", "Bucephala clangula", 0, 0, 0.08),
    Bird("jääkoskel", "Mergus merganser", 0, 0, 0.08),
    Bird("hõbekajakas", "Larus argentatus", 0, 0, 0.12),
    Bird("kiivitaja", "Vanellus vanellus", 0, 0, 0.1, 82, 270),
    Bird("merisk", "Haematopus ostralegus", 0, 0, 0.12, 92, 240),
    Bird("punajalg-tilder", "Tringa totanus", 0, 0, 0.1, 98, 230),
    Bird("jõgitiir", "Sterna hirundo", 0, 0, 0.1, 115, 240),
    Bird("kormoran", "Phalacrocorax carbo", 0, 0, 0.12, 85, 310),
    Bird("merikotkas", "Haliaeetus albicilla", 0, 0, 0.1),
    Bird("hallhani", "Anser anser", 0, 0, 0.1, 85, 280),
    Bird("ristpart", "Tadorna tadorna", 0, 0, 0.1, 92, 220),
    Bird("tuttpütt", "Podiceps cristatus", 0, 0, 0.09, 98, 290),
    Bird("lauk", "Fulica atra", 0, 0, 0.09, 90, 310),
    Bird("suurkoovitaja", "Numenius arquata", 0, 0, 0.09, 95, 225),
    Bird("liivatüll", "Charadrius hiaticula", 0, 0, 0.08, 90, 260),
    Bird("vihitaja", "Actitis hypoleucos", 0, 0, 0.08, 115, 240),
    Bird("randtiir", "Sterna paradisaea", 0, 0, 0.1, 118, 225),
)
#: Mean number of birds by species in habitats that have birds of their own.
HABITATS: dict[str, dict[str, float]] = {
    "park": {
        "Parus major": 5, "Corvus cornix": 5, "Columba livia": 9, "Passer domesticus": 4, "Turdus merula": 1,
        "Coloeus monedula": 6, "Chloris chloris": 0.8, "Anas platyrhynchos": 5, "Sturnus vulgaris": 1.5,
    },
    "forest": {
        "Parus major": 3, "Cyanistes caeruleus": 1, "Dendrocopos major": 1.6, "Sitta europaea": 1.5,
        "Turdus merula": 1.5, "Fringilla coelebs": 5, "Phylloscopus collybita": 2.5, "Pyrrhula pyrrhula": 1.5,
        "Ficedula hypoleuca": 1.5, "Certhia familiaris": 1.2, "Poecile montanus": 1.6,
        "Lophophanes cristatus": 1.2, "Regulus regulus": 2.5, "Garrulus glandarius": 1.2,
        "Corvus corax": 0.8, "Dryocopus martius": 0.7, "Turdus philomelos": 1.8, "Erithacus rubecula": 2.2,
        "Phylloscopus sibilatrix": 1.5,
    },
    "shore": {
        "Corvus cornix": 2.5, "Parus major": 1.5, "Motacilla alba": 1.5, "Chroicocephalus ridibundus": 6,
        "Larus canus": 5, "Sturnus vulgaris": 2.5, "Hirundo rustica": 2, "Corvus corax": 0.7,
        "Anas platyrhynchos": 6, "Cygnus olor": 3, "Bucephala clangula": 4, "Mergus merganser": 2,
        "Larus argentatus": 4, "Vanellus vanellus": 1.6, "Haematopus ostralegus": 1.6, "Tringa totanus": 1.5,
        "Sterna hirundo": 2.5, "Phalacrocorax carbo": 2.5, "Fringilla coelebs": 1.2,
        "Haliaeetus albicilla": 0.3, "Anser anser": 1.2, "Tadorna tadorna": 0.8, "Podiceps cristatus": 0.6,
        "Fulica atra": 0.8, "Numenius arquata": 0.4, "Charadrius hiaticula": 0.5, "Actitis hypoleucos": 0.5,
        "Sterna paradisaea": 1,
    },
}  # fmt: skip
#: Where the weather of a station is taken from that is not simulated itself.
WEATHER = {
    "EE-TRT-7k2p/park": "EE-TRT-7k2p/roof", "EE-VOR-2f7m/forest": "EE-TRT-m4x9/garden",
    "EE-SAA-5j9r/shore": "EE-PRN-3v8d/roof",
}  # fmt: skip


def living(setting: str) -> list[tuple[Bird, float]]:
    """Return the birds of a habitat, each with its mean number.

    >>> len(living("town")), len(living("park")), len(living("forest"))
    (24, 9, 19)
    """
    if setting not in HABITATS:
        return [(bird, getattr(bird, setting)) for bird in BIRDS]
    here = HABITATS[setting]
    return [(bird, here[bird.latin]) for bird in (*BIRDS, *OTHERS) if bird.latin in here]


def habitats(world: Simulation) -> list[SampleFile]:
    """Return the bird counts of a town park, a forest and a shore; the richest place has fewest surveys."""
    return [
        survey(world, "EE-TRT-7k2p/park", "tartu-a/linnuloendus_park_2024-2025.csv", "park", "birds"),
        survey(world, "EE-VOR-2f7m/forest", "voru-a/linnuloendus_mets_2024-2025.csv", "forest", "birds", 0.4),
        survey(world, "EE-SAA-5j9r/shore", "saare-a/linnuloendus_rand_2024-2025.csv", "shore", "birds", 0.25),
    ]


#: Species that live at each place with bird counts.
SPECIES = {
    "EE-HRJ-q5n7/roof": "town", "EE-PRN-h6w2/garden": "country", "EE-TRT-7k2p/park": "park",
    "EE-VOR-2f7m/forest": "forest", "EE-SAA-5j9r/shore": "shore",
}  # fmt: skip
TRUTH = {"species": {station: len(living(setting)) for station, setting in SPECIES.items()}}


def life(world: Simulation) -> list[SampleFile]:
    """Return the bird counts of two school yards, in a town and in the country."""
    return [
        survey(world, "EE-HRJ-q5n7/roof", "harju-a/linnuloendus_2024-2025.csv", "town"),
        survey(world, "EE-PRN-h6w2/garden", "parnu-b/linnuloendus_2024-2025.csv", "country"),
    ]


def warmth(world: Simulation, station: str, year: int, day: int) -> float:
    """Return how much warmer than usual the 30 days before a day of the year were, °C.

    "Usual" is the mean of all simulated years at that station.
    """
    values = world.values["temperature"][world.index(station)]
    days = pd.DatetimeIndex(world.time)
    means = {}
    for each in range(2019, 2026):
        end = pd.Timestamp(each, 1, 1) + pd.Timedelta(days=day - 1)
        inside = (days >= end - pd.Timedelta(days=30)) & (days < end)
        means[each] = float(values[inside].mean())
    return means[year] - float(np.mean(list(means.values())))


def date_in(world: Simulation, rng: np.random.Generator, station: str, year: int, usual: int) -> float:
    """Return the day of the year on which something happens that usually happens on ``usual``."""
    return usual + DAYS_PER_DEGREE * warmth(world, station, year, usual) + 3.0 * float(rng.standard_normal())


def survey(
    world: Simulation, station: str, path: str, setting: str, part: str = "region", weeks: float = 0.66
) -> SampleFile:
    """A class's bird counts in a table of its own, in Estonian: one row per species and survey.

    ``Täielik nimekiri`` (complete list) tells whether every species noticed was written down; in the lists
    that are not complete, a third of the species is left out. The e-mail address is an example of what
    must not be stored.
    """
    rng = stream(world.seed, "birds of " + path)
    near = WEATHER.get(station, station)
    rows: list[list[str]] = []
    surveys = 0
    for year in (2024, 2025):
        arrivals = {
            b.latin: date_in(world, rng, near, year, b.arrives) if b.arrives else 0.0
            for b, _ in living(setting)
        }
        for date in _school_days(rng, year, weeks):
            surveys += 1
            rows += _one_survey(rng, date, arrivals, setting)
    uncounted = [k for k, row in enumerate(rows, 1) if row[2] == "X"]
    partial = [k for k, row in enumerate(rows, 1) if row[7] == "ei"]
    header = (
        "Liik", "Teaduslik nimi", "Arv", "Kuupäev", "Kellaaeg", "Minutid", "Vaatlejaid", "Täielik nimekiri",
        "E-post",
    )  # fmt: skip
    defects = [
        Defect("uncounted", len(uncounted), "Arv", "X", [[k, k] for k in uncounted]),
        Defect("incomplete-list", len(partial), "Täielik nimekiri", "ei", [[k, k] for k in partial]),
        Defect("personal-column", 1, "E-post"),
    ]
    days = [row[3].split(".") for row in rows]
    first, last = (f"{d[2]}-{d[1]}-{d[0]}" for d in (days[0], days[-1]))
    return SampleFile(
        path, lines(header, rows, ";", "\r\n").encode("utf-8-sig"), station, {"station": station},
        "plain", f"a class's bird counts ({surveys} surveys)", "et", len(rows), first, last, (),
        defects, kind="sightings", part=part,
    )  # fmt: skip


def _school_days(rng: np.random.Generator, year: int, weeks: float) -> list[pd.Timestamp]:
    """A survey in a share of the school weeks; none in July, August and the last week of the year."""
    days = []
    for week in range(51):
        day = pd.Timestamp(year, 1, 8) + pd.Timedelta(days=7 * week + int(rng.integers(0, 5)))
        if day.month not in (7, 8) and (day.month, day.day) < (12, 22) and rng.random() < weeks:
            days.append(day - pd.Timedelta(days=day.dayofweek - 4) if day.dayofweek > 4 else day)
    return days


def _one_survey(
    rng: np.random.Generator, date: pd.Timestamp, arrivals: dict[str, float], setting: str
) -> list[list[str]]:
    minutes = int(rng.choice([10, 15, 15, 20, 30, 45]))
    observers = int(rng.choice([2, 4, 6, 12]))
    complete = bool(rng.random() < 0.85)
    clock = f"{int(rng.integers(8, 14)):02d}:{int(rng.choice([0, 15, 30, 45])):02d}"
    rows = []
    for bird, mean in living(setting):
        present = rng.poisson(mean)
        chance = 1 - np.exp(-bird.rate * minutes * np.sqrt(observers) / 4)
        seen, counted, noted = int(rng.binomial(present, chance)), rng.random(), rng.random()
        if not _there(bird, date.dayofyear, arrivals[bird.latin]) or not seen:
            continue
        if complete or noted > 1 / 3:
            number = "X" if counted < 0.05 else str(seen)
            rows.append([
                bird.estonian, bird.latin, number, f"{date.day:02d}.{date.month:02d}.{date.year}", clock,
                str(minutes), str(observers), "jah" if complete else "ei", "teacher@example.org",
            ])  # fmt: skip
    return rows


def _there(bird: Bird, day: int, arrival: float) -> bool:
    """Whether the species is in the region on that day of the year."""
    if bird.leaves >= bird.arrives:
        return arrival <= day <= bird.leaves
    return day <= bird.leaves or day >= arrival
