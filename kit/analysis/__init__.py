"""Pure analyses: readings (``xarray.Dataset``) or sightings (``DataFrame``) in, a small result out.

Every result has ``.table``, ``.sentence(lang)``, ``.caution(lang)`` (what may not be concluded), ``.method``,
``.n``, ``.completeness``, ``.version`` and ``.to_dict()``; see :class:`Result`.

What is pooled: only readings of the variable that is named. Raw low-cost, corrected and reference values are
different variables or marked stations; no analysis here joins two variables into one value.
"""

from __future__ import annotations

from kit.analysis.air import AirQualityResult, air_quality_index
from kit.analysis.anomaly import AnomalyResult, anomaly
from kit.analysis.compare import CompareResult, compare
from kit.analysis.diversity import DiversityResult, diversity
from kit.analysis.result import Result
from kit.analysis.trend import TrendResult, trend
from kit.analysis.wind import WindResult, vector_mean, wind_rose

__all__ = [
    "AirQualityResult",
    "AnomalyResult",
    "CompareResult",
    "DiversityResult",
    "Result",
    "TrendResult",
    "WindResult",
    "air_quality_index",
    "anomaly",
    "compare",
    "diversity",
    "trend",
    "vector_mean",
    "wind_rose",
]
