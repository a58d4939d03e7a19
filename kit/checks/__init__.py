"""Checks: pure functions from arrays to QARTOD flags, and one run over a long table of readings.

The flags of ``run`` are file flags: they depend on the readings, the stations and ``now``, on nothing else.
What only several files or stations tell is found by :mod:`kit.checks.context`. To add a check, write a pure
function in the module of its family, give it limits with sources in ``kit/tables/limits.csv``, an entry in
``CHECKS`` and ``REASONS``, and call it in ``run.py``.
"""

from kit.checks.gaps import Gap
from kit.checks.limits import Limit, limits, table
from kit.checks.reasons import CHECKS, REASONS, reason_text
from kit.checks.run import Checked, run

__all__ = ["CHECKS", "REASONS", "Checked", "Gap", "Limit", "limits", "reason_text", "run", "table"]
