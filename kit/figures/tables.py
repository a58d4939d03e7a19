"""A data table as HTML that a screen reader can walk through: caption, scoped headers, own number format."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

import pandas as pd

from kit.figures.layers import Table
from kit.text import day, number, tr


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


def words(table: Table, lang: str) -> list[list[str]]:
    """Return the cells of a table as words, row by row, without its header."""
    names = list(table.frame.columns)
    lines = zip(*(table.frame[name].tolist() for name in names), strict=True)
    return [
        [cell(value, table.digits.get(name, 0), lang) for name, value in zip(names, line, strict=True)]
        for line in lines
    ]


def html(table: Table, lang: str) -> str:
    """Return the table as HTML."""
    numeric = [pd.api.types.is_numeric_dtype(table.frame[name]) for name in table.frame.columns]
    align = [' class="n"' if yes else "" for yes in numeric]
    headers = "".join(
        f'<th scope="col"{mark}>{escape(text)}</th>'
        for text, mark in zip(table.headers(lang), align, strict=True)
    )
    lead = list(table.frame.columns).index(table.rows) if table.rows else -1
    body = []
    for line in words(table, lang):
        cells = [
            f'<th scope="row">{escape(text)}</th>' if i == lead else f"<td{align[i]}>{escape(text)}</td>"
            for i, text in enumerate(line)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f'<table class="kit-table"><caption>{escape(table.caption(lang))}</caption>'
        f"<thead><tr>{headers}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )
