"""Series of one variable in parts of bounded size, so that memory does not grow with the dataset."""

from __future__ import annotations

from collections.abc import Sequence

from kit.dataset.stale import variables_of
from kit.dataset.state import State

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
