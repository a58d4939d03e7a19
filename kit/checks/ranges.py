"""Missing values and values that cannot be, or hardly ever are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kit.model import Flag

Floats = NDArray[np.float64]
Flags = NDArray[np.int8]


def missing(value: Floats) -> Flags:
    """Flag missing values (NaN) with 9, all others with 1.

    >>> missing(np.array([1.0, np.nan])).tolist()
    [1, 9]
    """
    return np.where(np.isnan(value), np.int8(Flag.MISSING), np.int8(Flag.GOOD))


def gross_range(
    value: Floats,
    fail_min: float = float("nan"),
    fail_max: float = float("nan"),
    suspect_min: float = float("nan"),
    suspect_max: float = float("nan"),
) -> Flags:
    """Flag values outside the fail span with 4, outside the suspect span with 3.

    Both ends of a span belong to it; a NaN limit is no limit; missing values get 9. The QARTOD
    gross range test (https://ioos.noaa.gov/project/qartod/).

    >>> gross_range(np.array([-95.0, 20.0, 52.0, 86.0]), -90, 60, -50, 50).tolist()
    [4, 1, 3, 4]
    """
    flag = missing(value)
    flag[(value < suspect_min) | (value > suspect_max)] = Flag.SUSPECT
    flag[(value < fail_min) | (value > fail_max)] = Flag.FAIL
    return flag
