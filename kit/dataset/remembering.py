"""Answers are remembered: next week's file of a device needs none.

What was answered for a file is kept in its submission, with the device's signature
(:mod:`kit.ingest.signature`). The next file of the same school with the same signature takes the answers of
the latest such submission that counts, but only to questions that it raises, and only where they fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kit.model import IDENTITY, Question, Report, Station

if TYPE_CHECKING:
    import pandas as pd

    from kit.dataset.state import State

#: A device that is further away than this (degrees) from where it was is not taken to be at the same station.
NEAR = 0.005
#: Of how many readings known already (at least) more than half must agree.
COMPARED = 5


@dataclass
class Memory:
    """What was answered for an earlier file, and which of it was ``used`` for this one."""

    submission: str = ""
    file: str = ""
    made: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    stations: Mapping[str, Station] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def fitting(self, questions: tuple[Question, ...], given: Mapping[str, str]) -> dict[str, str]:
        """Return the remembered answers to those questions that nobody answered and that they fit."""
        found = {}
        for question in questions:
            answer = self.answers.get(question.id, "")
            is_open = bool(answer) and question.id not in given and question.id not in self.refused
            if is_open and self._fits(question, answer):
                found[question.id] = answer
                self.asked[question.id] = question
        self.used |= found
        return found

    def _fits(self, question: Question, answer: str) -> bool:
        kind = question.id.split(".", 1)[0]
        if kind in ("start", "interval", "date"):
            return False  # what is true of one run says nothing about the next
        if kind == "station":
            return answer in self.stations and _near(self.stations[answer], question)
        return kind == "zone" or not question.options or answer in dict(question.options)

    def misfits(self, report: Report, already: pd.DataFrame | None) -> set[str]:
        """Return the answers that were used and do not suit what the file then says; they are asked for."""
        wrong = {name for name in self.used if _is_odd_unit(report, self.asked[name], self.used[name])}
        if any(name.split(".")[0] == "station" for name in self.used) and contradict(report, already):
            wrong |= {name for name in self.used if name.split(".")[0] == "station"}
        self.refused |= wrong
        for name in wrong:
            del self.used[name]
        return wrong

    def record(self) -> dict[str, Any]:
        """Return what the receipt says of it ({} where nothing was used)."""
        if not self.used:
            return {}
        used = dict(sorted(self.used.items()))
        return {"submission": self.submission, "file": self.file, "made": self.made, "answers": used}


def recall(state: State, signature: str, school: str) -> Memory:
    """Return what the school answered for the latest file with this signature.

    The station is left out where files with this signature were given for several stations: two devices of
    one kind look the same. The start of a measurement belongs to one file.
    """
    alike = [
        item for item in state.alike("signature", signature) if item.school == school and not item.retracted
    ]
    if not alike or not signature:
        return Memory()
    latest = alike[-1]
    every = [item.entry.content["answers"] for item in alike]
    found = {}
    for name, text in every[-1].items():
        kind = name.split(".", 1)[0]
        if kind == "station" and any(other.get(name, text) != text for other in every):
            continue
        if kind not in ("start", "date"):
            found[name] = text
    return Memory(latest.id, latest.file, latest.made, found, state.stations)


def _near(station: Station, question: Question) -> bool:
    """Tell whether a file's place, as far as it says one, is that of the station."""
    here = [question.params.get(axis) for axis in ("latitude", "longitude")]
    there = [station.latitude, station.longitude]
    pairs = [(float(a), b) for a, b in zip(here, there, strict=True) if a is not None and b is not None]
    return all(abs(a - b) <= NEAR for a, b in pairs)


def _is_odd_unit(report: Report, question: Question, answer: str) -> bool:
    """Tell whether with this unit most values are impossible, while another unit would be the likely one."""
    if not question.id.startswith("unit.") or answer == question.likely:
        return False
    values = report.readings[report.readings["variable"] == question.params.get("variable")]
    values = values[values["value"].notna()]
    return len(values) > 0 and bool(values["reason"].str.contains("out-of-range|unusual-value").mean() > 0.5)


def contradict(report: Report, already: pd.DataFrame | None) -> bool:
    """Tell whether most readings have another value than what is known for the same time: another device."""
    if already is None or not len(already) or report.kind != "readings":
        return False
    keys = list(IDENTITY)
    mine = report.readings.loc[report.readings["value"].notna(), [*keys, "value"]]
    both = mine.drop_duplicates(keys, keep="last").merge(already[[*keys, "value"]].dropna(), on=keys)
    differs = (both["value_x"] != both["value_y"]).groupby(both["variable"]).agg(["size", "mean"])
    return bool(((differs["size"] >= COMPARED) & (differs["mean"] > 0.5)).any())
