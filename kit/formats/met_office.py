r"""Met Office (United Kingdom): the historic station files, one line a month.

Sample (columns stand under their names; above them the station, its place and the legend of the marks)::

    Anytown
    Location 4500E 3000N, Lat 52.000 Lon -1.000, 40 metres amsl
    Estimated data is marked with a * after the value.
    Missing data (more than 2 days missing in month) is marked by  ---.
       yyyy  mm   tmax    tmin      af    rain     sun
                  degC    degC    days      mm   hours
       1990   1    8.9     3.3*      4    85.0    41.2#
       1990   2    9.4     2.1     ---    60.2    60.0#  Provisional

What the format defines
    ``tmax`` and ``tmin`` are the means of the daily highest and lowest temperatures of a month, ``rain`` its
    sum in mm, ``sun`` hours of sunshine, ``af`` days of air frost. Every line is one calendar month.
Traps
    * Marks stand behind the numbers: ``*`` an estimate, ``#`` another kind of sunshine recorder. An estimate
      is kept and flagged; a change of the instrument is told in the notes.
    * ``Provisional`` behind the last columns: not finally checked; those values are flagged as suspect.
    * Lines of words stand between the months ("Change to …", "Site closed"). A station that was moved has two
      places above the table; the last one is taken.
Source: https://www.metoffice.gov.uk/research/climate/maps-and-data/historic-station-data
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._body import ragged
from kit.formats._columns import unique
from kit.formats._decode import Note, decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import NOT_KEPT
from kit.formats._times import join_parts
from kit.formats._words import plain_name
from kit.model import MONTH, Column, Problem, RawTable, Source
from kit.text import N_

_HEADER = re.compile(r"^[ \t]*yyyy[ \t]+mm[ \t]+(?=.*\b(tmax|tmin|rain)\b).*$", re.M)
_FLAT = re.compile(r"^\W*station[,;]latitude[,;]longitude[,;]elevation[,;]yyyy[,;]mm\b")
_PLACE = re.compile(r"Lat\s*(-?\d+(?:\.\d+)?)\s*,?\s*Lon(?:g)?\s*(-?\d+(?:\.\d+)?)", re.I)
_HEIGHT = re.compile(r"(-?\d+(?:\.\d+)?)\s*m(?:et(?:re|er)s)?\s*amsl", re.I)
_LINE = re.compile(r"\s*(\d{4})\s+(\d{1,2})\s+(\S.*)")
_MEANING = {
    "tmax": ("temperature_max", "degC"), "tmin": ("temperature_min", "degC"), "rain": ("rain", "mm"),
    "sun": ("sunshine", "h"),
}  # fmt: skip
_HEAD = ("station", "latitude", "longitude", "elevation")
_STATUS = "status"
_MARK = " (mark)"

_FROST = N_("days with frost in the air, not a measured quantity")
_WORDS = N_("Lines of words between the months that were skipped: {n}.")
_CHANGED = N_("The sunshine recorder is another one from {month} on (marked with #).")


def sniff(source: Source, head: str) -> float:
    """Sure if a line names the columns year, month and one of the station files' own."""
    return 0.97 if _HEADER.search(head) or _FLAT.match(head) else 0.0


def parse(source: Source) -> RawTable:
    """Read a station file, or its kept copy; see the module for what the marks mean."""
    text = decode(source).text
    if _FLAT.match(text):
        table = read_table(source, lambda cells: tuple(cells[:4]) == _HEAD)
        if table.frame.empty:
            raise no_rows(source.name)
        return _table(table.frame, table.blank, table.refused, table.notes)
    header = _HEADER.search(text)
    if header is None:
        raise no_rows(source.name)
    names = unique(header[0].split())
    above = text[: header.start()].split("\n")
    return _lines(source, names, [line.strip() for line in above if line.strip()], text[header.end() + 1 :])


