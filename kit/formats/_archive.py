"""The tables of a Darwin Core Archive, joined to one: a row per sighting, and one per survey without any."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._archive_effort import concerns_events, with_effort
from kit.formats._body import Body, read_body
from kit.formats._bundles import descriptors, members
from kit.formats._columns import unique
from kit.formats._decode import Note, decode
from kit.formats._descriptor import Part, read_descriptor
from kit.model import Problem, Source
from kit.text import N_

SIGHTING_TYPES = ("Occurrence", "SimpleDarwinRecord")
SURVEYS_ONLY = N_("Surveys in which nothing was noted, kept as empty surveys (rows from {row} on): {n}.")
NOT_NEEDED = N_("In the archive, not needed and not kept: {names}.")
ORPHAN = N_("Row {row}: its survey {value} is not in the archive's table of surveys.")
MEND_ORPHAN = N_("Correct the survey's id in column {column}, or add the survey.")
#: Columns without which the kept copy, a plain table, would not show that it is Darwin Core.
_ALWAYS = ("basisOfRecord", "scientificName", "eventDate")


@dataclass
class Joined:
    """One table out of an archive; the index of ``frame`` is the number of the record in its own file."""

    frame: pd.DataFrame
    blank: int = 0
    refused: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_archive(source: Source) -> Joined:
    """Return the sightings of an archive with what its other tables say about them.

    Raises
    ------
    FileError
        The descriptor is damaged or does not fit the files, or the archive holds no sightings.
    """
    files = members(source.data)
    folder = next(iter(descriptors(files)), None)
    if folder is None:
        raise FileError(
            "{file} is a broken archive: it cannot be unpacked.",
            why="The file is damaged, cut off, or only has the name of an archive.",
            do="Download or copy it again.", code="broken-archive", file=source.name,
        )  # fmt: skip
    files = {name[len(folder) :]: data for name, data in files.items() if name.startswith(folder)}
    descriptor = next(name for name in files if name.lower() == "meta.xml")
    core, extensions = read_descriptor(source.name, files[descriptor])
    main = next((part for part in (core, *extensions) if part.row_type in SIGHTING_TYPES), None)
    if main is None and core.row_type != "Event":
        raise FileError(
            "{file} holds a list of {kind} and no sightings.",
            why="Its descriptor names no table of the type Occurrence.",
            do="Choose a data set with occurrences, or sampling events, and download that.",
            code="no-sightings", file=source.name, kind=core.row_type or "?",
        )  # fmt: skip
    about = [part for part in extensions if core.row_type == "Event" and concerns_events(part)]
    about = [part for part in about if all(_has(files, name) for name in part.files)]
    table = _read(source, files, main or core)
    if main is None:
        if "kit:key" in table.frame:
            table.frame = with_effort(table.frame, [(one, _read(source, files, one).frame) for one in about])
        table.frame = _surveys(table.frame, set())
    elif main is not core:
        events = _read(source, files, core)
        if core.row_type == "Event" and "kit:key" in events.frame:
            events.frame = with_effort(
                events.frame, [(one, _read(source, files, one).frame) for one in about]
            )
        table = _join(source, table, events, core)
    unused = [
        f"{', '.join(part.files)} ({part.row_type})"
        for part in extensions
        if part is not main and part.row_type and part not in about
    ]
    if unused:
        table.notes.append((NOT_NEEDED, {"names": "; ".join(unused)}))
    missing = [name for name in _ALWAYS if name.lower() not in {str(c).lower() for c in table.frame.columns}]
    table.frame = table.frame.assign(**dict.fromkeys(missing, "")) if missing else table.frame
    table.frame = table.frame.drop(columns="kit:key", errors="ignore").astype("str")
    return table


def _read(source: Source, files: dict[str, bytes], part: Part) -> Joined:
    """Return one table of the archive under the names of its terms; the key is column ``kit:key``."""
    found = Joined(pd.DataFrame())
    bodies = []
    start = 0
    for name in part.files:
        body, size = _body(source, _member(source, files, name), name, part, found.notes)
        body.frame.index = body.frame.index + start
        found.refused += [_moved(problem, start) for problem in body.refused]
        found.blank += body.blank
        bodies.append(body.frame)
        start += size
    cells = bodies[0] if len(bodies) == 1 else pd.concat(bodies)
    names = unique(term for _, term, _ in part.fields)
    columns: dict[str, pd.Series] = {}
    for name, (index, _, default) in zip(names, part.fields, strict=True):
        column = pd.Series(default, index=cells.index, dtype="str") if index is None else cells[index]
        columns[name] = column.where(column != "", default) if default else column
    if part.key is not None:
        named = {index for index, _, _ in part.fields}
        columns = {"kit:key": cells[part.key], **columns}
        if part.key not in named and part.row_type in SIGHTING_TYPES and (cells[part.key] != "").any():
            columns = {"id": cells[part.key], **columns}
    found.frame = pd.DataFrame(columns, index=cells.index)
    return found


def _moved(problem: Problem, start: int) -> Problem:
    from dataclasses import replace

    return replace(problem, row=(problem.row or 0) + start) if start else problem


def _has(files: dict[str, bytes], name: str) -> bool:
    wanted = name.replace("\\", "/").removeprefix("./").lower()
    return any(path.lower() == wanted for path in files)


def _member(source: Source, files: dict[str, bytes], name: str) -> bytes:
    wanted = name.replace("\\", "/").removeprefix("./").lower()
    found = next((data for path, data in files.items() if path.lower() == wanted), None)
    if found is None:
        raise FileError(
            "The descriptor meta.xml of {file} names the table {name}, which is not in the archive.",
            why="The archive holds: {names}.", do="Download or pack the archive again, with all its files.",
            code="missing-table", file=source.name, name=name, names=", ".join(sorted(files)[:8]),
        )  # fmt: skip
    return found


def _text(source: Source, data: bytes, name: str, part: Part, notes: list[Note]) -> str:
    """Return the text of a table with "\\n" between its records."""
    try:
        known = codecs.lookup(part.encoding).name
        text = data.decode("utf-8-sig" if known == "utf-8" else known)
    except (LookupError, UnicodeDecodeError, ValueError):
        decoded = decode(Source(f"{source.name}!/{name}", data))
        notes.extend(decoded.notes)
        text = decoded.text
    text = text.removeprefix("\ufeff").replace("\x00", "")
    if part.line_end.strip("\r\n"):
        return text.replace("\r", " ").replace("\n", " ").replace(part.line_end, "\n")
    text = text.replace("\r\n", "\n")
    return text.replace("\r", "\n" if "\n" not in text else " ")


def _body(source: Source, data: bytes, name: str, part: Part, notes: list[Note]) -> tuple[Body, int]:
    """Return the records of one file, and how many there are with the blank and refused ones."""
    text = _text(source, data, name, part, notes)
    quoted = bool(part.quote)
    if quoted and part.quote != '"':
        rows = csv.reader(io.StringIO(text, newline="\n"), delimiter=part.separator, quotechar=part.quote[0])
        out = io.StringIO()
        csv.writer(out, delimiter=part.separator, lineterminator="\n").writerows(rows)
        text = out.getvalue()
    header: list[str] = []
    for _ in range(part.header_lines):
        line, _, text = text.partition("\n")
        header = (
            next(csv.reader([line], delimiter=part.separator), []) if quoted else line.split(part.separator)
        )
    width = _width(source, name, part, header, text)
    cut = not text.endswith("\n")
    body = read_body(
        Source(f"{source.name}!/{name}", data), text.rstrip("\n"), part.separator, width, cut, quoted
    )
    if body.frame.empty and not body.refused:
        raise FileError(
            "{file}: the table {name} holds no records.", do="Download the archive again.",
            code="only-header", file=source.name, name=name,
        )  # fmt: skip
    notes.extend(body.notes)
    last = max([int(body.frame.index.max()) if len(body.frame) else 0, *(p.row or 0 for p in body.refused)])
    return body, last


def _width(source: Source, name: str, part: Part, header: list[str], text: str) -> int:
    """Return how many columns the file has; refuse one that the descriptor does not describe."""
    quoted = '"' if part.quote else None
    rows = _first_rows(text, part.separator, bool(quoted))
    if not rows:
        return part.width
    sizes, often = np.unique([len(cells) for cells in rows], return_counts=True)
    usual = int(sizes[np.argmax(often)])
    if int(sizes.max()) < part.width:
        raise FileError(
            "The descriptor meta.xml of {file} speaks of {names} columns in {name}, but there are {cells}.",
            why="Values would come under wrong names.",
            do="Ask whoever made the archive for a correct one, or give the table alone as a CSV file.",
            code="columns-shifted", file=source.name, name=name, names=part.width, cells=usual,
        )  # fmt: skip
    _check_header(source, name, part, header)
    return max(usual, part.width, len(header))


def _check_header(source: Source, name: str, part: Part, header: list[str]) -> None:
    """Refuse an archive whose descriptor names the columns in another order than their own header."""
    titles = [title.strip().strip('"').rsplit(":", 1)[-1].lower() for title in header]
    known = {title: at for at, title in enumerate(titles) if titles.count(title) == 1}
    said = [(term, index) for index, term, _ in part.fields if index is not None and term.lower() in known]
    wrong = [(term, index) for term, index in said if known[term.lower()] != index]
    if len(wrong) > 1 and 2 * len(wrong) > len(said):
        term, index = wrong[0]
        raise FileError(
            "meta.xml of {file} says that {term} is column {index} of {name}, but it is column {at}.",
            why="Values would come under wrong names.",
            do="Ask whoever made the archive for a correct one, or give the table alone as a CSV file.",
            code="columns-shifted", file=source.name, name=name, term=term, index=index + 1,
            at=known[term.lower()] + 1,
        )  # fmt: skip


def _first_rows(text: str, separator: str, quoted: bool) -> list[list[str]]:
    lines = text[: 1 << 18].split("\n")[:200]
    rows = csv.reader(lines, delimiter=separator) if quoted else (line.split(separator) for line in lines)
    try:
        return [cells for cells in rows if any(cells)]
    except csv.Error:
        return []


def _join(source: Source, table: Joined, events: Joined, core: Part) -> Joined:
    """Put what the core says (of a survey, or a taxon) beside each sighting; add surveys without any."""
    if "kit:key" not in table.frame or "kit:key" not in events.frame:
        raise FileError(
            "The descriptor meta.xml of {file} does not say how its tables belong together.",
            why="A table of sightings beside a table of surveys needs the elements id and coreid.",
            do="Ask whoever made the archive for a correct one.", code="bad-descriptor", file=source.name,
        )  # fmt: skip
    sightings, about = table.frame, _with_parents(events.frame)
    column = "eventID" if core.row_type == "Event" else "id"
    about = about.loc[~about["kit:key"].duplicated()].set_index("kit:key")
    key = sightings["kit:key"]
    orphan = ~key.isin(about.index)
    for row, value in key[orphan].items():
        table.refused.append(Problem("orphan", ORPHAN, int(str(row)), column, value, MEND_ORPHAN))
    table.refused.sort(key=lambda one: one.row or 0)
    sightings, key = sightings[~orphan], key[~orphan]
    found = sightings.drop(columns="kit:key")
    for name in about.columns:
        of_core = pd.Series(about[name].reindex(key).to_numpy(), index=found.index, dtype="str")
        found[name] = found[name].where(found[name] != "", of_core) if name in found else of_core
    if core.row_type == "Event":
        found["eventID"] = key.where(key != "", found.get("eventID", key))
        empty = _surveys(events.frame, set(key))
        if len(empty):
            rows = [int(sightings.index.max()) if len(sightings) else 0, *(p.row or 0 for p in table.refused)]
            start = max(rows) + 1
            empty.index = pd.RangeIndex(start, start + len(empty))
            table.notes.append((SURVEYS_ONLY, {"n": len(empty), "row": start}))
            found = pd.concat([found, empty]).fillna("")
    table.frame = found
    return table


def _with_parents(events: pd.DataFrame) -> pd.DataFrame:
    """Fill what an event does not say itself from the event that it is a part of (three levels)."""
    if "parentEventID" not in events or not (events["parentEventID"] != "").any():
        return events
    events = events.copy()
    about = events.loc[~events["kit:key"].duplicated()].set_index("kit:key")
    parent = events["parentEventID"]
    for _ in range(3):
        for name in events.columns.difference(["kit:key", "eventID", "parentEventID", "id"]):
            upper = pd.Series(about[name].reindex(parent).to_numpy(), index=events.index).fillna("")
            events[name] = events[name].where(events[name] != "", upper)
        parent = pd.Series(about["parentEventID"].reindex(parent).to_numpy(), index=events.index).fillna("")
        if not (parent != "").any():
            break
    return events


def _surveys(events: pd.DataFrame, seen: set[str]) -> pd.DataFrame:
    """Return the surveys in which nothing was noted: with a date, and no part of which is a survey itself."""
    events = _with_parents(events)
    key = events["kit:key"] if "kit:key" in events else pd.Series("", index=events.index)
    parents = set(events["parentEventID"]) if "parentEventID" in events else set()
    dated = pd.Series(False, index=events.index)
    for name in ("eventDate", "year"):
        if name in events:
            dated |= events[name] != ""
    rest = events[~key.isin(seen | parents) & dated]
    return rest.assign(eventID=key[rest.index]).drop(columns="kit:key", errors="ignore")
