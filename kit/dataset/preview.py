"""Understanding a file without storing anything: what ``kit.read`` and ``kit read`` do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from kit import ingest
from kit.dataset.receipt import Receipt
from kit.dataset.view import View
from kit.errors import DatasetError
from kit.model import Report, Source, Station


def understand(
    source: Source,
    *,
    shared: View | None = None,
    school: str = "",
    answers: Mapping[str, str] | None = None,
    accept_likely: bool = False,
) -> Report:
    """Understand one source as ``shared`` would (its stations, its school); store nothing.

    With ``accept_likely`` the likely answer is taken to every question that has one.
    """
    given = dict(answers or {})
    stations: Iterable[Station] = tuple(shared.stations()) if shared else ()
    school = school or (shared.school if shared else "")
    while True:
        report = ingest.understand(source, given, stations, school=school)
        likely = {question.id: question.likely for question in report.questions if question.likely}
        if not accept_likely or not likely or set(likely) <= set(given):
            return report
        given |= likely


def read(
    what: str | os.PathLike[str] | Source,
    *,
    station: str | None = None,
    answers: Mapping[str, str] | None = None,
    accept_likely: bool = False,
) -> Receipt:
    """Understand a file without storing anything; return what a receipt would say (status ``understood``).

    ``receipt.record["questions"]`` holds what only a person knows. Raises
    :class:`kit.errors.FileError` when the file cannot be understood.
    """
    from kit.dataset.local import open_dataset
    from kit.dataset.uploading import one_source

    try:
        shared: View | None = open_dataset()
    except DatasetError:
        shared = None
    given = {**(answers or {}), **({"station": station} if station else {})}
    report = understand(one_source(what), shared=shared, answers=given, accept_likely=accept_likely)
    return Receipt(ingest.receipt_record(report))