def _lines(source: Source, names: Sequence[str], above: list[str], text: str) -> RawTable:
    lines = text.split("\n")
    if lines and not re.match(r"\s*\d", lines[0]) and "degC" in lines[0]:
        lines = lines[1:]
    place = _place(above)
    cells, rows, refused = [], [], []
    blank = words = 0
    while lines and not lines[-1].strip():
        lines.pop()
    for row, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.rstrip())
        if not line.strip():
            blank += 1
        elif found is None:
            words += 1
        elif (record := _record(names, found)) is None:
            size = len(found[3].split()) + 2
            refused.append(ragged(row, size, len(names), line.strip()[:80]))
        else:
            rows.append(row)
            cells.append([*place, *record])
    if not cells and not refused:
        raise no_rows(source.name)
    marks = [name + _MARK for name in names[2:] if name in _MEANING]
    columns = [*_HEAD, *names, _STATUS, *marks]
    frame = pd.DataFrame(cells, columns=columns, index=pd.Index(rows, dtype="int64"), dtype="str")
    notes: list[Note] = [(_WORDS, {"n": words})] if words else []
    changed = frame["sun" + _MARK].eq("#") if "sun" + _MARK in frame else pd.Series(dtype=bool)
    if changed.any() and not changed.all():
        first = int(changed.to_numpy().argmax())
        month = f"{frame['yyyy'].iloc[first]}-{frame['mm'].iloc[first].zfill(2)}"
        notes.append((_CHANGED, {"month": month}))
    return _table(frame, blank, tuple(refused), tuple(notes))


def _place(above: Sequence[str]) -> list[str]:
    """The station's name, latitude, longitude and height, as the lines above the table say."""
    places = [found for line in above for found in _PLACE.findall(line)]
    heights = [found for line in above for found in _HEIGHT.findall(line)]
    latitude, longitude = places[-1] if places else ("", "")
    named = above[0] if above and not _PLACE.search(above[0]) else ""
    return [" ".join(named.split())[:80].strip(), latitude, longitude, heights[-1] if heights else ""]


def _record(names: Sequence[str], found: re.Match[str]) -> list[str] | None:
    """The cells of a line, its status and its marks; None if it does not fit the header."""
    parts = re.sub(r"\s+([*#$])(?=\s|$)", r"\1", found[3]).split()
    size = len(names) - 2
    values, rest = parts[:size], " ".join(parts[size:])
    if len(values) < size or any(ch.isdigit() for ch in rest):
        return None
    bare = [value.rstrip("*#$") if value.strip("-") else value for value in values]
    marks = [value[len(one) :] for value, one in zip(values, bare, strict=True)]
    own = [mark for name, mark in zip(names[2:], marks, strict=True) if name in _MEANING]
    return [found[1], found[2], *bare, rest, *own]


def _table(
    frame: pd.DataFrame, blank: int, refused: tuple[Problem, ...], notes: tuple[Note, ...]
) -> RawTable:
    columns = [_column(str(name)) for name in frame.columns]
    for column in list(columns):
        if column.name.endswith(_MARK) and column.role == "note":
            about = column.name.removesuffix(_MARK)
            verdict = frame[column.name].str.contains("*", regex=False).map({True: "estimated", False: ""})
            frame = frame.assign(**{f"{about} estimated": verdict.astype("str")})
            columns.append(Column(f"{about} estimated", "quality", label=about, derived=True))
    if _STATUS in frame:
        doubt = frame[_STATUS].str.lower().str.contains("provisional").map({True: "suspect", False: ""})
        frame = frame.assign(provisional=doubt.astype("str"))
        columns.append(Column("provisional", "quality", derived=True))
    frame, columns, _ = join_parts(frame, columns, ["yyyy", "mm"])
    return RawTable(
        "met-office", "readings", frame, tuple(columns), period=MONTH, missing=("---",), blank=blank,
        refused=refused, notes=notes,
    )  # fmt: skip


def _column(name: str) -> Column:
    if name in _HEAD:
        return Column(name, name)  # type: ignore[arg-type]
    if name in _MEANING:
        variable, unit = _MEANING[name]
        return Column(name, "value", label=name, variable=variable, unit=unit)
    if name.endswith(_MARK) or name == _STATUS:
        return Column(name, "note", label=plain_name(name))
    return Column(name, "ignored", label=name, reason=_FROST if name == "af" else NOT_KEPT)


FORMAT = Format("met-office", "Met Office", "yyyy mm tmax tmin af rain sun", sniff, parse)
