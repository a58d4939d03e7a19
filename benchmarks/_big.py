"""A big dataset, made up: hourly readings of 8 variables by stations that measure for 50 days a year.

It is written by kit's own store, variable by variable in parts that fit in memory, as settling would have
left it: 2 % of the hours are missing, values have a resolution of 0.1, some flags are 3, 4 and 9; every tenth
station gave ten days of each campaign a second time with other values (the later ones count), every 25th gave
each campaign also in another file, which was retracted. The daily roll-up is worked out by kit.

Datasets are kept in a folder for temporary files (``KIT_BENCH`` names another) until that is cleaned.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.dataset import finals, settling
from kit.dataset.local import Dataset, create
from kit.entry import Entry
from kit.model import RULES, Station
from kit.store import flush
from kit.store.layouts import SETTLED
from kit.store.versions import Settled

if TYPE_CHECKING:
    import polars as pl

VARIABLES = ("humidity", "noise", "pm10", "pm25", "pressure", "rain", "temperature", "wind_speed")
WHOLE = ("pm25",)
HOURS, OVERLAP, GAPS = 1_200, 240, 0.02
FIRST_YEAR = 2020
ZONES = ("Europe/Tallinn", "Europe/Riga", "Europe/Berlin")
REGIONS = tuple(f"XX-{number:02d}" for number in range(1, 11))
#: Goes up when other rows are made.
MAKER = 1
#: Rows of one variable that are made and written together.
PART = 1_500_000


@dataclass(frozen=True)
class Size:
    """How big: ``stations`` with a campaign in each of ``years``, or one variable all year (``whole``)."""

    stations: int
    years: int
    whole: bool = False

    @property
    def name(self) -> str:
        """What its folder is called: also other rules or another maker make another dataset."""
        return f"{self.stations}x{self.years}{'-whole' * self.whole}-{RULES}-{MAKER}"

    @property
    def variables(self) -> tuple[str, ...]:
        """What is measured."""
        return WHOLE if self.whole else VARIABLES

    @property
    def first_year(self) -> int:
        """The year of the first campaigns."""
        return FIRST_YEAR + 1 - self.years if self.whole else FIRST_YEAR

    def start(self, number: int, year: int) -> np.datetime64:
        """Return when a station's campaign of a year begins: the first of a month, UTC."""
        month = 1 if self.whole else number % 11 + 1
        return np.datetime64(f"{self.first_year + year}-{month:02d}-01T00", "us")

    def hours(self, year: int) -> int:
        """Return how long the campaigns of a year are."""
        if not self.whole:
            return HOURS
        return int((self.start(0, year + 1) - self.start(0, year)) / np.timedelta64(1, "h"))


QUICK, LARGE, HUGE = Size(100, 1), Size(2_000, 1), Size(2_000, 5)


def dataset(size: Size) -> Dataset:
    """Return the dataset of that size, made now or by an earlier benchmark."""
    base = Path(os.environ.get("KIT_BENCH", Path(tempfile.gettempdir()) / "kit-benchmarks"))
    place = base / size.name
    if not (place / "kit.toml").exists():
        begin = time.perf_counter()
        print(
            f"making {size.stations:,} stations x {len(size.variables)} variables x {size.years} years",
            flush=True,
        )
        beside = base / f".{size.name}-{os.getpid()}"
        base.mkdir(parents=True, exist_ok=True)
        try:
            _make(beside, size)
            beside.rename(place)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        print(f"made in {time.perf_counter() - begin:.0f} s, in {place}", flush=True)
    return Dataset(place)


def stations(size: Size) -> list[Station]:
    """Return the stations, by id."""
    return [
        Station(
            f"XX-{number:04d}/roof", REGIONS[number % len(REGIONS)], 50 + number % 97 / 10,
            10 + number % 89 / 10, 20.0, ZONES[number % len(ZONES)], "roof", f"Made-up school {number}",
        )
        for number in range(size.stations)
    ]  # fmt: skip


# --- entries


