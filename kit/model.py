"""The shapes that the parts of kit hand to each other.

The way of a reading (ARCHITECTURE.md): ``Source`` → ``RawTable`` → ``Report`` → entry
(``kit/entry.py``) → tables → ``xarray.Dataset``. Only shapes live here, no behaviour beyond what belongs
to the shape.

Conventions, everywhere: times are ``datetime64[us]`` in UTC **without** a zone attached, and mark the
START of the period; values are float64 in the variable's canonical unit; a missing value is NaN.
``row`` is the number of the data record in its file, 1 for the first one after the header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from kit.text import tr

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Number of the readers-and-checks rule set. A citation is ``version/rules``.
RULES = 2


class Flag(IntEnum):
    """QARTOD flags (https://ioos.noaa.gov/project/qartod/), the only ones kit uses."""

    GOOD = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


#: Columns of a long table of readings and their dtypes. ``period`` is the averaging or summing period in
#: seconds (0: a momentary value, or the file does not say); ``reason`` holds the codes of the checks that
#: set the flag, joined by ";". Identity = station, sensor, variable, time, period.
READINGS: dict[str, str] = {
    "station": "str", "sensor": "str", "variable": "str", "time": "datetime64[us]", "period": "int32",
    "value": "float64", "flag": "int8", "reason": "str", "row": "int64",
}  # fmt: skip
IDENTITY = ("station", "sensor", "variable", "time", "period")

#: Periods of a calendar month and a calendar year in seconds: one number for every month (the mean length
#: in the Gregorian calendar), so that a period names the kind of value and not the month.
MONTH, YEAR = 2_629_746, 31_556_952

#: Columns of a table of sightings: Darwin Core terms (https://dwc.tdwg.org/terms/) where there is one.
#: ``eventDate`` is the local date as exact as it is known: YYYY-MM-DD, YYYY-MM, YYYY, or an interval of these
#: with "/" between; ``eventTime`` the local clock time or ""; ``complete`` says whether the survey listed
#: every taxon found; ``effort_minutes`` is NaN where no effort was recorded; ``individualCount`` is NaN where
#: presence only ("X") was noted; ``degreeOfEstablishment`` is "captive" or "cultivated" for what is not wild.
#: A row with ``scientificName`` and ``vernacularName`` "" and ``occurrenceStatus`` "" is a survey by itself:
#: it was done (with this ``eventID``, effort, ``complete``), and what no other row lists for it was not
#: there. Its ``complete`` counts for the whole survey.
SIGHTINGS: dict[str, str] = {
    "station": "str",
    "occurrenceID": "str",
    "eventID": "str",
    "eventDate": "str",
    "eventTime": "str",
    "decimalLatitude": "float64",
    "decimalLongitude": "float64",
    "coordinateUncertaintyInMeters": "float64",
    "scientificName": "str",
    "vernacularName": "str",
    "kingdom": "str",
    "class": "str",
    "individualCount": "float64",
    "occurrenceStatus": "str",
    "samplingProtocol": "str",
    "effort_minutes": "float64",
    "observers": "float64",
    "complete": "bool",
    "degreeOfEstablishment": "str",
    "identificationVerificationStatus": "str",
    "license": "str",
    "flag": "int8",
    "reason": "str",
    "row": "int64",
}


@dataclass(frozen=True)
class Source:
    """Bytes that someone wants to give, with the name they came under.

    ``name`` is the file's own name; a member of an archive is ``"a.zip!/x.csv"``.
    """

    name: str
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, as hex digits."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def line_ends(self) -> NDArray[np.int64]:
        """Places of the bytes that are line feeds, found in pieces that stay in the processor's cache.

        >>> Source("a.csv", b"a;b\\n1;2\\n").line_ends.tolist()
        [3, 7]
        """
        import numpy as np

        data, size = np.frombuffer(self.data, dtype=np.uint8), 1 << 18
        starts = range(0, len(data), size)
        found = [np.flatnonzero(data[start : start + size] == ord("\n")) + start for start in starts]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    @property
    def suffix(self) -> str:
        """The last extension of the name, lower case, with its dot ("" if none)."""
        last = self.name.rsplit("/", 1)[-1]
        return "." + last.rsplit(".", 1)[-1].lower() if "." in last else ""


#: What a column of a raw table holds.
Role = Literal[
    "time", "date", "clock", "elapsed", "value", "label", "unit", "station", "sensor",
    "latitude", "longitude", "elevation", "taxon", "count", "effort", "event", "note", "personal", "ignored",
    "run", "quality", "span",
]  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a raw table as the format understands it.

    ``variable`` and ``unit`` are given only where the format *defines* them; otherwise ingest asks
    the vocabulary with ``label``. ``sensor`` is the channel ("1" if the device has one).

    ``counter`` says that the values are a running total and when it starts again: ``"event"``, ``"hour"``,
    ``"day"``, ``"week"``, ``"month"``, ``"year"``, ``"total"`` (never, or when the device restarts);
    ``""`` for ordinary values. Ingest makes amounts of it.

    Roles that need a word: ``elapsed`` is time since the start of a run where the file has no clock, in
    ``unit`` (``ms``, ``s``, ``min``, ``h``, ``d``; ``rows``: no time at all, rows are counted); ``run``
    tells such runs apart. ``quality`` holds what the source itself says about values: cells are ``""``,
    ``"suspect"``, ``"estimated"`` or ``"fail"``; its ``label`` is the name of the value column that it
    speaks about (``""``: of every value in the row). ``span`` says how long the period of each row is:
    numbers in ``unit``, or without one the times at which the periods end.

    ``period`` and ``stamp`` are those of a value column where they are other than the table's: official
    tables have sums that end at the hour beside values of that moment. ``derived`` says that the format
    made the column of others; it is made again from the kept copy and does not stand in it.

    ``station`` is the place (as the file names it) that the column's values are from, where a table has one
    column for each of several places. ``usual`` is the unit that the device writes unless its owner chose
    another: the file does not say, so kit asks and proposes it first.
    """

    name: str
    role: Role
    label: str = ""
    variable: str = ""
    unit: str = ""
    sensor: str = "1"
    reason: str = ""
    counter: str = ""
    period: int | None = None
    stamp: Literal["", "start", "end"] = ""
    derived: bool = False
    station: str = ""
    usual: str = ""


@dataclass
class RawTable:
    """What a format reader returns: cells as they are, and what each column is.

    Attributes
    ----------
    format, kind
        Id of the format, e.g. ``"sensor-community"``; ``"readings"`` or ``"sightings"``.
    frame
        ``pandas.DataFrame`` with one row per data record; its index is the row number from 1.
        Cells are text as in the file ("" if empty) or typed: float64 (NaN), category, datetime64 (NaT).
    columns
        One :class:`Column` per column of ``frame``, same order, same names.
    zone
        ``"UTC"``, an IANA name, a fixed offset ``"+02:00"``, or ``""`` if the file does not say.
    stamp
        Whether a time stands at the ``"start"`` or the ``"end"`` of its period.
    period
        Averaging or summing period in seconds where the format or file states it (:data:`MONTH`, :data:`YEAR`
        for calendar ones), else 0.
    decimal, missing
        The decimal sign of numbers in text cells; texts for a missing value, beside the usual ones.
    blank, refused
        How many rows have no content (they are not in ``frame``); records that could not be split into cells.
    notes
        What was found out about the file, to be reported: (template, parameters).
    exposure
        ``"indoor"`` where the file says that the device stands inside a house, else ``""``.
    around
        Lines of text above and below the table (titles, remarks).
    container
        Whether the file is more than its table (a workbook with its author's name, an archive with
        descriptions of people): its kept copy is then always the plain table.
    fixed_offset
        Whether its times are in one offset from UTC all year that the file does not say: the standard time of
        the place where the file says where that is (latitude and longitude), else a question.
    sparse
        Whether an empty cell is no missing value: nothing was measured at that moment.
    written
        Where cells are numbers already: (column, places) to the texts in the file; see :meth:`texts`.
    """

    format: str
    kind: Literal["readings", "sightings"]
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    zone: str = ""
    stamp: Literal["start", "end"] = "start"
    period: int = 0
    decimal: str = "."
    missing: tuple[str, ...] = ()
    blank: int = 0
    refused: tuple[Problem, ...] = ()
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    exposure: str = ""
    around: tuple[str, ...] = ()
    container: bool = False
    fixed_offset: bool = False
    sparse: bool = False
    written: Callable[[str, Sequence[int]], list[str]] | None = field(default=None, repr=False)

    def texts(self, column: str, places: Sequence[int]) -> list[str]:
        """Return the cells of a column at some places (from 0) as they stand in the file."""
        if self.written is not None:
            return self.written(column, places)
        cells = self.frame[column].array
        return [str(cells[place]) for place in places]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one row (or, with ``row`` None, with the whole file).

    ``message`` and ``suggestion`` are English templates; ``params`` fill them. A parameter ``why`` is a
    template itself (the reason of a check).
    """

    code: str
    message: str
    row: int | None = None
    column: str = ""
    value: str = ""
    suggestion: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return the keys of ``problems`` in the command line's ``--json``."""
        places = {"row": self.row, "column": self.column, "value": self.value, **self.params}
        if "why" in places:
            places["why"] = tr(str(places["why"]), lang)
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "message": tr(self.message, lang, **places),
            "suggestion": tr(self.suggestion, lang, **places) if self.suggestion else "",
        }


