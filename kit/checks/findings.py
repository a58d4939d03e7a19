"""Flags and reasons of a long table while its checks run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.checks.reasons import REASONS
from kit.checks.series import Ordered
from kit.model import Flag, NotRun

Ints = NDArray[np.int64]
Flags = NDArray[np.int8]
Bools = NDArray[np.bool_]

#: Failures that make a reading nobody's neighbour, and the checks that compare neighbours.
NO_MEASUREMENT = (
    "impossible-time",
    "future-time",
    "factory-clock",
    "out-of-range",
    "out-of-season",
    "stuck-code",
)
_BITS = {code: 1 << place for place, code in enumerate(REASONS)}


class Findings:
    """Flags and reasons so far. Reasons are bits, in the order of REASONS."""

    def __init__(self, length: int) -> None:
        self.flag: Flags = np.full(length, Flag.GOOD, dtype=np.int8)
        self.bits: NDArray[Any] = np.zeros(length, dtype=np.int64 if len(_BITS) > 31 else np.uint32)
        self.not_run: list[NotRun] = []

    def add(self, reason: str, flag: Flags, at: Any = slice(None)) -> None:
        """Take in the flags of one check: the worst counts; 3 and worse get the reason."""
        self.flag[at] = np.maximum(self.flag[at], flag)
        bad = (flag >= Flag.SUSPECT) & ((flag != Flag.MISSING) | (reason == "missing"))
        if bad.any():
            self.bits[at] |= np.where(bad, self.bits.dtype.type(_BITS[reason]), self.bits.dtype.type(0))

    def add_level(self, reason: str, flag: Flags, level: Flag, at: Any = slice(None)) -> None:
        """Take in only the flags of one level."""
        if (flag == level).any():
            self.add(reason, np.where(flag == level, flag, Flag.GOOD).astype(np.int8), at)

    def add_ordered(self, reason: str, flag: Flags, order: Ordered, at: Ints) -> None:
        """Take in flags of ordered readings (places ``at``) for all rows of the table that they stand for."""
        if not (flag >= Flag.SUSPECT).any():
            return
        full = np.full(len(order.index), Flag.GOOD, dtype=np.int8)
        full[at] = np.where(flag == Flag.MISSING, Flag.GOOD, flag)
        rows = np.flatnonzero(order.twin >= 0)
        self.add(reason, full[order.twin[rows]], rows)

    def wrong(self) -> Bools:
        """Return which readings are no measurement of their time (their place does not matter here)."""
        bits = sum(_BITS[reason] for reason in NO_MEASUREMENT)
        return np.asarray((self.flag == Flag.FAIL) & (self.bits & bits != 0), dtype=bool)

    def words(self) -> NDArray[Any]:
        """Return the reason codes of every reading, joined by ";"."""
        found = np.full(len(self.bits), "", dtype=object)
        some = np.flatnonzero(self.bits)
        which, inverse = np.unique(self.bits[some], return_inverse=True)
        texts = [";".join(code for code, bit in _BITS.items() if bits & bit) for bits in which.tolist()]
        found[some] = np.array(texts, dtype=object)[inverse]
        return found
