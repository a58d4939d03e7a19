"""Common names of animals that classes count, with their scientific names (kit/tables/taxa.csv).

Only names that mean one species in their language are in the table. A name that is not there stays as it is:
nothing is guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.text import language
from kit.vocab.words import fold

TABLE = Path(__file__).parents[1] / "tables" / "taxa.csv"
_LATIN = re.compile(r"([A-Z][a-zë-]{2,}) ([a-zë-]{3,}|spp?\.)(?: [a-zë-]{3,})?$")
_GENUS = re.compile(r"(us|a|is|um|i|es|or|ax|ex|ix|ops|on|os|er|ns|ys|as|io|ne)$")
_EPITHET = re.compile(
    r"(us|a|is|um|ii|i|es|or|ax|ex|ix|os|er|ns|ys|ae|are|ale|ile|ense|estre|ax|ix|on|ops|io)$"
)
LANGUAGES = ("en", "et", "de", "fi", "sv", "lv", "lt", "pl", "ru", "uk", "fr", "es")


@cache
def _taxa() -> dict[str, tuple[str, str]]:
    found = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            names = [line["scientific"], *(name for code in LANGUAGES for name in line[code].split("|"))]
            for name in names:
                if name.strip():
                    found[_key(name)] = (line["scientific"], line["class"])
    return found


@cache
def _shown() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return {line["scientific"]: {code: line[code].split("|")[0] for code in LANGUAGES} for line in lines}


def common_name(scientific: str, lang: str | None = None) -> str:
    """Return what people call a species in a language; a name that is not in the table stays as it is.

    >>> common_name("Pica pica", "et"), common_name("Pica pica", "en"), common_name("Rhea americana", "et")
    ('harakas', 'magpie', 'Rhea americana')
    """
    return _shown().get(scientific, {}).get(language(lang)) or scientific


def _key(name: str) -> str:
    return fold(name).replace("-", " ")


def scientific_names(
    names: Iterable[str],
) -> tuple[NDArray[np.object_], NDArray[np.bool_], NDArray[np.object_]]:
    """Return (scientific name or "", is the given name the scientific one, class or "") of each name.

    >>> found, latin, kind = scientific_names(["Rasvatihane", "great tit", "Parus major", "tit"])
    >>> found.tolist(), latin.tolist()
    (['Parus major', 'Parus major', 'Parus major', ''], [False, False, True, False])
    >>> kind.tolist()
    ['Aves', 'Aves', 'Aves', '']
    """
    which, kinds = pd.factorize(pd.Series(list(names), dtype="str"))
    found = [_taxa().get(_key(str(kind)), ("", "")) for kind in kinds]
    latin = [taxon == kind for (taxon, _), kind in zip(found, kinds, strict=True)]
    if not len(kinds):
        return np.array([], object), np.array([], bool), np.array([], object)
    scientific = np.array([taxon for taxon, _ in found], dtype=object)
    classes = np.array([kind for _, kind in found], dtype=object)
    return scientific[which], np.array(latin, dtype=bool)[which], classes[which]


def is_species(name: str) -> bool:
    """Tell whether a name is one of the species of the table.

    >>> [is_species(n) for n in ("Harakas", "Corvus corax", "Wind speed", "Ducks")]
    [True, True, False, False]
    """
    return _key(name) in _taxa()


def alike(name: str) -> str:
    """Return the name in the table that was probably meant, "" if none is nearly the same.

    >>> alike("rasvathiane"), alike("Great titt"), alike("duck")
    ('rasvatihane', 'great tit', '')
    """
    near = get_close_matches(_key(name), _spellings(), n=1, cutoff=0.85) if len(name) > 4 else []
    return _spellings()[near[0]] if near and len(name) < 60 else ""


@cache
def _spellings() -> dict[str, str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    names = [name for line in lines for code in LANGUAGES for name in line[code].split("|") if name]
    return {_key(name): name for name in names}


def looks_latin(name: str) -> bool:
    """Tell whether a name is written like a scientific one: two words with the endings that those have.

    >>> [looks_latin(n) for n in ("Bombus terrestris", "Bombus sp.", "Canada goose", "Wind speed")]
    [True, True, False, False]
    """
    found = _LATIN.match(name)
    if not found or not _GENUS.search(found[1]):
        return False
    return found[2] in ("sp.", "spp.") or bool(_EPITHET.search(found[2]))
