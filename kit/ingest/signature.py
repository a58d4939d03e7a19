"""The signature of a device's export: what stays the same from one file to the next.

Answers to questions are remembered under it (:mod:`kit.dataset.remembering`), so it must not hold anything
that changes from week to week: no values, no dates, no offset of summer time.
"""

from __future__ import annotations

import re
from hashlib import sha256

from kit.entry import canonical_json
from kit.model import RawTable
from kit.vocab import fold

#: A file with more stations or sensors than this is told by its columns alone.
FEW = 50
_DATES = re.compile(r"\d{4}[-./]\d{1,2}([-./]\d{1,2})?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}")
_OFFSETS = re.compile(r"\b(gmt|utc)\s*[+\-−]\s*\d{1,2}(:?\d{2})?")


def signature(table: RawTable) -> str:
    """Return the signature of a table without its personal columns, 32 hex digits.

    It is made of the format, the kind, the names of the columns in any order (without dates and offsets in
    them) and the distinct keys of its stations and sensors, where there are at most 50.

    >>> import pandas as pd
    >>> from kit.model import Column
    >>> def of(name, value):
    ...     columns = Column(name, "time"), Column("temp", "value")
    ...     frame = pd.DataFrame({name: ["x"], "temp": [value]})
    ...     return signature(RawTable("a", "readings", frame, columns))
    >>> of("Time, GMT+02:00", "1") == of("time, GMT+03:00", "2"), of("Time", "1") == of("When", "1")
    (True, False)
    """
    names = sorted(_lasting(column.name) for column in table.columns if column.role != "personal")
    keys = {}
    for column in table.columns:
        if column.role in ("station", "sensor") and column.name in table.frame:
            kinds = table.frame[column.name].dropna().unique()
            keys[column.role] = sorted(str(kind).strip() for kind in kinds) if len(kinds) <= FEW else ["…"]
    return sha256(canonical_json([table.format, table.kind, names, keys])).hexdigest()[:32]


def _lasting(name: str) -> str:
    return _DATES.sub("", _OFFSETS.sub(r"\1", fold(name))).strip()
