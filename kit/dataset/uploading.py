"""The act of uploading: understand, ask, compare with what is there, acknowledge, bring into the tables."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.answering import Act, Answered, already, answer, meets, new_stations
from kit.dataset.bringing import answers_brought
from kit.dataset.deriving import frames, key_of, moment, packed, stamp
from kit.dataset.receipt import Receipt
from kit.dataset.state import TOLD
from kit.entry import Entry
from kit.errors import AnswerNeeded, DatasetError, FileError, KitError, UsageError
from kit.model import RULES, Report, Source
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft, KeyTaken
from kit.store.space import Unreachable

if TYPE_CHECKING:
    from kit.dataset.local import Dataset
    from kit.dataset.view import View

#: Members of an archive that go into the tables together: at most so many, at most so many seconds.
GROUP, SECONDS = 200, 3.0
#: So many other submissions of the same file are named in a receipt.
NAMED = 5


def one_source(what: str | os.PathLike[str] | Source) -> Source:
    """Return the one source that is meant; :class:`UsageError` for an archive with several."""
    if isinstance(what, Source):
        return what
    from kit import formats

    found = formats.open_source(Path(what))
    if len(found) != 1:
        raise UsageError(
            "{file} holds {n} files.",
            do="Use upload_all for an archive with several files.",
            code="several-files", file=Path(what).name, n=str(len(found)),
        )  # fmt: skip
    return found[0]


def upload(shared: Dataset, source: Source, act: Act) -> Receipt:
    """Acknowledge one source; the receipt says ``received`` until :func:`settled`."""
    from kit import ingest

    made = stamp(act.now)
    if _is_waiting(shared, lambda entry: entry.kind == "station"):
        _flush_if_possible(shared)  # so that a file of a new station finds it, as the one before it did
    answered = understand(shared, source, act, made)
    report = answered.report
    if not len(report.readings) and not len(report.sightings):
        return Receipt(ingest.receipt_record(report, status="refused", received=made))
    key = key_of(report)
    expected = shared._store.journal.under(key)
    while True:
        try:
            return _give(shared, answered, act, made, key, expected)
        except KeyTaken as taken:  # another process was quicker with the same thing
            expected = taken.ids


def understand(shared: View, source: Source, act: Act, made: str) -> Answered:
    """Return the report of a source with every question answered, else raise :class:`AnswerNeeded`."""
    found = answer(shared, source, act, moment(made))
    if found.report.questions:
        raise AnswerNeeded(
            "{file}: nothing was stored yet; an answer is needed.", found.report.questions,
            report=found.report, file=source.name,
        )  # fmt: skip
    return found


def _give(
    shared: Dataset, answered: Answered, act: Act, made: str, key: str, expected: tuple[str, ...]
) -> Receipt:
    report = answered.report
    if expected:
        return _again(shared, report, made, expected)
    from kit import ingest

    if _is_waiting(shared, lambda entry: meets(entry, report)):
        _flush_if_possible(shared)  # the receipt counts what is there already
    known = None
    with suppress(Unreachable):  # then the receipt cannot say what was there already
        known = already(shared, report)
    if known is not None and len(known):
        report = ingest.count_rows(report, known)
    record = ingest.receipt_record(report, submission="", status="stored", received=made)
    record |= {"remembered": answered.memory.record(), "elsewhere": elsewhere(shared, report)}
    record["new_stations"] = new_stations(shared, report)
    drafts = drafts_of(shared, report, record, act.school, made, key)
    entries = flushing.acknowledge(shared._store, drafts, key, expected)
    return Receipt({**record, "submission": entries[-1].id, "status": "received"})


def drafts_of(
    shared: Dataset, report: Report, record: dict[str, Any], school: str | None, made: str, key: str
) -> list[Draft]:
    """Return the entries that a submission is: its new stations, then itself."""
    from kit import ingest

    tables = frames(report)
    content = {
        "answers": dict(report.answers), "file": report.file, "format": report.format, "key": key,
        "kind": report.kind, "receipt": ingest.lasting(record), "rules": RULES, "signature": report.signature,
        "stations": [station.to_dict() for station in report.stations],
        "tables": {name: len(frame) for name, frame in tables.items()},
    }  # fmt: skip
    school = school or _school_of(report) or shared.school
    given = Draft(
        "submission", school, "", made, content, report.kept.sha256, report.kept.data, packed(tables)
    )
    return [*_new_stations(shared, report, made), given]


def elsewhere(shared: Dataset, report: Report, besides: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the newest submissions of the same file with other answers that count: perhaps a mistake.

    At most :data:`NAMED`: a receipt does not grow with the dataset.
    """
    alike = shared._now()[1].alike("payload", report.kept.sha256)
    others = [item for item in alike if not item.retracted and item.id not in besides][-NAMED:]
    return [{"submission": one.id, "made": one.made, "stations": list(one.stations)} for one in others]


