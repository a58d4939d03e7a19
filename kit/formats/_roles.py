"""What the columns of a plain table are, found from their names and their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kit.formats import _words as words
from kit.formats._columns import split_unit
from kit.formats._delimited import Table
from kit.formats._layout import is_number
from kit.formats._reasons import COUNTER, EMPTY, FREE_TEXT, MARK, OTHER_TIME, WHO, WORDS
from kit.formats._times import from_epoch
from kit.formats._words import plain_name
from kit.model import Column, Role
from kit.vocab import compass, recognise, usual_time

_SAMPLE = 300
_WEEKDAY = r"(?:[^\W\d_]{1,14}(?:['’-][^\W\d_]{1,12})*\.?,?\s+)?"
_DATE_PART = (
    rf"(?:{_WEEKDAY}\d{{4}}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])"
    rf"|{_WEEKDAY}"
    r"(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:\d{4}|\d{2})\.?"
    r"|(?:[^\W\d_]{2,}\.?,?\s+)?\d{1,2}[ .-]+(?:de )?[^\W\d_]{3,}\.?[ .,-]+(?:de )?\d{2,4}"
    r"(?: ?(?:г|р|m|g)\.?)?"
    r"|(?:[^\W\d_]{2,},?\s+)?[^\W\d_]{3,}\.? \d{1,2},? \d{4})"
)
_MONTH_NAME = r"(?:jan|feb|veb|mar|mär|mrz|apr|may|mai|jun|juu|jul|aug|sep|oct|okt|nov|dec|det|dez)[^\W\d_]*"
#: A month without a day: 2024-05, 05/2024, May 2024, 2024 mai, Mai-24.
_MONTH_PART = (
    r"(?:(?:1[5-9]|20)\d\d[-/.](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.](?:1[5-9]|20)\d\d"
    rf"|(?i:{_MONTH_NAME})\.?[ ,.\-/]*(?:1[5-9]|20)\d\d|(?i:{_MONTH_NAME})-\d\d"
    rf"|(?:1[5-9]|20)\d\d[ .\-/]+(?i:{_MONTH_NAME})\.?)"
)
_CLOCK_PART = r"\d{1,2}[:.h]\d{2}(?:[:.m]\d{2}(?:[.,]\d+)?)?s?\s*(?:[^\W\d_]\.?[^\W\d_]?\.?)?"
_ZONE_PART = (
    r"\s*(?:Z|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d{2}(?::?\d{2})?|\([A-Z]+\)"
    r"|[A-Z]{2,5}(?:[+-]\d{2}:?\d{2})?(?: \([^)]*\))?)?"
)
_SHAPES = (
    ("datetime", re.compile(_DATE_PART + r"[T ,]+\s*" + _CLOCK_PART + _ZONE_PART + r"$")),
    ("datetime", re.compile(r"\d{8}(?:T\d{4,6}Z?|[T ]\d{1,2}:\d{2}(:\d{2})?)$")),
    ("date", re.compile(_DATE_PART + r"$")),
    ("month", re.compile(_MONTH_PART + r"$")),
    ("clock", re.compile(r"\d{1,2}(?:[:.h]\d{2}([:.]\d{2}([.,]\d+)?)?| ?[hH])( ?[AaPp]\.?[Mm]\.?)?$")),
)
#: "18.00.00" is a clock in a column of clocks and a date in a column of dates.
_DOTTED = re.compile(r"([01]?\d|2[0-4])\.[0-5]\d\.[0-5]\d$")
_POINT_CLOCK = re.compile(r"([01]?\d|2[0-4])([.,:h][0-5]\d?)?(\s*(uhr|h|uur))?$", re.I)
_BARE_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?", re.ASCII)
_UTC = re.compile(r"(Z|UTC|GMT|[+-]00:?00)$")
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")
_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(([01]\d|2[0-4])([0-5]\d([0-5]\d)?)?)?$")
_DIRECTION = re.compile(r"(?:[NESWO]{1,3}|north|south|east|west|calm|variable|---?)+$", re.I)
_EMAIL = re.compile(r"\[e-mail\]|[\w.+-]+@[\w-]+\.\w+")

#: Units of effort other than minutes, and how columns name them.
_SPANS = (
    ("h", r"hour|hrs?\b|tund|stunde|\bstd|\bh$"),
    ("d", r"days|nights|lõksuöö|päeva|ööpäev|(tage|nächte)( |$)|dygn|jours|nuits|noches|días|сут"),
)
_GROUP = re.compile(r"[A-Z][a-z]+(a|ae|es|ia|i|ii|ida|ta|da|i)$")


@dataclass
class Found:
    """What one column looks like. ``shape`` is of most of its cells; ``sample`` are some of them."""

    name: str
    label: str
    unit: str
    plain: str
    shape: str
    sample: list[str]
    utc: bool = False
    offset: bool = False


def look(table: Table) -> list[Found]:
    """Look at every column of a table."""
    found = []
    for position, name in enumerate(table.header):
        label, unit = split_unit(name)
        sample = _sample(table.frame.iloc[:, position])
        plain = plain_name(label)
        if plain.startswith("#") and plain.strip("# "):  # the sign of a comment first, of a number elsewhere
            plain = ("" if position == 0 else "number of ") + plain.lstrip("# ").removeprefix("of ")
        shape = _shape(sample, plain)
        column = Found(name, label, unit or table.units[position], plain, shape, sample)
        if shape == "datetime":
            column.utc = all(_UTC.search(cell) for cell in sample)
            column.offset = all(_OFFSET.search(cell) for cell in sample)
        found.append(column)
    if any(column.shape == "date" for column in found):
        for column in found:
            column.shape = "clock" if _is_dotted_clock(column) else column.shape
    return found


def _is_dotted_clock(found: Found) -> bool:
    """Tell whether a column of numbers beside dates holds clock times with a point: 8.15, 17.05."""
    if found.shape not in ("number", "text") or not words.CLOCK.match(found.plain) or found.unit:
        return False
    hits = [cell for cell in found.sample if _POINT_CLOCK.match(cell)]
    least = 0.6 if found.shape == "text" else 1.0
    return len(hits) >= least * len(found.sample) and any(re.search(r"[.,:]\d\d", cell) for cell in hits)


def _sample(cells: pd.Series) -> list[str]:
    if len(cells) > 4 * _SAMPLE:
        picked = cells.iloc[np.linspace(0, len(cells) - 1, _SAMPLE).astype(int)]
        picked = picked[picked != ""]
        if not len(picked):
            picked = cells[cells != ""].iloc[:_SAMPLE]
        return [str(cell) for cell in picked]
    return [str(cell) for cell in cells.tolist() if not (isinstance(cell, str) and cell == "")][:_SAMPLE]


def _shape(sample: list[str], plain: str = "") -> str:
    if not sample:
        return "empty"
    if all(map(_BARE_NUMBER.fullmatch, sample)):
        return "number"
    dotted = sum(1 for cell in sample if _DOTTED.match(cell))
    if dotted >= 0.9 * len(sample) and words.CLOCK.match(plain):
        return "clock"
    whole_sample, sample = sample, [usual_time(cell) for cell in sample]
    if _mostly_times(sample, plain):
        return "datetime"
    named = words.TIME.match(plain) or words.DATE.match(plain)
    enough = 0.3 if named else 0.7
    for shape, pattern in _SHAPES:
        if sum(1 for cell in sample if pattern.match(cell)) >= enough * len(sample):
            if shape in ("clock", "month") and sum(map(is_number, sample)) >= 0.9 * len(sample):
                continue
            return shape
    sample = whole_sample
    numbers = sum(1 for cell in sample if _is_measured(cell) or cell.lower() in _MISSING)
    if numbers >= 0.5 * len(sample):
        if not any(_is_measured(cell) for cell in sample):
            return "empty" if all(cell.lower() in _MISSING for cell in sample) else "text"
        return "number"
    return "text"


def _mostly_times(sample: list[str], plain: str) -> bool:
    """Tell whether cells are times, some perhaps dates alone: many programs leave out the clock at midnight.

    In a column that is named as one of times, lines of words ("Mean", "Total") may stand among few of them.
    """
    full = sum(1 for cell in sample if any(pattern.match(cell) for _, pattern in _SHAPES[:2]))
    days = sum(1 for cell in sample if _SHAPES[2][1].match(cell))
    named = words.TIME.match(plain) or words.DATE.match(plain)
    return full > 0 and full >= 0.3 * days and full + days >= (0.3 if named else 0.7) * len(sample)


def _is_measured(cell: str) -> bool:
    """Tell whether a cell is a number, perhaps marked ("12,5*") or only a limit ("<2")."""
    return is_number(cell.strip("*#† ").lstrip("<>≤≥~ "))


_MISSING = {
    "#n/a",
    "#div/0!",
    "#value!",
    "#ref!",
    "#name?",
    "#num!",
    "#null!",
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "-",
    "--",
    "---",
    "missing",
    "err",
    "error",
    "nodata",
}


def dense_month(found: Found) -> bool:
    """Tell whether the cells are months written as numbers: 202405, 2024.05, 5.2024."""
    cells = [cell for cell in found.sample if cell.lower() not in _MISSING]
    pattern = r"(1[5-9]|20)\d\d\.?(0[1-9]|1[0-2])|(0?[1-9]|1[0-2])\.(1[5-9]|20)\d\d"
    return bool(cells) and all(re.fullmatch(pattern, cell) for cell in cells)


def whole(found: Found, low: int, high: int) -> bool:
    """Tell whether the cells are whole numbers between two limits."""
    cells = [cell for cell in found.sample if cell.lower() not in _MISSING]
    numbers = [cell.removesuffix(".0") for cell in cells]
    return bool(numbers) and all(cell.isdecimal() and low <= int(cell[:15]) <= high for cell in numbers)


def compact(found: Found) -> bool:
    """Tell whether the cells are dates without signs between their parts: 20240501, 202405011030."""
    return bool(found.sample) and all(_COMPACT.match(cell) for cell in found.sample)


def personal(found: Found) -> str:
    """Return why a column holds personal data, "" if it does not."""
    if found.shape == "text" and any(_EMAIL.search(cell) for cell in found.sample):
        return WHO
    if found.shape != "text":
        return WHO if re.search(r"(^| )(user|login|phone|telefon|isikukood|ip)( |$)", found.plain) else ""
    if words.STATION.match(found.plain) or sighting_term(found):
        return ""
    if words.PERSONAL.search(found.plain) and not re.search(
        r"species|taxon|station|site|variable|place|county|state|country", found.plain
    ):
        return WHO
    if words.FREE_TEXT.search(found.plain):
        return FREE_TEXT
    return ""


def sighting_term(found: Found) -> tuple[Role, str] | None:
    """Return role and term of a column in a table of sightings, None if its name is no such word."""
    for pattern, role, term in words.SIGHTING:
        if pattern.match(found.plain):
            if term == "observers" and found.shape == "text":
                return None
            most = {"occurrenceStatus": 1, "notFound": 1, "traps": 10**4}.get(term)
            if (
                most is not None
                and (found.shape == "number" or term == "traps")
                and not whole(found, 0, most)
            ):
                return None
            if term in ("class", "kingdom") and not all(_GROUP.match(cell) for cell in found.sample):
                return None  # a class of pupils, a country
            return role, term
    return None


def taxon(found: list[Found]) -> Found | None:
    """Return the column of species if the table is one of sightings."""
    shapes = ("empty", "datetime", "date")
    candidates = [(column, sighting_term(column)) for column in found if column.shape not in shapes]
    taxa = [(column, what[1]) for column, what in candidates if what and what[0] == "taxon"]
    for term in ("scientificName", "", "vernacularName"):
        for column, says in taxa:
            if _quantities(column):
                continue
            if says == term and (column.shape == "text" or column.plain.startswith("species")):
                return column
    return None


def _quantities(found: Found) -> bool:
    """Tell whether the "species" of a column are quantities: monitors of air call NO2 and PM10 so."""
    known = [recognise(cell) for cell in dict.fromkeys(found.sample)]
    return bool(known) and all(match is not None and match.sure for match in known)


def sighting_column(found: Found, main: Found | None) -> Column:
    """Return a column of a table of sightings; ``main`` is the column of the taxon (or None)."""
    what = sighting_term(found) or (("taxon", "") if found is main else None)
    why = "" if found is main else personal(found)
    if found.shape == "empty":
        return Column(found.name, "ignored", label=found.label, reason=EMPTY)
    if why:
        return Column(found.name, "personal", label=found.label, reason=why)
    if what is None:
        place = _place(found)
        label = "" if found.label in ("class", "kingdom") else found.label  # of pupils, not of animals
        return place or Column(found.name, "note", label=label, unit=found.unit)
    role, term = what
    if role == "taxon":
        term = term or ("scientificName" if _latin(found) or found.shape == "number" else "vernacularName")
        role = "taxon" if found is main else "note"
    unit = found.unit
    if term == "effort_minutes":
        unit = next((sign for sign, words in _SPANS if re.search(words, f"{found.plain} {unit}")), "min")
    return Column(found.name, role, label=term, unit=unit)


def _latin(found: Found) -> bool:
    names = sum(1 for cell in found.sample if re.match(r"[A-Z][a-zë-]+( [a-z-]{2,}| sp\.?)", cell))
    return names >= 0.6 * len(found.sample)


def _place(found: Found) -> Column | None:
    name, label = found.name, found.label
    if found.shape == "number" and words.LATITUDE.match(found.plain):
        return Column(name, "latitude", label="decimalLatitude")
    if found.shape == "number" and words.LONGITUDE.match(found.plain):
        return Column(name, "longitude", label="decimalLongitude")
    if found.shape in ("text", "number") and words.STATION.match(found.plain):
        return Column(name, "station", label=label)
    return None


def reading_column(found: Found, long: bool) -> Column:
    """Return a column of a table of readings; ``long`` if values stand beside the names of variables."""
    name, label = found.name, found.label
    if found.shape == "empty":
        return Column(name, "ignored", label=label, reason=EMPTY)
    why = personal(found)
    if why:
        return Column(name, "personal", label=label, reason=why)
    if found.shape in ("datetime", "date", "clock"):
        return Column(name, "ignored", label=label, reason=OTHER_TIME)
    place = _place(found)
    if place is not None:
        return place
    if words.ELEVATION.match(found.plain) and found.shape == "number":
        return Column(name, "elevation", label=label, unit=found.unit)
    if long and found.shape == "text" and words.LABEL.match(found.plain):
        return Column(name, "label", label=label)
    if long and words.UNIT.match(found.plain):
        return Column(name, "unit", label=label)
    if long and words.VALUE.match(found.plain):
        return Column(name, "value", label=label, unit=found.unit)
    if found.shape == "number" and words.MARK.search(found.plain):
        return Column(name, "ignored", label=label, reason=MARK)
    if words.SENSOR.match(found.plain) and (found.shape == "text" or whole(found, 0, 10**14)):
        return Column(name, "sensor", label=label)
    if words.COUNTER.match(found.plain) and whole(found, 0, 10**12):
        return Column(name, "ignored", label=label, reason=COUNTER)
    if words.TIME.match(found.plain) and from_epoch(pd.Series(found.sample, dtype="str")) is not None:
        return Column(name, "ignored", label=label, reason=OTHER_TIME)
    if long:
        return Column(name, "note", label=label)
    if found.shape == "text" and not _is_direction(found):
        return Column(name, "note", label=label, reason=WORDS)
    return Column(name, "value", label=label, unit=found.unit)


def _is_direction(found: Found) -> bool:
    if not words.COMPASS.search(found.plain):
        return False
    points = np.isfinite(compass(found.sample)).tolist()
    winds = [point or _DIRECTION.match(cell) for cell, point in zip(found.sample, points, strict=True)]
    return sum(map(bool, winds)) >= 0.6 * len(found.sample)
