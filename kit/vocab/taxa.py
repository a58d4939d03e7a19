"""Common names of animals that classes count, with their scientific names (kit/tables/taxa.csv).

Only names that mean one species in their language are in the table. A name that is not there stays as it is:
nothing is guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.vocab.words import fold

TABLE = Path(__file__).parents[1] / "tables" / "taxa.csv"
LANGUAGES = ("en", "et", "de")


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
    """Tell whether a name is one of a species: known here, or written like a scientific name.

    >>> [is_species(n) for n in ("Harakas", "Corvus corax", "Wind speed", "Temp outside")]
    [True, True, False, False]
    """
    return _key(name) in _taxa()
