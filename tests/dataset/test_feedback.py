"""Teachers' notes on lessons: entries that travel with the dataset, without traces of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.dataset import Dataset, create
from kit.dataset.feedback import KIND, Feedback, give, given, take_back
from kit.errors import NotFoundError, UsageError
from kit.store.acts import Draft


@pytest.fixture
def two(tmp_path: Path) -> tuple[Dataset, Dataset]:
    """The copies of two schools."""
    return tuple(create(tmp_path / name, school=f"EE-{name}", zone="Europe/Tallinn") for name in "ab")  # type: ignore[return-value]


NOTE = Feedback("my-air", "2", {"03-air-today": "1.0"}, "et", "A", "the guessing", "more time", {"look": 12})


def test_a_note_is_kept_and_read_again(two: tuple[Dataset, Dataset]) -> None:
    shared, _ = two
    made = give(shared, NOTE)
    (one,) = given(Dataset(shared.folder))
    assert (one.id, one.school, one.content()) == (made, "EE-a", NOTE.content())
    assert [note.id for note in given(shared, "03-air-today")] == [made], "it is listed at its origin, too"
    assert given(shared, "04-weather") == []
    assert shared.verify()["ok"]


def test_notes_of_two_copies_meet(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    give(ours, NOTE)
    give(theirs, Feedback("03-air-today", "1.1", worked="the map"))
    ours.merge(theirs.folder, both=True)
    said = [(note.school, note.lesson) for note in given(ours, "03-air-today")]
    assert sorted(said) == [("EE-a", "my-air"), ("EE-b", "03-air-today")]
    assert [note.id for note in given(ours)] == [note.id for note in given(theirs)]
    assert given(theirs.at(theirs.version)) == given(theirs)


def test_a_note_taken_back_counts_nowhere(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    made = give(ours, NOTE)
    theirs.merge(ours.folder)
    with pytest.raises(NotFoundError, match=r"no note 00000000 .* There are: " + made[:12]):
        take_back(theirs, "00000000")
    take_back(theirs, made[:8], reason="ask mari@kool.ee")
    assert given(theirs) == []
    assert len(given(ours)) == 1
    ours.merge(theirs.folder)
    assert given(ours) == []
    assert ours.verify()["ok"]


def test_traces_of_people_are_taken_out(two: tuple[Dataset, Dataset]) -> None:
    shared, _ = two
    give(shared, Feedback("03", worked="ask mari@kool.ee or +372 5123 4567", change="Observer: A. Example"))
    (one,) = given(shared)
    assert one.worked == "ask [e-mail] or [phone]"
    shared.compact()
    kept = b"".join(path.read_bytes() for path in shared.folder.rglob("*") if path.is_file())
    assert b"mari@kool.ee" not in kept
    assert b"5123" not in kept
    assert b"A. Example" not in kept


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (Feedback("03"), "says nothing yet"),
        (Feedback("03", worked="  "), "says nothing yet"),
        (Feedback("03", minutes={"look": 900}), "look: 900 minutes cannot be meant"),
        (Feedback("03", minutes={"look": True}), "cannot be meant"),
        (Feedback("03", worked="x" * 5000), "too long"),
    ],
)
def test_nonsense_is_refused(two: tuple[Dataset, Dataset], note: Feedback, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        give(two[0], note)
    assert given(two[0]) == []


def test_what_later_kits_say_is_kept(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    ours.act(Draft("applause", "EE-a", "03-air-today", "2030-01-01T00:00:00", {"hands": 2}))
    ours.act(Draft(KIND, "EE-a", "03-air-today", "2030-01-01T00:00:00", {"worked": "all", "stars": 5}))
    theirs.merge(ours.folder)
    (note,) = given(theirs)
    assert (note.lesson, note.worked) == ("03-air-today", "all")
    kinds = sorted(entry.kind for entry in theirs._store.journal.entries())
    assert kinds == ["applause", "feedback"]
    assert [
        entry.content.get("stars") for entry in theirs._store.journal.entries() if entry.kind == KIND
    ] == [5]
    assert theirs.verify()["ok"]
