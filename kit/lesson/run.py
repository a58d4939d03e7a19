"""A lesson while it runs: the class's data, the station, the tasks with answers from these data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kit import text
from kit.classroom.cards import cards_on, is_live
from kit.classroom.state import PROGRESS_FILE, Context, Progress, enter
from kit.classroom.tasks import Task
from kit.lesson.running import Running
from kit.lesson.source import Lesson, load

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.dataset.snapshot import Snapshot


def start(
    lesson: str | Path,
    *,
    lang: str | None = None,
    dataset: str | Path = "",
    station: str = "",
    file: str | Path = "",
    depth: str = "",
) -> Running:
    """Start a lesson in this notebook: its language, its data, its tasks; errors become cards.

    Parameters
    ----------
    lesson
        The lesson's id or folder.
    lang
        Language of everything kit says from here on.
    dataset
        Folder of the shared dataset; "" means the class's own (``$KIT_DATASET`` or the ``kit.toml`` found
        upward) and, without one, practice with the sample schools.
    station, file
        Whose data "our data" are; "" means the lesson's sample station and file (in practice), or the one
        station of the dataset's own school. Where it has less than the lesson's least data, a partner
        school's or the samples' are taken, and the started lesson says so (``source_of_data``).
    depth
        "A", "B" or "C" where the lesson has several depths: only its tasks count.
    """
    from kit.lesson import practice

    text.use(lang)
    cards_on()
    found = load(lesson)
    found = found.at(depth) if depth else found
    own = practice.open_class(dataset)
    chosen = practice.our_station(found, own, station)
    ours = practice.our_file(found, file, chosen)
    if found.facts.get("sample") and chosen == found.parameters["station"] and own is not None:
        _make_known(found, own)
    from_file = ours is not None and bool(found.facts.get("uploads", True))
    shared, source = practice.data_of(found, own, chosen, named=bool(station), from_file=from_file)
    running = Running(found, shared, source, ours, shared is not own)
    path = Path.cwd() / PROGRESS_FILE if is_live() else None
    enter(
        Context(
            lesson=found.id,
            tasks=translated(found, lang),
            evaluate=running.values.evaluate,
            progress=Progress(found.id, path),
            helps={code: translated(found, lang, code) for code in found.help_in},
        )
    )
    return running


def _make_known(lesson: Lesson, shared: Dataset | Snapshot) -> None:
    """Let the demo's dataset know the lesson's sample station."""
    from kit.lesson.practice import sample_station

    station = sample_station(lesson)
    if station.id not in [known.id for known in shared.stations()]:
        shared.add_station(station)


def translated(lesson: Lesson, lang: str | None, help_in: str = "") -> dict[str, Task]:
    """Return the tasks with their texts in ``lang``; in ``help_in`` where that has them."""
    whole = lesson.translation(lang)
    known = lesson.translation(help_in).texts if help_in else {}

    def words(text: str) -> str:
        return known.get(text) or whole.text(text)

    return {
        name: replace(
            task,
            question=words(task.question),
            hints=tuple(words(hint) for hint in task.hints),
            explain=words(task.explain),
            unit=words(task.unit) if task.unit_words else task.unit,
            options={letter: words(option) for letter, option in task.options.items()},
        )
        for name, task in lesson.tasks.items()
    }
