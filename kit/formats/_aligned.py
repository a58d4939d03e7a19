"""Which cell belongs to which name, where the rows of a file have more or fewer cells than its header names.

The names keep their order, so the cells that have no name (or the names that have no cell) stand together in
one place. Every such place is tried, and the values say which is right: a signal strength is negative, a
pressure is near 100 000 Pa, a relative humidity is no pressure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

#: Most cells without a name that are looked for where header and rows are equally long.
_HIDDEN = 4
_SAMPLE = 400
#: What a filled column without a name costs; a plausible named one is worth 1, an impossible one -1.
_NAMELESS = 0.6
#: By how much the best place must be better than the next one that gives other names to filled columns.
_MARGIN = 0.3
_CLEARLY = 1.5
#: How many columns must be impossible under their names before those are doubted where their number fits.
_WRONG = 2
#: What it is worth that columns are missing where the server is known to have added some.
_KNOWN = 0.5

Limits = Mapping[str, tuple[float, float]]
Names = tuple[str, ...]


def align(
    header: Sequence[str],
    frame: pd.DataFrame,
    limits: Limits,
    inserted: Callable[[Names, int, int], Names] | None = None,
    together: Sequence[frozenset[str]] = (),
) -> Names | None:
    """Return one name per column of ``frame`` ("" where the header has none), None if nobody can tell.

    Parameters
    ----------
    header
        The names, in their order.
    frame
        The cells, as text; any number of columns.
    limits
        Lowest and highest usual number of each name; names without an entry say nothing.
    inserted
        ``(header, at, count) -> names`` of columns that are known to be missing from headers ("" if not).
    together
        Groups of names of one sensor: either all of them hold values or none.

    Examples
    --------
    >>> limits = {"temp": (-40, 50), "humidity": (1, 100), "signal": (-120, -1)}
    >>> frame = pd.DataFrame([["4.5", "", "60.2", "-88"], ["4.4", "", "79.9", "-89"]])
    >>> align(["temp", "humidity", "signal"], frame, limits)
    ('temp', '', 'humidity', 'signal')
    """
    names, width = tuple(header), frame.shape[1]
    filled, numbers = _numbers(frame)
    cache: dict[tuple[int, str], float] = {}

    def fit(at: int, name: str) -> float:
        if name not in limits:
            return 0.0 if name else -_NAMELESS
        if (at, name) not in cache:
            low, high = limits[name]
            known = numbers[at][~np.isnan(numbers[at])]
            good = ((known >= low) & (known <= high)).mean() if len(known) else 0.0
            cache[at, name] = 2 * float(good) - 1
        return cache[at, name]

    scores: dict[Names, tuple[float, Names]] = {}
    for candidate, known in _candidates(names, width, inserted or (lambda _, __, count: ("",) * count)):
        shown = tuple(name if filled[at] else "" for at, name in enumerate(candidate))
        score = sum(fit(at, name) for at, name in enumerate(candidate) if filled[at])
        score += _KNOWN * known
        score -= sum(1 for group in together if 0 < len(group & set(shown)) < len(group & set(candidate)))
        if shown not in scores or score > scores[shown][0]:
            scores[shown] = (score, candidate)
    ranked = sorted(scores.values(), key=lambda entry: -entry[0])
    if width == len(names):
        wrong = sum(fit(at, name) < 0 for at, name in enumerate(names) if filled[at])
        as_named = scores[tuple(name if filled[at] else "" for at, name in enumerate(names))][0]
        if wrong < _WRONG or ranked[0][0] < as_named + _CLEARLY:
            return names
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _MARGIN):
        return None
    return ranked[0][1]


def _candidates(
    names: Names, width: int, inserted: Callable[[Names, int, int], Names]
) -> list[tuple[Names, bool]]:
    """Return the names of the cells for every place where names (or cells) may be missing.

    With each goes whether columns are known to have been added in that place.
    """
    more = width - len(names)
    found = []
    if more < 0:
        for at in range(width, -1, -1):
            shorter, gone = names[:at] + names[at - more :], names[at : at - more]
            found.append((shorter, inserted(shorter, at, -more) == gone))
        return found
    for count in [more] if more else range(_HIDDEN + 1):
        for at in range(len(names), -1, -1):
            added = inserted(names, at, count)
            found.append(((names[:at] + added + names[at:])[:width], any(added)))
    return found


def _numbers(frame: pd.DataFrame) -> tuple[list[bool], list[np.ndarray]]:
    """Return for each column whether it holds anything, and (of a sample of rows) its numbers."""
    rows = np.unique(np.linspace(0, max(len(frame) - 1, 0), min(_SAMPLE, len(frame))).astype(int))
    filled, numbers = [], []
    for at in range(frame.shape[1]):
        cells = frame.iloc[:, at]
        filled.append(bool((cells != "").any()))
        sample = cells.iloc[rows] if filled[-1] else cells.iloc[:0]
        if filled[-1] and not (sample != "").any():
            sample = cells[cells != ""].iloc[:_SAMPLE]
        text = sample.str.replace(r"\s*dBm$", "", regex=True).str.replace(",", ".", regex=False)
        numbers.append(pd.to_numeric(text, errors="coerce").to_numpy(dtype="float64"))
    return filled, numbers
