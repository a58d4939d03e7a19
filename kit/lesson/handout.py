"""The lesson on paper: a page to print (A4), to write on, without code; for pupils or for the teacher."""

from __future__ import annotations

from html import escape

from kit.lesson.build import CALL
from kit.lesson.html import HtmlWriter, document, is_answer, without_code
from kit.lesson.linked import linked
from kit.lesson.source import Cell, Lesson
from kit.text import tr

#: Ruled lines for a sentence, and for what pupils see on the screen.
LINES, NOTES = 4, 1


class PaperWriter(HtmlWriter):
    """Writes tasks with boxes to tick and lines to write on."""

    def _task(self, name: str) -> str:
        task = self._known(name)
        head = f"<strong>{escape(self.tr('Task {task}', task=name))}.</strong> {self.inline(task.question)}"
        if task.kind == "text":
            place = lines(LINES)
        elif task.kind == "number":
            unit = self.t(task.unit) if task.unit_words else task.unit
            place = f'<p class="number"><span class="blank" aria-hidden="true"></span> {escape(unit)}</p>'
        else:
            box = '<span class="box" aria-hidden="true"></span>'
            options = "".join(
                f"<li>{box}<span>{letter}) {self.inline(text)}</span></li>"
                for letter, text in task.options.items()
            )
            place = f'<ul class="ticks {task.kind}">{options}</ul>'
        return self.held(f'<div class="task"><p>{head}</p>{place}</div>')

    def right(self, name: str) -> str:
        """Return what the teacher should know about a task: the answer where it is fixed, hints, why."""
        task = self._known(name)
        notes = self.to_html(self.notes(name))
        if task.kind == "text":
            return notes
        if task.code:
            said = tr("The right answer comes from your own data: it is in the teacher's notebook and in the "
                      "answers beside the page without code.", self.lang)  # fmt: skip
        else:
            said = tr("The right answer: {answer}", self.lang, answer=task.answer)
        return f"{notes}<p>{escape(said)}</p>"


def handout(lesson: Lesson, lang: str, audience: str = "pupil") -> str:
    """Return the handout of a lesson (or of one depth) for ``pupil`` or ``teacher``, as one HTML page.

    It depends on the source alone. Cells of code become places to note what the screen shows.
    """
    writer = PaperWriter(lesson, lang)
    parts: list[str] = []
    shown = False
    for _, cell in without_code(lesson, audience):
        if cell.kind == "markdown":
            parts.append(_text(writer, cell, audience))
        elif is_answer(cell):
            if audience == "teacher":
                parts += [
                    f'<div class="notes">{writer.right(name)}</div>' for name in CALL.findall(cell.source)
                ]
        elif shown or "code" in cell.tags:
            continue  # one place to write for what stands together on the screen
        else:
            said = tr("Look at the screen. What do you notice?", lang)
            parts.append(f'<div class="screen"><p>{escape(said)}</p>{lines(NOTES)}</div>')
        shown = cell.kind == "code" and not is_answer(cell)
    group, day = escape(tr("Group", lang)), escape(tr("Date", lang))
    blank = '<span class="blank" aria-hidden="true"></span>'
    head = f'<p class="who">{group} {blank} {day} {blank}</p>' if audience == "pupil" else ""
    body = ['<main id="content" class="paper">', head, *parts, "</main>"]
    title = lesson.title(lang)
    if audience == "teacher":
        title += f" – {tr('For the teacher', lang)}"
    styles = ("lesson.css", "paper.css")
    return document(title, lang, [one for one in body if one], styles=styles, about=linked(lesson, lang))


def _text(writer: HtmlWriter, cell: Cell, audience: str) -> str:
    written = writer.html(cell.source)
    if audience == "teacher" and "teacher" in cell.tags:
        label = escape(tr("For the teacher", writer.lang))
        return f'<div class="notes"><p class="label">{label}</p>{written}</div>'
    return written


def lines(count: int) -> str:
    """Return ruled lines to write on."""
    return '<div class="lines" aria-hidden="true">' + "<span></span>" * count + "</div>"
