"""``kit read`` and ``kit upload``: files in, receipts out."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kit import formats, ingest
from kit.cli.show import Progress, print_json
from kit.dataset import Dataset, Receipt, open_dataset, preview
from kit.errors import AnswerNeeded, DatasetError, FileError, KitError, UsageError
from kit.model import Source
from kit.text import tr

#: Exit statuses from the most serious to the least.
SERIOUS = (4, 3, 1, 0)


def read(options: Namespace) -> int:
    """Understand each file and say what was understood; nothing is stored."""
    shared = _dataset_if_any(options)
    statuses = [0]
    for source, error in _sources(options.files):
        if error:
            statuses.append(_refused(error, options, source))
            continue
        try:
            found = preview.understand(
                source,
                shared=shared,
                school=options.school or "",
                answers=_answers(options),
                accept_likely=options.yes,
            )
        except FileError as wrong:
            statuses.append(_refused(wrong, options, source))
            continue
        _show(preview.record(found), options)
        statuses.append(3 if found.report.questions else 0)
    return _worst(statuses)


def upload(options: Namespace) -> int:
    """Upload each file and print its receipt."""
    shared = open_dataset(options.dataset)
    files = list(options.files)
    if options.inbox:
        inbox = shared.inbox
        inbox.mkdir(exist_ok=True)
        files += [str(path) for path in sorted(inbox.iterdir()) if path.is_file()]
    if not files and not options.inbox:
        raise UsageError(
            "No file was named.", do="Write kit upload FILE, or kit upload --inbox.", code="no-file"
        )
    progress = Progress(len(files), quiet=options.json or len(files) < 2)
    statuses = [0]
    for file in files:
        progress.step(file)
        statuses += _upload_file(shared, file, options)
    progress.clear()
    return _worst(statuses)


def _upload_file(shared: Dataset, file: str, options: Namespace) -> Iterator[int]:
    """Upload a file, or every member of an archive (whose tables are then written in groups)."""
    found = list(_sources([file]))
    if len(found) == 1:
        source, error = found[0]
        yield _refused(error, options, source) if error else _upload(shared, source, options)
        return
    answers = _answers(options)
    for receipt in shared.upload_all(file, school=options.school, answers=answers, accept_likely=options.yes):
        if isinstance(receipt.trouble, AnswerNeeded):
            yield _unanswered(receipt.trouble, options)
        elif receipt.trouble and not receipt.submission:
            yield _refused(receipt.trouble, options, Source(receipt.file, b""))
        else:
            yield _receipt(receipt, options)


def _receipt(receipt: Receipt, options: Namespace) -> int:
    """Print a receipt and return its exit status."""
    _show(receipt.record, options)
    return 1 if receipt.status == "refused" or (options.strict and receipt.rejected) else 0


def _upload(shared: Dataset, source: Source, options: Namespace) -> int:
    answers = _answers(options)
    while True:
        try:
            receipt = shared.upload(
                source, station=None, school=options.school, answers=answers, accept_likely=options.yes
            )
        except AnswerNeeded as needed:
            if options.json or not sys.stdin.isatty():
                return _unanswered(needed, options)
            answers |= _answer_at_terminal(needed)
        except FileError as wrong:
            return _refused(wrong, options, source)
        except DatasetError as trouble:
            return _refused(trouble, options, source)
        else:
            return _receipt(receipt, options)


def _answers(options: Namespace) -> dict[str, str]:
    answers = {}
    for text in options.answer:
        key, sign, value = text.partition("=")
        if not sign:
            raise UsageError(
                "The answer {answer} has no = sign.",
                do="Write --answer ID=VALUE.",
                code="answer",
                answer=text,
            )
        answers[key.strip()] = value.strip()
    if options.station:
        answers["station"] = options.station
    return answers


def _sources(files: list[str]) -> Iterator[tuple[Source, KitError | None]]:
    """Yield every file (or member of an archive), or the error that stands in its way."""
    for file in files:
        try:
            yield from ((source, None) for source in formats.open_source(Path(file)))
        except KitError as error:
            yield Source(file, b""), error


def _dataset_if_any(options: Namespace) -> Dataset | None:
    try:
        return open_dataset(options.dataset)
    except DatasetError:
        if options.dataset:
            raise
        return None


def _show(record: Mapping[str, Any], options: Namespace) -> None:
    if options.json:
        print_json(ingest.receipt_dict(record, None))
    else:
        print(ingest.receipt_text(record, None))


def _refused(error: KitError, options: Namespace, source: Source) -> int:
    if options.json:
        said = {"row": None, "column": "", "value": "", "suggestion": ""} | error.to_dict()
        print_json(
            ingest.receipt_dict({"file": source.name, "status": "refused"}, None) | {"problems": [said]}
        )
    else:
        print(error.words(), file=sys.stderr)
    return error.exit_status


def _unanswered(needed: AnswerNeeded, options: Namespace) -> int:
    """Print the questions that stand in the way, and how to answer them; return 3."""
    assert needed.report is not None
    record = ingest.receipt_record(needed.report, status="question")
    if options.json:
        print_json(ingest.receipt_dict(record, None))
        return needed.exit_status
    print(needed.words(), file=sys.stderr)
    for question in ingest.receipt_dict(record, None)["questions"]:
        print(f"\n{question['text']}", file=sys.stderr)
        for option in question["options"]:
            print(f"    --answer '{question['id']}={option['value']}'   {option['label']}", file=sys.stderr)
        if not question["options"]:
            print(f"    --answer '{question['id']}=...'", file=sys.stderr)
    if not options.yes and all(question.likely for question in needed.questions):
        print("\n" + tr("Add --yes to take the first answer to each."), file=sys.stderr)
    return needed.exit_status


def _answer_at_terminal(needed: AnswerNeeded) -> dict[str, str]:
    """Ask every question at the terminal; Enter takes the likely answer."""
    assert needed.report is not None
    answers = {}
    for question in ingest.receipt_dict(ingest.receipt_record(needed.report), None)["questions"]:
        print(question["text"])
        for number, option in enumerate(question["options"], start=1):
            print(f"  {number}  {option['label']}  [{option['value']}]")
        reply = input("> ").strip() or question["likely"]
        if reply.isdigit() and 1 <= int(reply) <= len(question["options"]):
            reply = question["options"][int(reply) - 1]["value"]
        answers[question["id"]] = reply
    return answers


def _worst(statuses: list[int]) -> int:
    return next((status for status in SERIOUS if status in statuses), max(statuses))
