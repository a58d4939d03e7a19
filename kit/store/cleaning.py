"""Files that no version needs any more, and what processes that died left lying about.

Rows move from file to file: arrivals are merged with others and then settled, settled tables are written
anew where something changed. What stood there before is removed once no reader can still be on it: when it
is older than ``grace`` and neither one of the newest versions names it nor one that was the newest within
``grace``. Older versions can be read all the same, from the rows of the newest one
(:mod:`kit.store.reading`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kit.store import flush as flushing
from kit.store.flush import Parts
from kit.store.space import Folder, Item, Space, Unreachable
from kit.store.tables import Table
from kit.store.versions import Version, Versions

#: A file that is younger than this (seconds) is never removed.
GRACE = 3600.0
#: What so many of the newest versions name is never removed.
KEEP = 3


@dataclass
class Cleaned:
    """How many files were removed, and their bytes."""

    files: int = 0
    size: int = 0

    def remove(self, space: Space, items: Iterable[Item], limit: float) -> None:
        """Remove those of some objects that were last written before ``limit`` (seconds since 1970)."""
        for item in items:
            if item.written > limit:
                continue
            try:
                space.delete([item.name])
            except Unreachable:
                raise
            except OSError:  # (on Windows) open in another process
                continue
            self.files += 1
            self.size += item.size


def clean(store: Parts, grace: float = GRACE, keep: int = KEEP) -> Cleaned:
    """Remove what no version needs any more; the caller holds the lock for settling."""
    space = store.space
    limit = space.now() - grace
    done = Cleaned()
    with flushing.lock(store, 120.0):  # nobody is about to name an arrival that stands there unnamed
        needed = {item.file for version in kept(store.versions, limit, keep) for item in version.arrivals}
        late = (one for one in space.items("arrivals") if _last(one).partition(".")[0] not in needed)
        done.remove(space, late, limit)
    newest = kept(store.versions, limit, keep)
    for table in store.tables.values():
        _table(table, newest, limit, done)
    done.remove(space, space.items("tables/.aside"), limit)
    for place in ("versions", "entries", "raw"):
        done.remove(space, (one for one in space.items(place) if one.name.endswith(".part")), limit)
    home = Folder(store.folder)
    done.remove(home, (one for one in home.items("", deep=False) if one.name.endswith(".part")), limit)
    return done


def _last(item: Item) -> str:
    """Return the last part of a name."""
    return item.name.rpartition("/")[2]


def kept(versions: Versions, limit: float, keep: int = KEEP) -> list[Version]:
    """Return the newest versions, newest first: ``keep``, and all that were the newest after ``limit``."""
    found: list[Version] = []
    for number in reversed(versions.numbers()):
        if len(found) >= keep and _made(found[-1]) <= limit:
            break
        found.append(versions.read(number))
    return found


def _made(version: Version) -> float:
    return datetime.strptime(version.made, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def _table(table: Table, versions: Sequence[Version], limit: float, done: Cleaned) -> None:
    """Remove the files of a settled table that none of these versions names."""
    named = [version.settled.tables[table.layout.name] for version in versions if version.settled.upto]
    needed: set[str] = set()
    numbers: list[int] = []
    for item in {(str(one["id"]), int(one["version"])): one for one in named}.values():
        try:
            snapshot = table.open(int(item["version"]))
            there = table.names(snapshot)
        except Exception as error:  # noqa: BLE001  (deltalake's many kinds: of another table, or damaged)
            table.must_be_reachable(error)
            if item == named[0]:
                return  # verify tells; whoever derives the rows anew makes a new table
            continue
        if snapshot.metadata().id == item["id"]:
            needed.update(there)
            numbers.append(int(item["version"]))
    log = f"{table.name}/_delta_log/"
    items = table.items()
    logs = [one for one in items if one.name.startswith(log)]
    if items and not named and max((one.written for one in logs), default=0.0) <= limit:
        done.files += len(items)
        done.size += sum(one.size for one in items)
        table.discard()
        return
    late = (one for one in items if one.name not in needed and not one.name.startswith(log))
    done.remove(table.space, late, limit)
    if numbers:
        done.remove(table.space, _log(logs, min(numbers)), limit)


def _log(logs: Sequence[Item], oldest: int) -> Iterator[Item]:
    """Yield the files of the log that nobody needs who opens the Delta version ``oldest`` or a later one."""
    found = {one: _last(one).split(".", 1)[0] for one in logs}
    numbered = {one: int(stem) for one, stem in found.items() if stem.isdigit()}
    starts = [n for one, n in numbered.items() if ".checkpoint" in one.name and n <= oldest]
    for one in found:
        temporary = "#" in one.name or one.name.endswith(".tmp")
        if temporary or (starts and one in numbered and numbered[one] < max(starts)):
            yield one
