r"""Davis WeatherLink: the CSV export of the web page and the text export of the program.

Sample of the web page (semicolons, decimal comma, two or three blanks inside names and times)::

    time;Barometer;Temp ;High Temp ;Hum;Dew Point ;Wind Speed ;Wind Direction;Wind Run - km;Rain ;Rain Rate
    02/08/2024   15:30;1015,0;28,9;29,2;43,0;15,1;16,1;N;4,02;0,0;0,0

What the format defines
    One row is one archive interval (1 to 120 minutes, set in the console; ``Arc. Int.`` says it, else the
    clock). Its time is the **end** of the interval, by the console's local clock. Temp, Hum, Wind Speed are
    means of the interval, High and Low its extremes, Rain the amount in it (not a counter), Wind Direction
    the most frequent of 16 directions, Barometer is **reduced to sea level**.
Traps
    * Names mostly have no units: they follow the account's settings. kit finds them from the file itself
      where that is certain - dew point from temperature and humidity, wind run from wind speed, the size
      of the barometer's numbers, the digits of the rain - and leaves the others open, so that ingest asks.
    * ``---`` and empty are missing values; a calm has no direction.
    * The program's text export has two header rows ("Temp" over "Out"), separated by tabs, or by blanks with
      the words above each other and a line of dashes below; its clock says "1:00a" and "12:30p".
    * Newer web exports have lines about the station above the table, units in the names ("Temp - °C") and
      ``--`` for missing values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._columns import split_unit
from kit.formats._decode import decode
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import COMPUTED, EMPTY, EXTREMES
from kit.formats._source import is_workbook
from kit.formats._stations import words_column
from kit.formats._times import join_clock
from kit.model import Column, RawTable, Source
from kit.text import N_

_OWN = re.compile(
    r"thw|thsw|wind run|hi(gh)? temp|low temp|bar(ometer)?|hi(gh)? speed|hi(gh)? wind|cool\w* d|heat\w* d"
    r"|arc\.? int",
    re.I,
)
_EXTREME = re.compile(r"^(hi|high|low)\b(?! *(wind *)?(speed|gust))", re.I)
_DERIVED = re.compile(
    r"wind chill|^in(side)? (dew|heat)|heat index|th[sw]+ index|wet *bulb|degree *days|d-?d$|^et$|wind run"
    r"|wind samp|wind tx|iss recept|arc\.? int|air density|emc|^solar energy|uv dose",
    re.I,
)
#: Wet records that show the step of the bucket; the archive intervals that a console offers, in minutes.
TIPS = 12
INTERVALS = (1, 5, 10, 15, 30, 60, 120)
#: Davis' names for what the vocabulary would have to ask.
_NAMED = (
    (r"barometer|bar|sea level pressure", "pressure_sea_level"), (r"abs(olute)? pressure", "pressure"),
    (r"(prevailing |dominant |avg )?wind dir(ection)?", "wind_direction"),
    (r"(hi|high) (wind )?speed|(10 min )?wind gust", "wind_gust"),
    (r"(avg |average )?wind speed", "wind_speed"), (r"temp( out)?|out(side)? temp", "temperature"),
    (r"hum|out(side)? hum", "humidity"),
    (r"(in|inside) temp|temp in", "temperature_indoor"), (r"(in|inside) hum|hum in", "humidity_indoor"),
    (r"dew pt|dew point", "dew_point"), (r"rain", "rain"), (r"rain rate", "rain_rate"),
)  # fmt: skip

_Numbers = np.ndarray


def sniff(source: Source, head: str) -> float:
    """High if the header has Davis' own columns."""
    for line in head.lstrip("\ufeff").split("\n", 8)[:8]:
        names = [" ".join(name.strip(' "').split()) for name in re.split(r"[,;\t]", line)]
        if len(names) > 4 and re.match(r"(time|date)\b", names[0], re.I):
            own = sum(1 for name in names if _OWN.match(name))
            if own >= 2 and any(re.match(r"temp", name, re.I) for name in names):
                return 0.9
    start = head[:600]
    if re.search(r"Temp\s+(Hi|Hum)|Temp\s+Temp", start) and re.search(
        r"^\s*Date\s+Time\s+Out\s+Temp", start, re.M
    ):
        return 0.9
    return 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return bool(re.match(r"(time|date)", cells[0], re.I)) and len(cells) > 4


