"""Printing: JSON lines, tables of text, and a progress line that is silent where nobody looks."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str), flush=True)


def table(rows: Sequence[Sequence[str]], head: Sequence[str]) -> str:
    """Return rows of text as columns of equal width."""
    widths = [max(len(str(row[i])) for row in (head, *rows)) for i in range(len(head))]
    lines = [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, ["─" * width for width in widths], *rows)
    ]
    return "\n".join(lines)


class Progress:
    """One line "[####------] 4/10 what" on a terminal; a plain line per step elsewhere."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total, self.done, self.quiet = total, 0, quiet
        self.live = sys.stderr.isatty()

    def step(self, what: str) -> None:
        """Say what is being done now; the step before is done."""
        if not self.quiet:
            share = self.done / max(self.total, 1)
            bar = "#" * round(10 * share) + "-" * (10 - round(10 * share))
            line = f"[{bar}] {self.done}/{self.total} {what}"
            print(
                f"\r\x1b[K{line}" if self.live else line,
                end="" if self.live else "\n",
                file=sys.stderr,
                flush=True,
            )
        self.done += 1

    def clear(self) -> None:
        """Take the line away (before other words are printed)."""
        if self.live and not self.quiet:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
