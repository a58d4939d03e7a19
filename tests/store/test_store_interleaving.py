"""What a lock, a backup of the journal or a full disk does when it does not behave."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from kit.entry import version_id
from kit.errors import DatasetError
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft
from kit.store.flush import Parts
from kit.store.journal import Journal

Open = Callable[[Path], Parts]
Give = Callable[[Parts, str], str]
Held = Callable[[Parts], dict[str, list[float]]]


class FullOnce:
    """A connection whose disk is full at one statement, and which has or has not rolled back by itself."""

    def __init__(self, real: sqlite3.Connection, at: str, *, rolled_back: bool) -> None:
        self.real, self.at, self.rolled_back = real, at, rolled_back

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def execute(self, text: str, *values: Any) -> Any:
        if self.at and text.startswith(self.at):
            self.at = ""
            if self.rolled_back:
                self.real.execute("ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")
        return self.real.execute(text, *values)


@pytest.mark.parametrize("rolled_back", [True, False])
@pytest.mark.parametrize("at", ["INSERT INTO pending", "COMMIT"])
def test_a_full_disk_is_told_and_the_journal_goes_on(tmp_path: Path, at: str, rolled_back: bool) -> None:
    journal = Journal(tmp_path)
    draft = Draft("note", "a", "", "2024-01-01T00:00:00Z", {"text": "one"})
    journal._connection = FullOnce(journal._connect(), at, rolled_back=rolled_back)  # type: ignore[assignment]
    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        journal.add([draft])
    assert journal.ids() == []
    assert [entry.counter for entry in journal.add([draft])] == [1]
    assert len(Journal(tmp_path).ids()) == 1


def test_an_implied_entry_never_replaces_what_was_said(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    said = Draft("station", "a", "a/b", "t", {"zone": "UTC", "latitude": 58.4})
    implied = Draft("station", "a", "a/b", "t", {"zone": "UTC", "latitude": None}, first=True)
    assert len(journal.add([said])) == 1
    assert journal.add([implied]) == []


@pytest.mark.parametrize("late", [True, False], ids=["something waits", "nothing waits"])
def test_an_older_journal_comes_back_from_a_backup(
    tmp_path: Path, open_store: Open, give: Give, held: Held, late: bool
) -> None:
    """Written into the same file: nothing tells that it is not the one that stood there."""
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1.0, 2.0, 3.0]}
    flushing.flush(store)
    if late:
        wanted[give(store, "a/x,pm25,50,1")] = [50.0]
    store.journal.close()
    backup = (folder / "journal.sqlite").read_bytes()
    store = open_store(folder)
    for n in (10, 20, 30):
        wanted[give(store, f"a/x,pm25,{n},2")] = [n, n + 1]
        flushing.flush(store)
    store.journal.close()
    (folder / "journal.sqlite").write_bytes(backup)
    again = open_store(folder)
    for n in (100, 200, 300):
        wanted[give(again, f"a/x,pm25,{n},1")] = [float(n)]
        flushing.flush(again)
    assert held(again) == wanted
    newest = again.versions.newest()
    assert newest is not None
    assert newest.id == version_id(list(wanted))
    assert sorted(again.journal.ids()) == sorted(wanted)


@pytest.mark.parametrize("replica", ["", "another"], ids=["same journal", "another journal"])
@pytest.mark.parametrize("step", ["entries", "rows", "arrivals", "before-version"])
def test_two_flush_at_once_because_the_lock_was_deleted(
    tmp_path: Path, open_store: Open, give: Give, held: Held, monkeypatch: pytest.MonkeyPatch, step: str,
    replica: str,
) -> None:  # fmt: skip
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {give(store, "a/x,pm25,1,3"): [1.0, 2.0, 3.0]}
    flushing.flush(store)
    wanted[give(store, "a/x,pm25,50,2")] = [50.0, 51.0]
    other = open_store(folder)
    monkeypatch.setattr(flushing, "lock", lambda *_: nullcontext())
    reached: list[str] = []

    def intrude(now: str) -> None:
        if now == step and not reached:
            reached.append(now)
            if replica:
                other.journal.set_meta("replica", replica)
            flushing.flush(other)

    monkeypatch.setattr(flushing, "on_step", intrude)
    flushing.flush(store)
    assert reached == [step]
    assert held(store) == wanted
    for name in ("one", "two"):
        late = open_store(folder)
        wanted[give(late, f"a/{name},pm25,70,1")] = [70.0]
        flushing.flush(late)
        assert held(late) == wanted
        late.journal.close()


def test_rows_acknowledged_under_other_rules_are_derived_anew(
    store: Parts, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kit of a year ago acknowledged; the one of today brings it into the tables."""
    import hashlib

    from kit.model import RULES

    kept = b"a/x,pm25,1,2"
    sha256 = hashlib.sha256(kept).hexdigest()
    rows = store.derive(None, b"a/x,pm25,777,2")  # type: ignore[arg-type]
    content = {"key": sha256, "tables": {"readings": 2}, "rules": RULES - 1}
    draft = Draft("submission", "a", "", "2024-01-01T00:00:00Z", content, sha256, kept, rows)
    entry = store.journal.add([draft])[0]
    flushing.flush(store)
    assert held(store) == {entry.id: [1.0, 2.0]}


@pytest.fixture
def plan_nine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(disk, "file_system", lambda *_: "9p")
    return


@pytest.mark.usefixtures("plan_nine")
def test_a_folder_of_windows_under_wsl_is_refused_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Windows under WSL.*own disk, for instance in your home folder"):
        disk.refuse_network_share(tmp_path)


@pytest.mark.parametrize("kind", ["overlay", "tmpfs", "ext4", "btrfs", "virtiofs", ""])
def test_ordinary_disks_and_containers_are_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(disk, "file_system", lambda *_: kind)
    disk.refuse_network_share(tmp_path)
