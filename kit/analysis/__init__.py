"""Pure analyses: readings (``xarray.Dataset``) or sightings (``DataFrame``) in, a small result out.

Every result has ``.table``, ``.sentence(lang)``, ``.caution(lang)`` (what may not be concluded), ``.method``,
``.n``, ``.completeness``, ``.version`` and ``.to_dict()``; see :class:`Result`.
"""

from __future__ import annotations

from kit.analysis.result import Result
from kit.analysis.trend import TrendResult, trend

__all__ = ["Result", "TrendResult", "trend"]
