"""How a text table is laid out: its separator, its header, what stands above and between.

Everything here looks at a sample of the file (its first records); reading the whole is in ``_delimited``.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kit.formats._columns import is_unit
from kit.vocab import usual_time

SEPARATORS = (";", "\t", ",", "|")
_WEIGHT = {";": 1.0, "\t": 1.0, ",": 0.9, "|": 0.85, "  ": 0.6, " ": 0.5}
SAMPLE = 150
FIELD_LIMIT = 1 << 22

NUMBER = re.compile(r"[+\-−]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
_GROUPED = re.compile(r"[+\-−]?\d{1,3}([.,' \u00a0\u202f]\d{3})+([.,]\d+)?$")
#: Something that is a date or a date with a time: 2024-05-01…, 1.5.2024…, 05/01/24 …, Tue May 01 2024 …
DATE = re.compile(
    r"(\d{4}[-./]\d{1,2}([-./]\d{1,2})?([T ]\s*\d{1,2}[:.h]\d{2}.*|$)"
    r"|\d{1,2}[-./]\d{1,2}[-./](\d{4}|\d{2})([T ,].*|$)"
    r"|\d{8}T\d{4,6}Z?|\d{8} \d{1,2}:\d{2}"
    r"|(\d{1,2}[ .-]+)?[^\W\d_]{3,}[ .,-]+(\d{1,2}[ .,-]+)?\d{2,4}( .*\d.*)?$"
    r"|\d{1,2}[ .-]+[^\W\d_]{3,}\.?[ .,-]+\d{2,4}.*$)"
)
_ISO_DATE = re.compile(
    r"\d{4}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2}|\d{1,2}[:.]\d{2}([:.]\d{2})?( [AP]M)?$", re.I
)
_MISSING = {"na", "n/a", "nan", "null", "none", "-", "--", "---", "..."}

Row = list[str]


@dataclass(frozen=True)
class Layout:
    """Where things are: ``lines`` is the number of text lines up to and with header and units row."""

    separator: str
    header: tuple[str, ...]
    units: tuple[str, ...]
    preamble: tuple[str, ...]
    lines: int
    score: float = 0.0
    other: Row = field(default_factory=list)


def records(
    text: str, separator: str, limit: int | None = None, quoted: bool = True
) -> list[tuple[int, Row]]:
    """Return (number of lines read so far, cells) of the first records of ``text``."""
    csv.field_size_limit(FIELD_LIMIT)
    lines = io.StringIO(text, newline="\n")
    if quoted:
        reader = csv.reader(lines, delimiter=separator)
    else:
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    found: list[tuple[int, Row]] = []
    try:
        for cells in reader:
            found.append((reader.line_num, [cell.strip() for cell in cells]))
            if limit is not None and len(found) >= limit:
                break
    except csv.Error:
        if quoted:
            return records(text, separator, limit, quoted=False)
    return found


def find_layout(
    text: str,
    is_header: Callable[[Sequence[str]], bool] | None = None,
    separators: Sequence[str] = SEPARATORS,
) -> Layout | None:
    """Return the likeliest layout of a text table, or None if it is no table.

    ``is_header`` lets a format that knows its header point at it; otherwise the header is the last row of
    words above the first row of data.

    >>> layout = find_layout("made by X\\ntime;PM2.5\\n;µg/m³\\n1.5.2024 10:00;5,3\\n1.5.2024 11:00;5,9\\n")
    >>> layout.separator, layout.header, layout.units, layout.preamble
    (';', ('time', 'PM2.5'), ('', 'µg/m³'), ('made by X',))
    """
    head = _first_lines(text, SAMPLE)
    found = [_with_separator(head, separator, is_header) for separator in separators]
    best = max((layout for layout in found if layout), key=lambda layout: layout.score, default=None)
    if best is not None and (best.score > 0.5 or is_header is not None):
        return best
    spaced = [_with_separator(by_spaces(head, gap), gap, is_header, "\t") for gap in ("  ", " ")]
    candidates = [layout for layout in [best, *spaced] if layout]
    return max(candidates, key=lambda layout: layout.score, default=None)


def by_spaces(text: str, gap: str) -> str:
    """Return the text with runs of two ("  ") or of any (" ") blanks turned into tabs."""
    text = re.sub(r"^[ \t]+|[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"[ \t]{2,}|\t" if gap == "  " else r"[ \t]+", "\t", text)


def _first_lines(text: str, count: int) -> str:
    end = -1
    for _ in range(count):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    return text[: end + 1]


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number, with either decimal sign."""
    return bool(NUMBER.match(cell) or _GROUPED.match(cell))


def is_date(cell: str) -> bool:
    """Tell whether a cell looks like a date or a time (digits in the usual places)."""
    if _ISO_DATE.match(cell):
        return True
    return any(c.isdigit() for c in cell) and bool(DATE.match(cell) or _ISO_DATE.match(usual_time(cell)))


def is_data(cells: Sequence[str]) -> bool:
    """Tell whether a record holds data: a date, or mostly numbers."""
    filled = [cell for cell in cells if cell and cell.lower() not in _MISSING]
    if not filled:
        return False
    if any(_ISO_DATE.match(cell) for cell in filled):
        return True
    return sum(map(is_number, filled)) >= 0.5 * len(filled)


