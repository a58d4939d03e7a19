r"""European Environment Agency: air quality of the official stations, as CSV (until 2024) and as Parquet.

Samples (the CSV names the station and writes the offset; the Parquet has codes and times without offset)::

    Countrycode,Namespace,AirQualityNetwork,AirQualityStation,AirQualityStationEoICode,SamplingPoint,
      SamplingProcess,Sample,AirPollutant,AirPollutantCode,AveragingTime,Concentration,UnitOfMeasurement,
      DatetimeBegin,DatetimeEnd,Validity,Verification
    EE,EE.X,NET-X,STA-X,X,SPO-X,SPP-X,SAM-X,NO2,…/8,hour,12.5,µg/m3,2024-05-01 00:00:00 +02:00,…,1,1

    Samplingpoint  Pollutant  Start  End  Value  Unit  AggType  Validity  Verification  ResultTime
    DataCapture

What the format defines
    One value a row. ``Pollutant`` is a number of the Eionet vocabulary (8 NO2, 5 PM10, 6001 PM2.5 …);
    ``AggType`` (``AveragingTime``) says over what the mean goes: hour or day. The time is the start.
    ``Validity`` 1, 2, 3 are valid (2 and 3 below the limit of detection), -1 and -99 are not: such values are
    kept with flag 4.
Traps
    * -999 is a missing value.
    * Times in Parquet files are in one offset all year, that of the country's own reports; it stands in the
      agency's table of stations and not in the file: kit asks.
    * Hours and days in one file: kit takes those that are most frequent and refuses the others row by row.
Sources: https://dd.eionet.europa.eu/vocabulary/aq/pollutant,
https://dd.eionet.europa.eu/vocabulary/aq/observationvalidity"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import verdicts
from kit.formats._reasons import ABOUT, OTHER_TIME
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_

_NAMES = (
    "Samplingpoint",
    "Pollutant",
    "Start",
    "End",
    "Value",
    "Unit",
    "AggType",
    "Validity",
    "Verification",
)
_OLD = {"AirQualityStation", "SamplingPoint", "AirPollutant", "Concentration", "DatetimeBegin"}
_CODES = {
    "1": "so2", "5": "pm10", "7": "o3", "8": "no2", "9": "nox", "10": "co", "20": "benzene", "38": "no",
    "6001": "pm25",
}  # fmt: skip
_LABELS = {
    "SO2": "so2", "PM10": "pm10", "O3": "o3", "NO2": "no2", "NOX as NO2": "nox", "CO": "co",
    "C6H6": "benzene", "NO": "no", "PM2.5": "pm25",
}  # fmt: skip
_PERIODS = {"hour": 3_600, "day": 86_400}
_VALIDITY = {"-1": "fail", "-99": "fail"}
#: Rows and bytes of a Parquet file that are read at most.
_MOST_ROWS, _MOST_BYTES = 5_000_000, 256 << 20
_OTHER_STEP = N_("Row {row} is a mean over another time ({value}) than most rows.")
_APART = N_("Give hours and days in files of their own.")


def sniff(source: Source, head: str) -> float:
    """Sure for the names of the columns, in the text or in the footer of a Parquet file."""
    if source.data[:4] == b"PAR1":
        tail = source.data[-(1 << 16) :]
        return 0.97 if b"Samplingpoint" in tail and b"AggType" in tail else 0.0
    first = head.lstrip("\ufeff \n").split("\n", 1)[0]
    return (
        0.97 if any(_is_header([cell.strip(' "') for cell in first.split(sign)]) for sign in ",;\t") else 0.0
    )


def _is_header(cells: Sequence[str]) -> bool:
    names = set(cells)
    return names >= _OLD or names >= {"Samplingpoint", "Pollutant", "Start", "Value", "AggType"}


def parse(source: Source) -> RawTable:
    """Read either generation of files; see the module."""
    table = _parquet(source) if source.data[:4] == b"PAR1" else read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    return _old(table) if set(table.header) >= _OLD else _new(table)


def _parquet(source: Source) -> Table:
    try:
        import polars as pl
    except ImportError:  # compiled: a browser has none
        raise FileError(
            "{file} is a Parquet file, and a browser cannot read those.",
            do="Bring the file to your teacher as it is.", code="not-in-browser", file=source.name,
        ) from None  # fmt: skip

    try:
        if len(source.data) > _MOST_BYTES:
            raise _too_large(source)
        with _silent():
            lazy = pl.scan_parquet(io.BytesIO(source.data))
            names = [name for name in _NAMES if name in lazy.collect_schema().names()]
            if int(lazy.select(pl.len()).collect().item()) > _MOST_ROWS:
                raise _too_large(source)
            found = lazy.select(names).with_columns(_as_text(pl)).collect()
    except (
        pl.exceptions.PolarsError,
        OSError,
        ValueError,
        OverflowError,
        pl.exceptions.PanicException,
    ) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            "{file} is a damaged Parquet file: it cannot be read.", do="Download or copy it again.",
            code="broken-parquet", file=source.name,
        ) from None  # fmt: skip
    cells = {name: found[name].fill_null("").to_list() for name in names}
    frame = pd.DataFrame(cells, index=pd.RangeIndex(1, len(found) + 1), dtype="str")
    frame = frame.apply(lambda column: column.str.strip())
    return Table(tuple(names), frame, ("",) * len(names))


@contextmanager
def _silent() -> Iterator[None]:
    """Keep from the screen what compiled code writes there itself: its own error comes as an exception."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a screen
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _as_text(pl: Any) -> list[Any]:
    """Every column as text: times as ISO 8601, decimals as plain numbers."""
    import polars.selectors as cs

    return [
        cs.temporal().dt.to_string("%Y-%m-%d %H:%M:%S"),
        cs.decimal().cast(pl.Float64).cast(pl.String),
        (cs.float() | cs.integer() | cs.boolean()).cast(pl.String),
    ]


