"""Panels for teachers: a lesson of one's own, and a note on how a lesson went; faces of functions."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.html import card, show
from kit.classroom.panel import beside, button, choice, controls, guarded, labelled, named
from kit.errors import UsageError
from kit.lesson.adapt import new
from kit.lesson.build import build_all
from kit.lesson.feedback import give_feedback
from kit.lesson.handing import hand_out
from kit.lesson.source import Lesson, list_lessons, load
from kit.text import RECEIPT_LANGUAGES, language, tr

if TYPE_CHECKING:
    from kit.lesson.running import Running


def short_name(title: str) -> str:
    """Return a folder's name for a title.

    >>> short_name("Meie õhk: 40 minutit!")
    'meie-ohk-40-minutit'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("-")


class NewLessonPanel:
    """A form for ``kit lesson new``; ``.widget`` is what is shown."""

    def __init__(self, folder: Path, stations: list[str], lessons: Path) -> None:
        widgets = controls()
        self.folder, self.place, self.out = folder, lessons, widgets.Output()
        self.lessons = {one.id: one for one in list_lessons()}
        titles = {f"{one.id} · {one.title(language())}": one.id for one in self.lessons.values()}
        self.origin = choice(tr("Which lesson?"), titles, next(iter(self.lessons), ""), self._chosen)
        self.lang = choice(tr("In which language?"), {"–": ""}, "")
        self.title = named(widgets.Text(), tr("Your title"))
        self.name = named(widgets.Text(), tr("Short name (small letters, digits, hyphens)"))
        self.minutes = named(widgets.BoundedIntText(min=5, max=180), tr("Minutes of one lesson hour"))
        self.station = named(
            widgets.Combobox(options=stations, placeholder=stations[0] if stations else ""),
            tr("Your station, if the lesson shall work with its data"),
        )
        self.title.observe(self._named, names="value")
        make = button(tr("Make my version"), guarded(self.out, self._make), main=True)
        fields = (self.origin, self.lang, self.title, self.name, self.minutes, self.station)
        self.widget = labelled(tr("My own version of a lesson"), *fields, make, self.out)
        self._chosen(None)

    def _chosen(self, _: Any) -> None:
        """Offer what the chosen lesson has."""
        one = self.lessons[self.origin.value]
        self.lang.options = [(RECEIPT_LANGUAGES.get(code, code), code) for code in one.languages]
        self.lang.value = language() if language() in one.languages else one.languages[0]
        self.minutes.value = one.hours[0].minutes
        self.title.value = ""

    def _named(self, _: Any) -> None:
        self.name.value = short_name(self.title.value)

    def _make(self, _: Any) -> None:
        name = self.name.value.strip() or short_name(self.title.value)
        if not name:
            raise UsageError("Your lesson has no title yet.", do="Write one.", code="no-title")
        old = self.lessons[self.origin.value]
        hour = self.minutes.value
        made = new(
            name, old.folder, title=self.title.value.strip() or None, lang=self.lang.value,
            minutes=None if {hour} == {one.minutes for one in old.hours} else hour,
            station=self.station.value.strip() or None, out=self.place,
        )  # fmt: skip
        build_all(made)
        notebooks = hand_out(self.folder, self.lang.value, [load(made)], teacher=True)[name]
        self._tell(made, notebooks)

    def _tell(self, made: Path, notebooks: list[Path]) -> None:
        links = "".join(
            f'<li><a href="{escape(path.name)}">{escape(path.name)}</a></li>' for path in sorted(notebooks)
        )
        words = [
            tr("Its text is in {folder}: lesson.md, lesson.toml and answers.toml.", folder=made.as_posix()),
            tr("Or change its notebook, save it, and bring it back: {command}",
               command=f"kit lesson bring {made.name} {notebooks[0].name}"),
        ]  # fmt: skip
        title = tr("Your lesson is there: {title}", title=load(made).title())
        show(card("right", title, words, extra=f"<ul>{links}</ul>"), title)


def new_lesson_panel(out: str | Path = "my-lessons") -> Any:
    """Return a form that makes an own version of a lesson below ``out`` and builds it.

    Its notebooks come into this folder, where the class works. Where no person works, it is a sentence.
    """
    if not is_live():
        words = tr("Opened in JupyterLab, this is where you make your own version of a lesson.")
        return Told("", "note", tr("My own version of a lesson"), (words,))
    return NewLessonPanel(Path.cwd(), _stations(), (Path.cwd() / out).resolve()).widget


def _stations() -> list[str]:
    """Return the stations of the class's own dataset; none where there is no dataset."""
    from kit.lesson.practice import open_class

    shared = open_class()
    return [] if shared is None else [station.id for station in shared.stations()]


class FeedbackPanel:
    """A form for a note on a lesson; ``.widget`` is what is shown."""

    def __init__(self, running: Running) -> None:
        widgets = controls()
        self.running, self.out = running, widgets.Output()
        lesson: Lesson = running.lesson
        wide = {"layout": widgets.Layout(width="40em", max_width="98%", height="6em")}
        self.worked = named(widgets.Textarea(**wide), tr("What worked well?"))
        self.change = named(widgets.Textarea(**wide), tr("What should be changed?"))
        steps = [step for hour in lesson.hours for step in hour.steps]
        self.minutes = {
            step.id: named(
                widgets.BoundedIntText(min=0, max=600),
                tr("{n}. {title}: planned {minutes} minutes, took …", n=place, minutes=step.minutes,
                   title=lesson.translation(language()).text(step.title, mark=False)),
            )
            for place, step in enumerate(steps, start=1)
        }  # fmt: skip
        said = tr("No names, please. 0 minutes: not measured.")
        give = button(tr("Give this note"), guarded(self.out, self._give), main=True)
        self.widget = labelled(
            tr("How did the lesson go?"), widgets.HTML(f"<p>{escape(said)}</p>"), self.worked, self.change,
            beside(*self.minutes.values()), give, self.out,
        )  # fmt: skip

    def _give(self, _: Any) -> Told:
        minutes = {step: one.value for step, one in self.minutes.items() if one.value}
        made = note_on(self.running, worked=self.worked.value, change=self.change.value, minutes=minutes)
        self.worked.value = self.change.value = ""
        for one in self.minutes.values():
            one.value = 0
        return made


def feedback_panel(running: Running) -> Any:
    """Return a form in which a teacher says how a lesson went; where no person works, a sentence."""
    if not is_live():
        words = tr("Opened in JupyterLab, this is where a teacher says how the lesson went.")
        return Told("", "note", tr("How did the lesson go?"), (words,))
    return FeedbackPanel(running).widget


def note_on(running: Running, **said: Any) -> Told:
    """Keep a note on a running lesson and say so; in practice nothing is kept, so that is an error."""
    from kit.dataset import Dataset

    if running.practice or not isinstance(running.shared, Dataset):
        raise UsageError(
            "You practise with the sample schools, so this note would be forgotten.",
            do="Open the lesson with your school's dataset: kit lab --dataset FOLDER",
            code="practice-feedback",
        )  # fmt: skip
    made = give_feedback(running.shared, running.lesson, **said)
    words = tr("It travels with the shared data to those who look after the lesson.")
    return Told("", "right", tr("Thank you. Your note is kept."), (words,), made[:12])
