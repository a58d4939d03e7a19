"""Mending a submission in one step: the kept copy with other answers, and the old one taken back.

Both happen in one transaction of the journal, so nothing is lost or doubled when the computer stops.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.answering import Act, already, new_stations
from kit.dataset.deriving import key_of, stamp
from kit.dataset.receipt import Receipt
from kit.dataset.state import Submission
from kit.dataset.uploading import drafts_of, understand
from kit.errors import FileError, NotFoundError, UsageError
from kit.model import Report, Source
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft, KeyTaken

if TYPE_CHECKING:
    from kit.dataset.local import Dataset


def find(shared: Dataset, name: str) -> Submission:
    """Return the submission that is meant: its id (or the first digits of it), or a file.

    A file on this computer means the submission of its content, else the one with its name.
    """
    if re.fullmatch(r"[0-9a-f]{6,64}", name):
        try:
            return shared.submission(name)
        except NotFoundError:
            if not Path(name).is_file():
                raise
    given = _of_content(shared, name) or [
        item for item in shared.submissions() if item.file == Path(name).name or item.file == name
    ]
    live = [item for item in given if not item.retracted]
    if len(live) > 1:
        raise UsageError(
            "{file} was given {n} times.", why="Their submissions are: {ids}.",
            do="Name the one that you mean by its number.", code="several-submissions", file=name,
            n=len(live), ids=", ".join(f"{item.id[:12]} ({', '.join(item.stations)})" for item in live),
        )  # fmt: skip
    if not given:
        return shared.submission(name)
    return (live or given)[-1]


def _of_content(shared: Dataset, name: str) -> list[Submission]:
    from kit import formats, ingest

    if not Path(name).is_file():
        return []
    try:
        (source,) = formats.open_source(Path(name))
        kept = ingest.understand(source).kept.sha256
    except (FileError, ValueError):
        return []
    return [item for item in shared.submissions() if item.entry.payload == kept]


def correct(shared: Dataset, name: str, act: Act) -> Receipt:
    """Give a submission's kept copy again with other answers and take the old one back; not yet settled."""
    found = find(shared, name)
    _must_count(shared, found)
    made = stamp(act.now)
    with disk.in_words(shared.folder):
        kept = shared._store.objects.raw(found.entry.payload)
    source = Source(found.entry.content["file"], kept)
    answers = _merged(found, act)
    report = understand(shared, source, Act(answers, act.school, act.accept_likely, fresh=True), made).report
    key = key_of(report)
    if key == found.entry.content["key"]:
        raise UsageError(
            "Nothing would change in submission {id}.",
            why="It was read with these answers already: {answers}.", do="Name another station or answer.",
            code="no-change", id=found.id[:12], answers=_shown(found.entry.content["answers"]),
        )  # fmt: skip
    while True:
        expected = shared._store.journal.under(key)
        try:
            return _replace(shared, found, report, act, made, key, expected)
        except KeyTaken:  # somebody was quicker: with the same, or with something else about the old one
            found = shared.submission(found.id)
            _must_count(shared, found)


def _must_count(shared: Dataset, found: Submission) -> None:
    if not found.retracted:
        return
    newer = [
        item.id[:12] for item in shared.submissions()
        if item.record.get("corrects", {}).get("submission") == found.id and not item.retracted
    ]  # fmt: skip
    if newer:
        raise UsageError(
            "Submission {id} was corrected already.", do="Correct the one in its place: {newer}.",
            code="retracted", id=found.id[:12], newer=newer[-1],
        )  # fmt: skip
    raise UsageError(
        "Submission {id} was taken back and does not count.", do="Upload the file {file} again.",
        code="retracted", id=found.id[:12], file=found.file,
    )  # fmt: skip


def _merged(found: Submission, act: Act) -> dict[str, str]:
    """Return the answers of the submission with the new ones in their place.

    With another station the zone is open again where it was that of the station before.
    """
    before = dict(found.entry.content["answers"])
    stations = [item for item in found.entry.content["stations"] if item.get("zone")]
    if any(name.split(".")[0] == "station" for name in act.answers):
        if "station" in act.answers:
            before = {name: text for name, text in before.items() if name.split(".")[0] != "station"}
        if before.get("zone") in {item["zone"] for item in stations}:
            del before["zone"]
    return {**before, **act.answers}


def _replace(
    shared: Dataset,
    found: Submission,
    report: Report,
    act: Act,
    made: str,
    key: str,
    expected: tuple[str, ...],
) -> Receipt:
    from kit import ingest

    back = Draft("retraction", found.school, found.id, made, {"retracted": True, "reason": "corrected"})
    report = ingest.count_rows(report, already(shared, report, without=found.id))
    record = ingest.receipt_record(report, status="stored", received=made)
    record |= {"corrects": _changes(found, report), "new_stations": new_stations(shared, report)}
    if expected:
        if any(shared._store.journal.is_waiting(item) for item in expected):
            with disk.in_words(shared.folder):
                flushing.flush(shared._store)
        known = shared.submission(expected[-1])
        restored = {"retracted": False, "reason": "corrected"}
        drafts = [Draft("retraction", known.school, known.id, made, restored)] if known.retracted else []
    else:
        drafts = drafts_of(shared, report, record, act.school, made, key)
    entries = flushing.acknowledge(shared._store, [*drafts, back], key, expected, still=found.id)
    submission = expected[-1] if expected else entries[-2].id
    return Receipt({**record, "submission": submission, "status": "received"})


def _changes(found: Submission, report: Report) -> dict[str, Any]:
    """Return what a correction changed: answers (id, before, after), stations, and how many rows it read."""
    before = found.entry.content["answers"]
    names = sorted({*before, *report.answers})
    changes = [[name, before.get(name, ""), report.answers.get(name, "")] for name in names]
    return {
        "submission": found.id, "made": found.made, "rows": report.rows - report.rejected,
        "stations": [list(found.stations), [item.id for item in report.stations]],
        "answers": [change for change in changes if change[1] != change[2]],
    }  # fmt: skip


def _shown(answers: dict[str, str]) -> str:
    return ", ".join(f"{name} = {text}" for name, text in answers.items()) or "–"
