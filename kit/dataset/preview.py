"""Understanding a file without storing anything: what ``kit.read`` and ``kit read`` do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from kit import ingest
from kit.dataset.answering import Act, Answered, answer, new_stations
from kit.dataset.receipt import Receipt
from kit.dataset.view import View
from kit.errors import DatasetError
from kit.model import Source


def understand(
    source: Source,
    *,
    shared: View | None = None,
    school: str = "",
    answers: Mapping[str, str] | None = None,
    accept_likely: bool = False,
) -> Answered:
    """Understand one source as ``shared`` would (its stations, its school, its memory); store nothing.

    With ``accept_likely`` the likely answer is taken to every question that has one.
    """
    act = Act(dict(answers or {}), school or None, accept_likely)
    return answer(shared, source, act, datetime.now(UTC))


def record(answered: Answered, shared: View | None = None) -> dict[str, Any]:
    """Return what a receipt would say."""
    new = new_stations(shared, answered.report)
    return {
        **ingest.receipt_record(answered.report), "remembered": answered.memory.record(), "new_stations": new
    }  # fmt: skip


def read(
    what: str | os.PathLike[str] | Source,
    *,
    station: str | None = None,
    answers: Mapping[str, str] | None = None,
    accept_likely: bool = False,
    shared: View | None = None,
) -> Receipt:
    """Understand a file without storing anything; return what a receipt would say (status ``understood``).

    ``receipt.record["questions"]`` holds what only a person knows. ``shared`` is the dataset whose stations
    are known (default: the class's own, see :func:`kit.open`). Raises
    :class:`kit.errors.FileError` when the file cannot be understood.
    """
    from kit.dataset.snapshot import open_any
    from kit.dataset.uploading import one_source

    if shared is None:
        with suppress(DatasetError):
            shared = open_any()
    given = {**(answers or {}), **({"station": station} if station else {})}
    found = understand(one_source(what), shared=shared, answers=given, accept_likely=accept_likely)
    return Receipt(record(found, shared))
