"""A small shared dataset for the panels: two schools, three stations, a wrong value, wind at one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kit.dataset import Dataset, create
from kit.model import Source, Station

ROOF, YARD, FAR = "EE-AAA/roof", "EE-AAA/yard", "EE-BBB/roof"
SPIKE = pd.Timestamp("2026-05-03 12:00")
HEAD = "time (UTC);PM2.5 (µg/m³);temperature (C);wind speed (m/s);wind direction (deg)\n"


def rows(seed: int, days: int = 10) -> pd.DataFrame:
    """Hours of May 2026 with a course of the day; the values of ``seed`` and no other."""
    random = np.random.default_rng(seed)
    time = pd.date_range("2026-05-01", periods=24 * days, freq="h")
    hour = time.hour.to_numpy()
    course = np.cos(2 * np.pi * hour / 24)
    return pd.DataFrame({
        "time": time,
        "pm25": (8 + 3 * course + random.gamma(2, 0.5, len(time))).round(1),
        "temperature": (12 - 5 * course + random.normal(0, 0.4, len(time))).round(1),
        "wind_speed": random.gamma(3, 1, len(time)).round(1),
        "wind_direction": random.integers(0, 36, len(time)) * 10,
    })  # fmt: skip


def csv(table: pd.DataFrame, wind: bool = False) -> bytes:
    """The file that a device would give."""
    names = ["time", "pm25", "temperature", *(["wind_speed", "wind_direction"] if wind else [])]
    head = ";".join(HEAD.strip().split(";")[: len(names)])
    lines = (";".join(str(cell) for cell in line) for line in table[names].itertuples(index=False))
    return "\n".join([head, *lines, ""]).encode()


@pytest.fixture
def region(tmp_path: Path) -> Dataset:
    made = create(tmp_path / "region", school="EE-AAA", region="EE-79", zone="Europe/Tallinn")
    for place, region, name, lat in (
        (ROOF, "EE-79", "Roof", 58.4),
        (YARD, "EE-79", "=Yard", 58.5),
        (FAR, "EE-37", "Far", 59.3),
    ):
        made.add_station(Station(place, region, lat, 26.0, 60.0, "Europe/Tallinn", "roof", name))
    first = rows(1)
    first.loc[first["time"] == SPIKE, "pm25"] = 480.0
    made.upload(Source("roof.csv", csv(first, wind=True)), station=ROOF)
    made.upload(Source("yard.csv", csv(rows(2))), station=YARD)
    made.upload(Source("far.csv", csv(rows(3))), station=FAR, school="EE-BBB")
    return made


def words(widget: Any) -> str:
    """All words on a panel."""
    own = f"{getattr(widget, 'description', '')} {getattr(widget, 'value', '')}"
    return own + " ".join(words(child) for child in getattr(widget, "children", ()))


def fields(widget: Any) -> list[Any]:
    """All controls on a panel, in the order in which Tab reaches them."""
    kinds = ("Text", "Textarea", "Dropdown", "Combobox", "FileUpload", "Button", "RadioButtons", "Checkbox",
             "DatePicker", "NaiveDatetimePicker")  # fmt: skip
    inside = [field for child in getattr(widget, "children", ()) for field in fields(child)]
    return [*([widget] if type(widget).__name__ in kinds else []), *inside]
