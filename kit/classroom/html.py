"""Cards: small boxes of words in a notebook, readable without colour and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

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
        f'<div role="{role}" style="border-left:5px solid {colour};background:{background};color:#1a1a1a;'
        f'padding:.6em .9em;margin:.3em 0;max-width:46em;line-height:1.45;font-family:sans-serif">'
        f'<p style="margin:0;font-weight:600"><span aria-hidden="true">{sign}&ensp;</span>{escape(title)}</p>'
        f"{body}{extra}{small}</div>"
    )


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
