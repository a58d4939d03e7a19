"""Sample schools: twelve invented schools in nine regions of two countries, and the files of their devices.

``python -m kit.samples OUT`` writes the files; they are committed in ``datasets/sample`` and labelled
synthetic. What was put in (trend, defects) is in their manifest and returned by :func:`truth`. The
simulated hours behind the files come from :func:`simulate`, for benchmarks that need many seeds. How the
world is made, with sources, is told in :mod:`~kit.samples.weather`, :mod:`~kit.samples.air`,
:mod:`~kit.samples.life` and :mod:`~kit.samples.inaturalist`, that of further files for single questions in
:mod:`~kit.samples.dust`, :mod:`~kit.samples.beside`, :mod:`~kit.samples.classroom` and
:mod:`~kit.samples.spring`; the kinds of defects are listed in :mod:`~kit.samples.sheet`. The files of the
region (:func:`files`) are those of seven schools.
"""

from kit.samples.manifest import NAME, files, folder, manifest, truth
from kit.samples.places import stations
from kit.samples.simulation import TREND, Simulation, simulate
from kit.samples.write import write

__all__ = [
    "NAME",
    "TREND",
    "Simulation",
    "files",
    "folder",
    "manifest",
    "simulate",
    "stations",
    "truth",
    "write",
]
