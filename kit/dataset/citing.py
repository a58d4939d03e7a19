"""Citations: what a report names so that anyone who holds the same entries can look at the same dataset.

A version is its entry set. A citation is an entry that lists that set: the ids of its entries, 32 bytes
each, sorted, in an object of ``raw/`` that travels with it; or only those that an earlier citation, named as
``base``, does not list. So 100,000 entries cost 3.2 MB once, and the next citations what came since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from kit.dataset.deriving import stamp
from kit.dataset.state import Citation, State, citations, not_found
from kit.dataset.view import View
from kit.entry import Entry, version_id
from kit.errors import DatasetError, NotFoundError, UsageError
from kit.ingest.lines import remark
from kit.model import RULES
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft
from kit.store.flush import Parts
from kit.store.removing import KIND
from kit.store.versions import Version
from kit.text import N_

if TYPE_CHECKING:
    from datetime import datetime

    from kit.dataset.local import Dataset

#: After so many citations that say only what is new, one lists everything again.
CHAIN = 32
ELSEWHERE = N_(
    "A version of another copy is known here once it was cited there and that copy was merged with this one."
)
MISSING = N_("{missing} of its {entries} entries are not here.")
#: An erasure lists what was removed where it was made; of what only other copies held nothing tells.
MAYBE = N_("{missing} of its {entries} entries are not here; perhaps they were erased in every copy.")
_SIZE = 32
_WANTED = re.compile(r"([0-9a-f]{6,64})(?:/([0-9]{1,6}))?", re.ASCII)


def listed(ids: Iterable[str]) -> bytes:
    """Return the object that lists entry ids.

    >>> listed(["0b" * 32, "0a" * 32]) == b"\\x0a" * 32 + b"\\x0b" * 32
    True
    """
    return b"".join(sorted(bytes.fromhex(one) for one in ids))


def ids_in(data: bytes) -> list[str]:
    """Return the entry ids that an object lists.

    >>> ids_in(listed(["0b" * 32]))[0][:4]
    '0b0b'
    """
    return [data[start : start + _SIZE].hex() for start in range(0, len(data), _SIZE)]


# --- citing


def cite(shared: Dataset, store: Parts, note: str, now: datetime | None) -> str:
    """Cite the newest version; what :meth:`kit.dataset.local.Dataset.cite` describes."""
    with disk.in_words(store.folder):
        flushing.flush(store)
    version, state = shared._now()
    if version is None:
        raise UsageError(
            "There is nothing to cite yet.",
            why="Nothing was ever given to this dataset.",
            do="Upload a file first.",
            code="nothing-to-cite",
        )
    note = remark(note)
    with disk.in_words(store.folder):
        ids = frozenset(store.journal.ids(version.number))
        base, lists, there = _newest_list(store, state, ids)
    others = {entry.id for entry in state.entries if entry.kind != "citation"}
    if base and base.rules == RULES and note in ("", base.note) and others.isdisjoint(ids - there):
        return base.short
    if base is None or lists >= CHAIN:
        base, there = None, frozenset()
    made = Citation("", version.id, RULES, len(ids), note, base.id if base else "")
    data = listed(ids - there)
    payload = sha256(data).hexdigest()
    shared.act(Draft("citation", shared.school, version.id, stamp(now), made.content(), payload, data))
    return made.short


def _newest_list(
    store: Parts, state: State, ids: frozenset[str]
) -> tuple[Citation | None, int, frozenset[str]]:
    """Return the citation that lists most of these ids and no others, how many lists it needs, and its ids.

    Of citations that cannot be followed in this copy a few are passed over; then all starts anew.
    """
    for earlier in sorted(citations(state), key=lambda one: (one.entries, one.id))[:-4:-1]:
        try:
            there = entry_set(store, earlier)
        except DatasetError:
            continue
        if there <= ids:
            return earlier, len(_chain(store, earlier)), there
    return None, 0, frozenset()


def _chain(store: Parts, citation: Citation) -> list[Entry]:
    """Return the citation's entry and those that its list goes on from."""
    found: list[Entry] = []
    wanted = citation.id
    while wanted:
        entry = store.journal.entry(wanted)
        if entry is None:
            raise DatasetError(
                "The citation {citation} cannot be followed.",
                why="The citation {id}, which lists a part of its entries, is not in this copy.",
                do="Merge with the copy in which it was cited: kit merge OTHER.",
                code="citation-incomplete", citation=citation.short, id=wanted[:12],
            )  # fmt: skip
        found.append(entry)
        wanted = str(entry.content["base"])
    return found


