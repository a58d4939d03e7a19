"""What a snapshot holds, which files are opened, and that rows come sorted from several files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from kit.store.datafiles import DataFile, apart
from kit.store.layouts import SETTLED
from kit.store.tables import Table

IDS = [f"EE-{letter}/roof" for letter in "ABCDEF"]


@pytest.fixture(params=["plain", "a=b"])
def table(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Table, dict[str, str | int]]:
    """Two variables in three files each, written in another order than that of their stations."""
    made = Table(tmp_path / request.param, SETTLED["days"])
    snapshot = made.prepare(None)
    for number, (variable, low) in enumerate(
        [("rain", 4), ("rain", 0), ("pm25", 2), ("rain", 2), ("pm25", 4), ("pm25", 0)]
    ):
        rows = made.layout.no_rows().clear(4).with_columns(
            variable=pl.lit(variable), station=pl.Series([IDS[low], IDS[low + 1]] * 2),
            time=pl.Series([datetime(2024 + low, 1, 1), datetime(2024 + low, 1, 2)]).gather([0, 0, 1, 1]),
            period=pl.lit(86_400, pl.Int64),
        )  # fmt: skip
        where = f"variable = '{variable}' AND station >= '{IDS[low]}' AND station <= '{IDS[low + 1]}'"
        snapshot = made.replace(snapshot, rows, where, "test", number + 1)
    return made, {"id": str(snapshot.metadata().id), "version": snapshot.version()}


def test_rows_come_sorted_and_partitions_are_named(table: tuple[Table, dict[str, str | int]]) -> None:
    made, named = table
    rows = made.scan(named).collect()
    assert len(rows) == 24
    assert rows.equals(rows.sort(made.layout.order))
    assert rows["time"].dtype == pl.Datetime("us")
    assert made.scan(named, ["rain"]).collect()["variable"].unique().to_list() == ["rain"]
    assert made.scan(named, ["no2"]).collect().is_empty()


def test_files_are_left_out_and_conditions_hold(table: tuple[Table, dict[str, str | int]]) -> None:
    made, named = table
    files = made.contents(named)
    assert [one.rows for one in files] == [4] * 6
    assert apart(files)
    only = (IDS[2], IDS[2])
    assert sum(one.may_hold(only, (None, None)) for one in files) == 2
    day = datetime(2026, 1, 2)
    assert sum(one.may_hold(None, (day, day + timedelta(days=1))) for one in files) == 2
    assert not any(one.may_hold(None, (datetime(2040, 1, 1), None)) for one in files)
    where = (pl.col("station") == IDS[2]) & (pl.col("time") >= day.replace(tzinfo=UTC))
    rows = made.scan(named, stations=only, where=where).collect()
    assert rows.select("variable", "station", "time").rows() == [("pm25", IDS[2], day), ("rain", IDS[2], day)]


def test_files_that_overlap_are_sorted_when_read() -> None:
    one, other = DataFile("a", "1", 1, ("A", "C")), DataFile("a", "2", 1, ("B", "D"))
    assert not apart([one, other])
    assert not apart([one, DataFile("a", "3", 1)])
    assert apart([one, DataFile("b", "2", 1, ("A", "C"))])


def test_another_table_under_the_name_is_noticed(table: tuple[Table, dict[str, str | int]]) -> None:
    made, named = table
    with pytest.raises(FileNotFoundError):
        made.scan({**named, "id": "other"})
