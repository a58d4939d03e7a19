"""What an archive's further tables say about its surveys: effort, and whether everything found was listed.

The Humboldt extension (https://eco.tdwg.org/terms/) has a row per event with a time or a length of effort and
``isTaxonomicScopeFullyReported``. Extended measurements (http://rs.gbif.org/extension/obis/) have a row per
measured thing; those of an event (without an occurrence) whose type is an effort or a duration are its
effort.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from kit.formats._descriptor import Part

#: Types of rows (without their address) of tables about events.
HUMBOLDT = ("Event", "HumboldtEcologicalInventory")
MEASURES = ("ExtendedMeasurementOrFact", "MeasurementOrFact")
_TERMS = (
    "isTaxonomicScopeFullyReported",
    "samplingEffortValue",
    "samplingEffortUnit",
    "eventDurationValue",
    "eventDurationUnit",
)
_EFFORT = re.compile(
    r"((sampling|survey|search|observation|count(ing)?|event) ?)?(effort|duration|time)( spent)?( \(?\w+\)?)?"
    r"|duration of (the )?(survey|event|count|observation)|kestus|dauer",
    re.I,
)
_TIME = re.compile(r"(min(ute)?s?|h|hrs?|hours?)\.?", re.I)


def concerns_events(part: Part) -> bool:
    """Tell whether a table beside the surveys may say something about them that kit keeps."""
    names = {term for _, term, _ in part.fields}
    if part.row_type in HUMBOLDT:
        return bool(names & set(_TERMS))
    return part.row_type in MEASURES and {"measurementType", "measurementValue"} <= names


def with_effort(events: pd.DataFrame, tables: Iterable[tuple[Part, pd.DataFrame]]) -> pd.DataFrame:
    """Return the surveys (key in column ``kit:key``) with what the tables about them say.

    >>> part = Part("MeasurementOrFact", (), 0, ())
    >>> facts = pd.DataFrame({"kit:key": ["a"], "measurementType": ["survey duration"],
    ...                       "measurementValue": ["30"], "measurementUnit": ["min"]})
    >>> with_effort(pd.DataFrame({"kit:key": ["a", "b"]}), [(part, facts)])["samplingEffort"].tolist()
    ['30 min', '']
    """
    for part, table in tables:
        if "kit:key" not in table:
            continue
        about = _facts(table) if part.row_type in MEASURES else table[["kit:key", *_known(table)]]
        about = about.loc[~about["kit:key"].duplicated()].set_index("kit:key")
        for name in about.columns:
            said = pd.Series(about[name].reindex(events["kit:key"]).to_numpy(), index=events.index).fillna("")
            own = events[name] if name in events else pd.Series("", index=events.index, dtype="str")
            events = events.assign(**{name: own.where(own != "", said).astype("str")})
    return events


def _known(table: pd.DataFrame) -> list[str]:
    return [name for name in _TERMS if name in table]


def _facts(table: pd.DataFrame) -> pd.DataFrame:
    """Return effort as text ("30 min") of each event that has one measured in units of time."""
    unit = table["measurementUnit"] if "measurementUnit" in table else pd.Series("", index=table.index)
    of_event = table["occurrenceID"] == "" if "occurrenceID" in table else pd.Series(True, index=table.index)
    time = table["measurementType"].str.strip().str.fullmatch(_EFFORT) & unit.str.strip().str.fullmatch(_TIME)
    at = (of_event & time).to_numpy(dtype=bool)
    text = table["measurementValue"][at].str.strip() + " " + unit[at].str.strip()
    return pd.DataFrame({"kit:key": table["kit:key"][at], "samplingEffort": text})
