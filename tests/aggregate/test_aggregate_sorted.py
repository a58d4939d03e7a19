"""What is sorted already takes a shorter way; the result is that of rows in any order, bit for bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit import aggregate
from kit.model import Station

PLACES = {
    name: Station(name, zone=zone)
    for name, zone in (("s/a", "Europe/Tallinn"), ("s/b", "Asia/Kolkata"), ("s/c", "Europe/Moscow"))
}


def readings(seed: int) -> pd.DataFrame:
    """Return readings of several devices, hourly and irregular, with gaps, sorted as in a settled table."""
    rng = np.random.default_rng(seed)
    frames = []
    for variable in ("pm25", "rain", "temperature_max", "wind_direction", "wind_speed"):
        for station in PLACES:
            for sensor in "12"[: 1 + seed % 2]:
                step = rng.choice([3600.0, 146.37, 600.0, 1800.0])
                count = int(rng.integers(1, 60 * 86_400 // step / 4 + 2))
                stamp = np.cumsum(step * rng.choice([1, 1, 1, 1, 2, 30], count) * 1e6).astype("m8[us]")
                period = 3600 if step == 3600 or variable == "rain" else 0
                frames.append(pd.DataFrame({
                    "station": station, "sensor": sensor, "variable": variable,
                    "time": np.datetime64("2014-09-20", "us") + stamp, "period": np.int32(period),
                    "value": np.round(rng.normal(150, 40, count) % 360, 1),
                    "flag": rng.choice(np.array([1, 1, 2, 3, 4], dtype=np.int8), count),
                }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("freq", aggregate.FREQUENCIES)
@pytest.mark.parametrize("seed", range(4))
def test_order_of_rows_does_not_matter(freq: str, seed: int) -> None:
    table = readings(seed)
    mixed = table.sample(frac=1, random_state=seed)
    here, there = (aggregate.to_freq(rows, PLACES, freq) for rows in (table, mixed))
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert here["value"].notna().any() or freq == "1YS"
    names = ["station", "sensor", "variable"]
    known = table.assign(**{name: pd.Categorical(table[name]) for name in names})
    kept = aggregate.to_freq(known, PLACES, freq, texts=False)
    pd.testing.assert_frame_equal(kept.astype(here.dtypes.to_dict()), here, check_exact=True)


@pytest.mark.parametrize("freq", aggregate.FREQUENCIES)
def test_each_station_is_as_if_it_were_alone(freq: str) -> None:
    table = readings(1)
    two = (table["station"] == "s/b") & (table["sensor"] == "2")
    hourly = table[table["station"] == "s/c"].drop_duplicates("variable").assign(period=3600)
    for rows in (table, table[(table["sensor"] == "1") | two], pd.concat([table[~two], hourly])):
        together = aggregate.to_freq(rows, PLACES, freq)
        for station in PLACES:
            alone = aggregate.to_freq(rows[rows["station"] == station], PLACES, freq)
            mine = together[together["station"] == station].reset_index(drop=True)
            pd.testing.assert_frame_equal(mine, alone, check_exact=True)
