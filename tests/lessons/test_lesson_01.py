"""Lesson 1, our station: answers counted in the file with pandas alone, and for other stations and files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import kit
from kit.lesson import Running
from tests.lessons.conftest import Begin
from tests.lessons.executed import LESSONS

FILE = LESSONS / "01-our-station" / "data" / "meie_jaam_2025-05.csv"
ROOF = "EE-TRT-7k2p/roof"


def raw() -> pd.DataFrame:
    return pd.read_csv(FILE, sep=";", decimal=",", na_values="---")


def right(task: str, given: object) -> bool:
    return kit.answer(task, given).state == "right"


def begun(begin: Begin, depth: str, **chosen: str | Path) -> Running:
    running = begin("01-our-station", depth=depth, **chosen)
    running.catch_up()
    return running


def test_the_file_counted_by_hand(begin: Begin) -> None:
    running = begun(begin, "A")
    table = raw()
    days = table["Aeg"].str[:10]
    assert right("3", len(table))
    assert right("4", f"{table['Temp'].max():.1f} °C".replace(".", ","))
    assert right("7", int((~days.isin([f"{day:02d}.05.2025" for day in range(1, 32)])).sum()))
    assert right("8", int(table.duplicated().sum()))
    assert right("5", "a"), "the file does not say in which unit the temperature is"
    assert right("6", "a")
    assert list(running.report.dropped_columns) == ["Vaatleja"]
    assert table.columns[-1] == "Vaatleja"


def test_every_row_of_the_receipt_is_accounted_for(begin: Begin) -> None:
    running = begin("01-our-station", depth="A")
    receipt = running.upload()
    assert receipt.status == "stored"
    assert (receipt.rows, receipt.rejected, receipt.duplicate, receipt.flagged) == (338, 1, 2, 3)
    assert receipt.accepted + receipt.flagged + receipt.rejected + receipt.duplicate == receipt.rows
    assert "paar" not in receipt.text("en")
    assert running.upload().status == "already"


def by_day(table: pd.DataFrame) -> pd.Series:
    """Means of the local standard days of our file, from the hours of the file."""
    times = pd.to_datetime(table["Aeg"], format="%d.%m.%Y %H:%M", errors="coerce")
    hours = table.assign(time=times).dropna(subset=["time", "Temp"]).drop_duplicates("time")
    standard = hours["time"] - pd.Timedelta(hours=1)  # May: the clock shows summer time
    means = hours.groupby(standard.dt.normalize())["Temp"].agg(["mean", "count"])
    return means.loc[means["count"] >= 18, "mean"]


def test_the_comparison_is_that_of_the_days_of_the_files(begin: Begin) -> None:
    running = begun(begin, "C")
    ours = by_day(raw())
    others = pd.concat([_days_of(running, place) for place in (ROOF, "EE-TRT-m4x9/garden")], axis=1)
    apart = ours - others.mean(axis=1)
    shared_days = apart.dropna()
    assert len(shared_days) == 14
    assert float(shared_days.mean()) == pytest.approx(running.comparison.difference, abs=0.01)
    assert right("11", f"{abs(shared_days).max():.1f}")
    assert not right("11", f"{abs(shared_days).max() + 0.3:.1f}")
    begun(begin, "A")
    assert right("9", "b")
    assert shared_days.mean() < -0.5


def _days_of(running: Running, station: str, month: str = "2025-05") -> pd.Series:
    """Means of the local standard days of one station, from its readings one by one."""
    rows = running.shared.readings("temperature", station=station, since=month, until=month, freq=None)
    rows = rows[rows["flag"].isin([1, 2, 3]) & rows["value"].notna()]
    hours = rows.set_index(rows["time"] + pd.Timedelta(hours=2))["value"].resample("h").mean().dropna()
    means = hours.groupby(hours.index.normalize()).agg(["mean", "count"])
    return means.loc[means["count"] >= 18, "mean"].rename(station)


def test_another_station_has_other_right_answers(begin: Begin) -> None:
    running = begun(begin, "B", station=ROOF)
    assert running.file is not None
    assert running.file.name == "ilmajaam_2025-12.csv"
    assert right("3", running.report.rows)
    assert not right("3", len(raw()))
    assert not right("4", raw()["Temp"].max())
    assert right("5", "e"), "this file raises no question"


def test_a_file_in_fahrenheit(begin: Begin, tmp_path: Path) -> None:
    file = tmp_path / "yard.csv"
    rows = [
        f"2024-07-{day:02d} {hour:02d}:00;{78 + hour / 3:.1f}" for day in range(1, 9) for hour in range(24)
    ]
    file.write_text("time;temperature (°F)\n" + "\n".join(rows) + "\n", encoding="utf-8")
    running = begun(begin, "A", file=file, station="EE-TRT-c8r5/garden")
    assert right("6", "b")
    assert right("5", "e"), "the unit stands in the header"
    assert right("4", f"{(78 + 23 / 3 - 32) / 1.8:.1f} °C")
    assert right("4", "85.7 °F"), "an answer may carry its own unit"
    others = [_days_of(running, place, "2024-07").head(9) for place in (ROOF, "EE-TRT-m4x9/garden")]
    assert float(pd.concat(others, axis=1).max().max()) < (78 - 32) / 1.8
    assert right("9", "a"), "warmer on each of these days"
