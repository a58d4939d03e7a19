"""The receipt as a piece of HTML: headings, lists, tables with captions and scopes."""

from __future__ import annotations

import html as _html
from collections.abc import Mapping, Sequence
from typing import Any

from kit.ingest.receipt import NOTHING, problem_words, to_look_at
from kit.ingest.receipt_words import first_line, sections
from kit.text import language, number, tr


def receipt_html(record: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the receipt as a piece of HTML with headings, and tables with captions and scopes.

    ``record`` is that of :func:`kit.ingest.receipt_record`; what comes from the file is escaped.

    >>> page = receipt_html({"file": "<b>.csv", "rows": 2, "accepted": 2}, "en")
    >>> page.startswith("<section class='kit-receipt' lang='en'>"), "&lt;b&gt;.csv" in page
    (True, True)
    """
    record = NOTHING | dict(record)
    parts = [
        f"<section class='kit-receipt' lang='{language(lang)}'><h4>{_esc(first_line(record, lang))}</h4>",
        _counts_table(record, lang),
    ]
    for heading, body in sections(record, lang):
        parts.append(
            f"<h5 style='font-size: 1em'>{_esc(heading)}</h5>{lines_html(body)}"
            if heading
            else f"<p>{_esc(' '.join(body))}</p>"
        )
    if record["problems"]:
        parts.append(_problems_table(record, lang))
    if record["submission"]:
        parts.append(f"<p>{_esc(tr('Submission: {id}', lang, id=record['submission'][:12]))}</p>")
    return "".join(parts) + "</section>"


def lines_html(lines: Sequence[str]) -> str:
    """Return lines as a list; an indented line belongs to the one before it."""
    items: list[str] = []
    for line in lines:
        if line.startswith(" ") and items:
            items[-1] += f"<br>{_esc(line.strip())}"
        else:
            items.append(_esc(line.strip()))
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _counts_table(record: Mapping[str, Any], lang: str | None) -> str:
    names = {
        "rows": tr("rows", lang), "accepted": tr("good", lang), "flagged": tr("flagged", lang),
        "rejected": tr("refused", lang), "duplicate": tr("known already", lang), "blank": tr("empty", lang),
    }  # fmt: skip
    head = "".join(f"<th scope='col'>{_esc(name)}</th>" for name in names.values())
    body = "".join(f"<td>{number(record[key], 0, lang)}</td>" for key in names)
    caption = tr("What happened to the rows", lang)
    return _table(caption, head, f"<tr>{body}</tr>")


def _problems_table(record: Mapping[str, Any], lang: str | None) -> str:
    heads = (
        tr("row", lang),
        tr("column", lang),
        tr("value", lang),
        tr("what is wrong", lang),
        tr("what to do", lang),
    )
    head = "".join(f"<th scope='col'>{_esc(name)}</th>" for name in heads)
    rows = []
    for record_of in to_look_at(record["problems"]):
        p = problem_words(record_of, lang)
        cells = "".join(
            f"<td>{_esc(str(p[key]))}</td>" for key in ("column", "value", "message", "suggestion")
        )
        rows.append(f"<tr><th scope='row'>{'' if p['row'] is None else p['row']}</th>{cells}</tr>")
    caption = tr("Rows to look at ({shown} of {n})", lang, shown=len(rows), n=record["problems_total"])
    table = _table(caption, head, "".join(rows), seen=False)
    return f"<details><summary>{_esc(caption)}</summary>{table}</details>"


def _table(caption: str, head: str, body: str, *, seen: bool = True) -> str:
    """Return a table; ``caption`` is plain text, ``head`` and ``body`` are cells made already.

    A caption that is not ``seen``, because it stands above already, is still read out.
    """
    style = "" if seen else " style='position: absolute; left: -10000px'"
    top = f"<caption{style}>{_esc(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table style='text-align: left'>{top}<tbody>{body}</tbody></table>"


def _esc(text: str) -> str:
    return _html.escape(text, quote=True)
