"""The inbox: files in, receipts and questions beside them; a folder that grows; two watchers."""

from __future__ import annotations

import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.dataset import Dataset, open_dataset
from kit.dataset.answer_sheet import answers_in, sheet
from kit.dataset.answering import Act
from kit.dataset.dropped import files_in
from kit.dataset.inbox import Inbox
from kit.errors import UsageError
from kit.model import Question, Source, Station

HEAD = "time;temp (C);RH (%)\n"


def rows(day: int, hours: int = 6, month: int = 3) -> str:
    return "".join(f"2026-{month:02}-{day:02} {h:02}:00;{day + h / 10:.1f};{60 + h}\n" for h in range(hours))


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def twice(shared: Dataset) -> Dataset:
    shared.add_station(Station("EE-A/garden", "EE-79", 58.379, 26.73, zone="Europe/Tallinn"))
    return shared


def old(path: Path, text: str | bytes) -> Path:
    """Write a file that nobody has touched for an hour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))
    return path


def look(inbox: Inbox, **more: bool) -> dict[str, list[str]]:
    return {path.name: [one.status for one in receipts] for path, receipts in inbox.look(**more)}


def test_files_are_taken_once_and_receipts_stand_beside_them(shared: Dataset, drop: Path) -> None:
    old(drop / "a.csv", HEAD + rows(1))
    old(drop / "class 7b" / "b.csv", HEAD + rows(2))
    old(drop / "page.csv", "<!DOCTYPE html><html><body>404</body></html>")
    inbox = Inbox(shared, drop, Act({"station": "EE-A/roof"}))
    assert look(inbox) == {"a.csv": ["stored"], "b.csv": ["stored"], "page.csv": ["refused"]}
    assert look(inbox) == {}
    assert look(Inbox(open_dataset(shared.folder), drop, Act({"station": "EE-A/roof"}))) == {}
    receipts = drop / "receipts"
    assert "a.csv is stored: 6 rows" in (receipts / "a.csv.receipt.txt").read_text(encoding="utf-8")
    assert "b.csv is stored" in (receipts / "class 7b" / "b.csv.receipt.txt").read_text(encoding="utf-8")
    assert "web page" in (receipts / "page.csv.receipt.txt").read_text(encoding="utf-8")
    page = (receipts / "a.csv.receipt.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html><html lang='en'>")
    assert "<script" not in page
    assert (drop / "a.csv").is_file(), "files stay where they are"


def test_junk_and_datasets_are_left_alone(shared: Dataset, drop: Path) -> None:
    for name in (".hidden.csv", "~$book.xlsx", "a.csv.part", "b.crdownload", "Thumbs.db", "__MACOSX/c.csv",
                 "receipts/old.csv", ".git/d.csv"):  # fmt: skip
        old(drop / name, HEAD + rows(1))
    old(drop / "other" / "kit.toml", "layout = 1\n")
    old(drop / "other" / "raw" / "x.csv", HEAD + rows(1))
    (drop / "loop").symlink_to(drop, target_is_directory=True)
    good = old(drop / "good.csv", HEAD + rows(1))
    assert list(files_in(drop, skip="receipts")) == [good]
    assert look(Inbox(shared, drop, Act({"station": "EE-A/roof"}))) == {"good.csv": ["stored"]}
    with pytest.raises(UsageError, match="is a shared dataset itself"):
        list(files_in(shared.folder))


def test_a_file_that_is_still_being_written_is_left_until_it_rests(shared: Dataset, drop: Path) -> None:
    inbox = Inbox(shared, drop, Act({"station": "EE-A/roof"}))
    path = drop / "a.csv"
    path.write_text(HEAD + rows(1, 2))
    assert look(inbox) == {}
    assert inbox.busy == [path]
    path.write_text(HEAD + rows(1, 4))
    assert look(inbox) == {}
    assert look(inbox) == {"a.csv": ["stored"]}
    assert inbox.busy == []
    assert len(shared.readings("temperature", freq=None)) == 4


def test_a_file_that_grows_counts_what_is_new(shared: Dataset, drop: Path) -> None:
    inbox = Inbox(shared, drop, Act({"station": "EE-A/roof"}))
    old(drop / "card.csv", HEAD + rows(1))
    look(inbox)
    path = old(drop / "card.csv", HEAD + rows(1) + rows(2))
    assert look(inbox) == {"card.csv": ["stored"]}
    text = (drop / "receipts" / "card.csv.receipt.txt").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "card.csv is stored: 12 rows, 6 of them new and 6 known already."
    os.utime(path)  # touched, not changed: the receipt stays as it was
    look(inbox)
    assert look(inbox) == {"card.csv": ["already"]}
    assert (drop / "receipts" / "card.csv.receipt.txt").read_text(encoding="utf-8") == text


def test_a_question_is_answered_by_editing_a_text_file(twice: Dataset, drop: Path) -> None:
    old(drop / "a.csv", HEAD + rows(1))
    old(drop / "b.csv", HEAD + rows(2))
    inbox = Inbox(twice, drop, Act({}), "en")
    assert look(inbox) == {"a.csv": ["question"], "b.csv": ["question"]}
    assert look(inbox) == {}
    answers = drop / "receipts" / "a.csv.answers.txt"
    text = answers.read_text(encoding="utf-8")
    assert "# At which station was a.csv measured?" in text
    assert text.rstrip().endswith("station =")
    assert "answers.txt" in (drop / "receipts" / "a.csv.receipt.txt").read_text(encoding="utf-8")
    assert answers_in(answers.read_bytes()) == {}
    answers.write_text(text.replace("station =", "station = EE-A/garten und so"), encoding="utf-8")
    assert look(inbox) == {"a.csv": ["question"]}
    again = answers.read_text(encoding="utf-8")
    assert "# !!! EE-A/garten und so is not a station" in again
    number = next(
        line.split()[1] for line in again.splitlines() if "EE-A/garden" in line and line[:3] == "#  "
    )
    answers.write_bytes(
        text.replace("station =", f"station = {number}").replace("\n", "\r\n").encode("utf-16")
    )
    # the second file of the same device follows with the same answer
    assert look(inbox) == {"a.csv": ["stored"], "b.csv": ["stored"]}
    assert not answers.exists()
    assert {item.stations for item in twice.submissions()} == {("EE-A/garden",)}
    assert look(inbox) == {}


def test_sheets_of_answers_in_any_form() -> None:
    options = (("1", "as a fraction"), ("%", "%"))
    question = Question("unit.RH = x", "In which unit is {column}?", options, "%", {"column": "RH = x"})
    text = sheet("a.csv", [question, question], {}, "en")
    assert text.count("In which unit") == 1
    filled = text.replace("unit.RH = x =", "unit.RH = x = 2")
    assert answers_in(b"\xef\xbb\xbf" + filled.encode()) == {"unit.RH = x": "%"}
    assert answers_in(sheet("a.csv", [question], {"unit.RH = x": "1"}, "en").encode()) == {"unit.RH = x": "1"}
    assert answers_in("zone = 'Europe/Tallinn' \nk\xf5rgus = 2".encode("cp1252"))["kõrgus"] == "2"
    assert answers_in(b"\x00\xff=\xfe no sense") is not None


def test_an_archive_and_a_long_name(shared: Dataset, drop: Path) -> None:
    with zipfile.ZipFile(drop / "two.zip", "w") as archive:
        archive.writestr("a.csv", HEAD + rows(1))
        archive.writestr("b.csv", HEAD + rows(2))
    os.utime(drop / "two.zip", (1, 1))
    name = "õ" * 110 + ".csv"
    old(drop / name, HEAD + rows(3))
    inbox = Inbox(shared, drop, Act({"station": "EE-A/roof"}), "et")
    assert look(inbox) == {"two.zip": ["stored", "stored"], name: ["stored"]}
    text = (drop / "receipts" / "two.zip.receipt.txt").read_text(encoding="utf-8")
    assert "a.csv on salvestatud" in text
    assert "b.csv on salvestatud" in text
    assert look(inbox) == {}


def test_a_folder_that_cannot_be_written_is_read_all_the_same(
    shared: Dataset, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.dataset import inbox as module

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "locked")

    monkeypatch.setattr(module, "_put", locked)
    old(drop / "a.csv", HEAD + rows(1))
    inbox = Inbox(shared, drop, Act({"station": "EE-A/roof"}))
    assert look(inbox) == {"a.csv": ["stored"]}
    assert look(inbox) == {}


def test_two_watchers_at_once_do_no_harm(shared: Dataset, drop: Path) -> None:
    for day in range(1, 13):
        old(drop / f"{day}.csv", HEAD + rows(day))
    troubles: list[BaseException] = []

    def watch() -> None:
        try:
            inbox = Inbox(open_dataset(shared.folder), drop, Act({"station": "EE-A/roof"}))
            for _ in range(3):
                look(inbox)
        except BaseException as error:  # noqa: BLE001
            troubles.append(error)

    watchers = [threading.Thread(target=watch) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    assert not troubles
    assert len(shared.submissions()) == 12
    assert len(shared.readings("temperature", freq=None)) == 72
    for day in range(1, 13):
        text = (drop / "receipts" / f"{day}.csv.receipt.txt").read_text(encoding="utf-8")
        assert "6 rows, all of them good" in text
    assert not list(drop.rglob("*.tmp"))


def test_thirty_uploads_of_a_growing_card_stay_fast(shared: Dataset) -> None:
    text, lengths, receipt = HEAD, [], None
    for day in range(1, 31):
        text += rows(day, 24, 4)
        before = time.perf_counter()
        receipt = shared.upload(Source("card.csv", text.encode()), station="EE-A/roof")
        lengths.append(time.perf_counter() - before)
        assert receipt.accepted + receipt.flagged == 24
    assert receipt is not None
    assert "720 rows, 24 of them new" in receipt.text("en").splitlines()[0]
    assert len(shared.readings("temperature", freq=None)) == 720
    assert sum(lengths[-5:]) < 4 * sum(lengths[:5]) + 1, lengths


def test_given_answers_win_over_the_sheet(
    twice: Dataset, drop: Path, day_file: Callable[..., Source]
) -> None:
    old(drop / "a.csv", HEAD + rows(1))
    assert look(Inbox(twice, drop, Act({}))) == {"a.csv": ["question"]}
    answers = drop / "receipts" / "a.csv.answers.txt"
    answers.write_text("station = EE-A/garden\n")
    assert look(Inbox(twice, drop, Act({"station": "EE-A/roof"}))) == {"a.csv": ["stored"]}
    assert twice.submissions()[0].stations == ("EE-A/roof",)


def test_the_page_of_a_question_asks_it_and_says_where_to_answer(twice: Dataset, drop: Path) -> None:
    old(drop / "<march>.csv", HEAD + rows(1))
    look(Inbox(twice, drop, Act({})))
    page = (drop / "receipts" / "<march>.csv.receipt.html").read_text(encoding="utf-8")
    assert "<b>At which station was &lt;march&gt;.csv measured?</b>" in page
    assert "<li><code>EE-A/roof</code> (Roof (EE-A/roof))</li>" in page
    assert "Answer in the file that ends with .answers.txt, beside this one." in page
    look(Inbox(twice, drop, Act({"station": "EE-A/roof"})))
    page = (drop / "receipts" / "<march>.csv.receipt.html").read_text(encoding="utf-8")
    assert ".answers.txt" not in page


def test_the_second_watcher_does_not_say_that_rows_are_new(shared: Dataset, drop: Path) -> None:
    """It looked at the folder before the first one wrote its mark, and gives a file that half was there."""
    one, two = (Inbox(shared, drop, Act({"station": "EE-A/roof"})) for _ in range(2))
    old(drop / "a.csv", HEAD + rows(1))
    look(one)
    old(drop / "b.csv", HEAD + rows(1) + rows(2))
    look(one)
    for mark in (drop / "receipts" / ".kit").iterdir():
        mark.unlink()
    (receipt,) = dict(two.look())[drop / "b.csv"]
    assert receipt.text("en").splitlines()[0] == (
        "b.csv was already here; nothing was stored twice: 12 rows."
    )
    found = receipt.to_dict("en")
    assert [found[name] for name in ("rows", "accepted", "flagged", "duplicate")] == [12, 0, 0, 12]
