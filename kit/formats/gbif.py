r"""GBIF: the "simple" download, also the table of occurrences out of its Darwin Core download.

Sample (tabs between about 50 columns, although the file is called .csv; no quotes)::

    gbifID	datasetKey	occurrenceID	…	scientificName	…	occurrenceStatus	…	eventDate	…
    4000000001	50c9509d-…	x:1	…	Parus major Linnaeus, 1758	…	PRESENT	…	2024-05-04T07:10	…

What the format defines
    One row is one occurrence, with the columns of Darwin Core that GBIF has interpreted; ``gbifID`` is its
    number. ``occurrenceStatus`` is PRESENT or ABSENT. ``license`` holds for the record and stays with it.
    Coordinates are WGS 84.
Traps
    * Quotes are ordinary letters; a spreadsheet that opens the file as CSV puts everything into one column.
      Older downloads have lower-case names in quotes.
    * ``eventDate`` can be empty, a year, a month, a day, a minute, or an interval ("2019-05-01/2019-05-03");
      midnight in UTC only means that there is no clock time.
    * Records of many places far from a school: they belong to one place of the school's choice and keep their
      own (rounded) coordinates.
    * ``identifiedBy``, ``recordedBy``, ``rightsHolder``, ``locality`` are personal.
"""

from __future__ import annotations

from kit.formats._darwin_terms import is_gbif
from kit.formats._format import Format
from kit.formats.darwin_core import first_names, parse_text
from kit.model import RawTable, Source


def sniff(source: Source, head: str) -> float:
    """Sure if the header has GBIF's own number of the record and of the data set."""
    return 1.0 if head and is_gbif(first_names(head)) else 0.0


def parse(source: Source) -> RawTable:
    """Read a download of occurrences; ``Column.label`` holds the Darwin Core term."""
    return parse_text(source)


FORMAT = Format("gbif", "GBIF", "gbifID,datasetKey,occurrenceID,scientificName,eventDate", sniff, parse)
