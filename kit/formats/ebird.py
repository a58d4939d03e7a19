r"""eBird: a person's own lists (MyEBirdData.csv), the eBird Basic Dataset, and its table of checklists.

Sample of one's own lists (commas; the dataset has tabs, capitals and about 50 columns)::

    Submission ID,Common Name,Scientific Name,Taxonomic Order,Count,State/Province,…,Date,Time,Protocol,…
    S900000001,Great Tit,Parus major,20862,2,EE-79,…,2024-05-04,08:15 AM,eBird - Stationary Count,20,1,…

What the format defines
    One row is one taxon on one checklist; a checklist is a survey with its effort. ``Count`` is a number or
    ``X`` (there, but not counted). ``All Obs Reported`` = 1 says that everything seen was written down: only
    such lists say what was not there. The table of checklists ("sampling event data") has a row per checklist
    and no taxon: each is taken as a survey of its own, so that with the table of observations the zeros are
    known. Dates and times are local. Download and fields: https://science.ebird.org/
Traps
    * Lines of the dataset end with a tab; columns have come and gone over the years and are found by name.
    * Rows of one's own lists end at their last cell with a text: empty cells behind it are not written.
      Exports up to about 2019 write dates as month-day-year ("03-25-2018").
    * Tools for statistics write the names of the columns with points ("Duration..Min.").
    * ``APPROVED`` = 0: reviewers doubt the record. It is kept, and flagged.
    * ``GROUP IDENTIFIER``: several observers' copies of one list. Only the first copy of each taxon is taken,
      under the group's number.
    * Names less exact than a species ("gull sp.", "A/B", hybrids) are kept as they are.
    * ``OBSERVER ID``, comments and locality names (personal locations are homes) are personal;
      ``LOCALITY ID`` tells the places apart.
    * Hundreds of places in one file: one question asks where they belong.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._body import read_body
from kit.formats._columns import unique
from kit.formats._decode import decode
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import FREE_TEXT, OBSERVER, UNUSED
from kit.model import Column, Problem, RawTable, Role, Source
from kit.text import N_

#: Name of a column, in lower case with blanks -> (role, column of SIGHTINGS).
MEANING: dict[str, tuple[Role, str]] = {
    "global unique identifier": ("note", "occurrenceID"),
    "submission id": ("event", "eventID"),
    "sampling event identifier": ("event", "eventID"),
    "checklist id": ("event", "eventID"),
    "scientific name": ("taxon", "scientificName"),
    "common name": ("note", "vernacularName"),
    "count": ("count", "individualCount"),
    "observation count": ("count", "individualCount"),
    "latitude": ("latitude", "decimalLatitude"),
    "longitude": ("longitude", "decimalLongitude"),
    "location id": ("station", "locationID"),
    "locality id": ("station", "locationID"),
    "date": ("date", "eventDate"),
    "observation date": ("date", "eventDate"),
    "time": ("clock", "eventTime"),
    "time observations started": ("clock", "eventTime"),
    "protocol": ("note", "samplingProtocol"),
    "protocol name": ("note", "samplingProtocol"),
    "protocol type": ("note", "samplingProtocol"),
    "duration min": ("effort", "effort_minutes"),
    "duration minutes": ("effort", "effort_minutes"),
    "number of observers": ("effort", "observers"),
    "number observers": ("effort", "observers"),
    "all obs reported": ("note", "complete"),
    "all species reported": ("note", "complete"),
    "group identifier": ("note", "group"),
    "category": ("note", "category"),
    "approved": ("note", "identificationVerificationStatus"),
}
APPROVED = {"1": "approved", "0": "not approved"}
_PERSONAL = re.compile(
    r"observer|.*comments?$|observation details$|locality$|location$|first name|last name|trip comments"
)
COPY = N_("Row {row} is another observer's copy of a shared list.")
MEND_COPY = N_("Nothing to do: the first copy counts.")
SHARED = N_("Copies of shared checklists that were left out (rows): {n}.")


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w/]|_", " ", name.lower()).split())


def _names(cells: Sequence[str]) -> set[str]:
    return {_plain(cell) for cell in cells}


def _is_header(cells: Sequence[str]) -> bool:
    names = _names(cells)
    own = {"submission id", "scientific name", "all obs reported"} <= names
    own |= {"submission id", "taxonomic order", "count"} <= names
    event = names & {"sampling event identifier", "checklist id"}
    return own or (bool(event) and "all species reported" in names and "observation date" in names)


def sniff(source: Source, head: str) -> float:
    """1 if the header has the checklist's number and the words of one of the two exports."""
    line = next((line for line in head.lstrip("\ufeff").split("\n") if line.strip()), "").replace('"', "")
    return 1.0 if any(_is_header(line.split(separator)) for separator in "\t,;") else 0.0


