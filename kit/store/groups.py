"""Group commit: what several threads want at the same moment is done together, by one of them.

A thread that finds nobody at work takes all that wait, its own among them, and does them in one go; the
others wait for the outcome of theirs. Nobody waits for more company: a thread alone is not slower. The queue
is bounded; who finds it full waits, and in the end gives up with nothing done.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class QueueFull(Exception):
    """Nothing was done: others were at it, or waiting, for too long."""


@dataclass(eq=False)
class _Place(Generic[A, R]):
    """One act in the queue; ``outcome`` holds its result, or what it raises, once that is known."""

    act: A
    outcome: tuple[R | Exception, ...] = ()


class Groups(Generic[A, R]):
    """Acts done in groups.

    ``do(acts, outcomes)`` does some acts in one go and appends for each its result, or the exception that it
    raises. When it raises an exception itself, it leaves all outcomes (done nevertheless) or none: then that
    exception is the outcome of every act. At most ``most`` acts wait; after ``patience`` seconds
    :class:`QueueFull` is raised and the act was not done.

    >>> Groups(lambda acts, outcomes: outcomes.extend(act * 2 for act in acts), most=8, patience=1.0).give(21)
    42
    """

    def __init__(
        self, do: Callable[[Sequence[A], list[R | Exception]], None], most: int, patience: float
    ) -> None:
        self._do, self._most, self._patience = do, most, patience
        self._changed = threading.Condition()
        self._waiting: list[_Place[A, R]] = []
        self._busy = False

    def give(self, act: A) -> R:
        """Do an act, together with those of other threads; return its result or raise what it raised."""
        mine: _Place[A, R] = _Place(act)
        until = time.monotonic() + self._patience
        with self._changed:
            self._wait(lambda: len(self._waiting) < self._most, until)
            self._waiting.append(mine)
        try:
            while not mine.outcome:
                self._go_on(mine, until)
        finally:
            with self._changed:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                    self._changed.notify_all()
        (found,) = mine.outcome
        if isinstance(found, Exception):
            raise found
        return found

    def _go_on(self, mine: _Place[A, R], until: float) -> None:
        """Wait until another thread has done an act, or do it with all that wait."""
        with self._changed:
            self._wait(lambda: not self._busy or mine not in self._waiting, until)
            if mine not in self._waiting:  # another thread is at it: it will tell
                self._changed.wait_for(lambda: bool(mine.outcome) or mine in self._waiting)
                return
            group, self._waiting, self._busy = self._waiting, [], True
            self._changed.notify_all()
        outcomes: list[R | Exception] = []
        try:
            self._do([one.act for one in group], outcomes)
        except Exception as error:  # noqa: BLE001  (each of them raises it)
            outcomes = outcomes or [error] * len(group)
        finally:
            with self._changed:
                self._busy = False
                for one, found in zip(group, outcomes, strict=False):
                    one.outcome = (found,)
                # Interrupted (Ctrl-C) with nothing done: the others do theirs without this thread.
                self._waiting[:0] = [one for one in group if not one.outcome and one is not mine]
                self._changed.notify_all()

    def _wait(self, ready: Callable[[], bool], until: float) -> None:
        """Wait, holding the lock, for something; :class:`QueueFull` when it takes too long."""
        if not self._changed.wait_for(ready, max(until - time.monotonic(), 0.0)):
            raise QueueFull
