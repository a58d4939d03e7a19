"""What a pupil meets in a lesson: tasks with hints, progress that is kept, errors in plain words.

>>> import kit
>>> kit.answer("A1", 112)      # doctest: +SKIP
>>> kit.hint("A1")             # doctest: +SKIP
>>> kit.solution("A1")         # doctest: +SKIP
"""

from __future__ import annotations

from kit.classroom.cards import cards_off, cards_on, is_live
from kit.classroom.check import Outcome, Told, answer, hint, solution
from kit.classroom.state import Context, Progress, current, enter, leave
from kit.classroom.tasks import Task

__all__ = [
    "Context",
    "Outcome",
    "Progress",
    "Task",
    "Told",
    "answer",
    "cards_off",
    "cards_on",
    "current",
    "enter",
    "hint",
    "is_live",
    "leave",
    "solution",
]
