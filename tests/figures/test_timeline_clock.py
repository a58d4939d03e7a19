"""Hours on a timeline are those of the stations' standard time; of several zones they are UTC."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from kit import figures


def readings(*zones: str) -> xr.Dataset:
    """One local day of July 10 at Tallinn's standard time, hour by hour; the highest value at noon there."""
    times = pd.date_range("2026-07-09 22:00", periods=24, freq="h").as_unit("us")
    values = np.tile(np.where(np.arange(24) == 12, 50.0, 5.0), (len(zones), 1))
    places = [f"EE-A/{place}" for place in range(len(zones))]
    return xr.Dataset(
        {"pm25": (("station", "time"), values)},
        {"station": places, "time": times, "zone": ("station", list(zones))},
        {"freq": "1h"},
    )


def test_a_day_of_one_zone_is_one_day_and_noon_is_noon() -> None:
    chart = figures.timeline(readings("Europe/Tallinn", "Europe/Tallinn"))
    words = chart.words("en")
    assert words.x == "time (standard time)"
    assert "from July 10, 2026 to July 10, 2026" in words.sentence
    assert "on July 10, 2026, 12:00" in words.sentence
    assert chart.words("et").x == "aeg (vööndiaeg)"
    assert "10. juuli 2026 kell 12:00" in chart.words("et").sentence


def test_hours_of_two_zones_are_utc() -> None:
    words = figures.timeline(readings("Europe/Tallinn", "Europe/Berlin")).words("en")
    assert words.x == "time (UTC)"
    assert "on July 10, 2026, 10:00" in words.sentence


def test_days_have_no_clock() -> None:
    ds = readings("Europe/Tallinn").assign_attrs(freq="1D")
    ds = ds.assign_coords(time=pd.date_range("2026-07-01", periods=24).as_unit("us"))
    words = figures.timeline(ds).words("en")
    assert words.x == "date"
    assert "on July 13, 2026." in words.sentence
