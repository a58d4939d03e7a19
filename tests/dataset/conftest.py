"""A dataset, and small files for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from kit.dataset import Dataset, create
from kit.model import Source

HEAD = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"


@pytest.fixture
def shared(tmp_path: Path) -> Dataset:
    """An empty dataset of one school."""
    return create(tmp_path / "shared", school="EE-A", region="EE-79", zone="Europe/Tallinn")


@pytest.fixture
def day_file() -> Callable[..., Source]:
    """Make a file of a fine-dust sensor (Sensor.Community's archive): a value per minute from a start."""

    def make(
        values: Sequence[float | str], start: str = "2024-03-01T00:00", sensor: int = 7, name: str = ""
    ) -> Source:
        times = np.datetime64(start, "s") + np.arange(len(values)) * np.timedelta64(60, "s")
        lines = [HEAD]
        lines += [
            f"{sensor};SDS011;12;58.378;26.729;{time};{value};;;{value};;"
            for time, value in zip(times.astype(str), values, strict=True)
        ]
        return Source(name or f"{start[:10]}_sds011_sensor_{sensor}.csv", "\n".join(lines).encode() + b"\n")

    return make
