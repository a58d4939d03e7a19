"""``kit read``, ``kit upload`` and ``kit correct``: files in, receipts out."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kit import formats, ingest, text
from kit.cli.many import Many
from kit.cli.show import print_json
from kit.dataset import Dataset, Receipt, open_dataset, preview
from kit.dataset.dropped import RECEIPTS, files_in
from kit.errors import AnswerNeeded, DatasetError, FileError, KitError, UsageError
from kit.model import Source
from kit.text import tr

#: Exit statuses from the most serious to the least.
SERIOUS = (4, 3, 1, 0)
#: So many options of a question are printed; kit station list has all stations.
SHOWN = 10


def read(options: Namespace) -> int:
    """Understand each file and say what was understood; nothing is stored."""
    shared = _dataset_if_any(options)
    _speak(shared, options)
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
                answers=answers_of(options),
                accept_likely=options.yes,
            )
        except FileError as wrong:
            statuses.append(_refused(wrong, options, source))
            continue
        _show(preview.record(found, shared), options)
        statuses.append(3 if found.report.questions else 0)
    return worst(statuses)


def upload(options: Namespace) -> int:
    """Upload each file (and every file of a folder) and print its receipt."""
    shared = open_dataset(options.dataset)
    _speak(shared, options)
    if options.inbox is not None or options.watch:
        from kit.cli.inbox import take

        return take(shared, options)
    if not options.files:
        raise UsageError(
            "No file was named.", do="Write kit upload FILE, or kit upload --inbox.", code="no-file"
        )
    statuses = [0]
    files, troubles = _files(options.files)
    for file, error in troubles:
        statuses.append(_refused(error, options, Source(file, b"")))
    many = Many(len(files), options)
    if many.short and (options.yes or not sys.stdin.isatty()):
        files = _upload_together(shared, files, options, many, statuses)
    for file in files:
        _upload_file(shared, file, options, many, statuses)
    many.end()
    return worst(statuses)


def _speak(shared: Dataset | None, options: Namespace) -> None:
    """Use the language of the dataset where nobody named another one."""
    if shared and shared.language and not options.lang and not os.environ.get("KIT_LANG"):
        text.use(shared.language)


def _files(named: list[str]) -> tuple[list[str], list[tuple[str, KitError]]]:
    """Return the files that are meant (of a folder: all in it), and the folders that cannot be taken."""
    files: list[str] = []
    troubles: list[tuple[str, KitError]] = []
    for name in named:
        unpacked_archive = (Path(name) / "meta.xml").is_file()  # one thing: a Darwin Core Archive
        if not Path(name).is_dir() or unpacked_archive:
            files.append(name)
            continue
        try:
            found = [str(path) for path in files_in(name, skip=RECEIPTS)]
            if not found:
                raise FileError(
                    "There is no file in the folder {folder}.", do="Put the files of your devices into it.",
                    code="empty-folder", folder=name,
                )  # fmt: skip
        except KitError as error:
            troubles.append((name, error))
        else:
            files += found
    return files, troubles


def correct(options: Namespace) -> int:
    """Read a submission with other answers, in its place; print the receipt."""
    shared = open_dataset(options.dataset)
    _speak(shared, options)
    return _asking(options, lambda answers: shared.correct(
        options.submission, answers=answers, accept_likely=options.yes,
    ))  # fmt: skip


def template(options: Namespace) -> int:
    """Write a template for observations by hand."""
    from kit.dataset.templates import template as write

    shared = _dataset_if_any(options)
    _speak(shared, options)
    school = options.school or (shared.school if shared else "")
    stations = [item.id for item in (shared.stations() if shared else []) if school in ("", item.school)]
    path = write(options.out, options.kind, None, [options.station] if options.station else stations)
    if options.json:
        print_json({"file": str(path), "kind": options.kind})
    else:
        print(tr("The template is in {file}. Fill it in, then: kit upload {file}", file=str(path)))
    return 0


def _upload_file(shared: Dataset, file: str, options: Namespace, many: Many, statuses: list[int]) -> None:
    """Upload a file, or every member of an archive (whose tables are then written in groups)."""
    found = list(_sources([file]))
    if len(found) == 1:
        many.begin(file)
        source, error = found[0]
        if error:
            statuses.append(show_receipt(refused(error, source), options, many))
        else:
            statuses.append(_upload(shared, source, options, many))
        return
    names = iter(source.name for source, _ in found)
    inside = Many(len(found), options)
    answers = answers_of(options)
    inside.begin(next(names))
    for receipt in shared.upload_all(file, school=options.school, answers=answers, accept_likely=options.yes):
        statuses.append(show_receipt(receipt, options, inside))
        inside.begin(next(names, ""))
    inside.end()


def _upload_together(
    shared: Dataset, files: list[str], options: Namespace, many: Many, statuses: list[int]
) -> list[str]:
    """Upload many files, whose rows go into the tables in groups; return those that hold several or none."""
    others: list[str] = []

    def sources() -> Iterator[Source]:
        for file in files:
            found = list(_sources([file]))
            if len(found) == 1 and found[0][1] is None:
                many.begin(file)
                yield found[0][0]
            else:
                others.append(file)

    answers = answers_of(options)
    for receipt in shared.upload_all(
        sources(), school=options.school, answers=answers, accept_likely=options.yes
    ):
        statuses.append(show_receipt(receipt, options, many))
    return others


def refused(error: KitError, source: Source | None = None) -> Receipt:
    """Return the receipt of a file of which nothing was stored."""
    from kit.dataset import uploading

    return uploading.refused(source or Source(str(error.params.get("file", "")), b""), error)


def show_receipt(receipt: Receipt, options: Namespace, many: Many | None = None) -> int:
    """Print a receipt, or what stood in its way, and return its exit status."""
    told = many is None or many.add(receipt)
    if isinstance(receipt.trouble, AnswerNeeded):
        return _unanswered(receipt.trouble, options) if told else receipt.trouble.exit_status
    if receipt.trouble and not receipt.submission:
        if not told:
            return receipt.trouble.exit_status
        return _refused(receipt.trouble, options, Source(receipt.file, b""))
    if told:
        _show(receipt.record, options)
    return 1 if receipt.status == "refused" or (options.strict and receipt.rejected) else 0


def _upload(shared: Dataset, source: Source, options: Namespace, many: Many) -> int:
    def give(answers: dict[str, str]) -> Receipt:
        return shared.upload(
            source, station=None, school=options.school, answers=answers, accept_likely=options.yes
        )

    try:
        return _asking(options, give, many)
    except (FileError, DatasetError) as trouble:
        return show_receipt(refused(trouble, source), options, many)


def _asking(options: Namespace, give: Callable[[dict[str, str]], Receipt], many: Many | None = None) -> int:
    """Do what needs answers; ask for them at a terminal (again if they are impossible), else print them."""
    answers = answers_of(options)
    latest: dict[str, str] = {}
    while True:
        try:
            receipt = give({**answers, **latest})
        except AnswerNeeded as needed:
            if options.json or not sys.stdin.isatty():
                return show_receipt(refused(needed), options, many)
            if many:
                many.progress.clear()
            answers |= latest
            latest = _answer_at_terminal(needed)
        except UsageError as wrong:
            if not latest:
                raise
            print(wrong.words())
            latest = {}
        else:
            return show_receipt(receipt, options, many)


def answers_of(options: Namespace) -> dict[str, str]:
    """Return the answers given as options."""
    answers = {}
    for said in options.answer:
        key, sign, value = said.partition("=")
        if not sign:
            raise UsageError(
                "The answer {answer} has no = sign.",
                do="Write --answer ID=VALUE.",
                code="answer",
                answer=said,
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
        lines = [
            f"    --answer '{question['id']}={one['value']}'   {one['label']}" for one in question["options"]
        ]
        if len(lines) > SHOWN:  # the likely one is the first, a new one the last
            lines[SHOWN - 1 : -1] = ["    …"]
        print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr)
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


def worst(statuses: list[int]) -> int:
    """Return the most serious exit status."""
    return next((status for status in SERIOUS if status in statuses), max(statuses))
