"""Darwin Core: what the terms of a table of occurrences and events are to kit.

Terms: https://dwc.tdwg.org/terms/ and, of the descriptor, https://dwc.tdwg.org/text/. Names are compared in
lower case, because older downloads of GBIF write them so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.errors import FileError
from kit.formats._decode import Note
from kit.formats._reasons import EMPTY, FREE_TEXT, HOME, OBSERVER, SAID, UNUSED
from kit.model import Column, Problem, RawTable, Role, Source

#: Term -> (role, column of SIGHTINGS or the term under which ingest asks for it).
MEANING: dict[str, tuple[Role, str]] = {
    "occurrenceid": ("note", "occurrenceID"),
    "eventid": ("event", "eventID"),
    "eventdate": ("date", "eventDate"),
    "eventtime": ("clock", "eventTime"),
    "year": ("note", "year"),
    "month": ("note", "month"),
    "day": ("note", "day"),
    "decimallatitude": ("latitude", "decimalLatitude"),
    "decimallongitude": ("longitude", "decimalLongitude"),
    "coordinateuncertaintyinmeters": ("note", "coordinateUncertaintyInMeters"),
    "vernacularname": ("note", "vernacularName"),
    "kingdom": ("note", "kingdom"),
    "class": ("note", "class"),
    "individualcount": ("count", "individualCount"),
    "organismquantity": ("note", "organismQuantity"),
    "organismquantitytype": ("note", "organismQuantityType"),
    "occurrencestatus": ("note", "occurrenceStatus"),
    "samplingprotocol": ("note", "samplingProtocol"),
    "samplingeffort": ("note", "samplingEffort"),
    "samplesizevalue": ("note", "sampleSizeValue"),
    "samplesizeunit": ("note", "sampleSizeUnit"),
    "samplingeffortvalue": ("note", "samplingEffortValue"),
    "samplingeffortunit": ("note", "samplingEffortUnit"),
    "eventdurationvalue": ("note", "eventDurationValue"),
    "eventdurationunit": ("note", "eventDurationUnit"),
    "issue": ("note", "issue"),
    "identificationverificationstatus": ("note", "identificationVerificationStatus"),
    "license": ("note", "license"),
    "captive": ("note", "captive"),
    "degreeofestablishment": ("note", "degreeOfEstablishment"),
    "establishmentmeans": ("note", "establishmentMeans"),
    "informationwithheld": ("note", "informationWithheld"),
    "datageneralizations": ("note", "dataGeneralizations"),
    "istaxonomicscopefullyreported": ("note", "complete"),
}
#: Terms that name a taxon, the best first.
TAXA = (
    "scientificname", "acceptedscientificname", "species", "verbatimscientificname", "genus", "family",
    "vernacularname",
)  # fmt: skip
#: Terms that only tables of Darwin Core have as the names of their columns.
_OWN = frozenset(MEANING) - {"captive", "year", "month", "day", "class", "kingdom", "license", "issue"} | {
    "scientificname", "basisofrecord", "taxonrank", "countrycode", "stateprovince", "recordedby", "gbifid",
    "datasetkey", "identifiedby", "specificepithet", "institutioncode", "collectioncode", "catalognumber",
    "geodeticdatum", "taxonid", "acceptednameusage", "scientificnameauthorship", "locationid",
    "parenteventid", "coordinateprecision", "datasetname", "waterbody", "verbatimlocality",
    "infraspecificepithet",
}  # fmt: skip
_WHO = re.compile(
    r"(recorded|identified|georeferenced|measurementdetermined|measured)by(id)?$|rights(holder)?$|creator$"
    r"|contributor$|publisher$|bibliographiccitation$|accessrights$|verbatimlabel$|recordnumber$|fieldnumber$"
    r"|ownerinstitutioncode$|collectionid$|references$|associated(media|references|occurrences|organisms)$"
)
_HOME = re.compile(
    r"(verbatim)?localit(y|ies)$|verbatim(latitude|longitude|coordinates|location)$|footprintwkt$|locationaccord"
    r"|georeferencesources$"
)
_FREE = re.compile(
    r"\w*remarks$|fieldnotes$|description$|abstract$|dynamicproperties$|previousidentifications$|behavior$"
    r"|preparations$|disposition$|habitat$|provenance$|tableofcontents$|title$"
)
_TAXON_PARTS = frozenset((
    "phylum", "order", "family", "genus", "species", "subgenus", "specificepithet", "infraspecificepithet",
    "taxonrank", "scientificnameauthorship", "verbatimscientificname", "verbatimscientificnameauthorship",
    "acceptedscientificname", "acceptednameusage",
))  # fmt: skip


def is_darwin(names: Sequence[str]) -> bool:
    """Tell whether column names are those of a Darwin Core table.

    >>> is_darwin(["id", "scientificName", "eventDate", "individualCount"]), is_darwin(["species", "count"])
    (True, False)
    """
    known = {name.lower() for name in names} & _OWN
    return len(known) >= 3 and bool(
        known & {"scientificname", "basisofrecord", "occurrenceid", "eventid", "eventdate"}
    )


def is_gbif(names: Sequence[str]) -> bool:
    """Tell whether column names are those of a download from GBIF."""
    known = {name.lower() for name in names}
    return "gbifid" in known and bool(known & {"datasetkey", "publishingorgkey", "taxonkey"})


def darwin_table(
    source: Source, frame: pd.DataFrame, *, blank: int, refused: tuple[Problem, ...], notes: tuple[Note, ...],
    container: bool = False,
) -> RawTable:  # fmt: skip
    """Return the raw table of records whose columns have the names of Darwin Core terms.

    Its format is ``gbif`` where the columns are those of a download from GBIF, else ``darwin-core``.
    """
    names = [str(name) for name in frame.columns]
    lower = {name.lower(): name for name in reversed(names)}
    taxon = next((lower[term] for term in TAXA if term in lower and (frame[lower[term]] != "").any()), "")
    if not any(term in lower and (frame[lower[term]] != "").any() for term in ("eventdate", "year")):
        raise _undated(source)
    if not taxon and not ("eventid" in lower and _is_events(lower, frame)):
        raise FileError(
            "{file} names no species or group: it has no column scientificName with a name in it.",
            why="Its columns are: {columns}.", do="Export it again with the names of what was seen.",
            code="no-taxon", file=source.name, columns=", ".join(names[:12]),
        )  # fmt: skip
    station = lower.get("locationid", "")
    if station and not _is_site(frame[station]):
        station = ""
    number = lower.get("gbifid") or lower.get("occurrenceid") or lower.get("id") or ""
    columns = tuple(_column(name, frame, taxon, station, number) for name in names)
    return RawTable(
        "gbif" if is_gbif(names) else "darwin-core", "sightings", frame, columns, blank=blank,
        refused=refused, notes=notes, container=container,
    )  # fmt: skip


def _is_events(lower: dict[str, str], frame: pd.DataFrame) -> bool:
    """Tell whether the records are surveys without sightings."""
    return "basisofrecord" not in lower or bool((frame[lower["basisofrecord"]] == "").all())


def _is_site(cells: pd.Series) -> bool:
    """Tell whether the cells name places where people came more than once."""
    kinds = cells.nunique()
    return bool((cells != "").all()) and (kinds == 1 or kinds <= len(cells) / 2)


def _column(name: str, frame: pd.DataFrame, taxon: str, station: str, number: str) -> Column:
    term = name.lower()
    if name == taxon:
        return Column(name, "taxon", label="vernacularName" if term == "vernacularname" else "scientificName")
    if name == station:
        return Column(name, "station", label="locationID")
    if name == number:
        return Column(name, "note", label="occurrenceID")
    if _WHO.match(term):
        return Column(name, "personal", label=name, reason=OBSERVER)
    if _HOME.match(term):
        return Column(name, "personal", label=name, reason=HOME)
    if _FREE.match(term):
        return Column(name, "personal", label=name, reason=FREE_TEXT)
    if not (frame[name] != "").any():
        return Column(name, "ignored", label=name, reason=EMPTY)
    if term in MEANING and term != "occurrenceid":
        role, label = MEANING[term]
        unit = "m" if label == "coordinateUncertaintyInMeters" else ""
        return Column(name, role, label=label, unit=unit)
    return Column(
        name, "ignored", label=name, reason=SAID if term in _TAXON_PARTS or "name" in term else UNUSED
    )


def _undated(source: Source) -> FileError:
    return FileError(
        "{file} does not say when anything was seen: it has no eventDate and no year.",
        why="Without its date a sighting cannot be compared with others.",
        do="Export it again with the term eventDate, or add a column eventDate such as 2026-05-04.",
        code="no-times", file=source.name,
    )  # fmt: skip
