"""From the journal to a version: exactly once, whatever stops it where."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.entry import version_id
from kit.store import flush as flushing
from kit.store.flush import Parts

Open = Callable[[Path], Parts]
Give = Callable[[Parts, str], str]
Held = Callable[[Parts], dict[str, list[float]]]
Killed = Callable[[Path, str], None]

STEPS = ["raw", "entries", "rows", "arrivals", "before-version", "version", "settled"]


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
    for step in ("arrivals", "raw", "entries", "before-version", "version"):
        killed_at(folder, step)
        if step != "version":
            late = open_store(folder)
            n = 30 + len(wanted)
            wanted[give(late, f"a/x,pm25,{n},2")] = [n, n + 1]
            late.journal.close()
    again = open_store(folder)
    flushing.flush(again)
    assert held(again) == wanted


@pytest.mark.parametrize("damage", ["all gone", "one gone", "one empty", "one half", "one changed"])
def test_damaged_arrivals_are_derived_again(
    tmp_path: Path, open_store: Open, give: Give, held: Held, damage: str
) -> None:
    folder = tmp_path / "data"
    store = open_store(folder)
    wanted = {}
    for text in ("a/x,pm25,1,3", "a/y,rain,4,2"):
        first = float(text.split(",")[2])
        wanted[give(store, text)] = [first + n for n in range(int(text[-1]))]
        flushing.flush(store)
    path = sorted((folder / "arrivals").glob("*/*.parquet"))[0]
    if damage == "all gone":
        shutil.rmtree(folder / "arrivals")
    elif damage == "one gone":
        path.unlink()
    elif damage == "one empty":
        path.write_bytes(b"")
    elif damage == "one half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert held(open_store(folder)) == wanted
    wanted[give(store, "a/x,pm25,30,1")] = [30]
    flushing.flush(store)
    assert held(store) == wanted
    assert all(store.arrivals.whole(item) for item in store.versions.newest().arrivals)  # type: ignore[union-attr]


def test_many_small_submissions_leave_few_files(store: Parts, give: Give, held: Held) -> None:
    wanted = {}
    for n in range(300):
        wanted[give(store, f"a/x,pm25,{n},2")] = [n, n + 1]
        flushing.flush(store)
    version = store.versions.newest()
    assert version is not None
    assert len(version.arrivals) <= 3 * 16
    assert [item.after for item in version.arrivals] == [0, *(item.upto for item in version.arrivals[:-1])]
    assert version.arrivals[-1].upto == 300
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


@pytest.mark.parametrize("step", ["entries", "arrivals", "version"])
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
    assert store.versions.all()[0] == before
