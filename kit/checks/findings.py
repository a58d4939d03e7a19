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

    def add(self, reason: str, flag: Flags, at: Ints | None = None) -> None:
        """Take in the flags of one check: the worst counts; 3 and worse get the reason."""
        odd = np.flatnonzero(flag > Flag.GOOD)  # few, as a rule
        if not len(odd):
            return
        level, rows = flag[odd], odd if at is None else at[odd]
        self.flag[rows] = np.maximum(self.flag[rows], level)
        bad = (level >= Flag.SUSPECT) & ((level != Flag.MISSING) | (reason == "missing"))
        self.bits[rows[bad]] |= self.bits.dtype.type(_BITS[reason])

    def add_level(self, reason: str, flag: Flags, level: Flag, at: Ints) -> None:
        """Take in only the flags of one level."""
        odd = np.flatnonzero(flag == level)
        self.add(reason, flag[odd], at[odd])

    def add_ordered(self, reason: str, flag: Flags, order: Ordered, at: Ints) -> None:
        """Take in flags of ordered readings (places ``at``) for all rows of the table that they stand for."""
        odd = np.flatnonzero((flag >= Flag.SUSPECT) & (flag != Flag.MISSING))
        if not len(odd):
            return
        level, places = flag[odd], at[odd]
        self.add(reason, level, order.index[places])
        if len(order.twins):
            full = np.full(len(order.index), Flag.GOOD, dtype=np.int8)
            full[places] = level
            self.add(reason, full[order.stand_ins], order.twins)

    def wrong(self) -> Bools:
        """Return which readings are no measurement of their time (their place does not matter here)."""
        bits = self.bits.dtype.type(sum(_BITS[reason] for reason in NO_MEASUREMENT))
        found = np.zeros(len(self.flag), dtype=bool)
        failed = np.flatnonzero(self.flag == Flag.FAIL)
        found[failed] = self.bits[failed] & bits != 0
        return found

    def words(self) -> NDArray[Any]:
        """Return the reason codes of every reading, joined by ";"."""
        found = np.full(len(self.bits), "", dtype=object)
        some = np.flatnonzero(self.bits)
        which, inverse = np.unique(self.bits[some], return_inverse=True)
        texts = [";".join(code for code, bit in _BITS.items() if bits & bit) for bits in which.tolist()]
        found[some] = np.array(texts, dtype=object)[inverse]
        return found
