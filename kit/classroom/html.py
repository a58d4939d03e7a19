"""Cards: small boxes of words in a notebook, readable without colour and by a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from kit.text import language

#: kind -> (sign, colour of the edge, background). Text is #1a1a1a on the background: at least 12:1.
KINDS = {
    "right": ("✔", "#1b6e3c", "#eef8f1"),
    "not yet": ("↻", "#8a5a00", "#fff8e8"),
    "not attempted": ("…", "#4a5568", "#f5f6f8"),
    "saved": ("✎", "#1d4f91", "#eef4fc"),
    "note": ("i", "#1d4f91", "#eef4fc"),
    "error": ("!", "#a32020", "#fdf0f0"),
}


def card(kind: str, title: str, paragraphs: Iterable[str] = (), *, code: str = "", extra: str = "") -> str:
    """Return a card as HTML. ``title`` and ``paragraphs`` are plain text; ``extra`` is HTML already."""
    sign, colour, background = KINDS[kind]
    role = "alert" if kind == "error" else "status"
    body = "".join(f'<p style="margin:.35em 0 0">{escape(text)}</p>' for text in paragraphs if text)
    small = f'<p style="margin:.5em 0 0;font-size:.85em;color:#4a4a4a">{escape(code)}</p>' if code else ""
    return (
        f'<div role="{role}" lang="{language()}" '
        f'style="border-left:5px solid {colour};background:{background};color:#1a1a1a;'
        f'padding:.6em .9em;margin:.3em 0;max-width:46em;line-height:1.45;font-family:sans-serif">'
        f'<p style="margin:0;font-weight:600"><span aria-hidden="true">{sign}&ensp;</span>{escape(title)}</p>'
        f"{body}{extra}{small}</div>"
    )


def table(rows: Iterable[Mapping[str, object]], caption: str) -> str:
    """Return a table as HTML: caption, scoped headers, numbers to the right and words to the left.

    ``rows`` hold texts and numbers as they shall be read; the first column names the row.
    """
    held = [{str(key): str(value) for key, value in row.items()} for row in rows]
    heads = "".join(
        f'<th scope="col" style="text-align:left">{escape(key)}</th>' for key in (held or [{}])[0]
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row" style="text-align:left">{escape(cell)}</th>'
            if place == 0
            else f'<td style="text-align:{_side(cell)}">{_whole(cell)}</td>'
            for place, cell in enumerate(row.values())
        )
        + "</tr>"
        for row in held
    )
    label = f'<caption style="text-align:left;font-weight:600">{escape(caption)}</caption>'
    return f"<table>{label}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _side(cell: str) -> str:
    return "right" if cell[:1].lstrip("−-").isdigit() or cell[:1] in "−-–" else "left"


def _whole(cell: str) -> str:
    """Return a cell's words as HTML; a date is not broken at its hyphens, which narrow screens would do."""
    return re.sub(r"\d{4}-\d\d-\d\d", r'<span style="white-space:nowrap">\g<0></span>', escape(cell))


@dataclass(frozen=True, repr=False)
class Shown:
    """A small table to be shown, with its caption; ``rows`` are dicts of texts as people read them."""

    caption: str
    rows: tuple[Mapping[str, object], ...]

    def _repr_html_(self) -> str:
        return table(self.rows, self.caption)

    def __repr__(self) -> str:
        import pandas as pd

        return f"{self.caption}\n{pd.DataFrame(self.rows).to_string(index=False)}"

    def __len__(self) -> int:
        return len(self.rows)


def show(thing: Any, text: str | None = None) -> None:
    """Show an object in this notebook, or HTML together with its words as plain text."""
    from IPython import display

    if text is None:
        display.display(thing)  # type: ignore[no-untyped-call]
    else:
        display.display({"text/html": thing, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]


def plain_text(title: str, paragraphs: Iterable[str] = (), code: str = "") -> str:
    """Return the words of a card as plain text, for terminals and for notebooks that show no HTML."""
    return "\n".join([title, *(text for text in paragraphs if text), *([code] if code else [])])
