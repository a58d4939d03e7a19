"""Rows of a version, from the tables it names; from tables derived anew where those are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kit.errors import DatasetError
from kit.store import folder as disk
from kit.store.flush import Parts, repair
from kit.store.versions import Version

if TYPE_CHECKING:
    from datetime import datetime

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
    times: tuple[datetime | None, datetime | None] = (None, None),
    can_repair: bool = True,
) -> pl.DataFrame:
    """Return the rows of table ``name`` that ``pick`` keeps, as ``version`` names them.

    Rows of submissions that the version does not hold may be among them; the caller leaves them out. Data
    files that cannot hold readings of ``times`` (naive UTC, from and before) are not opened; that is all
    ``times`` does. A table that is missing or damaged is derived anew (unless ``can_repair`` is False).
    """
    table = store.tables[name]
    trouble: Exception | None = None
    for attempt in range(3):
        named = version.tables[name]
        try:
            snapshot = table.open(int(named["version"]))
            if snapshot.metadata().id == named["id"]:
                return pick(table.scan(snapshot, partition, times)).collect()
        except Exception as error:  # noqa: BLE001  (many kinds, for a missing or torn file)
            trouble = error
        newest = store.versions.newest()
        if attempt == 1 and can_repair:
            newest = repair(store)
        version = newest or version
    if trouble is not None:
        raise disk.explain(trouble, store.folder) from trouble
    raise DatasetError(
        "The table {table} of the dataset in {folder} is not the one its version names.",
        why="It was replaced by another one.",
        do="Run kit rebuild.",
        code="table-replaced", table=name, folder=str(store.folder),
    )  # fmt: skip


def count(store: Parts, name: str, version: Version | None) -> int:
    """Return how many rows a table has in a version (those of retracted submissions too)."""
    if version is None:
        return 0
    table = store.tables[name]
    try:
        return table.count(table.open(int(version.tables[name]["version"])))
    except Exception:  # noqa: BLE001  (damaged: count what is there when it was derived anew)
        newest = repair(store) or version
        return table.count(table.open(int(newest.tables[name]["version"])))
