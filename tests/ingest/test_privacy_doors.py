"""Canary words through every door: the inbox, the command line, the panel, archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kit.dataset import Dataset, create
from kit.formats import open_source
from tests.ingest.test_privacy_canaries import (
    ANSWERS,
    CANARIES,
    CASES,
    MAIL,
    NAME,
    ROOF,
    TAKEN,
    everything,
    leaks,
    plain,
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("doors") / "shared"
    made = create(folder, school="T-1", region="EE-79", zone="Europe/Tallinn")
    made.add_station(ROOF)
    return made


def test_the_inbox_writes_no_canary(tmp_path: Path, dataset: Dataset) -> None:
    from kit.dataset.answering import Act
    from kit.dataset.inbox import Inbox

    folder = tmp_path / "in"
    folder.mkdir()
    for at, case in enumerate(case for case in TAKEN if not case.startswith("name")):
        name, data = CASES[case]
        (folder / f"{at}-{name}").write_bytes(data + b"")
    box = Inbox(dataset, folder, Act(dict(ANSWERS, station=ROOF.id), "T-1", True, None))
    list(box.look())
    assert list(box.look()), "a fresh file is looked at twice"
    assert not leaks(everything(folder / "receipts"))


def test_errors_and_previews_repeat_no_canary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kit.cli import run

    for case in ("column / nimi", "cell / an address", "json / openaq", "name / in the column of values"):
        path = tmp_path / f"x-{CASES[case][0]}"
        path.write_bytes(CASES[case][1])
        run(["read", "--json", str(path)])
        run(["read", str(path)])
    said = capsys.readouterr()
    assert "rows" in said.out
    assert not CANARIES.search(said.out + said.err)


def test_the_panel_shows_no_canary(tmp_path: Path, dataset: Dataset) -> None:
    from kit.widgets.upload import UploadState

    state = UploadState(dataset, ROOF.id)
    for case in ("column / nimi", "cell / an address", "container / another sheet"):
        report = state.offer(*CASES[case])
        assert not CANARIES.search(str(report.notes) + str(report.problems) + str(report.questions))
        assert not CANARIES.search(report.kept.data.decode())


def test_archives_are_searched_member_by_member(tmp_path: Path, dataset: Dataset) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{MAIL}/a.csv", plain("weather", MAIL))
        archive.writestr("b.csv", plain("nimi", NAME))
    sources = open_source(path)
    receipts = list(dataset.upload_all(path, station=ROOF.id, answers=ANSWERS, accept_likely=True))
    assert len(receipts) == len(sources) == 2
    assert not leaks(everything(dataset.folder))
