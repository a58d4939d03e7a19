"""Rows of a version: from the settled tables and the arrivals it names; derived anew where those are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kit.errors import DatasetError
from kit.store import folder as disk
from kit.store.datafiles import Times
from kit.store.flush import Parts, repair
from kit.store.layouts import LAYOUTS
from kit.store.versions import Version

if TYPE_CHECKING:
    import polars as pl

#: Narrows and selects rows before they are read.
Pick = Callable[["pl.LazyFrame"], "pl.LazyFrame"]


def rows(
    store: Parts,
    name: str,
    version: Version,
    pick: Pick,
    *,
    partition: Sequence[str] | None = None,
    times: Times = (None, None),
    can_repair: bool = True,
) -> pl.DataFrame:
    """Return the rows of table ``name`` that ``pick`` keeps, as they were given.

    Rows of submissions that the version does not hold may be among them; the caller leaves them out. Files
    that cannot hold readings of ``times`` (naive UTC, from and before) are not opened; that is all it does.
    What is missing or damaged is derived anew (unless ``can_repair`` is False).
    """

    def look(version: Version) -> pl.DataFrame:
        import polars as pl

        layout = LAYOUTS[name]
        parts = []
        if version.settled.upto:
            parts.append(
                settled_scan(store, name, version, partition, times).select(list(layout.all_columns))
            )
        arrived = store.arrivals.scan(layout, version.of(name))
        if arrived is not None:
            if partition is not None:
                arrived = arrived.filter(pl.col(layout.partition).is_in(list(partition)))
            parts.append(arrived)
        return pick(pl.concat(parts) if parts else layout.no_rows().lazy()).collect()

    return _look(store, version, look, can_repair=can_repair)


def settled(
    store: Parts,
    name: str,
    version: Version,
    pick: Pick,
    *,
    partition: Sequence[str] | None = None,
    times: Times = (None, None),
    stations: tuple[str, str] | None = None,
    where: pl.Expr | None = None,
) -> pl.DataFrame | None:
    """Return the rows of a settled table that ``pick`` keeps; None if it cannot be read (any more).

    The version must have settled tables. Nothing is repaired: whoever gets None derives from :func:`rows`.
    For ``times``, ``stations`` and ``where`` see :meth:`kit.store.tables.Table.scan`.
    """
    try:
        return pick(settled_scan(store, name, version, partition, times, stations, where)).collect()
    except Exception:  # noqa: BLE001  (many kinds, for a table that was cleaned up, moved or torn)
        return None


def settled_scan(
    store: Parts,
    name: str,
    version: Version,
    partition: Sequence[str] | None = None,
    times: Times = (None, None),
    stations: tuple[str, str] | None = None,
    where: pl.Expr | None = None,
) -> pl.LazyFrame:
    """Return a settled table of a version lazily (:meth:`kit.store.tables.Table.scan`)."""
    return store.tables[name].scan(version.settled.tables[name], partition, times, stations, where)


def _look(
    store: Parts, version: Version, look: Callable[[Version], pl.DataFrame], *, can_repair: bool
) -> pl.DataFrame:
    trouble: Exception | None = None
    for attempt in range(3):
        try:
            return look(version)
        except Exception as error:  # noqa: BLE001  (many kinds, for a missing or torn file)
            trouble = error
            store.tables[next(iter(store.tables))].must_be_reachable(error)
        newest = store.versions.newest()
        if attempt == 1 and can_repair:
            newest = repair(store)
        version = newest or version
    assert trouble is not None
    if isinstance(trouble, DatasetError):
        raise trouble
    raise disk.explain(trouble, store.folder) from disk.cause(trouble, store.folder)


def count(store: Parts, name: str, version: Version | None) -> int:
    """Return how many rows a table has in a version (those of retracted submissions too)."""
    if version is None:
        return 0
    total = sum(item.rows for item in version.of(name))
    if version.settled.upto:
        table = store.tables[name]
        try:
            return total + table.count(table.open(int(version.settled.tables[name]["version"])))
        except Exception:  # noqa: BLE001  (damaged: count what is there when it was derived anew)
            return count(store, name, repair(store) or version)
    return total