def _trim(cells: Row) -> Row:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _with_separator(
    head: str, separator: str, is_header: Callable[[Sequence[str]], bool] | None, real: str = ""
) -> Layout | None:
    rows = records(head, real or separator)
    widths = Counter(len(cells) for _, cells in rows if any(cells))
    if not widths or (real and not any(is_data(cells) for _, cells in rows)):
        return None
    if is_header is not None:
        return _known_header(rows, separator, is_header)
    width = max(widths, key=lambda size: (widths[size] * (size - 1), size))
    if width < 2:
        return None
    at = _header_row(rows, width)
    if at is None:
        return None
    below = [cells for _, cells in rows[at:] if any(cells)]
    share = sum(1 for cells in below if len(cells) == width) / len(below)
    share *= math.sqrt(len(below) / sum(widths.values()))
    if not any(is_data(cells) for cells in below):
        share *= 0.5
    fits = 1.0 if abs(len(_trim(rows[at][1])) - width) <= max(2, width // 3) else 0.4
    if separator == "," and _are_decimals(rows[at][1]):
        fits = 0.3
    score = share * (1 + 0.1 * math.log2(width)) * _WEIGHT[separator] * fits
    return _layout(rows, separator, at, score)


def _are_decimals(header: Row) -> bool:
    """Tell whether all commas of a header stand between digits: then they are decimal ones, of a row of data.

    >>> _are_decimals(["20260101 00:00|0", "0 °C|20", "5 %"]), _are_decimals(["time", "PM2", "5 m"])
    (True, False)
    """
    return all(a[-1:].isdigit() and b[:1].isdigit() for a, b in pairwise(header))


def _known_header(
    rows: list[tuple[int, Row]], separator: str, is_header: Callable[..., bool]
) -> Layout | None:
    for at, (_, cells) in enumerate(rows):
        if len(cells) > 1 and is_header(cells):
            return _layout(rows, separator, at, 1 + len(cells) / 1000)
    return None


def _header_row(rows: list[tuple[int, Row]], width: int) -> int | None:
    """Return the index of the header: the last row of words above the first row of data.

    -1 is never returned; a table whose first row is already data has no header (None).
    """
    words: list[int] = []
    for at, (_, cells) in enumerate(rows):
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        if is_data(cells) and len(filled) >= 2 and not _names(cells) and _as_wide(cells, width):
            break
        enough = min(2, width - 1) if len(cells) == width else 2
        enough = max(enough, math.ceil(0.4 * min(width, 12)))
        if len(filled) >= enough and not _is_units(cells) and (_names(cells) or not is_data(cells)):
            words.append(at)
    else:
        # nothing but words: the first row that is as wide as the others
        return next((at for at in words if len(rows[at][1]) == width), None)
    same = [at for at in words if len(_trim(rows[at][1])) >= 0.5 * min(width, 12)] or words
    wide = [at for at in same if len(rows[at][1]) == width]
    plain = [at for at in wide if not any(is_number(cell) for cell in rows[at][1])]
    if (len(wide) > len(plain) and plain) or len(plain) > 2:
        return plain[0]
    return same[-1] if same else None


def _as_wide(cells: Row, width: int) -> bool:
    return len(cells) == width or (abs(len(cells) - width) == 1 and any(map(is_date, cells)))


def _names(cells: Sequence[str]) -> bool:
    """A row that begins with words for a time is a header even where other names are numbers."""
    return bool(cells) and bool(re.match(r"(date|time|datum|zeit|kuup|aeg|year|timestamp)", cells[0].lower()))


def _is_units(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if _names(cells):
        return False
    units = sum(1 for cell in filled if is_unit(cell.strip("[]() ")))
    return bool(filled) and units >= 1 and units >= 0.6 * len(filled)


def _layout(rows: list[tuple[int, Row]], separator: str, at: int, score: float) -> Layout:
    header = rows[at][1]
    last = at
    units: Row = []
    if at + 1 < len(rows) and _is_units(rows[at + 1][1]) and not is_data(rows[at + 1][1]):
        last = at + 1
        units = [cell.strip("[]() ") for cell in rows[last][1]]
        units = [cell if is_unit(cell) else "" for cell in units]
        if separator in ("  ", " ") and len(units) != len(header):
            units = []
    elif 0 < at < len(rows) - 2 and _units_above(rows, at):  # then numbers of the quantities may stand below
        units = [cell.strip("[]() ") for cell in rows[at - 1][1]]
        units = [cell if is_unit(cell) else "" for cell in units]
        last = at + (not any(map(is_date, rows[at + 1][1])) and any(map(is_date, rows[at + 2][1])))
    header = _two_rows(rows, at, header)
    preamble = tuple(" ".join(cell for cell in cells if cell) for _, cells in rows[:at] if any(cells))
    units += [""] * (len(header) - len(units))
    return Layout(separator, tuple(header), tuple(units[: len(header)]), preamble, rows[last][0], score)


def _units_above(rows: list[tuple[int, Row]], at: int) -> bool:
    """Tell whether the row above a header holds units; short names may stand above them."""
    above = [cell for cell in rows[at - 1][1][1:] if cell]
    units = sum(1 for cell in above if is_unit(cell.strip("[]() ")))
    return len(rows[at - 1][1]) == len(rows[at][1]) and units >= 2 and units >= 0.6 * len(above)


def _two_rows(rows: list[tuple[int, Row]], at: int, header: Row) -> Row:
    """Join a header of two rows ("Temp" over "Out") where the lower row alone repeats names.

    Where the lower names carry units in brackets, the upper row holds groups ("Outdoor" over several names).
    """
    names = [cell for cell in header if cell]
    if at == 0 or len(set(names)) == len(names):
        return header
    above = list(rows[at - 1][1])
    if len(above) != len(header) or is_data(above) or sum(1 for cell in above if cell) < 2:
        return header
    many = sum("(" in name for name in names) >= 0.5 * len(names)
    group = ""
    for place, name in enumerate(header):
        group = above[place] or group
        if many or header.count(name) > 1:
            above[place] = group
    return [" ".join(filter(None, pair)) for pair in zip(above, header, strict=True)]
