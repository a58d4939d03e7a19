"""One sample file: its bytes, and what the manifest says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kit.samples.devices import wall_clock
from kit.samples.fields import Array, stream
from kit.samples.places import site
from kit.samples.sheet import Defect, Sheet
from kit.samples.simulation import Simulation


@dataclass(frozen=True)
class SampleFile:
    """A finished file. ``rows`` counts data records after the header, blank ones not among them.

    ``start`` and ``end`` are the start of the first and last hour, UTC (of sightings: local dates);
    ``variables`` are ids of ``kit.vocab``, without counters and values computed from others. ``part`` is what
    it is for (:data:`kit.samples.manifest.PARTS`); what is not ``shared`` stays in its school.
    """

    path: str
    data: bytes = field(repr=False)
    station: str
    answers: dict[str, str]
    format: str
    device: str
    language: str
    rows: int
    start: str
    end: str
    variables: tuple[str, ...]
    defects: list[Defect]
    blank: int = 0
    kind: str = "readings"
    part: str = "region"
    shared: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the file's entry in the manifest."""
        return {
            "path": self.path, "school": self.station.split("/", 1)[0], "station": self.station,
            "part": self.part, "shared": self.shared,
            "answers": self.answers, "kind": self.kind, "format": self.format, "device": self.device,
            "language": self.language, "rows": self.rows, "blank": self.blank,
            "start": self.start, "end": self.end, "variables": list(self.variables),
            "defects": [defect.to_dict() for defect in self.defects],
        }  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """The hours of one station between two local standard dates."""

    time: npt.NDArray[np.datetime64]
    values: dict[str, Array]
    zone: str

    @property
    def local(self) -> Any:
        """The wall clock (summer time included) of each hour."""
        return wall_clock(self.time, self.zone)

    def span(self) -> tuple[str, str]:
        """First and last hour, UTC, as texts."""
        return f"{self.time[0].astype('datetime64[s]')}Z", f"{self.time[-1].astype('datetime64[s]')}Z"

    def repeated(self) -> list[int]:
        """Return the rows whose wall clock time was there an hour before already."""
        local = self.local
        same = (local[1:] - local[:-1]).to_numpy() == np.timedelta64(0, "s")
        return [int(row) + 1 for row in np.flatnonzero(same)]


def cut(world: Simulation, station: str, first: str, last: str) -> Slice:
    """Return one station's hours from the start of local date ``first`` to the end of ``last``.

    Dates are in local standard time (Estonia UTC+2, Germany UTC+1).
    """
    zone = site(station).station.zone
    offset = np.timedelta64(1 if zone == "Europe/Berlin" else 2, "h")
    start = np.datetime64(first, "h") - offset
    stop = np.datetime64(last, "h") + np.timedelta64(24, "h") - offset
    inside = (world.time >= start) & (world.time < stop)
    place = world.index(station)
    return Slice(world.time[inside], {k: v[place][inside] for k, v in world.values.items()}, zone)


def sheet(world: Simulation, path: str, columns: dict[str, list[str]]) -> Sheet:
    """Return a sheet whose defects are drawn from the stream of this file."""
    return Sheet(columns, stream(world.seed, "defects of " + path))
