"""What a pupil typed: numbers with commas and units, letters of a choice, nothing at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"[-−–+]?\s?\d(?:[\d.,' \u00a0\u202f]*\d)?(?:[eE][-+]?\d+)?")
_SPACES = re.compile(r"[ '\u00a0\u202f]")
_PLACES = ("", "...", "…", "?", "___")


def is_empty(given: Any) -> bool:
    """Return whether nothing was answered: ``...``, None, or a text of nothing but dots and spaces.

    >>> is_empty(...), is_empty("  "), is_empty("…"), is_empty(0)
    (True, True, True, False)
    """
    return given is None or given is ... or (isinstance(given, str) and given.strip(" _") in _PLACES)


def numbers(given: Any) -> list[float]:
    """Return every number that an answer may mean; more than one where a comma is ambiguous.

    >>> numbers("12,5 µg/m³"), numbers("1 234,5"), numbers("−0.25"), numbers("1,234"), numbers("warm")
    ([12.5], [1234.5], [-0.25], [1.234, 1234.0], [])
    """
    if isinstance(given, bool):
        return []
    if not isinstance(given, str):
        try:
            return [float(given)]
        except (TypeError, ValueError):
            return []
    found = _NUMBER.search(given)
    if not found:
        return []
    text = _SPACES.sub("", found.group()).replace("−", "-").replace("–", "-")
    return sorted({value for value in map(_float, _readings(text)) if value is not None})


def _readings(text: str) -> list[str]:
    """Return the ways to read a number's separators."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if comma < point else "."
        return [text.replace(thousands, "").replace(",", ".")]
    sign = "," if comma >= 0 else "." if point >= 0 else ""
    if not sign:
        return [text]
    if text.count(sign) > 1:
        return [text.replace(sign, "")]
    decimal = text.replace(",", ".")
    in_groups = re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", text) is not None and sign == ","
    return [decimal, text.replace(sign, "")] if in_groups else [decimal]


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def unit_of(given: str) -> str:
    """Return what stands after the number.

    >>> unit_of("12,5 µg/m³"), unit_of("12.5")
    ('µg/m³', '')
    """
    found = _NUMBER.search(given)
    return given[found.end() :].strip(" .!\u00a0\u202f") if found else ""


def plain(unit: str) -> str:
    """Return a unit as people may type it, in one form.

    >>> plain("µg/m³") == plain("ug / m3") == plain("μg m-3") == plain("ug/m^3")
    True
    """
    text = unit.lower().replace("µ", "u").replace("μ", "u").replace("³", "3").replace("²", "2")
    text = re.sub(r"\s*([a-z]+)-(\d)$", r"/\1\2", text)
    return re.sub(r"[\s^*.]", "", text)


def letters(given: Any, options: Mapping[str, str]) -> frozenset[str]:
    """Return the options that an answer names, by letter or by their words.

    >>> sorted(letters("C and a", {"a": "no", "b": "yes", "c": "maybe"}))
    ['a', 'c']
    >>> sorted(letters("Yes", {"a": "no", "b": "yes"}))
    ['b']
    """
    if not isinstance(given, str):
        return frozenset(letter for one in given or () for letter in letters(str(one), options))
    text = given.strip().casefold()
    by_words = {key for key, words in options.items() if words.strip(" .").casefold() == text.strip(" .")}
    if by_words:
        return frozenset(by_words)
    named = re.split(r"[\s,;+&/]+|\b(?:and|ja)\b", text)
    named = [one.strip("().\"'") for one in named if one.strip("().\"'")]
    if not named or any(one not in options for one in named):
        return frozenset()
    return frozenset(named)
