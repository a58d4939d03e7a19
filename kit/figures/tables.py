"""A data table as HTML that a screen reader can walk through: caption, scoped headers, own number format."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

import pandas as pd

from kit.figures.layers import Table
from kit.text import N_, day, number, tr

#: A page shows at most this many rows of a table.
MOST_ROWS = 400


def cell(value: Any, digits: int, lang: str) -> str:
    """Return one cell as the language writes it; a missing value is an en dash.

    >>> cell(3.25, 1, "et"), cell(float("nan"), 1, "en"), cell(dt.date(2026, 3, 1), 0, "et")
    ('3,2', '–', '1. märts 2026')
    """
    if isinstance(value, str):
        return tr(value, lang)
    if value is None or value is pd.NaT:
        return "–"
    if isinstance(value, dt.date | dt.datetime):
        clock = getattr(value, "hour", 0) or getattr(value, "minute", 0)
        return day(value, lang) + (f" {value:%H:%M}" if clock else "")
    return number(float(value), digits, lang)


def written(table: Table, lang: str, most: int | None = None) -> tuple[list[str], list[list[str]], int]:
    """Return a table's headers, its cells as words (at most so many rows), and how many rows it has."""
    if table.shown is not None:
        shown = table.shown(lang)
        lines = [[str(text) for text in line] for line in shown[:most].itertuples(index=False)]
        return [str(name) for name in shown.columns], lines, len(shown)
    names = list(table.frame.columns)
    cells = zip(*(table.frame[name][:most].tolist() for name in names), strict=True)
    lines = [
        [cell(value, table.digits.get(name, 0), lang) for name, value in zip(names, line, strict=True)]
        for line in cells
    ]
    return table.headers(lang), lines, len(table.frame)


def html(table: Table, lang: str) -> str:
    """Return the table as HTML: its first :data:`MOST_ROWS` rows, and how many more there are."""
    names, lines, n = written(table, lang, MOST_ROWS)
    numeric = _numeric(table, lines)
    align = [' class="n"' if yes else "" for yes in numeric]
    head = "".join(
        f'<th scope="col"{mark}>{escape(text)}</th>' for text, mark in zip(names, align, strict=True)
    )
    lead = list(table.frame.columns).index(table.rows) if table.rows else -1
    body = []
    for line in lines:
        cells = [
            f'<th scope="row">{escape(text)}</th>' if i == lead else f"<td{align[i]}>{escape(text)}</td>"
            for i, text in enumerate(line)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    caption = table.caption(lang)
    if n > MOST_ROWS:
        rest = {"shown": number(MOST_ROWS, 0, lang), "n": n}
        caption += " – " + tr(N_("the first {shown} of {n} rows; all are in the CSV file"), lang, **rest)
    return (
        f'<table class="kit-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def _numeric(table: Table, lines: list[list[str]]) -> list[bool]:
    """Return which columns hold numbers."""
    if table.shown is None:
        return [pd.api.types.is_numeric_dtype(table.frame[name]) for name in table.frame.columns]
    if not lines:
        return [False] * len(table.frame.columns)
    return [all(text[:1] in "–−0123456789" and not text[-1:].isalpha() for text in column)
            for column in zip(*lines, strict=True)]  # fmt: skip
