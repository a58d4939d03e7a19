"""From the journal to a version: exactly once, whatever stops it where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.entry import version_id
from kit.store import flush as flushing
from kit.store.flush import Parts
from kit.store.tables import Table

Open = Callable[[Path], Parts]
Give = Callable[[Parts, str], str]
Held = Callable[[Parts], dict[str, list[float]]]
Killed = Callable[[Path, str], None]

STEPS = [
    "raw", "entries", "before-readings", "after-readings", "durable-readings", "before-sightings",
    "after-sightings", "durable-sightings", "before-version", "version", "settled",
]  # fmt: skip


def test_a_version_names_what_was_given(store: Parts, give: Give, held: Held) -> None:
    one, two = give(store, "a/x,pm25,1,3"), give(store, "a/x,rain,7,2")
    assert store.versions.newest() is None  # readers see nothing before the version
    version = flushing.flush(store)
    assert version is not None
    assert (version.number, version.id, set(version.added)) == (1, version_id([one, two]), {one, two})
    assert held(store) == {one: [1, 2, 3], two: [7, 8]}
    assert flushing.flush(store) == version  # nothing new, no new version
    three = give(store, "a/y,pm25,5,1")
    assert flushing.flush(store).id == version_id([one, two, three])  # type: ignore[union-attr]
    assert held(store) == {one: [1, 2, 3], two: [7, 8], three: [5]}


@pytest.mark.parametrize("first", [True, False], ids=["first version", "later version"])
@pytest.mark.parametrize("step", STEPS)
def test_exactly_once_when_killed_at_any_step(
    tmp_path: Path, open_store: Open, give: Give, held: Held, killed_at: Killed, step: str, first: bool
) -> None:
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {}
    if not first:
        wanted[give(store, "a/x,pm25,100,4")] = [100, 101, 102, 103]
        flushing.flush(store)
    wanted[give(store, "a/x,pm25,1,3")] = [1, 2, 3]
    wanted[give(store, "a/y,rain,5,2")] = [5, 6]
    store.journal.close()
    killed_at(folder, step)
    again = open_store(folder)
    seen = held(again)
    assert len(seen) in ((0 if first else 1), len(wanted))  # all of the batch or nothing of it
    wanted[give(again, "a/z,pm25,9,1")] = [9]  # and life goes on
    version = flushing.flush(again)
    assert held(again) == wanted
    assert version is not None
    assert version.id == version_id(list(wanted))
    assert again.journal.waiting() == 0
    listed = [entry for item in again.versions.all() for entry in item.added]
    assert sorted(listed) == sorted(wanted)


def test_killed_twice_at_different_steps(
    tmp_path: Path, open_store: Open, give: Give, held: Held, killed_at: Killed
) -> None:
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, f"a/x,pm25,{n},2"): [n, n + 1] for n in (10, 20)}
    store.journal.close()
    for step in ("after-readings", "before-readings", "entries", "durable-readings", "version"):
        killed_at(folder, step)
        if step != "version":
            late = open_store(folder)
            n = 30 + len(wanted)
            wanted[give(late, f"a/x,pm25,{n},2")] = [n, n + 1]
            late.journal.close()
    again = open_store(folder)
    flushing.flush(again)
    assert held(again) == wanted


@pytest.mark.parametrize("damage", ["empty", "half", "no data file", "short data file"])
def test_a_torn_tail_of_the_log_is_found_and_repaired(
    tmp_path: Path, open_store: Open, give: Give, held: Held, killed_at: Killed, damage: str
) -> None:
    """A power cut after an append that was never made durable."""
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1, 2, 3]}
    flushing.flush(store)
    wanted[give(store, "a/x,pm25,10,2")] = [10, 11]
    store.journal.close()
    killed_at(folder, "after-readings")
    log = sorted((folder / "tables/readings/_delta_log").glob("*.json"))[-1]
    added = next(json.loads(line)["add"]["path"] for line in log.read_text().splitlines() if '"add"' in line)
    data = folder / "tables/readings" / added
    if damage == "empty":
        log.write_bytes(b"")
    elif damage == "half":
        log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])
    elif damage == "no data file":
        data.unlink()
    else:
        data.write_bytes(data.read_bytes()[:-7])
    again = open_store(folder)
    flushing.flush(again)
    assert held(again) == wanted
    wanted[give(again, "a/x,pm25,20,1")] = [20]
    flushing.flush(again)
    assert held(again) == wanted


def test_an_exception_after_the_commit_does_not_double(
    store: Parts, give: Give, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """deltalake can raise when it has committed (measured on a full disk)."""
    import deltalake

    real, calls = deltalake.write_deltalake, []

    def committed_but_raises(*args: object, **options: object) -> None:
        real(*args, **options)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 1:
            raise OSError("checkpoint hook failed")

    monkeypatch.setattr(deltalake, "write_deltalake", committed_but_raises)
    wanted = {give(store, "a/x,pm25,1,3"): [1.0, 2.0, 3.0]}
    flushing.flush(store)
    assert len(calls) == 1
    assert held(store) == wanted


def test_a_passing_trouble_is_tried_again_and_a_lasting_one_is_told(
    store: Parts, give: Give, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    import deltalake

    real, troubles = deltalake.write_deltalake, [OSError("busy"), OSError("busy")]

    def sometimes(*args: object, **options: object) -> None:
        if troubles:
            raise troubles.pop()
        real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(deltalake, "write_deltalake", sometimes)
    wanted = {give(store, "a/x,pm25,1,2"): [1.0, 2.0]}
    flushing.flush(store)
    assert held(store) == wanted
    troubles.extend(OSError("No space left on device (os error 28)") for _ in range(9))
    wanted[give(store, "a/x,pm25,5,1")] = [5]
    with pytest.raises(OSError, match="is full"):
        flushing.flush(store)
    troubles.clear()  # space was freed
    flushing.flush(store)
    assert held(store) == wanted


def test_replaying_the_same_transaction_is_why_we_look_first(store: Parts, give: Give) -> None:
    """deltalake accepts an application transaction twice; if it ever refuses, this test says so."""
    from deltalake import CommitProperties, Transaction, write_deltalake

    give(store, "a/x,pm25,1,2")
    flushing.flush(store)
    table = store.tables["readings"]
    rows = table.in_order(table.scan(table.open()).collect())
    properties = CommitProperties(app_transactions=[Transaction("somebody", 7)])
    for _ in range(2):
        write_deltalake(table.open(), rows, mode="append", commit_properties=properties)
    assert table.count(table.open()) == 2 + 2 + 2


@pytest.mark.parametrize(
    "gone", ["tables", "tables/readings", "tables/readings/_delta_log", "tables/readings/variable=pm25"]
)
def test_missing_tables_are_derived_again(
    tmp_path: Path, open_store: Open, give: Give, held: Held, gone: str
) -> None:
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1, 2, 3], give(store, "a/y,rain,4,2"): [4, 5]}
    flushing.flush(store)
    shutil.rmtree(folder / gone)
    assert held(open_store(folder)) == wanted
    wanted[give(store, "a/x,pm25,30,1")] = [30]
    flushing.flush(store)
    assert held(store) == wanted


@pytest.mark.parametrize("step", STEPS)
def test_a_lost_journal_is_made_again_from_the_folder(
    tmp_path: Path, open_store: Open, give: Give, held: Held, killed_at: Killed, step: str
) -> None:
    """Even when the one before died in the middle: what reached ``entries/`` is there exactly once."""
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1, 2, 3]}
    flushing.flush(store)
    late = give(store, "a/y,pm25,4,2")
    store.journal.close()
    killed_at(folder, step)
    for path in folder.glob("journal.sqlite*"):
        path.unlink()
    again = open_store(folder)
    flushing.flush(again)
    if step != "raw":  # its entry had not been written yet: it was only in the journal that was lost
        wanted[late] = [4, 5]
    assert held(again) == wanted
    wanted[give(again, "a/z,pm25,30,1")] = [30]
    flushing.flush(again)
    assert held(again) == wanted
    newest = again.versions.newest()
    assert newest is not None
    assert newest.id == version_id(list(wanted))


@pytest.mark.parametrize("step", ["entries", "after-readings", "version"])
def test_a_folder_copied_in_the_middle_of_a_flush(
    tmp_path: Path, open_store: Open, give: Give, held: Held, killed_at: Killed, step: str
) -> None:
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1, 2, 3]}
    flushing.flush(store)
    wanted[give(store, "a/y,pm25,4,2")] = [4, 5]
    store.journal.close()
    killed_at(folder, step)
    shutil.copytree(folder, tmp_path / "copy")
    for place in (folder, tmp_path / "copy"):
        both = open_store(place)
        flushing.flush(both)
        assert held(both) == wanted
        extra = give(both, "a/z,pm25,30,1")
        flushing.flush(both)
        assert held(both) == {**wanted, extra: [30]}


def test_a_lost_version_is_made_again(tmp_path: Path, open_store: Open, give: Give, held: Held) -> None:
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1, 2, 3]}
    flushing.flush(store)
    wanted[give(store, "a/y,pm25,4,2")] = [4, 5]
    version = flushing.flush(store)
    (folder / "versions" / "2.json").unlink()
    again = open_store(folder)
    assert held(again) == {key: values for key, values in wanted.items() if values[0] == 1}
    made = flushing.flush(again)
    assert held(again) == wanted
    assert made is not None
    assert version is not None
    assert (made.number, made.id) == (2, version.id)


def test_two_processes_flush_at_once(
    tmp_path: Path, open_store: Open, held: Held, orders: Callable[..., list[int]]
) -> None:
    folder = tmp_path / "data"
    open_store(folder).journal.close()
    texts = {who: [f"a/{who},pm25,{100 * who + n},2" for n in range(6)] for who in (1, 2)}
    given = [{"do": "give", "folder": str(folder), "texts": texts[who]} for who in (1, 2)]
    assert orders(*given) == [0, 0]
    store = open_store(folder)
    values = sorted(values[0] for values in held(store).values())
    assert values == [100.0 * who + n for who in (1, 2) for n in range(6)]
    assert store.journal.waiting() == 0


def test_rebuilding_keeps_the_rows_and_the_earlier_versions(store: Parts, give: Give, held: Held) -> None:
    wanted = {give(store, "a/x,pm25,1,3"): [1, 2, 3], give(store, "a/y,rain,4,2"): [4, 5]}
    before = flushing.flush(store)
    after = flushing.rebuild(store)
    assert before is not None
    assert after is not None
    assert after.id == before.id
    assert after.number == before.number + 1
    assert held(store) == wanted
    table: Table = store.tables["readings"]
    assert table.count(table.open(int(before.tables["readings"]["version"]))) == 5


def test_files_are_written_as_measured_to_be_best(store: Parts, give: Give) -> None:
    """Sorted by station and time; times delta-encoded (a seventh of the size, engine notes)."""
    give(store, "b/x,pm25,1,500")
    give(store, "a/x,pm25,1,500")
    flushing.flush(store)
    files = store.tables["readings"].files(store.tables["readings"].open())
    assert [value for value, _ in files] == ["pm25"]
    data = Path(files[0][1]).read_bytes()
    import polars as pl

    frame = pl.read_parquet(files[0][1])
    assert frame.select("station", "time").rows() == sorted(frame.select("station", "time").rows())
    assert frame.schema["time"] == pl.Datetime("us", "UTC")
    assert len(data) < 1000 * 9
