"""kit: schools upload their own readings to one shared dataset and analyse the region together.

>>> import kit
>>> shared = kit.open()                                      # doctest: +SKIP
>>> shared.upload("davis_march.csv", station="EE-TRT-7k2p/roof")   # doctest: +SKIP
>>> kit.trend(shared.readings("pm25", region="EE-79"))       # doctest: +SKIP

Importing kit is cheap: a name is loaded from its module when it is first used. The names below are
the public ones; everything else may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit import figures as plot
    from kit import lesson, widgets
    from kit.analysis import air_quality_index, anomaly, compare, diversity, trend, wind_rose
    from kit.classroom import answer, hint, solution
    from kit.dataset.preview import read
    from kit.dataset.sample import open_shared as open

__version__ = "0.1.0"

#: Public name -> (module, name in it; "" is the module itself).
_DOORS = {
    "air_quality_index": ("kit.analysis", "air_quality_index"),
    "anomaly": ("kit.analysis", "anomaly"),
    "answer": ("kit.classroom", "answer"),
    "compare": ("kit.analysis", "compare"),
    "diversity": ("kit.analysis", "diversity"),
    "hint": ("kit.classroom", "hint"),
    "lesson": ("kit.lesson", ""),
    "open": ("kit.dataset.sample", "open_shared"),
    "plot": ("kit.figures", ""),
    "read": ("kit.dataset.preview", "read"),
    "solution": ("kit.classroom", "solution"),
    "trend": ("kit.analysis", "trend"),
    "widgets": ("kit.widgets", ""),
    "wind_rose": ("kit.analysis", "wind_rose"),
}

__all__ = [
    "__version__",
    "air_quality_index",
    "anomaly",
    "answer",
    "compare",
    "diversity",
    "hint",
    "lesson",
    "open",
    "plot",
    "read",
    "solution",
    "trend",
    "widgets",
    "wind_rose",
]


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
