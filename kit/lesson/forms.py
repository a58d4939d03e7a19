"""What people fill in: the rubric (criteria by levels) and the questionnaire before and after a lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kit.lesson.record import read_toml, record, records
from kit.text import N_

RUBRIC, QUESTIONNAIRE = "rubric.toml", "questionnaire.toml"
WHEN = {"before": N_("Before the lesson"), "after": N_("After the lesson")}
#: No free text: nobody can be known by an answer.
KINDS = ("scale", "choice")
SCALE = (N_("no"), N_("rather no"), N_("rather yes"), N_("yes"))


@dataclass(frozen=True)
class Criterion:
    """One thing that good work shows, with a descriptor for each level of the rubric."""

    id: str
    title: str
    levels: tuple[str, ...]
    depths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rubric:
    """What good work looks like: names of the levels, lowest first, and the criteria."""

    levels: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @classmethod
    def of(cls, folder: Path) -> Rubric | None:
        """Read ``rubric.toml``; None if the lesson has none."""
        path = folder / RUBRIC
        if not path.is_file():
            return None
        table = read_toml(path)
        criteria = records(Criterion, table.get("criteria", []), RUBRIC, "criteria")
        return replace(record(cls, table, RUBRIC, apart=("criteria",)), criteria=criteria)

    def texts(self) -> list[str]:
        """Return the texts that people read, in order."""
        return [*self.levels, *(text for one in self.criteria for text in (one.title, *one.levels))]


@dataclass(frozen=True)
class Item:
    """One question of a questionnaire: a sentence on a scale, or a choice; asked before, after or both."""

    id: str
    text: str
    kind: str = "scale"
    when: tuple[str, ...] = tuple(WHEN)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Questionnaire:
    """What pupils are asked before and after a lesson, without names."""

    items: tuple[Item, ...] = ()

    @classmethod
    def of(cls, folder: Path) -> Questionnaire | None:
        """Read ``questionnaire.toml``; None if the lesson has none."""
        path = folder / QUESTIONNAIRE
        if not path.is_file():
            return None
        table = read_toml(path)
        record(cls, table, QUESTIONNAIRE, apart=("items",))
        return cls(records(Item, table.get("items", []), QUESTIONNAIRE, "items"))

    def asked(self, when: str) -> tuple[Item, ...]:
        """Return what is asked ``before`` or ``after``."""
        return tuple(one for one in self.items if when in one.when)

    def texts(self) -> list[str]:
        """Return the texts that people read, in order."""
        return [text for one in self.items for text in (one.text, *one.options.values())]
