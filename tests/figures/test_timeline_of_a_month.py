"""One month of hourly readings is drawn as it is, without the mean of its one month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kit import figures
from kit.model import READINGS


def table(hours: int) -> pd.DataFrame:
    time = np.datetime64("2025-11-30T22", "us") + np.arange(hours) * np.timedelta64(1, "h")
    columns = {"station": "A/a", "sensor": "1", "variable": "pm25", "time": time, "period": 3600,
               "value": 5.0 + np.arange(hours) % 7, "flag": 1, "reason": "",
               "row": np.arange(1, hours + 1)}  # fmt: skip
    return pd.DataFrame(columns).astype(READINGS)


def test_no_mean_of_the_month_within_one_month() -> None:
    month, year = figures.timeline(table(31 * 24)), figures.timeline(table(365 * 24))
    assert {np.datetime64(layer.x[0], "M") for layer in month.layers} == {np.datetime64("2025-11")}
    assert len(month.layers) == 1
    assert len(year.layers) >= 2
