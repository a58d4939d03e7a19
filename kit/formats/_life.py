"""Plain tables of sightings: what is found in their cells, and what of them is not kept."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pandas as pd

from kit.errors import FileError
from kit.formats import _words as words
from kit.formats import _words_nature as nature
from kit.formats._decode import Note, decode
from kit.formats._delimited import Table, decimal_sign, read_table
from kit.formats._layout import SEPARATORS, is_date, is_number, records
from kit.formats._reasons import FREE_TEXT, GRID, SAID, WHO
from kit.formats._roles import Found, look, sighting_term, taxon
from kit.formats._source import is_workbook
from kit.model import SIGHTINGS, Column, Source
from kit.text import N_
from kit.vocab import recognise
from kit.vocab.taxa import is_species, looks_latin

UNKNOWN = N_("kit does not know this name")
READING = N_("a reading; kit takes readings from a table of their own")
ABOVE = N_("The date {value} stands above the table; it was taken for every row.")
TURNED = N_("The table has a column per day; it was turned, so that row {row} is the first day.")
GRID_ONLY = N_(
    "Columns {columns} hold coordinates of a map grid. kit reads only degrees: the sightings have no place "
    "of their own. Export them with latitude and longitude (WGS 84)."
)
GRID_TOO = N_("Columns {columns} hold coordinates of a map grid; latitude and longitude were taken instead.")
GROUPED = N_("Rows without a species, for which the genus, family or other group was taken: {n}.")
_LATIN_GROUP = r"[A-Z][a-zë-]{3,}"
#: Labels of notes that are no column of the sightings but are read.
_USED = frozenset(("year", "month", "day", "endTime", "endDate", "notFound", "uncertain", "traps"))
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐ][\w'’.\-]"
_NAME = re.compile(rf"{_CAPITAL}*(?: (?:van|von|de|der|la|di|af)){{0,2}}(?: {_CAPITAL}+){{1,2}}")
_SURNAME = re.compile(rf"{_CAPITAL}+, {_CAPITAL}*(?: {_CAPITAL}*)?")
_AND = re.compile(r"\s*(?:[,/;&+†]|\b(?:and|ja|und|och|un|ir|и|й|та|et|y|en|e)\b)\s*")
#: Words of columns whose capitals are no names of people.
_THINGS = re.compile(
    r"place|site|locat|habitat|biotop|weather|ilm|wetter|county|munic|kunta|region|country|state|province|project|method"
    r"|meetod|licen|group|family|order|class|breed|behav|insti|dataset|collection|koht|ort|paikka|plats|vieta|lieu|lugar"
    r"|status|stage|sex|type|code|kood|school|kool"
)
#: Latitude and longitude in one cell, with at most three decimals of each.
_DEGREES = re.compile(r"\(?(-?\d{1,2}\.\d{1,3})\d*°?\s*[ ,;/]\s*(-?\d{1,3}\.\d{1,3})\d*°?\)?")
_WRITTEN = re.compile(
    r"(?<![\d.])(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}|\d{1,2}\.? [^\W\d_]{3,}\.? \d{4})(?!\d)"
)


def finish(columns: list[Column], found: list[Found], main: Found | None = None) -> list[Column]:
    """Say of every column that kit does not read why, and which of them can tell who or where somebody is."""
    done = []
    parts = main.name.split(" + ") if main is not None else []
    made = len(parts) > 1 and {column.name for column in columns}.issuperset(parts)
    for column, seen in zip(columns, found, strict=True):
        if made and column.name in parts:
            column = replace(column, role="ignored", label="", reason=SAID)
        if made and main is not None and column.name == main.name:
            column = replace(column, derived=True)
        ends = (
            column.role == "ignored"
            and nature.ENDS.search(seen.plain)
            and not nature.ENTERED.search(seen.plain)
        )
        if ends and seen.shape in ("clock", "date") and (seen.shape == "clock" or _begins(columns, seen)):
            label = "endTime" if seen.shape == "clock" else "endDate"
            column = replace(column, role="note", label=label, reason="")
        if column.role == "note" and column.label not in SIGHTINGS and column.label not in _USED:
            why = _tells(seen)
            reason = why or (READING if _measured(seen) else UNKNOWN)
            column = replace(column, role="personal" if why else "ignored", reason=reason)
        done.append(column)
    return done


def without_metres(columns: list[Column], found: list[Found]) -> list[Column]:
    """Return the columns, those with metres of a map grid (at least two) as personal: exact places."""
    axes = [column for column in found if column.shape == "number" and nature.AXIS.search(column.plain)]
    large = [column.name for column in axes if all(_is_metres(cell) for cell in column.sample)]
    return [
        replace(column, role="personal", label="", reason=GRID)
        if len(large) > 1 and column.name in large else column
        for column in columns
    ]  # fmt: skip


def _is_metres(cell: str) -> bool:
    """Tell whether a number can be metres of a map grid, and no degrees.

    >>> [_is_metres(text) for text in ("6580822", "674032,5", "58.3812", "")]
    [True, True, False, False]
    """
    digits = re.match(r"-?(\d+)(?:[.,]\d+)?$", cell)
    return digits is not None and 5 <= len(digits[1]) <= 8


def sign_without(table: Table, columns: list[Column]) -> str:
    """Return the decimal sign of the columns that are kept: the kept copy shows no other."""
    kept = [column.name for column in columns if column.role != "personal" and column.name in table.frame]
    return table.decimal if table.decimal == "." else decimal_sign(table.frame[kept])


def with_degrees(
    frame: pd.DataFrame, columns: list[Column], found: list[Found]
) -> tuple[pd.DataFrame, list[Column]]:
    """Return the table with latitude and longitude where both stand in one cell ("58.381, 26.721").

    They have three decimals, as they have in the kept copy.
    """
    one = next((seen for seen in found if nature.GRID.match(seen.plain) and _is_pair(seen)), None)
    if one is None or {"latitude", "longitude"} & {c.role for c in columns} or "latitude" in frame:
        return frame, columns
    parts = frame[one.name].str.extract(_DEGREES.pattern).fillna("")
    places = {"latitude": parts[0], "longitude": parts[1]}
    columns = [replace(c, role="ignored", reason=SAID) if c.name == one.name else c for c in columns]
    more = (
        Column("latitude", "latitude", label="decimalLatitude", derived=True),
        Column("longitude", "longitude", label="decimalLongitude", derived=True),
    )
    return frame.assign(**{name: part.astype("str") for name, part in places.items()}), [*columns, *more]


def _is_pair(seen: Found) -> bool:
    """Tell whether cells hold two numbers of degrees each."""
    return _mostly(seen, _DEGREES.pattern)


def grid_notes(columns: list[Column]) -> list[Note]:
    """Return what to say of coordinates that kit cannot read."""
    names = [column.name for column in columns if column.reason == GRID]
    degrees = {"latitude", "longitude"} <= {column.role for column in columns}
    return [(GRID_TOO if degrees else GRID_ONLY, {"columns": ", ".join(names)})] if names else []


def _begins(columns: list[Column], seen: Found) -> bool:
    """Tell whether the date in use is the first one of two: it stands left of the other."""
    names = [column.name for column in columns]
    start = next((column.name for column in columns if column.role == "date"), "")
    return start in names and names.index(start) < names.index(seen.name)


def _tells(seen: Found) -> str:
    """Return why the cells of a column must not be kept, "" if they may be."""
    if nature.GRID.match(seen.plain):
        return "" if _is_pair(seen) else GRID
    if seen.shape != "text":
        return ""
    if not _THINGS.search(seen.plain) and sum(map(_is_person, seen.sample)) >= 0.6 * len(seen.sample):
        return WHO
    long = sum(1 for cell in seen.sample if cell.count(" ") >= 4)
    return FREE_TEXT if long >= 0.3 * len(seen.sample) else ""


def _is_person(cell: str) -> bool:
    """Tell whether a cell is written like names of people: "Mari Maasikas, J. Tamm".

    >>> [_is_person(text) for text in ("Mari Maasikas", "Anna Berg, Bo van Dyk", "Parus major", "roof")]
    [True, True, False, False]
    >>> _is_person("Maasikas, Mari")
    True
    """
    if _SURNAME.fullmatch(cell):
        return True
    parts = [part for part in _AND.split(cell) if part]
    return bool(parts) and all(_NAME.fullmatch(part) and not looks_latin(part) for part in parts)


def _measured(seen: Found) -> bool:
    return seen.shape == "number" and recognise(seen.label, seen.unit) is not None


def taxon_by_cells(found: list[Found]) -> Found | None:
    """Return the column most of whose cells are scientific names, or names of the animals that classes count.

    It is a column of species whatever its name, in whichever language.
    """
    for column in found:
        cells = set(column.sample) if column.shape == "text" else set()
        named = [cell for cell in cells if looks_latin(cell) or is_species(cell)]
        if len(named) >= 2 and len(named) >= 0.6 * len(cells) and not words.STATION.match(column.plain):
            return column
    return None


def species_of(table: Table, found: list[Found]) -> tuple[Table, list[Found], Found | None]:
    """Return the table, its columns, and the one that names the species (None in other tables)."""
    named = binomials(table, found)
    if named is not table:
        found = look(named)
        return named, found, found[-1]
    main = taxon(found) or taxon_by_cells(found)
    if main is None or is_measured(found, main):
        return table, found, None
    return with_groups(table, found, main), found, main


def with_groups(table: Table, found: list[Found], main: Found) -> Table:
    """Return the table with the smallest group that is known where the column of species is empty."""
    cells = table.frame[main.name]
    names = cells
    for rank in nature.RANKS:
        group = next((seen for seen in found if rank.match(seen.plain) and _mostly(seen, _LATIN_GROUP)), None)
        if group is not None and group is not main and (names == "").any():
            names = names.where(names != "", table.frame[group.name])
    n = int((names != cells).sum())
    if not n:
        return table
    frame = table.frame.assign(**{main.name: names})
    return replace(table, frame=frame, notes=(*table.notes, (GROUPED, {"n": n})))


def is_measured(found: list[Found], main: Found) -> bool:
    """Tell whether a table measures named plants or animals ("Plant: A, B; height") and counts nothing."""
    if not nature.THINGS.match(main.plain) or any(
        looks_latin(cell) or is_species(cell) for cell in main.sample
    ):
        return False
    terms = {term[1] for column in found if (term := sighting_term(column)) is not None}
    counted = terms & {"individualCount", "eventID", "effort_minutes", "observers", "complete"}
    return not counted and any(_measured(column) for column in found)


def binomials(table: Table, found: list[Found]) -> Table:
    """Return the table with a column of names made of genus and epithet, where they stand in two columns."""
    genus = next((c for c in found if nature.GENUS.match(c.plain) and _mostly(c, r"[A-ZÀ-Þ][\w-]+")), None)
    epithet = next((c for c in found if nature.EPITHET.match(c.plain) and _mostly(c, r"[a-zë-]+\.?")), None)
    if genus is None or epithet is None:
        return table
    cells = (table.frame[genus.name] + " " + table.frame[epithet.name]).str.strip()
    name = f"{genus.name} + {epithet.name}"
    return replace(
        table,
        header=(*table.header, name),
        units=(*table.units, ""),
        frame=table.frame.assign(**{name: cells}),
    )


def _mostly(seen: Found, pattern: str) -> bool:
    return seen.shape == "text" and sum(1 for c in seen.sample if re.fullmatch(pattern, c)) >= 0.8 * len(
        seen.sample
    )


def no_names(source: Source, found: list[Found]) -> FileError:
    """The error for counts of which the table does not say what was counted."""
    counts = [c.name for c in found if (term := sighting_term(c)) and term[1] == "individualCount"]
    return FileError(
        "{file} holds numbers of individuals (column {column}) but does not say of which species.",
        why="A count without the name of what was counted cannot be compared with others.",
        do="Add a column species with a name in every row, for example great tit.", code="no-taxon",
        file=source.name, column=", ".join(counts),
    )  # fmt: skip


def counts_nothing(found: list[Found]) -> bool:
    """Tell whether there is a column of counts; asked of tables that name no species."""
    return any(
        (term := sighting_term(c)) and term[1] == "individualCount" and c.shape == "number" for c in found
    )


def dated_above(table: Table) -> Table | None:
    """Return the table with the one date that stands above it in every row, None if there is no such date."""
    dates = {
        found[1]: line for line in table.preamble for found in [*_WRITTEN.finditer(line)] if is_date(found[1])
    }
    if len(dates) != 1:
        return None
    ((text, line),) = dates.items()
    name = (
        line.partition(":")[0].strip() if re.match(rf"[^:\d]{{2,30}}:\s*{re.escape(text)}", line) else "date"
    )
    name = name if name not in table.header else "date above"
    frame = table.frame.assign(**{name: pd.Series(text, index=table.frame.index, dtype="str")})
    notes: tuple[Note, ...] = (*table.notes, (ABOVE, {"value": text}))
    return replace(table, header=(*table.header, name), units=(*table.units, ""), frame=frame, notes=notes)


def _twice(source: Source, name: str) -> FileError:
    """The error for a table that counts one species in two of its columns (or rows)."""
    return FileError(
        "{file} counts {name} twice for the same days.",
        why="kit cannot tell which of the two counts is right.",
        do="Add the two counts together, or say in the names what tells them apart.", code="twice",
        file=source.name, name=name,
    )  # fmt: skip


def check_once(source: Source, species: list[str]) -> None:
    """Refuse a table with two columns for one species."""
    for name in species:
        first = re.sub(r" \(\d+\)$", "", name)
        if first != name and first in species:
            raise _twice(source, first)


def turned(source: Source) -> Table | None:
    """Return a table with species in its rows and days in its columns the other way round; None for others.

    The record numbers of the result are those of the days, from 1.
    """
    if is_workbook(source.data):
        return None
    text = decode(source).text.removeprefix("\ufeff")
    for separator in SEPARATORS:
        rows = [cells for _, cells in records(text, separator, 400) if any(cells)]
        top = next((at for at, cells in enumerate(rows) if sum(map(is_date, cells[1:])) >= 2), None)
        if top is None or top > 10 or is_date(rows[top][0]):
            continue
        days = [at for at, cell in enumerate(rows[top]) if at and is_date(cell)]
        body = [
            cells
            for cells in rows[top + 1 :]
            if cells[0] and not is_number(cells[0]) and not is_date(cells[0])
        ]
        known = sum(
            1
            for cells in body
            if is_species(cells[0]) or looks_latin(cells[0]) or nature.GROUPS.match(cells[0].lower())
        )
        names = [cells[0] for cells in body]
        if known < 2 or 2 * known < len(body):
            return None
        if twice := next((name for at, name in enumerate(names) if name in names[:at]), ""):
            raise _twice(source, twice)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n", delimiter=";")
        writer.writerow(["date", *names])
        for at in days:
            writer.writerow([rows[top][at], *(cells[at] if at < len(cells) else "" for cells in body)])
        table = read_table(Source(source.name, out.getvalue().encode()), lambda cells: cells[0] == "date")
        return replace(table, preamble=tuple(" ".join(filter(None, cells)) for cells in rows[:top]),
                       notes=(*table.notes, (TURNED, {"row": 1})))  # fmt: skip
    return None
