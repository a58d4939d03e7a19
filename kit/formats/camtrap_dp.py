r"""Camtrap DP: the observations of camera traps (Agouti, TRAPPER, Camtrap DP packages).

Sample (commas; ``observations.csv`` of a package)::

    observationID,deploymentID,eventID,eventStart,eventEnd,observationLevel,observationType,scientificName,count
    o1,cam-1,e1,2024-05-04T02:57:37Z,2024-05-04T02:57:44Z,event,animal,Anas platyrhynchos,1

What the format defines
    https://camtrap-dp.tdwg.org/ (tables *observations* and *deployments*). One row is one kind of animal in
    one event (a burst of pictures) or in one picture. Times are ISO 8601 with their zone. A camera's place is
    in ``deployments.csv`` only; here the deployment's id tells the cameras apart. A camera sees what walks
    by: its lists are never complete.
Traps
    * Version 1 has names such as ``eventStart``; older ones ``observation_id``, ``timestamp``,
      ``scientific_name``.
    * ``observationLevel``: the same animals can be described for the whole event and again for every
      picture. Where a file has both, only the rows of events are taken.
    * ``observationType``: only animals are sightings. Pictures of people are never kept; empty pictures are
      no surveys in which nothing was there.
    * ``classifiedBy`` names people; comments and tags are free text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.errors import FileError
from kit.formats._cameras import no_animals
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import OBSERVER, UNUSED
from kit.model import Column, Problem, RawTable, Role, Source
from kit.text import N_

#: Name of a column without signs and case -> (role, column of SIGHTINGS).
MEANING: dict[str, tuple[Role, str]] = {
    "observationid": ("note", "occurrenceID"),
    "deploymentid": ("station", "deploymentID"),
    "eventid": ("event", "eventID"),
    "sequenceid": ("event", "eventID"),
    "eventstart": ("time", "eventDate"),
    "timestamp": ("time", "eventDate"),
    "scientificname": ("taxon", "scientificName"),
    "count": ("count", "individualCount"),
    "countnew": ("count", "individualCount"),
}
_PEOPLE = re.compile(r"classifiedby|setupby|comments?$|tags?$|recordedby")
PICTURE = N_("Row {row} says of one picture what other rows say of the whole event.")
MEND_PICTURE = N_("Nothing to do: the rows of whole events count.")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _is_header(cells: Sequence[str]) -> bool:
    names = {_plain(cell) for cell in cells}
    observations = {"deploymentid", "observationtype", "scientificname"} <= names
    return observations or {"deploymentid", "deploymentstart", "cameramodel"} <= names


def sniff(source: Source, head: str) -> float:
    """1 if the header has the deployment's number and the type of observation, or of camera."""
    line = next((line for line in head.lstrip("\ufeff").split("\n") if line.strip()), "").replace('"', "")
    return 1.0 if any(_is_header(line.split(separator)) for separator in ",;\t") else 0.0


def parse(source: Source) -> RawTable:
    """Read observations; ``Column.label`` holds the column of the sightings."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    names = {_plain(str(name)): str(name) for name in reversed(table.frame.columns)}
    if "observationtype" not in names:
        raise FileError(
            "{file} lists cameras and where they stood, but no sightings.",
            why="A package of camera traps holds the sightings in the table observations.",
            do="Give the file observations.csv of the same package.", code="no-sightings", file=source.name,
        )  # fmt: skip
    taken = {name: names[name] for name in MEANING if name in names}
    if "eventstart" in taken:
        taken.pop("timestamp", None)
    labels: dict[str, str] = {}
    for plain, name in taken.items():
        labels.setdefault(MEANING[plain][1], name)
    columns = tuple(_column(str(name), labels) for name in table.frame.columns)
    frame, left_out = _animals(table.frame, names)
    refused = tuple(sorted((*table.refused, *left_out), key=lambda problem: problem.row or 0))
    return RawTable(
        "camtrap-dp", "sightings", frame, columns, blank=table.blank, refused=refused, notes=table.notes
    )


def _column(name: str, labels: dict[str, str]) -> Column:
    plain = _plain(name)
    if plain in MEANING and labels.get(MEANING[plain][1]) == name:
        role, label = MEANING[plain]
        return Column(name, role, label=label)
    if _PEOPLE.search(plain):
        return Column(name, "personal", label=name, reason=OBSERVER)
    return Column(name, "ignored", label=name, reason=UNUSED)


def _animals(frame: pd.DataFrame, names: dict[str, str]) -> tuple[pd.DataFrame, list[Problem]]:
    """Leave out pictures of events that are described as a whole, and what is no animal."""
    kind = frame[names["observationtype"]].str.lower()
    again = pd.Series(False, index=frame.index)
    if "observationlevel" in names:
        level = frame[names["observationlevel"]].str.lower()
        again = (level == "media") if (level == "event").any() else again
    other = (kind != "animal") & ~again
    problems = no_animals(kind[other])
    for row in frame.index[again]:
        problems.append(Problem("again", PICTURE, int(row), "", "", MEND_PICTURE))
    return frame[~again & ~other], problems


FORMAT = Format(
    "camtrap-dp", "Camtrap DP", "observationID,deploymentID,eventStart,observationType,…", sniff, parse
)
