"""Computers of 32 bits, as Python in a browser is: there numpy refuses whole numbers of 64 bits as places.

``np.bincount`` and ``np.repeat`` take places and counts as ``intp``, which has 32 bits there, and do not
narrow what has 64, though all that kit counts fits. :func:`allow` lets them, for the process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np


def narrowed(function: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return a numpy function whose argument at ``place`` may be whole numbers of any width.

    >>> narrowed(np.bincount, 0)(np.array([0, 2, 2], dtype=np.int64)).tolist()
    [1, 0, 2]
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        given = list(args)
        if len(given) > place:
            wide = np.asarray(given[place])
            if wide.dtype.kind in "iu":
                given[place] = wide.astype(np.intp)
        return function(*given, **kwargs)

    return call


def allow() -> None:
    """Let ``np.bincount`` and ``np.repeat`` take numbers of 64 bits on a computer of 32 bits."""
    if np.dtype(np.intp).itemsize < 8:
        np.bincount = narrowed(np.bincount, 0)
        np.repeat = narrowed(np.repeat, 1)