def _entries(size: Size) -> Iterator[Entry]:
    """Yield the entries in their order: stations, campaigns, what overlaps, what is retracted."""
    counter = 0

    def entry(kind: str, station: Station, subject: str, content: Mapping[str, Any]) -> Entry:
        nonlocal counter
        counter += 1
        return Entry(kind, station.school, subject, counter, "2026-01-01T00:00:00Z", "", dict(content))

    places = stations(size)
    for one in places:
        yield entry("station", one, one.id, one.to_dict())
    for kind in ("campaign", "again", "retracted"):
        for year in range(size.years):
            for number, one in enumerate(places):
                if not _gives(kind, number):
                    continue
                hours = OVERLAP if kind == "again" else size.hours(year)
                file = f"{kind}-{year}.csv"
                made = entry("submission", one, "", _content(one, file, hours, size.variables))
                yield made
                if kind == "retracted":
                    yield entry("retraction", one, made.id, {"retracted": True, "reason": ""})


def _gives(kind: str, number: int) -> bool:
    return kind == "campaign" or number % (10 if kind == "again" else 25) == 3


def _content(station: Station, file: str, hours: int, variables: tuple[str, ...]) -> dict[str, Any]:
    receipt = {"rows": hours, "variables": {name: {"count": hours} for name in variables}}
    return {
        "file": file, "format": "plain", "kind": "readings", "key": "", "answers": {}, "rules": RULES,
        "stations": [station.to_dict()], "tables": {"readings": hours * len(variables)}, "receipt": receipt,
    }  # fmt: skip


# --- tables


def _make(folder: Path, size: Size) -> None:
    with_entries = create(folder)
    store = with_entries._store
    entries = list(_entries(size))
    given = {
        (e.content["stations"][0]["id"], e.content["file"]): e for e in entries if e.kind == "submission"
    }
    store.journal.adopt(entries)
    for one in entries:
        store.objects.put_entry(one.id, one.canonical())
    flush.commit(store, lambda _: ([], Settled()), [one.id for one in entries])
    snapshots = {name: table.prepare(None) for name, table in store.tables.items()}
    places, done = stations(size), 0
    width = max(1, PART // int(sum(map(size.hours, range(size.years))) * 1.1))
    for variable in size.variables:
        for low in range(0, len(places), width):
            part = settling._Part(
                variable, places[low].id if low else "",
                places[low + width].id if low + width < len(places) else "",
            )  # fmt: skip
            mine = dict(list(enumerate(places))[low : low + width])
            rows = _rows(variable, mine, size, given)
            counted = rows.filter("counts").with_columns(flag="final_flag", reason="final_reason")
            known = {one.id: one for one in mine.values()}
            days = finals.daily(counted.select(list(finals.COLUMNS)), variable, known)
            done += 1
            for name, frame in (("readings", rows), ("days", days)):
                snapshots[name] = store.tables[name].replace(
                    snapshots[name], frame, part.where(), "made", done
                )
    files, tables = {}, {}
    for name, table in store.tables.items():
        files |= table.sync(-1, snapshots[name].version())
        tables[name] = {"id": str(snapshots[name].metadata().id), "version": snapshots[name].version()}
    flush.commit(store, lambda newest: ([], Settled(1, tables)), files=files)
    store.journal.close()


def _rows(
    variable: str, places: Mapping[int, Station], size: Size, given: Mapping[tuple[str, str], Entry]
) -> pl.DataFrame:
    """Return the settled rows of some stations of one variable."""
    import polars as pl

    rng = np.random.default_rng([VARIABLES.index(variable), min(places)])
    frames = []
    for year in range(size.years):
        for kind in ("campaign", "again", "retracted"):
            numbers = [number for number in places if _gives(kind, number)]
            if numbers:
                entries = [given[places[number].id, f"{kind}-{year}.csv"] for number in numbers]
                frames.append(
                    _campaign(
                        variable, kind, (size, year), numbers, [places[n].id for n in numbers], entries, rng
                    )
                )
    live, has = ~pl.col("retracted"), pl.col("value").is_not_nan()
    rows = (
        pl.concat(frames).with_columns(live=live, has=has).sort(["station", "time", "live", "has", "counter"])
    )
    again = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in ("station", "time"))
    counts = live & ~again.fill_null(value=False)  # kit's rule: a value before a missing one, then the later
    return rows.with_columns(
        counts.alias("counts"), pl.lit(variable).alias("variable"), pl.lit("1").alias("sensor"),
        pl.lit(3600, pl.Int32).alias("period"),
        pl.when(counts).then(pl.col("flag")).otherwise(pl.lit(0, pl.Int8)).alias("final_flag"),
        pl.when(counts).then(pl.col("reason")).otherwise(pl.lit("")).alias("final_reason"),
    ).select(list(SETTLED["readings"].all_columns))  # fmt: skip


