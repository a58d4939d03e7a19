"""Series in parts: of bounded size, so that memory does not grow with the dataset; and put together again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from kit.dataset.stale import variables_of
from kit.dataset.state import State

if TYPE_CHECKING:
    import polars as pl

#: Rows that are derived and written together are about so many.
PART = 1_500_000


def groups(state: State, variable: str, stations: Sequence[str], most: int = PART) -> list[list[str]]:
    """Return the stations that have readings of a variable, in groups of about ``most`` rows, in their order.

    How many rows a series has is estimated from the receipts.
    """
    size = dict.fromkeys(stations, 0.0)
    for item in state.submissions.values():
        names = variables_of(item.entry)
        if variable in names:
            rows = item.entry.content["tables"].get("readings", 0) / len(names) / len(item.stations)
            for one in item.stations:
                if one in size:
                    size[one] += rows
    found: list[list[str]] = []
    total = 0.0
    for one in stations:
        if size[one] and (not found or total + size[one] > most):
            found.append([])
            total = 0.0
        if size[one]:
            found[-1].append(one)
            total += size[one]
    return found


def in_order(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return rows by variable and station from frames (at least one) that are so, without sorting them.

    No series may be in two of the frames. Those of one variable may lack its column.
    """
    import polars as pl

    if len(frames) == 1:
        return frames[0]
    found: dict[str, list[pl.DataFrame]] = {}
    for frame in frames:
        for name, part in _by_variable(frame):
            found.setdefault(name, []).append(part)
    parts = [part for name in sorted(found) for part in _merged(found[name])]
    return pl.concat(parts) if parts else frames[0]


def _by_variable(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    start = 0
    while start < len(frame):
        if "variable" not in frame.columns:
            yield "", frame
            return
        names = frame["variable"]
        end = bisect_right(names, names[start], start)
        yield names[start], frame[start:end]
        start = end


def _merged(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return pieces of the frames of one variable, in the order of stations: mostly one is large."""
    *small, large = sorted(frames, key=len)
    pieces = [
        (str(part["station"][0]), part)
        for frame in small for part in frame.partition_by("station", maintain_order=True)
    ]  # fmt: skip
    ids = large["station"]
    cuts = sorted({0, len(large), *(bisect_left(ids, name) for name, _ in pieces)})
    pieces += [(str(ids[low]), large[low:high]) for low, high in pairwise(cuts)]
    return [part for _, part in sorted(pieces, key=lambda one: one[0])]
