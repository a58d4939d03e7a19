"""What stands in a version before it is flushed to the disk: a power cut tears it, the journal has it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import DatasetError
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store import late, outbox
from kit.store.acts import Draft
from kit.store.flush import Parts

Give = Callable[[Parts, str], str]
Held = Callable[[Parts], dict[str, list[float]]]
Open = Callable[[Path], Parts]
KINDS = ("raw/??/*", "entries/??/*.json", "arrivals/??/*.parquet", "versions/*.json")


def tear(folder: Path, kinds: tuple[str, ...], how: str, before: set[Path]) -> int:
    """Leave of the files that came after ``before`` what a power cut may leave; return how many were torn."""
    found = sorted(path for kind in kinds for path in set(folder.glob(kind)) - before)
    for path in found:
        if how == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:7] if how == "half" else b"")
    return len(found)


def settled(store: Parts, give: Give) -> set[Path]:
    """Bring something into a version and to the disk; return the files of the folder."""
    give(store, "a/roof,pm25,100,3")
    flushing.flush(store)
    late.secure(store)
    assert store.journal.late() == []
    return {path for kind in KINDS for path in store.folder.glob(kind)}


@pytest.mark.parametrize("how", ["gone", "empty", "half"])
@pytest.mark.parametrize("kinds", [*((kind,) for kind in KINDS), KINDS], ids=[*"reav", "all"])
@pytest.mark.parametrize("noted", ["noted", "not noted", "in doubt"])
def test_what_a_power_cut_tears_comes_back(
    store: Parts, give: Give, held: Held, open_store: Open, kinds: tuple[str, ...], how: str, noted: str
) -> None:
    """Also where the journal's own note of the versions did not reach the disk."""
    before = settled(store, give)
    ids = [give(store, "a/roof,pm25,1,3")]
    flushing.flush(store)
    ids.append(give(store, "a/roof,pm25,5,2"))
    store.journal.close()
    journal = (store.folder / "journal.sqlite").read_bytes()
    flushing.flush(store)
    wanted = held(store)
    assert {name: wanted[name] for name in ids} == {ids[0]: [1.0, 2.0, 3.0], ids[1]: [5.0, 6.0]}
    named = store.versions.newest()
    store.journal.close()
    if noted != "noted":
        (store.folder / "journal.sqlite").write_bytes(journal)
    assert tear(store.folder, kinds, how, before)
    again = open_store(store.folder)
    if noted == "in doubt":
        again.journal.set_meta("doubt", "1")
    assert flushing.has_work(again)
    flushing.flush(again)
    assert held(again) == wanted
    newest = again.versions.newest()
    assert newest is not None
    assert named is not None
    assert (newest.id, newest.entries) == (named.id, named.entries)
    for name in ids:
        entry = again.objects.entry(name)  # whole, else it raises
        assert again.objects.raw(entry.payload)
    assert again.journal.late() == []
    assert not flushing.has_work(open_store(store.folder))


def test_a_small_upload_waits_for_no_flush_of_its_files(
    store: Parts, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    settled(store, give)
    monkeypatch.setattr(disk, "sync_file", lambda path: flushed.append(path.name))
    monkeypatch.setattr(disk, "sync_all", lambda *_: flushed.append("all"))
    for n in range(outbox.MOST - 1):
        give(store, f"a/roof,pm25,{n},2")
        flushing.flush(store)
    assert flushed == []
    assert [len(one.kept or b"") > 10 for one in store.journal.late()] == [True] * (outbox.MOST - 1)
    give(store, "a/roof,pm25,99,2")
    flushing.flush(store)
    assert flushed == ["all"]
    assert store.journal.late() == []


def test_before_a_large_batch_the_late_versions_are_flushed(
    store: Parts, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(store, give)
    give(store, "a/roof,pm25,1,2")
    flushing.flush(store)
    monkeypatch.setattr(outbox, "SMALL", 3)
    steps: list[str] = []
    monkeypatch.setattr(flushing, "on_step", steps.append)
    monkeypatch.setattr(disk, "sync_all", lambda *_: steps.append("all"))
    give(store, "a/roof,pm25,2,2")
    flushing.flush(store)
    assert steps.index("all") < steps.index("before-version")
    assert store.journal.late() == []


def test_what_is_late_is_flushed_with_all_folders_on_the_way(
    store: Parts, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(store, "a/roof,pm25,1,2")
    flushing.flush(store)
    flushed: set[Path] = set()
    monkeypatch.setattr(disk, "sync_file", flushed.add)
    late.secure(store)
    files = {path for kind in KINDS for path in store.folder.glob(kind)}
    assert len(files) == 4
    folders = {parent for path in files for parent in path.parents if parent.is_relative_to(store.folder)}
    assert flushed == files | folders


def test_what_could_not_be_flushed_is_looked_at_again(
    store: Parts, give: Give, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = settled(store, give)
    give(store, "a/roof,pm25,1,2")
    flushing.flush(store)
    wanted = held(store)

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "sync_all", broken)
        with pytest.raises(DatasetError), disk.in_words(store.folder):
            late.secure(store)
    assert store.journal.meta("doubt") == "1"
    assert tear(store.folder, ("arrivals/??/*.parquet",), "empty", before) == 1
    flushing.flush(store)
    assert held(store) == wanted


def test_of_what_is_erased_nothing_stays(store: Parts, give: Give) -> None:
    settled(store, give)
    give(store, "a/roof,pm25,1,2")
    flushing.flush(store)
    assert len(store.journal.late()) == 1
    store.journal.add([Draft("erasure", "a", "a", "2024-01-01T00:00:00Z", {"reason": "asked"})])
    assert store.journal.late() == []
