"""A task of a lesson, and the judgement of one answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.classroom.values import is_empty, letters, numbers, plain, unit_of
from kit.errors import FileError

KINDS = ("number", "choice", "choices", "text")
#: The three outcomes of a check; "saved" is for an open question, which only people can judge.
OUTCOMES = ("right", "not yet", "not attempted", "saved")


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes
    ----------
    kind
        ``number``, ``choice`` (one letter), ``choices`` (several letters) or ``text`` (open).
    code
        A Python expression that gives the right answer from the class's own data. It sees ``kit``,
        ``lesson``, ``shared``, ``station`` and ``file``.
    answer
        The right answer where it does not depend on data.
    tolerance
        How far a number may lie from the right one; ``digits`` says how many decimals are asked for.
    hints
        From a nudge to nearly the answer.
    explain
        Why the answer is what it is.
    depths
        The depths of the lesson that have this task; none means all.
    """

    id: str
    kind: str
    question: str
    code: str = ""
    answer: str = ""
    unit: str = ""
    variable: str = ""
    tolerance: float = 0.0
    digits: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    explain: str = ""
    depths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FileError(
                "The task {task} in {file} has the unknown kind {kind}.", do="Known kinds: {known}.",
                file="answers.toml", task=self.id, kind=self.kind, known=", ".join(KINDS),
            )  # fmt: skip

    def texts(self) -> list[str]:
        """Return the texts that people read, in order."""
        found = [self.question, *self.options.values(), *self.hints, self.explain, self.unit_words]
        return [text for text in found if text]

    @property
    def unit_words(self) -> str:
        """The unit where it is a word ("rows"); a symbol needs no translation."""
        return self.unit if self.unit.isalpha() and not self.variable else ""


def judge(task: Task, given: Any, right: Any) -> str:
    """Return the outcome of one answer: one of :data:`OUTCOMES`.

    Numbers may carry a unit and a decimal comma; letters may be in any case and order.

    >>> task = Task("A1", "number", "?", tolerance=0.05, variable="pm25")
    >>> judge(task, "12,5 µg/m³", 12.52), judge(task, 13, 12.52), judge(task, ..., 12.52)
    ('right', 'not yet', 'not attempted')
    """
    if is_empty(given):
        return "not attempted"
    if task.kind == "text":
        return "saved"
    if task.kind == "number":
        close = any(_near(task, value, float(right)) for value in _in_unit(task, given))
        return "right" if close else "not yet"
    chosen, wanted = letters(given, task.options), letters(right, task.options)
    return "right" if chosen and chosen == wanted else "not yet"


def slack(task: Task, right: float) -> float:
    """Return how far a number may lie from the right one: the tolerance, or half of the last decimal.

    >>> round(slack(Task("A1", "number", "?", digits=1), 12.5), 6)
    0.05
    """
    rounding = 0.5 * 10.0**-task.digits if task.digits or (right % 1 and not task.tolerance) else 0.0
    return max(task.tolerance, rounding) + 1e-9 * max(1.0, abs(right))


def _near(task: Task, value: float, right: float) -> bool:
    return abs(value - right) <= slack(task, right)


def _in_unit(task: Task, given: Any) -> list[float]:
    """Return the numbers that an answer may mean, in the task's own unit."""
    found = numbers(given)
    unit = unit_of(given) if isinstance(given, str) else ""
    if not unit or not task.variable:
        return found
    from kit import vocab

    symbol = vocab.variable(task.variable)
    if plain(unit) in {plain(symbol.symbol), plain(symbol.unit), plain(symbol.cf_units)}:
        return found
    try:
        converted = vocab.convert(found, unit, symbol.id)
    except ValueError:
        return []
    return [float(value) for value in converted]
