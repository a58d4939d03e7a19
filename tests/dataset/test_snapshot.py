"""The same questions to a dataset and to its snapshot: the same answers. And what is added on the device."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.dataset import Dataset, create, snapshot_files
from kit.dataset.bringing import Brought, answers_within, to_bring
from kit.dataset.inbox import Act, Inbox
from kit.dataset.snapshot import Snapshot, open_any
from kit.errors import AnswerNeeded, DatasetError, NotFoundError, UsageError
from kit.model import Source, Station

ROOF = Station("EE-A/roof", "EE-79", 58.38, 26.72, 60, "Europe/Tallinn", "roof", "Roof")
YARD = Station("EE-B/yard", "EE-79", 58.4, 26.8, zone="Europe/Tallinn", exposure="yard", name="Yard")
LAKE = Station("DE-C/lake", "DE-MV", 53.5, 13.1, zone="Europe/Berlin", exposure="field", name="Lake")
ROOM = Station("EE-A/room", "EE-79", zone="Europe/Tallinn", exposure="indoor", name="Room 12")
LIFE = """date,species,count
2024-05-01,Parus major,3
2024-05-02,Vulpes vulpes,1
2024-06,Parus major,2
2023,Apis mellifera,1
"""


def table(
    start: str, hours: int, *, seed: int, names: tuple[str, ...] = ("pm25 (µg/m³)", "temp (°C)")
) -> bytes:
    """A device's file of hours, with a gap, a spike and a value that cannot be."""
    random = np.random.default_rng(seed)
    times = pd.date_range(start, periods=hours, freq="h")
    values = {
        name: np.round(10 + 4 * np.sin(np.arange(hours) / 9) + random.normal(0, 1, hours), 1)
        for name in names
    }
    frame = pd.DataFrame({"time": times.strftime("%Y-%m-%d %H:%M"), **values})
    frame.iloc[50, 1] = 900.0
    frame = frame.drop(index=range(100, 130))
    return frame.to_csv(index=False, sep=";").encode()


def wind(start: str, hours: int) -> bytes:
    turn = np.arange(hours)
    frame = pd.DataFrame({
        "time": pd.date_range(start, periods=hours, freq="h").strftime("%Y-%m-%d %H:%M"),
        "wind speed (m/s)": (turn % 7 + 0.5).round(1), "wind direction (°)": (turn * 37) % 360,
        "rain (mm)": (turn % 5 == 0) * 0.2,
    })  # fmt: skip
    return frame.to_csv(index=False, sep=";").encode()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dataset, Snapshot]]:
    """A dataset of three schools in two countries, and its snapshot."""
    folder = tmp_path_factory.mktemp("pair")
    shared = create(folder / "shared", school="EE-A", region="EE-79", zone="Europe/Tallinn")
    for station in (ROOF, YARD, LAKE, ROOM):
        shared.add_station(station)
    given = [
        ("roof.csv", table("2023-11-01", 24 * 90, seed=1), "EE-A/roof"),
        ("yard.csv", table("2024-01-05", 24 * 60, seed=2, names=("pm25 (µg/m³)",)), "EE-B/yard"),
        ("lake.csv", wind("2024-01-01", 24 * 40), "DE-C/lake"),
        ("room.csv", table("2024-01-01", 24 * 20, seed=3, names=("CO2 (ppm)", "temp (°C)")), "EE-A/room"),
        ("life.csv", LIFE.encode(), "EE-A/roof"),
    ]
    for name, data, station in given:
        receipt = shared.upload(Source(name, data), station=station, accept_likely=True)
        assert receipt.status == "stored", receipt.text()
    shared.review("EE-A/roof", "temperature", 4, "device", since=pd.Timestamp("2023-11-10").to_pydatetime())
    snapshot_files.write(shared, folder / "snapshot")
    yield shared, Snapshot(folder / "snapshot")
    shared.close()


OUTSIDE = {"station": ["DE-C/lake", "EE-A/roof", "EE-B/yard"]}
QUESTIONS: list[dict[str, Any]] = [
    {**OUTSIDE, "variable": ["pm25", "temperature", "rain", "wind_speed", "wind_direction"]},
    {"variable": "pm25"},
    {"variable": "pm25", "school": "EE-B"},
    {"variable": "pm25", "region": "EE", "since": "2024-01-10", "until": "2024-01"},
    {"variable": "wind_direction"},
    {"variable": ["rain", "pm25"], "since": "2024", **OUTSIDE},
    {"variable": "pm25", "since": "2030"},
    {"variable": "pm10", **OUTSIDE},
]


@pytest.mark.parametrize("freq", ["1h", "1D", "1M", "1Y"])
@pytest.mark.parametrize("asked", QUESTIONS, ids=range(len(QUESTIONS)))
def test_readings_are_the_same(pair: tuple[Dataset, Snapshot], asked: dict[str, Any], freq: str) -> None:
    shared, copy = pair
    xr.testing.assert_identical(shared.readings(**asked, freq=freq), copy.readings(**asked, freq=freq))