def _campaign(
    variable: str, kind: str, when: tuple[Size, int], numbers: list[int], ids: list[str],
    entries: list[Entry], rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """Return what one kind of submission of several stations holds."""
    import polars as pl

    size, year = when
    length = size.hours(year)
    first, hours = (length - OVERLAP, OVERLAP) if kind == "again" else (0, length)
    hour = np.arange(first, first + hours)
    shape = (len(numbers), hours)
    if variable == "rain":
        value = np.where(rng.random(shape) < 0.1, rng.exponential(1.0, shape), 0.0)
    else:
        value = (
            10
            + 5 * np.sin(hour / 24 * 2 * np.pi)
            + rng.normal(0, 1, shape)
            + rng.normal(0, 3, (len(numbers), 1))
        )
        value = np.maximum(value, 0.0)
    value = np.round(value + (50 if kind == "retracted" else 0), 1)
    flag = rng.choice(np.array([1, 3, 4, 9], dtype=np.int8), shape, p=[0.99, 0.005, 0.003, 0.002])
    value[flag == 9] = np.nan
    keep = rng.random(shape) >= GAPS
    begin = np.array([size.start(number, year) for number in numbers])
    stamp = begin[:, None] + hour * np.timedelta64(3_600_000_000, "us")
    place = np.broadcast_to(np.arange(len(numbers), dtype=np.uint32)[:, None], shape)[keep]
    reason = pl.Series(["", "", "", "spike", "range", "", "", "", "", "missing"])
    return pl.DataFrame({
        "station": pl.Series(ids).gather(place), "time": stamp[keep], "value": value[keep],
        "flag": flag[keep],
        "reason": reason.gather(flag[keep].astype(np.uint32)),
        "row": np.broadcast_to(hour - first + 1, shape)[keep].astype(np.int64),
        "submission": pl.Series([one.id for one in entries]).gather(place),
        "counter": np.array([one.counter for one in entries], dtype=np.int64)[place],
    }).with_columns(pl.lit(kind == "retracted").alias("retracted"))  # fmt: skip


def files(shared: Dataset, table: str, *variables: str) -> list[str]:
    """Return the data files of a settled table (of some variables), for who reads them by hand."""
    version = shared._store.versions.newest()
    assert version is not None
    found = shared._store.tables[table].contents(version.settled.tables[table])
    return [one.path for one in found if not variables or one.value in variables]


def alternating(works: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Let several pieces of work take turns; print and return the shortest time of each, in seconds.

    The least time of the processor (of all threads together) is printed beside it: another program that runs
    at the same time changes it less.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begin, busy = time.perf_counter(), time.process_time()
            work()
            found[name].append((time.perf_counter() - begin, time.process_time() - busy))
    best = {}
    for name, taken in found.items():
        times, cpu = zip(*taken, strict=True)
        best[name] = min(times)
        median = statistics.median(times)
        print(
            f"{name:40} {best[name] * 1e3:8.1f} ms (median {median * 1e3:8.1f}; "
            f"processor {min(cpu) * 1e3:8.1f})", flush=True,
        )  # fmt: skip
    return best
