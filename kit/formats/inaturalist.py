r"""iNaturalist: the CSV file of its export page, with whichever columns the person ticked.

Sample (commas, quotes, UTF-8; up to about 75 columns)::

    id,observed_on_string,observed_on,time_observed_at,time_zone,user_id,user_login,quality_grade,license,…
    100200300,2024-05-04 7:02:39 AM EEST,2024-05-04,2024-05-04 04:02:39 UTC,Kyiv,77,ann,research,CC-BY,…

What the format defines
    One row is one observation: a taxon was seen at a place; there is no count, and no list of what was looked
    for, so it is never a zero. ``observed_on`` is the **local** date. ``latitude``/``longitude`` are public
    coordinates: where ``coordinates_obscured`` is true they lie anywhere in a cell of 0.2 degrees, and
    ``public_positional_accuracy`` says so in metres.
Traps
    * ``observed_on_string`` is what the person's device wrote, in at least four ways:
      ``2019-06-01 2:50:19 PM PDT``, ``2019/03/03 2:39 PM PST``, ``Tue Jun 04 2019 14:30:29 GMT-0700 (PDT)``,
      ``2019-04-11 14:18:24``, or only a date. The clock in it is local; kit takes the time of day from it
      (column ``eventTime``).
    * ``time_zone`` is a name of the Ruby on Rails framework ("Pacific Time (US & Canada)"), not an IANA name;
      the UTC date can differ from the local date.
    * ``user_id``, ``user_login``, ``user_name``, ``private_*`` and free texts are personal: they never enter
      the shared dataset. ``place_guess`` can be a home address.
    * ``captive_cultivated`` = true: a pet, a zoo, a planted tree. Kept, but told apart
      (``degreeOfEstablishment``), so that it is not counted as wild.
    * Newer exports have ``uuid``, ``user_name`` (real names), ``place_*_name``, ``taxon_*_name`` of every
      rank; older ones only ``iconic_taxon_name``, which is a class for some groups and a kingdom for others.
    * Sister platforms (Minka) and programs that ask the platform write ``taxon_name``, ``observed_on_time``.
    * Columns ``field:…`` and ``tag:…`` are free additions of people and projects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kit.errors import FileError
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import FREE_TEXT, OBSERVER, SAID
from kit.model import Column, RawTable, Role, Source
from kit.text import N_

#: Column of the export -> (role, Darwin Core term or column of SIGHTINGS).
MEANING: dict[str, tuple[Role, str]] = {
    "id": ("note", "occurrenceID"),
    "observed_on": ("date", "eventDate"),
    "eventTime": ("clock", "eventTime"),
    "latitude": ("latitude", "decimalLatitude"),
    "longitude": ("longitude", "decimalLongitude"),
    "scientific_name": ("taxon", "scientificName"),
    "common_name": ("note", "vernacularName"),
    "taxon_kingdom_name": ("note", "kingdom"),
    "taxon_class_name": ("note", "class"),
    "quality_grade": ("note", "identificationVerificationStatus"),
    "license": ("note", "license"),
    "iconic_taxon_name": ("note", "iconic"),
    "observed_on_time": ("clock", "eventTime"),
    "kingdom": ("note", "kingdom"),
    "class": ("note", "class"),
    "license_obs": ("note", "license"),
    "obscured": ("note", "coordinates_obscured"),
    "captive_cultivated": ("note", "captive"),
    "geoprivacy": ("note", "geoprivacy"),
    "taxon_geoprivacy": ("note", "taxon_geoprivacy"),
    "coordinates_obscured": ("note", "coordinates_obscured"),
    "taxon_id": ("note", "taxonID"),
}
_PERSONAL = re.compile(
    r"user_|private_|place_guess$|description$|tag_list$|field:|tags?:|annotation:|ident\w*_by|identifiers$|observer|login$"
    r"|place_name$"
)
_ZONE = N_("not needed: date and clock are local already")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?(?P<rest>.*)$"
)


def sniff(source: Source, head: str) -> float:
    """1 if the header has the export's own names for date and place of an observation."""
    line = next((line for line in head.lstrip("\ufeff \n").split("\n") if line.strip()), "").replace('"', "")
    names = set(re.split(r"[,;\t]", line))
    if {"observed_on", "quality_grade"} <= names or {"observed_on_string", "taxon_id"} <= names:
        return 1.0
    return (
        0.9
        if "observed_on" in names and names & {"scientific_name", "species_guess", "iconic_taxon_name"}
        else 0.0
    )


