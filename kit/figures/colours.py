"""Colours for values: light is little, dark is much, so that a grey print says the same.

The stops rise or fall evenly in lightness (CIELAB), which everybody sees, whatever colours their eyes tell
apart (Crameri, Shephard & Heron 2020, doi:10.1038/s41467-020-19160-7). The one scale with two ends runs from
blue to brown through near white; as its ends are alike in grey, what uses it also writes the sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LITTLE_TO_MUCH = ("#fdf3cf", "#f6cf73", "#e39a4a", "#bd6450", "#863a63", "#4a1f5c", "#1d0d3a")
BOTH_WAYS = ("#08306b", "#2f74b3", "#9fc6e0", "#f5f5f2", "#e5b58a", "#b4622a", "#5f2706")
#: Where there is no value.
NOTHING = "#ffffff"


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` as colours, with the words of its bar in a language."""

    low: float
    high: float
    words: Callable[[str], str]
    both_ways: bool = False
    bar: bool = True

    @property
    def stops(self) -> tuple[str, ...]:
        """The colours, evenly spaced."""
        return BOTH_WAYS if self.both_ways else LITTLE_TO_MUCH


def around(values: npt.NDArray[np.float64], words: Callable[[str], str], *, zero: bool = False) -> Scale:
    """Return a scale that holds all values; with ``zero`` one of two ends around 0.

    >>> around(np.array([2.0, np.nan, 5.0]), str).low, around(np.array([-1.0, 3.0]), str, zero=True).low
    (2.0, -3.0)
    """
    seen = values[np.isfinite(values)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    if zero:
        high = max(abs(low), abs(high)) or 1.0
        return Scale(-high, high, words, both_ways=True)
    return Scale(low, high if high > low else low + 1.0, words)


def shades(n: int) -> list[str]:
    """Return ``n`` colours from light to dark, for classes in their order.

    >>> shades(3)
    ['#f6cf73', '#a24f5a', '#1d0d3a']
    """
    return [mixed(LITTLE_TO_MUCH, share) for share in np.linspace(1 / 6, 1, n)] if n > 1 else ["#a24f5a"]


def mixed(stops: tuple[str, ...], share: float) -> str:
    """Return the colour at ``share`` (0 to 1) of the way through evenly spaced stops."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    one, other = (np.array(parts(stops[first + k]), dtype=float) for k in (0, 1))
    red, green, blue = np.rint(one + (other - one) * (place - first)).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def parts(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255.

    >>> parts("#ff8000")
    (255, 128, 0)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def dark(colour: str) -> bool:
    """Return whether white words can be read on this colour (better than black ones, WCAG 2.2)."""
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4
             for p in (part / 255 for part in parts(colour))]  # fmt: skip
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] < 0.179
