"""Reading: arrays, long tables, sightings, selections, errors that help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.dataset.settings import find
from kit.errors import DatasetError, NotFoundError, UsageError
from kit.model import RULES, Source, Station
from kit.store import folder as disk

DayFile = Callable[..., Source]


@pytest.fixture
def two_schools(shared: Dataset, day_file: DayFile) -> Dataset:
    """Hourly values of three days (UTC) at two stations in two regions."""
    shared.add_station(Station("DE-B/yard", "DE-MV", 53.36, 13.06, zone="Europe/Berlin", exposure="garden"))
    wave = [0.5, -0.5] * 12
    levels = [level + w for level in (10, 20, 30) for w in wave]
    shared.upload(day_file(levels, step=3600))
    lower = [level / 2 for level in levels]
    shared.upload(day_file(lower, step=3600, lat="53.36", lon="13.06"), station="DE-B/yard")
    return shared


def test_a_cf_dataset_of_local_standard_days(two_schools: Dataset) -> None:
    ds = two_schools.readings("pm10", freq="1D")
    assert ds["pm10"].dims == ("station", "time")
    assert ds["station"].values.tolist() == ["DE-B/yard", "EE-A/roof"]
    assert ds["region"].values.tolist() == ["DE-MV", "EE-79"]
    assert ds["station_name"].values.tolist() == ["DE-B/yard", "Roof"]
    days = [str(day)[:10] for day in ds["time"].values]
    assert days == ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]
    roof = ds["pm10"].sel(station="EE-A/roof")
    # Tallinn's standard day is 22 h of one UTC day and 2 h of the one before: (2*10 + 22*20) / 24.
    assert roof.sel(time="2024-03-02").item() == pytest.approx((2 * 10 + 22 * 20) / 24)
    assert np.isnan(roof.sel(time="2024-03-04").item())  # 2 hours are no day
    assert ds.attrs == {
        "Conventions": "CF-1.13", "featureType": "timeSeries", "freq": "1D", "rules": RULES,
        "dataset_version": two_schools.version,
    }  # fmt: skip
    assert ds["pm10"].attrs["units"] == "ug m-3"
    assert ds["pm10"].attrs["cell_methods"] == "time: mean"
    assert ds["pm10"].attrs["ancillary_variables"] == "pm10_flag pm10_coverage"
    assert ds["pm10_flag"].dtype == np.int8
    assert ds["pm10_coverage"].sel(station="EE-A/roof", time="2024-03-02").item() == 1


def test_several_variables_hours_and_months(two_schools: Dataset) -> None:
    ds = two_schools.readings(["pm10", "pm25"], station="EE-A/roof", freq="1h")
    assert ds.sizes == {"station": 1, "time": 72}
    assert (ds["pm10"] == 2 * ds["pm25"]).all()
    assert str(ds["time"].values[0]) == "2024-03-01T00:00:00.000000"
    month = two_schools.readings("pm10", freq="1M")
    assert np.isnan(month["pm10"]).all()  # three days are no month
    with pytest.raises(UsageError, match="fortnight is not a step of time"):
        two_schools.readings("pm10", freq="fortnight")


def test_the_long_table_has_the_readings_columns(two_schools: Dataset) -> None:
    from kit.model import READINGS

    table = two_schools.readings("pm10", freq=None)
    assert list(table.columns) == [*READINGS, "submission"]
    assert {name: str(table[name].dtype) for name in READINGS} == {
        name: str(pd.Series(dtype=dtype).dtype) for name, dtype in READINGS.items()
    }
    assert len(table) == 144
    everything = two_schools.readings(freq=None)
    assert sorted(set(everything["variable"])) == ["pm10", "pm25"]


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2024-03-02", None, "2024-03-01 22:00:00", "2024-03-03 23:00:00"),
        (None, "2024-03-02", "2024-03-01 00:00:00", "2024-03-02 21:00:00"),
        ("2024-03-02", "2024-03-02", "2024-03-01 22:00:00", "2024-03-02 21:00:00"),
        ("2024-03", "2024", "2024-03-01 00:00:00", "2024-03-03 23:00:00"),
    ],
)
def test_since_and_until_are_local_dates(
    two_schools: Dataset, since: str | None, until: str | None, first: str, last: str
) -> None:
    table = two_schools.readings("pm10", station="EE-A/roof", since=since, until=until, freq=None)
    times = table["time"].astype(str)
    assert (times.iloc[0], times.iloc[-1]) == (first, last)


def test_dates_of_two_zones(two_schools: Dataset) -> None:
    table = two_schools.readings("pm10", since="2024-03-02", until="2024-03-02", freq=None)
    starts = table.groupby("station")["time"].min().astype(str).to_dict()
    assert starts == {"DE-B/yard": "2024-03-01 23:00:00", "EE-A/roof": "2024-03-01 22:00:00"}
    assert len(two_schools.readings("pm10", since="2025", freq=None)) == 0
    assert two_schools.readings("pm10", since="2025").sizes == {"station": 0, "time": 0}
    with pytest.raises(UsageError, match=r"1\.3\.2024 is not a date.*2026-03-01"):
        two_schools.readings("pm10", since="1.3.2024")


def test_selections_by_school_and_region(two_schools: Dataset) -> None:
    def stations(**by: str | list[str]) -> list[str]:
        return two_schools.readings("pm10", **by)["station"].values.tolist()  # type: ignore[arg-type, union-attr]

    assert stations(region="EE") == stations(region="EE-79") == stations(school="EE-A") == ["EE-A/roof"]
    assert stations(region=["EE-79", "DE-MV"]) == ["DE-B/yard", "EE-A/roof"]
    assert two_schools.schools() == ["DE-B", "EE-A"]
    assert two_schools.regions() == ["DE-MV", "EE-79"]


def test_what_is_unknown_names_what_is_close(two_schools: Dataset) -> None:
    with pytest.raises(NotFoundError, match=r"no station EE-A/rof .*EE-A/roof"):
        two_schools.readings("pm10", station="EE-A/rof")
    with pytest.raises(NotFoundError, match=r"no region EE-7 .*EE-79"):
        two_schools.readings("pm10", region="EE-7")
    with pytest.raises(NotFoundError, match=r"no variable named pm22"):
        two_schools.readings("pm22")
    with pytest.raises(NotFoundError, match=r"no school XX "):
        two_schools.sightings(school="XX")


def test_an_empty_dataset_can_be_read(tmp_path: Path) -> None:
    empty = create(tmp_path / "empty")
    assert empty.version == ""
    assert empty.stations() == []
    assert empty.readings("pm25").sizes == {"station": 0, "time": 0}
    assert len(empty.readings(freq=None)) == 0
    assert len(empty.sightings()) == 0
    assert empty.verify()["ok"]
    empty.rebuild()
    assert empty.versions() == []


HEADER = (
    "id,observed_on_string,observed_on,time_observed_at,time_zone,user_id,user_login,quality_grade,license,"
    "num_identification_agreements,latitude,longitude,positional_accuracy,coordinates_obscured,species_guess,"
    "scientific_name,common_name,taxon_class_name,taxon_id\n"
)
SEEN = [
    "11,2024-05-01 08:30,2024-05-01,2024-05-01 05:30:00 UTC,Tallinn,1,kid,research,CC-BY,2,58.378,26.729,10,"
    "false,Great Tit,Parus major,Great Tit,Aves,203153\n",
    "12,2024-05-02 09:30,2024-05-02,2024-05-02 06:30:00 UTC,Tallinn,1,kid,research,CC-BY,2,58.378,26.729,10,"
    "false,Red Fox,Vulpes vulpes,Red Fox,Mammalia,42069\n",
    "13,2024-05-03 09:30,2024-05-03,2024-05-03 06:30:00 UTC,Tallinn,1,kid,research,CC-BY,2,58.378,26.729,10,"
    "false,Willow Tit,Parus montanus,Willow Tit,Aves,13632\n",
]  # fmt: skip


def test_sightings_by_taxon_and_date(shared: Dataset) -> None:
    first = Source("observations-1.csv", (HEADER + "".join(SEEN)).encode())
    receipt = shared.upload(first, station="EE-A/roof")
    assert (receipt.status, receipt.rows) == ("stored", 3)
    names = shared.sightings()["scientificName"].tolist()
    assert sorted(names) == ["Parus major", "Parus montanus", "Vulpes vulpes"]
    assert sorted(shared.sightings("aves")["vernacularName"]) == ["Great Tit", "Willow Tit"]
    assert len(shared.sightings("Parus")) == 2
    assert len(shared.sightings("Par")) == 0
    assert shared.sightings("red fox")["eventDate"].tolist() == ["2024-05-02"]
    assert len(shared.sightings(since="2024-05-02", until="2024-05-02")) == 1
    assert "kid" not in first.name
    raw = b"".join(path.read_bytes() for path in (shared.folder / "raw").rglob("*") if path.is_file())
    assert b"kid" not in raw  # the login was dropped before anything was written
    # The next export holds the old ones again: each sighting counts once.
    second = Source("observations-2.csv", (HEADER + "".join(SEEN[1:])).encode())
    assert shared.upload(second, station="EE-A/roof").duplicate == 2
    assert len(shared.sightings()) == 3


def test_opening(shared: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_DATASET", str(shared.folder))
    assert open_dataset().folder == shared.folder
    monkeypatch.delenv("KIT_DATASET")
    (shared.folder / "inbox").mkdir()
    monkeypatch.chdir(shared.folder / "inbox")
    assert open_dataset().folder == shared.folder
    assert open_dataset().school == "EE-A"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match=r"There is no shared dataset here.*kit init"):
        open_dataset()
    with pytest.raises(DatasetError, match=r"nowhere is not a shared dataset.*kit init"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"https://hub.example.org cannot be opened"):
        find("https://hub.example.org")
    with pytest.raises(UsageError, match="is a shared dataset already"):
        create(shared.folder)


def test_folders_that_are_not_for_this_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kit.toml").write_text("layout = 99\n")
    with pytest.raises(DatasetError, match=r"made by a newer kit\..*number 99.*Install a newer kit"):
        open_dataset(tmp_path)
    (tmp_path / "kit.toml").write_text("layout = = 1\n")
    with pytest.raises(DatasetError, match=r"kit\.toml cannot be understood"):
        open_dataset(tmp_path)
    (tmp_path / "kit.toml").write_text("layout = 1\n")
    monkeypatch.setattr(disk, "file_system", lambda folder: "nfs4")
    with pytest.raises(DatasetError, match=r"network share \(nfs4\).*hub") as error:
        open_dataset(tmp_path)
    assert error.value.exit_status == 4
    assert not (tmp_path / "journal.sqlite").exists()


def test_what_another_process_gave_is_seen(shared: Dataset, day_file: DayFile) -> None:
    other = open_dataset(shared.folder)
    assert len(other.readings("pm10", freq=None)) == 0
    shared.upload(day_file([10, 12]))
    assert len(other.readings("pm10", freq=None)) == 2
    assert other.version == shared.version
