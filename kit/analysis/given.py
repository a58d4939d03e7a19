"""What an analysis is given: readings, or sightings; anything else is refused in words."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from kit.errors import UsageError


def need_readings(given: object) -> None:
    """Raise ``UsageError`` (``no-readings``) unless ``given`` is what ``dataset.readings`` gives.

    >>> need_readings(xr.Dataset())
    """
    if not isinstance(given, xr.Dataset):
        raise UsageError(
            "Readings are needed here, but this is something else: {kind}.",
            do='Take them with readings("pm25"), without freq=None.', code="no-readings",
            kind=type(given).__name__,
        )  # fmt: skip


def need_sightings(given: object) -> None:
    """Raise ``UsageError`` (``no-sightings``) unless ``given`` is what ``dataset.sightings`` gives.

    >>> need_sightings(pd.DataFrame(columns=["scientificName"]))
    """
    if not isinstance(given, pd.DataFrame) or "scientificName" not in given:
        raise UsageError(
            "Sightings are needed here, but this is something else: {kind}.",
            do="Take them with sightings().", code="no-sightings", kind=type(given).__name__,
        )  # fmt: skip
