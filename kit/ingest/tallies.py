"""Numbers of individuals as people write them: "12", "X", "ca 40", "3+", "several", "not found"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.numbers import numbers
from kit.model import Problem, RawTable
from kit.text import N_
from kit.vocab import fold

BAD_COUNT = N_("Row {row}: {value} in column {column} is not a number of individuals.")
MEND_COUNT = N_("Write a whole number, or X if it was there but nobody counted.")
ODD_COUNT = N_("Row {row}: can {value} in column {column} be the number of individuals that were seen?")
ABOUT = N_("{n} counts are estimates or lower limits, such as {value}: their number was taken.")
#: More individuals than this in one sighting are looked at again.
MANY = 100_000
#: There, but not counted, in the languages of schools.
_WORDS = (
    "x xx xxx present + ++ +++ ✓ ✔ v yes many several some few lots seen heard noted",
    "olemas jah palju mitu mõned paar vähe vorhanden ja mehrere einige viele wenige",
    "noterad flera många några useita monta muutama havaittu paljon oui plusieurs si",
    "varios muchos da есть много несколько так багато декілька ir daudz yra daug",
)
_PRESENT = {form for words in _WORDS for word in words.split() for form in (word, fold(word))}
#: Looked for and not there: the number is 0.
_NOT_THERE = frozenset(map(fold, (
    "absent", "not found", "not seen", "not present", "not detected", "none seen", "puudub", "puudus",
    "ei leitud", "ei näinud", "ei olnud", "nicht gefunden", "nicht gesehen", "fehlt", "keine",
    "ej återfunnen", "ej funnen", "ej påträffad",
    "ikke funnet", "ikke fundet", "aldrig funnen", "ei havaittu", "ei löytynyt", "ausente",
    "no visto", "nie stwierdzono", "nav konstatēts", "nerasta", "отсутствует", "не найден", "не найдено",
    "відсутній", "не знайдено",
)))  # fmt: skip
_ABOUT = re.compile(
    r"(?:(?:c|ca|circa|about|approx|approximately|around|at least|min|minimum|over|more than|more|umbes|u"
    r"|vähemalt|üle|ungefähr|etwa|mind|mindestens|über|n|noin|yli|ungefär|minst|över|environ|plus de|около"
    r"|более|не менее|близько|apie|apm)\.?\s*|[~≈>≥]=?\s*)?(?P<n>\d+(?:[ \u00a0]\d{3})*)\s*\+?",
    re.I,
)


@dataclass(frozen=True)
class Tally:
    """Individuals per row (NaN: none given), rows to look at again, what was wrong, and estimates."""

    values: NDArray[np.float64]
    odd: NDArray[np.bool_]
    problems: tuple[Problem, ...] = ()
    about: tuple[str, ...] = ()


def is_present(text: str) -> bool:
    """Tell whether a cell says that something was there without a number.

    >>> [is_present(text) for text in ("X", "mitu", "3", "puudub")]
    [True, True, False, False]
    """
    return text.strip().casefold() in _PRESENT or fold(text) in _PRESENT


def is_absent(text: str) -> bool:
    """Tell whether a cell says that what was looked for was not there.

    >>> [is_absent(text) for text in ("Ej återfunnen", "Not found", "mitu", "")]
    [True, True, False, False]
    """
    return fold(text) in _NOT_THERE


def about(text: str) -> float:
    """Return the number in an estimate or a lower limit, NaN if the text is none.

    >>> [about(text) for text in ("ca. 40", "3+", "~12", "umbes 5", "2 or 3")]
    [40.0, 3.0, 12.0, 5.0, nan]
    """
    found = _ABOUT.fullmatch(text.strip())
    return float(re.sub(r"\D", "", found["n"])) if found else float("nan")


def tally(table: RawTable, name: str) -> Tally:
    """Read a column of counts.

    Numbers that are no count (negative, broken, huge) are told with a problem and marked; broken and huge
    ones keep their value.

    >>> frame = pd.DataFrame({"n": ["2", "X", "c 40", "-3", ""]}, index=[1, 2, 3, 4, 5])
    >>> found = tally(RawTable("", "sightings", frame, ()), "n")
    >>> found.values.tolist(), found.odd.tolist(), found.about
    ([2.0, nan, 40.0, nan, nan], [False, False, False, True, False], ('c 40',))
    """
    cells = table.frame[name]
    values, bad = numbers(cells, table.decimal, table.missing)
    bad = bad | (values < 0)
    estimates: list[str] = []
    if bad.any():
        which, kinds = pd.factorize(cells[bad].astype("str"))
        none = np.array([is_absent(str(kind)) for kind in kinds], dtype=bool)
        near = np.array([about(str(kind)) for kind in kinds])
        estimates = [str(kinds[at]) for at in which[~np.isnan(near)[which]].tolist()]
        guessed = np.where(none, 0.0, near)[which]
        values[bad] = guessed
        bad[bad] = np.isnan(guessed)
    strange = ~bad & ((values > MANY) | (values != np.floor(values))) & ~np.isnan(values)
    odd, problems = strange.copy(), []
    for at in np.flatnonzero(bad | strange).tolist():
        text = str(cells.iloc[at])
        if strange[at] or not is_present(text):
            code, message = ("odd-count", ODD_COUNT) if strange[at] else ("bad-count", BAD_COUNT)
            problems.append(Problem(code, message, int(cells.index[at]), name, text, MEND_COUNT))
            odd[at] = True
    return Tally(np.where(bad, np.nan, values), odd, tuple(problems), tuple(estimates))
