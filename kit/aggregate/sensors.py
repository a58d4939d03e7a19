"""Several sensors of one variable at a station become one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kit.aggregate.groups import FRAME, HOUR, MICRO, SUM, TURNED, VECTOR, Groups, combine, kinds, stamps
from kit.aggregate.hours import mean_direction, usable


def merge_sensors(frame: pd.DataFrame) -> pd.DataFrame:
    """Average the sensors of a variable at a station, hour by hour, each sensor with equal weight.

    Sensors without a complete hour are left out of it; of sums (rain) incomplete ones are, as long
    as another gauge is complete. Directions are averaged as vectors. ``coverage`` is that of the
    best sensor, ``n`` counts the readings of all used, ``flag`` is the worst used.

    Parameters
    ----------
    frame
        A frame of hours from :func:`kit.aggregate.hourly`.

    Returns
    -------
    pandas.DataFrame
        The same columns; ``sensor`` is ``"+"`` where several were averaged; hours of one sensor are as they
        were.
    """
    if _one_sensor(frame):
        return frame
    period = frame["period"].to_numpy(dtype=np.int64)
    hour = stamps(frame["time"].to_numpy()) // (HOUR * MICRO)
    groups = Groups(combine([frame["station"].array, frame["variable"].array, period, hour]))
    if len(groups) == len(frame):
        return frame
    first = groups.first
    kind = kinds(frame["variable"].array)
    at_least = frame["at_least"].to_numpy()
    use = usable(frame, kind)
    whole_sum = use & (kind == SUM) & ~at_least
    use &= (kind != SUM) | whole_sum | ~groups.each(groups.sum(whole_sum) > 0)
    data = {
        name: frame[name].to_numpy(dtype=np.float64) for name in (*VECTOR, "value", "coverage", "n", "span")
    }
    vector = {name: groups.mean(data[name], None, use & np.isfinite(data[name])) for name in VECTOR}
    value = groups.mean(data["value"], None, use & np.isfinite(data["value"]))
    some = groups.sum(use) > 0
    best_of = np.where(use | ~groups.each(some), data["coverage"], np.nan)
    flag = frame["flag"].to_numpy()
    merged = frame.iloc[first].reset_index(drop=True)
    several = groups.size > 1
    merged["sensor"] = pd.Categorical(np.where(several, "+", merged["sensor"].astype(str)))
    columns = {
        "value": np.where(kind[first] == TURNED, mean_direction(vector), value),
        "n": groups.sum(np.where(use, data["n"], 0)).astype(np.int64),
        "coverage": groups.max(best_of),
        "span": groups.min(np.where(use | ~groups.each(some), data["span"], np.nan)),
        "flag": groups.max(np.where(use | ~groups.each(some), flag, 0)).astype(np.int8),
        "at_least": groups.max(use & at_least) > 0,
        "min": groups.min(frame["min"].to_numpy()), "max": groups.max(frame["max"].to_numpy()),
        **vector, "devices": groups.union(np.where(use, frame["devices"].to_numpy(), 0)),
    }  # fmt: skip
    for name, found in columns.items():
        merged[name] = np.where(several, found, merged[name].to_numpy())
    return merged[list(FRAME)]


def _one_sensor(frame: pd.DataFrame) -> bool:
    """Return whether all is of one sensor and hour by hour, so that there is nothing to average."""
    sensor = frame["sensor"].array.codes
    return not len(frame) or bool(frame["period"].max() <= HOUR and (sensor == sensor[0]).all())
