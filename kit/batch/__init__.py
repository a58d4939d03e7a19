"""The shared analyses of ``notebooks/``, run by papermill for every region and school; pages and an index.

>>> from kit import batch, open
>>> jobs = batch.plan(open())                                             # doctest: +SKIP
>>> batch.run(open(), jobs, out="reports", workers=2)                     # doctest: +SKIP

Plain papermill runs the same notebooks:
``papermill notebooks/regional_trend.ipynb out.ipynb -p region EE-79``.
"""

from __future__ import annotations

from kit.batch.jobs import Job, JobResult, notebook_path, notebooks, plan
from kit.batch.parameters import Parameter, check_parameters, read_parameters
from kit.batch.running import run

__all__ = [
    "Job",
    "JobResult",
    "Parameter",
    "check_parameters",
    "notebook_path",
    "notebooks",
    "plan",
    "read_parameters",
    "run",
]
