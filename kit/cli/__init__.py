"""The command line: thin shells over the service.

Exit status: 0 stored (refused rows are in the receipt; ``--strict`` makes them 1) · 1 nothing stored, or a
job failed · 2 wrong use · 3 an answer is needed · 4 dataset or network trouble. With several files the
most serious one counts: 4, then 3, then 1. A person never sees a traceback: an unexpected error says
where its details were written, and ``KIT_DEBUG=1`` shows them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kit import text
from kit.errors import KitError
from kit.text import tr

#: How long (seconds) a command waits for the tables to be settled before it ends.
FINISH = 120.0
#: Commands that speak every language of receipts.
RECEIPTS = ("read", "upload", "correct", "retract", "template")


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    from kit.cli.parser import build

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        options = build().parse_args(list(arguments))
    except SystemExit as stop:  # argparse has printed help (0) or the usage (2)
        return int(stop.code or 0)
    speaks = text.language if options.command in RECEIPTS else text.whole_language
    with text.using(speaks(options.lang)):
        status = _run(options)
        _finish()
        return status


def _run(options: Namespace) -> int:
    """Run a parsed command; turn errors into words and exit statuses."""
    try:
        return int(options.run(options))
    except KitError as error:
        return _tell(error, as_json=options.json)
    except KeyboardInterrupt:
        print(tr("Stopped. What was acknowledged is safe."), file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away (kit ... | head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # the last line of defence: people never see a traceback
        if os.environ.get("KIT_DEBUG"):
            raise
        return _unexpected(error)


def _finish() -> None:
    """Let the tables be settled, if that was due, but not for ever: who comes next goes on with it."""
    background = sys.modules.get("kit.dataset.background")  # not there: nothing was opened
    if background is None or background.finish(1.0):
        return
    print(tr("The tables are being settled. You may stop that: nothing is lost."), file=sys.stderr)
    with suppress(KeyboardInterrupt):
        background.finish(FINISH)


def _tell(error: KitError, *, as_json: bool) -> int:
    """Print an error of ours and return its exit status."""
    if as_json:
        from kit.cli.show import print_json

        print_json({"error": error.to_dict()})
    else:
        print(error.words(), file=sys.stderr)
    return error.exit_status


def _unexpected(error: Exception) -> int:
    """Write the details of an unexpected error to a file and say where; return 1."""
    log = Path(tempfile.gettempdir()) / f"kit-error-{os.getpid()}.log"
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    print(
        tr(
            "Something unexpected happened ({kind}). Nothing that was acknowledged is lost.",
            kind=type(error).__name__,
        ),
        tr("Please send the file {log} to the people who look after kit.", log=str(log)),
        file=sys.stderr,
    )
    return 1
