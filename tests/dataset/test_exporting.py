"""Exports are read back with pandas and compared with what the dataset says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit import text
from kit.dataset import Dataset, exporting
from kit.errors import NotFoundError, UsageError
from kit.model import RULES, Source, Station

DayFile = Callable[..., Source]
BIRDS = """date,species,count,complete
2024-05-01,Parus major,3,yes
2024-05-01,Pica pica,1,yes
2024-06-02,Parus major,2,no
"""


@pytest.fixture
def rich(shared: Dataset, day_file: DayFile) -> Dataset:
    """Two schools, two kinds of data, something retracted, suspect and missing; nasty names."""
    shared.add_station(
        Station("EE-B/yard", "EE-37", 59.4, 24.7, zone="Europe/Tallinn", name='=HYPERLINK("x")')
    )
    shared.upload(day_file([10.1, "", 14, 5000] * 700))
    shared.upload(day_file([10.3, 12], "2024-03-20T00:00"))
    shared.compact()
    wrong = shared.upload(day_file([99, 98], "2024-03-25T00:00"))
    shared.retract(wrong.submission)
    shared.upload(day_file([7, 8, 9], "2024-03-21T00:00"), station="EE-B/yard")
    shared.upload(Source("birds.csv", BIRDS.encode()), station="EE-A/roof", accept_likely=True)
    return shared


def unpacked(place: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(place) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(data: bytes, **how: object) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data), keep_default_na=False, na_values={"value": "NaN"}, **how)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("comma", [False, True])
def test_readings_come_back_as_they_are(rich: Dataset, tmp_path: Path, comma: bool) -> None:
    done = rich.export("csv", tmp_path / "out.zip", decimal_comma=comma)
    files = unpacked(tmp_path / "out.zip")
    assert done.files == len(files)
    assert done.version == f"{rich.version}/{RULES}"
    how: dict[str, object] = {"sep": ";", "decimal": ","} if comma else {}
    total = 0
    for variable in ("pm10", "pm25"):
        wanted = rich.readings(variable, freq=None)
        got = table(files[f"readings/{variable}.csv"], **how, dtype={"sensor": str})
        total += len(got)
        assert len(got) == len(wanted) == 2805
        np.testing.assert_array_equal(got["value"].to_numpy(float), wanted["value"].to_numpy())
        assert (pd.to_datetime(got["time_utc"]).to_numpy() == wanted["time"].to_numpy()).all()
        for column in ("station", "sensor", "variable", "flag", "reason", "submission", "row"):
            assert got[column].tolist() == wanted[column].tolist(), column
        assert (got["period_seconds"].to_numpy() == wanted["period"].to_numpy()).all()
        assert set(got["unit"]) == {"µg/m³"}
        local = pd.to_datetime(got["local_standard_time"]) - pd.to_datetime(got["time_utc"])
        assert set(local) == {pd.Timedelta(hours=2)}
    assert done.readings == total
    assert done.sightings == 3
    days = table(files["days/pm10.csv"], **how)
    array = rich.readings("pm10", freq="1D").to_dataframe().dropna(subset=["pm10"]).reset_index()
    assert days["date"].tolist() == array["time"].dt.strftime("%Y-%m-%d").tolist()
    assert days["station"].tolist() == array["station"].tolist()
    np.testing.assert_array_equal(days["value"].to_numpy(float), array["pm10"].to_numpy())
    seen = table(files["sightings.csv"], **how)
    assert seen["scientificName"].tolist() == rich.sightings()["scientificName"].tolist()
    assert "license" in seen


def test_a_spreadsheet_finds_no_formula(rich: Dataset, tmp_path: Path) -> None:
    rich.export("csv", tmp_path / "out.zip")
    files = unpacked(tmp_path / "out.zip")
    assert table(files["stations.csv"])["name"].tolist() == ["Roof", '\'=HYPERLINK("x")']
    assert all(files[name].startswith(b"\xef\xbb\xbf") for name in files)
    frame = pytest.importorskip("polars").DataFrame({
        "word": ["=1+1", "+a", "-b", "@c", "\td", "\re", "\nf", "g=", "", " =h", None], "value": [-1.5] * 11,
    })  # fmt: skip
    made = exporting._bytes(frame, exporting.Wanted((), (None, None), ".csv"))
    got = table(made, lineterminator=None)
    words = ["'=1+1", "'+a", "'-b", "'@c", "'\td", "'\re", "'\nf", "g=", "", " =h", ""]
    assert [one.replace("\r\n", "\n") for one in got["word"]] == words
    assert set(got["value"]) == {-1.5}  # numbers stay numbers


def test_what_is_chosen(rich: Dataset, tmp_path: Path) -> None:
    rich.export("csv", tmp_path / "b.zip", school="EE-B", since="2024-03-21", until="2024-03-21")
    files = unpacked(tmp_path / "b.zip")
    assert set(table(files["readings/pm10.csv"])["station"]) == {"EE-B/yard"}
    assert table(files["stations.csv"])["id"].tolist() == ["EE-B/yard"]
    assert len(table(files["submissions.csv"])) == 1
    assert "sightings.csv" not in files
    with pytest.raises(NotFoundError):
        rich.export("csv", tmp_path / "c.zip", school="EE-X")
    with pytest.raises(UsageError, match="exists already"):
        rich.export("csv", tmp_path / "b.zip")
    with pytest.raises(UsageError, match="csv, parquet, school"):
        rich.export("xml", tmp_path / "c.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "shared"]


def test_parquet_in_a_folder(rich: Dataset, tmp_path: Path) -> None:
    import polars as pl

    rich.export("parquet", tmp_path / "out")
    got = pl.read_parquet(tmp_path / "out" / "readings" / "pm10.parquet")
    wanted = rich.readings("pm10", freq=None)
    np.testing.assert_array_equal(got["value"].to_numpy(), wanted["value"].to_numpy())
    assert got["time_utc"].to_list() == wanted["time"].dt.to_pydatetime().tolist()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "README.txt", "readings", "days", "stations.parquet", "submissions.parquet", "variables.parquet",
        "reasons.parquet", "sightings.parquet",
    }  # fmt: skip
    assert pl.read_parquet(tmp_path / "out" / "stations.parquet")["name"].to_list() == [
        "Roof",
        '=HYPERLINK("x")',
    ]


def test_a_school_takes_its_data_along(rich: Dataset, tmp_path: Path) -> None:
    with text.using("en"):
        rich.export("school", tmp_path / "mine.zip")
    files = unpacked(tmp_path / "mine.zip")
    mine = [item for item in rich.submissions() if item.school == "EE-A"]
    assert len(mine) == 4
    for item in mine:
        data = files[f"files/{item.id[:12]}-{item.file}"]
        assert data == rich._store.objects.raw(item.entry.payload)
        assert "rows" in files[f"receipts/{item.id[:12]}-{item.file}.txt"].decode()
    given = table(files["submissions.csv"])
    assert given["taken_back"].tolist() == [item.retracted for item in mine] != [False] * 4
    assert set(table(files["readings/pm10.csv"])["station"]) == {"EE-A/roof"}
    assert files["entries.jsonl"].count(b"\n") == 4
    readme = files["README.txt"].decode("utf-8-sig")
    assert f"version {rich.version}/{RULES}" in readme
    assert "files/ has what EE-A gave" in readme
    assert "µg/m³" in files["variables.csv"].decode()
    with pytest.raises(UsageError, match="Whose data"):
        rich.export("school", tmp_path / "x.zip", school=["EE-A", "EE-B"])


def test_many_rows_are_several_files(rich: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ROWS", 1000)
    monkeypatch.setattr(exporting, "PART", 10)
    rich.export("csv", tmp_path / "out.zip")
    files = unpacked(tmp_path / "out.zip")
    names = ["readings/pm10.csv", *(f"readings/pm10-{number}.csv" for number in (2, 3, 4))]
    parts = pd.concat([table(files[name]) for name in names])
    wanted = rich.readings("pm10", freq=None)
    assert max(len(table(files[name])) for name in names) == 1000
    np.testing.assert_array_equal(parts["value"].to_numpy(float), wanted["value"].to_numpy())


def test_an_empty_dataset(tmp_path: Path) -> None:
    from kit.dataset import create

    done = create(tmp_path / "empty").export("csv", tmp_path / "out.zip")
    assert (done.readings, done.sightings) == (0, 0)
    files = unpacked(tmp_path / "out.zip")
    assert len(table(files["stations.csv"])) == 0
    assert "README.txt" in files
