r"""Darwin Core: an archive (meta.xml and tables), or one table whose columns have the names of its terms.

Sample (commas or tabs; the terms may stand in any order)::

    occurrenceID,basisOfRecord,eventDate,decimalLatitude,decimalLongitude,scientificName,individualCount
    school:1,HumanObservation,2024-05-04,58.38,26.72,Parus major,2

What the format defines
    Terms as in https://dwc.tdwg.org/terms/. An archive (https://dwc.tdwg.org/text/) is a .zip, .tar, .tgz or
    a folder with the descriptor ``meta.xml``: a core table and extensions, which column holds which term,
    values for columns that are not there or empty (``default``), encoding, separators, quotes, lines to skip.
    The core is a table of occurrences, or of surveys (Event) with an extension of occurrences: then each
    sighting gets what its survey (and the survey of which that is a part) says, and surveys without a
    sighting become rows of their own, after the last sighting: somebody looked and found nothing.
    ``eventDate`` is ISO 8601 and may be a year, a month, or an interval; ``year``, ``month``, ``day`` fill
    it.
Traps
    * Only the tables that the descriptor names are read; of those about events only their effort and whether
      everything was listed (``_archive_effort``). Other extensions, ``eml.xml`` and the like (they name
      contact persons) are neither needed nor kept. The kept copy is one plain table with the terms as
      header.
    * A descriptor that speaks of more columns than there are, names them in another order than their header,
      or names tables that are not there would put values under wrong names: refused, with the cause.
    * Sightings whose survey is not in the archive are refused one by one.
    * ``fieldsEnclosedBy=""`` makes quotes ordinary letters. Files with CR LF, CR, or a wrong encoding are
      read.
    * An archive of taxa (a checklist) holds no sightings.
    * ``recordedBy``, ``identifiedBy``, ``rightsHolder``, localities (they can be homes) and free texts are
      personal.
"""

from __future__ import annotations

import re

from kit.formats._archive import read_archive
from kit.formats._body import read_body
from kit.formats._bundles import is_archive
from kit.formats._columns import unique
from kit.formats._darwin_terms import darwin_table, is_darwin, is_gbif
from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.model import RawTable, Source


def first_names(head: str) -> list[str]:
    """Return the cells of the first line, whatever separates them."""
    line = next((line for line in head.lstrip("\ufeff").split("\n") if line.strip()), "").strip()
    separator = max("\t,;", key=line.count)
    return [name.strip().strip('"').rsplit(":", 1)[-1] for name in line.split(separator)]


def sniff(source: Source, head: str) -> float:
    """1 for an archive with a descriptor; sure for a header of Darwin Core terms that is not GBIF's own."""
    if not head:
        return 1.0 if is_archive(source.data) else 0.0
    names = first_names(head)
    return 0.95 if is_darwin(names) and not is_gbif(names) else 0.0


def parse(source: Source) -> RawTable:
    """Read an archive or a table; ``Column.label`` holds the Darwin Core term."""
    if is_archive(source.data):
        table = read_archive(source)
        return darwin_table(
            source, table.frame, blank=table.blank, refused=tuple(table.refused), notes=tuple(table.notes),
            container=True,
        )  # fmt: skip
    return parse_text(source)


def parse_text(source: Source) -> RawTable:
    """Read one table with Darwin Core terms as its header; tables with tabs and bare names have no quotes."""
    decoded = decode(source)
    header, _, rest = decoded.text.removeprefix("\ufeff").lstrip("\n").partition("\n")
    if "\t" not in header or '"' in header:
        table = read_table(source, lambda cells: is_darwin([re.sub(r".*:", "", cell) for cell in cells]))
        if table.frame.empty and not table.refused:
            raise no_rows(source.name)
        frame = table.frame.rename(columns=lambda name: str(name).rsplit(":", 1)[-1])
        frame.columns = list(unique(frame.columns))
        return darwin_table(source, frame, blank=table.blank, refused=table.refused, notes=table.notes)
    if not rest.strip():
        raise no_rows(source.name)
    names = unique(cell.strip().rsplit(":", 1)[-1] for cell in header.split("\t"))
    cut = not rest.endswith("\n")
    body = read_body(source, rest.rstrip("\n"), "\t", len(names), cut, False)
    body.frame.columns = list(names)
    return darwin_table(
        source, body.frame, blank=body.blank, refused=tuple(body.refused),
        notes=(*decoded.notes, *body.notes),
    )  # fmt: skip


FORMAT = Format(
    "darwin-core", "Darwin Core", "occurrenceID,eventDate,scientificName,basisOfRecord", sniff, parse
)
