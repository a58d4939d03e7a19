"""Tables of sightings: Darwin Core terms, dates, counts, effort, complete lists.

An ``X`` in place of a count means "present, not counted" and becomes a missing count, never 1 or 0. A
record whose place the platform obscured is kept with the note that its coordinates are not the real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from kit.ingest.event_dates import read_dates
from kit.ingest.places import Places
from kit.ingest.surveys import (
    apart,
    column_of,
    effort_minutes,
    name_events,
    nothing_seen,
    number_of,
    numbered,
    taxon_columns,
    text_of,
)
from kit.ingest.tallies import ABOUT, is_absent, is_present, tally
from kit.model import SIGHTINGS, Flag, Problem, Question, RawTable
from kit.text import N_
from kit.vocab import fold
from kit.vocab.taxa import alike, looks_latin, scientific_names

OBSCURED = N_("{n} records have coordinates that the platform obscured on purpose; do not map them exactly.")
NO_PLACE = N_("{n} records have no coordinates.")
LICENCES = N_("The records come with these licences: {names}.")
NO_TAXON = N_("Row {row} names no species or group.")
MEND_TAXON = N_("Write what was seen, at least the group, for example Aves.")
SURVEYS = N_("Surveys without a sighting, kept as empty surveys: {n}.")
CAPTIVE = N_("{n} sightings are of animals in captivity or planted plants; they do not count as wild ones.")
NAMED = N_("{n} sightings got their scientific name from the common one.")
UNKNOWN = N_(
    "Names without a scientific one in kit's list: {n} ({names}). These sightings are kept under the name in "
    "the file."
)
#: So many such names are told.
_TOLD = 5
_CLASSES = ("Aves", "Mammalia", "Insecta", "Arachnida", "Amphibia", "Reptilia", "Actinopterygii")
_KINGDOMS = ("Plantae", "Fungi", "Chromista", "Protozoa")
_YES = frozenset(map(fold, (
    "1", "true", "yes", "y", "t", "ja", "jah", "j", "complete", "complete list", "taielik", "vollstandig",
    "da", "да", "так",
    "captive", "cultivated", "captive/cultivated",
)))  # fmt: skip
#: Not said of a row, in a column that would say it.
_NO = frozenset(map(fold, (
    "", "0", "0.0", "false", "f", "no", "n", "nein", "nej", "nei", "ei", "ne", "nie", "non", "нет", "ні", "-",
)))  # fmt: skip
#: What GBIF doubts so much that the place, the day, the taxon or the count may be another one; its other
#: remarks only say what it filled in (OccurrenceIssue, https://gbif.github.io/gbif-api/).
_ISSUES = (
    r"\b(?:ZERO_COORDINATE|COORDINATE_OUT_OF_RANGE|COORDINATE_INVALID|COUNTRY_COORDINATE_MISMATCH"
    r"|PRESUMED_(?:SWAPPED|NEGATED)_\w+|RECORDED_DATE_(?:MISMATCH|INVALID|UNLIKELY)|TAXON_MATCH_(?:NONE|HIGHERRANK)"
    r"|INDIVIDUAL_COUNT_(?:INVALID|CONFLICTS_WITH_OCCURRENCE_STATUS)|OCCURRENCE_STATUS_UNPARSABLE)\b"
)
_DOUBTED = ("not approved", "not accepted", "incorrect", "unconfirmed", "rejected", "declined", "refused")


@dataclass
class Sightings:
    """The table (columns of :data:`kit.model.SIGHTINGS`) and everything to be told about it."""

    table: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    about: list[str] = field(default_factory=list)


def read_sightings(
    table: RawTable, places: Places, answers: Mapping[str, str], now: datetime, file: str
) -> Sightings:
    """Return the sightings in a table; rows without a real date or a taxon are refused.

    A table without a taxon is one of surveys (visits, checklists), a table with a column per species has as
    many sightings in a row as there are counts in it.
    """
    zones = np.array([one.zone for one in places.stations] or [""], dtype=object)[places.codes]
    dates = read_dates(table, zones, answers, now, file)
    found = Sightings(pd.DataFrame(), dates.problems, dates.questions, dates.notes, dates.used)
    data = _of_rows(found, table, places)
    data["eventDate"], data["eventTime"] = dates.date, dates.clock
    good = dates.good
    wide = taxon_columns(table)
    visits = not wide and not any(column.role == "taxon" for column in table.columns)
    data["eventID"] = text_of(table, "eventID").array
    if column_of(table, "eventID") is None:
        data["eventID"] = name_events(data, table, visits)
    elif table.format == "plain":
        data["eventID"] = apart(data)
    if places.latitude is None and (visits or (pd.Series(data["eventID"]) != "").any()):
        _at_stations(data, places)
    if wide:
        data["eventID"] = numbered(data["eventID"], table)
        data, good = _long(found, table, data, good)
    else:
        data["individualCount"], odd = _counts(found, table)
        empty = _empty_surveys(data, table, visits)
        good = _taxa(found, table, data, good, empty)
        _status(data, table, empty)
        _flag(data, odd, "odd-count")
        _flag(data, _doubted(table), "source-suspect")
    _groups(data, table)
    result = pd.DataFrame({name: pd.Series(data[name], dtype=dtype) for name, dtype in SIGHTINGS.items()})
    found.table = result[good].reset_index(drop=True)
    _names(found)
    _notes(found, table)
    return found


def _of_rows(found: Sightings, table: RawTable, places: Places) -> dict[str, Any]:
    """Return what holds for a whole row of the table."""
    size = len(table.frame)
    data: dict[str, Any] = {
        term: text_of(table, term).array for term, dtype in SIGHTINGS.items() if dtype == "str"
    }
    ids = pd.Series([station.id for station in places.stations], dtype="str")
    data["station"] = ids.take(places.codes).array
    data["decimalLatitude"] = places.latitude if places.latitude is not None else np.full(size, np.nan)
    data["decimalLongitude"] = places.longitude if places.longitude is not None else np.full(size, np.nan)
    data["coordinateUncertaintyInMeters"] = _metres(table)
    data["individualCount"] = np.full(size, np.nan)
    data["effort_minutes"] = effort_minutes(table, found.problems)
    data["observers"] = number_of(table, "observers")
    data["complete"] = _truth(table, "complete")
    data["flag"], data["reason"] = _flags(places, size)
    data["row"] = table.frame.index.to_numpy(dtype=np.int64)
    return data


def _metres(table: RawTable) -> Any:
    """Return how exact the places are, in metres; cells such as "50 m" too."""
    values = number_of(table, "coordinateUncertaintyInMeters")
    said = text_of(table, "coordinateUncertaintyInMeters").str.extract(r"^(\d+) ?m$", expand=False)
    return np.where(np.isnan(values), pd.to_numeric(said), values)


def _truth(table: RawTable, term: str) -> Any:
    which, kinds = pd.factorize(text_of(table, term))
    said = np.array([fold(str(kind)) in _YES for kind in kinds], dtype=bool)
    return said[which] if len(kinds) else np.zeros(len(which), dtype=bool)


# --- taxa and counts ------------------------------------------------------------------------------------


def _counts(found: Sightings, table: RawTable) -> tuple[Any, Any]:
    """Return (individuals, rows whose number is doubtful)."""
    column = column_of(table, "individualCount") or next(
        (c for c in table.columns if c.role == "count"), None
    )
    if column is None:
        return _quantity(table), np.zeros(len(table.frame), dtype=bool)
    values, odd = _read_counts(found, table, column.name)
    if column_of(table, "organismQuantity") is not None:
        values = np.where(np.isnan(values), _quantity(table), values)
    return values, odd


def _quantity(table: RawTable) -> Any:
    """Return Darwin Core's ``organismQuantity`` where its type is individuals."""
    kind = text_of(table, "organismQuantityType").str.lower()
    values = number_of(table, "organismQuantity")
    return np.where(kind.str.startswith("individual").to_numpy(dtype=bool) & (values >= 0), values, np.nan)


