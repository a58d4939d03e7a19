"""Words that lessons share: curriculum goals, the glossary, school subjects (with sources, by id)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kit.text import N_, whole_language

TABLES = Path(__file__).parents[1] / "tables"
FRAMEWORKS = {
    "ee": N_("Estonian national curriculum"),
    "ngss": "NGSS",
    "greencomp": "GreenComp",
    "esd": N_("UNESCO, education for sustainable development"),
}
SUBJECTS = {
    "science": N_("science"),
    "biology": N_("biology"),
    "geography": N_("geography"),
    "physics": N_("physics"),
    "chemistry": N_("chemistry"),
    "mathematics": N_("mathematics"),
    "computing": N_("computing"),
    "social-studies": N_("social studies"),
    "language": N_("language"),
    "art": N_("art"),
}


@dataclass(frozen=True)
class Goal:
    """One goal of a curriculum framework: ``grades`` as in "6-8" ("" for all), words in ``en`` and ``et``."""

    id: str
    framework: str
    grades: str
    en: str
    et: str
    url: str
    source: str

    def text(self, lang: str | None = None) -> str:
        """Return what it is about, in English or Estonian."""
        return self.et if whole_language(lang) == "et" else self.en


@dataclass(frozen=True)
class Term:
    """One word of the glossary with its meaning, in English and Estonian."""

    term: str
    en: str
    et: str
    meaning_en: str
    meaning_et: str
    source: str

    def word(self, lang: str | None = None) -> str:
        """Return the word."""
        return self.et if whole_language(lang) == "et" else self.en

    def meaning(self, lang: str | None = None) -> str:
        """Return what it means, without a full stop."""
        return self.meaning_et if whole_language(lang) == "et" else self.meaning_en


@cache
def frameworks() -> dict[str, Goal]:
    """Return the goals of ``tables/frameworks.csv`` by id.

    >>> frameworks()["ngss-sep4"].text("en")
    'practice 4: analyzing and interpreting data'
    """
    return {row["id"]: Goal(**row) for row in _rows("frameworks.csv")}


@cache
def glossary() -> dict[str, Term]:
    """Return the words of ``tables/glossary.csv`` by id.

    >>> glossary()["median"].word("et")
    'mediaan'
    """
    return {row["term"]: Term(**row) for row in _rows("glossary.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
