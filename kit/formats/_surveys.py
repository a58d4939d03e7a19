"""Plain tables of counts that are no list of sightings: a column per species, or a table of visits."""

from __future__ import annotations

import re

from kit.errors import FileError
from kit.formats import _words as words
from kit.formats._delimited import Table
from kit.formats._no_times import no_times
from kit.formats._roles import Found, personal, sighting_term, whole
from kit.formats._words_nature import GROUPS
from kit.model import Column, Source
from kit.vocab import recognise
from kit.vocab.taxa import is_species, looks_latin

_OTHERS = re.compile(r"^(others?|other species|muud|teised|andere|sonstige)$|total|sum$|kokku|gesamt|summe")
_MARKS = frozenset(("x", "+", "-", "–", "?", "✓", "v"))


def species_columns(found: list[Found]) -> list[str]:
    """Return the columns of a table with a column per species, none if it is no such table.

    It is one if at least two columns bear names of species (known ones, or scientific ones), and they are
    most of its columns of numbers. Further columns of numbers that are nothing else are species too: a class
    may count what kit does not know by name.
    """
    free = [column for column in found if _is_free(column)]
    sure = [column for column in free if is_species(column.label) or _is_latin(column) or _is_group(column)]
    if len(sure) < 2 or 2 * len(sure) < len([column for column in free if column.shape == "number"]):
        return []
    more = [c for c in free if c not in sure and c.shape == "number" and not _OTHERS.search(c.plain)]
    taken = [*sure, *(column for column in more if recognise(column.label, column.unit) is None)]
    return [column.name for column in found if column in taken]


def _is_free(column: Found) -> bool:
    """Tell whether a column may hold counts: numbers or crosses, and its name is no other known word."""
    counts = column.shape in ("number", "empty") or all(cell.lower() in _MARKS for cell in column.sample)
    if not counts or (column.shape == "number" and not whole(column, 0, 10**7) and not _marked(column)):
        return False
    known = (words.STATION, words.LATITUDE, words.LONGITUDE, words.ELEVATION, words.COUNTER, words.YEAR,
             words.MONTH, words.DAY, words.HOUR, words.DATE, words.TIME)  # fmt: skip
    return not any(pattern.match(column.plain) for pattern in known) and sighting_term(column) is None


def _marked(column: Found) -> bool:
    return all(cell.isdigit() or cell.lower() in _MARKS for cell in column.sample)


def _is_group(column: Found) -> bool:
    return bool(GROUPS.match(column.plain))


def _is_latin(column: Found) -> bool:
    return looks_latin(column.label) and recognise(column.label, column.unit) is None


def is_visits(found: list[Found], times: list[str], kind: str) -> bool:
    """Tell whether a table only says which site was visited when (and with what effort, by how many).

    Any other column of numbers makes it a table of readings; words that kit does not know, or times to the
    second (``kind`` is how the time is written), make it a device's log of events, unless effort or the id of
    a survey stands beside them.
    """
    if kind == "elapsed":
        return False
    days = kind in ("date", "clock", "parts")
    rest = [column for column in found if column.name not in times and column.shape != "empty"]
    terms = {term[1] for column in rest if (term := sighting_term(column)) is not None}
    site = any(words.STATION.match(c.plain) and c.shape in ("text", "number") for c in rest)
    if not site and "eventID" not in terms:
        return False
    unknown = [column for column in rest if not _is_of_visit(column)]
    surely = bool(terms & {"eventID", "effort_minutes", "observers", "complete"})
    return not any(c.shape == "number" for c in unknown) and (surely or (days and not unknown))


def _is_of_visit(column: Found) -> bool:
    known = (
        words.STATION,
        words.LATITUDE,
        words.LONGITUDE,
        words.COUNTER,
        words.YEAR,
        words.MONTH,
        words.DAY,
    )
    if any(pattern.match(column.plain) for pattern in known):
        return True
    return column.shape in ("date", "clock") or sighting_term(column) is not None or bool(personal(column))


def count_column(name: str, label: str) -> Column:
    """Return the column of one species in a table with a column per species."""
    return Column(name, "count", label=label)


def undated(source: Source, table: Table, found: list[Found], main: Found | None) -> FileError:
    """The error for a table without dates: counts of samples, a list of names, or anything else.

    Counts have the species in their columns, or in their rows with a column per sample.
    """
    samples = [
        column for column in found
        if column.shape == "number" and sighting_term(column) is None and whole(column, 0, 10**7)
        and not words.COUNTER.match(column.plain)
    ]  # fmt: skip
    if main is None and not species_columns(found):
        return no_times(source, table, found)
    if main is not None and (len(samples) < 2 or len(samples) < 0.5 * (len(found) - 1)):
        return names_only(source, found)
    return FileError(
        "{file} holds counts of species but does not say when they were made.",
        why="Its columns are: {columns}.",
        do="Write the day of each count, such as 2026-05-04: in a column date, or, where each column is one "
        "count, as the name of that column.",
        code="no-times", file=source.name, columns=", ".join(column.name[:40] for column in found[:12]),
    )  # fmt: skip


def names_only(source: Source, found: list[Found]) -> FileError:
    """The error for a list of species without dates."""
    return FileError(
        "{file} is a list of names and holds no sightings: it says neither when nor where anything was seen.",
        why="Its columns are: {columns}.",
        do="Give the table of the sightings themselves, with a date in every row.", code="no-times",
        file=source.name, columns=", ".join(column.name[:40] for column in found[:12]),
    )  # fmt: skip
