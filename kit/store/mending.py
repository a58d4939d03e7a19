"""Making the journal and the versions agree with what is in the folder, when that is in doubt.

In doubt is a folder that was copied (perhaps while others wrote to it, file by file), whose journal was lost,
or in which a version or rows are missing or damaged. What counts then is what the names of files prove: an
entry whose content gives its name, and the newest version whose id is that of its entries. Later versions are
put aside; what they named waits for a version again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kit.entry import version_id
from kit.errors import DatasetError
from kit.store.entries import entry_name, raw_name
from kit.store.versions import Version

if TYPE_CHECKING:
    from kit.store.flush import Parts
    from kit.store.journal import Journal

#: So many of the things that were put right are remembered.
REMEMBERED = 5
#: Of so many submissions that were left out the kept copies are looked for at each opening.
LEFT_OUT = 100


def look_again(store: Parts) -> None:
    """Trust only the folder: index every entry and every version that are whole, put back lost entries."""
    journal, objects = store.journal, store.objects
    copied = journal.meta("copied") == "1"
    numbers = store.versions.numbers()  # first: what comes while this looks has its entries already
    known = set(journal.ids())
    found = objects.entries_if_whole(sorted(set(objects.entry_ids()) - known))
    journal.adopt([entry for entry in found if entry], here=True)
    names = {entry_name(entry_id): entry_id for entry_id in sorted(known)}
    for entry_id, fault in zip(names.values(), list(objects.faults(names)), strict=True):
        entry = journal.entry(entry_id) if fault else None
        if entry is not None and entry.id == entry_id:
            objects.put_entry(entry.id, entry.canonical())
    newest = _newest_that_fits(store, numbers, copied=copied)
    late = [number for number in numbers if number > newest]
    for name in store.versions.put_aside(late, here=journal.path is None):
        note(journal, "version", name)
    named = {one: made.number for made in store.versions.all() for one in made.added}
    if copied:
        missing = _without_copy(store, set(journal.ids()) - named.keys())
        some = [(one, entry.payload) for one in missing[:LEFT_OUT] if (entry := journal.entry(one))]
        journal.set_meta("left_out", json.dumps([len(missing), some]))
        journal.disown(missing)
    journal.unsettle(named)


def left_out(store: Parts) -> int:
    """Return how many submissions were left out because the folder does not hold their kept copies."""
    count, some = _left_out(store)
    here = sum(store.journal.entry(one) is not None for one, _ in some)
    return 0 if here == len(some) else count - here


def _left_out(store: Parts) -> tuple[int, list[tuple[str, str]]]:
    count, some = json.loads(store.journal.meta("left_out") or "[0, []]")
    return count, some


def can_take_in(store: Parts) -> bool:
    """Return whether a kept copy is here now for which a submission was left out; then all is looked at."""
    late = [payload for one, payload in _left_out(store)[1] if not store.journal.entry(one)]
    if not any(store.space.exists(raw_name(payload)) for payload in late):
        return False
    for name in ("copied", "doubt"):
        store.journal.set_meta(name, "1")
    return True


def _newest_that_fits(store: Parts, numbers: Iterable[int], *, copied: bool) -> int:
    """Return the number of the newest version whose entries are all here, 0 if there is none.

    In a folder that was ``copied`` its rows must be here, too, or what they follow from.
    """
    versions: list[Version] = []
    have = set(store.journal.ids())
    erased = {one.id for one in store.journal.erased()}
    named: set[str] = set()
    for number in numbers:
        version = _if_whole(store, number)
        follows = not versions or number == versions[-1].number + 1
        if version is None or not follows or not set(version.added) <= have | erased:
            break
        versions.append(version)
        named.update(version.added)
    while versions:
        last = versions[-1]
        for ids in (named & have, named):  # also from before an erasure that is being carried out
            if len(ids) == last.entries and version_id(sorted(ids)) == last.id:
                if not copied or _has_rows(store, versions):
                    return last.number
                break
        named.difference_update(last.added)
        versions.pop()
    return 0


def _if_whole(store: Parts, number: int) -> Version | None:
    try:
        return store.versions.read(number)
    except DatasetError:
        return None


def _has_rows(store: Parts, versions: list[Version]) -> bool:
    """Return whether the rows of the last version are here, or the kept copies that they follow from."""
    last = versions[-1]
    missing = [(item.after, item.upto) for item in last.arrivals if not store.arrivals.whole(item)]
    settled = last.settled
    if settled.upto and not all(store.tables[name].is_whole(one) for name, one in settled.tables.items()):
        missing.append((0, settled.upto))
    ids = {
        one for version in versions for one in version.added
        if any(after < version.number <= upto for after, upto in missing)
    }  # fmt: skip
    return not _without_copy(store, ids)


def _without_copy(store: Parts, ids: Iterable[str]) -> list[str]:
    """Return those of some entries whose kept copy is neither in the folder nor in the journal."""
    found = [store.journal.entry(entry_id) for entry_id in sorted(ids)]
    named = [one for one in found if one and one.payload and not store.journal.keeps(one.id)]
    wanted = {raw_name(one.payload): one.payload for one in named}
    faults = dict(zip(wanted, store.objects.faults(wanted), strict=True))
    return [one.id for one in named if faults[raw_name(one.payload)]]


def note(journal: Journal, what: str, name: str = "") -> None:
    """Remember that something was put right (``status`` tells): a ``journal``, ``version`` or ``rows``."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    more = [*mended(journal), {"time": now, "what": what, "name": name}]
    journal.set_meta("mended", json.dumps(more[-REMEMBERED:]))


def mended(journal: Journal) -> list[dict[str, str]]:
    """Return what was put right, with keys time (UTC), what and name, oldest first."""
    found: list[dict[str, str]] = json.loads(journal.meta("mended") or "[]")
    return found
