"""The settled tables: Delta Lake, written exactly once and made durable by us.

What deltalake does not do, and this module does (measured, see ARCHITECTURE.md): it never flushes to the
disk (a power cut can leave an empty or torn log file under which later commits pile up); it may raise
after it has committed, so that an exception means "unknown"; it accepts the same application transaction
twice. Hence: look at the snapshot before each attempt, flush data, log and folders afterwards, and check
the tail of the log at the start.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from kit.store import folder as disk
from kit.store.datafiles import DataFile, Times, apart, from_log
from kit.store.layouts import Layout
from kit.store.space import Item, Space, Unreachable, space_of

if TYPE_CHECKING:
    import polars as pl
    from deltalake import DeltaTable

ATTEMPTS = 5
#: So many snapshots more than the newest are known without looking into the log.
KNOWN = 3

_DELTA = {"str": "string", "float64": "double", "int8": "byte", "int32": "integer", "int64": "long",
          "bool": "boolean", "datetime64[us]": "timestamp"}  # fmt: skip


class Outrun(Exception):
    """Another computer has written to the table in between: what this one settles does not count."""


class Table:
    """One Delta table of a dataset. Only the holder of the lock for settling may write.

    ``folder``, ``log`` and ``aside`` are of a dataset in a folder.
    """

    def __init__(self, place: Space | str | os.PathLike[str], layout: Layout) -> None:
        self.space = space_of(place)
        self.name = f"tables/{layout.name}"
        self.folder = self.space.home / "tables" / layout.name
        self.aside = self.space.home / "tables" / ".aside"
        self.log = self.folder / "_delta_log"
        self.layout = layout
        self._known: dict[tuple[str, int], list[DataFile]] = {}

    # --- opening

    def open(self, version: int | None = None) -> DeltaTable:
        """Return the table at a Delta version (None: its newest); errors of deltalake pass."""
        from deltalake import DeltaTable

        return DeltaTable(
            self.space.place(self.name), version=version, storage_options=self.space.delta_options
        )

    def prepare(self, named: Mapping[str, Any] | None) -> DeltaTable:
        """Return the table ready to be written to, as ``named`` (its part of the newest version) names it.

        What a torn log or an interrupted settling left after that is taken back; a table that is missing,
        damaged or another one is made anew, empty.
        """
        self.cut_torn_tail(int(named["version"]) if named else -1)
        if named is None or not self.is_whole(named):
            self.discard()
            return self._create()
        found = self.open()
        if found.version() != int(named["version"]):
            found.restore(int(named["version"]))
            found = self.open()
        return found

    def is_whole(self, named: Mapping[str, Any]) -> bool:
        """Return whether the table that a version names is there with all its files."""
        try:
            found = self.open(int(named["version"]))
            same = found.metadata().id == named["id"]
        except Exception as error:  # deltalake raises many kinds; all but these mean damage
            if any(word in str(error).lower() for word in ("too many open", "permission", "memory")):
                raise
            self.must_be_reachable(error)
            return False
        return same and self._all_there(found)

    def must_be_reachable(self, error: Exception) -> None:
        """Raise :class:`Unreachable` if an error of the engines says that the network is away."""
        if self.space.local is None:
            told = disk.explain(error, self.space.home)
            if isinstance(told, Unreachable):
                raise told from None

    def _all_there(self, table: DeltaTable) -> bool:
        names = self.names(table)
        if self.space.local is None:
            return {item.name for item in self.space.items(self.name)}.issuperset(names)
        return all(self._whole(name) for name in names)

    def _whole(self, name: str, size: int | None = None) -> bool:
        """Return whether a Parquet file is there with both its marks (and its full length, if known)."""
        try:
            with (self.space.home / name).open("rb") as file:
                head = file.read(4)
                file.seek(-4, 2)
                return head == b"PAR1" and file.read(4) == b"PAR1" and size in (None, file.tell())
        except OSError:
            return False

    def _create(self) -> DeltaTable:
        from deltalake import DeltaTable, Field, Schema
        from deltalake.schema import PrimitiveType

        types = {name: PrimitiveType(_DELTA[dtype]) for name, dtype in self.layout.all_columns.items()}
        fields = [Field(name, kind, nullable=True) for name, kind in types.items()]
        if self.space.local:
            disk.make_folder(self.folder)
        keep = {
            "delta.logRetentionDuration": "interval 36500 days",
            "delta.deletedFileRetentionDuration": "interval 36500 days",
            "delta.enableExpiredLogCleanup": "false",
        }
        return DeltaTable.create(
            self.space.place(self.name), Schema(fields), mode="error", configuration=keep,
            storage_options=self.space.delta_options,
            partition_by=[self.layout.partition] if self.layout.partition else None,
        )  # fmt: skip

    def discard(self) -> None:
        """Take the table out of the way (it can be derived again)."""
        if self.space.local is None:
            logs = f"{self.name}/_delta_log/"  # first: without them it is no table
            names = [item.name for item in self.space.items(self.name)]
            self.space.delete(sorted(names, key=lambda name: not name.startswith(logs)))
        elif self.folder.exists():
            self.aside.mkdir(parents=True, exist_ok=True)
            gone = self.aside / f"{self.layout.name}-{uuid.uuid4().hex}"
            self.folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)

    # --- the tail of the log after a power cut

    def cut_torn_tail(self, durable: int) -> list[str]:
        """Move log files after Delta version ``durable`` aside, from the first torn one on; return names.

        A bucket has no torn files.
        """
        if self.space.local is None or not self.log.is_dir():
            return []
        number = durable + 1
        while (self.log / f"{number:020d}.json").exists():
            if self._is_torn(number):
                return self._cut_from(number)
            number += 1
        return []

    def _added(self, number: int) -> list[tuple[str, int]] | None:
        """Return (relative path, size) of the files a commit added; None for an empty file."""
        text = self.space.get(f"{self.name}/_delta_log/{number:020d}.json").decode()
        actions = [json.loads(line) for line in text.splitlines() if line.strip()]
        added = [action["add"] for action in actions if "add" in action]
        return [(unquote(one["path"]), int(one["size"])) for one in added] if actions else None

    def _is_torn(self, number: int) -> bool:
        try:
            added = self._added(number)
        except (ValueError, KeyError, TypeError):
            return True
        return added is None or any(not self._whole(f"{self.name}/{name}", size) for name, size in added)

    def _cut_from(self, number: int) -> list[str]:
        self.aside.mkdir(parents=True, exist_ok=True)
        cut = []
        for path in sorted(self.log.iterdir()):
            stem = path.name.split(".", 1)[0]
            if path.name == "_last_checkpoint" or (stem.isdigit() and int(stem) >= number):
                path.replace(self.aside / f"{self.layout.name}-{uuid.uuid4().hex[:8]}-{path.name}")
                cut.append(path.name)
        disk.sync_folder(self.log)
        return cut

    # --- writing

    def replace(self, table: DeltaTable, rows: pl.DataFrame, where: str, app: str, seq: int) -> DeltaTable:
        """Put ``rows`` in the place of those that fit ``where`` (SQL; "" for all), exactly once.

        After the commit the table's application transaction ``app`` stands at ``seq``; a ``seq`` that it has
        reached already writes nothing. Earlier Delta versions stay readable. :class:`Outrun` when somebody
        else has written in between.
        """
        from deltalake import CommitProperties, Transaction, write_deltalake

        mine = table.version() + 1
        for attempt in range(ATTEMPTS):
            if int(table.transaction_version(app) or 0) >= seq:
                return table
            try:
                write_deltalake(
                    table, self._marked(rows), mode="overwrite", predicate=where or None,
                    writer_properties=_writer(self.layout),
                    commit_properties=CommitProperties(app_transactions=[Transaction(app, seq)]),
                )  # fmt: skip
            except Exception as error:  # whatever it says, the commit may have happened: look again
                self.must_be_reachable(error)
                table = self.open()
                if int(table.transaction_version(app) or 0) < seq and attempt == ATTEMPTS - 1:
                    raise
            else:
                table = self.open()
            if table.version() >= mine:
                table = self.open(mine)
                if int(table.transaction_version(app) or 0) < seq:
                    raise Outrun
        return table

    def _marked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return rows in the table's canonical order, times marked as UTC."""
        import polars as pl

        frame = self.layout.in_order(frame)
        times = [name for name, dtype in self.layout.columns.items() if dtype.startswith("datetime")]
        return frame.with_columns(pl.col(name).dt.replace_time_zone("UTC") for name in times)

    def sync(self, durable: int, newest: int) -> dict[str, str]:
        """Flush everything that the Delta versions ``durable`` < v <= ``newest`` wrote.

        Returns the SHA-256 of each data file, by its place under ``tables/``.
        """
        sums: dict[str, str] = {}
        for number in range(durable + 1, newest + 1):
            for name, _ in self._added(number) or ():
                data = self.space.get(f"{self.name}/{name}")
                sums[f"{self.layout.name}/{name}"] = sha256(data).hexdigest()
        if self.space.local and durable < newest:
            self._sync(range(durable + 1, newest + 1), [name.partition("/")[2] for name in sums])
        return sums

    def _sync(self, numbers: range, names: Sequence[str]) -> None:
        folders = {self.folder.parent, self.folder, self.log}
        for name in names:
            disk.sync_file(self.folder / name)
            folders.add((self.folder / name).parent)
        for number in numbers:
            disk.sync_file(self.log / f"{number:020d}.json")
            for extra in self.log.glob(f"{number:020d}.checkpoint*"):
                disk.sync_file(extra)
        last = self.log / "_last_checkpoint"
        if last.exists():
            disk.sync_file(last)
        for folder in folders:
            disk.sync_folder(folder)

    # --- reading

    def contents(self, named: Mapping[str, Any]) -> list[DataFile]:
        """Return the data files of a snapshot, as a version names it, in the order of what they hold.

        Errors of deltalake pass; another table under this name is a FileNotFoundError.
        """
        key = (str(named["id"]), int(named["version"]))
        if key not in self._known:
            snapshot = self.open(key[1])
            if str(snapshot.metadata().id) != key[0]:
                raise FileNotFoundError(f"tables/{self.layout.name} is another table now")
            self._known = {**dict(list(self._known.items())[-KNOWN:]), key: self._listed(snapshot)}
        return self._known[key]

    def _listed(self, table: DeltaTable) -> list[DataFile]:
        import polars as pl

        actions = pl.DataFrame(table.get_add_actions(flatten=True))
        return from_log(actions, self.space.place(self.name), self.layout.partition)

    def scan(
        self,
        named: Mapping[str, Any],
        partition: Sequence[str] | None = None,
        times: Times = (None, None),
        stations: tuple[str, str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.LazyFrame:
        """Return the rows of a snapshot lazily (naive UTC times), only of some partitions if wanted.

        The rows of a partition come in the canonical order. ``times`` (from, before) and ``stations`` (the
        first and the last) only leave out files that cannot hold such rows. ``where`` is a condition on rows
        as files hold them (without the partition, times marked as UTC): parts of files may be left out by it.
        """
        import polars as pl

        files = [
            one for one in self.contents(named)
            if (partition is None or one.value in partition) and one.may_hold(stations, times)
        ]  # fmt: skip
        if not files:
            return self.layout.no_rows().lazy()
        key = self.layout.partition
        # Polars reads partitions from paths, but takes a folder above them that is called a=b for one, too.
        by_path = "=" not in self.space.place("")
        parts = []
        for value, group in groupby(files, lambda one: "" if by_path else one.value):
            lazy = pl.scan_parquet(
                [one.path for one in group], glob=False, hive_partitioning=by_path and bool(key),
                hive_schema={key: pl.String} if by_path and key else None, storage_options=self.space.options,
            )  # fmt: skip
            lazy = lazy if where is None else lazy.filter(where)
            parts.append(lazy if by_path or not key else lazy.with_columns(pl.lit(value).alias(key)))
        lazy = (parts[0] if by_path else pl.concat(parts)).select(list(self.layout.all_columns))
        if not apart(files):
            lazy = lazy.sort(self.layout.order)
        columns = [name for name, dtype in self.layout.columns.items() if dtype.startswith("datetime")]
        return lazy.with_columns(pl.col(name).dt.replace_time_zone(None) for name in columns)

    def names(self, table: DeltaTable) -> list[str]:
        """Return the name of each data file of a snapshot."""
        start = len(self.space.place(""))
        return [one.path[start:] for one in self._listed(table)]

    def items(self) -> list[Item]:
        """Return every object of the table, also those that no snapshot names."""
        return list(self.space.items(self.name))

    def lowest(self, table: DeltaTable, partition: str, column: str) -> list[str]:
        """Return the lowest value of a column in each data file of a partition, ascending (from the log)."""
        import polars as pl

        actions = pl.DataFrame(table.get_add_actions(flatten=True))
        if f"min.{column}" not in actions.columns:
            return []
        mine = actions.filter(pl.col(f"partition.{self.layout.partition}") == partition)
        return sorted(set(mine[f"min.{column}"].to_list()))

    def count(self, table: DeltaTable) -> int:
        """Return the number of rows of a snapshot, from its log alone."""
        import polars as pl

        return int(pl.DataFrame(table.get_add_actions(flatten=True))["num_records"].sum() or 0)


def _writer(layout: Layout) -> Any:
    from deltalake import ColumnProperties, WriterProperties

    steps = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
    named = [name for name in ("time", "row") if name in layout.columns]
    return WriterProperties(
        compression="ZSTD", compression_level=3, max_row_group_size=131_072,
        column_properties=dict.fromkeys(named, steps) or None,
    )  # fmt: skip
