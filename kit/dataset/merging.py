"""Two copies of a dataset that meet: the union of their entries."""

from __future__ import annotations

from pathlib import Path

from kit.dataset.settings import read_settings
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.entries import Objects
from kit.store.flush import Parts


def merge(store: Parts, other: Path) -> int:
    """Copy the objects that ``store`` lacks from the dataset in ``other``; return the number of entries.

    Only ``entries/`` and ``raw/`` of the other copy are read; every object is checked against its name. What
    the other copy acknowledged but never brought into its tables stays there until it is opened with kit.
    """
    read_settings(other)
    theirs = Objects(other)
    with disk.in_words(store.folder):
        known = set(store.journal.ids())
        # Should we be stopped half-way, whoever opens the dataset next finds what was copied so far.
        store.journal.set_meta("doubt", "1")
        new = [theirs.entry(entry_id) for entry_id in theirs.entry_ids() if entry_id not in known]
        for entry in new:
            if entry.payload:
                store.objects.put_raw(entry.payload, theirs.raw(entry.payload))
            store.objects.put_entry(entry.id, entry.canonical())
        count = store.journal.adopt(new)
        flushing.flush(store)
    return count