def parse(source: Source) -> RawTable:
    """Read an export of WeatherLink; see the module for how units are found."""
    table = read_table(_tabbed(source), _is_header, (";", "\t", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    columns = [
        words_column(name, table.frame[name])
        or _column(name, bool((table.frame[name] != "").any()), position)
        for position, name in enumerate(table.header)
    ]
    columns, found = _with_units(table, columns)
    notes = list(table.notes)
    if found:
        words = ", ".join(f"{name}: {unit}" for name, unit in found.items())
        notes.append((N_("Units that follow from the numbers themselves: {units}."), {"units": words}))
    frame = table.frame
    clock = next((column.name for column in columns if column.role == "clock"), "")
    date = next((column.name for column in columns if column.role == "date"), "")
    if clock and date:
        whole = frame[clock].str.replace(r"^(\d{1,2}:\d{2})\s*([ap])m?$", r"\1 \2m", regex=True, case=False)
        joined, columns, note = join_clock(frame.assign(**{clock: whole}), columns, date, clock)
        frame = joined.assign(**{clock: frame[clock]})
        notes.append(note)
    if not any(column.role == "time" for column in columns):
        raise FileError(
            "{file} has no column with the time.", do="Export it again with the time.", code="no-times",
            file=source.name,
        )  # fmt: skip
    clock = next(column.name for column in columns if column.role == "time")
    return RawTable(
        "weatherlink", "readings", frame, tuple(columns), stamp="end",
        period=stated_interval(table) or interval(frame[clock]), decimal=table.decimal,
        missing=("---", "--", "------"), blank=table.blank, refused=table.refused,
        around=table.around, notes=tuple(notes),
    )  # fmt: skip


def _tabbed(source: Source) -> Source:
    """Return the text export with blanks as a table with tabs and one header row; others as they are.

    >>> text = b"              Temp  Hi\\n Date  Time   Out Speed\\n-----\\n1/5/24 1:00a 7.1  9.7\\n"
    >>> _tabbed(Source("a.txt", text)).data.decode().splitlines()
    ['Date\\tTime\\tTemp Out\\tHi Speed', '1/5/24\\t1:00a\\t7.1\\t9.7']
    """
    if is_workbook(source.data) or not re.search(rb"^[ ]*Date[ ]+Time[ ]+Out ", source.data, re.M):
        return source
    lines = decode(source).text.removeprefix("\ufeff").split("\n")
    at = next((n for n, line in enumerate(lines) if re.match(r" *Date +Time +Out ", line)), 0)
    if at == 0 or "\t" in lines[at]:
        return source
    above = [(found.start(), found.end(), found[0]) for found in re.finditer(r"\S+", lines[at - 1])]
    names = []
    for found in re.finditer(r"\S+", lines[at]):
        start, end = found.span()
        over = [word for left, right, word in above if right > start and left < end]
        names.append(" ".join([*over, found[0]]))
    below = lines[at + 1 :]
    if below and re.fullmatch(r"[-= ]+", below[0] or " "):
        below = below[1:]
    rows = ["\t".join(line.split()) for line in below]
    return Source(source.name, "\n".join(["\t".join(names), *rows]).encode())


def _column(name: str, filled: bool, position: int) -> Column:
    label, unit = split_unit(name)
    low = " ".join(label.lower().replace(".", " ").split())
    if position == 0 and low == "date":
        return Column(name, "date", label=label)
    if position == 1 and low == "time":
        return Column(name, "clock", label=label)
    if position == 0:
        return Column(name, "time", label=label)
    if not filled:
        return Column(name, "ignored", label=label, reason=EMPTY)
    if _DERIVED.search(low):
        return Column(name, "ignored", label=label, unit=unit, reason=COMPUTED)
    if _EXTREME.match(low):
        return Column(name, "ignored", label=label, unit=unit, reason=EXTREMES)
    variable = next((variable for pattern, variable in _NAMED if re.fullmatch(pattern, low)), "")
    if variable:
        return Column(name, "value", label=label, variable=variable, unit=unit)
    return Column(name, "value", label=label, unit=unit)


def _with_units(table: Table, columns: list[Column]) -> tuple[list[Column], dict[str, str]]:
    """Fill units that the header does not state but the numbers prove."""
    numbers = {column.name: _numbers(table, column.name) for column in columns}

    def named(*labels: str) -> Column | None:
        return next((c for c in columns if " ".join(c.label.lower().split()) in labels), None)

    proven: dict[str, str] = {}
    temperature, humidity, dew = (
        named("temp", "temp out"),
        named("hum", "out hum"),
        named("dew point", "dew pt."),
    )
    if temperature and humidity and dew:
        unit = temperature_unit(numbers[temperature.name], numbers[humidity.name], numbers[dew.name])
        proven |= {c.name: unit for c in columns if unit and re.search(r"temp|dew", c.label, re.I)}
    speed, run = named("wind speed"), next((c for c in columns if re.match("wind run", c.label, re.I)), None)
    if speed and run:
        hours = stated_interval(table) / 3600
        unit = wind_unit(numbers[speed.name], numbers[run.name], run.unit, hours)
        proven |= {
            c.name: unit for c in columns if unit and re.search(r"wind speed|hi speed|gust", c.label, re.I)
        }
    bar = named("barometer", "bar")
    if bar:
        size = float(np.nanmedian(numbers[bar.name])) if np.isfinite(numbers[bar.name]).any() else 0.0
        limits = {"hPa": (870, 1085), "inHg": (25.5, 32.1), "mmHg": (650, 815)}
        proven |= dict.fromkeys(
            [bar.name], next((u for u, (low, high) in limits.items() if low < size < high), "")
        )
    rain = named("rain")
    if rain:
        unit = rain_unit(table.frame[rain.name], table.decimal)
        proven |= {
            c.name: unit + ("/h" if "rate" in c.label.lower() else "")
            for c in columns
            if unit and re.match("rain", c.label, re.I)
        }
    proven |= {c.name: "%" for c in columns if re.search(r"\bhum\b", c.label, re.I)}
    filled = [
        replace(c, unit=proven[c.name]) if c.role == "value" and not c.unit and c.name in proven else c
        for c in columns
    ]
    shown = {c.label: c.unit for c, before in zip(filled, columns, strict=True) if c.unit != before.unit}
    return filled, shown


def _numbers(table: Table, name: str) -> _Numbers:
    cells = table.frame[name].iloc[:5000]
    plain = cells.str.replace(",", ".", regex=False) if table.decimal == "," else cells
    return pd.to_numeric(plain, errors="coerce").to_numpy(dtype="float64")


def temperature_unit(temperature: _Numbers, humidity: _Numbers, dew_point: _Numbers) -> str:
    """Return "°C" or "°F", whichever makes the dew point follow from temperature and humidity, else "".

    Magnus formula with the constants of Alduchov and Eskridge 1996
    (doi:10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2).
    It is certain if the median error is below 0.6 degrees in one unit and at least three times that in the
    other.

    >>> temperature_unit(np.array([28.9, 10.0]), np.array([43.0, 80.0]), np.array([15.1, 6.7]))
    '°C'
    """
    errors = {}
    with np.errstate(all="ignore"):
        for unit, scale, zero in (("°C", 1.0, 0.0), ("°F", 1.8, 32.0)):
            celsius = (temperature - zero) / scale
            gamma = np.log(humidity / 100) + 17.625 * celsius / (243.04 + celsius)
            expected = 243.04 * gamma / (17.625 - gamma) * scale + zero
            off = np.abs(expected - dew_point)[
                np.isfinite(expected) & np.isfinite(dew_point) & (humidity < 90)
            ]
            errors[unit] = float(np.median(off)) if len(off) else np.inf
    best, other = sorted(errors, key=lambda unit: errors[unit])
    return best if errors[best] < 0.6 and errors[other] > 3 * errors[best] + 0.6 else ""


def interval(times: pd.Series) -> int:
    """Return the archive interval in seconds: the usual step between rows, if a console offers it, else 0.

    Only the clock is looked at, so the order of day and month does not matter. A file of one row has no step.

    >>> interval(pd.Series(["02/08/2024 15:30", "02/08/2024 15:45", "02/08/2024 16:00"]))
    900
    """
    parts = times.str.extract(r"(\d{1,2}):(\d{2})\s*([AaPp])?")
    minutes = pd.to_numeric(parts[0]) % np.where(parts[2].isna(), 24, 12) * 60 + pd.to_numeric(parts[1])
    minutes += 720 * parts[2].str.lower().eq("p").astype(float)
    steps = (minutes.diff().dropna() % 1440).astype("int64")
    if steps.empty:
        return 0
    usual = int(steps.mode().iloc[0])
    return usual * 60 if usual in INTERVALS and (steps == usual).mean() > 0.5 else 0


def stated_interval(table: Table) -> int:
    """Return the archive interval in seconds where the column "Arc. Int." states it for most rows, else 0.

    >>> stated_interval(Table(("Arc. Int.",), pd.DataFrame({"Arc. Int.": ["5", "5"]}), ("",)))
    300
    """
    name = next((name for name in table.header if re.fullmatch(r"arc\.? ?int\.?", name, re.I)), "")
    minutes = pd.to_numeric(table.frame[name], errors="coerce").dropna() if name else pd.Series(dtype=float)
    usual = minutes.mode()
    good = len(usual) == 1 and usual.iloc[0] in INTERVALS and (minutes == usual.iloc[0]).mean() > 0.9
    return int(usual.iloc[0]) * 60 if good else 0


def wind_unit(speed: _Numbers, run: _Numbers, length: str, hours: float = 0.0) -> str:
    """Return the unit of wind speed from the wind run of each interval (``length`` "km", "mi" or ""), or "".

    Where the interval is not stated (``hours`` 0), the ratio run/speed must be one of a console's intervals.
    Where the unit of the run is not stated, only ratios count that a single pair of units can have: 1 may be
    km and km/h or miles and mph.

    >>> wind_unit(np.array([16.1, 8.0]), np.array([4.02, 2.0]), "km")
    'km/h'
    >>> wind_unit(np.array([4.0, 5.0]), np.array([1.2, 1.5]), "", 1 / 12)
    'm/s'
    """
    fits = np.isfinite(speed) & np.isfinite(run) & (speed > 3) & (run > 0)
    if not fits.any():
        return ""
    ratio = float(np.median(run[fits] / speed[fits]))
    per_hour = {
        "km": (("km/h", 1.0), ("m/s", 3.6), ("kn", 1.852), ("mph", 1.609)),
        "mi": (("mph", 1.0), ("m/s", 2.237), ("kn", 1.151), ("km/h", 0.6214)),
    }
    if hours:
        pairs = [pair for one, given in per_hour.items() if length in (one, "") for pair in given]
        good = {unit for unit, factor in pairs if abs(ratio / factor / hours - 1) < 0.03}
    else:
        intervals = np.array(INTERVALS) / 60
        pairs = [pair for pair in per_hour.get(length, ()) if pair[1] in (1.0, 3.6)]
        good = {unit for unit, factor in pairs if np.min(np.abs(ratio / factor / intervals - 1)) < 0.02}
    return good.pop() if len(good) == 1 else ""


def rain_unit(cells: pd.Series, decimal: str) -> str:
    """Return "mm" or "in" from the digits of a rain column, "" if nothing fell.

    The bucket tips at 0.2 mm or at 0.01 in, so inches need two decimals and millimetres one; where two are
    written and the second is always 0, in many wet records, they are millimetres too.

    >>> rain_unit(pd.Series(["0,0", "0,2", "1,4"]), ","), rain_unit(pd.Series(["0.00", "0.05"]), ".")
    ('mm', 'in')
    """
    wet = cells[cells.str.contains("[1-9]", regex=True)]
    digits = wet.str.extract(re.escape(decimal) + r"(\d+)$")[0].dropna().str.len()
    if not len(digits):
        return ""
    if (digits == 1).all():
        return "mm"
    steps = pd.to_numeric(wet.str.replace(decimal, ".", regex=False), errors="coerce") * 100
    odd = (steps.round() % 10 != 0).any()
    if (digits == 2).all() and not odd and len(wet) >= TIPS:
        return "mm"
    return "in" if (digits == 2).all() and odd and steps.max() < 400 else ""


FORMAT = Format(
    "weatherlink", "Davis WeatherLink", "time;Barometer;Temp;High Temp;Hum;…;Wind Run", sniff, parse
)
