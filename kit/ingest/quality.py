"""What the source itself says about its values: columns of the role ``quality`` become flags.

Official data come with marks: "estimated", "suspect", "failed our check". kit keeps such values and flags
them, so that nobody takes them for checked measurements, and gives the source's verdict as the reason. A
verdict never makes kit's own flag milder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.meanings import Meaning
from kit.model import Flag, RawTable

Flags = NDArray[np.int8]

#: Cell of a quality column -> (flag, code of the reason in ``kit.checks.REASONS``).
VERDICTS: dict[str, tuple[Flag, str]] = {
    "suspect": (Flag.SUSPECT, "source-suspect"),
    "estimated": (Flag.SUSPECT, "source-estimated"),
    "fail": (Flag.FAIL, "source-fail"),
}


def add_verdicts(
    table: RawTable, meanings: Sequence[Meaning], long: pd.DataFrame, flag: Flags, reason: NDArray[Any]
) -> None:
    """Raise flags and add reasons, in place, where the source says something about a value.

    Parameters
    ----------
    table
        The raw table; cells of its quality columns are ``""`` or keys of :data:`VERDICTS`.
    meanings, long
        The columns with values, and one row per reading with ``_at`` (place of its row in the frame) and
        ``_which`` (place in ``meanings``).
    flag, reason
        Of every reading so far. Missing values (flag 9) stay missing, without a verdict.
    """
    if all(column.role != "quality" for column in table.columns):
        return
    at, which = long["_at"].to_numpy(), long["_which"].to_numpy()
    there = long["value"].notna().to_numpy()
    for column in table.columns:
        if column.role != "quality":
            continue
        codes, words = pd.factorize(table.frame[column.name].astype("str"))
        about = np.array([not column.label or part.column == column.label for part in meanings], dtype=bool)
        mine = there & about[which]
        for code, word in enumerate(words):
            if str(word) not in VERDICTS:
                continue
            worst, why = VERDICTS[str(word)]
            hit = np.flatnonzero(mine & (codes[at] == code))
            flag[hit] = np.maximum(flag[hit], worst)
            reason[hit] = [_with(str(text), why) for text in reason[hit]]


def _with(reasons: str, why: str) -> str:
    parts = [part for part in reasons.split(";") if part]
    return ";".join(parts if why in parts else [*parts, why])
