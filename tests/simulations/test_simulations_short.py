"""Corners of the scenarios with few runs: ``python -m tests.simulations`` measures all of them with many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import binom

from kit.analysis import trend
from kit.stats import fast
from tests.simulations import methods, processes
from tests.simulations.__main__ import main
from tests.simulations.running import PROCESSES, Scenario, measure, scenarios, tables, worst


def one(table: str, **given: object) -> Scenario:
    """Return the scenario of a table with these numbers, the first of several."""
    found = [
        scenario
        for scenario in scenarios(table)
        if all(scenario.given[name] == value for name, value in given.items())
    ]
    assert found, (table, given)
    return found[0]


def test_every_table_can_be_run() -> None:
    """Its process knows its numbers, its methods are there, and every scenario has its own seed."""
    for table, rules in tables().items():
        assert rules["process"] in PROCESSES, table
        assert set(rules["methods"]) <= set(methods.METHODS), table
        assert set(rules.get("level", {})) <= set(rules["methods"]), table
        first, last = scenarios(table)[0], scenarios(table)[-1]
        draws = next(first.draws(3)), next(last.draws(3))
        assert all(len(some.values) == 3 for some in draws), table


def test_the_same_seed_draws_the_same_runs_and_another_others() -> None:
    scenario = one("station_size", years=5)
    first, again = next(scenario.draws(4)), next(scenario.draws(4))
    assert np.array_equal(first.values, again.values)
    assert not np.array_equal(first.values, next(scenario.draws(4, seed=1)).values)
    other = next(scenarios("station_size")[1].draws(4))
    assert not np.array_equal(np.nan_to_num(first.values), np.nan_to_num(other.values))


def test_the_processes_are_what_they_say() -> None:
    """Memory, what stations share and the variance of counts, measured on large draws."""
    rng = np.random.default_rng(1)
    y = processes.remembering(rng, (400, 300), 0.6)
    assert y.std() == pytest.approx(1, abs=0.02)
    assert (y[:, 1:] * y[:, :-1]).mean() == pytest.approx(0.6, abs=0.02)
    region = processes.regional(rng, 200, 10, 2, 0.8, 0.3).values.reshape(200, 10, 2, 12)
    left = region - region.mean(axis=1, keepdims=True)
    assert np.corrcoef(left[:, :, 0].ravel(), left[:, :, 1].ravel())[0, 1] == pytest.approx(0.8, abs=0.03)
    joining = processes.regional_joining(rng, 50, 10, 6, 0.5, 0.3).values.reshape(50, 10, 6, 12)
    whole = np.isfinite(joining).all(axis=3).sum(axis=1)
    assert (whole >= 5).all()
    assert (whole[:, 4:] == 10).all()
    assert (whole[:, :4] < 10).all()
    counted = processes.counts(rng, 4000, 1, 2, 0.0, 3.0, 0.4, "flat").values
    level = np.exp(np.log(8) + 0.7**2 / 2)
    assert counted.mean() == pytest.approx(level, rel=0.05)
    spread = level**2 * (np.exp(0.7**2) - 1)
    assert counted[:, 0, 0].var() == pytest.approx(3 * level + spread, rel=0.15)


def test_trend_is_what_a_user_gets() -> None:
    """The simulations call the joint slope with arrays; kit.trend gives the same p and limits."""
    draws = processes.regional(np.random.default_rng(2), 2, 6, 3, 0.5, 0.3)
    said = methods.trend(draws, True)
    for run, values in enumerate(draws.values):
        table = values.reshape(6, 3, 12).transpose(1, 0, 2).reshape(3, -1)
        time = pd.date_range("2016-01-01", periods=72, freq="MS", unit="us")
        ds = xr.Dataset(
            {"pm25": (("station", "time"), table)},
            {"station": ["EE-A/1", "EE-B/1", "EE-C/1"], "time": time}, {"freq": "1MS"},
        )  # fmt: skip
        found = trend(ds)
        assert (found.p, found.low, found.high) == pytest.approx((said.p[run], said.low[run], said.high[run]))
        assert (said.alarms()[run] == 1) == (found.direction != "unclear")
    assert methods.trend(draws, False).p == pytest.approx(said.p)


def test_a_broken_promise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Months taken for independent say "trend" far too often, and the judge says so."""
    monkeypatch.setitem(methods.METHODS, "trend", methods.seasonal_kendall)
    found = measure(one("station_size", years=10, autocorrelation=0.6), 200)
    assert found[0].verdict == "BROKEN"
    assert worst(found) == found
    assert binom.sf(round(found[0].mean * 200) - 1, 200, 0.06) < 1e-3
    assert one("station_size_classic", autocorrelation=0.0).promised("mann_kendall") == 0.05
    assert one("station_size_classic", autocorrelation=0.3).promised("mann_kendall") is None
    assert one("station_size_classic", autocorrelation=0.0).promised("hamed_rao") is None
    assert one("station_coverage", autocorrelation=0.0).promised("theil_sen") == 0.95


