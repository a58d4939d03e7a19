"""Mann-Kendall and exact Theil-Sen with limits: 2,000 series of 120, 1,200 and 3,650 values.

Against ``pymannkendall.original_test`` and ``scipy.stats.theilslopes``, series by series, as people do it
today; some series of each length are run that way, and times are compared per series. Kit's compiled way
(Numba, extra ``fast``) is run on all series, its plain NumPy way on some. All three must give the same
scores, slopes and limits, bit for bit, and the same p.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

NAME = "trend"
SERIES = 2000
#: Length of the series: (times as fast as it must be, series run by the others, series run by NumPy).
SIZES = {120: (15, 200, 2000), 1200: (20, 20, 300), 3650: (35, 4, 40)}


def made_up(series: int, n: int) -> np.ndarray:
    """Return values with memory and a weak trend; every other series has decimals as a device gives them."""
    rng = np.random.default_rng(n)
    values = rng.standard_normal((series, n))
    for i in range(1, n):
        values[:, i] = 0.3 * values[:, i - 1] + values[:, i]
    values += np.linspace(0, 0.5, n)
    values[::2] = values[::2].round(1)
    return values


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and the answer."""
    clock = time.perf_counter()
    answer = work()
    return time.perf_counter() - clock, answer


def by_others(values: np.ndarray) -> list[tuple[float, ...]]:
    """Return score, p, slope and limits of each series as the usual packages give them."""
    import pymannkendall
    import scipy.stats

    found = []
    for one in values:
        test, line = pymannkendall.original_test(one), scipy.stats.theilslopes(one)
        found.append((test.s, test.p, line[0], line[2], line[3]))
    return found


def run(quick: bool) -> dict[str, Any]:
    """Run all three, compare, and give the worst ratio of speed to what is asked."""
    from kit.stats import kendall

    kendall.trends(made_up(2, 300), engine="numba")  # compiled and imported before the clock runs
    by_others(made_up(1, 20))
    worst = np.inf
    for n, (needed, slow, plain) in SIZES.items():
        series = 100 if quick else SERIES
        slow, plain = (min(slow, 20), min(plain, 20)) if quick else (slow, plain)
        values = made_up(series, n)
        per_other, others = timed(lambda: by_others(values[:slow]))  # noqa: B023
        per_numba, compiled = timed(lambda: kendall.trends(values, engine="numba"))  # noqa: B023
        per_numpy, usual = timed(lambda: kendall.trends(values[:plain], engine="numpy"))  # noqa: B023
        per_other, per_numba, per_numpy = per_other / slow, per_numba / series, per_numpy / plain
        for name in ("s", "p", "slope", "low", "high"):
            if not np.array_equal(getattr(compiled, name)[:plain], getattr(usual, name)):
                raise AssertionError(f"{name} differs between Numba and NumPy")
        mine = np.column_stack([compiled.s, compiled.slope, compiled.low, compiled.high])[:slow]
        theirs = np.array(others)
        if not np.array_equal(mine, theirs[:, [0, 2, 3, 4]]):
            raise AssertionError("scores, slopes or limits are not those of the usual packages")
        if not np.allclose(compiled.p[:slow], theirs[:, 1], rtol=1e-9, atol=1e-15):
            raise AssertionError("p values are not those of pymannkendall")
        times = per_other / per_numba
        worst = min(worst, times / needed)
        print(f"{n:5} values: the usual packages {1e3 * per_other:8.2f} ms a series ({slow} run), "
              f"Numba {1e3 * per_numba:6.3f} ms ({times:.0f} times as fast of {needed}, {series} run), "
              f"NumPy {1e3 * per_numpy:7.2f} ms ({per_other / per_numpy:.0f} times)")  # fmt: skip
    return {
        "name": NAME, "value": round(float(worst), 2),
        "unit": "speed over the needed 15 / 20 / 35 times, worst of the three lengths",
        "target": 1, "ok": bool(worst >= 1),
        "against": "pymannkendall.original_test + scipy.stats.theilslopes",
    }  # fmt: skip