@pytest.mark.parametrize(
    "asked",
    [{}, {"taxon": "parus MAJOR"}, {"taxon": "Parus"}, {"taxon": "Aves"}, {"since": "2024-05-02"},
     {"since": "2024-05", "until": "2024-05"}, {"until": "2024-06"}, {"until": "2023"}, {"school": "EE-B"}],
    ids=str,
)  # fmt: skip
def test_sightings_are_the_same(pair: tuple[Dataset, Snapshot], asked: dict[str, Any]) -> None:
    shared, copy = pair
    asked = {"station": OUTSIDE["station"], **asked} if "school" not in asked else asked
    one, two = shared.sightings(**asked), copy.sightings(**asked)
    pd.testing.assert_frame_equal(one, two)
    assert one.attrs == two.attrs


def test_what_it_is_is_the_same(pair: tuple[Dataset, Snapshot]) -> None:
    shared, copy = pair
    assert copy.stations() == [one for one in shared.stations() if one.exposure != "indoor"]
    assert (copy.version, copy.school, copy.regions()) == (shared.version, shared.school, shared.regions())
    assert copy.station("EE-B/yard") == YARD
    measured = {(one.stations[0], *one.record["variables"]) for one in copy.submissions()}
    assert ("DE-C/lake", "rain") in measured
    assert all("co2" not in one for one in measured)
    for one in (shared, copy):
        with pytest.raises(NotFoundError, match="EE-A/roof"):
            one.readings("pm25", station="EE-A/rof")
        with pytest.raises(NotFoundError, match="EE-79"):
            one.readings("pm25", region="EE-7")


def test_nothing_of_people_or_rooms_is_in_it(pair: tuple[Dataset, Snapshot]) -> None:
    folder = pair[1].folder
    text = (folder / "snapshot.json").read_text(encoding="utf-8")
    assert "roof.csv" not in text
    assert "room" not in text
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".json", ".npz"}


def test_the_same_version_gives_the_same_bytes(pair: tuple[Dataset, Snapshot], tmp_path: Path) -> None:
    snapshot_files.write(pair[0], tmp_path / "again")
    once = {path.name: path.read_bytes() for path in pair[1].folder.rglob("*") if path.is_file()}
    assert once == {
        path.name: path.read_bytes() for path in (tmp_path / "again").rglob("*") if path.is_file()
    }


def test_only_some_variables(pair: tuple[Dataset, Snapshot], tmp_path: Path) -> None:
    about = snapshot_files.write(pair[0], tmp_path / "some", ["pm25", "co2"])
    assert about["variables"] == ["pm25"]


