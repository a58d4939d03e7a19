"""What was measured inside a house never becomes outdoor air.

A file says it in a column ``exposure`` (openSenseMap), or as a whole (``_indoor`` in the names of
Sensor.Community). New stations of such rows get the exposure "indoor"; temperature and humidity become the
indoor variables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kit.ingest.meanings import Meaning
from kit.model import RawTable
from kit.text import N_
from kit.vocab import fold, word_group

INSIDE = {"temperature": "temperature_indoor", "humidity": "humidity_indoor"}
NOTE = N_("Rows measured indoors: {n}. Their temperature and humidity are kept as indoor values.")


def rows_indoors(table: RawTable) -> NDArray[np.bool_]:
    """Return which rows a table says were measured indoors."""
    if table.exposure == "indoor":
        return np.ones(len(table.frame), dtype=bool)
    name = next((c.name for c in table.columns if fold(c.label or c.name) == "exposure"), None)
    if name is None:
        return np.zeros(len(table.frame), dtype=bool)
    words = word_group("indoor") | {"indoors"}
    inside: NDArray[np.bool_] = (
        table.frame[name].astype("str").map(lambda text: fold(text) in words).to_numpy(dtype=bool)
    )
    return inside


def move_indoors(meanings: Iterable[Meaning], inside: NDArray[np.bool_]) -> list[Meaning]:
    """Return the meanings with indoor rows under the indoor variables; a mixed column becomes two."""
    found = []
    for part in meanings:
        mask = inside[part.cells]
        if part.variable not in INSIDE or not mask.any():
            found.append(part)
            continue
        for which, name in ((~mask, part.variable), (mask, INSIDE[part.variable])):
            if which.any():
                cells, values, bad = part.cells[which], part.values[which], part.bad[which]
                written = None if part.written is None else part.written.iloc[np.flatnonzero(which)]
                one = replace(
                    part,
                    cells=cells,
                    values=values,
                    bad=bad,
                    variable=name,
                    named=part.variable,
                    written=written,
                )
                found.append(one)
    return found
