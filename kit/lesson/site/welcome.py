"""The first page of a site: which lessons there are, which data, and what a browser cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from kit.lesson.source import DEPTHS, Lesson
from kit.text import LANGUAGES, day, tr

if TYPE_CHECKING:
    from kit.lesson.site.build import Site

_STYLE = (
    "body{font:1.1rem/1.5 sans-serif;max-width:44em;margin:1.5em auto;padding:0 1em;"
    "color:#1a1a1a;background:#fff}"
    "a{color:#1d4f91}li{margin:.5em 0}li a{display:inline-block;padding:.35em 0}h1{line-height:1.25}"
    ".note{background:#eef4fc;border-left:5px solid #1d4f91;padding:.6em .9em}"
)
#: JupyterLite's pages look for this in the page above them.
_ROOT = '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>'


@dataclass(frozen=True)
class Entry:
    """One notebook of the site: its language, its lesson (at its depth) and its place."""

    lang: str
    lesson: Lesson
    place: str


def welcome(site: Site, entries: Sequence[Entry]) -> str:
    """Return the page; each language has its own part, the lessons in the order in which they were given."""
    parts = "".join(
        _part(site, [one for one in entries if one.lang == lang], lang) for lang in site.languages
    )
    first = site.languages[0]
    return (
        f'<!doctype html>\n<html lang="{first}"><head><meta charset="utf-8">'
        f"<title>{escape(tr('Lessons in the browser', first))}</title>"
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style>'
        f"{_ROOT}</head><body><main>{parts}</main></body></html>\n"
    )


def _part(site: Site, entries: Sequence[Entry], lang: str) -> str:
    heading = tr("Lessons in the browser", lang)
    level = "h1" if lang == site.languages[0] else "h2"
    items = "".join(f"<li>{_link(one, lang)}</li>" for one in entries)
    sentences = [
        tr("Nothing has to be installed. The first time it takes a minute until a notebook is ready.", lang),
        _data(site, lang),
        tr("Your work stays in this browser on this device: files that you add leave it only when you save "
           "them and bring them to your teacher.", lang),
        tr("In a private window, or when the browser's data are deleted, your work is lost.", lang),
    ]  # fmt: skip
    notes = "".join(f"<p>{escape(words)}</p>" for words in sentences)
    return (
        f'<section lang="{lang}"><{level}>{escape(heading)} ({LANGUAGES.get(lang, lang)})</{level}>'
        f'<ul>{items}</ul><div class="note">{notes}</div></section>'
    )


def _data(site: Site, lang: str) -> str:
    until = day(date.fromisoformat(site.until), lang) if site.until else "–"
    if site.practice:
        return tr("The data are of invented schools, up to {date}.", lang, date=until)
    return tr("The data are a copy of the shared data up to {date}, version {version}.", lang, date=until,
              version=site.version)  # fmt: skip


def _link(one: Entry, lang: str) -> str:
    lesson = one.lesson
    depth = f" – {lesson.depth}: {tr(DEPTHS[lesson.depth], lang)}" if lesson.suffix else ""
    words = tr("ages {ages}", lang, ages=lesson.ages)
    return (
        f'<a href="notebooks/index.html?path={escape(one.place)}">{escape(lesson.title(lang) + depth)}</a> '
        f"({escape(words)})"
    )
