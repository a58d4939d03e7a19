"""Which readings a submission may hold, so that few are looked at where a file may repeat them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kit.entry import Entry


@dataclass(frozen=True)
class Reach:
    """Stations, variables (None: sightings) and first and last time (ISO 8601 in UTC; "": not known)."""

    stations: frozenset[str]
    variables: frozenset[str] | None
    first: str
    last: str

    @staticmethod
    def of(stations: Iterable[str], variables: Iterable[str] | None, time: Mapping[str, str]) -> Reach:
        """Return the reach of a receipt or report, whose ``time`` has the keys start and end.

        >>> both = [Reach.of(["s/roof"], ["rain"], {"start": f"2026-0{n}-01", "end": f"2026-0{n}-31"})
        ...     for n in (1, 3)]
        >>> both[0].meets(both[0]), both[0].meets(both[1])
        (True, False)
        """
        first, last = (str(time.get(name, ""))[:19] for name in ("start", "end"))
        return Reach(
            frozenset(stations), None if variables is None else frozenset(variables),
            first if last else "", last if first else "",
        )  # fmt: skip

    def meets(self, other: Reach) -> bool:
        """Return whether both may hold the same reading: station, variable and times."""
        if self.first and other.first and not (self.first <= other.last and other.first <= self.last):
            return False
        if self.stations.isdisjoint(other.stations):
            return False
        return (
            self.variables is None
            or other.variables is None
            or not self.variables.isdisjoint(other.variables)
        )


def reach_in(submission: Entry) -> Reach:
    """Return the reach of a submission."""
    content = submission.content
    told = content["receipt"]
    return Reach.of(
        (item["id"] for item in content["stations"]),
        told.get("variables", {}) if content["kind"] == "readings" else None,
        told.get("time", {}),
    )  # fmt: skip
