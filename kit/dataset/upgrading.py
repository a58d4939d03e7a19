"""Folders of an older layout: what is derived is made anew, what was given stays as it is.

Layout 1 (never released) kept rows in tables of other columns, which its versions name. Those versions keep
their numbers, ids and entries here, so that each can still be looked at; of their rows they say that they
stand in files which are not there, so that whoever opens the dataset derives them again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kit.dataset.settings import LAYOUT, NAME
from kit.entry import canonical_json
from kit.errors import DatasetError
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.flush import Parts
from kit.store.layouts import LAYOUTS
from kit.store.versions import Arrival, Version, name_of

_SAME = ("number", "id", "rules", "entries", "made")


def upgrade(store: Parts) -> None:
    """Bring a dataset of an older layout to this kit's; may be stopped at any moment and repeated.

    Raises :class:`DatasetError` when the folder is read-only.
    """
    if store.journal.path is None:
        raise DatasetError(
            "The dataset in {folder} was made by an older kit.",
            why="Its tables must be derived again, and the folder is read-only for you.",
            do="Let somebody who may write there open it once, or copy it to your own disk.",
            code="older-layout", folder=store.space.url,
        )  # fmt: skip
    with disk.in_words(store.folder), flushing.lock(store, 120.0):
        store.journal.set_meta("doubt", "1")  # whoever is next looks at everything
        for number in store.versions.numbers():
            name = name_of(number)
            fields = json.loads(store.space.get(name))
            if "tables" in fields:
                for table in store.tables.values():
                    table.discard()
                store.space.replace(name, canonical_json(asdict(_version(fields))))
        text = store.space.get(NAME).decode()
        store.space.replace(NAME, re.sub(r"(?m)^layout\s*=.*$", f"layout = {LAYOUT}", text).encode())


def _version(fields: Mapping[str, Any]) -> Version:
    same = {name: fields[name] for name in _SAME}
    rows = tuple(Arrival(name, "0" * 64, 0, 0, int(fields["number"])) for name in LAYOUTS)
    return Version(**same, added=tuple(fields["added"]), arrivals=rows)
