"""The page without code: one HTML file with a lesson's text, figures, tables and tasks, built per school.

It works from a USB stick: no server, no other file, no internet. What the lesson's cells show is put in as it
was when they ran once (:mod:`kit.lesson.performing`); tasks and questionnaires are forms, checked by a small
script of our own (``template/page.js``). Figures are kit's static SVG with their sentence and their table:
plotly's script alone is 1.4 MB compressed, nearly all that such a page may weigh, and a table can be read in
every browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from html import escape
from typing import Any

from kit.lesson.forms_page import FormWriter, words
from kit.lesson.html import HtmlWriter, asset, document, in_script, is_answer, without_code
from kit.lesson.linked import linked
from kit.lesson.performing import Performed, of_whom
from kit.lesson.source import Cell, Lesson
from kit.text import N_, day, tr

#: A panel of the notebook: where nobody works, a sentence stands in its place, which says nothing on a page.
PANEL = re.compile(r"kit\.widgets\.(?:upload_panel|form_panel|annotate)\(")
#: How a result was calculated stands below it as a table; a page folds it away.
_SCOPE = re.compile(r'<table class="kit-scope">.*?</table>', re.S)
#: Heads of rows have no scope where pandas or a result wrote the table.
_ROW_HEAD = re.compile(r"(<tr[^>]*>\s*)<th>([^<]*</th>\s*<td)")
#: Nothing of a page is news to a screen reader.
ROLE = ' role="status"'
STYLES = ("lesson.css", "page.css")


def page(lesson: Lesson, lang: str, done: Performed) -> str:
    """Return the page of a lesson (or of one depth) in one language, from what its cells showed."""
    writer = FormWriter(lesson, lang, done.answers)
    parts = list(_parts(writer, lesson, done))
    title = lesson.title(lang)
    first = next((i for i, part in enumerate(parts) if "<h1" in part), 0)
    head, rest = parts[: first + 1], parts[first + 1 :]
    between = [_data(done, lang), _contents(writer, lang)]
    body = ['<main id="content">', *head, *between, *rest, _whole(lang), "</main>"]
    settings = {
        "key": f"kit:{lesson.id}:{lesson.depth}:{done.station}",
        "salt": writer.salt(""),
        "file": f"{lesson.id}{lesson.suffix}",
        "data": data_sentence(done, lang),
        "words": words(lang),
    }
    body.append(f'<script type="application/json" id="kit-page">{in_script(settings)}</script>')
    about = linked(lesson, lang)
    if done.last:
        about["dateModified"] = done.last
    text = document(title, lang, body, styles=STYLES, about=about, script=asset("page.js"))
    return _own_ids(text)


def _parts(writer: FormWriter, lesson: Lesson, done: Performed) -> Iterator[str]:
    """Yield the parts of the page in order.

    What the way with code shows is folded away; but where the way without code is a panel, it stands for it.
    """
    cells = list(without_code(lesson, "pupil"))
    more = escape(tr("More to see", writer.lang))
    step = 0
    for place, cell in cells:
        if cell.kind == "markdown":
            step += cell.source.count("{{step ")
            yield writer.html(cell.source)
        elif not is_answer(cell) and not PANEL.search(cell.source):
            shown = "".join(_shown(bundle, writer.lang) for bundle in done.outputs[place])
            if "code" in cell.tags and shown and step not in _panels(cells):
                shown = f"<details><summary>{more}</summary>{shown}</details>"
            yield shown


def _panels(cells: list[tuple[int, Cell]]) -> set[int]:
    """Return the steps (by number) in which a panel is the way without code."""
    found: set[int] = set()
    step = 0
    for _, cell in cells:
        step += cell.source.count("{{step ") if cell.kind == "markdown" else 0
        if cell.kind == "code" and PANEL.search(cell.source):
            found.add(step)
    return found


def _shown(bundle: Mapping[str, Any], lang: str) -> str:
    """Return one output: a figure, or HTML; text for programmers is left out."""
    if "image/svg+xml" in bundle:
        return f'<figure class="kit-figure">{bundle["image/svg+xml"]}</figure>'
    made = str(bundle.get("text/html", ""))
    if not made:
        return ""
    how = escape(tr("How this was calculated", lang))
    made = _SCOPE.sub(rf"<details><summary>{how}</summary>\g<0></details>", made)
    made = made.replace("<table", '<div class="scroll"><table').replace("</table>", "</table></div>")
    made = _ROW_HEAD.sub(r'\1<th scope="row">\2', made).replace("<th>", '<th scope="col">')
    made = made.replace('<th scope="col"></th>', "<td></td>")
    return f'<div class="output">{made.replace(ROLE, "")}</div>'


def data_sentence(done: Performed, lang: str) -> str:
    """Return whose data the page shows, of which day and in which version."""
    parts = [of_whom(done, lang)]
    if done.last:
        last = day(date.fromisoformat(done.last), lang)
        parts.append(tr("Last reading: {date}.", lang, date=last))
    parts.append(tr("Version of the data: {version}.", lang, version=done.version))
    return " ".join(parts)


def _data(done: Performed, lang: str) -> str:
    kind = " practice" if done.practice else ""
    return f'<p class="data{kind}">{escape(data_sentence(done, lang))}</p>'


def _contents(writer: HtmlWriter, lang: str) -> str:
    """Return the table of contents: hours and steps, and how much is done."""
    items = "".join(
        f'<li class="level-{one.level}"><a href="#{one.anchor}">{escape(one.words)}</a></li>'
        for one in writer.headings if one.level in (2, 3)
    )  # fmt: skip
    label = escape(tr("Contents", lang))
    script = escape(tr("This page checks answers with a script, and your browser runs none. Read it all the "
                       "same, and write your answers on paper.", lang))  # fmt: skip
    return (
        f'<noscript><p class="data">{script}</p></noscript><nav aria-labelledby="contents">'
        f'<p id="contents" class="label">{label}</p><ol>{items}</ol><p class="progress"></p></nav>'
    )


def _whole(lang: str) -> str:
    """Return the buttons for all answers together."""
    doing = {"save": N_("Save my answers"), "print": N_("Print"), "forget": N_("Delete my answers here")}
    buttons = "".join(
        f'<button type="button" data-does="{does}">{escape(tr(text, lang))}</button>'
        for does, text in doing.items()
    )
    name = escape(tr("My answers", lang))
    return (
        f'<section id="whole" aria-labelledby="whole-name"><h2 id="whole-name">{name}</h2>'
        f'<p class="progress"></p><p id="kept"></p><p class="buttons">{buttons}</p></section>'
    )


def _own_ids(text: str) -> str:
    """Return the page with the ids of a figure that stands in it twice made different."""
    seen: dict[str, int] = {}

    def own(found: re.Match[str]) -> str:
        part = found.group()
        for key in sorted(set(re.findall(r'\bid="(kit-[0-9a-f]{10})-', part))):
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                part = part.replace(key, f"{key}-{seen[key]}")
        return part

    return re.sub(r"<svg .*?</svg>", own, text, flags=re.S)


def answers_page(lesson: Lesson, lang: str, done: Performed) -> str:
    """Return the teacher's sheet beside the page: the right answers with these data, hints, and why."""
    writer = HtmlWriter(lesson, lang)
    title = f"{lesson.title(lang)} – {tr('Answers', lang)}"
    parts = [f"<h1>{escape(title)}</h1>", _data(done, lang)]
    for name, task in lesson.tasks.items():
        head, notes = tr("Task {task}", lang, task=name), writer.to_html(writer.notes(name))
        shown = str(done.answers.get(name, {}).get("shown", ""))
        parts.append(
            f'<section class="task"><h2>{escape(head)}</h2><p>{writer.inline(task.question)}</p>'
            f'<p class="right"><strong>{escape(shown)}</strong></p>{notes}</section>'
        )
    body = ['<main id="content" class="paper">', *parts, "</main>"]
    return document(title, lang, body, styles=("lesson.css", "paper.css"), about=linked(lesson, lang))
