"""Ids of versions are the same whether they are made at once or step by step, whatever happens to the log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.entry import Entry, version_id
from kit.store import idsets
from kit.store.acts import Draft
from kit.store.idsets import IdSet
from kit.store.journal import Journal
from kit.store.versions import Version

ids = st.integers(0, 10_000).map(lambda number: hashlib.sha256(str(number).encode()).hexdigest())


@settings(deadline=None)
@given(st.lists(ids, unique=True, max_size=60), st.integers(0, 60), st.integers(0, 6))
def test_the_id_of_a_set_does_not_depend_on_how_it_grew(all_of_them: list[str], first: int, few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(idsets, "FEW", few)
        found = IdSet(all_of_them[:first])
        before = found.copy()
        found.add(all_of_them[first:])
    assert (found.version_id(), len(found)) == (version_id(all_of_them), len(all_of_them))
    assert before.version_id() == version_id(all_of_them[:first])


def draft(number: int, school: str = "EE-A") -> Draft:
    return Draft("annotation", school, "", "2026-03-01T10:00:00Z", {"text": str(number)})


def in_version(journal: Journal, entries: list[Entry], number: int) -> None:
    added = tuple(entry.id for entry in entries)
    journal.settle(Version(number, "", 1, 0, added, ""))


def agree(journals: list[Journal], number: int) -> None:
    for journal in journals:
        known = journal.ids(number)
        assert journal.id_after(number) == (version_id(known), len(known))
        assert journal.id_after(number, ["f" * 64]) == (version_id([*known, "f" * 64]), len(known) + 1)


def test_two_journals_of_a_folder_agree_on_ids_whatever_happens(tmp_path: Path) -> None:
    """Entries come, are erased, are numbered anew and taken out by one of them; the other must see it."""
    one, other = both = [Journal(tmp_path), Journal(tmp_path)]
    made = [one.add([draft(number, "EE-B" if number % 3 else "EE-A")])[0] for number in range(9)]
    for number, entry in enumerate(made, 1):
        in_version(one, [entry], number)
        agree(both, number)
    agree(both, 4)  # an older one
    agree(both, 9)
    erasure = one.add([Draft("erasure", "EE-A", "EE-A", "2026-03-01T10:00:00Z", {})])
    agree(both, 9)
    assert len(one.ids(9)) == 6
    in_version(other, erasure, 10)
    agree(both, 10)
    left = one.ids(10)
    one.unsettle({entry_id: 1 + place % 3 for place, entry_id in enumerate(sorted(left)[:5])})
    agree(both, 3)
    agree(both, 2)
    other.disown(one.ids(3)[:1])
    agree(both, 3)
    late = other.add([draft(77, "EE-B")])
    other.settle(Version(2, "", 1, 0, (late[0].id,), ""))  # into a version that was known already
    agree(both, 3)