def test_only_the_newest_hours_of_a_large_one(
    pair: tuple[Dataset, Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_files, "MOST_HOURS", 1000)
    about = snapshot_files.write(pair[0], tmp_path / "new")
    since = str(about["hours_since"])[:10]
    copy, asked = Snapshot(tmp_path / "new"), {"variable": "pm25", "freq": "1h"}
    whole = pair[0].readings(**asked, since=since, station="EE-B/yard")
    found = copy.readings(**asked, since=since, station="EE-B/yard")
    assert 0 <= whole.sizes["time"] - found.sizes["time"] <= 3  # the first hours of the local day
    xr.testing.assert_equal(whole["pm25"].sel(time=found["time"]), found["pm25"])
    assert copy.readings("pm25")["pm25"].equals(pair[0].readings("pm25")["pm25"])


def test_what_it_cannot_do_is_said(pair: tuple[Dataset, Snapshot]) -> None:
    copy = pair[1]
    for asked in ({"freq": None}, {"use": (1,)}, {"chunks": 2}):
        with pytest.raises(UsageError, match="hours and days") as caught:
            copy.readings("pm25", **asked)
        assert caught.value.code == "only-in-dataset"
    with pytest.raises(UsageError, match="cannot be done in the browser"):
        copy.annotate("EE-A/roof", "a bonfire")
    assert "ühistest andmetest" in copy.words("et")


@pytest.fixture
def copy(pair: tuple[Dataset, Snapshot]) -> Snapshot:
    return Snapshot(pair[1].folder)


@pytest.fixture
def real(pair: tuple[Dataset, Snapshot], tmp_path: Path) -> Iterator[Dataset]:
    """A copy of the dataset that may be changed."""
    import shutil

    shutil.copytree(pair[0].folder, tmp_path / "real")
    shared = Dataset(tmp_path / "real")
    yield shared
    shared.close()


NEW = Source("new.csv", table("2024-03-01", 24 * 20, seed=9))


def test_an_upload_shows_as_it_would_in_the_dataset(copy: Snapshot, real: Dataset) -> None:
    station = "EE-A/garden"
    one, two = (shared.upload(NEW, station=station, accept_likely=True) for shared in (real, copy))
    assert (one.status, two.status) == ("stored", "to-bring")
    same = ("rows", "accepted", "flagged", "rejected", "variables", "problems")
    assert {key: one.record[key] for key in same} == {key: two.record[key] for key in same}
    for freq in ("1h", "1D"):
        a, b = (shared.readings("pm25", station=station, freq=freq) for shared in (real, copy))
        xr.testing.assert_equal(a, b)
    assert copy.version == f"{copy._held.version.short}+1"
    assert copy.upload(NEW, station=station, accept_likely=True).status == "already"
    assert len(copy.brought()) == 1


def test_of_two_values_the_one_that_rests_on_more_counts(copy: Snapshot, real: Dataset) -> None:
    more = Source("more.csv", table("2024-01-20", 24 * 20, seed=1, names=("pm25 (µg/m³)",)))
    for shared in (real, copy):
        shared.upload(more, station="EE-A/roof", accept_likely=True)
    a, b = (shared.readings("pm25", station="EE-A/roof", since="2024-02-02") for shared in (real, copy))
    xr.testing.assert_equal(a["pm25"], b["pm25"])


def test_a_checklist_on_the_device(copy: Snapshot) -> None:
    before = len(copy.sightings())
    copy.upload(
        Source("birds.csv", LIFE.replace("2024", "2025").encode()), station="EE-B/yard", accept_likely=True
    )
    assert len(copy.sightings()) == before + 4
    assert copy.sightings("Parus", since="2025")["station"].tolist() == ["EE-B/yard", "EE-B/yard"]


def test_a_question_is_asked_and_nothing_is_kept(copy: Snapshot) -> None:
    with pytest.raises(AnswerNeeded):
        copy.upload(Source("x.csv", b"time;temp (F)\n2026-03-01 10:00;50\n2026-03-01 11:00;59\n"))
    assert copy.brought() == []


def test_what_was_brought_goes_into_the_inbox(copy: Snapshot, real: Dataset, tmp_path: Path) -> None:
    given = copy.upload(NEW, station="EE-A/roof", accept_likely=True)
    assert isinstance(given, Brought)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    assert given.save(inbox).name == "new-to-bring.zip"
    taken = [receipt for _, receipts in _all(real, inbox) for receipt in receipts]
    assert [(one.status, one.record["stations"][0]["id"]) for one in taken] == [("stored", "EE-A/roof")]
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(given.to_bring)) as packed:
        packed.extractall(unpacked)
    taken = [receipt for _, receipts in _all(real, unpacked) for receipt in receipts]
    assert [one.status for one in taken] == ["already"]
    assert [one.status for one in real.upload_all(inbox / "new-to-bring.zip")] == ["already"]


def _all(shared: Dataset, folder: Path) -> list[Any]:
    box = Inbox(shared, folder, Act({}))
    list(box.look())
    return list(box.look())


def test_the_receipt_has_the_file_to_save(copy: Snapshot) -> None:
    given = copy.upload(NEW, station="EE-A/roof", accept_likely=True)
    page = given.html("en")
    assert "download='new-to-bring.zip'" in page
    assert "bring it to your teacher" in page
    assert "on this device only" in given.text("en")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", to_bring(NEW, {})[:-30], b"time;x\n"])
def test_what_is_no_such_file_has_no_answers(data: bytes) -> None:
    assert answers_within(data) == {}


def test_a_broken_snapshot_is_said(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_text(json.dumps({"layout": 99}), encoding="utf-8")
    with pytest.raises(DatasetError, match="snapshot"):
        open_any(tmp_path)


def test_opened_like_a_dataset(pair: tuple[Dataset, Snapshot]) -> None:
    import kit

    assert isinstance(kit.open(pair[1].folder), Snapshot)
    assert isinstance(kit.open(pair[0].folder), Dataset)


def test_no_store_is_needed_to_read_it(pair: tuple[Dataset, Snapshot]) -> None:
    import subprocess

    code = f"""
import sys
for name in ("polars", "deltalake", "matplotlib", "pyarrow", "tzfpy", "filelock", "platformdirs", "requests",
             "python_calamine", "jupytext", "nbformat"):
    sys.modules[name] = None
import kit
copy = kit.open({str(pair[1].folder)!r})
kit.missing(copy.readings("pm25")).sentence("en")
kit.plot.timeline(copy.readings("pm25")).plotly("et")
copy.sightings("Parus")
from kit.model import Source
copy.upload(Source("n.csv", b"time;pm25\\n2026-03-01 10:00;5\\n2026-03-01 11:00;6\\n"),
            station="EE-A/roof", accept_likely=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