@dataclass(frozen=True)
class NotRun:
    """A check that could not run: which, on what, and why (an English template with ``params``)."""

    check: str
    variable: str
    station: str
    why: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return the keys of ``not_run`` in the command line's ``--json``."""
        why = tr(self.why, lang, **self.params)
        return {"check": self.check, "variable": self.variable, "station": self.station, "why": why}


@dataclass(frozen=True)
class Question:
    """Something only a person knows. ``options`` are (value, English label); the likely one is first.

    ``params`` fill the places in ``text`` and in the labels.
    """

    id: str
    text: str
    options: tuple[tuple[str, str], ...] = ()
    likely: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return the keys of ``questions`` in the command line's ``--json``."""
        options = [{"value": value, "label": tr(label, lang, **self.params)} for value, label in self.options]
        return {
            "id": self.id,
            "text": tr(self.text, lang, **self.params),
            "options": options,
            "likely": self.likely,
        }


@dataclass(frozen=True)
class Station:
    """A place where a school measures. ``id`` is ``"<school>/<place>"``, e.g. ``"EE-TRT-7k2p/roof"``.

    Coordinates are degrees (WGS 84) with three decimals at most, None if unknown; elevation is in metres;
    ``zone`` is an IANA name; ``region`` an ISO 3166-2 code.
    """

    id: str
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    elevation: float | None = None
    zone: str = ""
    exposure: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        for axis in ("latitude", "longitude"):
            value = getattr(self, axis)
            if value is not None:
                object.__setattr__(self, axis, round(float(value), 3))

    @property
    def school(self) -> str:
        """The school's id: the part of the station's id before the slash."""
        return self.id.split("/", 1)[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a dict (the payload of a ``station`` entry)."""
        return asdict(self)


@dataclass
class Report:
    """What kit understood of one file. Nothing is stored by making one.

    ``kept`` is the kept copy: the original bytes, or a redacted copy where columns were dropped.
    ``answers`` is complete: ``understand(kept, answers, stations)`` gives this report's tables again.
    ``readings`` has the columns of :data:`READINGS`, ``sightings`` those of :data:`SIGHTINGS`.
    A row is in exactly one of rejected > duplicate > flagged > accepted; blank rows are counted apart.
    ``signature`` is the same for every file that this device exports in this way: answers to questions are
    remembered under it.
    """

    file: str
    format: str
    kind: Literal["readings", "sightings"]
    stations: tuple[Station, ...]
    answers: dict[str, str]
    readings: pd.DataFrame
    sightings: pd.DataFrame
    rows: int
    blank: int = 0
    accepted: int = 0
    flagged: int = 0
    rejected: int = 0
    duplicate: int = 0
    values: int = 0
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    time: dict[str, str] = field(default_factory=dict)
    dropped_columns: tuple[str, ...] = ()
    ignored_columns: dict[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    kept: Source = field(default_factory=lambda: Source("", b""), repr=False)
    signature: str = ""


def empty(columns: Mapping[str, str]) -> pd.DataFrame:
    """Return an empty table with the given columns and dtypes."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})
