r"""micro:bit data log: the file MY_DATA.HTM of its drive, the CSV that this page saves, MakeCode's console.

Samples: the CSV (or its cells with tabs, from the button "Copy"; or saved again by a spreadsheet)::

    Time (seconds),temperature,light
    0.48,21,116
    60.52,21,118
    Time (seconds),temperature,light,sound
    0.50,22,97,14

MakeCode's "show data" (``data-2026-….csv``), one time column for each series::

    sep=<tab>
    time (source1)<tab>temperature<tab>time (source1)<tab>light
    0<tab>21<tab>0.03<tab>116

MY_DATA.HTM is a page of 2 KB that ends in ``<!--FS_START``, then the raw flash memory::

    UBIT_LOG_FS_V_002\n0x0001EFFC\00x00002000\00256\0a,b,c\n<0xFF …>00000000<0xFF …>a,b,c\n1,2,3\n<0xFF …>

What the format defines
    The two numbers are the addresses of the log's end and of its first byte, counted from the beginning of
    the page; the log ends at the first 0xFF. ``FUL`` behind its end says that it was full.
    (MicroBitLog.cpp in https://github.com/lancaster-university/codal-microbit-v2.)
    ``Time (…)`` counts from the moment when the device was switched on or reset, in the unit in brackets.
Traps
    * No clock: a person must say when it was switched on. After each reset the time starts again at 0: that
      is another run.
    * When a program logs under a new name, another header stands in the middle; rows before it are shorter.
    * Erased logs stay in the flash memory behind the log, or in old pages: they are not read.
    * Time stamps are switched on in the program. A log without them has no time at all: kit asks how far
      apart its rows are.
    * Firmware of the first years wrote "hours" where the program had asked for days.
    * ``light`` and ``sound`` are the device's own levels from 0 to 255, not lux or decibels: whole numbers in
      this range are no illuminance and no noise, unless a person says so. So are moistures above 100: levels
      of an analogue pin, 0 to 1023. ``temperature`` is that of the chip.
    * The page saved by a browser has U+FFFD in place of 0xFF and NUL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._body import ragged
from kit.formats._columns import unique
from kit.formats._decode import Note, decode
from kit.formats._delimited import decimal_sign, no_rows
from kit.formats._format import Format
from kit.formats._layout import is_date, is_number
from kit.formats._reasons import EMPTY, OTHER_TIME
from kit.formats._source import is_workbook
from kit.formats._workbook import sheets
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_
from kit.vocab.durations import SECONDS, duration_unit

_MARK = re.compile(r"UBIT_LOG_FS_V_\d{3}[\s\x00\ufffd]+0x([0-9A-Fa-f]{8})[\s\x00\ufffd]+0x([0-9A-Fa-f]{8})")
_TIME = re.compile(r"[Tt]ime \((milliseconds|seconds|minutes|hours|days)\)$")
_CONSOLE = re.compile(r"time \(source\d+\)$")
#: The names of a console's series below each other.
_STACKED = ["time (source1)", "series", "value"]
_LEVEL = "micro:bit level without a unit"
_PAD = "\xff\ufffd\x00"
#: The page in front of the log: dataStart counts from its beginning.
_PAGE = 2048
_NO_UNIT = N_("a level of the device itself, from 0 to 255 (a pin: to 1023), not lux, decibels or percent")
_FULL = N_("The log of the micro:bit was full: what was measured afterwards is not in it.")
_HEADERS = N_("The log has {n} rows with names of columns: the program or its columns changed.")
_SIDE_BY_SIDE = N_(
    "Each series has a time of its own; they were put below each other. Row {row} is the first of {name}."
)


def sniff(source: Source, head: str) -> float:
    """Sure with the mark of the log's memory or its time column; a name such as microbit.csv is a hint."""
    if _is_image(source):
        return 0.99
    lines = [line for line in head.lstrip("\ufeff").split("\n", 8)[:8] if line.strip()]
    lines = lines[1:] if lines and lines[0].startswith("sep=") else lines
    if not lines:
        return 0.0
    cells = _cells(lines[0], _separator(lines[0]))
    if _CONSOLE.match(cells[0]) or any(_TIME.match(cell) for cell in cells):
        return 0.9
    named = re.search(r"(^|/)(microbit|my_?data)[^/]*\.(csv|txt|tsv)$", source.name, re.I)
    bare = len(lines) > 1 and not any(is_date(cell) for cell in _cells(lines[1], _separator(lines[0])))
    return 0.85 if named and bare and not any(map(is_number, cells)) and ":" not in lines[0] else 0.0