def _read_counts(found: Sightings, table: RawTable, name: str) -> tuple[Any, Any]:
    read = tally(table, name)
    found.problems.extend(read.problems)
    found.about.extend(read.about)
    return read.values, read.odd


def _empty_surveys(data: dict[str, Any], table: RawTable, visits: bool) -> Any:
    """Return the rows that only say that a survey was done; their taxon is emptied."""
    size = len(data["row"])
    if visits:
        return np.ones(size, dtype=bool)
    scientific, common = (pd.Series(data[name], dtype="str") for name in ("scientificName", "vernacularName"))
    events = (pd.Series(data["eventID"], dtype="str") != "").to_numpy(dtype=bool)
    silent = ((scientific == "") | nothing_seen(scientific)) & ((common == "") | nothing_seen(common))
    said = (nothing_seen(scientific) | nothing_seen(common)) & silent.to_numpy(dtype=bool)
    unnamed = silent.to_numpy(dtype=bool) & (text_of(table, "occurrenceID") == "").to_numpy(dtype=bool)
    unnamed &= column_of(table, "eventID") is not None
    for column in table.columns:
        if column.role == "count":
            unnamed &= (table.frame[column.name] == "").to_numpy(dtype=bool)
    empty = said | (events & unnamed)
    names = pd.Series(data["eventID"], dtype="str")
    own = pd.Series(data["station"], dtype="str") + " " + pd.Series(data["eventDate"], dtype="str")
    data["eventID"] = names.where((names != "") | ~empty, own).array
    for name, texts in (("scientificName", scientific), ("vernacularName", common)):
        data[name] = texts.where(~empty, "").array
    return empty