def parse(source: Source) -> RawTable:
    """Read lists of birds, or the table of checklists (then no column is a taxon: each row is a survey)."""
    table = _table(source)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    columns = tuple(_column(str(name)) for name in table.frame.columns)
    columns = _once(columns)
    frame, copies = _first_copies(_plainly(table.frame, columns), columns)
    notes = (*table.notes, *(((SHARED, {"n": len(copies)}),) if copies else ()))
    refused = tuple(sorted((*table.refused, *copies), key=lambda problem: problem.row or 0))
    return RawTable(
        "ebird", "sightings", frame, columns, decimal=".", blank=table.blank, refused=refused, notes=notes
    )


def _table(source: Source) -> Table:
    """The dataset's tables have tabs and no quotes; others are read as any CSV file."""
    decoded = decode(source)
    header, _, rest = decoded.text.removeprefix("\ufeff").lstrip("\n").partition("\n")
    if "\t" not in header or '"' in header or not rest.strip():
        return read_table(_padded(source, decoded.text), _is_header)
    names = header.rstrip("\t").split("\t")
    cut = not rest.endswith("\n")
    body = read_body(source, rest.rstrip("\n"), "\t", len(names), cut, False)
    body.frame.columns = pd.Index(unique(names))
    return Table(
        tuple(body.frame.columns), body.frame, ("",) * len(names), blank=body.blank,
        refused=tuple(body.refused), notes=(*decoded.notes, *body.notes),
    )  # fmt: skip


def _padded(source: Source, text: str) -> Source:
    """Return the file with the empty cells at the ends of rows that the export leaves out.

    A row is whole if it has every column that kit reads; a last line without a line break may be cut off.
    """
    if any(separator in text.partition("\n")[0] for separator in ";\t"):
        return source
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="\n")))
    except csv.Error:
        return source
    width = len(rows[0]) if rows and _is_header(rows[0]) else 0
    needed = (
        1 + max((at for at, name in enumerate(rows[0]) if _plain(name) in MEANING), default=0) if width else 0
    )
    last = len(rows) if text.endswith("\n") else len(rows) - 1
    short = [at for at in range(1, last) if needed <= len(rows[at]) < width]
    swallowed = any("\n" in cell and any(line.count(",") >= width - 2 for line in cell.split("\n")[1:])
                    for row in rows for cell in row)  # fmt: skip
    if not short or swallowed:
        return source
    for at in short:
        rows[at] += [""] * (width - len(rows[at]))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return Source(source.name, (out.getvalue() if last == len(rows) else out.getvalue()[:-1]).encode())


def _plainly(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Return the frame with dates and verdicts that say themselves what they mean."""
    names = {column.label: column.name for column in columns if column.role not in ("ignored", "personal")}
    date, verdict = names.get("eventDate"), names.get("identificationVerificationStatus")
    if date is not None:
        parts = frame[date].str.extract(r"^(\d\d)-(\d\d)-(\d{4})$")
        if parts[0].notna().any() and parts[0].dropna().le("12").all():
            iso = parts[2] + "-" + parts[0] + "-" + parts[1]
            frame = frame.assign(**{date: iso.fillna(frame[date]).astype("str")})
    if verdict is not None:
        frame = frame.assign(**{verdict: frame[verdict].replace(APPROVED)})
    return frame


def _column(name: str) -> Column:
    plain = _plain(name)
    if plain in MEANING:
        role, label = MEANING[plain]
        return Column(name, role, label=label, unit="min" if label == "effort_minutes" else "")
    if _PERSONAL.match(plain):
        free = "comment" in plain or "details" in plain
        return Column(name, "personal", label=name, reason=FREE_TEXT if free else OBSERVER)
    return Column(name, "ignored", label=name, reason=UNUSED)


def _once(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Keep the first column of each meaning."""
    seen: set[str] = set()
    found = []
    for column in columns:
        again = column.role not in ("ignored", "personal") and column.label in seen
        found.append(Column(column.name, "ignored", label=column.label, reason=UNUSED) if again else column)
        seen.add(column.label)
    return tuple(found)


def _first_copies(frame: pd.DataFrame, columns: tuple[Column, ...]) -> tuple[pd.DataFrame, list[Problem]]:
    """Leave out what a shared list's further copies repeat; all its rows get the group's number."""
    names = {column.label: column.name for column in columns if column.role not in ("ignored", "personal")}
    group, event = names.get("group"), names.get("eventID")
    if group is None or event is None or not (frame[group] != "").any():
        return frame, []
    shared = frame[group] != ""
    keys = [
        frame[group],
        *(frame[names[one]] for one in ("scientificName", "vernacularName") if one in names),
    ]
    again = pd.concat(keys, axis=1).duplicated() & shared
    frame = frame.assign(**{event: frame[event].where(~shared, frame[group])})
    copies = [
        Problem("shared-list", COPY, int(str(row)), group, text, MEND_COPY)
        for row, text in frame.loc[again, group].items()
    ]
    return frame[~again], copies


FORMAT = Format("ebird", "eBird", "Submission ID,Scientific Name,Count,All Obs Reported", sniff, parse)