def _is_image(source: Source) -> bool:
    start = Source(source.name, source.data[: 1 << 15])
    return b"UBIT_LOG_FS_V_" in start.data and _MARK.search(_image(start)) is not None


def _image(source: Source) -> str:
    """The file as text with one letter for each byte (or each letter of a page that a browser saved)."""
    if b"\xef\xbf\xbd" * 8 in source.data:
        return source.data.decode("utf-8", errors="replace")
    return source.data.decode("latin-1")


def parse(source: Source) -> RawTable:
    """Read a log; see the module for its rules."""
    notes: list[Note] = []
    if _is_image(source):
        text = _from_image(source, notes)
    elif is_workbook(source.data):
        text = _from_workbook(source)
    else:
        decoded = decode(source)
        text = decoded.text.lstrip("\ufeff")
        notes += decoded.notes
    if text.startswith("sep="):
        text = text.partition("\n")[2]
    cut = _is_image(source) and not text.endswith("\n")
    log = _read(source, text, cut)
    if log.frame.empty:
        raise no_rows(source.name)
    if log.headers > 1:
        notes.append((_HEADERS, {"n": log.headers}))
    frame, columns = _columns(log, notes)
    return RawTable(
        "microbit", "readings", frame, tuple(columns), decimal=decimal_sign(frame, log.separator),
        blank=log.blank, refused=tuple(log.refused), notes=tuple(notes),
    )  # fmt: skip


def _from_image(source: Source, notes: list[Note]) -> str:
    """Return the log in the flash memory: from its first byte to the first 0xFF."""
    image = _image(source)
    mark = next(iter(_MARK.finditer(image)))
    shift = mark.start() - _PAGE
    start, end = int(mark[2], 16) + shift, int(mark[1], 16) + shift
    if image[end + 1 : end + 4] == "FUL":
        notes.append((_FULL, {}))
    aligned = (
        image[start - 1 : start] and image[start - 1] in _PAD and image[start : start + 1] not in ("", *_PAD)
    )
    if not aligned:
        # shifted (line ends were changed on the way) or empty: behind the journal of eight hexadecimal digits
        found = re.search(rf"[{_PAD}][0-9A-F]{{8}}[{_PAD}]+(?=[^{_PAD}])", image[mark.end() :])
        start = mark.end() + found.end() if found else len(image)
    log = re.split(rf"[{_PAD}]", image[start : max(end, start)], maxsplit=1)[0]
    if not log.strip():
        raise FileError(
            "{file} is the log of a micro:bit, and it is empty.",
            why="Nothing was logged since it was cleared.",
            do="Run the program, unplug the micro:bit and plug it in again, then copy MY_DATA.HTM.",
            code="only-header", file=source.name,
        )  # fmt: skip
    try:
        return log.encode("latin-1").decode("utf-8").replace("\r\n", "\n")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return log.replace("\r\n", "\n")


def _from_workbook(source: Source) -> str:
    """Return the first sheet that begins with names of columns of a log."""
    texts = [text for _, text in sheets(source)]
    return next((text for text in texts if sniff(Source("microbit.csv", text.encode()), text)), texts[0])


