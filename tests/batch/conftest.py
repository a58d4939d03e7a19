"""A small dataset of schools with daily values, made as a school would: by uploading tables."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import create
from kit.model import Station

PER_YEAR = -0.5


def table(number: int, days: int) -> str:
    """Days with a season, some unevenness and a fall of half a microgram a year."""
    lines = ["Date,PM2.5 (µg/m³)"]
    for i in range(days):
        value = 10 + number + 3 * math.cos(i / 58.1) + PER_YEAR * i / 365.25 + (i * 7919) % 13 / 5
        lines.append(f"{dt.date(2020, 1, 1) + dt.timedelta(i)},{value:.1f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Regions EE-79 (two schools, six years) and EE-37 (one school, 200 days)."""
    folder = tmp_path_factory.mktemp("batch")
    made = create(folder / "data")
    places = [
        ("EE-AAA-1aaa/roof", "EE-79", 58.38, 26.72, "School <A> & friends", 6 * 365 + 2),
        ("EE-BBB-2bbb/yard", "EE-79", 58.2, 26.4, "School B", 6 * 365 + 2),
        ("EE-CCC-3ccc/roof", "EE-37", 59.4, 24.7, "School C", 200),
    ]
    for number, (station, region, latitude, longitude, name, days) in enumerate(places):
        made.add_station(Station(station, region, latitude, longitude, 60, "Europe/Tallinn", "roof", name))
        file = folder / f"pm{number}.csv"
        Path(file).write_text(table(number, days), "utf-8")
        made.upload(file, station=station, school=station.split("/")[0])
    return made