def test_the_command_prints_and_judges(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "WORTH_COMPILING", fast.WORTH_COMPILING)
    asked = ["station_size", "--runs", "100", "--only", "years=10", "autocorrelation=0.6", "missing=0.0"]
    assert main(asked) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert said[0].startswith("station_size trend years=10 autocorrelation=0.6 missing=0.0 rounded=False: ")
    assert said[2].startswith("worst: station_size trend")
    monkeypatch.setitem(methods.METHODS, "trend", methods.seasonal_kendall)
    assert main(asked) == 1
    assert "a promise is broken: station_size trend" in capsys.readouterr().out
    for wrong in (["nothing"], ["station_size", "--method", "gradient"], ["--only", "years=99"]):
        with pytest.raises(SystemExit, match="2"):
            main(wrong)


#: Table, corner, runs; a promise kept breaks the test in one of a thousand.
CORNERS = [
    ("station_size", {"years": 5, "autocorrelation": 0.6, "rounded": True}, 300),
    ("station_size", {"years": 8, "autocorrelation": 0.6, "missing": 0.2}, 300),
    ("station_size", {"years": 10, "autocorrelation": 0.6}, 300),
    ("yearly_size", {"years": 20, "missing": 0.2}, 1000),
    ("regional_size", {"years": 5, "stations": 8, "between": 0.8, "autocorrelation": 0.6}, 200),
    ("regional_size", {"years": 10, "stations": 3, "between": 0.8, "autocorrelation": 0.6}, 200),
    ("regional_joining", {"years": 10, "stations": 6, "between": 0.8}, 200),
    ("before_after_size", {"days": 60, "stations": 8, "treated": 3, "autocorrelation": 0.6}, 300),
    ("gradient_size", {"stations": 20}, 300),
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "given", "runs"), CORNERS)
def test_corners_keep_their_promise(table: str, given: dict[str, object], runs: int) -> None:
    found = measure(one(table, **given), runs)
    assert found
    for measured in found:
        assert measured.verdict in ("kept", "by chance"), measured.line()


#: What was measured with many runs is found again: table, corner, method, runs, at least, at most.
MEASURED = [
    ("station_coverage", {"years": 8, "autocorrelation": 0.6}, "trend", 200, 0.88, 0.99),
    ("regional_coverage", {"years": 5, "stations": 3, "between": 0.5}, "trend", 200, 0.88, 0.995),
    ("homogeneity_size", {"years": 10, "stations": 3, "between": 0.8}, "homogeneity", 100, 0.0, 0.16),
    ("hill_coverage", {"community": "lognormal", "species": 60, "individuals": 200, "order": 1},
     "hill_rarefied", 100, 0.83, 1.0),
    ("hill_coverage", {"community": "lognormal", "species": 60, "individuals": 200, "order": 2},
     "hill_asymptotic", 100, 0.82, 1.0),
    ("chao_bias", {"community": "lognormal", "species": 60, "individuals": 200}, "chao1", 200, 0.9, 1.02),
    ("chao_bias", {"community": "lognormal", "species": 60, "individuals": 200}, "chao2", 200, 0.9, 1.02),
    ("smooth_coverage", {"years": 6, "autocorrelation": 0.6}, "smooth_trend", 30, 0.85, 1.0),
    ("first_date_coverage", {"lists_per_week": 3, "detection": 0.6}, "first_date", 500, 0.65, 0.78),
    ("first_date_coverage", {"lists_per_week": 3, "detection": 0.6}, "first_date_since", 500, 0.94, 1.0),
    ("index_coverage", {"sites": 10, "missing": 0.3, "overdispersion": 3.0}, "yearly_index", 40, 0.85, 1.0),
    ("index_size", {"sites": 10, "missing": 0.3, "serial": 0.4}, "yearly_index_trend", 60, 0.0, 0.17),
    ("occupancy_coverage", {"sites": 20, "detection": 0.3}, "occupancy", 60, 0.85, 1.0),
    ("regional_coverage", {"years": 5, "stations": 3, "between": 0.8}, "mixed_model", 25, 0.75, 1.0),
    ("joining_size", {"surveys": 60, "schools": 4, "autocorrelation": 0.6}, "join", 40, 0.0, 0.2),
    ("mean_coverage", {"days": 30, "autocorrelation": 0.8}, "variation_mean", 60, 0.85, 1.0),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("table", "given", "method", "runs", "least", "most"), MEASURED)
def test_corners_are_as_measured(
    table: str, given: dict[str, object], method: str, runs: int, least: float, most: float
) -> None:
    (measured,) = measure(one(table, **given), runs, only=method)
    assert measured.n >= runs / 2
    assert least <= measured.mean <= most, measured.line()
