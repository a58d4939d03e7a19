"""The record that describes one format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kit.model import RawTable, Source


@dataclass(frozen=True)
class Format:
    """One format that kit reads.

    Attributes
    ----------
    id
        Short stable id, e.g. ``"sensor-community"``; it is in receipts and entries.
    title
        Name for people (a proper name, the same in every language).
    header
        The header words that tell this format from others, shown when no format fits.
    sniff
        ``(source, head) -> 0..1``: how surely the file is of this format. ``head`` is the first part of
        the file as text (of a workbook: the first rows of its sheets, tabs between cells).
    parse
        ``source -> RawTable``; raises :class:`kit.errors.FileError` when the file cannot be understood.
    """

    id: str
    title: str
    header: str
    sniff: Callable[[Source, str], float]
    parse: Callable[[Source], RawTable]


def head_cells(head: str, lines: int) -> list[list[str]]:
    """Return the cells of the first lines of a file as a sniff looks at them, whatever separates them.

    >>> head_cells('\\ufefftime;"P1"\\r\\n2026-03-01;7.5\\n', 1)
    [['time', 'P1']]
    """
    return [
        [cell.strip(' "\r') for cell in re.split(r"[,;\t]", line)]
        for line in head.lstrip("\ufeff").split("\n", lines)[:lines]
    ]
