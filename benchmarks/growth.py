"""One school's last month out of 100 million readings, against the same out of 20 million."""

from __future__ import annotations

from typing import Any

from benchmarks import _big, school_month

NAME = "growth"
TARGET = 1.5


def run(quick: bool) -> dict[str, Any]:
    """Measure."""
    small, large = (_big.QUICK, _big.Size(_big.QUICK.stations, 5)) if quick else (_big.LARGE, _big.HUGE)
    few, many = _big.dataset(small), _big.dataset(large)
    for shared, size in ((few, small), (many, large)):
        school_month.same(
            school_month.by_kit(shared, size.years - 1), school_month.by_hand(shared, size.years - 1)()
        )
    took = _big.alternating(
        {
            "fewer": lambda: school_month.by_kit(few, small.years - 1),
            "five times as many": lambda: school_month.by_kit(many, large.years - 1),
        },
        9,
    )
    ratio = took["five times as many"] / took["fewer"]
    return {
        "name": NAME, "value": round(ratio, 2), "unit": "time / time", "target": f"<= {TARGET}",
        "against": "kit itself, 20 million readings", "ok": ratio <= TARGET,
    }  # fmt: skip
