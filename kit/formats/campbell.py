r"""Campbell Scientific data loggers: their table files (TOA5), as LoggerNet collects them.

Sample (a line about the logger, then three rows: names, units, what was done with the samples)::

    "TOA5","roof","CR1000X","1234","CR1000X.Std.05","CPU:roof.CR1X","4321","Table1"
    "TIMESTAMP","RECORD","BattV_Min","AirTC_Avg","RH","Rain_mm_Tot"
    "TS","RN","Volts","Deg C","%","mm"
    "","","Min","Avg","Smp","Tot"
    "2024-05-01 06:15:00",0,12.9,8.1,91,0.2

What the format defines
    A row is written at the **end** of the table's interval (found from the usual step between rows). ``Avg``,
    ``WVc`` (mean vector of the wind) and ``Tot`` (an amount) are of that interval, ``Smp`` is the value of
    the moment. Times are the logger's clock, which does not say its zone.
    https://help.campbellsci.com/loggernet-manual/ln_manual/campbell_scientific_file_formats/toa5.htm
Traps
    * ``Max``, ``Min``, ``Std`` and the like are no means; ``PTemp`` and ``Batt`` are the logger's own.
    * ``NAN``, ``INF``, ``7999`` and ``-7999`` are missing values.
    * Names are given in the logger's program; those of its program builder (``AirTC``, ``SlrW``, ``WS_ms``,
      ``BP_mbar``) settle the variable, others go to the vocabulary without their last part (``_Avg``).
      A probe on a wire (``T107``) may hang anywhere: ingest asks.
    * A kept copy has one row of names: ``AirTC_Avg (Deg C) Avg``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._decode import Note, decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._layout import records
from kit.formats._reasons import COMPUTED, COUNTER, EMPTY
from kit.formats._stations import DEVICE, EXTRA, EXTREME, words_column
from kit.model import Column, RawTable, Source

_DONE = r"Smp|Avg|Tot|Max|Min|Std|TMx|TMn|WVc|Med|Cov|Mom|Hst|ETXs|RSo|Tmx|Tmn|"
_START = re.compile(r'^\W?"?TOA5"?[,;\t]', re.I)
_NAMES = re.compile(r'^\W{0,2}TIMESTAMP"?(?P<separator>[,;\t])', re.M)
_JOINED = re.compile(rf"^(?P<name>.*?) \((?P<unit>[^()]*)\) ?(?P<done>{_DONE})$", re.I)
_KEPT = re.compile(r'^\W?"?TIMESTAMP \(TS\)"?[,;]')
_LAST_PART = re.compile(
    r"(_(Avg|Tot|Max|Min|Std|TMx|TMn|WVT|WVc|Smp|S|D1|SD1|C|F|mm|in|ms|mph|mbar|mmHg|kPa))+$"
)
_PLAIN = str.maketrans("()", "  ")
_UNITS = {
    "deg c": "°C", "degc": "°C", "deg f": "°F", "deg": "deg", "degrees": "deg", "meters/second": "m/s",
    "m/sec": "m/s", "miles/hour": "mph", "kilometers/hour": "km/h", "knots": "kn", "inch": "in",
    "inches": "in", "w/m^2": "W/m²", "watts/meter^2": "W/m²", "m^3/m^3": "m3/m3",
}  # fmt: skip
#: Names of the maker's program builder, the first that fits counts.
_OWN = (
    (r"Air_?T[CF]?\d?(_|$)|AirTemp", "temperature"), (r"RH\d?(_|$)", "humidity"), (r"WS_", "wind_speed"),
    (r"WindDir|WD_", "wind_direction"), (r"Rain_?(mm|in)", "rain"), (r"SlrW", "radiation"),
    (r"BP_", "pressure"), (r"DewPt|TdC", "dew_point"),
    (r"VWC?(_|\d|$)", "soil_moisture"),
)  # fmt: skip
_OF_DEVICE = re.compile(r"P(anel)?_?Temp|Batt|LoggerTemp|SkippedScan|WatchDog|Signal|LithBatt", re.I)
_NOT_MEAN = re.compile(r"(max|min|tmx|tmn)$", re.I)
_SCATTER = re.compile(r".*(_SD\d?(_|$)|_Std$|sigma)", re.I)
#: Probes on a wire, which may hang in air, soil or water.
_PROBE = re.compile(r"T10[789](_|$)")
_OTHER_DONE = re.compile(r"(std|cov|mom|hst|etxs|rso|med)$", re.I)


def sniff(source: Source, head: str) -> float:
    """Sure with the word TOA5 or a row of units that begins with TS below TIMESTAMP."""
    start = head.lstrip("\ufeff")
    if _START.match(start) or _KEPT.match(start.split("\n", 1)[0]):
        return 0.98
    return 0.95 if re.search(r'^\W{0,2}TIMESTAMP"?[,;\t].*\n\W{0,2}TS"?[,;\t]', start[:4000], re.M) else 0.0


def parse(source: Source) -> RawTable:
    """Read a table file, or its kept copy; see the module for its rules."""
    joined, around, notes = _one_header(source)
    table = read_table(joined, lambda cells: cells[0].startswith("TIMESTAMP"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    step = usual_step(table.frame.iloc[:, 0])
    columns = [_column(name, table.frame[name], at, step) for at, name in enumerate(table.header)]
    return RawTable(
        "campbell", "readings", table.frame, tuple(columns), decimal=table.decimal,
        missing=("NAN", "INF", "-INF", "7999", "-7999"), blank=table.blank, refused=table.refused,
        around=(*around, *table.around), notes=(*notes, *table.notes),
    )  # fmt: skip


def _one_header(source: Source) -> tuple[Source, tuple[str, ...], tuple[Note, ...]]:
    """Return the file with its rows of names, units and processing as one row of names."""
    decoded = decode(source)
    text = decoded.text.removeprefix("\ufeff")
    if _KEPT.match(text.split("\n", 1)[0]):
        return source, (), ()
    found = _NAMES.search(text)
    if found is None:
        raise FileError(
            "{file} has no column with the time.", do="Export it again with the time.", code="no-times",
            file=source.name,
        )  # fmt: skip
    separator = found["separator"]
    lines = text[found.start() :].split("\n")
    rows = [cells for _, cells in records("\n".join(lines[:3]), separator)]
    names, units = rows[0], rows[1] if len(rows) > 1 else []
    third = rows[2] if len(rows) > 2 and _is_done(rows[2]) else []
    below = 1 + bool(units and units[0].upper() == "TS") + bool(third)
    if below == 1:
        units = []
    filled = [cells + [""] * (len(names) - len(cells)) for cells in (units, third)]
    header = io.StringIO()
    csv.writer(header, delimiter=separator, lineterminator="\n").writerow(
        f"{name} ({unit.translate(_PLAIN)}) {done}".rstrip() if name else ""
        for name, unit, done in zip(names, *(cells[: len(names)] for cells in filled), strict=True)
    )
    above = tuple(line for line in text[: found.start()].split("\n") if line.strip())
    data = (header.getvalue() + "\n".join(lines[below:])).encode()
    return Source(source.name, data), above, decoded.notes


def _is_done(cells: Sequence[str]) -> bool:
    """Tell whether a row says what was done with the samples."""
    return any(cells) and all(re.fullmatch(_DONE, cell, re.I) for cell in cells)


def usual_step(times: pd.Series) -> int:
    """Return the usual step between rows in seconds, 0 where there is none (one row, steps of all lengths).

    >>> usual_step(pd.Series(["2024-05-01 06:15:00", "2024-05-01 06:30:00", "2024-05-01 06:45:00"]))
    900
    """
    sample = pd.to_datetime(times.iloc[:20_000], errors="coerce", format="ISO8601").dropna()
    steps = (sample.diff().dropna() / np.timedelta64(1, "s")).round().astype("int64")
    steps = steps[steps > 0]
    if steps.empty:
        return 0
    usual = int(steps.mode().iloc[0])
    return usual if usual <= 86_400 and (steps == usual).mean() > 0.5 else 0


def _column(name: str, cells: pd.Series, position: int, step: int) -> Column:
    found = _JOINED.match(name)
    own, text, done = (found["name"], found["unit"].strip(), found["done"]) if found else (name, "", "")
    if position == 0:
        return Column(name, "time", label=own)
    if own == "RECORD":
        return Column(name, "ignored", label=own, reason=COUNTER)
    if not (~cells.isin(("", "NAN"))).any():
        return Column(name, "ignored", label=own, reason=EMPTY)
    reason = (
        DEVICE if _OF_DEVICE.match(own)
        else EXTREME if _NOT_MEAN.match(done)
        else COMPUTED if _OTHER_DONE.match(done) or _SCATTER.match(own)
        else ""
    )  # fmt: skip
    if reason:
        return Column(name, "ignored", label=own, reason=reason)
    told = words_column(name, cells) if not cells.str.fullmatch("NAN|INF|-INF", case=False).any() else None
    if told is not None:
        return told
    variable = next((variable for pattern, variable in _OWN if re.match(pattern, own)), "")
    unit = _UNITS.get(text.lower(), text)
    label = f"{EXTRA} temperature" if _PROBE.match(own) else _LAST_PART.sub("", own).replace("_", " ")
    if done.lower() in ("avg", "tot", "wvc"):
        return Column(
            name, "value", label=label, variable=variable, unit=unit, period=step, stamp="end" if step else ""
        )
    return Column(name, "value", label=label, variable=variable, unit=unit)


FORMAT = Format("campbell", "Campbell Scientific", '"TOA5",… "TIMESTAMP","RECORD",…', sniff, parse)
