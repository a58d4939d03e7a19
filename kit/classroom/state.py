"""The lesson that runs in this notebook, and the progress kept beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit import text
from kit.classroom.tasks import Task
from kit.errors import NotFoundError, UsageError

PROGRESS_FILE = "my-progress.json"


class Progress:
    """What was done in one lesson, kept in ``my-progress.json`` beside the notebook; it holds no names.

    Saved after every answer and hint. Where the folder cannot be written, progress is kept for as long as
    the notebook runs, and :attr:`saved` is False.
    """

    def __init__(self, lesson: str, path: Path | None) -> None:
        self.lesson, self.path, self.saved = lesson, path, True
        self.tasks: dict[str, dict[str, Any]] = dict(self._read().get(lesson, {}))

    def _read(self) -> dict[str, Any]:
        if self.path is None or not self.path.is_file():
            return {}
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def note(self, task: str, **facts: Any) -> dict[str, Any]:
        """Add facts about a task and save; return all that is known of it."""
        known = self.tasks.setdefault(task, {"state": "not attempted", "tries": 0, "hints": 0})
        known.update(facts)
        self.save()
        return known

    def of(self, task: str) -> Mapping[str, Any]:
        """Return what is known of a task."""
        return self.tasks.get(task, {"state": "not attempted", "tries": 0, "hints": 0})

    def save(self) -> None:
        """Write the file whole, or leave the old one as it is."""
        if self.path is None:
            return
        everything = {**self._read(), self.lesson: self.tasks}
        fresh = self.path.with_name(self.path.name + ".tmp")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(everything, file, ensure_ascii=False, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())  # after a power cut the old answers or the new ones are there
            fresh.replace(self.path)
            self.saved = True
        except OSError:
            self.saved = False


@dataclass
class Context:
    """The lesson in use: its tasks (texts in the lesson's language) and where right answers come from.

    ``helps`` holds the tasks in the languages in which pupils can have help; ``own`` is the one that this
    pupil chose, "" the lesson's.
    """

    lesson: str
    tasks: Mapping[str, Task]
    evaluate: Callable[[str], Any]
    progress: Progress
    right: dict[str, Any] = field(default_factory=dict)
    helps: Mapping[str, Mapping[str, Task]] = field(default_factory=dict)
    own: str = ""

    def task(self, name: str) -> Task:
        """Return a task by its id; an unknown one raises :class:`~kit.errors.NotFoundError`."""
        try:
            return self.helps.get(self.own, self.tasks)[name]
        except KeyError:
            raise NotFoundError(
                "This lesson has no task {task}.", do="Its tasks are: {known}.",
                code="unknown-task", task=name, known=", ".join(self.tasks),
            ) from None  # fmt: skip

    def right_answer(self, task: Task) -> Any:
        """Return the right answer, computed once from the class's own data."""
        if task.id not in self.right:
            self.right[task.id] = self.evaluate(task.code) if task.code else task.answer
        return self.right[task.id]


_current: Context | None = None


@contextmanager
def own_language() -> Iterator[None]:
    """Speak the pupil's own language inside a ``with`` block (or a decorated function), if one was chosen."""
    if _current is None or not _current.own:
        yield
        return
    with text.using(_current.own, otherwise=text.language()):
        yield


def enter(context: Context) -> None:
    """Make ``context`` the lesson in use (a later one replaces it)."""
    global _current
    _current = context


def leave() -> None:
    """Forget the lesson in use."""
    global _current
    _current = None


def current() -> Context:
    """Return the lesson in use; without one raises :class:`~kit.errors.UsageError`."""
    if _current is None:
        raise UsageError(
            "No lesson has been started in this notebook.",
            do="Run the first two code cells (click into one, press Shift+Enter), then this one again.",
            code="no-lesson",
        )
    return _current