def _again(shared: Dataset, report: Report, made: str, ids: tuple[str, ...]) -> Receipt:
    """Answer for something that was given before."""
    journal = shared._store.journal
    with disk.in_words(shared.folder):
        if any(journal.is_waiting(item) for item in ids):
            try:
                flushing.flush(shared._store)
            except Unreachable:
                if (entry := journal.entry(ids[-1])) and journal.is_waiting(entry.id):
                    record = {**entry.content["receipt"], "submission": entry.id, "file": report.file}
                    return Receipt({**record, "status": "received"})
                raise
    state = shared._now()[1]
    known = [state.submissions[item] for item in ids if item in state.submissions]
    live = [item for item in known if not item.retracted]
    if live:
        record = live[0].record
        known = record["rows"] - record["rejected"]  # a row is counted once, however often it is given
        again = {"status": "already", "file": report.file, "accepted": 0, "flagged": 0, "duplicate": known}
        return Receipt({**record, **again, "new_stations": {}})
    found = known[-1]
    content = {"retracted": False, "reason": ""}
    others = elsewhere(shared, report, (found.id,))
    flushing.acknowledge(shared._store, [Draft("retraction", found.school, found.id, made, content)])
    return Receipt({**found.record, "status": "restored", "file": report.file, "elsewhere": others})


def _is_waiting(shared: Dataset, which: Callable[[Entry], bool]) -> bool:
    """Return whether such an entry is acknowledged and not yet in a version."""
    with disk.in_words(shared.folder):
        journal = shared._store.journal
        return bool(journal.waiting()) and any(which(entry) for entry in journal.waiting_entries())


def _flush_if_possible(shared: Dataset) -> None:
    """Bring what waits into the tables; when that is impossible, :func:`settled` will say why."""
    with suppress(Exception):
        flushing.flush(shared._store)


def _school_of(report: Report) -> str:
    schools = sorted({station.school for station in report.stations})
    return schools[0] if len(schools) == 1 else ""


def _new_stations(shared: Dataset, report: Report, made: str) -> Iterator[Draft]:
    known = {station.id for station in shared.stations()}
    for station in report.stations:
        if station.id not in known:
            # Never over what somebody said about the station in the meantime.
            content = {**station.to_dict(), TOLD: True}
            yield Draft("station", station.school, station.id, made, content, first=True)


def settled(shared: Dataset, receipt: Receipt) -> Receipt:
    """Bring what was acknowledged into the tables; the receipt then says ``stored``."""
    if receipt.status in ("refused", "question", "already"):
        return receipt
    try:
        shared._flushed(flushing.flush(shared._store))
    except DatasetError as trouble:  # acknowledged all the same: the journal has it
        return Receipt(receipt.record, trouble)
    except Exception as error:  # noqa: BLE001  (deltalake's and Polars' own errors)
        return Receipt(receipt.record, disk.explain(error, shared.folder))
    if receipt.status == "received":
        return Receipt({**receipt.record, "status": "stored"})
    return receipt


def upload_all(
    shared: Dataset, what: str | os.PathLike[str] | Iterable[Source], act: Act
) -> Iterator[Receipt]:
    """Yield the receipts of every member of an archive (or of some sources), in groups."""
    from kit import formats

    if isinstance(what, str | os.PathLike):
        act = replace(act, answers={**answers_brought(Path(what)), **act.answers})
    group: list[Receipt] = []
    since = time.monotonic()
    for source in formats.open_source(Path(what)) if isinstance(what, str | os.PathLike) else what:
        try:
            group.append(upload(shared, source, act))
        except (FileError, AnswerNeeded) as error:
            group.append(refused(source, error))
        except Exception:  # a full disk, say: those before it were acknowledged and have their receipts
            yield from _settled_group(shared, group)
            raise
        if len(group) >= GROUP or time.monotonic() - since > SECONDS:
            yield from _settled_group(shared, group)
            group, since = [], time.monotonic()
    yield from _settled_group(shared, group)


def _settled_group(shared: Dataset, group: list[Receipt]) -> list[Receipt]:
    return [settled(shared, receipt) for receipt in group]


def refused(source: Source, error: KitError) -> Receipt:
    """Return the receipt of a file of which nothing was stored."""
    status = "question" if isinstance(error, AnswerNeeded) else "refused"
    record: dict[str, Any] = {"file": source.name, "status": status, "submission": "", "rows": 0}
    return Receipt(record, error)
