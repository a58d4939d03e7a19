"""Versions, order of arrival, verify, rebuild."""

from __future__ import annotations

import itertools
import random
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.entry import version_id
from kit.errors import NotFoundError
from kit.model import RULES, Source, Station
from kit.store.entries import Objects
from kit.store.layouts import LAYOUTS

DayFile = Callable[..., Source]
Values = Callable[..., dict[str, float]]


def test_a_version_stays_what_it_was(shared: Dataset, day_file: DayFile, values: Values) -> None:
    one = shared.upload(day_file([10, 12]))
    first = shared.version
    then = shared.at(first)
    before = then.readings("pm10", freq=None)
    array = then.readings("pm10", freq="1h")
    shared.upload(day_file([11, 12, 13]))
    shared.retract(one.submission)
    shared.add_station(Station("EE-A/new", region="EE-37", zone="Europe/Tallinn"))
    assert values(shared)["2024-03-01T00:00"] == 11
    for view in (then, shared.at(first), open_dataset(shared.folder).at(first[:8] + "")):
        assert view.readings("pm10", freq=None).equals(before)
        assert view.readings("pm10", freq="1h").identical(array)
        assert view.version == first
        assert [station.id for station in view.stations()] == ["EE-A/roof"]
        assert [item.retracted for item in view.submissions()] == [False]
        assert view.versions()[-1].short == first
    assert not hasattr(then, "upload")
    with pytest.raises(NotFoundError, match=f"no version 000000000000 .*{first}"):
        shared.at("000000000000")
    assert shared.at(f"{first}/{RULES}").version == first  # as it is cited


def test_a_version_is_its_entry_set(shared: Dataset, day_file: DayFile) -> None:
    shared.upload(day_file([10, 12]))
    ids = list(Objects(shared.folder).entry_ids())
    assert shared.version == version_id(ids)[:12]
    assert [version.entries for version in shared.versions()] == [1, 2]


@pytest.mark.parametrize("how", ["rebuilt", "settled", "settled and deleted", "arrivals deleted", "copied"])
def test_an_old_version_when_the_tables_are_new(
    shared: Dataset, day_file: DayFile, values: Values, how: str, tmp_path: Path
) -> None:
    shared.upload(day_file([10, 12]))
    first, was = shared.version, values(shared)
    shared.upload(day_file([11, 12, 13]))
    now = values(shared)
    shared.close()
    folder = shared.folder
    if how == "rebuilt":
        shared.rebuild()
    elif how.startswith("settled"):
        shared.compact()
        shared.close()
        if "deleted" in how:
            shutil.rmtree(folder / "tables")
    elif how == "arrivals deleted":
        shutil.rmtree(folder / "arrivals")
    else:
        folder = tmp_path / "copy"
        shutil.copytree(
            shared.folder, folder, ignore=shutil.ignore_patterns("tables", "arrivals", "journal*")
        )
    again = open_dataset(folder)
    assert values(again.at(first)) == was  # type: ignore[arg-type]
    assert values(again) == now
    assert again.verify()["ok"]


def winners(shared: Dataset) -> dict[tuple[str, str], float]:
    """Work out in plain Python, from entries and kept copies alone, which value counts."""
    entries = [Objects(shared.folder).entry(name) for name in Objects(shared.folder).entry_ids()]
    entries.sort(key=lambda entry: (entry.counter, entry.id))
    retracted = {}
    for entry in entries:
        if entry.kind == "retraction":
            retracted[entry.subject] = entry.content["retracted"]
    found: dict[tuple[str, str], float] = {}
    for entry in entries:
        if entry.kind != "submission" or retracted.get(entry.id):
            continue
        text = Objects(shared.folder).raw(entry.payload).decode()
        for line in text.splitlines()[1:]:
            cells = line.split(";")
            key = (cells[5], "pm10")
            if cells[6] != "":
                found[key] = float(cells[6])
            else:
                found.setdefault(key, float("nan"))
    return found


