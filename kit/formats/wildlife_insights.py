r"""Wildlife Insights: pictures (or sequences of pictures) of camera traps.

Sample (commas; ``images.csv`` of a download; ``sequences.csv`` has ``start_time``, ``group_size``)::

    deployment_id,image_id,is_blank,…,class,…,genus,species,common_name,timestamp,number_of_objects
    D01,a1,0,…,Mammalia,…,Sciurus,vulgaris,Eurasian Red Squirrel,2024-05-04 08:15:11,1

What the format defines
    https://www.wildlifeinsights.org/ (data download). One row is one kind of animal in one picture, or in one
    sequence of pictures. The scientific name stands in two columns, genus and species; of what is known less
    exactly only the family, order or class. Times are local. A camera's place is in ``deployments.csv``
    only; here the deployment's id tells the cameras apart. A camera sees what walks by: its lists are never
    complete.
Traps
    * ``is_blank``: an empty picture, which is no survey in which nothing was there. It is refused, and so are
      people and vehicles.
    * "No CV Result" and "Unknown" stand in the place of names where nobody has looked yet.
    * One picture may have several rows (a male and a female): its id does not name one sighting.
    * ``identified_by`` names people; notes are free text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.errors import FileError
from kit.formats._cameras import no_animals
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import FREE_TEXT, OBSERVER, SAID, UNUSED
from kit.model import Column, Problem, RawTable, Role, Source

#: Name of a column -> (role, column of SIGHTINGS).
MEANING: dict[str, tuple[Role, str]] = {
    "deployment_id": ("station", "deploymentID"),
    "sequence_id": ("event", "eventID"),
    "timestamp": ("time", "eventDate"),
    "start_time": ("time", "eventDate"),
    "class": ("note", "class"),
    "common_name": ("note", "vernacularName"),
    "number_of_objects": ("count", "individualCount"),
    "group_size": ("count", "individualCount"),
    "license": ("note", "license"),
}
#: The name that kit makes of genus and species; no export has a column of this name.
TAXON = "scientificName"
_RANKS = ("genus", "family", "order", "class")
_PEOPLE = re.compile(r"identified_by|recorded_by|.*_by$")
_FREE = re.compile(r".*notes$|.*comments?$|markings$|behavior$")
_NOT_NAMED = re.compile(r"no cv result|unknown( species)?|cv failed|", re.I)
_NO_ANIMAL = re.compile(
    r"blank|human\b.*|.*\bhuman|homo sapiens|vehicle|bicycle|setup.*|.*pickup|misfire|motorcycle", re.I
)
_YES = ("1", "true", "yes", "t")


def _is_header(cells: Sequence[str]) -> bool:
    names = set(cells)
    pictures = {"deployment_id", "common_name", "genus", "species"} <= names
    pictures &= bool(names & {"wi_taxon_id", "is_blank"})
    return pictures or {"deployment_id", "placename", "start_date", "camera_functioning"} <= names


def sniff(source: Source, head: str) -> float:
    """1 if the header has the deployment's id beside genus, species and the platform's own columns."""
    line = next((line for line in head.lstrip("\ufeff").split("\n") if line.strip()), "").replace('"', "")
    return 1.0 if any(_is_header(line.strip().split(separator)) for separator in ",;\t") else 0.0


def parse(source: Source) -> RawTable:
    """Read pictures or sequences; ``Column.label`` holds the column of the sightings."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    if "common_name" not in table.header:
        raise FileError(
            "{file} lists cameras and where they stood, but no sightings.",
            why="The download of a project of camera traps holds the sightings in the table images.",
            do="Give the file images.csv (or sequences.csv) of the same download.", code="no-sightings",
            file=source.name,
        )  # fmt: skip
    frame = table.frame
    named = frame[[name for name in (*_RANKS, "species", "common_name") if name in frame]]
    frame = frame.assign(**{str(name): _named(cells) for name, cells in named.items()})
    frame[TAXON] = scientific(frame)
    refused, other = _no_animals(frame)
    columns = [_column(str(name)) for name in table.frame.columns]
    columns.append(Column(TAXON, "taxon", label="scientificName", derived=True))
    problems = sorted((*table.refused, *refused), key=lambda problem: problem.row or 0)
    return RawTable(
        "wildlife-insights", "sightings", frame[~other], tuple(columns), blank=table.blank,
        refused=tuple(problems), around=table.around, notes=table.notes,
    )  # fmt: skip


def _named(cells: pd.Series) -> pd.Series:
    return cells.where(~cells.str.fullmatch(_NOT_NAMED), "")


def scientific(frame: pd.DataFrame) -> pd.Series:
    """Return the most exact scientific name of each row: genus and species, else the group ("" if none).

    >>> rows = [("Aves", "Paridae", "Parus", "major"), ("Aves", "Paridae", "", ""), ("Aves", "", "", "")]
    >>> scientific(pd.DataFrame(rows, columns=["class", "family", "genus", "species"])).tolist()
    ['Parus major', 'Paridae', 'Aves']
    """
    name = pd.Series("", index=frame.index, dtype="str")
    for rank in _RANKS:
        if rank in frame:
            name = name.where(name != "", frame[rank])
    both = (frame["genus"] != "") & (frame["species"] != "")
    return name.where(~both, frame["genus"] + " " + frame["species"])


def _no_animals(frame: pd.DataFrame) -> tuple[list[Problem], pd.Series]:
    """Return the problems of what is no animal, and which rows those are."""
    other = frame["common_name"].str.fullmatch(_NO_ANIMAL) | (frame[TAXON] == "Homo sapiens")
    if "is_blank" in frame:
        other |= frame["is_blank"].str.lower().isin(_YES)
    return no_animals(frame.loc[other, "common_name"]), other


def _column(name: str) -> Column:
    if _PEOPLE.fullmatch(name):
        return Column(name, "personal", label=name, reason=OBSERVER)
    if _FREE.fullmatch(name):
        return Column(name, "personal", label=name, reason=FREE_TEXT)
    if name in MEANING:
        role, label = MEANING[name]
        return Column(name, role, label=label)
    return Column(name, "ignored", label=name, reason=SAID if name in (*_RANKS, "species") else UNUSED)


FORMAT = Format(
    "wildlife-insights", "Wildlife Insights", "deployment_id,is_blank,genus,species,common_name,timestamp,…",
    sniff, parse,
)  # fmt: skip
