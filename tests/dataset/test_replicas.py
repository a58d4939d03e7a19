"""Three copies of a dataset live apart, with wrong clocks and sudden deaths, and meet: all end up the same.

What was erased anywhere is gone everywhere; old sticks that still hold it do not bring it back. Which value
counts is worked out a second time, in plain Python, from entries and kept copies alone. A short
run here; ``KIT_REPLICAS=200`` runs so many random histories, of 60 acts each.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from kit.dataset import Dataset, create, open_dataset
from kit.dataset.finals import Finals
from kit.entry import Entry
from kit.errors import DatasetError, UsageError
from kit.model import Source, Station
from kit.store import flush as flushing
from kit.store.entries import Objects
from kit.store.removing import Removed

HISTORIES = int(os.environ.get("KIT_REPLICAS", "0"))
PLACES = (
    Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", exposure="roof"),
    Station("EE-A/yard", "EE-79", 58.381, 26.735, zone="Europe/Tallinn", exposure="garden"),
    Station("EE-B/pond", "EE-37", 59.437, 24.754, zone="Europe/Tallinn", exposure="garden"),
)
#: What the clocks of the three computers say when it is the same moment.
CLOCKS = (
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2024, 4, 1, tzinfo=UTC),
    datetime(2093, 7, 1, tzinfo=UTC),
)
HOURS = {"UTC": 0, "Europe/Tallinn": 2}

#: What is done, and how often: a history is a list of these.
ACTS = {
    "readings": 7, "sightings": 3, "verdict": 3, "correct": 2, "review": 2, "describe": 2, "compact": 3,
    "rebuild": 1, "merge": 4, "stick": 2, "cite": 1, "death": 4, "erase": 2, "old_stick": 2,
}  # fmt: skip
#: What is erased: entries of these kinds, and seldom the school of which there is one station.
ERASED, ERASED_SCHOOL = ("submission", "retraction", "review"), "EE-B"
Row = tuple[int, str, str]


class Crash(BaseException):
    """The process dies here."""


def readings_file(rows: list[Row]) -> bytes:
    lines = ["time,temperature (°C),relative humidity (%)", "2024-03-01T00:00,5,44"]
    start = datetime(2024, 3, 1)
    for hour, one, two in sorted(rows, key=lambda cells: cells[0]):
        lines.append(f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%M},{one},{two and '4' + two}")
    return "\n".join(lines).encode() + b"\n"


def sightings_file(rows: list[Row]) -> bytes:
    lines = ["eventDate,scientificName,individualCount,occurrenceID", "2024-03-01,Parus major,1,"]
    for day, count, name in rows:
        lines.append(f"2024-03-{day % 5 + 1:02},Passer domesticus,{count or 1},{name and 'o' + name}")
    return "\n".join(lines).encode() + b"\n"


def some_rows(chance: random.Random, most: int) -> list[Row]:
    def cell() -> str:
        return chance.choice(["", *"3456789"])

    return [(chance.randint(0, 30), cell(), cell()) for _ in range(chance.randint(0, most))]


# --- the oracle


def entries_in(folder: Path) -> list[Entry]:
    objects = Objects(folder)
    return sorted(map(objects.entry, objects.entry_ids()), key=lambda entry: (entry.counter, entry.id))


def counting(entries: list[Entry]) -> Iterator[Entry]:
    """The submissions that count, in their order."""
    retracted = {one.subject: one.content["retracted"] for one in entries if one.kind == "retraction"}
    return (one for one in entries if one.kind == "submission" and not retracted.get(one.id))


def erasures_in(folder: Path) -> set[str]:
    return {one.subject for one in entries_in(folder) if one.kind == "erasure"}


def told_erased(folder: Path) -> set[str]:
    """The ids that the erasures list."""
    lists = [
        Objects(folder).raw(one.payload)
        for one in entries_in(folder)
        if one.kind == "erasure" and one.payload
    ]
    return {data[at : at + 32].hex() for data in lists for at in range(0, len(data), 32)}


def is_erased(entry: Entry, erased: set[str]) -> bool:
    """Whether an entry goes with what was erased: itself, its school, or what it is about."""
    about = {entry.id, entry.school, entry.subject, entry.subject.split("/")[0]} - {""}
    places = {one["id"].split("/")[0] for one in entry.content.get("stations", ())}
    return entry.kind != "erasure" and bool(about & erased or (places and places <= erased))


def cells_of(folder: Path, entry: Entry) -> tuple[str, list[list[str]]]:
    lines = Objects(folder).raw(entry.payload).decode().splitlines()
    return lines[0].split(",")[0], [line.split(",") for line in lines[1:]]


def values_that_count(folder: Path) -> dict[tuple[str, str, str], str]:
    """(station, variable, UTC time) -> the value as text, "nan" where it is missing."""
    found: dict[tuple[str, str, str], str] = {}
    for entry in counting(entries_in(folder)):
        first, rows = cells_of(folder, entry)
        if first != "time":
            continue
        answers = entry.content["answers"]
        shift = timedelta(hours=HOURS[answers["zone"]])
        for time, *cells in rows:
            moment = str(datetime.fromisoformat(time) - shift)
            for variable, text in zip(("temperature", "humidity"), cells, strict=True):
                key = (answers["station"], variable, moment)
                if text or key not in found:
                    found[key] = str(float(text or "nan"))
    return found


def flags_of_people(folder: Path, known: dict[tuple[str, str, str], str]) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for entry in entries_in(folder):
        if entry.kind == "review":
            one = entry.content
            for station, variable, time in known:
                late = one["since"] is None or datetime.fromisoformat(time) >= datetime.fromisoformat(
                    one["since"]
                )
                if (station, variable) == (one["station"], one["variable"]) and late:
                    found[station, variable, time] = one["flag"]
    return found


def sightings_that_count(folder: Path) -> Counter[tuple[str, ...]]:
    """(station, date, name, count): how often. The same from two submissions is the same one."""
    nameless: Counter[tuple[str, ...]] = Counter()
    named: dict[tuple[str, str], tuple[str, ...]] = {}
    for entry in counting(entries_in(folder)):
        first, rows = cells_of(folder, entry)
        if first != "eventDate":
            continue
        station = entry.content["answers"]["station"]
        here: Counter[tuple[str, ...]] = Counter()
        for day, taxon, count, name in rows:
            if name:
                named[station, name] = (station, day, taxon, count)
            else:
                here[station, day, taxon, count] += 1
        nameless |= here
    return nameless + Counter(named.values())


def exposures(folder: Path) -> dict[str, str]:
    """What a person said last; where nobody did, what came with the first file."""
    entries = [one for one in entries_in(folder) if one.kind == "station"]
    found = {one.subject: one.content["exposure"] for one in reversed(entries)}
    said = [one for one in entries if "told_by_file" not in one.content]
    return found | {one.subject: one.content["exposure"] for one in said}


# --- what is compared


def long(view: Any) -> pd.DataFrame:
    table: pd.DataFrame = view.readings(freq=None)
    return table


def arrays(view: Any) -> Any:
    return view.readings(freq="1D").drop_attrs()


def same(one: Any, two: Any) -> None:
    """Two views of the same entries give the same, to the last bit."""
    tables = long(one), long(two)
    pd.testing.assert_frame_equal(*tables)
    assert tables[0].attrs["not_run"] == tables[1].attrs["not_run"]
    xr.testing.assert_identical(arrays(one), arrays(two))
    pd.testing.assert_frame_equal(one.sightings(), two.sightings())
    assert one.stations() == two.stations()
    assert one.submissions() == two.submissions()


def check_oracle(shared: Dataset) -> None:
    table = long(shared)
    table["time"] = table["time"].astype(str)
    keys = list(zip(table["station"], table["variable"], table["time"], strict=True))
    keys = [(station, variable, time[:19]) for station, variable, time in keys]
    wanted = values_that_count(shared.folder)
    assert dict(zip(keys, map(str, table["value"]), strict=True)) == wanted
    flags = dict(zip(keys, table["flag"], strict=True))
    present = {key: text for key, text in wanted.items() if text != "nan"}
    for key, flag in flags_of_people(shared.folder, present).items():
        assert flags[key] == flag
    seen = shared.sightings()
    columns = (
        seen["station"],
        seen["eventDate"],
        seen["scientificName"],
        seen["individualCount"].astype(int).astype(str),
    )
    assert Counter(zip(*columns, strict=True)) == sightings_that_count(shared.folder)
    assert {one.id: one.exposure for one in shared.stations()} == exposures(shared.folder)


# --- the machine


class Replicas(RuleBasedStateMachine):
    """Three copies, to which random things are done."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kit-replicas-"))
        self.copies = [create(self.folder / name, school="EE-A") for name in "abc"]
        self.ticks, self.steps = 0, 0
        self.crash_at: int | None = None
        self.given: list[dict[str, Entry]] = [{}, {}, {}]
        self.cited: dict[str, tuple[set[str], pd.DataFrame, pd.DataFrame, list[Station]]] = {}
        self.sticks: list[Path] = []
        flushing.on_step = self.step
        for number, station in enumerate(PLACES):  # each knows only one of them at the start
            self.copies[number].add_station(station, now=self.now(number))

    def step(self, _: str) -> None:
        self.steps += 1
        if self.crash_at is not None and self.steps >= self.crash_at:
            self.crash_at = None
            raise Crash

    def now(self, number: int) -> datetime:
        """What the clock of a copy's computer says; it also jumps back."""
        self.ticks += 1
        return CLOCKS[number] + timedelta(seconds=(self.ticks * 7919) % 1000)

    @contextmanager
    def alive(self, number: int) -> Iterator[Dataset]:
        """A copy at which something is done; when the process dies it is opened again: nothing is lost."""
        try:
            yield self.copies[number]
        except Crash:
            self.copies[number].close()
            self.copies[number] = open_dataset(self.copies[number].folder)
        self.crash_at = None
        shared, erased = self.copies[number], erasures_in(self.copies[number].folder)
        here = {item.id: item.entry for item in shared.submissions()}
        assert {name for name, one in self.given[number].items() if not is_erased(one, erased)} <= set(here)
        assert not [name for name, one in here.items() if is_erased(one, erased)]

    @rule(seed=st.integers(0, 2**32))
    def act(self, seed: int) -> None:
        """Somebody does something to one copy."""
        chance = random.Random(f"{seed}/{self.ticks}")  # hypothesis loves some numbers more than others
        (what,) = chance.choices(list(ACTS), list(ACTS.values()))
        self.ticks += 1
        note(what)
        getattr(self, what)(chance.randrange(3), chance)

    def death(self, _: int, chance: random.Random) -> None:
        """Soon, at some step of what is done next."""
        self.crash_at = self.steps + chance.randint(1, 9)

    # --- giving

    def upload(self, number: int, chance: random.Random, data: bytes) -> None:
        with self.alive(number) as shared:
            known = [one for one in PLACES if one.school in shared.schools()]
            if not known:  # the only station that this copy knew was erased
                return
            answers = {"station": chance.choice(known).id, "zone": "UTC"}
            receipt = shared.upload(Source(f"{len(data)}.csv", data), answers=answers, now=self.now(number))
            assert receipt.status in ("stored", "already", "restored"), receipt.text("en")
            self.note_given(number, receipt.submission)

    def note_given(self, number: int, name: str) -> None:
        self.given[number][name] = self.copies[number].submission(name).entry

    def readings(self, number: int, chance: random.Random) -> None:
        self.upload(number, chance, readings_file(some_rows(chance, 6)))

    def sightings(self, number: int, chance: random.Random) -> None:
        self.upload(number, chance, sightings_file(some_rows(chance, 4)))

    def pick(self, number: int, chance: random.Random) -> str:
        found = sorted(item.id for item in self.copies[number].submissions())
        return chance.choice(found) if found else ""

    # --- saying something about it

    def verdict(self, number: int, chance: random.Random) -> None:
        if name := self.pick(number, chance):
            with self.alive(number) as shared:
                say = shared.restore if shared.submission(name).retracted else shared.retract
                say(name, now=self.now(number))

    def correct(self, number: int, chance: random.Random) -> None:
        if name := self.pick(number, chance):
            with self.alive(number) as shared, suppress(UsageError):
                answers = {
                    "station": chance.choice(shared.stations()).id,
                    "zone": chance.choice(sorted(HOURS)),
                }
                receipt = shared.correct(name, answers=answers, now=self.now(number))
                self.note_given(number, receipt.submission)

    def review(self, number: int, chance: random.Random) -> None:
        since = chance.choice([None, datetime(2024, 3, 1) + timedelta(hours=chance.randint(0, 30))])
        with self.alive(number) as shared:
            if not shared.stations():
                return
            station, variable = (
                chance.choice(shared.stations()).id,
                chance.choice(["temperature", "humidity"]),
            )
            shared.review(
                station, variable, chance.choice([1, 3, 4]), "device", since=since, now=self.now(number)
            )

    def describe(self, number: int, chance: random.Random) -> None:
        exposure, zone = (
            chance.choice(["roof", "garden", "indoor"]),
            chance.choice(["Europe/Tallinn", "Asia/Kathmandu"]),
        )
        one = replace(
            chance.choice(PLACES), exposure=exposure, zone=zone, longitude=26.7 + chance.random() / 10
        )
        with self.alive(number) as shared, suppress(Removed):
            shared.add_station(one, now=self.now(number))

    def erase(self, number: int, chance: random.Random) -> None:
        with self.alive(number) as shared:
            found = sorted(one.id for one in entries_in(shared.folder) if one.kind in ERASED)
            school = chance.random() < 0.2 and ERASED_SCHOOL in shared.schools()
            if school or found:
                name = ERASED_SCHOOL if school else chance.choice(found)
                done = shared.erase(name, "mistake", now=self.now(number))
                assert done.ok, done.left

    def cite(self, number: int, _: random.Random) -> None:
        shared = self.copies[number]
        ids = {one.id for one in entries_in(shared.folder)}
        seen = ids, long(shared), shared.sightings(), shared.stations()
        with self.alive(number), suppress(UsageError):  # all that was given was erased
            self.cited.setdefault(shared.cite(now=self.now(number)), seen)

    # --- looking after it

    def compact(self, number: int, _: random.Random) -> None:
        with self.alive(number) as shared:
            shared.compact()

    def rebuild(self, number: int, _: random.Random) -> None:
        with self.alive(number) as shared:
            shared.rebuild()

    def merge(self, number: int, chance: random.Random) -> None:
        other = chance.choice([one for one in range(3) if one != number])
        with self.alive(number) as shared:
            shared.merge(self.copies[other].folder, both=chance.random() < 0.3)

    def stick(self, number: int, chance: random.Random) -> None:
        """Some entries of another copy, in no order, reach this one."""
        other = chance.choice([one for one in range(3) if one != number])
        stick = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copy(self.copies[other].folder / "kit.toml", stick)
        here, there = Objects(self.copies[other].folder), Objects(stick)
        ids = list(here.entry_ids())
        for entry in map(here.entry, chance.sample(ids, len(ids) * 2 // 3)):
            there.put_entry(entry.id, entry.canonical())
            if entry.payload:
                there.put_raw(entry.payload, here.raw(entry.payload))
        self.sticks.append(stick)
        with self.alive(number) as shared:
            shared.merge(stick)

    def old_stick(self, number: int, chance: random.Random) -> None:
        """It may hold what was erased in the meantime."""
        if self.sticks:
            with self.alive(number) as shared:
                shared.merge(chance.choice(self.sticks))

    def teardown(self) -> None:
        if not hasattr(self, "copies"):
            return
        try:
            self.crash_at = None
            self.meet()
        finally:
            flushing.on_step = lambda _: None
            for shared in self.copies:
                shared.close()
            shutil.rmtree(self.folder)

    def meet(self) -> None:
        """All merge with all: the same version, the same tables, what the oracle says, and what was cited."""
        a, b, c = self.copies
        for stick in self.sticks:
            c.merge(stick)
        b.merge(c.folder, both=True)
        a.merge(b.folder)
        for shared in (b, c):
            assert shared.merge(a.folder).damaged == ()
            assert shared.merge(a.folder).taken == 0
        for shared in self.copies:
            for stick in self.sticks:
                assert shared.merge(stick).taken == 0
        assert len({shared.version for shared in self.copies}) == 1
        self.check_erased()
        same(a, b)
        same(a, c)
        check_oracle(a)
        b.compact()
        same(a, b)
        version, state = b._now()
        assert version is not None
        fresh = open_dataset(b.folder)
        fresh._now()
        fresh._known = Finals(fresh._store, version, state, settled=False)
        same(a, fresh)
        verified = [shared.verify() for shared in self.copies]
        assert [found["differences"] for found in verified] == [[], [], []]
        assert all(found["tables"] == verified[0]["tables"] for found in verified)
        left = {one.id for one in entries_in(a.folder)}
        for name, (ids, table, seen, stations) in self.cited.items():
            for shared in (b, c):
                untold = ids - left - told_erased(shared.folder)
                if untold:  # only another copy held them, and it met an erasure
                    with pytest.raises(DatasetError, match="perhaps they were erased"):
                        shared.at(name)
                    continue
                then = shared.at(name)
                assert bool(then.caution()) == bool(ids - left)
                if ids <= left:
                    pd.testing.assert_frame_equal(long(then), table)
                    pd.testing.assert_frame_equal(then.sightings(), seen)
                    assert then.stations() == stations
                else:
                    assert {item.id for item in then.submissions()} <= ids & left

    def check_erased(self) -> None:
        """All that was given is here or was erased; of that not even the kept copy is left."""
        erased = erasures_in(self.copies[0].folder)
        given = {name: one for mine in self.given for name, one in mine.items()}
        gone = {name for name, one in given.items() if is_erased(one, erased)}
        here = {item.id: item.entry for item in self.copies[0].submissions()}
        assert set(given) - gone <= set(here)
        rest = {one.payload for one in here.values()}
        for shared in self.copies:
            objects = Objects(shared.folder)
            assert gone.isdisjoint(objects.entry_ids())
            assert not [one for one in gone if given[one].payload not in rest
                        and objects.raw_path(given[one].payload).exists()]  # fmt: skip


def profile() -> settings:
    long = {"max_examples": HISTORIES, "stateful_step_count": 60}
    short = {"max_examples": 4, "stateful_step_count": 26, "derandomize": True}
    return settings(
        deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate],
        **(long if HISTORIES else short),  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.slow
def test_three_copies_that_meet_are_the_same() -> None:
    run_state_machine_as_test(Replicas, settings=profile())
