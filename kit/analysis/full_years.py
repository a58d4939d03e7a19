"""What a trend rests on: which months, of which stations, in whole years; and when that is too little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.result import Note, called, named
from kit.errors import AnalysisError, UsageError
from kit.stats.kendall import Floats
from kit.text import N_

ALL_MONTHS = tuple(range(1, 13))
FULL_YEARS = 5

LEFT_SHORT = N_("{station} was left out: it has {years} of the {needed} full years needed.")
LEFT_CONSTANT = N_("{station} was left out: all its months have the same value, as if the device were stuck.")
LEFT_COPY = N_("{station} was left out of the joint trend: its readings are those of {other}.")
INDOOR_ALONE = N_("{station} stands indoors: this says nothing about the air of the region.")


def asked_months(ds: xr.Dataset, months: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the months asked for: by the caller, else by the condition that these readings are a part of."""
    given = months if months is not None else ds.attrs.get("months", ALL_MONTHS)
    chosen = tuple(sorted({int(m) for m in given}))
    if not chosen or not set(chosen) <= set(ALL_MONTHS):
        raise UsageError("Months are numbers from 1 to 12.", code="months", value=str(months))
    return chosen


def telling(
    name: str, values: pd.DataFrame, stations: list[str], shown: dict[str, str]
) -> tuple[list[str], list[Note]]:
    """Return the stations that add something to a joint trend, and why others do not.

    A device that always shows the same number says nothing; the same readings under two names count once.
    """
    used: dict[bytes, str] = {}
    notes: list[Note] = []
    for station in stations:
        own = values[station].to_numpy(dtype=float).round(9) + 0.0
        first = used.setdefault(own.tobytes(), station)
        if np.nanmin(own) == np.nanmax(own):
            notes.append((LEFT_CONSTANT, {"station": shown[station]}))
            del used[own.tobytes()]
        elif first != station:
            notes.append((LEFT_COPY, {"station": shown[station], "other": shown[first]}))
    if not used:
        raise AnalysisError(
            "{name} has the same value in every month, so nothing can be said about a trend.",
            why="A device that always shows the same number is stuck, or its steps are too coarse.",
            do="Look at the readings themselves and at the device.",
            code="constant", name=partial(named, name),
        )  # fmt: skip
    return list(used.values()), notes


def whole_years(values: pd.DataFrame, stations: Iterable[str], months: Sequence[int]) -> dict[str, Floats]:
    """Return whole years of monthly values by station: shape (years, months), NaN where missing."""
    chosen = [month - 1 for month in months]
    return {one: values[one].to_numpy(dtype=float).reshape(-1, 12)[:, chosen] for one in stations}


def years_of(values: pd.DataFrame) -> Floats:
    """Return the years of monthly values, shape (years,)."""
    return np.unique(pd.DatetimeIndex(values.index).year).astype(float)


def rests_on(
    ds: xr.Dataset, variable: str, months: Sequence[int], stations: Iterable[str]
) -> tuple[dict[str, Floats], Floats]:
    """Return the months that a trend of these stations rests on (:func:`whole_years`), and their years.

    Only readings of devices that may be compared over the years are among them.
    """
    keep, _ = series.one_deployment(ds, variable, tuple(months))
    values = series.monthly(ds, variable, keep=keep).values
    return whole_years(values, stations, months), years_of(values)


def too_short(name: str, full: pd.Series, changed: bool) -> None:
    """Refuse: ``full`` are the full years of the stations outdoors, by name."""
    if full.empty:
        raise AnalysisError("All these stations stand indoors; indoor readings say nothing about a region.",
                            do="Take one station at a time.", code="indoor")  # fmt: skip
    best = str(full.idxmax())
    if changed:
        raise AnalysisError(
            "Too short for a trend: {name} has {found} of the {needed} full years needed from devices that "
            "may be compared (longest record: {station}).",
            why="Another device took over, and the two never stood side by side for long enough or did not "
            "agree; a trend across such a change could be that of the devices.",
            do="Compare each month with the same month of other years instead.",
            code="too-short", found=int(full[best]), name=called(name), station=best, needed=FULL_YEARS,
        )  # fmt: skip
    raise AnalysisError(
        "Too short for a trend: {name} has {found} of the {needed} full years needed "
        "(longest record: {station}).",
        why="A year is full with 75 % of its days and 75 % of the days of each quarter.",
        do="Compare each month with the same month of other years instead.",
        code="too-short", found=int(full[best]), name=called(name), station=best, needed=FULL_YEARS,
    )  # fmt: skip
