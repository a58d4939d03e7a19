"""Does what is settled follow from what was given? Part of ``verify``; and hashes of tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from kit.dataset.finals import COLUMNS, Finals
from kit.dataset.parts import PART, groups
from kit.dataset.state import State
from kit.model import NotRun, Station
from kit.store.flush import Parts
from kit.store.frames import codes_of, to_polars
from kit.store.layouts import DAYS
from kit.store.versions import Version
from kit.text import tr

if TYPE_CHECKING:
    import polars as pl

Hashes = dict[str, dict[str, str]]


def compare(store: Parts, version: Version, state: State) -> tuple[list[str], Hashes]:
    """Compare what is read with what follows when nothing settled is believed, series by series.

    Returns the differences in words, and by name of table (``days``, ``not_run``) the hash of each series as
    it follows from what was given. All that the version names must be there.
    """
    read, derived = Finals(store, version, state), Finals(store, version, state, settled=False)
    differences: list[str] = []
    hashes: Hashes = {"days": {}, "not_run": {}}
    for variable in derived.variables():
        for group in groups(state, variable, sorted(state.stations), PART):
            places = [state.stations[one] for one in group]
            found, wanted = (_hashes(one, variable, places) for one in (read, derived))
            for table in ("readings", "days", "not_run"):
                for key, series in sorted(wanted[table].items()):
                    hashes.setdefault(table, {})[f"{variable} {key}"] = series
                differences += _differences(table, variable, found[table], wanted[table])
            read.forget()
            derived.forget()
    hashes.pop("readings", None)  # the table's own hash is over what was given
    return differences, hashes


def _hashes(finals: Finals, variable: str, places: Sequence[Station]) -> Hashes:
    """Return the hash of each series, by table and station."""
    rows = finals.readings([variable], places)
    days = to_polars(finals.days([variable], places), DAYS).sort("station", "time", "period")
    said: dict[str, list[NotRun]] = {}
    for one in finals.not_run([variable], places):
        said.setdefault(one.station, []).append(one)
    lines = {
        station: sorted(json.dumps([one.check, one.why, dict(one.params)], sort_keys=True) for one in found)
        for station, found in said.items()
    }
    return {
        "readings": _by_station(rows, COLUMNS),
        "days": _by_station(days, DAYS),
        "not_run": {name: sha256("\n".join(found).encode()).hexdigest() for name, found in lines.items()},
    }


def _by_station(rows: pl.DataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    found = rows.partition_by("station", as_dict=True, maintain_order=True)
    return {str(key[0]): hash_of(part, columns) for key, part in found.items()}


def _differences(table: str, variable: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    other = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
    return [
        tr("table {table}: what is settled of {variable} at {station} does not follow from what was given",
           table=table, variable=variable, station=name)
        for name in other
    ]  # fmt: skip


def hash_of(rows: pl.DataFrame, columns: Mapping[str, str]) -> str:
    """Return the SHA-256 of some columns of rows in the order in which they are, float64 bits included."""
    import numpy as np

    total = sha256()
    for column, dtype in columns.items():
        series = rows[column]
        total.update(f"{column}:{dtype}:{len(series)}\n".encode())
        if dtype == "str":
            few = series.unique().sort()
            total.update("\n".join(few.to_list()).encode() + b"\n")
            total.update(np.ascontiguousarray(codes_of(series, few), dtype="<u4").tobytes())
        elif dtype.startswith("datetime"):
            total.update(series.to_numpy().astype("datetime64[us]").astype("<i8").tobytes())
        elif dtype == "float64":
            values = series.to_numpy().astype("<f8")
            total.update(np.where(np.isnan(values), np.nan, values).tobytes())
        else:
            total.update(series.to_numpy().astype(dtype).tobytes())
    return total.hexdigest()