def _is_header(cells: Sequence[str]) -> bool:
    return "observed_on" in cells or "observed_on_string" in cells


def parse(source: Source) -> RawTable:
    """Read an export of observations; ``Column.label`` holds the Darwin Core term."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = set(table.header)
    taxon = next(
        (name for name in ("scientific_name", "taxon_name", "species_guess", "common_name") if name in names),
        None,
    )
    if taxon is None or "observed_on" not in names:
        missing = "scientific_name" if taxon is None else "observed_on"
        raise FileError(
            "{file} is an iNaturalist export without the column {column}.",
            do="Export it again and tick that column.", code="missing-column",
            file=source.name, column=missing,
        )  # fmt: skip
    if "observed_on_string" in names:
        frame = frame.assign(eventTime=local_clock(frame["observed_on_string"]))
    accuracy = (
        "public_positional_accuracy" if "public_positional_accuracy" in names else "positional_accuracy"
    )
    columns = tuple(_column(str(name), taxon, accuracy) for name in frame.columns)
    if "observed_on_string" in names:
        columns = tuple(replace(one, derived=one.name == "eventTime") for one in columns)
    return RawTable(
        "inaturalist", "sightings", frame, columns, decimal=".", blank=table.blank,
        refused=table.refused, around=table.around,
        notes=table.notes,
    )  # fmt: skip


def _column(name: str, taxon: str, accuracy: str) -> Column:
    if name == taxon:
        return Column(name, "taxon", label="scientificName" if name != "common_name" else "vernacularName")
    if name == accuracy:
        return Column(name, "note", label="coordinateUncertaintyInMeters", unit="m")
    if name in MEANING:
        role, term = MEANING[name]
        return Column(name, role, label=term)
    if name == "time_zone":
        return Column(name, "ignored", label=name, reason=_ZONE)
    if _PERSONAL.match(name):
        free = name in ("description", "tag_list") or ":" in name
        return Column(name, "personal", label=name, reason=FREE_TEXT if free else OBSERVER)
    return Column(name, "ignored", label=name, reason=SAID)


def local_clock(texts: pd.Series) -> pd.Series:
    """Return the local time of day ("14:50:19", "" if unknown) in what a device wrote.

    A time that is only in UTC ("…Z", "… UTC") gives "": the local clock is not in it.

    >>> local_clock(pd.Series(["2019-06-01 2:50:19 PM PDT", "2019-05-21", "2019-06-01T12:00:00Z"])).tolist()
    ['14:50:19', '', '']
    """
    parts = texts.str.extract(_CLOCK.pattern)
    hour = pd.to_numeric(parts["hour"], errors="coerce")
    half = parts["half"].fillna("").str[:1].str.lower()
    hour = hour.where(half != "p", hour % 12 + 12).where(half != "a", hour % 12)
    rest = parts["rest"].fillna("").str.strip()
    known = hour.notna() & (hour < 24) & ~rest.isin(["Z", "UTC", "+00:00", "+0000"])
    clock = hour.fillna(0).astype("int64").astype("str").str.zfill(2) + ":" + parts["minute"].fillna("00")
    clock = clock + (":" + parts["second"]).fillna("")
    return clock.where(known, "").astype("str")


FORMAT = Format("inaturalist", "iNaturalist", "observed_on,quality_grade,scientific_name", sniff, parse)
