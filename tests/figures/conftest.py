"""Hand-made datasets as ``readings()`` gives them (ARCHITECTURE.md), for the tests of figures and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

CHROMIUM = Path("/usr/bin/chromium")
PLACES = {
    "EE-TRT-7k2p/roof": ("Tartu Kivilinna", 58.377, 26.769, "EE-79"),
    "EE-TRT-9b4c/yard": ("Elva kool", 58.224, 26.417, "EE-79"),
    "EE-TRT-1m8s/roof": ("Nõo reaalkool", 58.276, 26.538, "EE-79"),
}


def make_daily(
    start: str = "2021-01-01",
    end: str = "2025-12-31",
    variable: str = "pm25",
    slope: float = -0.5,
    seed: int = 7,
) -> xr.Dataset:
    """Daily means with a season, shared weather, a trend per year, a gap and a few suspect values."""
    random = np.random.default_rng(seed)
    time = pd.date_range(start, end, freq="D")
    years = np.arange(len(time)) / 365.25
    weather = random.gamma(2.0, 1.6, len(time))
    values = np.empty((len(PLACES), len(time)))
    for i in range(len(PLACES)):
        season = 3.0 * np.cos(2 * np.pi * (years - 0.05))
        values[i] = np.clip(
            8 + 2 * i + season + slope * years + weather + random.normal(0, 0.6, len(time)), 0, None
        )
    values[1, 40:75] = np.nan
    flags = np.where(np.isnan(values), 9, 1).astype(np.int8)
    flags[0, 200:204] = 3
    values[0, 200:204] += 25
    names, lats, lons, regions = zip(*PLACES.values(), strict=True)
    return xr.Dataset(
        {
            variable: (("station", "time"), values, {"units": "ug m-3"}),
            f"{variable}_flag": (("station", "time"), flags),
            f"{variable}_coverage": (("station", "time"), np.where(np.isnan(values), 0.0, 1.0)),
        },
        coords={
            "station": list(PLACES),
            "time": time.to_numpy(),
            "station_name": ("station", list(names)),
            "latitude": ("station", list(lats)),
            "longitude": ("station", list(lons)),
            "region": ("station", list(regions)),
            "school": ("station", [key.split("/")[0] for key in PLACES]),
            "exposure": ("station", ["roof", "garden", "roof"]),
            "zone": ("station", ["Europe/Tallinn"] * 3),
        },
        attrs={"dataset_version": "3f9ac2d41b07", "rules": 1, "freq": "1D"},
    )


@pytest.fixture(scope="session")
def daily() -> Callable[..., xr.Dataset]:
    """Makes a dataset of daily means: ``daily(start, end, variable, slope, seed)``."""
    return make_daily


@pytest.fixture(scope="module")
def tab() -> Iterator[Any]:
    """A page of a browser that holds plotly."""
    api = pytest.importorskip("playwright.sync_api")
    plotly = pytest.importorskip("plotly.offline")
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 900, "height": 1200})
        page.set_content('<!doctype html><meta charset="utf-8"><div id="here"></div>')
        page.add_script_tag(content=plotly.get_plotlyjs())
        yield page
        browser.close()
