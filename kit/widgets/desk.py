"""Where pupils' texts of a lesson go: to the teacher of the school, to a practice copy, or into a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kit.classroom.check import Told
from kit.classroom.html import Shown
from kit.classroom.panel import controls, named
from kit.dataset import Dataset, waiting
from kit.dataset.findings import Finding, Plan, Review, Text, findings, plans, text_of
from kit.dataset.findings_page import when
from kit.errors import UsageError
from kit.text import tr

if TYPE_CHECKING:
    from kit.dataset.view import View

#: Groups have numbers, so that nobody's name stands in a list.
GROUPS = 12


class Started(Protocol):
    """What a panel must know of a started lesson (:class:`kit.lesson.running.Running`)."""

    @property
    def lesson(self) -> Any:
        """The lesson; its ``id`` is what texts name."""

    @property
    def shared(self) -> Any:
        """The shared dataset, a practice copy, or a snapshot."""

    @property
    def station(self) -> str:
        """The station worked with."""

    @property
    def practice(self) -> bool:
        """Whether what is given is forgotten afterwards."""


class Desk:
    """A lesson's texts: what waits, what was sent back, what is published.

    Attributes
    ----------
    shared, lesson, practice
        The dataset, the id of the lesson, and whether this is practice.
    school
        Who writes here: the dataset's school, else that of the station worked with.
    """

    def __init__(self, running: Started) -> None:
        self.shared: View = running.shared
        self.lesson, self.practice = str(running.lesson.id), bool(running.practice)
        self.school = str(self.shared.school or running.station.split("/", 1)[0])

    @property
    def keeps(self) -> bool:
        """Whether texts can be kept here (not in the browser, nor in an older version)."""
        return isinstance(self.shared, Dataset) and self.shared.writable

    @property
    def dataset(self) -> Dataset:
        """The dataset in which texts are kept.

        Raises :class:`UsageError` where there is none.
        """
        if not isinstance(self.shared, Dataset):
            raise UsageError(
                "Here nothing can be kept for the class: this is only a copy of the shared data.",
                do="Write it on paper, or save it as a file and bring it to your teacher.",
                code="only-a-copy",
            )  # fmt: skip
        return self.shared

    def where(self) -> str:
        """Say where a text goes."""
        if not self.keeps:
            return tr("Here nothing can be kept for the class: this is only a copy of the shared data. "
                      "Save your words as a file, or write them on paper, and bring them to your "
                      "teacher.")  # fmt: skip
        if self.practice:
            return tr("You practise: your words stay in this notebook's practice copy and are forgotten when "
                      "you close it. Nothing leaves this computer.")  # fmt: skip
        return tr("Your teacher reads your words first; only then other schools see them. Name no people.")

    def to_file(self, name: str, lines: Iterable[tuple[str, str]], folder: str | Path = ".") -> Told:
        """Save words beside the notebook, where they cannot be kept; a file that is there stays."""
        folder = Path(folder)
        path = next(
            one
            for n in range(1, 1000)
            if not (one := folder / f"{name}{f'-{n}' if n > 1 else ''}.txt").exists()
        )
        text = "\n\n".join(f"{label}\n{words}" for label, words in lines if words)
        path.write_text(text + "\n", encoding="utf-8")
        return Told("", "saved", tr("Saved: {file}", file=path.name), (
            tr("The file lies beside this notebook. In the list of files on the left, click it with the "
               "right button and choose Download."),
            self.where(),
        ))  # fmt: skip

    def kept(self, title: str, *more: str) -> Told:
        """Say that a text is kept, and where it goes."""
        return Told("", "saved", title, (*more, self.where()))

    def plans(self, group: str) -> list[Plan]:
        """Return our plans of this lesson, the newest first: of other groups those that are published."""
        found = plans(self.shared, self.lesson, self.school) if self.keeps else []
        return [one for one in reversed(found) if one.entry or one.group == group]

    def findings(self) -> list[Finding]:
        """Return the published findings of all schools and lessons."""
        return findings(self.shared)

    def ours(self, group: str) -> Shown:
        """Return what has become of our texts of this lesson, the newest first.

        What another group wrote is read by the teacher first, in our class, too: its words are not shown.
        """
        found: list[tuple[Text, str]] = []
        for one in waiting.there(self.shared) if self.keeps else ():
            if (text := text_of(one)) is not None:
                back = tr("sent back: {reason}", reason=(text.group == group and one.back) or "–")
                found.append((text, back if one.back is not None else tr("waits for the teacher")))
        published = self.findings() if self.keeps else []
        approved: list[Text] = [one for one in plans(self.shared) if one.entry] if self.keeps else []
        approved += [*published, *(review for one in published for review in one.reviews)]
        found += [(one, tr("published")) for one in approved]
        found = [pair for pair in found if (pair[0].school, pair[0].lesson) == (self.school, self.lesson)]
        rows = []
        for text, state in sorted(found, key=lambda pair: pair[0].written, reverse=True):
            said = short(words(text)) if text.entry or text.group == group else "…"
            rows.append({
                tr("what"): kind(text), tr("group"): text.group or "–", tr("when"): when(text.written),
                tr("words"): said, tr("what became of it"): state,
            })  # fmt: skip
        return Shown(tr("Our plans, findings and reviews"), tuple(rows))


def kind(one: Text) -> str:
    """Return what a text is, in a word."""
    return tr("plan") if isinstance(one, Plan) else tr("review") if isinstance(one, Review) else tr("finding")


def words(one: Text) -> str:
    """Return what a text says first."""
    if isinstance(one, Plan):
        return one.question
    return one.sentence if isinstance(one, Finding) else one.star if isinstance(one, Review) else ""


def name(one: Text) -> str:
    """Return a text as it stands in a list to choose from."""
    group = tr("group {number}", number=one.group) if one.group else one.school
    return f"{short(words(one))} ({', '.join(part for part in (group, when(one.written)) if part)})"


def choices(texts: Iterable[Text], *, kinds: bool = False) -> dict[str, str]:
    """Return texts to choose from: words (and ``kinds``) -> id; what reads alike is numbered."""
    found: dict[str, str] = {}
    for one in texts:
        label, n = f"{kind(one)}: {name(one)}" if kinds else name(one), 1
        while (f"{label} [{n}]" if n > 1 else label) in found:
            n += 1
        found[f"{label} [{n}]" if n > 1 else label] = one.id
    return found


def short(text: str, most: int = 80) -> str:
    """Return the beginning of a text, in one line.

    >>> short("a b c d", 4)
    'a b …'
    """
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + " …"


def groups() -> dict[str, str]:
    """Return the groups to choose from: words -> number."""
    return {"–": "", **{str(n): str(n) for n in range(1, GROUPS + 1)}}


def field(label: str, rows: int = 2) -> Any:
    """Return a box for a few sentences, with its words."""
    widgets = controls()
    layout = widgets.Layout(width="40em", max_width="98%", height="auto")
    return named(widgets.Textarea(rows=rows, layout=layout), label)
