"""The journal: acknowledged means durable, once, by any number of processes."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from pathlib import Path

import pytest

from kit.store import folder as disk
from kit.store.acts import Draft, KeyTaken
from kit.store.journal import Journal
from kit.store.versions import Version


def note(text: str, key: str = "", kind: str = "submission") -> Draft:
    return Draft(kind, "a", "", "2024-01-01T00:00:00Z", {"text": text, "key": key})


def test_counters_rise_and_entries_come_back_in_their_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = journal.add([note("one"), note("two")])
    second = Journal(tmp_path).add([note("three")])
    assert [entry.counter for entry in first + second] == [1, 2, 3]
    assert [entry.content["text"] for entry in journal.entries()] == ["one", "two", "three"]


def test_an_act_is_on_the_disk_when_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    flushed: list[tuple[str, bytes]] = []
    monkeypatch.setattr(disk, "sync_bytes", lambda path: flushed.append((path.name, path.read_bytes())))
    monkeypatch.setattr(disk, "sync_folder", lambda path: flushed.append((path.name, b"")))
    assert journal._connect().execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    journal.add([note("the first act")])
    assert [name for name, _ in flushed] == ["journal.sqlite-wal", tmp_path.name]
    assert b"the first act" in flushed[0][1]
    journal.add([note("the second act")])
    assert flushed[-1][0] == "journal.sqlite-wal"
    assert b"the second act" in flushed[-1][1]


def test_an_act_that_the_disk_did_not_take_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)

    def broken(path: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "sync_bytes", broken)
        with pytest.raises(OSError, match="Input/output"):
            journal.add([note("one", "k")], key="k")
    with pytest.raises(KeyTaken):  # it is there all the same: who repeats it is told, and it is on the disk
        journal.add([note("one", "k")], key="k")
    assert len(journal.ids()) == 1


def test_without_a_log_of_writes_sqlite_flushes_itself() -> None:
    journal = Journal(None)  # in memory: SQLite has no such log
    assert journal._log is None
    assert journal._connect().execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_the_same_key_is_taken_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    entry = journal.add([note("one", "k")], key="k")[0]
    with pytest.raises(KeyTaken) as taken:
        journal.add([note("again", "k")], key="k")
    assert taken.value.ids == (entry.id,)
    assert len(journal.ids()) == 1
    assert len(journal.add([note("again", "k")], key="k", expected=[entry.id])) == 1


def test_an_act_that_fails_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    broken = Draft("submission", "a", "", "t", {"value": float("nan")})  # canonical JSON refuses it
    with pytest.raises(ValueError, match="JSON"):
        journal.add([note("one"), broken])
    assert journal.ids() == []
    assert journal.waiting() == 0


def test_an_entry_that_says_nothing_new_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    station = Draft("station", "a", "a/b", "t", {"zone": "UTC"}, once=True)
    assert len(journal.add([station])) == 1
    assert journal.add([station]) == []
    changed = Draft("station", "a", "a/b", "t", {"zone": "Europe/Tallinn"}, once=True)
    assert len(journal.add([changed])) == 1


def test_settled_entries_are_forgotten_but_stay_in_the_log(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    draft = Draft("submission", "a", "", "t", {}, "00", b"kept" * 1000, {"readings": b"rows"})
    entry = journal.add([draft])[0]
    pending = journal.pending()[0]
    assert (pending.kept, pending.rows) == (b"kept" * 1000, {"readings": b"rows"})
    journal.settle(Version(1, "x", 1, 1, (entry.id,), "t"))
    assert journal.waiting() == 0
    assert journal.entries(0, 1) == [entry]
    sql = sqlite3.connect(tmp_path / "journal.sqlite")
    assert sql.execute("SELECT count(*) FROM pending_rows").fetchone()[0] == 0


def test_a_copied_folder_gets_a_replica_id_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    first = Journal(tmp_path / "a")
    first.add([note("one")])
    replica = first.meta("replica")
    first.close()
    assert Journal(tmp_path / "a").meta("replica") == replica
    assert Journal(tmp_path / "a").meta("doubt") == "0"
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    copy = Journal(tmp_path / "b")
    assert copy.meta("replica") not in ("", replica)
    assert copy.meta("doubt") == "1"
    assert copy.ids() == first.ids()


def _many(folder: str, who: int) -> None:
    journal = Journal(Path(folder))
    for number in range(40):
        journal.add([note(f"{who} {number}")])
        key = f"shared {number}"
        try:
            journal.add([note(key, key)], key=key)
        except KeyTaken:
            continue


def test_two_processes_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=_many, args=(str(tmp_path), who)) for who in (1, 2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    entries = Journal(tmp_path).entries()
    texts = [entry.content["text"] for entry in entries]
    assert sorted(texts) == sorted(
        [f"{who} {n}" for who in (1, 2) for n in range(40)] + [f"shared {n}" for n in range(40)]
    )
    counters = [entry.counter for entry in entries]
    assert counters == list(range(1, 121))
