"""kit compact, backup, restore, export and status, as a teacher or a script meets them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import cli
from kit.cli import run
from kit.dataset import background, open_dataset, settling

Kit = Callable[..., tuple[int, str, str]]
TABLE = "time,temperature (°C)\n" + "".join(f"2026-03-01T{hour:02}:00,{hour / 2}\n" for hour in range(24))


@pytest.fixture
def kit(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kit:
    monkeypatch.chdir(tmp_path)

    def call(*words: str | Path) -> tuple[int, str, str]:
        status = run([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return status, said.out, said.err

    return call


@pytest.fixture
def shared(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shared"
    kit("init", folder, "--school", "EE-7", "--zone", "Europe/Tallinn", "--region", "EE-79")
    monkeypatch.setenv("KIT_DATASET", str(folder))
    kit("station", "add", "EE-7/roof", "--lat", "58.3781", "--lon", "26.7290")
    (tmp_path / "march.csv").write_text(TABLE)
    assert kit("upload", "march.csv", "--station", "EE-7/roof", "--yes")[0] == 0
    return folder


def test_compact_says_what_it_did(kit: Kit, shared: Path) -> None:
    assert "Rows not yet sorted in (kit compact): 24" in kit("status")[1]
    status, out, _ = kit("compact")
    assert (status, out) == (0, "The tables are settled: sorted, with what counts and a roll-up by day.\n")
    assert kit("compact")[1] == "Nothing has arrived since the tables were settled.\n"
    status, out, _ = kit("compact", "--json")
    assert set(json.loads(out)) == {"settled", "version", "removed", "bytes"}
    assert "Rows not yet sorted in (kit compact): 0" in kit("status")[1]
    assert kit("verify")[1].count("\n") == 5  # a hash for each table, and that all is well


def test_to_a_new_computer(kit: Kit, shared: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    version = open_dataset(shared).version
    status, out, _ = kit("backup", "stick")
    name = tmp_path / "stick" / f"kit-EE-7-{version}.zip"
    assert (status, out) == (0, f"2 entries (version {version}) are in {name}.\n")
    status, out, _ = kit("restore", name, "new place")
    assert status == 0
    assert f"2 entries were restored to {tmp_path / 'new place'} (version {version})." in out
    assert "Next: kit --dataset" in out
    assert json.loads(kit("--dataset", "new place", "status", "--json")[1])["readings"] == 24
    status, _, err = kit("restore", name, "new place")
    assert (status, "is not empty. A dataset is restored to a place of its own" in err) == (2, True)
    status, _, err = kit("backup", "stick")
    assert (status, "exists already" in err) == (2, True)
    keys = set(json.loads(kit("backup", "two.zip", "--json")[1]))
    assert keys == {"file", "version", "entries", "size", "damaged"}


def test_a_damaged_backup(kit: Kit, shared: Path, tmp_path: Path) -> None:
    kit("backup", "b.zip")
    with zipfile.ZipFile("b.zip") as before, zipfile.ZipFile("bad.zip", "w") as after:
        for name in before.namelist():
            after.writestr(name, b"" if name.startswith("raw/") else before.read(name))
    status, out, _ = kit("restore", "bad.zip", "new")
    assert status == 4
    assert "2 files are missing or damaged and were left out: raw/" in out
    assert "merge OTHER" in out
    status, _, err = kit("restore", "march.csv", "other")
    assert status == 1
    assert "march.csv is no backup of a dataset" in err


def test_export(kit: Kit, shared: Path, tmp_path: Path) -> None:
    status, out, _ = kit("export", "csv", "out.zip", "--decimal-comma")
    version = open_dataset(shared).version
    assert (status, out) == (0, f"24 readings and 0 sightings (version {version}/2) are in out.zip.\n")
    with zipfile.ZipFile("out.zip") as archive:
        assert b";0,5;" in archive.read("readings/temperature.csv")
    assert json.loads(kit("export", "school", "mine", "--json")[1])["files"] > 8
    assert (tmp_path / "mine" / "files").is_dir()
    assert kit("export", "csv", "x.zip", "--school", "EE-9")[0] == 2
    assert kit("export", "xls", "x.zip")[0] == 2
    assert not (tmp_path / "x.zip").exists()


def test_in_estonian(kit: Kit, shared: Path) -> None:
    out = kit("--lang", "et", "export", "csv", "out.zip")[1]
    assert "mõõtmist" in out
    with zipfile.ZipFile("out.zip") as archive:
        assert "Viita" in archive.read("README.txt").decode("utf-8-sig")
    assert "Tabelid" in kit("--lang", "et", "compact")[1]


def test_the_command_waits_for_what_was_due(
    kit: Kit, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "DUE_ROWS", 10)
    (tmp_path / "april.csv").write_text(TABLE.replace("2026-03", "2026-04"))
    assert kit("upload", "april.csv", "--station", "EE-7/roof", "--yes")[0] == 0
    assert not background._all
    newest = open_dataset(shared)._store.versions.newest()
    assert newest is not None
    assert newest.settled.upto == newest.number - 1


def test_the_command_does_not_wait_for_ever(
    kit: Kit, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    go = threading.Event()
    monkeypatch.setattr(settling, "DUE_ROWS", 10)
    monkeypatch.setattr(settling, "on_step", lambda step: go.wait(60))
    monkeypatch.setattr(cli, "FINISH", 0.2)
    (tmp_path / "april.csv").write_text(TABLE.replace("2026-03", "2026-04"))
    status, out, err = kit("upload", "april.csv", "--station", "EE-7/roof", "--yes")
    assert status == 0
    assert "april.csv is stored" in out
    assert "The tables are being settled. You may stop that: nothing is lost." in err
    go.set()
    assert background.finish(60)