def _too_large(source: Source) -> FileError:
    return FileError(
        "{file} holds more than {n} rows.", do="Download fewer years or stations at once.", code="too-large",
        file=source.name, n=_MOST_ROWS,
    )  # fmt: skip


def _old(table: Table) -> RawTable:
    roles = {"AirQualityStation": "station", "SamplingPoint": "sensor", "DatetimeBegin": "time",
             "AirPollutant": "note", "UnitOfMeasurement": "unit", "Concentration": "value",
             "Validity": "note", "Verification": "note", "AveragingTime": "note"}  # fmt: skip
    quantity = table.frame["AirPollutant"].map(_LABELS).fillna(table.frame["AirPollutant"]).astype("str")
    return _table(table, roles, quantity, "AveragingTime")


def _new(table: Table) -> RawTable:
    roles = {"Samplingpoint": "station", "Start": "time", "Unit": "unit", "Value": "value",
             "Pollutant": "note", "Validity": "note", "Verification": "note", "AggType": "note"}  # fmt: skip
    codes = table.frame["Pollutant"].str.replace(r"\.0$", "", regex=True).str.rsplit("/").str[-1]
    quantity = codes.map(_CODES).fillna(codes).astype("str")
    done = _table(table, roles, quantity, "AggType")
    done.fixed_offset = True
    return done


def _table(table: Table, roles: dict[str, str], quantity: pd.Series, step: str) -> RawTable:
    frame = table.frame.assign(quantity=quantity)
    columns = []
    for name in table.header:
        role = roles.get(name, "ignored")
        reason = "" if role != "ignored" else OTHER_TIME if "End" in name or "Time" in name else ABOUT
        columns.append(Column(name, role, label=name, reason=reason))  # type: ignore[arg-type]
    columns.append(Column("quantity", "label", derived=True))
    if "Validity" in frame:
        marks = frame["Validity"].str.replace(r"\.0$", "", regex=True)
        frame = frame.assign(invalid=verdicts(marks, _VALIDITY))
        columns.append(Column("invalid", "quality", derived=True))
    refused = list(table.refused)
    period = 0
    if step in frame and len(frame):
        steps = frame[step].str.lower()
        usual = str(steps.value_counts().idxmax())
        period = _PERIODS.get(usual, 0)
        other = steps != usual
        refused += [
            Problem("other-step", _OTHER_STEP, int(str(row)), step, str(value), _APART)
            for row, value in frame.loc[other, step].items()
        ]
        frame = frame[~other]
    return RawTable(
        "eea", "readings", frame, tuple(columns), period=period, decimal=table.decimal, missing=("-999",),
        blank=table.blank, refused=tuple(refused), around=table.around, notes=table.notes,
    )  # fmt: skip


FORMAT = Format(
    "eea", "European Environment Agency", "Samplingpoint,Pollutant,Start,End,Value,…", sniff, parse
)