def entry_set(store: Parts, citation: Citation) -> frozenset[str]:
    """Return the ids of all entries of a cited version.

    Raises :class:`DatasetError` when a list is missing or damaged, or does not give the version's id.
    """
    ids = frozenset(
        one for entry in _chain(store, citation) for one in ids_in(store.objects.raw(entry.payload))
    )
    if version_id(list(ids)) != citation.version:
        raise DatasetError(
            "The citation {citation} contradicts itself.",
            why="The entries that it lists are not those of the version that it names.",
            do="Cite the dataset again.",
            code="citation-wrong", citation=citation.short,
        )  # fmt: skip
    return ids


# --- going back


def at(shared: View, store: Parts, wanted: str) -> View:
    """Return the dataset as it was; what :meth:`kit.dataset.local.Dataset.at` describes."""
    version, state = shared._now()
    parsed = _WANTED.fullmatch(wanted.strip().lower())
    digits, said = parsed.groups() if parsed else ("-", None)
    cited = [one for one in citations(state) if one.version.startswith(digits)]
    own = _own(store, version, digits) if version else []
    if version and not own and not cited:
        own = _own(store, version, digits, anew=True)
    ids = {item.id for item in own} | {one.version for one in cited}
    if version is None or not ids:
        raise _unknown(wanted, store.journal.version_ids().values(), state)
    if len(ids) > 1:
        raise NotFoundError(
            "{name} may mean several versions: {close}.",
            do="Write more of its digits.",
            code="ambiguous-version", name=wanted, close=", ".join(sorted(one[:16] for one in ids)),
        )  # fmt: skip
    rules = int(said) if said else own[-1].rules if own else cited[-1].rules
    if own and own[-1].rules == RULES:
        with disk.in_words(store.folder):
            erased = own[-1].entries - len(store.journal.ids(own[-1].number))
        return View(store, shared._settings, own[-1], rules=rules, erased=erased)
    with disk.in_words(store.folder):
        only = frozenset(store.journal.ids(own[-1].number)) if own else entry_set(store, cited[-1])
        absent = only.difference(store.journal.ids(version.number))
        gone = absent & erased_ids(store, state)
        erased = own[-1].entries - len(only) if own else len(gone)
        missing = len(absent - gone)
    if missing:
        raise DatasetError(
            "Version {version} cannot be shown in this copy of the dataset.",
            why=MAYBE if any(entry.kind == KIND for entry in state.entries) else MISSING,
            do="Merge with a copy that holds them: kit merge OTHER.",
            code="entries-missing", version=next(iter(ids))[:12], missing=missing, entries=len(only),
        )  # fmt: skip
    standing = _standing(version, ids.pop(), len(only))
    return View(store, shared._settings, standing, only=only - gone, rules=rules, erased=erased)


def _own(store: Parts, newest: Version, digits: str, *, anew: bool = False) -> list[Version]:
    """Return the versions of this copy up to ``newest`` whose ids begin with these digits, oldest first.

    Only these are read, and those whose ids were not noted yet (with ``anew`` all).
    """
    with disk.in_words(store.folder):
        numbers = [number for number in store.versions.numbers() if number <= newest.number]
        known = {} if anew else store.journal.version_ids()
        if late := [number for number in numbers if number not in known]:
            noted = {one.number: one.id for one in store.versions.read_all(late)}
            store.journal.note_version_ids(noted)
            known |= noted
        close = [number for number in numbers if known.get(number, "").startswith(digits)]
        found = store.versions.read_all(close)
    if all(one.id == known[one.number] for one in found):
        return found
    return _own(store, newest, digits, anew=True)


def erased_ids(store: Parts, state: State) -> frozenset[str]:
    """Return the ids of the entries that the erasures of a state list."""
    found: set[str] = set()
    for entry in state.entries:
        if entry.kind == KIND and entry.payload:
            with suppress(DatasetError):
                found.update(ids_in(store.objects.raw(entry.payload)))
    return frozenset(found)


def _standing(newest: Version, name: str, entries: int) -> Version:
    """Return a version whose rows stand among those of the newest one of this folder."""
    return replace(newest, id=name, rules=RULES, entries=entries, added=())


def _unknown(wanted: str, own: Iterable[str], state: State) -> NotFoundError:
    known = [one[:12] for one in own] + [one.version[:12] for one in citations(state)]
    error = not_found("version", wanted, known)
    error.why = ELSEWHERE
    return error
