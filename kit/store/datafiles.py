"""The data files of one snapshot of a settled table, and which of them may hold what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

Times = tuple["datetime | None", "datetime | None"]


@dataclass(frozen=True)
class DataFile:
    """One file: ``value`` of its partition, place, and what the log says of the least and the most in it.

    ``stations`` are None where the log does not say; times are naive UTC.
    """

    value: str
    path: str
    rows: int
    stations: tuple[str, str] | None = None
    times: tuple[datetime | None, datetime | None] = (None, None)

    def may_hold(self, stations: tuple[str, str] | None, times: Times) -> bool:
        """Return whether rows between two stations, from a moment on and before another, may be in it.

        >>> one = DataFile("pm25", "a.parquet", 7, ("EE-A/roof", "EE-F/yard"))
        >>> nothing = (None, None)
        >>> one.may_hold(("EE-C/roof", "EE-C/roof"), nothing), one.may_hold(("EE-G", "EE-Z"), nothing)
        (True, False)
        """
        if stations and self.stations and (stations[1] < self.stations[0] or self.stations[1] < stations[0]):
            return False
        (since, before), (low, high) = times, self.times
        return not (since and high and high < since) and not (before and low and low >= before)


def from_log(actions: pl.DataFrame, folder: str, partition: str) -> list[DataFile]:
    """Return the files that the add actions of a Delta log name, in the order of what they hold."""
    from urllib.parse import unquote

    names = set(actions.columns)
    found = []
    for row in actions.iter_rows(named=True):
        low, high = row.get("min.station"), row.get("max.station")
        times = [row[f"{end}.time"] if f"{end}.time" in names else None for end in ("min", "max")]
        found.append(
            DataFile(
                row[f"partition.{partition}"] if partition else "", f"{folder}/{unquote(row['path'])}",
                int(row.get("num_records") or 0), None if low is None or high is None else (low, high),
                (_naive(times[0]), _naive(times[1])),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.value, one.stations or ("", ""), one.path))


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)


def apart(files: Sequence[DataFile]) -> bool:
    """Return whether each file ends before the next one begins, so that all their rows are sorted."""
    return all(
        one.value < other.value
        or bool(one.stations and other.stations and one.stations[1] < other.stations[0])
        for one, other in pairwise(files)
    )
