"""The least data with which a lesson can be taught: a sentence for people, needs for the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kit.lesson.record import record, records

#: Least data and lessons may speak of these beside the variables: days with a survey.
SIGHTINGS = "sightings"
#: Whose readings a need speaks of: those of the class's own station, those of it on days on which a station
#: beside it measured too, or those of other schools of its region.
WHOSE = ("ours", "beside", "region")


@dataclass(frozen=True)
class Need:
    """So many days, or full years, of a variable ("sightings": days with a survey), at so many schools."""

    variable: str
    days: int = 0
    years: int = 0
    schools: int = 1
    whose: str = "ours"


@dataclass(frozen=True)
class Least:
    """``[minimum]`` of a lesson."""

    text: str = ""
    needs: tuple[Need, ...] = ()

    @classmethod
    def read(cls, table: object) -> Least:
        """Read ``[minimum]``; an empty one says nothing."""
        found = record(cls, table, "lesson.toml", "minimum", apart=("needs",))
        needs = table.get("needs", []) if isinstance(table, Mapping) else []
        return replace(found, needs=records(Need, needs, "lesson.toml", "minimum.needs"))
