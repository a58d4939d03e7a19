"""From the words of a label to what was measured, in any language of ``tables/words.csv``.

A label is read as *concepts* ("air", "temperature", "soil"), each written in many languages, whole or as a
part of a compound word; ``tables/meanings.csv`` says which variable a set of concepts means. So "ilman
lämpötila", "Lufttemperatur / température de l'air" and "темп. воздуха" need no entry of their own. A word
with one typing mistake counts, but is certain only if a fitting unit is stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from kit.vocab.units import table_lines
from kit.vocab.words import tokens

#: Names of sensors and devices: they say with what was measured, not what.
_MAKES = (
    "bme|bmp|bm|dht|sht|shtc|hdc|sds|sps|scd|sen|sfa|pms|pmsa|pmsx|psm|hm|hpma|ds|htu|am|aht|tsl|veml|si|lm|ws|"
    "hp|dps|mpl|mh|mhz|dnms|bh|max|svm|sgp|ccs|hyt|lps|ms|gy|mics|cjmcu|pimoroni|atlas|sensirion|lht|cm|oxa|as|"
    "ltr|opt|mcp|mlx|mq|rg|wh|efws|ics"
)
_DEVICE = re.compile(
    rf"^(?:(?:{_MAKES})[a-z]{{0,2}}\d[a-z0-9]*|18ds\d*|18b20|(?:bme|bmp|dht|sht|hdc|sds|sps|scd|pms|htu|tsl|veml|svm|"
    r"sgp|heca|atlas|atlasscientific|scientific|nova|fitness|sensirion|bosch|plantower|pimoroni|davis|senseair|netatmo|ams))$"
)
_NUMBERING = re.compile(r"\d{1,2}[a-z]?|ch\d|nr\d?|[a-z]\d")
_DEPTH = re.compile(r"\d{1,3}cm")
_GLUED = re.compile(r"([^\W\d_]{4,})(\d{1,2})")
#: After a number these are times ("10 min"), not extremes.
_SPANS = frozenset(("min", "minute", "minutes", "minuten", "m", "s", "h", "sec"))
_LINKS = ("", "s", "n", "en", "es")
#: Shortest word that may be read with one typing mistake.
_LONG = 7
#: Longer words are read neither as compounds nor as typing mistakes.
_LONGEST = 50


@dataclass(frozen=True)
class Part:
    """One word or phrase of a label: its kind ("concept" or a group of words), its concepts, how sure."""

    kind: str
    word: str
    concepts: frozenset[str] = frozenset()
    typed_wrong: bool = False


def parts(words: Sequence[str], device: frozenset[str] = frozenset()) -> tuple[Part, ...]:
    """Return what the folded words of a label are; ``device`` are the words of the sensor's name.

    >>> [(p.kind, *sorted(p.concepts)) for p in parts(tokens("Bodentemperatur 2"))]
    [('concept', 'soil'), ('concept', 'temperature'), ('number',)]
    >>> [(p.kind, *sorted(p.concepts)) for p in parts(tokens("температура воздуха на улице"))]
    [('concept', 'temperature'), ('concept', 'air'), ('joining',), ('neutral',)]
    """
    found: list[Part] = []
    place = 0
    while place < len(words):
        size = next(
            (
                n
                for n in (5, 4, 3, 2)
                if " ".join(words[place : place + n]) in _phrases() and place + n <= len(words)
            ),
            1,
        )
        phrase = " ".join(words[place : place + size])
        if size > 1:
            found.append(_known(phrase))
        elif phrase in _SPANS and place and words[place - 1].isdigit():
            found.append(Part("unknown", f"{words[place - 1]} {phrase}"))
        elif phrase == "cm" and place and words[place - 1].isdigit():
            found.append(Part("depth", phrase))
        else:
            after_device = bool(found) and found[-1].kind == "device"
            found.extend(_one(phrase, device, after_device))
        place += size
    return tuple(found)


def meaning(concepts: Iterable[frozenset[str]]) -> tuple[str, str] | None:
    """Return (variable, sure) that a set of concepts means: sure is "1", "0", or "u" (with a fitting unit).

    A word may stand for several concepts; the label means something if all readings that mean anything agree.

    >>> meaning([frozenset({"wind"}), frozenset({"speed"})]), meaning([frozenset({"air"})])
    (('wind_speed', '1'), None)
    """
    choices = [sorted(one) for one in dict.fromkeys(concepts)]
    readings = (frozenset(one) for one in product(*choices[:6])) if len(choices) <= 6 else iter(())
    found = {_meanings_of(reading) for reading in readings} - {None}
    return next(iter(found)) if len(found) == 1 else None


@cache
def _meanings_of(concepts: frozenset[str]) -> tuple[str, str] | None:
    if not concepts:
        return None
    for variable, sure, needs, may in _meanings():
        if needs <= concepts <= needs | may:
            return variable, sure
    return None


@cache
def concept_words() -> frozenset[str]:
    """Return every folded word of ``tables/words.csv``."""
    return frozenset(
        word for phrase, (kind, _) in _phrases().items() if kind == "concept" for word in phrase.split()
    )


@cache
def word_group(name: str) -> frozenset[str]:
    """Return the words of one group of ``tables/label_words.csv``, folded.

    >>> "indoor" in word_group("indoor")
    True
    """
    return frozenset(word for line in table_lines("label_words.csv") if line["group"] == name
                     for word in map(_folded, line["words"].split("|")))  # fmt: skip


#: Groups of words that a label may hold, in the order in which a word is looked up.
GROUPS = ("raw", "other", "maximum", "minimum", "total", "hour", "indoor", "neutral", "joining")


def is_device(word: str) -> bool:
    """Tell whether a folded word is the name of a sensor or device.

    >>> is_device("bme280"), is_device("temperature")
    (True, False)
    """
    return bool(_DEVICE.match(word))


def _known(phrase: str) -> Part:
    kind, concepts = _phrases()[phrase]
    return Part(kind, phrase, concepts)


def _one(word: str, device: frozenset[str], after_device: bool) -> tuple[Part, ...]:
    if word in device:
        return (Part("device", word),)
    if word in _phrases():
        return (_known(word),)
    if is_device(word) or (after_device and word.isdigit()):
        return (Part("device", word),)
    if _DEPTH.fullmatch(word):
        return (Part("depth", word),)
    if _numbering(word):
        return (Part("number", word),)
    if (whole := _compound(word)) or (whole := _glued(word)):
        return whole
    near = _near(word) if _LONG <= len(word) <= _LONGEST else ()
    return near or (Part("unknown", word),)


def _numbering(word: str) -> bool:
    return word in ("a", "b") or (bool(_NUMBERING.fullmatch(word)) and word not in ("o3", "t2"))


def _glued(word: str) -> tuple[Part, ...]:
    """Read a name with its number: "luftdruck2"."""
    split = _GLUED.fullmatch(word)
    if not split:
        return ()
    name = (_known(split[1]),) if split[1] in _phrases() else _compound(split[1])
    return (*name, Part("number", split[2])) if name else ()


@cache
def _compound(word: str) -> tuple[Part, ...]:
    """Read a compound word as known words, the fewest that there are; () if it is none."""
    if len(word) > _LONGEST:
        return ()
    best: dict[int, tuple[Part, ...]] = {0: ()}
    for end in range(3, len(word) + 1):
        for start in range(end - 3, -1, -1):
            if start not in best:
                continue
            piece = word[start:end]
            part = next((p for link in _LINKS if piece.endswith(link)
                         and (p := _piece(piece.removesuffix(link) if link and end < len(word) else piece))),
                        None)  # fmt: skip
            if part and (end not in best or len(best[start]) + 1 < len(best[end])):
                best[end] = (*best[start], part)
    found = best.get(len(word), ())
    short = sum(len(part.word) < 4 for part in found)
    return found if 2 <= len(found) <= 4 and short <= 1 else ()


def _piece(text: str) -> Part | None:
    if len(text) >= 3 and text in _phrases():
        known = _known(text)
        return known if known.kind != "joining" else None
    return Part("device", text) if len(text) >= 3 and is_device(text) else None


@cache
def _near(word: str) -> tuple[Part, ...]:
    """Read a word with one typing mistake; () if no word or several different ones are near."""
    found: set[tuple[Part, ...]] = set()
    for key in (word, *_shorter(word)):
        for other in _by_deletion().get(key, ()):
            if _one_mistake(word, other):
                whole = (_known(other),) if other in _phrases() else _compound(other)
                found.add(tuple(Part(p.kind, "", p.concepts, True) for p in whole))
    return next(iter(found)) if len(found) == 1 else ()


def _shorter(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


@cache
def _by_deletion() -> dict[str, tuple[str, ...]]:
    """Return long words by themselves and by what is left of them without one letter."""
    known: dict[str, list[str]] = {}
    aliases = {one for line in table_lines("aliases.csv") for one in map(_folded, line["labels"].split("|"))}
    for word in sorted(set(_phrases()) | {one for one in aliases if " " not in one and _compound(one)}):
        if len(word) >= _LONG and " " not in word and (word not in _phrases() or _phrases()[word][1]):
            for key in (word, *_shorter(word)):
                known.setdefault(key, []).append(word)
    return {key: tuple(dict.fromkeys(found)) for key, found in known.items()}


def _one_mistake(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter more, less or other, or by two that changed places.

    >>> _one_mistake("lutfdruck", "luftdruck"), _one_mistake("presure", "pressure"), _one_mistake("ab", "ba")
    (True, True, True)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return one == other
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _folded(text: str) -> str:
    return " ".join(tokens(text))


@cache
def _phrases() -> dict[str, tuple[str, frozenset[str]]]:
    """Return folded phrase -> (kind, concepts)."""
    concepts: dict[str, set[str]] = {}
    for line in table_lines("words.csv"):
        for phrase in line["words"].split("|"):
            concepts.setdefault(_folded(phrase), set()).add(line["concept"])
    known = {phrase: ("concept", frozenset(which)) for phrase, which in concepts.items()}
    for group in GROUPS:
        for word in word_group(group):
            known.setdefault(word, (group, frozenset()))
    return known


@cache
def _meanings() -> tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]:
    return tuple(
        (line["variable"], line["sure"], frozenset(line["needs"].split()), frozenset(line["may"].split()))
        for line in table_lines("meanings.csv")
    )


__all__ = ["GROUPS", "Part", "concept_words", "is_device", "meaning", "parts", "word_group"]
