"""The waiting list: words of pupils are no entry before a teacher has read them; none is lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.dataset import Dataset, create, waiting
from kit.dataset.annotations import let_wait
from kit.dataset.waiting import FOLDER, MOST_LETTERS, Waiting
from kit.errors import DatasetError, NotFoundError, UsageError
from kit.model import Station
from kit.store import flush as flushing
from kit.store.space import Folder

ROOF = "EE-AAA/roof"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
APPROVE = """
import os, sys
from kit.dataset import Dataset, waiting
from kit.store import flush
folder, step, *drafts = sys.argv[1:]
flush.on_step = lambda name: os._exit(9) if name == step else None
shared = Dataset(folder)
for draft in drafts:
    waiting.approve(shared, draft)
"""


@pytest.fixture
def shared(tmp_path: Path) -> Dataset:
    made = create(tmp_path / "ours", school="EE-AAA", zone="Europe/Tallinn")
    made.add_station(Station(ROOF, "EE-79", 58.4, 26.0, 60.0, "Europe/Tallinn", "roof", "Roof"))
    return made


def _put(shared: Dataset, text: str = "The sea is warm.", **more: str) -> Waiting:
    return waiting.put(shared, "finding", "10-x", {"sentence": text}, {"form": "finding", **more}, now=NOW)


def _entries(shared: Dataset) -> list[str]:
    found = Dataset(shared.folder)._store.journal.entries()
    return [str(entry.content["sentence"]) for entry in found if entry.kind == "finding"]


def _files(shared: Dataset) -> list[str]:
    return sorted(path.name for path in (shared.folder / FOLDER).glob("*.json"))


def test_a_text_that_waits_is_no_entry_and_travels_nowhere(shared: Dataset, tmp_path: Path) -> None:
    version, begun = shared.version, _entries(shared)
    one = _put(shared, "Kuidas on õhk?")
    assert (shared.version, _entries(shared), begun) == (version, [], [])
    assert [text.id for text in waiting.waiting(Dataset(shared.folder))] == [one.id], "it is durable"
    assert shared.status()["to_approve"] == 1
    other = create(tmp_path / "other", school="EE-BBB")
    other.merge(shared.folder, both=True)
    assert waiting.there(other) == []
    backup = shared.backup(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert not [name for name in packed.namelist() if FOLDER in name], backup
        assert not [name for name in packed.namelist() if "Kuidas" in packed.read(name).decode("latin-1")]
    assert shared.verify()["ok"]


def test_approved_it_is_an_entry_that_names_when_it_was_written(shared: Dataset) -> None:
    one = _put(shared)
    later = datetime(2026, 5, 2, 12, tzinfo=UTC)
    made = waiting.approve(shared, one.id, now=later)
    entry = shared._store.journal.entry(made)
    assert entry is not None
    assert (entry.kind, entry.school, entry.subject) == ("finding", "EE-AAA", "10-x")
    assert (entry.content["written"], entry.made) == ("2026-05-01T12:00:00Z", "2026-05-02T12:00:00Z")
    assert entry.content["draft"] == one.id
    assert (waiting.there(shared), _files(shared)) == ([], [])
    assert waiting.approve(shared, one.id) == made, "approving twice is approving once"
    assert _entries(shared) == ["The sea is warm."]
    assert shared.verify()["ok"]


def test_sent_back_it_does_not_wait_and_the_reason_is_read(shared: Dataset) -> None:
    one, two = _put(shared, "one"), _put(shared, "two")
    waiting.send_back(shared, one.id, "ask mari@kool.ee <b>\nagain")
    assert [text.id for text in waiting.waiting(shared)] == [two.id]
    (back,) = (text for text in waiting.there(Dataset(shared.folder)) if text.back is not None)
    assert back.back == "ask [e-mail] <b> again"
    with pytest.raises(NotFoundError, match="Nothing waits under"):
        waiting.approve(shared, one.id)
    waiting.send_back(shared, one.id, "better")
    assert {text.back for text in waiting.there(shared)} == {None, "better"}
    waiting.withdraw(shared, one.id)
    assert len(_files(shared)) == 1
    waiting.approve(shared, two.id)
    with pytest.raises(NotFoundError, match=r"Somebody approved it.*Look at the list again"):
        waiting.send_back(shared, two.id, "too late")
    assert _entries(shared) == ["two"]


@pytest.mark.parametrize("name", ["0" * 64, "../../entries/x", "", "é" * 64])
def test_what_is_not_there_is_said_and_nothing_is_touched(shared: Dataset, name: str) -> None:
    before = sorted(shared.folder.rglob("*"))
    for act in (
        lambda: waiting.approve(shared, name),
        lambda: waiting.send_back(shared, name, "why"),
    ):
        with pytest.raises(NotFoundError, match="Nothing waits"):
            act()
    if len(name) != 64 or not name.isascii():
        with pytest.raises(NotFoundError, match="Nothing waits"):
            waiting.withdraw(shared, name)
    assert [path for path in before if not path.exists()] == []


def test_traces_of_people_and_unseen_signs_are_taken_out(shared: Dataset) -> None:
    one = _put(shared, "  Observer: A. Example\n\n call  +372 5123 4567\x00 \u202eabc\ud800 or a@b.ee ")
    assert one.content["sentence"] == "Observer: …\ncall [phone] abc or [e-mail]"
    kept = b"".join(path.read_bytes() for path in shared.folder.rglob("*") if path.is_file())
    assert b"Example" not in kept
    assert b"5123" not in kept
    assert _put(shared, "🚲 õäöü – “x”").content["sentence"] == "🚲 õäöü – “x”"


def test_too_much_is_refused(shared: Dataset) -> None:
    _put(shared, "x" * MOST_LETTERS)
    with pytest.raises(UsageError, match=r"too long \(1,000,000 letters\).*at most 1000 letters"):
        _put(shared, "x" * 1_000_000)
    assert len(waiting.waiting(shared)) == 1


def test_the_same_words_of_the_same_moment_wait_once(shared: Dataset) -> None:
    assert _put(shared).id == _put(shared).id
    assert _put(shared, group="2").id != _put(shared).id, "another group said the same"
    assert len(waiting.waiting(shared)) == 2


def test_a_file_that_was_changed_or_torn_is_no_text(shared: Dataset) -> None:
    one, two = _put(shared, "one"), _put(shared, "two")
    path = shared.folder / FOLDER / f"{one.id}.json"
    path.write_bytes(path.read_bytes().replace(b"one", b"bad"))
    (shared.folder / FOLDER / f"{two.id}.back.json").write_bytes(b"{")
    (shared.folder / FOLDER / f"{'a' * 64}.json").write_bytes(b"")
    (shared.folder / FOLDER / "notes.txt").write_text("mine")
    (text,) = waiting.there(shared)
    assert (text.id, text.back) == (two.id, ""), "torn is the reason: it was sent back all the same"
    with pytest.raises(NotFoundError):
        waiting.approve(shared, one.id)
    assert _entries(shared) == []


@pytest.mark.parametrize("step", ["raw", "entries", "rows", "approved"])
def test_killed_while_approving(shared: Dataset, step: str) -> None:
    drafts = [_put(shared, text).id for text in ("one", "two")]
    shared.close()
    killed = subprocess.run([sys.executable, "-c", APPROVE, str(shared.folder), step, *drafts])
    assert killed.returncode == 9
    again = Dataset(shared.folder)
    assert _entries(shared) == ["one"]
    assert [text.id for text in waiting.waiting(again)] == drafts[1:], "what was approved does not wait"
    first = waiting.approve(again, drafts[0])
    assert _files(shared) == [f"{drafts[1]}.json"]
    waiting.approve(again, drafts[1])
    assert (waiting.approve(again, drafts[0]), _entries(shared), _files(shared)) == (
        first,
        ["one", "two"],
        [],
    )
    assert again.verify()["ok"]


def test_killed_before_the_journal_knows_it(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    one = _put(shared)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(flushing, "acknowledge", stop)
        with pytest.raises(KeyboardInterrupt):
            waiting.approve(shared, one.id)
    assert [text.id for text in waiting.waiting(shared)] == [one.id]
    waiting.approve(shared, one.id)
    assert _entries(shared) == ["The sea is warm."]


def test_several_teachers_at_once(shared: Dataset) -> None:
    drafts = [_put(shared, f"text {n}").id for n in range(4)]
    shared.close()
    orders = (drafts, drafts[::-1], drafts[2:] + drafts[:2])
    running = [
        subprocess.Popen([sys.executable, "-c", APPROVE, str(shared.folder), "-", *order]) for order in orders
    ]
    assert [one.wait(120) for one in running] == [0, 0, 0]
    assert sorted(_entries(shared)) == [f"text {n}" for n in range(4)]
    assert _files(shared) == []


def test_an_entry_that_no_version_names_yet_does_not_wait(
    shared: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.store.space import Unreachable

    one = _put(shared)

    def away(*_: object) -> None:
        raise Unreachable("away", do="later", code="unreachable")

    def stop(step: str) -> None:
        if step == "approved":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(flushing, "flush", away)
        patched.setattr(flushing, "on_step", stop)
        with pytest.raises(KeyboardInterrupt):
            waiting.approve(shared, one.id)
    assert shared._store.journal.waiting() == 1
    assert waiting.waiting(shared) == []
    waiting.approve(shared, one.id)
    assert _entries(shared) == ["The sea is warm."]


def test_an_erased_school_leaves_no_text(shared: Dataset, tmp_path: Path) -> None:
    one, two = _put(shared, "Moonshadow one"), _put(shared, "Moonshadow two")
    waiting.send_back(shared, two.id, "Moonshadow again")
    theirs = waiting.put(shared, "finding", "10-x", {"sentence": "Sunlight"}, {}, school="EE-BBB", now=NOW)
    about = waiting.put(shared, "finding", "EE-AAA/" + "a" * 64, {"star": "Starling"}, {}, school="EE-BBB")
    erased = shared.erase("EE-AAA", "wish")
    assert erased.ok, erased.left
    assert [text.id for text in waiting.there(shared)] == [theirs.id], "also what is said about it goes"
    kept = b"".join(path.read_bytes() for path in shared.folder.rglob("*") if path.is_file())
    assert b"Moonshadow" not in kept
    assert b"Starling" not in kept
    with pytest.raises(UsageError, match="was erased"):
        _put(shared)
    with pytest.raises(NotFoundError):
        waiting.approve(shared, one.id)
    with pytest.raises(NotFoundError):
        waiting.approve(shared, about.id)


def test_an_erased_entry_does_not_wait_again(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    one = _put(shared, "Moonshadow")

    def stop(step: str) -> None:
        if step == "approved":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(flushing, "on_step", stop)
        with pytest.raises(KeyboardInterrupt):
            waiting.approve(shared, one.id)
    assert _files(shared) == [f"{one.id}.json"], "killed before its file was gone"
    (entry,) = (entry for entry in shared._store.journal.entries() if entry.kind == "finding")
    assert shared.erase(entry.id, "personal").ok
    assert (_files(shared), waiting.there(shared), _entries(shared)) == ([], [], [])


def test_an_erasure_that_comes_with_a_merge_takes_texts_too(shared: Dataset, tmp_path: Path) -> None:
    other = create(tmp_path / "other")
    other.merge(shared.folder)
    other.erase("EE-AAA", "wish")
    _put(shared)
    shared.merge(other.folder)
    assert (waiting.there(shared), _files(shared)) == ([], [])


def test_a_dataset_that_cannot_be_written_keeps_nothing(
    shared: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _put(shared)
    shared.close()
    monkeypatch.setattr(Folder, "writable", lambda _: False)
    locked = Dataset(shared.folder)
    assert len(waiting.waiting(locked)) == 1
    acts = (_put, lambda found: waiting.approve(found, one.id), lambda found: waiting.withdraw(found, one.id))
    for act in acts:
        with pytest.raises(DatasetError, match="cannot be written"):
            act(locked)
    assert _files(shared) == [f"{one.id}.json"]


def test_a_long_list_is_read_quickly(shared: Dataset) -> None:
    for n in range(300):
        _put(shared, f"text {n}")
    begin = time.perf_counter()
    assert len(waiting.waiting(shared)) == 300
    assert time.perf_counter() - begin < 2


# --- notes beside a station


def test_what_happened_counts_at_once_and_its_words_wait(shared: Dataset, tmp_path: Path) -> None:
    made, words = let_wait(shared, ROOF, "behind the wall", "fire", NOW)
    assert words is not None
    assert [(one.id, one.what, one.text) for one in shared.annotations()] == [(made, "fire", "")]
    waiting.approve(shared, words.id)
    (one,) = shared.annotations(ROOF)
    assert (one.id, one.what, one.text) == (made, "fire", "behind the wall")
    other = create(tmp_path / "other")
    other.merge(shared.folder)
    assert other.annotations(ROOF) == [one]
    shared.erase(made, "personal")
    assert shared.annotations() == [], "the words go with it"
    other.merge(shared.folder)
    assert other.annotations() == []


def test_words_alone_wait_whole(shared: Dataset) -> None:
    made, words = let_wait(shared, ROOF, "a hedgehog on the mast", since=NOW)
    assert made == ""
    assert words is not None
    assert shared.annotations() == []
    waiting.approve(shared, words.id)
    (one,) = shared.annotations(ROOF)
    assert (one.subject, one.what, one.text) == (ROOF, "", "a hedgehog on the mast")
    assert one.since == datetime(2026, 5, 1, 12)
    assert let_wait(shared, ROOF, " ", "fire")[1] is None


def test_words_approved_in_two_copies_of_a_folder_are_there_once(shared: Dataset, tmp_path: Path) -> None:
    import shutil

    _, words = let_wait(shared, ROOF, "a hedgehog", since=NOW)
    assert words is not None
    shared.close()
    shutil.copytree(shared.folder, tmp_path / "copy")
    copy, shared = Dataset(tmp_path / "copy"), Dataset(shared.folder)
    shared.annotate(ROOF, what="works")
    first, second = waiting.approve(shared, words.id), waiting.approve(copy, words.id)
    assert first != second
    shared.merge(copy.folder, both=True)
    copy = Dataset(copy.folder)
    assert sorted(one.text or one.what for one in shared.annotations()) == ["a hedgehog", "works"]
    assert shared.annotations() == copy.annotations()


def test_the_status_says_how_many_wait(shared: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    from kit.cli import run

    _put(shared)
    shared.close()
    assert run(["status", "--dataset", str(shared.folder)]) == 0
    assert "Texts that wait for a teacher:" in capsys.readouterr().out
    assert run(["status", "--json", "--dataset", str(shared.folder)]) == 0
    assert json.loads(capsys.readouterr().out)["to_approve"] == 1
