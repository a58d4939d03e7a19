"""Wide tables with a column for each place or sensor: "roof: PM2.5", "Tartu temp", or places alone.

A name of a place before (or behind) one that the vocabulary knows makes the column one of that place. Where
several columns have names that mean nothing to kit, they may be places or sensors of one quantity: each gets
its own name as its place, and ingest asks. The quantity may stand in a line above the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kit.formats._columns import split_unit
from kit.formats._words import plain_name
from kit.model import Column
from kit.vocab import recognise, tokens, why_not, word_group
from kit.vocab.aliases import UNKNOWN

_SIGNS = (": ", ":", " - ", " | ")
_SENSOR = re.compile(
    r"^(sensor|probe|channel|ch|kanal|andur|logger|device|seade|fühler|gerät|датчик|канал|jutiklis|sensors?|anturi|givare)"
    r" ?[\w-]{0,4}$"
)
#: Names that programs give to whatever they are sent: one quantity each, which only a person knows.
_ANYTHING = re.compile(r"^(field|value|data|col|column|param|parameter|variable|var|series|y|a|v) ?\d{1,2}$")
_SAYS = re.compile(
    r"(?<!\w)(station|site|place|location|school|plot|room|street|jaam|koht|kool|ruum|tänav|punkt|ort|schule|raum"
    r"|станция|школа|место|станція|місце|sensor|probe|channel|andur|fühler|датчик|logger|device|seade)(?!\w)"
)
#: Words that say which of several values of one device a column holds, and not where it was measured.
_KINDS = re.compile(
    r"(?<!\w)(max|min|mean|avg|average|std|sd|raw|in|out|indoor|outdoor|inside|outside|high|low|hi|lo|keskmine|channel"
    r"|maks|miin|sees|väljas|innen|außen|corrected|soil|muld|water|vesi|boden|wasser|surface|dew|wet|dry|total|daily"
    r"|hourly|monthly|yearly|annual|days?|month|year|hour|week|aasta|kuu|päeva|ööpäeva|tunni|tag|monat|jahr|cf|atm|n|nr|time|date|temp|wind|tuul|air|õhk|luft)(?!\w)"
)


def by_place(columns: Sequence[Column], above: Sequence[str]) -> list[Column]:
    """Return the columns with their places (``station``) or sensors, where a table has one column for each.

    ``above`` are the lines above the table. Columns that are no values stay as they are.

    >>> columns = [Column(f"{place}: PM2.5", "value", label=f"{place}: PM2.5") for place in ("roof", "yard")]
    >>> [(column.station, column.label) for column in by_place(columns, ())]
    [('roof', 'PM2.5'), ('yard', 'PM2.5')]
    >>> columns = [Column(name, "value", label=name) for name in ("Tartu", "Narva", "Valga")]
    >>> [(one.station, one.label, one.unit) for one in by_place(columns, ["NO2 (µg/m³)"])][0]
    ('Tartu', 'NO2', 'µg/m³')
    """
    values = [column for column in columns if column.role == "value" and not column.variable]
    named = {column.name: found for column in values if (found := _split(column))}
    repeated = [rest for _, rest in named.values()]
    places = {place for place, rest in named.values() if repeated.count(rest) > 1}
    named = {name: (place, rest) for name, (place, rest) in named.items() if place in places}
    if len(places) > 1 and len(named) > 1 and _are_places(named):
        return [
            _placed(column, *named[column.name]) if column.name in named else column for column in columns
        ]
    if len(values) < 3 or not all(_is_unknown(column) for column in values):
        return list(columns)
    if all(_ANYTHING.match(plain_name(column.name)) for column in values):
        return list(columns)
    label, unit = _above(above)
    return [
        replace(
            column, station=column.name, label=label or column.label or column.name, unit=column.unit or unit
        ) if column in values else column
        for column in columns
    ]  # fmt: skip


def _are_places(named: dict[str, tuple[str, str]]) -> bool:
    """Tell whether the first parts of names are places: they say so, or each has the same two quantities.

    "Direct radiation" and "Diffuse radiation" are two quantities, not one at two places.
    """
    if all(any(sign in name for sign in _SIGNS) or _SAYS.search(plain_name(name)) for name in named):
        return True
    quantities: dict[str, set[str]] = {}
    for place, rest in named.values():
        quantities.setdefault(place, set()).add(rest)
    alike = {frozenset(rests) for rests in quantities.values()}
    return len(alike) == 1 and len(next(iter(alike))) > 1


def _placed(column: Column, place: str, rest: str) -> Column:
    if _SENSOR.match(plain_name(place)):
        return replace(column, sensor=place, label=rest)
    return replace(column, station=place, label=rest)


def _is_unknown(column: Column) -> bool:
    label = column.label or column.name
    return recognise(label, column.unit) is None and why_not(label, column.unit) == UNKNOWN


def _split(column: Column) -> tuple[str, str] | None:
    """Return (place, name of the quantity) of a column's name, None if it has no two parts."""
    label = column.label or column.name
    match = recognise(label, column.unit)
    if match is not None and match.sure:
        return None
    for sign in _SIGNS:
        before, _, behind = label.partition(sign)
        for place, rest in ((before, behind), (behind, before)):
            if _is_place(place) and _is_sure(rest, column.unit):
                return place.strip(), rest.strip()
    words = label.replace("_", " ").split()
    for at in range(1, len(words)):
        place, rest = " ".join(words[:at]), " ".join(words[at:])
        if _is_place(place) and _is_sure(rest, column.unit):
            return place, rest
    for at in range(len(words) - 1, 0, -1):
        rest, place = " ".join(words[:at]), " ".join(words[at:])
        if _is_place(place) and _is_sure(rest, column.unit):
            return place.strip("()[]"), rest
    return None


def _is_place(text: str) -> bool:
    plain = plain_name(text)
    if len(plain) < 2 or _SAYS.fullmatch(plain) or _KINDS.search(plain):
        return False
    if {*tokens(text)} & (word_group("maximum") | word_group("minimum") | word_group("total")):
        return False
    return recognise(text) is None and any(letter.isalpha() for letter in plain)


def _is_sure(text: str, unit: str) -> bool:
    match = recognise(text.strip(), unit) if text.strip() else None
    return match is not None and match.sure


def _above(lines: Sequence[str]) -> tuple[str, str]:
    """Return (name, unit) of the quantity that a line above the table names, nearest to the table first."""
    for line in reversed(lines):
        label, unit = split_unit(line)
        match = recognise(label, unit) if len(line) < 80 else None
        if match is not None and match.sure:
            return label, unit
    return "", ""
