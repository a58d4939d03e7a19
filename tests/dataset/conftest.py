"""A dataset, and small files for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from kit.dataset import Dataset, create
from kit.model import Source, Station
from tests.formats.conftest import build_workbook

HEAD = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"
ROOF = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", exposure="roof", name="Roof")
DayFile = Callable[..., Source]


@pytest.fixture
def shared(tmp_path: Path) -> Dataset:
    """A dataset of one school with one station."""
    made = create(tmp_path / "shared", school="EE-A", region="EE-79", zone="Europe/Tallinn")
    made.add_station(ROOF)
    return made


@pytest.fixture
def day_file() -> DayFile:
    """Make a file of a fine-dust sensor (Sensor.Community's archive), a row a minute from a start.

    P1 (PM10) is the value, P2 (PM2.5) half of it; "" is a missing value.
    """

    def make(
        values: Sequence[float | str],
        start: str = "2024-03-01T00:00",
        *,
        lat: str = "58.378",
        lon: str = "26.729",
        step: int = 60,
    ) -> Source:
        times = np.datetime64(start, "s") + np.arange(len(values)) * np.timedelta64(step, "s")
        lines = [HEAD]
        for time, value in zip(times.astype(str), values, strict=True):
            half = "" if value == "" else float(value) / 2
            lines.append(f"7;SDS011;12;{lat};{lon};{time};{value};;;{half};;")
        return Source(f"{start[:10]}_sds011_sensor_7.csv", "\n".join(lines).encode() + b"\n")

    return make


@pytest.fixture
def values() -> Callable[..., dict[str, float]]:
    """Return the values of PM10 that count, by time."""

    def look(shared: Dataset, variable: str = "pm10") -> dict[str, float]:
        table = shared.readings(variable, freq=None)
        return {str(t)[:16]: v for t, v in zip(table["time"].to_numpy(), table["value"], strict=True)}

    return look


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """The builder of workbooks."""
    return build_workbook
