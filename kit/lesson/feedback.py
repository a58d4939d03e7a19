"""What teachers say about a lesson after they taught it, and what is said about it in the shared dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from kit.dataset.feedback import Feedback, give, given
from kit.errors import NotFoundError, UsageError
from kit.lesson.source import Lesson, find, load
from kit.text import language, number, tr, trn

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.dataset.view import View


def give_feedback(
    shared: Dataset,
    lesson: str | Path | Lesson,
    *,
    worked: str = "",
    change: str = "",
    minutes: Mapping[str, int] | None = None,
    depth: str = "",
    lang: str | None = None,
) -> str:
    """Say how a lesson went; return the id of the note, an entry of the shared dataset.

    Parameters
    ----------
    shared
        The shared dataset; the note travels with it (``kit merge``) to whoever looks after the lesson.
    lesson
        The lesson that was taught: also an own version, whose origin is told too.
    worked, change
        What worked well, and what should be changed. No names, please: addresses, telephone numbers and the
        like are taken out, but a name that nothing marks as one is not recognised.
    minutes
        How long steps really took: id of the step -> minutes.
    """
    found = lesson if isinstance(lesson, Lesson) else load(lesson)
    steps = [step.id for hour in found.hours for step in hour.steps]
    for step in minutes or {}:
        if step not in steps:
            raise UsageError("{lesson} has no step {step}.", do="It has: {known}.", code="step",
                             lesson=found.id, step=step, known=", ".join(steps))  # fmt: skip
    note = Feedback(
        found.id, str(found.facts.get("version", "")), _origins(found), language(lang), depth or found.depth,
        worked, change, dict(minutes or {}),
    )  # fmt: skip
    return give(shared, note)


def _origins(lesson: Lesson) -> dict[str, str]:
    """Return the lessons that one was made from, nearest first, with their versions, as far as is known."""
    found: dict[str, str] = {}
    origin = lesson.facts.get("origin", {})
    while origin and origin["lesson"] not in (lesson.id, *found):
        found[origin["lesson"]] = str(origin.get("version", ""))
        try:
            origin = load(find(origin["lesson"])).facts.get("origin", {})
        except NotFoundError:
            break
    return found


@dataclass(frozen=True, repr=False)
class Heard:
    """What was said about a lesson. ``notes`` are in the order in which they were given."""

    lesson: Lesson
    notes: tuple[Feedback, ...]

    def times(self) -> list[dict[str, Any]]:
        """Return planned minutes, the median of what it took, and of how many teachers, step by step."""
        found = []
        for step in (step for hour in self.lesson.hours for step in hour.steps):
            told = [note.minutes[step.id] for note in self.notes if step.id in note.minutes]
            if told:
                found.append({"step": step.id, "planned": step.minutes, "took": median(told), "n": len(told)})
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``kit lesson feedback --json`` prints it."""
        notes = [
            {**note.content(), "id": note.id, "school": note.school, "made": note.made} for note in self.notes
        ]
        return {"lesson": self.lesson.id, "notes": notes, "times": self.times()}

    def text(self, lang: str | None = None) -> str:
        """Return it in words."""
        title = self.lesson.title(lang if language(lang) in self.lesson.languages else self.lesson.source)
        parts = [trn("{n} note on the lesson “{title}”.", "{n} notes on the lesson “{title}”.",
                     len(self.notes), lang, title=title)]  # fmt: skip
        for one in self.times():
            took = number(one["took"], 0, lang=lang)
            parts.append("- " + trn(
                "{step}: planned {planned} minutes, took {took} ({n} teacher)",
                "{step}: planned {planned} minutes, took {took} (median of {n} teachers)", one["n"], lang,
                step=one["step"], planned=one["planned"], took=took,
            ))  # fmt: skip
        for note in self.notes:
            taught = f"{note.lesson} {note.version}" + (f" · {note.depth}" if note.depth else "")
            parts.append(f"\n{note.made[:10]} · {note.school or '–'} · {taught} · {note.id[:12]}")
            for words, said in ((tr("Worked", lang), note.worked), (tr("To change", lang), note.change)):
                if said:
                    parts.append(f"  {words}: {said}")
        return "\n".join(parts)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f'<pre style="white-space:pre-wrap;font-family:inherit">{escape(self.text())}</pre>'


def feedback(shared: View, lesson: str | Path | Lesson) -> Heard:
    """Return what was said about a lesson and about own versions of it."""
    found = lesson if isinstance(lesson, Lesson) else load(lesson)
    return Heard(found, tuple(given(shared, found.id)))
