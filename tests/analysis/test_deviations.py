"""How far off a device is, by what else it measured: against plain pandas, and with too little to say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import plot
from kit.analysis import correct, deviations
from kit.errors import AnalysisError, NotFoundError, UsageError

DEVICE, REFERENCE = "EE-A/roof", "EE-A/reference"


def beside(hours: int = 400, slope: float = 1.4) -> xr.Dataset:
    """Hours of a device that is pulled by humidity, and of a reference without a hygrometer."""
    rng = np.random.default_rng(11)
    truth, damp = rng.gamma(4, 3, hours), rng.uniform(30, 95, hours)
    device = slope * truth * (1 + 0.3 / 1.65 * damp / (100 - damp)) + rng.normal(0, 0.3, hours)
    damp[::37] = np.nan
    truth[::41] = np.nan
    times = pd.date_range("2026-03-01", periods=hours, freq="h").as_unit("us")
    cube = {"pm25": [device, truth], "humidity": [damp, np.full(hours, np.nan)]}
    return xr.Dataset(
        {name: (("station", "time"), values) for name, values in cube.items()},
        {"station": [DEVICE, REFERENCE], "time": times}, {"freq": "1h"},
    )  # fmt: skip


def test_quarters_and_all_are_those_of_pandas() -> None:
    ds = beside()
    found = deviations(ds, DEVICE, reference=REFERENCE, variable="pm25")
    device, truth = (ds["pm25"].sel(station=one).to_series() for one in (DEVICE, REFERENCE))
    damp = ds["humidity"].sel(station=DEVICE).to_series()
    pairs = pd.DataFrame({"device": device, "reference": truth, "damp": damp}).dropna()
    quarter = pd.qcut(pairs["damp"].rank(method="first"), 4, labels=False)
    for at, (_, part) in enumerate([*pairs.groupby(quarter), ("all", pairs)]):
        row, gap = found.parts.iloc[at], part["device"] - part["reference"]
        assert row["n"] == pytest.approx(len(part), abs=1)
        assert row["bias"] == pytest.approx(gap.mean(), rel=0.02)
        assert row["rmse"] == pytest.approx(np.sqrt((gap**2).mean()), rel=0.02)
        assert row["times"] == pytest.approx(part["device"].mean() / part["reference"].mean(), rel=0.01)
        assert row["q25"] <= row["q75"]
    assert found.parts["n"].iloc[:4].sum() == found.n == len(pairs)
    assert found.left == int(device.notna().sum()) - len(pairs)
    assert str(found.left) in found.remarks("en")[0]


def test_a_correction_is_judged_as_a_variable_of_its_own() -> None:
    ds = beside()
    before = ds["pm25"].values.copy()
    dried = correct(ds, "kappa", "pm25")
    found = deviations(dried, DEVICE, reference=REFERENCE, variable="pm25", shown="pm25_kappa")
    assert found.parts["times"].to_numpy() == pytest.approx(np.full(5, 1.4), abs=0.05)
    np.testing.assert_array_equal(dried["pm25"].values, before)


def test_the_words_name_both_ends_in_every_language() -> None:
    found = deviations(beside(), DEVICE, reference=REFERENCE, variable="pm25")
    first, last = (f"{float(found.parts['times'].iloc[at]):.2f}" for at in (0, 3))
    said = found.sentence("en")
    assert first in said
    assert last in said
    assert first.replace(".", ",") in found.sentence("et")
    assert "veerand" in found.sentence("et")
    words = plot.result(found).words("et")
    assert words.sentence == found.sentence("et")


def test_what_cannot_be_compared() -> None:
    ds = beside()
    with pytest.raises(AnalysisError, match="pairs") as short:
        deviations(ds.isel(time=slice(0, 20)), DEVICE, reference=REFERENCE, variable="pm25")
    assert short.value.code == "too-short"
    with pytest.raises(NotFoundError):
        deviations(ds, DEVICE, reference="EE-Z/z", variable="pm25")
    with pytest.raises(UsageError):
        deviations(ds, DEVICE, reference=DEVICE, variable="pm25")


def test_a_reference_without_particles_has_no_ratio_and_the_words_do_without() -> None:
    ds = beside()
    ds["pm25"].loc[{"station": REFERENCE}] = 0.0
    found = deviations(ds, DEVICE, reference=REFERENCE, variable="pm25")
    assert found.parts["times"].isna().all()
    assert "times" not in found.sentence("en")
    assert "nan" not in found.sentence("en").lower()


def test_the_same_humidity_all_the_time_still_gives_four_parts() -> None:
    ds = beside()
    ds["humidity"].loc[{"station": DEVICE}] = 99.9
    assert deviations(ds, DEVICE, reference=REFERENCE, variable="pm25").parts["n"].iloc[:4].min() >= 90
