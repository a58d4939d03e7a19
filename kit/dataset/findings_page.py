"""Findings as people read them: a piece of HTML for one, a page that stands by itself for several."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from kit.dataset.deriving import moment
from kit.dataset.findings import CRITERIA, LEVELS
from kit.text import day, language, tr

if TYPE_CHECKING:
    from kit.dataset.findings import Finding, Plan, Review, Text

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
#: Notebooks would set the two beside each other, however long they are.
_TERM = "float:none;width:auto;font-weight:600;margin:.5em 0 0"
_SAID = "float:none;width:auto;margin:0;white-space:pre-line;overflow-wrap:anywhere"
_STYLE = """
body {font-family: sans-serif; line-height: 1.5; color: #1a1a1a; background: #fff; margin: 0 auto;
  padding: 1em; max-width: 46em}
article {border: 1px solid #8a94a6; border-radius: 4px; padding: .4em 1em 1em; margin: 1em 0}
"""


def when(written: str, lang: str | None = None) -> str:
    """Return when a text was written: day and clock time (UTC), as people read it."""
    try:
        time = moment(written)
    except ValueError:  # of another kit
        return written
    return f"{day(time, lang, style='medium')} {time:%H:%M} UTC"


def who(one: Text, lang: str | None = None) -> str:
    """Return which school and group wrote a text."""
    group = tr("group {number}", lang, number=one.group) if one.group else ""
    return " · ".join(part for part in (one.school, group) if part) or "–"


def plan_lines(one: Plan, lang: str | None = None) -> list[tuple[str, str, str]]:
    """Return a plan in parts: what it is, the words, and the language that they are in ("": ours)."""
    said = ((tr("Question", lang), one.question), (tr("We expect", lang), one.expectation),
            (tr("Because", lang), one.why), (tr("Our rule", lang), one.rule))  # fmt: skip
    kept = tr(
        "{time}; data version {version}", lang, time=when(one.written, lang), version=one.version or "–"
    )
    parts = [(label, words, one.lang) for label, words in said if words]
    return [*parts, (tr("Plan kept", lang), kept, "")]


def review_lines(one: Review, lang: str | None = None) -> list[tuple[str, str, str]]:
    """Return a review in parts, as :func:`plan_lines` does."""
    levels = [
        f"{tr(CRITERIA[name], lang)} – {tr(LEVELS[level], lang)}"
        for name, level in one.levels.items()
        if name in CRITERIA and level in LEVELS
    ]
    return [(tr("Levels", lang), "\n".join(levels), ""), (tr("Star", lang), one.star, one.lang),
            (tr("Wish", lang), one.wish, one.lang)]  # fmt: skip


def lines(one: Finding, lang: str | None = None) -> list[tuple[str, str, str]]:
    """Return a finding in parts, as :func:`plan_lines` does."""
    if one.plan is not None:
        parts = plan_lines(one.plan, lang)
    else:
        parts = [(tr("Plan", lang), tr("It is not published.", lang), "")]
    parts += [(tr("Finding", lang), one.sentence, one.lang),
              (tr("May not be concluded", lang), one.limits, one.lang)]  # fmt: skip
    for review in one.reviews:
        label = tr("Review by {who}", lang, who=who(review, lang))
        if review.earlier:
            label += " " + tr("(of an earlier wording)", lang)
        said = "\n".join(f"{name}: {words}" for name, words, _ in review_lines(review, lang) if words)
        parts.append((label, said, ""))
    parts += [(tr("By", lang), f"{who(one, lang)}, {when(one.written, lang)}", ""),
              (tr("Data", lang), cited(one, lang), "")]  # fmt: skip
    return parts


def cited(one: Finding, lang: str | None = None) -> str:
    """Return how anyone looks at the data of a finding."""
    return tr(
        "Version {version} of the shared dataset. Whoever has a copy sees these data with "
        'kit.open().at("{version}").',
        lang, version=one.citation,
    )  # fmt: skip


def definitions(parts: Iterable[tuple[str, str, str]], lang: str | None = None) -> str:
    """Return parts as a list of HTML; words in another language say in which."""
    rows = []
    for label, words, code in parts:
        if words:
            other = f' lang="{escape(code, quote=True)}"' if code not in ("", language(lang)) else ""
            rows.append(
                f'<dt style="{_TERM}">{escape(label)}</dt><dd style="{_SAID}"{other}>{escape(words)}</dd>'
            )
    return f"<dl>{''.join(rows)}</dl>"


def article(one: Finding, lang: str | None = None, *, heading: int = 0) -> str:
    """Return a finding as a piece of HTML; its question is a heading of this level (0: none)."""
    tag = f"h{heading}" if heading else "p"
    title = escape(one.plan.question if one.plan else tr("A finding", lang))
    text = tr("Text: CC BY 4.0", lang)
    return (
        f'<article lang="{language(lang)}" id="f{escape(one.id[:12], quote=True)}" style="max-width:46em">'
        f"<{tag}><strong>{title}</strong></{tag}>{definitions(lines(one, lang), lang)}"
        f'<p><a rel="license" href="{LICENCE}" style="color:#1d4f91;text-decoration:underline">'
        f"{escape(text)}</a></p></article>"
    )


def page(found: Iterable[Finding], lang: str | None = None, title: str = "") -> str:
    """Return findings as one page of HTML that needs nothing else: no script, no picture, no address.

    >>> page([], "et")[:31]
    '<!DOCTYPE html>\\n<html lang="et"'
    """
    head = escape(title or tr("Findings of our schools", lang))
    articles = "\n".join(article(one, lang, heading=2) for one in found)
    return (
        f'<!DOCTYPE html>\n<html lang="{language(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{head}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{head}</h1>\n"
        f"{articles or escape(tr('No finding is published yet.', lang))}\n</main>\n</body>\n</html>\n"
    )