def _taxa(found: Sightings, table: RawTable, data: dict[str, Any], good: Any, empty: Any) -> Any:
    """Refuse rows that name no taxon, unless they are surveys."""
    named = (pd.Series(data["scientificName"]) != "") | (pd.Series(data["vernacularName"]) != "")
    fits = named.to_numpy(dtype=bool) | empty
    for row in table.frame.index[good & ~fits].tolist():
        found.problems.append(Problem("no-taxon", NO_TAXON, int(row), "", "", MEND_TAXON))
    return good & fits


def _status(data: dict[str, Any], table: RawTable, empty: Any) -> None:
    """Say "present" or "absent"; "" for the row of a survey."""
    counted = np.where(np.asarray(data["individualCount"]) == 0, "absent", "present").astype(object)
    which, kinds = pd.factorize(text_of(table, "occurrenceStatus"))
    words = [_said(str(kind)) for kind in kinds]
    said = np.array([*words, ""], dtype=object)[which]
    status = np.where(said == "", counted, said)
    for column in table.columns:
        if column.label == "notFound" and column.role == "note":
            found = table.frame[column.name].fillna("").astype("str").map(lambda text: fold(text) not in _NO)
            status = np.where(found.to_numpy(dtype=bool), "absent", status)
    data["occurrenceStatus"] = np.where(empty, "", status)


def _said(text: str) -> str:
    """Return "present" or "absent" for what a column of presence says, "" for other words.

    >>> [_said(text) for text in ("PRESENT", "0", "x", "Ej återfunnen", "common")]
    ['present', 'absent', 'present', 'absent', '']
    """
    word = fold(text)
    if word in ("present", "detected", "found", "seen", "paträffad") or word in _YES or is_present(text):
        return "present"
    return "absent" if is_absent(text) or (word in _NO and word) else ""


def _long(found: Sightings, table: RawTable, data: dict[str, Any], good: Any) -> tuple[dict[str, Any], Any]:
    """Return one row per (row, species with a count), and one for each row in which every count is empty."""
    parts, flags = [], []
    size = len(table.frame)
    some = np.zeros(size, dtype=bool)
    for column in taxon_columns(table):
        values, odd = _read_counts(found, table, column.name)
        text = table.frame[column.name].astype("str").str.strip()
        which, cells = pd.factorize(text)
        marked = np.array([is_present(str(cell)) for cell in cells], dtype=bool)
        seen = ~np.isnan(values) | (marked[which] if len(cells) else False)
        at = np.flatnonzero(seen)
        some |= seen
        latin = looks_latin(column.label)
        taxon = "scientificName" if latin else "vernacularName"
        parts.append((at, taxon, column.label, values[at]))
        flags.append(odd[at])
    rest = np.flatnonzero(~some)
    parts.append((rest, "", "", np.full(len(rest), np.nan)))
    flags.append(np.zeros(len(rest), dtype=bool))
    at = np.concatenate([part[0] for part in parts])
    order = np.argsort(at, kind="stable")
    long: dict[str, Any] = {name: pd.Series(values).take(at[order]).array for name, values in data.items()}
    for name in ("scientificName", "vernacularName"):
        texts = [np.full(len(part[0]), part[2] if part[1] == name else "", dtype=object) for part in parts]
        long[name] = np.concatenate(texts)[order]
    long["individualCount"] = np.concatenate([part[3] for part in parts])[order]
    empty = np.concatenate([np.full(len(part[0]), not part[1]) for part in parts])[order]
    _status(long, _nothing_said(long), empty)
    _flag(long, np.concatenate(flags)[order], "odd-count")
    return long, good[at[order]]


def _nothing_said(long: dict[str, Any]) -> RawTable:
    """An empty table of the same length: a wide table has no column of its own for presence."""
    return RawTable("", "sightings", pd.DataFrame(index=range(len(long["row"]))), ())


# --- flags and notes ------------------------------------------------------------------------------------


def _flags(places: Places, size: int) -> tuple[Any, Any]:
    """Flag 4 where the coordinates were impossible; 2 where nothing was there to check, else 1."""
    flag = np.full(size, Flag.NOT_EVALUATED, dtype=np.int8)
    if places.latitude is not None:
        flag[~np.isnan(places.latitude)] = Flag.GOOD
    flag[places.impossible] = Flag.FAIL
    return flag, np.where(places.impossible, "impossible-location", "").astype(object)


