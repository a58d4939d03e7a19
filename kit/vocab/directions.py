"""Compass points in many languages (``tables/compass.csv``), read as a column: "O" is east or west.

German "O" is *Ost*, Spanish and French "O" is *oeste*, *ouest*. A column that also holds a "W" is read the
first way, one that holds an "E" the second way; where it holds neither, the language of the column's name may
tell (``o_in_name``), else nobody can.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kit.vocab.words import fold

TABLE = Path(__file__).parents[1] / "tables" / "compass.csv"
#: The longest name of a direction is shorter ("ziemeļziemeļaustrumi").
_LONGEST = 50
_CARDINALS = (0.0, 90.0, 180.0, 270.0)


@dataclass(frozen=True)
class System:
    """How one language names directions: folded words and letters of the four main ones, names of others."""

    language: str
    main: tuple[tuple[str, float], ...]
    others: tuple[tuple[str, float], ...]
    o: str


def compass(texts: Sequence[str], o: str = "") -> NDArray[np.float64]:
    """Return the compass points of a column as degrees clockwise from north, where the wind comes from.

    Parameters
    ----------
    texts
        The cells of one column (or its different ones): which language they are in is decided together.
    o
        What the letter O means if it cannot be seen: "east", "west", or "" (then such points are NaN).

    NaN stands for what is no compass point (calm, variable). Where some cells are in another language, they
    count too: what the first language does not know is read as a column of its own.

    >>> compass(["N", "nno", "Südwest", "O", "---"])
    array([  0. ,  22.5, 225. ,  90. ,   nan])
    >>> compass(["E", "NO", "SO"]), compass(["С-В", "Ю"]), compass(["NO", "S"]), compass(["NO"], o="east")
    (array([ 90., 315., 225.]), array([ 45., 180.]), array([ nan, 180.]), array([45.]))
    >>> compass(["lõuna", "kagu", "S", "SW", "C"])
    array([180., 135., 180., 225.,  nan])
    """
    kinds = [re.sub(r"[\W\d_]", "", fold(text)) for text in texts]
    known, _ = _read(frozenset(kinds), o)
    return np.array([known.get(kind, np.nan) for kind in kinds], dtype=np.float64)


def _read(kinds: frozenset[str], o: str) -> tuple[dict[str, float], bool]:
    """Return what folded texts mean as degrees, and whether the O of some is unclear (those are left out)."""
    system, unclear = _choose(kinds, o)
    if system is None:
        return {}, False
    known = {kind: value for kind in kinds if (value := _degrees(system, kind)) == value}
    rest = frozenset(kind for kind in kinds - known.keys() if len(kind) > 1 or kind in "nesw")
    if unclear:
        known = {kind: value for kind, value in known.items() if "o" not in kind}
    if known and rest:
        others, also = _read(rest, o)
        return {**others, **known}, unclear or also
    return known, unclear


def unclear_o(texts: Iterable[str]) -> bool:
    """Tell whether the letter O among compass points could be east as well as west.

    >>> unclear_o(["N", "NO"]), unclear_o(["W", "NO"]), unclear_o(["E", "NO"]), unclear_o(["N", "S"])
    (True, False, False, False)
    """
    return _read(frozenset(re.sub(r"[\W\d_]", "", fold(text)) for text in texts), "")[1]


def o_in_name(name: str) -> str:
    """Return what O means by the language of a column's name: "east", "west", or "" where that does not tell.

    >>> o_in_name("Windrichtung"), o_in_name("Direction du vent"), o_in_name("Wind Direction")
    ('east', 'west', '')
    """
    folded = fold(name)
    if re.search(r"windricht|vindriktning|vindretning", folded):
        return "east"
    return "west" if re.search(r"direccio|direction du|direzione|direcao|direccao", folded) else ""


def _choose(kinds: frozenset[str], o: str) -> tuple[System | None, bool]:
    """Return the language in which most of the texts are directions, and whether its O is unclear."""
    scores = [(sum(_degrees(one, kind) == _degrees(one, kind) for kind in kinds), one) for one in systems()]
    most = max(score for score, _ in scores)
    best = [one for score, one in scores if score == most]
    if not most:
        return None, False
    meant = {one.o for one in best} - {""}
    if best[0].o and len(meant) > 1:
        chosen = next((one for one in best if one.o == o), None)
        return (chosen, False) if chosen else (best[0], True)
    return best[0], False


@lru_cache(maxsize=20_000)
def _degrees(system: System, text: str) -> float:
    """Return the direction of a folded text in one language, NaN if it is none."""
    if len(text) > _LONGEST:
        return float("nan")
    if (known := dict(system.others).get(text)) is not None:
        return known
    return next((value for one in _split(system, text, 3) if (value := _mean(one)) == value), float("nan"))


def _split(system: System, text: str, most: int) -> Iterable[tuple[float, ...]]:
    """Yield the ways to read a text as up to three main directions, longest words first."""
    if not text:
        yield ()
        return
    if most == 0:
        return
    for word, degrees in system.main:
        if text.startswith(word):
            for rest in _split(system, text[len(word) :], most - 1):
                yield (degrees, *rest)


def _mean(main: tuple[float, ...]) -> float:
    """Return the direction that main directions name together: (N, N, E) is 22.5.

    >>> _mean((0.0, 0.0, 90.0)), _mean((0.0, 270.0)), _mean((0.0, 180.0))
    (22.5, 315.0, nan)
    """
    if len(main) == 1:
        return main[0]
    if not main:
        return float("nan")
    first, second = main[0], main[1] if len(main) == 2 else _mean(main[1:])
    turn = (second - first + 180) % 360 - 180
    wanted = 90 if len(main) == 2 else 45
    return (first + turn / 2) % 360 if abs(turn) == wanted else float("nan")


@cache
def systems() -> tuple[System, ...]:
    """Return the languages of the table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_system(line) for line in csv.DictReader(file))


def _system(line: dict[str, str]) -> System:
    main: dict[str, float] = {}
    columns = (line["north"], line["east"], line["south"], line["west"])
    for letter, words, degrees in zip(line["letters"].split(), columns, _CARDINALS, strict=True):
        for word in (letter, *words.split("|")):
            main[fold(word)] = degrees
    pairs = (one.split("=") for one in line["points"].split("|") if one)
    others = tuple((fold(word), float(degrees)) for word, degrees in pairs)
    return System(
        line["language"], tuple(sorted(main.items(), key=lambda item: -len(item[0]))), others, line["o"]
    )
