"""Entries, the lines of the log: what they hold, and how their ids and those of versions are made.

Ids are what copies of a dataset agree by, so nothing here may ever give other bytes for the same content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One line of the log. Never changed; a later entry speaks about an earlier one.

    ``kind`` is one of submission, school, station, deployment, project, annotation, review, retraction,
    approval, citation, finding, feedback, erasure. ``subject`` is the id it speaks about ("" if none).
    ``counter`` is the Lamport counter: entries are ordered by (counter, id), never by wall clocks.
    ``payload`` is the SHA-256 of the kept copy in ``raw/`` ("" if the entry carries no file).
    """

    kind: str
    school: str
    subject: str
    counter: int
    made: str
    payload: str
    content: Mapping[str, Any]

    def canonical(self) -> bytes:
        """Return the canonical JSON: sorted keys, no spaces, UTF-8, finite numbers only."""
        return canonical_json({item.name: getattr(self, item.name) for item in fields(self)})

    @cached_property
    def id(self) -> str:
        """SHA-256 of the canonical JSON of the whole entry, as hex digits."""
        return hashlib.sha256(self.canonical()).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Return ``value`` as canonical JSON (sorted keys, no spaces, UTF-8).

    >>> canonical_json({"b": 1, "a": "õ"}).decode()
    '{"a":"õ","b":1}'
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def version_id(entry_ids: Sequence[str]) -> str:
    """Return the id of a version: SHA-256 over its sorted entry ids, as hex digits (shown as 12).

    >>> version_id(["b", "a"]) == version_id(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(entry_ids)).encode()).hexdigest()
