"""Readings as rows: one per station and time, with the local standard time and the variables side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.aggregate.zones import standard_offset
from kit.analysis import series
from kit.analysis.asked import Asked, asked
from kit.analysis.result import HEADINGS, Note, called
from kit.errors import AnalysisError
from kit.text import N_

HEADINGS |= {
    "value": N_("value"), "capture": N_("share measured"), "percentile_value": N_("percentile"),
    "max": N_("highest"), "min": N_("lowest"), "median": N_("middle value"), "speed": N_("wind up to (m/s)"),
    "contribution": N_("share of the sum"), "label": N_("when"), "mean": N_("mean"),
}  # fmt: skip
INDOORS = N_("{station} was left out: it stands indoors.")
INDOOR_ALONE = N_("{station} stands indoors: this says nothing about the air outdoors.")


@dataclass(frozen=True)
class Rows:
    """Readings of several variables.

    ``values`` has shape (time, station) per variable; ``local`` (datetime64[us], local standard time at the
    station) likewise; ``times`` are those of the dataset; ``stations`` the ids, ``names`` what people call
    them; ``part`` says what was asked for where these are a part of the readings.
    """

    times: NDArray[np.datetime64]
    local: NDArray[np.datetime64]
    stations: list[str]
    names: dict[str, str]
    values: dict[str, NDArray[np.float64]]
    notes: tuple[Note, ...]
    step: str
    part: Asked | None = None

    def flat(self, name: str) -> NDArray[np.float64]:
        """Return the values of a variable as one row of numbers; stations alternate."""
        return self.values[name].ravel()

    def at(self) -> NDArray[np.int64]:
        """Return the place of the station of each of the flat values."""
        return np.tile(np.arange(len(self.stations)), len(self.times))


def rows(ds: xr.Dataset, names: Sequence[str], *, hourly: bool = False) -> Rows:
    """Return the values of ``names`` (flags 4 and 9 left out), outdoor stations only.

    One station alone may stand indoors; the notes then say so. Of several, indoor ones are left out, and
    those that measured none of it.

    Raises
    ------
    AnalysisError
        ``not-measured``, ``empty``, ``indoor`` (all of several stations), ``not-hourly`` where ``hourly`` is
        asked for.
    """
    missing = [name for name in names if name not in ds.data_vars]
    if missing:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.",
                            code="not-measured", name=called(missing[0]))  # fmt: skip
    spacing = series.step(ds)
    if hourly and spacing != "hour":
        raise AnalysisError("This question needs hourly readings; these are not hourly.",
                            do='Take hourly readings: freq="1h".', code="not-hourly")  # fmt: skip
    frames = {name: series.frame(ds, name) for name in names}
    first = next(iter(frames.values()))
    exposure, shown = series.station_text(ds, "exposure"), series.station_names(ds)
    kept = [str(s) for s in first.columns if exposure.get(str(s)) != "indoor"]
    notes: list[Note] = []
    if len(first.columns) == 1:
        only = str(first.columns[0])
        if not kept:
            notes.append((INDOOR_ALONE, {"station": shown[only]}))
        kept = [only]
    elif not kept:
        raise AnalysisError("All these stations stand indoors; indoor readings say nothing about a region.",
                            do="Take one station at a time.", code="indoor")  # fmt: skip
    else:
        notes += [(INDOORS, {"station": shown[s]}) for s in exposure if s not in kept]
    kept = [s for s in kept if any(frame[s].notna().any() for frame in frames.values())] or kept
    values = {name: frame[kept].to_numpy(dtype=float) for name, frame in frames.items()}
    if not any(np.isfinite(value).any() for value in values.values()):
        raise AnalysisError(
            "There are no readings here: {name}.",
            do="Ask for a longer time or more stations.",
            code="empty",
            name=called(names[0]),
        )
    times = pd.DatetimeIndex(first.index).to_numpy().astype("datetime64[us]")
    zones = series.station_text(ds, "zone")
    return Rows(
        times, _local(times, [zones[s] for s in kept], spacing), kept, shown, values, tuple(notes), spacing,
        asked(ds, kept),
    )  # fmt: skip


def _local(times: NDArray[np.datetime64], zones: list[str], step: str) -> NDArray[np.datetime64]:
    stamps = times.astype(np.int64)
    shift = {
        zone: standard_offset(zone, stamps) * 1_000_000 if zone and step == "hour" else 0
        for zone in set(zones)
    }
    table = np.stack([stamps + shift[zone] for zone in zones], axis=1)
    return table.astype("datetime64[us]")
