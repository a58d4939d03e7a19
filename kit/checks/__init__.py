"""Checks: pure functions from arrays to QARTOD flags, and one run over a long table of readings.

The flags are file flags: they depend on the readings, the stations and ``now``, on nothing else. To add
a check, write a pure function in the module of its family, give it limits with sources in
``kit/tables/limits.csv``, an entry in ``CHECKS`` and ``REASONS``, and call it in ``run.py``.
"""

from kit.checks.limits import Limit, limits, table
from kit.checks.reasons import CHECKS, REASONS, reason_text
from kit.checks.run import Checked, run

__all__ = ["CHECKS", "REASONS", "Checked", "Limit", "limits", "reason_text", "run", "table"]
