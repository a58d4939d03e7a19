"""Many files at once: one line each, and a sum at the end that fits one screen."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter

from kit.cli.show import Progress
from kit.dataset import Receipt
from kit.errors import AnswerNeeded
from kit.ingest.receipt_words import first_line
from kit.text import join, tr, trn

#: Up to so many files each get their whole receipt.
FEW = 5
#: So many questions and refusals are told in full; the others are counted.
TOLD = 3
ROWS = ("rows", "accepted", "flagged", "rejected", "duplicate")


class Many:
    """What is said about many files; ``receipts`` are shown as they come."""

    def __init__(self, total: int, options: Namespace) -> None:
        self.progress = Progress(total, quiet=options.json or total < 2)
        self.short = total > FEW and not options.json and not options.full
        self.files: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()

    def begin(self, name: str) -> None:
        """Say which file is looked at now."""
        self.progress.step(name)

    def add(self, receipt: Receipt) -> bool:
        """Take in a receipt; return whether it is still to be told in full."""
        self.progress.clear()
        asked = isinstance(receipt.trouble, AnswerNeeded)
        other = receipt.status if receipt.status in ("refused", "already") else "stored"
        kind = "asked" if asked else other
        self.files[kind] += 1
        if kind in ("stored", "already"):
            self.rows += Counter({name: int(receipt.record.get(name) or 0) for name in ROWS})
        if not self.short:
            return True
        if kind in ("stored", "already"):
            print(first_line(receipt.record), flush=True)
            return False
        return self.files[kind] <= TOLD

    def end(self) -> None:
        """Say what came of all files together."""
        self.progress.clear()
        if not self.short:
            return
        told = [
            trn("{n} file stored", "{n} files stored", self.files["stored"]),
            trn("{n} file already here", "{n} files already here", self.files["already"]),
            trn("{n} file with questions", "{n} files with questions", self.files["asked"]),
            trn("{n} file refused", "{n} files refused", self.files["refused"]),
        ]
        kinds = ("stored", "already", "asked", "refused")
        print("\n" + join([text for text, kind in zip(told, kinds, strict=True) if self.files[kind]]) + ".")
        rows = self.rows
        print(", ".join([
            trn("{n} row", "{n} rows", rows["rows"]),
            trn("{n} good", "{n} good", rows["accepted"]),
            trn("{n} flagged", "{n} flagged", rows["flagged"]),
            trn("{n} refused", "{n} refused", rows["rejected"]),
            trn("{n} known already", "{n} known already", rows["duplicate"]),
        ]) + ".")  # fmt: skip
        if self.files["asked"] > TOLD:
            print(tr("Only the first {n} questions are shown.", n=TOLD), file=sys.stderr)
        print(tr("Add --full to get the whole receipt of every file."))