def _flag(data: dict[str, Any], which: Any, code: str) -> None:
    """Flag rows as suspect."""
    flag, reason = np.array(data["flag"], dtype=np.int8), np.array(data["reason"], dtype=object)
    flag[which] = np.maximum(flag[which], Flag.SUSPECT)
    reason[which] = [f"{text};{code}" if text else code for text in reason[which]]
    data["flag"], data["reason"] = flag, reason


def _doubted(table: RawTable) -> Any:
    """Return the rows that the platform itself doubts."""
    status = text_of(table, "identificationVerificationStatus").str.lower().isin(_DOUBTED)
    unsure = _truth(table, "uncertain")
    return np.asarray(status | text_of(table, "issue").str.contains(_ISSUES) | unsure, dtype=bool)


def _groups(data: dict[str, Any], table: RawTable) -> None:
    """iNaturalist's own words: its groups are classes or kingdoms; "captive or cultivated" is one column."""
    group = text_of(table, "iconic").to_numpy(dtype=object)
    if len(group) == len(data["kingdom"]) and column_of(table, "iconic") is not None:
        kingdom, kind = (
            pd.Series(data[name], dtype="str").to_numpy(dtype=object) for name in ("kingdom", "class")
        )
        animal = np.isin(group, [*_CLASSES, "Mollusca", "Animalia"])
        of_group = np.where(animal, "Animalia", np.where(np.isin(group, _KINGDOMS), group, ""))
        data["kingdom"] = np.where(kingdom == "", of_group, kingdom)
        data["class"] = np.where((kind == "") & np.isin(group, _CLASSES), group, kind)
    if column_of(table, "captive") is not None:
        plants = np.asarray(data["kingdom"], dtype=object) == "Plantae"
        data["degreeOfEstablishment"] = np.where(
            _truth(table, "captive"), np.where(plants, "cultivated", "captive"), ""
        )


def _at_stations(data: dict[str, Any], places: Places) -> None:
    """A survey without coordinates of its own was made at its station."""
    for axis, term in (("latitude", "decimalLatitude"), ("longitude", "decimalLongitude")):
        spots = np.array([getattr(one, axis) for one in places.stations] or [np.nan], dtype=np.float64)
        data[term] = spots[places.codes]


def _names(found: Sightings) -> None:
    """Fill scientific names (and classes) that follow from common ones."""
    table = found.table
    bare = ((table["scientificName"] == "") & (table["vernacularName"] != "")).to_numpy(dtype=bool)
    if not bare.any():
        return
    names, latin, classes = scientific_names(table.loc[bare, "vernacularName"])
    known = (names != "") & ~latin
    if (names != "").any():
        table.loc[bare, "scientificName"] = names
        table.loc[bare, "vernacularName"] = table.loc[bare, "vernacularName"].where(~latin, "")
        table.loc[bare, "class"] = np.where(table.loc[bare, "class"] == "", classes, table.loc[bare, "class"])
    if known.any():
        found.notes.append((NAMED, {"n": int(known.sum())}))
    often = table.loc[bare, "vernacularName"][names == ""].value_counts()
    if len(often):
        told = [(str(name), alike(str(name))) for name in often.index[:_TOLD]]
        words = [f"{name} → {other}?" if other else name for name, other in told]
        words += ["…"] if len(often) > _TOLD else []
        found.notes.append((UNKNOWN, {"n": len(often), "names": ", ".join(words)}))


def _notes(found: Sightings, table: RawTable) -> None:
    kept = table.frame.index.isin(found.table["row"])
    hidden = _truth(table, "coordinates_obscured")
    for term in ("informationWithheld", "dataGeneralizations"):
        hidden = hidden | (text_of(table, term) != "").to_numpy(dtype=bool)
    status = found.table["occurrenceStatus"]
    wild = ~found.table["degreeOfEstablishment"].str.lower().isin(("captive", "cultivated"))
    for template, n in (
        (OBSCURED, int((hidden & kept).sum())),
        (NO_PLACE, int(found.table["decimalLatitude"].isna().sum())),
        (SURVEYS, int((status == "").sum())),
        (CAPTIVE, int((~wild).sum())),
    ):
        if n:
            found.notes.append((template, {"n": n}))
    if found.about:
        found.notes.append((ABOUT, {"n": len(found.about), "value": found.about[0][:20]}))
    names = sorted({name or "-" for name in found.table["license"].unique()})
    if names and names != ["-"]:
        found.notes.append((LICENCES, {"names": ", ".join(names)}))
