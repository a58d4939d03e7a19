"""What is erased leaves every byte of the folder, comes back from nowhere, and says so."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from kit.cli import run
from kit.dataset import Dataset, create, open_dataset
from kit.dataset.answering import Act
from kit.dataset.inbox import Inbox
from kit.errors import DatasetError, NotFoundError, UsageError
from kit.model import Source, Station
from kit.store import flush as flushing
from tests.ingest.test_privacy_canaries import everything

A = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", exposure="roof", name="Quixroof")
B = Station("EE-B/yard", "EE-79", 58.381, 26.735, zone="Europe/Tallinn", exposure="garden", name="Ovaryard")
WORD, NAME, OTHER = "Zwqkanary", "Quixroof", "Otherwordd"
STEPS = (
    "erasure", "rows-erased", "files-erased", "raw-erased", "entries-erased", "versions-erased",
    "receipts-erased", "journal-erased", "before-version", "version",
)  # fmt: skip


class Crash(BaseException):
    """The process dies here."""


def weather(word: str, first: float, day: int = 1) -> Source:
    lines = ["time,temperature (°C),weather"]
    lines += [f"2024-03-{day:02}T{hour:02}:00,{first + hour / 10},{word}" for hour in range(6)]
    return Source(f"{word}{day}.csv", "\n".join(lines).encode() + b"\n")


def give(shared: Dataset, station: Station, source: Source) -> str:
    answers = {"station": station.id, "zone": "UTC"}
    return shared.upload(source, answers=answers, accept_likely=True).submission


def long(shared: Dataset) -> pd.DataFrame:
    table: pd.DataFrame = shared.readings(freq=None)  # type: ignore[assignment]
    return table


def traces(folder: Path, *words: str) -> list[str]:
    return [where for where, text in everything(folder) if any(word in text for word in words)]


@pytest.fixture
def one(tmp_path: Path) -> Dataset:
    """A dataset of two schools, settled in between, with planted words in what the first one gave."""
    shared = create(tmp_path / "one", region="EE-79", zone="Europe/Tallinn")
    shared.add_station(A)
    shared.add_station(B)
    give(shared, A, weather(WORD, 3.0))
    give(shared, B, weather(OTHER, 4.0))
    shared.compact()
    give(shared, A, weather(WORD, 5.0, day=2))
    shared.annotate(A.id, f"beside the {WORD}")
    return shared


def ids_of(shared: Dataset, school: str) -> list[str]:
    return [item.id for item in shared.submissions() if item.school == school]


def check_rest(shared: Dataset) -> None:
    """What is left is in good order and holds nothing of the first school."""
    assert [item.school for item in shared.submissions()] == ["EE-B"]
    assert [item.id for item in shared.stations()] == [B.id]
    assert set(shared.readings(freq=None)["station"]) == {B.id}
    assert len(shared.readings(freq=None)) == 6
    found = shared.verify()
    assert found["differences"] == []
    assert not traces(shared.folder, WORD, NAME)


@pytest.fixture(autouse=True)
def _steps() -> Iterator[None]:
    before = flushing.on_step
    yield
    flushing.on_step = before


def test_a_school_leaves_every_byte(one: Dataset) -> None:
    ids = ids_of(one, "EE-A")
    one._store.journal._connect().execute("PRAGMA secure_delete=OFF")  # as other builds of SQLite have it
    assert len(set(traces(one.folder, WORD, NAME))) > 5
    done = one.erase("EE-A", "wish")
    assert (done.ok, done.entries, done.copies, done.left) == (True, 4, 2, {})
    assert done.files > 5
    assert "Nothing of it is left" in done.text("en")
    check_rest(one)
    assert not traces(one.folder, *(name[:12] for name in ids))
    one.compact()
    check_rest(one)
    one.close()
    check_rest(open_dataset(one.folder))


def test_one_submission_and_what_is_said_about_it(one: Dataset) -> None:
    first, second = ids_of(one, "EE-A")
    one.annotate(first, "about Zwqspecial")
    one.retract(first, "because of Zwqspecial")
    done = one.erase(first[:8], "personal")
    assert (done.subject, done.entries, done.copies) == (first, 3, 1)
    assert done.ok
    assert ids_of(one, "EE-A") == [second]
    assert not traces(one.folder, "Zwqspecial", "Zwqkanary1")
    assert one.verify()["differences"] == []
    again = one.erase(first, "wish")
    assert (again.ok, again.entries, again.entry, again.reason) == (True, 0, done.entry, "personal")


def test_a_value_that_was_hidden_counts_again(one: Dataset) -> None:
    late = give(one, B, Source("late.csv", weather(OTHER, 9.0).data))
    one.compact()
    assert one.readings("temperature", station=B.id, freq=None)["value"].min() == 9.0
    one.erase(late, "mistake")
    assert one.readings("temperature", station=B.id, freq=None)["value"].min() == 4.0
    assert (
        one.readings("temperature", station=B.id)["temperature"].notnull().sum() == 0
    )  # six hours are no day


@pytest.mark.parametrize("step", STEPS)
def test_it_is_completed_after_a_sudden_end(one: Dataset, step: str) -> None:
    def die(name: str) -> None:
        if name == step:
            raise Crash

    flushing.on_step = die
    with pytest.raises(Crash):
        one.erase("EE-A", "wish")
    flushing.on_step = lambda _: None
    one.close()
    again = open_dataset(one.folder)
    assert not again._store.journal.erasing
    check_rest(again)


@pytest.mark.parametrize("step", ["erasure", "files-erased", "raw-erased"])
def test_it_is_completed_when_the_journal_is_lost_too(one: Dataset, step: str) -> None:
    def die(name: str) -> None:
        if name == step:
            raise Crash

    flushing.flush(one._store)
    flushing.on_step = die
    with pytest.raises(Crash):
        one.erase("EE-A", "wish")
    flushing.on_step = lambda _: None
    one.close()
    if step == "erasure":  # acknowledged, and only in the journal
        flushing.flush(one._store)
        one.close()
    for path in one.folder.glob("journal*"):
        path.unlink()
    check_rest(open_dataset(one.folder))


def test_an_old_stick_brings_nothing_back(one: Dataset, tmp_path: Path) -> None:
    one.close()
    stick = shutil.copytree(one.folder, tmp_path / "stick")
    one.erase("EE-A", "wish")
    late = open_dataset(stick)
    give(late, A, weather(WORD, 7.0, day=3))  # not known where it was erased
    late.close()
    version = one.version
    for _ in range(2):
        merged = one.merge(stick)
        assert (merged.taken, merged.refused, merged.removed) == (0, 5, 0)
        assert merged.text("en") == f"5 entries of {stick} were not taken over: they were erased."
    assert one.version == version
    check_rest(one)
    late = open_dataset(stick)
    merged = late.merge(one.folder)
    assert (merged.taken, merged.refused, merged.removed) == (1, 0, 5)
    assert merged.text("en").splitlines() == [
        f"1 entry was taken over from {one.folder}.",
        f"5 entries of this dataset were erased, as they were in {one.folder}.",
    ]
    check_rest(late)
    assert late.version == one.version
    assert one.merge(stick).to_dict()["refused"] == 0


@pytest.mark.parametrize("order", list(permutations(range(3)))[::2])
def test_three_copies_in_every_order(one: Dataset, tmp_path: Path, order: tuple[int, ...]) -> None:
    one.close()
    folders = [one.folder, *(shutil.copytree(one.folder, tmp_path / name) for name in "bc")]
    copies = [open_dataset(folder) for folder in folders]
    copies[0].erase("EE-A", "wish")
    copies[1].erase(ids_of(copies[1], "EE-A")[0], "mistake")
    give(copies[2], A, weather(WORD, 8.0, day=4))
    give(copies[2], B, weather(OTHER, 8.0, day=4))
    for _ in range(2):
        for into in order:
            for other in order:
                if into != other:
                    copies[into].merge(copies[other].folder)
    assert len({copy.version for copy in copies}) == 1
    assert len({copy._now()[0].id for copy in copies}) == 1  # type: ignore[union-attr]
    for copy in copies:
        assert ids_of(copy, "EE-A") == []
        assert not traces(copy.folder, WORD, NAME)
        assert copy.verify()["differences"] == []
        pd.testing.assert_frame_equal(long(copy), long(copies[0]))
    assert copies[0].merge(copies[2].folder, both=True).taken == 0


def test_versions_of_before_say_what_is_missing(one: Dataset, tmp_path: Path) -> None:
    cited = one.cite()
    before = one.version
    one.close()
    other = open_dataset(shutil.copytree(one.folder, tmp_path / "other"))
    done = one.erase("EE-A", "wish")
    assert cited in done.citations
    then = one.at(before)
    assert len(then.readings(freq=None)) == 6
    assert "erased" in then.caution("en")
    assert then.readings(freq=None).attrs["erased_entries"] == 4
    fresh = create(tmp_path / "fresh")
    fresh.merge(one.folder)
    then = fresh.at(cited)
    assert (len(then.readings(freq=None)), then.caution("en") != "") == (6, True)
    assert one.at(one.version).caution() == ""
    other.merge(one.folder)
    assert "4 entries" in other.at(cited).caution("en")


def test_a_version_cited_elsewhere_held_more_than_the_erasure_lists(one: Dataset, tmp_path: Path) -> None:
    """Nothing tells what these entries were: it is said that they may have been erased."""
    one.close()
    late = open_dataset(shutil.copytree(one.folder, tmp_path / "late"))
    give(late, A, weather(WORD, 7.0, day=3))
    cited = late.cite()
    one.erase("EE-A", "wish")
    late.merge(one.folder, both=True)
    check_rest(late)
    assert "5 entries" in late.at(cited).caution("en")  # where it was cited
    with pytest.raises(DatasetError, match=r"1 of its .* not here; perhaps they were erased in every copy"):
        one.at(cited)


def test_the_inbox_keeps_no_receipt_and_takes_nothing_again(tmp_path: Path) -> None:
    shared = create(tmp_path / "one", school="EE-A", region="EE-79", zone="Europe/Tallinn")
    shared.add_station(A)
    shared.inbox.mkdir(exist_ok=True)
    file = shared.inbox / "march.csv"
    file.write_bytes(weather(WORD, 3.0).data)
    act = Act({"station": A.id, "zone": "UTC"}, None, True, None)
    inbox = Inbox(shared, shared.inbox, act)
    list(inbox.look())
    taken = list(inbox.look(twice=True))
    assert len(taken) + len(shared.submissions()) >= 1
    (mine,) = ids_of(shared, "EE-A")
    done = shared.erase(mine, "mistake")
    assert list(done.left) == ["inbox/march.csv"]  # the class's own file: told, not deleted
    assert not list(shared.inbox.rglob("*.receipt.*"))
    list(Inbox(shared, shared.inbox, act).look(twice=True))
    assert list(Inbox(shared, shared.inbox, act).look()) == []
    assert ids_of(shared, "EE-A") == []
    file.unlink()
    assert not traces(shared.folder, WORD)


def test_backups_inside_the_folder_are_found(one: Dataset, tmp_path: Path) -> None:
    one.backup(tmp_path / "b.zip")
    shutil.move(tmp_path / "b.zip", one.folder / "b.zip")
    done = one.erase("EE-A", "wish")
    assert list(done.left) == ["b.zip"]
    assert not done.ok


def test_a_backup_of_afterwards_is_whole(one: Dataset, tmp_path: Path) -> None:
    from kit.dataset.backing import restore

    one.erase("EE-A", "wish")
    one.backup(tmp_path / "b.zip")
    made = restore(tmp_path / "b.zip", tmp_path / "new")
    assert made.damaged == ()
    assert made.version == made.wanted
    check_rest(open_dataset(tmp_path / "new"))


def test_the_same_file_in_another_submission_stays(one: Dataset) -> None:
    same = give(one, B, weather(WORD, 3.0))
    done = one.erase(ids_of(one, "EE-A")[0], "mistake")
    assert done.shared == (same[:12],)
    assert one.verify()["differences"] == []
    assert same[:12] in done.text("en")


def test_nothing_is_given_to_what_was_erased(one: Dataset) -> None:
    first = ids_of(one, "EE-A")[0]
    one.erase("EE-A", "wish")
    with pytest.raises(UsageError, match="EE-A was erased"):
        one.add_station(A)
    with pytest.raises(NotFoundError):
        one.retract(first)
    with pytest.raises(UsageError):
        one.erase(one.erase("EE-A", "wish").entry, "wish")
    with pytest.raises(UsageError, match="no reason"):
        one.erase("EE-B", "because")
    with pytest.raises(NotFoundError, match="EE-X"):
        one.erase("EE-X", "wish")


def test_on_the_command_line(
    one: Dataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    place = ["--dataset", str(one.folder), "--lang", "en"]
    monkeypatch.setattr("sys.stdin", io.StringIO("EE-B\n"))
    assert run([*place, "erase", "school", "EE-A"]) == 2
    assert "Nothing was erased" in capsys.readouterr().err
    assert run([*place, "erase", "submission", "EE-A", "--yes"]) == 2
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("EE-A\n"))
    assert run([*place, "--json", "erase", "school", "EE-A"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["entries"], said["left"]) == (True, 4, {})
    assert run([*place, "erase", "school", "EE-A", "--yes"]) == 0
    check_rest(open_dataset(one.folder))


def test_what_was_put_aside_when_damaged_goes_too(one: Dataset) -> None:
    one.close()
    old = one.folder / ".journal.sqlite-0a0b0c0d.old.part"
    shutil.copy(one.folder / "journal.sqlite", old)
    late = one.folder / "versions" / ".3.json.0a0b0c0d.part"
    shutil.copy(one.folder / "versions" / "3.json", late)
    assert traces(one.folder, WORD)
    again = open_dataset(one.folder)
    assert again.erase("EE-A", "wish").left == {}
    assert not old.exists()
    assert not late.exists()


def test_whoever_has_it_open_sees_the_rest_and_goes_on(one: Dataset) -> None:
    other = open_dataset(one.folder)
    assert len(other.readings(freq=None)) == 18
    then = other.at(other.version)
    one.erase("EE-A", "wish")
    assert len(other.readings(freq=None)) == 6
    assert len(then.readings(freq=None)) == 6
    with pytest.raises(UsageError):
        other.add_station(A)
    give(other, B, weather(OTHER, 6.0, day=5))
    assert len(one.readings(freq=None)) == 12
    assert other.verify()["differences"] == []
    assert other.compact()
    assert len(one.readings(freq=None)) == 12


def test_an_entry_that_stays_and_names_it_is_told(one: Dataset) -> None:
    first = ids_of(one, "EE-A")[0]
    receipt = one.correct(first, answers={"zone": "Europe/Tallinn"})
    done = one.erase(first, "mistake")
    assert receipt.submission[:12] in (*done.mentions, *done.shared)
    assert one.verify()["differences"] == []


def random_act(chance: random.Random, shared: Dataset, other: Path, erased: set[str]) -> None:
    act = chance.choice(["give", "give", "give", "erase", "merge", "compact"])
    if act == "give":
        with suppress(UsageError):
            day, word = chance.randrange(1, 28), chance.choice(["Wordaaaa", "Wordbbbb"])
            give(shared, chance.choice([A, B]), weather(word, day, day=day))
    elif act == "erase" and (found := [one.id for one in shared.submissions()]):
        name = chance.choice(found) if chance.random() < 0.8 else "EE-A"
        with suppress(NotFoundError):
            erased.add(name)
            shared.erase(name, "wish")
    elif act == "merge":
        shared.merge(other, both=chance.random() < 0.3)
    elif act == "compact":
        shared.compact()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_random_histories_with_erasures_meet(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    first = create(tmp_path / "a", region="EE-79", zone="Europe/Tallinn")
    first.add_station(A)
    first.add_station(B)
    first.close()
    folders = [first.folder, *(shutil.copytree(first.folder, tmp_path / name) for name in "bc")]
    copies = [open_dataset(folder) for folder in folders]
    erased: set[str] = set()
    countdown = [0]

    def die(_: str) -> None:
        countdown[0] -= 1
        if countdown[0] == 0:
            raise Crash

    flushing.on_step = die
    for _ in range(14):
        at = chance.randrange(3)
        countdown[0] = chance.choice([0, chance.randrange(1, 12)])
        try:
            random_act(chance, copies[at], folders[(at + 1) % 3], erased)
        except Crash:
            for number, shared in enumerate(copies):
                shared.close()
                copies[number] = open_dataset(folders[number])
    flushing.on_step = lambda _: None
    for into in (0, 1, 2, 0, 1):
        for other in range(3):
            if other != into:
                copies[into].merge(folders[other])
    assert len({copy.version for copy in copies}) == 1
    made = {one.subject for one in copies[0]._now()[1].entries if one.kind == "erasure"}
    assert made <= erased
    for copy in copies:
        assert copy.verify()["differences"] == []
        assert made.isdisjoint(one.id for one in copy.submissions())
        assert made.isdisjoint(one.school for one in copy.submissions())
        pd.testing.assert_frame_equal(long(copy), long(copies[0]))
        rest = {one.entry.payload for one in copy.submissions()}
        lists = {one.payload for one in copy._now()[1].entries} - {""}
        assert {path.name for path in (copy.folder / "raw").rglob("*") if path.is_file()} == rest | lists