@dataclass
class _Log:
    """Split records under the union of all headers; ``header`` has the names of columns in their order."""

    frame: pd.DataFrame
    separator: str
    headers: int
    blank: int
    refused: list[Problem] = field(default_factory=list)


def _separator(line: str) -> str:
    return max(("\t", ";", ","), key=line.count)


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(separator)]


def _read(source: Source, text: str, cut: bool = False) -> _Log:
    lines = text.rstrip("\n").split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip(" \t,;")), len(lines) - 1)
    separator = _separator(lines[first])
    header = _cells(lines[first], separator)
    if any(map(is_number, header)) or (first > 0 and not any(_TIME.match(cell) for cell in header)):
        raise FileError(
            "{file} is the log of a micro:bit without names for its columns.",
            why="Its first line is {value}.",
            do='Give each column a name in the program ("log data column …"), or write names into the first'
            " line of the CSV file.",
            code="no-header", file=source.name, row=1, value=lines[first][:80],
        )  # fmt: skip
    names = list(unique(header))
    places = list(range(len(header)))
    plain = list(header)
    rows: list[list[str]] = []
    index: list[int] = []
    log = _Log(pd.DataFrame(), separator, 1, 0)
    for row, line in enumerate(lines[first + 1 :], 1):
        cells = _cells(line, separator)
        if not any(cells):
            log.blank += 1
        elif cut and row == len(lines) - first - 1:
            log.refused.append(ragged(row, len(cells), len(places), line.strip()[:80], cut=True))
        elif _is_header(cells, plain):
            log.headers += 1
            places = _merge(cells, plain, names)
        elif len(cells) > len(places) and any(cells[len(places) :]):
            log.refused.append(ragged(row, len(cells), len(places), line.strip()[:80]))
        else:
            record = [""] * len(names)
            for place, cell in zip(places, cells, strict=False):
                record[place] = cell
            rows.append(record)
            index.append(row)
    full = [record + [""] * (len(names) - len(record)) for record in rows]
    log.frame = pd.DataFrame(full, columns=names, index=pd.Index(index, dtype="int64"), dtype="str")
    return log


