"""Pure analyses: readings (``xarray.Dataset``) or sightings (``DataFrame``) in, a small result out.

Every result has ``.table``, ``.sentence(lang)``, ``.caution(lang)`` (what may not be concluded), ``.method``,
``.n``, ``.completeness``, ``.version`` and ``.to_dict()``; see :class:`Result`.

What is pooled: only readings of the variable that is named. Raw low-cost, corrected and reference values are
different variables or marked stations; no analysis here joins two variables into one value.
"""

from __future__ import annotations

from kit.analysis.air import AirQualityResult, air_quality_index
from kit.analysis.anomaly import AnomalyResult, anomaly
from kit.analysis.result import Result
from kit.analysis.trend import TrendResult, trend

__all__ = [
    "AirQualityResult",
    "AnomalyResult",
    "Result",
    "TrendResult",
    "air_quality_index",
    "anomaly",
    "trend",
]
