"""``verify`` also looks at what is settled: what counts, final flags, days, checks that could not run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.entry import canonical_json
from kit.model import Source, Station
from kit.store.layouts import SETTLED

DayFile = Callable[..., Source]


@pytest.fixture
def settled(shared: Dataset, day_file: DayFile) -> Dataset:
    shared.add_station(Station("EE-B/yard", "EE-79", 58.40, 26.73, zone="Europe/Tallinn"))
    shared.upload(day_file([10, "", 14, 12] * 720))
    shared.upload(day_file([31, 32, 33], "2024-03-01T05:00"))
    shared.upload(day_file([20, 21] * 720), station="EE-B/yard")
    shared.compact()
    return shared


def falsify(shared: Dataset, name: str, change: Callable[[Any], Any]) -> None:
    """Write a settled table anew with other rows, and let the version name it as if it were settled so."""
    import dataclasses

    store = shared._store
    version = store.versions.newest()
    assert version is not None
    table = store.tables[name]
    snapshot = table.open()
    rows = change(table.scan(version.settled.tables[name]).collect()).select(list(SETTLED[name].all_columns))
    after = table.replace(snapshot, rows, "", "test", 1)
    table.sync(snapshot.version(), after.version())
    tables = {**version.settled.tables, name: {"id": str(after.metadata().id), "version": after.version()}}
    made = dataclasses.replace(version, settled=dataclasses.replace(version.settled, tables=tables))
    path = store.folder / "versions" / f"{version.number}.json"
    path.write_bytes(canonical_json(dataclasses.asdict(made)))


def wrong(name: str) -> tuple[str, Callable[[Any], Any]]:
    import polars as pl

    first = pl.col("row") == 3
    row_one = {"counts": pl.when(first).then(~pl.col("counts")).otherwise(pl.col("counts"))}
    flag = {"final_flag": pl.when(first).then(4).otherwise(pl.col("final_flag")).cast(pl.Int8)}
    value = {
        "value": pl.when(pl.col("station") == "EE-B/yard")
        .then(pl.col("value") + 1e-12)
        .otherwise(pl.col("value"))
    }
    return {
        "counts": ("readings", lambda rows: rows.with_columns(**row_one)),
        "final flag": ("readings", lambda rows: rows.with_columns(**flag)),
        "a day's value": ("days", lambda rows: rows.with_columns(**value)),
        "a day missing": ("days", lambda rows: rows.filter(pl.col("station") != "EE-A/roof")),
        "a check that did run": ("not_run", lambda rows: rows.head(0)),
    }[name]  # type: ignore[return-value]


@pytest.mark.parametrize(
    "what", ["counts", "final flag", "a day's value", "a day missing", "a check that did run"]
)
def test_it_finds_what_does_not_follow(settled: Dataset, what: str) -> None:
    good = settled.verify()
    assert good["ok"], good["differences"]
    table, change = wrong(what)
    falsify(settled, table, change)
    again = open_dataset(settled.folder)
    found = again.verify()
    assert not found["ok"]
    assert all(line.startswith(f"table {table}: what is settled of pm") for line in found["differences"])
    if table == "days":
        where = "EE-B/yard" if what == "a day's value" else "EE-A/roof"
        assert {line.split(" at ")[1].split()[0] for line in found["differences"]} == {where}
    assert found["tables"] == good["tables"]  # the hashes are of what was given
    again.rebuild()
    assert again.verify() == {**good, "version": again.version}


def test_every_table_has_its_hash_whatever_is_settled(
    settled: Dataset, tmp_path: Path, day_file: DayFile
) -> None:
    good = settled.verify()
    assert set(good["tables"]) == {"readings", "sightings", "days", "not_run"}
    assert len(set(good["tables"].values())) == 4
    other = create(tmp_path / "other")
    other.merge(settled.folder)
    assert other.verify()["tables"] == good["tables"]
    settled.retract(settled.submissions()[1].id)
    changed = settled.verify()
    assert changed["ok"]
    assert changed["tables"]["days"] != good["tables"]["days"]
    assert changed["tables"]["readings"] == good["tables"]["readings"]


def test_a_settled_table_that_is_gone(settled: Dataset) -> None:
    import shutil

    shutil.rmtree(settled.folder / "tables" / "days")
    found = settled.verify()
    assert found["differences"] == ["table days: it cannot be read"]
    assert settled.readings("pm10", freq="1D").sizes["station"] == 2
