"""Does a station follow its neighbours? A check for three to about twenty stations; at most "suspect".

For each station and hour every neighbour makes a forecast: its own value plus its usual difference (the
median of the month). The median of these forecasts is what one expects, their scatter (median absolute
deviation) how well one can expect. A value is suspect only if it is far from *every* forecast, several hours
running: an event that one neighbour shares (fireworks, a grass fire, a sunny morning) is left alone, and so
is a short peak at one road. The station itself has no part in what is expected of it. Temperatures are
brought to one height first, by 0.0065 K per metre (ICAO standard atmosphere, Doc 7488), where the heights
are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kit.checks.hours import Hours, median_of_rows, months
from kit.checks.limits import Limits, limits
from kit.checks.places import distance_km
from kit.model import NotRun, Station
from kit.text import N_

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A median absolute deviation times this is the standard deviation of normally distributed values.
TO_SIGMA = 1.4826
CHECK = "neighbours"
INDOORS = N_("The station stands indoors.")
NO_PLACE = N_("The station has no coordinates.")
TOO_FEW = N_("Only {n} other stations within {km} km measure this; at least {least} are needed.")
NEVER_TOGETHER = N_(
    "Fewer than {least} stations around measured together with this one for {hours} hours in a month."
)


def unlike_neighbours(
    hours: Hours, variable: str, stations: Mapping[str, Station]
) -> tuple[Bools, list[NotRun]]:
    """Return which hours (like ``hours.value``) are suspect, and where the check could not run.

    Series are compared with the other stations' series of the same kind of period (up to an hour, or equal).
    """
    own = limits(CHECK, variable)
    found = np.zeros(hours.value.shape, dtype=bool)
    not_run: list[NotRun] = []
    if not own.known or not own.applies or not hours.value.size:
        return found, not_run
    able: list[int] = []
    for code, key in enumerate(hours.names["station"]):
        station = stations.get(key)
        if station is None or station.latitude is None or station.longitude is None:
            not_run.append(NotRun(CHECK, variable, key, NO_PLACE))
        elif station.exposure == "indoor":
            not_run.append(NotRun(CHECK, variable, key, INDOORS))
        else:
            able.append(code)
    period = np.maximum(np.array(hours.names["period"], dtype=np.int64), 3600)
    for kind in np.unique(period[able]).tolist():
        _compare(hours, variable, own, stations, [c for c in able if period[c] == kind], found, not_run)
    return found, once(not_run)


def once(not_run: list[NotRun]) -> list[NotRun]:
    """Return each of them once (sensors of one station say the same)."""
    return [one for place, one in enumerate(not_run) if one not in not_run[:place]]


def _compare(
    hours: Hours, variable: str, own: Limits, stations: Mapping[str, Station], codes: list[int],
    found: Bools, not_run: list[NotRun],
) -> None:  # fmt: skip
    """Compare the series of one kind of period; ``found`` and ``not_run`` are added to."""
    ids = hours.names.array("station")
    keys = sorted({str(ids[code]) for code in codes})
    places = [stations[key] for key in keys]
    value = scaled(hours.value, own)
    table = np.vstack([median_of_rows(value[[c for c in codes if ids[c] == key]]) for key in keys])
    month = months(hours.hour)
    bounds = np.flatnonzero(np.r_[True, month[1:] != month[:-1], True]).tolist()
    least = int(own.one("least"))
    for place, key in enumerate(keys):
        near = _near(places, place, own)
        if len(near) < least:
            said = {"n": len(near), "km": f"{own.one('kilometres'):g}", "least": least}
            not_run.append(NotRun(CHECK, variable, key, TOO_FEW, said))
            continue
        lift, base = _levels(places, place, near, own)
        others = table[near] + lift[:, None]
        verdicts = {
            (code, start, end): _month(value[code, start:end], others[:, start:end], base, own)
            for code in codes
            if ids[code] == key
            for start, end in pairwise(bounds)
        }
        for (code, start, end), verdict in verdicts.items():
            if verdict is not None:
                found[code, start:end] = verdict
        if all(verdict is None for verdict in verdicts.values()):
            said = {"least": least, "hours": f"{own.one('common_hours'):g}"}
            not_run.append(NotRun(CHECK, variable, key, NEVER_TOGETHER, said))


def _levels(places: list[Station], place: int, near: Ints, own: Limits) -> tuple[Floats, Floats]:
    """Return what brings each neighbour to this station's height, and the largest usual difference allowed.

    Where a height is needed and not known, nothing is corrected and any usual difference is allowed.
    """
    base = np.full(len(near), own.one("base", np.inf))
    per_metre = own.one("kelvin_per_metre", 0.0)
    height = np.array([np.nan if p.elevation is None else float(p.elevation) for p in places])
    above = (height[near] - height[place]) * per_metre if per_metre else np.zeros(len(near))
    unknown = np.isnan(above)
    base[unknown] = np.inf
    return np.where(unknown, 0.0, above), base


def scaled(value: Floats, own: Limits) -> Floats:
    """Return values as they are compared: of dust the logarithm, for it varies by factors.

    >>> scaled(np.array([0.0, 15.0]), limits(CHECK, "pm25")).round(3).tolist()
    [1.609, 2.996]
    """
    offset = own.one("log_offset")
    return np.log(np.maximum(value, 0.0) + offset) if np.isfinite(offset) else value


def _near(places: list[Station], place: int, own: Limits) -> Ints:
    """Return the nearest stations around one, at most ``most`` within ``kilometres``."""
    latitude = np.array([p.latitude for p in places], dtype=float)
    longitude = np.array([p.longitude for p in places], dtype=float)
    away = distance_km(latitude, longitude, latitude[place], longitude[place])
    away[place] = np.inf
    order = np.argsort(away, kind="stable")[: int(own.one("most"))]
    return np.asarray(order[away[order] <= own.one("kilometres")], dtype=np.int64)


def _month(mine: Floats, others: Floats, base: Floats, own: Limits) -> Bools | None:
    """Return which hours of one month are suspect; None if too few neighbours measured with this station."""
    apart = others - mine
    together = np.isfinite(apart).sum(axis=1) >= own.one("common_hours")
    least = int(own.one("least"))
    if together.sum() < least:
        return None
    apart = apart[together]
    usual = np.clip(median_of_rows(apart.T), -base[together], base[together])
    return suspicious(mine, apart - usual[:, None], own)


def suspicious(mine: Floats, apart: Floats, own: Limits) -> Bools:
    """Return which hours are suspect.

    Parameters
    ----------
    mine
        The station's values in the scale of the comparison, hour by hour.
    apart
        What each neighbour (rows) forecasts, minus ``mine``.
    own
        ``least`` neighbours; the median of ``apart`` is beyond ``minimum`` and ``times`` its scatter; no
        forecast is nearer than ``alone`` times that median; with ``log_offset`` also beyond ``absolute`` in
        the variable's unit; for ``hours`` values running.
    """
    count = np.isfinite(apart).sum(axis=0)
    middle = median_of_rows(apart)
    scatter = TO_SIGMA * median_of_rows(np.abs(apart - middle))
    side = np.sign(middle)
    nearest = np.where(np.isfinite(apart), apart * side, np.inf).min(axis=0, initial=np.inf)
    far = (count >= own.one("least")) & (
        np.abs(middle) > np.maximum(own.one("minimum"), own.one("times") * scatter)
    )
    far &= nearest >= own.one("alone") * np.abs(middle)
    if np.isfinite(own.one("log_offset")):
        far &= np.abs(np.exp(mine + middle) - np.exp(mine)) > own.one("absolute")
    return _running(np.where(far, side, 0.0), np.isfinite(mine), int(own.one("hours")))


def _running(side: Floats, present: Bools, least: int) -> Bools:
    """Return where the same side comes ``least`` times running; hours without a value do not interrupt."""
    found = np.zeros(len(side), dtype=bool)
    here = np.flatnonzero(present)
    mine = side[here]
    if not len(mine):
        return found
    first = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
    count = np.diff(np.r_[first, len(mine)])
    found[here] = np.repeat((count >= least) & (mine[first] != 0), count)
    return found
