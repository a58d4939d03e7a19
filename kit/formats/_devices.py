"""Devices that send or store their own readings: which one it is, and a message without a clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kit.model import Column

#: The column of a message that holds no time: its moment is the zero that a person is asked for.
MOMENT = "elapsed (s)"


def each_device(
    frame: pd.DataFrame, columns: Sequence[Column], name: str = "sensor"
) -> tuple[pd.DataFrame, list[Column]]:
    """Let the numbers of several devices in one file stand for stations: each stands at a place of its own.

    The column with the numbers becomes the station's; a copy called ``name`` stays the sensor's.
    """
    numbers = next((column.name for column in columns if column.role == "sensor"), "")
    if not numbers or frame[numbers].nunique() < 2 or any(c.role == "station" for c in columns):
        return frame, list(columns)
    found = [replace(c, role="station", label=c.name) if c.name == numbers else c for c in columns]
    if name not in frame:
        found.append(Column(name, "sensor"))
        frame = frame.assign(**{name: frame[numbers]})
    return frame, found


def short_address(text: str) -> str:
    """Return the last three parts of a network address, which tell a maker's devices apart.

    >>> short_address("84:f3:eb:b:a4:fd"), short_address("airgradient:84f3eb0ba4fd")
    ('0ba4fd', '0ba4fd')
    """
    tail = text.strip().lower()
    parts = [part.zfill(2) for part in re.split(r"[:-]", tail)]
    digits = "".join(parts) if len(parts) == 6 else re.sub(r".*[^0-9a-f]", "", tail)
    return digits[-6:]
