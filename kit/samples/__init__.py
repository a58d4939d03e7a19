"""Sample schools: seven invented schools in four regions of two countries, and the files of their devices.

``python -m kit.samples OUT`` writes the files; they are committed in ``datasets/sample`` and labelled
synthetic. What was put in (trend, defects) is in their manifest and returned by :func:`truth`. The
simulated hours behind the files come from :func:`simulate`, for benchmarks that need many seeds. How the
world is made, with sources, is told in :mod:`~kit.samples.weather`, :mod:`~kit.samples.air` and
:mod:`~kit.samples.life`; the kinds of defects are listed in :mod:`~kit.samples.sheet`.
"""

from kit.samples.manifest import folder, manifest, truth
from kit.samples.places import stations
from kit.samples.simulation import TREND, Simulation, simulate
from kit.samples.write import write

__all__ = ["TREND", "Simulation", "folder", "manifest", "simulate", "stations", "truth", "write"]
