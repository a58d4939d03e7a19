"""Context checks: what only the other readings of a dataset can tell. At most "suspect".

File flags depend on one file; these depend on all entries of a version, so they are derived when readings are
read and never stored. All are pure functions of a table of the values that count, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.checks import shape
from kit.checks.history import unlike_other_years
from kit.checks.hours import by_hour
from kit.checks.limits import limits
from kit.checks.neighbours import unlike_neighbours
from kit.checks.places import moved
from kit.checks.run import link_hours
from kit.checks.series import in_order, median_step, series_codes
from kit.model import Flag, NotRun, Station

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Context:
    """What the context checks found: per reading of the table the codes of its reasons ("" if none)."""

    reason: NDArray[Any]
    not_run: tuple[NotRun, ...]


def run_context(
    readings: pd.DataFrame, stations: Mapping[str, Station], given: Mapping[str, Mapping[str, Station]]
) -> Context:
    """Check the readings of one variable against each other.

    Parameters
    ----------
    readings
        Long table of one variable: the columns of READINGS and ``submission``, one row per identity.
    stations
        The stations as they are known now.
    given
        The stations as each submission gave them, by submission and station.

    Returns
    -------
    Context
        Reasons are ``neighbours``, ``other-years``, ``station-moved``, and ``spike``, ``flat-line``,
        ``rate-of-change`` where only the readings of several files together show it.
    """
    size = len(readings)
    if not size:
        return Context(np.zeros(0, dtype=object), ())
    variable = str(readings["variable"].iloc[0])
    marks: dict[str, Bools] = {"station-moved": _moved(readings, stations, given)}
    marks |= across_borders(readings, variable)
    hours = by_hour(readings)
    used = np.flatnonzero(hours.at >= 0)
    far, not_run = unlike_neighbours(hours, variable, stations)
    odd, more = unlike_other_years(hours, variable)
    for code, cells in (("other-years", odd), ("neighbours", far)):
        marks[code] = np.zeros(size, dtype=bool)
        marks[code][used] = cells[hours.series[used], hours.at[used]]
    reason = np.full(size, "", dtype=object)
    for code, mask in marks.items():
        if mask.any():
            reason[mask] = [f"{text};{code}" if text else code for text in reason[mask]]
    return Context(reason, (*not_run, *more))


def _moved(
    readings: pd.DataFrame, stations: Mapping[str, Station], given: Mapping[str, Mapping[str, Station]]
) -> Bools:
    """Return the readings of submissions whose station stood more than a kilometre from where it is now."""
    limit = limits("station-moved", "*").one("kilometres")
    far = set()
    for submission, places in given.items():
        for key, then in places.items():
            now = stations.get(key)
            known = now and None not in (now.latitude, now.longitude, then.latitude, then.longitude)
            if not now or not known:
                continue
            place = np.array([then.latitude], dtype=float), np.array([then.longitude], dtype=float)
            if moved(*place, float(now.latitude or 0), float(now.longitude or 0), limit)[0] == Flag.SUSPECT:
                far.add((submission, key))
    found = np.zeros(len(readings), dtype=bool)
    for submission, key in sorted(far):
        found |= ((readings["submission"] == submission) & (readings["station"] == key)).to_numpy()
    return found


def across_borders(readings: pd.DataFrame, variable: str) -> dict[str, Bools]:
    """Return, by reason, the readings that only several files together show to be odd.

    The checks of the shape run once over each series as a whole, and once cut where the next reading comes
    from another submission; what only the first finds lies across a border.
    """
    size = len(readings)
    series, names = series_codes(readings, ("station", "sensor", "period"))
    value = readings["value"].to_numpy(dtype=np.float64, copy=True)
    value[readings["flag"].to_numpy() >= Flag.FAIL] = np.nan
    order = in_order(readings["time"].to_numpy(dtype="datetime64[us]"), value, series)
    source = pd.factorize(readings["submission"])[0][order.index]
    cut = np.r_[True, (source[1:] != source[:-1]) | (order.series[1:] != order.series[:-1])]
    found = {}
    if len(source) and cut.sum() > len(np.unique(order.series)):
        step = median_step(order.hours, order.series, len(names))
        use = np.isfinite(order.value)
        for check in ("spike", "flat-line", "rate-of-change"):
            own = limits(check, variable)
            if not own.known or not own.applies:
                continue
            gap = link_hours(own, step)[order.series]
            whole, parts = (
                shape.one_shape(check, own, order.hours, order.value, of, gap, use)
                for of in (order.series, np.cumsum(cut))
            )
            odd = (whole == Flag.SUSPECT) | (whole == Flag.FAIL)
            if check == "spike":
                use &= ~odd
            odd &= parts == Flag.GOOD
            found[check] = np.zeros(size, dtype=bool)
            found[check][order.index[odd]] = True
    return found