def history(shared: Dataset, day_file: DayFile, chance: random.Random, acts: int) -> None:
    """Do random things: overlapping files with other values and gaps, retractions, restorations."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(acts):
        moment += timedelta(seconds=chance.randint(-50, 100))  # clocks of schools run differently
        live = [item for item in shared.submissions() if not item.retracted]
        gone = [item for item in shared.submissions() if item.retracted]
        what = chance.random()
        if what < 0.2 and live:
            shared.retract(chance.choice(live).id, now=moment)
        elif what < 0.3 and gone:
            shared.restore(chance.choice(gone).id, now=moment)
        else:
            start = chance.randint(0, 5)
            cells = [chance.choice(["", *range(1, 9)]) for _ in range(chance.randint(0, 5))]
            cells.insert(chance.randint(0, len(cells)), chance.randint(1, 9))
            shared.upload(day_file(cells, f"2024-03-01T00:0{start}"), station="EE-A/roof", now=moment)


def part_of(shared: Dataset, folder: Path, ids: list[str]) -> Path:
    """Copy some entries and their kept copies, as a stick might carry them."""
    folder.mkdir()
    shutil.copy(shared.folder / "kit.toml", folder)
    here, there = Objects(shared.folder), Objects(folder)
    for entry_id in ids:
        entry = here.entry(entry_id)
        there.put_entry(entry_id, entry.canonical())
        if entry.payload:
            there.put_raw(entry.payload, here.raw(entry.payload))
    return folder


@pytest.mark.parametrize("seed", range(3))
def test_order_of_arrival_does_not_matter(tmp_path: Path, day_file: DayFile, seed: int) -> None:
    """Two schools work apart; their entries meet in any order; everybody ends with the same tables."""
    chance = random.Random(seed)
    roof = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn")
    apart = [create(tmp_path / name, school="EE-A") for name in ("a", "b")]
    for shared in apart:
        shared.add_station(roof, now=datetime(2026, 1, 1, tzinfo=UTC))
        history(shared, day_file, chance, 7)
    both = tmp_path / "both"
    shutil.copytree(apart[0].folder, both, ignore=shutil.ignore_patterns("journal*", "tables", "versions"))
    open_dataset(both).merge(apart[1].folder)
    ids = list(Objects(both).entry_ids())
    replicas = [apart[0], apart[1], open_dataset(both)]
    for number in (1, 2):
        replica = create(tmp_path / f"replica{number}", school="EE-A")
        shuffled = chance.sample(ids, len(ids))
        cuts = [0, *sorted(chance.sample(range(1, len(ids)), 2)), len(ids)]
        for step, (low, high) in enumerate(itertools.pairwise(cuts)):
            stick = part_of(open_dataset(both), tmp_path / f"stick{number}{step}", shuffled[low:high])
            replica.merge(stick)
        replicas.append(replica)
    for shared in apart:
        shared.merge(both)
    wanted = winners(replicas[2])
    tables = [replica.readings("pm10", freq=None) for replica in replicas]
    times = [f"{str(time)[:19]}" for time in tables[0]["time"].to_numpy()]
    found = dict(zip([(time, "pm10") for time in times], tables[0]["value"], strict=True))
    assert {k: str(v) for k, v in found.items()} == {k: str(v) for k, v in wanted.items()}
    assert all(table.equals(tables[0]) for table in tables)
    assert {replica.version for replica in replicas} == {version_id(ids)[:12]}
    verified = [replica.verify() for replica in replicas]
    assert all(result["ok"] for result in verified)
    assert all(result["tables"] == verified[0]["tables"] for result in verified)


def flip(path: Path, where: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * where)] ^= 1
    path.write_bytes(bytes(data))


def some(folder: Path, pattern: str) -> Path:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())[0]


@pytest.mark.parametrize(
    ("folder", "pattern", "words"),
    [
        ("raw", "*", "kept copy .*its file was changed"),
        ("entries", "*.json", "entry .*its file was changed"),
        ("arrivals", "*.parquet", r"table readings: the file .*parquet was changed"),
        ("tables/readings/variable=pm10", "*.parquet", r"the file readings/variable=pm10/.* was changed"),
        ("tables/days/variable=pm10", "*.parquet", r"the file days/variable=pm10/.* was changed"),
    ],
)
def test_verify_finds_one_flipped_bit(
    shared: Dataset, day_file: DayFile, folder: str, pattern: str, words: str
) -> None:
    shared.upload(day_file([10.5, 12.25, 14, 17, 3] * 40))
    if folder.startswith("tables"):
        shared.compact()
    assert shared.verify()["ok"]
    flip(some(shared.folder / folder, pattern))
    result = shared.verify()
    assert not result["ok"]
    assert any(re.search(words, difference) for difference in result["differences"]), result["differences"]


def test_verify_compares_float_bits(shared: Dataset, day_file: DayFile) -> None:
    """A table whose value differs in the last bit only."""
    import numpy as np
    import polars as pl

    receipt = shared.upload(day_file([0.1, 0.2, 0.3]))
    version = shared._store.versions.newest()
    assert version is not None
    (arrival,) = version.arrivals
    rows = shared._store.arrivals.read(LAYOUTS["readings"], [arrival])
    hit = (pl.col("row") == 2) & (pl.col("variable") == "pm10")
    nudged = rows.with_columns(
        pl.when(hit).then(float(np.nextafter(0.2, 1))).otherwise(pl.col("value")).alias("value")
    )
    other = shared._store.arrivals.put(LAYOUTS["readings"], nudged, arrival.after, arrival.upto)
    assert shared.verify()["ok"]  # the version still names the rows before
    named = some(shared.folder / "versions", f"{version.number}.json")
    named.write_text(named.read_text().replace(arrival.file, other.file))
    again = open_dataset(shared.folder)
    result = again.verify()
    assert not result["ok"]
    assert result["differences"] == [
        f"submission {receipt.submission[:12]} ({receipt.file}): table readings has other rows"
    ]
