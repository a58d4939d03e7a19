"""From the text of a cell to a number: decimal signs, thousands, codes for "missing"."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Texts that mean "no value" in every format (compared without case and spaces around).
MISSING = frozenset(
    ("", "-", "--", "---", "----", "–", "—", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "err",
     "error", "missing", "unavailable", "unknown", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!")
)  # fmt: skip
_THOUSANDS = re.compile(r"[+\-−]?[1-9]\d{0,2}(\.\d{3})+")
#: Cells that only say that a value is below or above a limit: "<2", "> 1000".
LIMIT = re.compile(r"\s*[<>≤≥]\s*=?\s*[\d.,]+\s*")
_SPACES = "\u0020\u00a0\u202f\u2009'’"


def numbers(
    cells: pd.Series[str] | pd.Series[float], decimal: str = ".", missing: Iterable[str] = ()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (values, unreadable) of a column of cells.

    Parameters
    ----------
    cells
        Text as in the file, or numbers already.
    decimal
        The decimal sign, "." or ",". The other one may stand between thousands.
    missing
        Texts or numbers that mean "no value" in this file, e.g. ``"-200"``.

    Returns
    -------
    values
        float64, NaN where there is no value.
    unreadable
        True where the cell holds something that is no number and no code for "missing".

    Examples
    --------
    >>> numbers(pd.Series(["2,6", "1.013,25", "-200", "--", "abc"]), ",", ["-200"])[0].tolist()
    [2.6, 1013.25, nan, nan, nan]
    >>> numbers(pd.Series(["2.6", "abc", "n/a"]))[1].tolist()
    [False, True, False]
    """
    codes = {text.strip().casefold() for text in missing} | MISSING
    if pd.api.types.is_numeric_dtype(cells.dtype):
        values = np.asarray(cells.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
        unreadable: NDArray[np.bool_] = np.zeros(len(values), dtype=bool)
    else:
        values, unreadable = _from_text(cells, decimal, codes)
    infinite = np.isinf(values)
    absent = infinite | np.isin(values, _numbers_among(missing))
    if absent.any():  # else the numbers of the table itself are good enough
        values = np.where(absent, np.nan, values)
    return values, unreadable | infinite


def _from_text(
    cells: pd.Series[str] | pd.Series[float], decimal: str, codes: set[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    text = cells.to_numpy(dtype=object, na_value="")
    plain = _with_points(cells.fillna("").astype("str")).to_numpy(dtype=object) if decimal == "," else text
    values = np.array(pd.to_numeric(plain, errors="coerce"), dtype=np.float64)
    rest = np.flatnonzero(np.isnan(values))
    if not len(rest):
        return values, np.zeros(len(values), dtype=bool)
    which, kinds = pd.factorize(text[rest])
    found = [_one(str(kind), decimal, codes) for kind in kinds]
    values[rest] = np.array([value for value, _ in found], dtype=np.float64)[which]
    unreadable = np.zeros(len(values), dtype=bool)
    unreadable[rest] = np.array([bad for _, bad in found], dtype=bool)[which]
    return values, unreadable


def _with_points(text: pd.Series[str]) -> pd.Series[str]:
    """Return numbers with a decimal comma as numbers with a point.

    Points in such a table stand between thousands ("1.012" beside "13,5" is 1012), unless a number of the
    same column can only have a decimal point ("12.5").
    """
    dotted = text[text.str.contains(".", regex=False) & ~text.str.contains(",", regex=False)]
    if len(dotted):
        kinds = dotted.drop_duplicates()
        if kinds.str.strip().str.fullmatch(_THOUSANDS.pattern).all():
            text = text.where(~text.index.isin(dotted.index), text.str.replace(".", "", regex=False))
    return text.str.replace(",", ".", regex=False)


def _one(text: str, decimal: str, codes: set[str]) -> tuple[float, bool]:
    """Return (value, unreadable) of one cell that is not plainly a number."""
    bare = text.strip().strip("\"'").strip()
    if bare.casefold() in codes:
        return float("nan"), False
    other = "," if decimal == "." else "."
    plain = bare.rstrip("*#†").replace("−", "-").replace("–", "-")
    for sign in _SPACES:
        plain = plain.replace(sign, "")
    whole, _, part = plain.partition(decimal)
    groups = whole.lstrip("+-").split(other)
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:])):
        return float("nan"), True
    plain = whole.replace(other, "") + ("." + part if part else "")
    if not plain or plain.strip("+-.0123456789eE"):
        return float("nan"), True
    try:
        return float(plain), False
    except ValueError:
        return float("nan"), True


def _numbers_among(texts: Iterable[str]) -> list[float]:
    found = []
    for text in texts:
        try:
            found.append(float(text.strip().replace(",", ".")))
        except ValueError:
            continue
    return [code for code in found if code == code]


def rounded(values: NDArray[np.float64], digits: int = 3) -> NDArray[np.float64]:
    """Return numbers rounded as Python rounds them (to the nearest decimal, exactly; numpy's way differs).

    Where all are round already, the array itself is returned.

    >>> rounded(np.array([-92.9565, np.nan])).tolist(), float(np.round(-92.9565, 3))
    ([-92.957, nan], -92.956)
    """
    which, kinds = pd.factorize(values, use_na_sentinel=False)
    short: NDArray[np.float64] = np.array([round(float(one), digits) for one in kinds], dtype=np.float64)
    return values if np.array_equal(short, kinds, equal_nan=True) else short[which]