def _is_header(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a record in the middle is a header: words only, a time column or all the names so far."""
    if any(is_number(cell) for cell in cells) or len([cell for cell in cells if cell]) < 1:
        return False
    return any(_TIME.match(cell) for cell in cells) or (set(header) <= set(cells) and len(cells) > 1)


def _merge(cells: Sequence[str], plain: list[str], names: list[str]) -> list[int]:
    """Return the places of the columns of a new header, which is added to the names so far."""
    places = []
    for cell in cells:
        if cell not in plain:
            plain.append(cell)
            names.append(unique([*names, cell])[-1])
        places.append(plain.index(cell))
    return places


def _columns(log: _Log, notes: list[Note]) -> tuple[pd.DataFrame, list[Column]]:
    frame = log.frame
    names = list(frame.columns)
    consoles = [name for name in names if _CONSOLE.match(re.sub(r" \(\d+\)$", "", name))]
    if consoles:
        return _console(frame, consoles, notes)
    times = [name for name in names if _TIME.match(name)]
    columns = [_column(name, frame[name], times) for name in names]
    if len(times) > 1:
        frame, one = _one_time(frame, times)
        columns.append(one)
    elif not times:
        name = unique([*names, "row"])[-1]
        frame = frame.assign(**{name: (frame.index - 1).astype("str")})
        columns.append(Column(name, "elapsed", label="row", unit="rows", derived=True))
    return frame, columns


def _column(name: str, cells: pd.Series, times: Sequence[str]) -> Column:
    found = _TIME.match(name)
    if found and len(times) == 1:
        return Column(name, "elapsed", label="Time", unit=duration_unit(found[1]))
    if found:
        return Column(name, "ignored", label="Time", reason=OTHER_TIME)
    if not (cells != "").any():
        return Column(name, "ignored", label=name, reason=EMPTY)
    if _is_level(name, cells):
        return Column(name, "value", label=_LEVEL, reason=_NO_UNIT)
    return Column(name, "value", label=name)


_LEVELS = re.compile(
    r"(light|sound|noise)([ _]?level)?|lichtstärke|helligkeit|lautstärke|(valgus|heli|müra)(tase)?", re.I
)
_MOISTURES = re.compile(r"(soil )?moist(ure)?([ _]?level)?|(mulla)?niiskus|(boden)?feuchte?", re.I)


def _is_level(name: str, cells: pd.Series) -> bool:
    """Tell whether a column holds a level of the device, no quantity: whole numbers up to 255 or 1023."""
    filled = cells[cells != ""]
    if _LEVELS.fullmatch(name):
        return bool(filled.str.fullmatch(r"[01]?\d?\d|2[0-4]\d|25[0-5]").all())
    whole = bool(_MOISTURES.fullmatch(name)) and bool(filled.str.fullmatch(r"\d{1,4}").all())
    return whole and bool(filled.astype("int64").gt(100).any())


def _one_time(frame: pd.DataFrame, times: Sequence[str]) -> tuple[pd.DataFrame, Column]:
    """Return one time in seconds where the program changed its unit."""
    seconds = np.full(len(frame), np.nan)
    for name in times:
        unit = duration_unit(_TIME.match(name)[1])  # type: ignore[index]
        text = frame[name].str.replace(",", ".", regex=False)
        seconds = np.where(frame[name] != "", pd.to_numeric(text, errors="coerce") * SECONDS[unit], seconds)
    text = pd.Series(seconds, index=frame.index).map(lambda value: "" if value != value else f"{value:.3f}")
    name = unique([*frame.columns, "Time"])[-1]
    return frame.assign(**{name: text.astype("str")}), Column(
        name, "elapsed", label="Time", unit="s", derived=True
    )


def _console(frame: pd.DataFrame, times: list[str], notes: list[Note]) -> tuple[pd.DataFrame, list[Column]]:
    """Console: series beside each other, each with its time; below each other where the times differ."""
    names = list(frame.columns)
    first = times[0]
    if names == _STACKED:
        return frame, _stacked()
    numbers = frame[times].apply(
        lambda c: pd.to_numeric(c.str.replace(",", ".", regex=False), errors="coerce")
    )
    apart = numbers.sub(numbers[first], axis=0).abs().max().max()
    steps = numbers[first].diff().median()
    if len(times) == 1 or (
        apart == apart and apart <= max(0.1 * abs(steps), 0.2) and numbers.notna().all().all()
    ):
        columns = [_column(name, frame[name], []) for name in names]
        columns = [
            Column(c.name, "elapsed", label="time", unit="s") if c.name == first
            else Column(c.name, "ignored", label="time", reason=OTHER_TIME) if c.name in times else c
            for c in columns
        ]  # fmt: skip
        return frame, columns
    stride = 10 ** len(str(int(frame.index[-1])))
    parts: list[pd.DataFrame] = []
    ends = [*[names.index(time) for time in times[1:]], len(names)]
    for number, (time, end) in enumerate(zip(times, ends, strict=True)):
        for name in names[names.index(time) + 1 : end]:
            part = frame.loc[frame[time] != "", [time, name]].set_axis([_STACKED[0], _STACKED[2]], axis=1)
            part.insert(1, _STACKED[1], name)
            part.index = part.index + stride * len(parts)
            parts.append(part)
            if number and len(part):
                notes.append((_SIDE_BY_SIDE, {"row": int(part.index[0]), "name": name}))
    return pd.concat(parts), _stacked()


def _stacked() -> list[Column]:
    time, series, value = _STACKED
    return [
        Column(time, "elapsed", label="time", unit="s"), Column(series, "label"), Column(value, "value"),
    ]  # fmt: skip


FORMAT = Format("microbit", "micro:bit", "Time (seconds),…; UBIT_LOG_FS_V_002", sniff, parse)
