"""Correcting, folders, the inbox, templates and photos at the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kit.cli import run

HEAD = "time;temp (C);RH (%)\n"


def rows(day: int) -> str:
    return "".join(f"2026-03-{day:02} {h:02}:00;{day + h / 10};{60 + h}\n" for h in range(6))


@pytest.fixture
def kit(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIT_DATASET", str(tmp_path / "shared"))

    def call(*words: str | Path) -> tuple[int, str, str]:
        status = run([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return status, said.out, said.err

    assert call("init", "shared", "--school", "EE-7", "--zone", "Europe/Tallinn", "--lang", "et")[0] == 0
    for place in ("roof", "garden"):
        assert call("station", "add", f"EE-7/{place}")[0] == 0
    return call


def test_the_school_speaks_its_language_and_another_on_wish(kit: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + rows(1))
    assert "on salvestatud" in kit("upload", "a.csv", "--station", "EE-7/roof")[1]
    assert "was already here" in kit("upload", "a.csv", "--station", "EE-7/roof", "--lang", "en")[1]
    assert kit("status", "--lang", "uk")[0] == 0


def test_correct_in_one_step(kit: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + rows(1))
    kit("upload", "a.csv", "--station", "EE-7/roof")
    status, out, _ = kit("correct", "a.csv", "--station", "EE-7/garden", "--lang", "en")
    assert status == 0
    assert out.splitlines()[0].startswith("a.csv is corrected: 6 rows")
    assert "6 rows moved from EE-7/roof to EE-7/garden" in out
    status, _, err = kit("correct", "a.csv", "--station", "EE-7/garden", "--lang", "en")
    assert (status, "Nothing would change" in err) == (2, True)
    assert kit("correct", "000000", "--station", "EE-7/roof")[0] == 2
    found = json.loads(kit("correct", "a.csv", "--station", "EE-7/roof", "--json")[1])
    assert found["corrects"]["stations"] == [["EE-7/garden"], ["EE-7/roof"]]


def test_a_folder_with_everything_in_it(kit: Any, tmp_path: Path) -> None:
    card = tmp_path / "card"
    (card / "DCIM").mkdir(parents=True)
    (card / "a.csv").write_text(HEAD + rows(1))
    (card / ".a.csv.swp").write_text("x")
    (card / "DCIM" / "b.csv").write_text(HEAD + rows(2))
    (card / "DCIM" / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe1Exif GPS 58.378" + bytes(range(256)))
    (card / "DCIM" / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    status, out, err = kit("upload", card, "--station", "EE-7/roof", "--lang", "en")
    assert status == 1
    assert out.count("is stored") == 2
    assert err.count("is a photo") == 2
    assert [
        path for path in (tmp_path / "shared").rglob("*") if path.is_file() and b"Exif" in path.read_bytes()
    ] == []
    (tmp_path / "empty").mkdir()
    assert "no file in the folder" in kit("upload", "empty", "--lang", "en")[2]
    assert "is a shared dataset itself" in kit("upload", "shared", "--lang", "en")[2]


def test_the_inbox_once(kit: Any, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "a.csv").write_text(HEAD + rows(1))
    os.utime(drop / "a.csv", (1, 1))
    status, _, err = kit("upload", "--inbox", drop, "--lang", "en")
    assert (status, "At which station" in err) == (3, True)
    answers = drop / "receipts" / "a.csv.answers.txt"
    answers.write_text(answers.read_text(encoding="utf-8") + "station = EE-7/roof\n", encoding="utf-8")
    status, out, _ = kit("upload", "--inbox", drop, "--lang", "en")
    assert (status, "a.csv is stored" in out) == (0, True)
    assert "Nothing new in" in kit("upload", "--inbox", drop, "--lang", "en")[1]
    assert kit("upload", "--inbox", drop, drop / "a.csv")[0] == 2


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_watching_until_it_is_stopped(kit: Any, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    command = [sys.executable, "-m", "kit", "upload", "--inbox", str(drop), "--watch", "--every", "0.1"]
    watcher = subprocess.Popen(
        [*command, "--station", "EE-7/roof", "--lang", "en"], stdout=subprocess.PIPE, text=True
    )
    try:
        (drop / "a.csv").write_text(HEAD + rows(1))
        receipt = drop / "receipts" / "a.csv.receipt.html"
        for _ in range(300):
            if receipt.exists():
                break
            time.sleep(0.1)
        assert "a.csv is stored" in receipt.read_text(encoding="utf-8")
        watcher.send_signal(signal.SIGINT)
        out, _ = watcher.communicate(timeout=20)
    finally:
        watcher.kill()
    assert watcher.returncode == 0
    assert "a.csv is stored: 6 rows" in out
    assert "Stopped. What was acknowledged is safe." in out


def test_a_template_lists_the_stations(kit: Any, tmp_path: Path) -> None:
    status, out, _ = kit("template", "t.csv", "--kind", "air", "--lang", "en")
    assert (status, "kit upload t.csv" in out) == (0, True)
    assert "EE-7/garden" in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert kit("template", "t.csv")[0] == 2


def test_the_sum_of_a_folder_tells_new_files_from_known_ones(kit: Any, tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    for day in range(1, 7):
        (card / f"{day}.csv").write_text(HEAD + rows(day))
    kit("upload", card, "--station", "EE-7/roof", "--lang", "en")
    (card / "7.csv").write_text(HEAD + rows(7))
    out = kit("upload", card, "--station", "EE-7/roof", "--lang", "en")[1]
    assert "1 file stored and 6 files already here." in out
    assert "42 rows, 6 good, 0 flagged, 0 refused, 36 known already." in out
    assert "7 faili oli juba olemas." in kit("upload", card, "--station", "EE-7/roof")[1]


def test_many_files_go_into_the_tables_together(
    kit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.dataset.uploading.SECONDS", 3600.0)
    card = tmp_path / "card"
    card.mkdir()
    for day in range(1, 9):
        (card / f"{day}.csv").write_text(HEAD + rows(day))
    (card / "0.csv").write_bytes(b"\xff\xd8\xff\xe1Exif" + bytes(range(256)))
    with zipfile.ZipFile(card / "5a.zip", "w") as archive:
        for day in (11, 12):
            archive.writestr(f"{day}.csv", HEAD + rows(day))
    before = len(list((tmp_path / "shared" / "versions").iterdir()))
    status, out, err = kit("upload", card, "--station", "EE-7/roof", "--lang", "en")
    assert (status, err.count("is a photo")) == (1, 1)
    assert "8 files stored and 1 file refused." in out
    assert out.count("is stored: 6 rows") >= 8
    assert len(list((tmp_path / "shared" / "versions").iterdir())) == before + 2  # the files, the archive
    assert re.search(r"Readings: +120\n", kit("status", "--lang", "en")[1])


def test_a_station_of_an_unknown_school_is_wrong_use(kit: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + rows(1))
    status, out, err = kit("upload", "a.csv", "--station", "nope/x", "--lang", "en")
    assert (status, out) == (2, "")
    assert "There is no school nope in this dataset" in err
    assert "kit station add nope/x" in err
    status, _, err = kit("upload", "a.csv", "--yes", "--lang", "en")
    assert status == 3, "which of two stations cannot be told from the name a.csv"
    assert "At which station was a.csv measured?" in err
    assert "Add --yes" not in err
