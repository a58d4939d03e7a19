"""Numbers that stand for "no value" in a plain table: found by how far they lie from all others."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from kit.formats._decode import Note
from kit.formats._delimited import Table
from kit.text import N_

#: Numbers that devices and data bases write for "no value".
MISSING_CODES = (
    -99999,
    -9999.9,
    -9999,
    -999.9,
    -999,
    -888,
    -200,
    -99.99,
    -99.9,
    -99,
    999.9,
    9999,
    9999.9,
    99999,
)


@cache
def _spellings(decimal: str) -> frozenset[str]:
    """The ways in which the codes of missing values are written."""
    found = {
        f"{code:.{digits}f}" for code in MISSING_CODES for digits in range(5) if round(code, digits) == code
    }
    return frozenset(text.replace(".", decimal) for text in found)


def missing_codes(table: Table, names: list[str]) -> tuple[tuple[str, ...], list[Note]]:
    """Return the texts that stand for "missing" in the value columns, and the notes that say so.

    A code counts only if it occurs more than once and, in every column where it occurs, lies far from all
    other numbers: at least twice as far from zero as any of them on its side.

    >>> frame = pd.DataFrame({"t": ["1,5", "-200", "-200", "12"]})
    >>> missing_codes(Table(("t",), frame, ("",), decimal=","), ["t"])[0]
    ('-200',)
    """
    texts: dict[float, set[str]] = {}
    counts: dict[float, int] = {}
    refuted: set[float] = set()
    for name in names:
        cells = table.frame[name]
        if _spellings(table.decimal).isdisjoint(cells.tolist()):
            continue
        plain = cells.str.replace(",", ".", regex=False) if table.decimal == "," else cells
        numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype="float64")
        hits = [code for code in MISSING_CODES if (numbers == code).any()]
        others = numbers[~np.isin(numbers, MISSING_CODES) & np.isfinite(numbers)]
        for code in hits:
            far = (
                code <= 2 * min(others.min(initial=0.0), -1)
                if code < 0
                else code >= 2 * max(others.max(initial=0.0), 1)
            )
            if not far or (not len(others) and len(names) == 1):
                refuted.add(code)
                continue
            where = numbers == code
            counts[code] = counts.get(code, 0) + int(where.sum())
            texts.setdefault(code, set()).update(str(cell) for cell in cells[where].unique())
    good = [code for code in counts if code not in refuted and counts[code] > 1]
    note = N_("{value} was taken for a missing value; it stands {n} times, far from all other numbers.")
    notes: list[Note] = [(note, {"value": min(texts[code]), "n": counts[code]}) for code in good]
    return tuple(sorted({text for code in good for text in texts[code]})), notes
