"""Arrays that are worked out piece by piece: ``readings(..., chunks=...)``, an ``xarray.Dataset`` on dask.

A piece is a group of stations with all variables on the whole time axis. Which stations, times and variables
have values is found first, one piece after the other, so that memory stays bounded. The values are worked
out when they are computed, in threads of this process or on workers of a ``dask.distributed`` cluster that
see the same folder. A piece is what :meth:`kit.dataset.view.View.readings` gives for its stations, so results
are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.dataset.arrays import axis_of, station_coordinates, step_of
from kit.errors import UsageError

if TYPE_CHECKING:
    import xarray as xr

    from kit.dataset.view import View

#: Stations in a piece of which kit decides the size.
USUAL = 100
#: What stands where there is nothing, by the end of the name.
_NOTHING = {"_flag": 9, "_coverage": 0.0, "_at_least": 0, "_deployment": -1}
_DEPLOYMENT = "_deployment"


@dataclass(frozen=True)
class Piece:
    """Which arrays: of what, and in which dataset, so that another process can open it.

    ``wanted`` None takes the variables of ``asked`` that have values; ``ends`` are the first and the last
    time of the axis; ``deployments`` names the variables whose deployments are always given.
    """

    folder: str
    version: int
    only: frozenset[str] | None
    asked: tuple[str, ...]
    stations: tuple[str, ...]
    span: tuple[date | None, date | None]
    freq: str
    use: tuple[int, ...]
    wanted: tuple[str, ...] | None
    deployments: frozenset[str] = frozenset()
    ends: tuple[Any, ...] = ()

    def __call__(self) -> dict[str, Any]:
        """Return the arrays (station, time) of these stations on the whole axis, by name."""
        found = _view(self.folder, self.version, self.only).piece(self)
        axis = axis_of(np.array(self.ends, dtype="datetime64[us]"), step_of(self.freq))
        times, there = found["time"].to_numpy(), found["station"].to_numpy().tolist()
        offset = int(axis.searchsorted(times[0])) if len(times) else 0
        rows = [self.stations.index(one) for one in there]
        made: dict[str, Any] = {}
        for name, array in found.data_vars.items():
            nothing = next((value for end, value in _NOTHING.items() if str(name).endswith(end)), np.nan)
            full = np.full((len(self.stations), len(axis)), nothing, dtype=array.dtype)
            full[rows, offset : offset + len(times)] = array.to_numpy()
            made[str(name)] = full
        return made


@lru_cache(maxsize=4)
def _view(folder: str, version: int, only: frozenset[str] | None) -> View:
    """Return the dataset in this process at a version of its folder."""
    from kit.dataset.local import Dataset
    from kit.dataset.view import View

    shared = Dataset(folder)
    return View(shared._store, shared._settings, shared._store.versions.read(version), only=only)


def chunked(view: View, whole: Piece, chunks: int | str) -> xr.Dataset:
    """Return the arrays of ``whole`` on dask, with so many stations in a piece (``"auto"``: kit decides).

    Raises :class:`UsageError` for another size, or where dask is not installed.
    """
    import xarray as xr

    delayed, da = _dask()
    size = _size(chunks)
    groups = [whole.stations[at : at + size] for at in range(0, len(whole.stations), size)]
    found: list[tuple[str, ...]] = []
    ends: list[Any] = []
    names: set[str] = set()
    numbered: set[str] = set()
    for group in groups:
        some = view.piece(replace(whole, stations=group))
        names |= set() if whole.wanted else {str(n) for n in some.data_vars if f"{n}_flag" in some}
        numbered |= {str(n).removesuffix(_DEPLOYMENT) for n in some.data_vars if str(n).endswith(_DEPLOYMENT)}
        ends += some["time"].to_numpy()[[0, -1]].tolist() if some.sizes["time"] else []
        found.append(tuple(some["station"].to_numpy().tolist()))
    wanted = whole.wanted if whole.wanted is not None else tuple(sorted(names))
    whole = replace(whole, wanted=wanted, deployments=frozenset(numbered))
    some = view.piece(replace(whole, stations=next(filter(None, found), ())))
    if not ends:
        return some
    whole = replace(whole, ends=(min(ends), max(ends)))
    axis = axis_of(np.array(whole.ends, dtype="datetime64[us]"), step_of(whole.freq))
    ids = [one for group in found for one in group]
    stacks: dict[str, list[Any]] = {str(name): [] for name in some.data_vars}
    for group in filter(None, found):
        arrays = delayed(replace(whole, stations=group), pure=True)()
        for name, stack in stacks.items():
            shape = (len(group), len(axis))
            stack.append(da.from_delayed(arrays[name], shape, some[name].dtype))
    known = {one.id: one for one in view.stations()}
    made = xr.Dataset(
        {name: (("station", "time"), da.concatenate(s), some[name].attrs) for name, s in stacks.items()},
        coords={"time": ("time", axis, some["time"].attrs), **station_coordinates(ids, known)},
    )
    made.attrs = dict(some.attrs)
    return made


def _size(chunks: int | str) -> int:
    if chunks == "auto":
        return USUAL
    if isinstance(chunks, int) and not isinstance(chunks, bool) and chunks > 0:
        return chunks
    raise UsageError(
        "{chunks} is no size of a piece.",
        do='Give the number of stations in a piece, or "auto".',
        code="chunks", chunks=str(chunks),
    )  # fmt: skip


def _dask() -> tuple[Any, Any]:
    try:
        import dask.array
        from dask.delayed import delayed
    except ImportError as error:
        raise UsageError(
            "Readings in pieces need dask, which is not installed.",
            do="Install kit with its extra cluster; or leave chunks out.",
            code="no-dask",
        ) from error
    return delayed, dask.array
