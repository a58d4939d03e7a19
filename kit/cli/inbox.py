"""``kit upload --inbox``: a folder into which a class drops files, looked at once or watched."""

from __future__ import annotations

import signal
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import NoReturn

from kit.cli.files import answers_of, show_receipt, worst
from kit.dataset import Dataset
from kit.dataset.answering import Act
from kit.dataset.dropped import RECEIPTS
from kit.dataset.inbox import Inbox
from kit.errors import DatasetError, KitError, UsageError
from kit.text import tr, trn

#: A file that is being written is looked at again after so many seconds, at most so many times.
WAIT, TIMES = 1.0, 10


def take(shared: Dataset, options: Namespace) -> int:
    """Take the files of an inbox once, or until somebody stops it."""
    if options.files:
        raise UsageError(
            "Files and an inbox cannot be taken at once.", do="Leave out --inbox, or the files.",
            code="files-and-inbox",
        )  # fmt: skip
    folder = Path(options.inbox).expanduser() if options.inbox else shared.inbox
    if not options.inbox:
        folder.mkdir(exist_ok=True)
    act = Act(answers_of(options), options.school, options.yes)
    inbox = Inbox(shared, folder, act, options.lang or shared.language or None)
    return _watch(inbox, options) if options.watch else _once(inbox, options)


def _once(inbox: Inbox, options: Namespace) -> int:
    statuses: list[int] = []
    for _ in range(TIMES):
        statuses += _look(inbox, options)
        if not inbox.busy:
            break
        time.sleep(WAIT)
    for path in inbox.busy:
        print(
            tr("{file} is still being written; it will be taken next time.", file=path.name), file=sys.stderr
        )
    if not statuses and not inbox.busy and not options.json:
        print(tr("Nothing new in {folder}.", folder=str(inbox.folder)))
    return worst([0, *statuses])


def _watch(inbox: Inbox, options: Namespace) -> int:
    """Look again and again; Ctrl-C ends it. Trouble is told once and does not end it."""
    signal.signal(signal.SIGTERM, _stop)
    told = ""
    if not options.json:
        print(tr("Watching {folder}. The receipts are in its folder {receipts}. Ctrl-C stops it.",
                 folder=str(inbox.folder), receipts=RECEIPTS), flush=True)  # fmt: skip
    try:
        while True:
            try:
                _look(inbox, options, twice=True)
                told = ""
            except (DatasetError, KitError) as trouble:
                if trouble.words() != told:
                    print(trouble.words(), file=sys.stderr, flush=True)
                told = trouble.words()
            time.sleep(options.every)
    except KeyboardInterrupt:
        if not options.json:
            print(tr("Stopped. What was acknowledged is safe."))
        return 0


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _look(inbox: Inbox, options: Namespace, *, twice: bool = False) -> list[int]:
    statuses = []
    for path, receipts in inbox.look(twice=twice):
        if options.json or not options.watch:
            statuses += [show_receipt(receipt, options) for receipt in receipts]
            sys.stdout.flush()
            continue
        for receipt in receipts[:5]:
            print(receipt.text().splitlines()[0])
        if len(receipts) > 5:
            more = trn("… and {n} more file in {file}", "… and {n} more files in {file}",
                       len(receipts) - 5, None, file=path.name)  # fmt: skip
            print(more)
        sys.stdout.flush()
    return statuses
