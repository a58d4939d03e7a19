"""kit: schools upload their own readings to one shared dataset and analyse the region together.

>>> import kit
>>> shared = kit.open()                                      # doctest: +SKIP
>>> shared.upload("davis_march.csv", station="EE-TRT-7k2p/roof")   # doctest: +SKIP
>>> kit.trend(shared.readings("pm25", region="EE-79"))       # doctest: +SKIP

Importing kit is cheap: a name is loaded from its module when it is first used. The names below are
the public ones; everything else may change.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit import analysis, lesson, widgets
    from kit import figures as plot
    from kit.analysis import (
        air_quality_index,
        anomaly,
        before_after,
        calibrate,
        climatology,
        compare,
        correct,
        derive,
        diversity,
        exceedances,
        gradient,
        join,
        missing,
        occupancy,
        phenology,
        rarefaction,
        reporting_rate,
        similarity,
        trend,
        variation,
        weather_days,
        wind_rose,
        yearly_index,
    )
    from kit.classroom import answer, hint, solution
    from kit.dataset.preview import read
    from kit.dataset.sample import open_shared as open

__version__ = "0.1.0"

#: Public name -> (module, name in it; "" is the module itself).
_DOORS = {
    "air_quality_index": ("kit.analysis", "air_quality_index"),
    "analysis": ("kit.analysis", ""),
    "anomaly": ("kit.analysis", "anomaly"),
    "answer": ("kit.classroom", "answer"),
    "before_after": ("kit.analysis", "before_after"),
    "calibrate": ("kit.analysis", "calibrate"),
    "climatology": ("kit.analysis", "climatology"),
    "compare": ("kit.analysis", "compare"),
    "correct": ("kit.analysis", "correct"),
    "derive": ("kit.analysis", "derive"),
    "diversity": ("kit.analysis", "diversity"),
    "exceedances": ("kit.analysis", "exceedances"),
    "gradient": ("kit.analysis", "gradient"),
    "hint": ("kit.classroom", "hint"),
    "join": ("kit.analysis", "join"),
    "lesson": ("kit.lesson", ""),
    "missing": ("kit.analysis", "missing"),
    "occupancy": ("kit.analysis", "occupancy"),
    "open": ("kit.dataset.sample", "open_shared"),
    "phenology": ("kit.analysis", "phenology"),
    "plot": ("kit.figures", ""),
    "rarefaction": ("kit.analysis", "rarefaction"),
    "read": ("kit.dataset.preview", "read"),
    "reporting_rate": ("kit.analysis", "reporting_rate"),
    "similarity": ("kit.analysis", "similarity"),
    "solution": ("kit.classroom", "solution"),
    "trend": ("kit.analysis", "trend"),
    "variation": ("kit.analysis", "variation"),
    "weather_days": ("kit.analysis", "weather_days"),
    "widgets": ("kit.widgets", ""),
    "wind_rose": ("kit.analysis", "wind_rose"),
    "yearly_index": ("kit.analysis", "yearly_index"),
}

__all__ = [
    "__version__",
    "air_quality_index",
    "analysis",
    "anomaly",
    "answer",
    "before_after",
    "calibrate",
    "climatology",
    "compare",
    "correct",
    "derive",
    "diversity",
    "exceedances",
    "gradient",
    "hint",
    "join",
    "lesson",
    "missing",
    "occupancy",
    "open",
    "phenology",
    "plot",
    "rarefaction",
    "read",
    "reporting_rate",
    "similarity",
    "solution",
    "trend",
    "variation",
    "weather_days",
    "widgets",
    "wind_rose",
    "yearly_index",
]

if sys.maxsize < 2**32 and find_spec("numpy"):  # Python in a browser
    import_module("kit.narrow").allow()


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _DOORS:
        raise AttributeError(f"module 'kit' has no attribute {name!r}")
    module, member = _DOORS[name]
    found = import_module(module)
    value = getattr(found, member) if member else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
