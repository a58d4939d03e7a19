r"""GHCN-Daily (NOAA): daily weather of the world, in its four shapes.

Samples (invented numbers): the fixed-width ``.dly``, one line a month and element, 31 groups of value and
three marks; the files by station and by year, one line a value (with a header or without one); the same as
``.dly`` with a header; and the "access" files, one line a day with an attribute column beside every element::

    XX000000001202405TMAX  201  E  198  E-9999   ...
    XX000000001,20240501,TMAX,201,,,E,
    "id","year","month","element","VALUE1","MFLAG1","QFLAG1","SFLAG1","VALUE2", …
    "STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","PRCP","PRCP_ATTRIBUTES","TMAX","TMAX_ATTRIBUTES"

What the format defines
    ``TMAX TMIN TAVG`` are tenths of °C, ``PRCP`` tenths of mm, ``AWND`` (mean wind) and ``WSFG WSF2 WSF5``
    (gusts) tenths of m/s, ``SNWD`` mm of snow on the ground. ``-9999`` (or ``NA``) is a missing value. The
    three marks are those of measurement (M), quality (Q) and source (S). A quality mark that is not blank
    says that the value failed a check of the archive: kit keeps it with flag 4.
Traps
    * The files are in tenths, but tables ordered from the archive's web page may be in °F and inches: there
      the numbers have decimals. Such a table is not taken for this format.
    * Lines of ``.dly`` hold 31 days in every month; those that do not exist are no rows. kit counts a row for
      every day: line n, day d is row (n - 1) * 31 + d.
    * An observer's day often ends in the morning; the archive gives the date of the reading. The day is taken
      as the archive names it.
Sources: https://www.ncei.noaa.gov/pub/data/ghcn/daily/readme.txt, https://doi.org/10.7289/V5D21VHZ
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._body import ragged
from kit.formats._decode import Note, decode
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import MARK, NOT_KEPT
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_

_DAY = 86_400
_ID = r"[A-Z]{2}[A-Z0-9_\-]{9}"
_FIXED = re.compile(rf"^{_ID}(?:1[6-9]|20)\d\d(?:0[1-9]|1[0-2])[A-Z0-9]{{4}}[ \-\d]{{5}}", re.M)
_ONE = re.compile(rf'^"?{_ID}"?,(?:1[6-9]|20)\d{{6}},[A-Z][A-Z0-9]{{3}},-?\d+,[^,\n]?,[^,\n]?,', re.M)
_ELEMENTS: dict[str, tuple[str, str, int]] = {
    "TMAX": ("temperature_max", "°C", 10), "TMIN": ("temperature_min", "°C", 10),
    "TAVG": ("temperature", "°C", 10), "PRCP": ("rain", "mm", 10), "AWND": ("wind_speed", "m/s", 10),
    "WSFG": ("wind_gust", "m/s", 10), "WSF2": ("wind_gust", "m/s", 10), "WSF5": ("wind_gust", "m/s", 10),
    "SNWD": ("snow_depth", "mm", 1), "ADPT": ("dew_point", "°C", 10), "RHAV": ("humidity", "%", 1),
    "ASLP": ("pressure_sea_level", "hPa", 10), "ASTP": ("pressure", "hPa", 10),
}  # fmt: skip
_VARIABLE = {name: known[0] for name, known in _ELEMENTS.items()}
_UNIT = {name: known[1] for name, known in _ELEMENTS.items()}
_SCALE = {name: known[2] for name, known in _ELEMENTS.items()}
_LONG = ("station", "date", "element", "value", "mflag", "qflag", "sflag", "obs_time")
_NAMES = {"id": "station", "data_value": "value", "m_flag": "mflag", "q_flag": "qflag", "s_flag": "sflag",
          "obs-time": "obs_time", "obstime": "obs_time", "time": "obs_time"}  # fmt: skip
_ROWS = N_("Every line holds one month: rows are counted by days, day d of line n is row (n - 1) x 31 + d.")
_OTHERS = N_("Lines of elements that kit does not keep ({names}): {n}.")


def sniff(source: Source, head: str) -> float:
    """Sure for one of the four shapes; see the module."""
    text = head.lstrip("\ufeff \n")
    first = text.split("\n", 1)[0]
    if _FIXED.match(text) or _ONE.match(text):
        return 0.97
    names = _header(first.split(","))
    if _is_wide(names) or _is_long(names):
        return 0.97
    return 0.95 if _is_access(first.split(",")) and not _has_decimals(text) else 0.0


#: What a line of one month has for each of its days.
_DAYS = [f"{name}{day}" for name in ("value", "mflag", "qflag", "sflag") for day in range(1, 32)]


def _header(cells: Sequence[str]) -> list[str]:
    plain = [cell.strip().strip('"').lower() for cell in cells]
    return [_NAMES.get(name, name) for name in plain]


def _is_wide(names: Sequence[str]) -> bool:
    return {"station", "year", "month", "element", "value1", "qflag1", "value31"} <= set(names)


def _is_long(names: Sequence[str]) -> bool:
    return {"station", "date", "element", "value", "mflag", "qflag", "sflag"} <= set(names)


def _is_access(cells: Sequence[str]) -> bool:
    names = [cell.strip().strip('"') for cell in cells]
    pairs = [name for name in names if name in _ELEMENTS and f"{name}_ATTRIBUTES" in names]
    return "STATION" in names and "DATE" in names and bool(pairs)


def _has_decimals(text: str) -> bool:
    """Tell whether some element is written with decimals: then it is not in tenths."""
    lines = text.split("\n")[:400]
    names = [cell.strip().strip('"') for cell in lines[0].split(",")]
    from_end = [at - len(names) for at, name in enumerate(names) if name in _ELEMENTS]
    for line in lines[1:]:
        cells = re.findall(r'"[^"]*"|[^,]+|(?<=,)(?=,|$)', line)
        if len(cells) == len(names) and any("." in cells[at] for at in from_end):
            return True
    return False


def parse(source: Source) -> RawTable:
    """Read a file of any of the four shapes; see the module."""
    text = decode(source).text.lstrip("\ufeff \n")
    if _FIXED.match(text):
        return _fixed(source, text)
    if _ONE.match(text):
        header = ",".join(_LONG).encode()
        table = read_table(Source(source.name, header + b"\n" + text.encode()), _is_long, (",",))
        return _long(source, table)
    table = read_table(source, lambda cells: _is_wide(_header(cells)) or _is_long(_header(cells))
                       or _is_access(cells), (",", ";", "\t"))  # fmt: skip
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    names = _header(table.header)
    if _is_wide(names):
        if absent := [name for name in _DAYS if name not in names]:
            raise FileError(
                "{file} lacks the column {column}, which such a file has.",
                do="Download or copy it again.", code="missing-column", file=source.name, column=absent[0],
            )  # fmt: skip
        frame = table.frame.set_axis(pd.Index(names), axis=1)
        return _months(source, frame, list(table.refused), table.blank, list(table.notes))
    return _long(source, table) if _is_long(names) else _access(table)


def _scaled(cells: pd.Series, element: pd.Series) -> pd.Series:
    """Whole numbers in tenths (or as they are) as text; what is no number stays as it is.

    >>> _scaled(pd.Series(["201", "-9999", "x"]), pd.Series(["TMAX", "TMAX", "TMAX"])).tolist()
    ['20.1', '', 'x']
    """
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
    scale = element.map(_SCALE).fillna(1).to_numpy(dtype=np.float64)
    missing = (numbers == -9999) | cells.isin(["NA", ""]).to_numpy()
    values = pd.Series(numbers / scale, index=cells.index).astype("str")
    values = values.where(scale != 1, cells)
    return values.where(~np.isnan(numbers), cells).mask(missing, "").astype("str")


def _failed(marks: pd.Series) -> pd.Series:
    return marks.str.strip().ne("").map({True: "fail", False: ""}).astype("str")


def _fixed(source: Source, text: str) -> RawTable:
    lines = text.rstrip("\n").split("\n")
    rows = np.arange(1, len(lines) + 1)
    widths = np.array([len(line) for line in lines])
    good = np.array([bool(_FIXED.match(line)) for line in lines]) & (widths >= 26)
    blank = int((widths == 0).sum())
    refused = [
        ragged((row - 1) * 31 + 1, max(0, (len(line) - 21) // 8), 31, line[:80], cut=True)
        for row, line, fits in zip(rows.tolist(), lines, good.tolist(), strict=True) if line and not fits
    ]  # fmt: skip
    kept = pd.Series([line.ljust(269) for line, fits in zip(lines, good, strict=True) if fits], dtype="str")
    cut = pd.DataFrame({
        "station": kept.str[:11], "year": kept.str[11:15], "month": kept.str[15:17],
        "element": kept.str[17:21],
    })  # fmt: skip
    for day in range(31):
        start = 21 + 8 * day
        cut[f"value{day + 1}"] = kept.str[start : start + 5].str.strip()
        for place, mark in enumerate(("mflag", "qflag", "sflag")):
            cut[f"{mark}{day + 1}"] = kept.str[start + 5 + place].str.strip()
    cut.index = pd.Index(rows[good])
    return _months(source, cut, refused, blank, [])


def _months(
    source: Source, wide: pd.DataFrame, refused: list[Problem], blank: int, notes: list[Note]
) -> RawTable:
    """One row a day from one line a month; days that the month does not have are left out."""
    known = wide["element"].isin(list(_ELEMENTS))
    if not known.all():
        names = ", ".join(sorted(wide.loc[~known, "element"].unique())[:12])
        notes = [*notes, (_OTHERS, {"names": names, "n": int((~known).sum())})]
    wide = wide[known] if known.any() else wide
    lines = wide.index.to_numpy(dtype=np.int64)
    day = np.tile(np.arange(1, 32), len(wide))
    row = np.repeat((lines - 1) * 31, 31) + day
    frame = pd.DataFrame({name: np.repeat(wide[name].to_numpy(dtype=object), 31) for name in
                          ("station", "element")}, dtype="str")  # fmt: skip
    month = wide["year"].str.zfill(4) + wide["month"].str.zfill(2)
    frame["date"] = np.repeat(month.to_numpy(dtype=object), 31) + pd.Series(day).astype("str").str.zfill(2)
    for name in ("value", "mflag", "qflag", "sflag"):
        cells = wide[[f"{name}{at}" for at in range(1, 32)]].to_numpy(dtype=object)
        frame[name] = pd.Series(cells.ravel(), dtype="str").str.strip()
    real = pd.to_datetime(frame["date"], format="%Y%m%d", errors="coerce").notna().to_numpy()
    frame = frame.astype("str").set_index(pd.Index(row, dtype="int64"))[real]
    if frame.empty and not refused:
        raise no_rows(source.name)
    table = Table(_LONG[:7], frame[list(_LONG[:7])], (), blank=blank, refused=tuple(refused))
    table.notes = (*notes, (_ROWS, {}))
    return _long(source, table)


def _long(source: Source, table: Table) -> RawTable:
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    names = dict(zip(table.frame.columns, _header(list(map(str, table.frame.columns))), strict=True))
    own = {plain: name for name, plain in names.items()}
    element = table.frame[own["element"]].str.strip()
    known = element.isin(list(_ELEMENTS))
    frame = table.frame.assign(**{
        "quantity": element.map(_VARIABLE).fillna(element).astype("str"),
        "amount": _scaled(table.frame[own["value"]], element),
        "unit": element.map(_UNIT).fillna("").astype("str"),
        "failed": _failed(table.frame[own["qflag"]]),
    })  # fmt: skip
    roles = {"station": "station", "date": "date", "mflag": "note", "sflag": "note", "qflag": "note"}
    columns = []
    for name, plain in names.items():
        role = roles.get(plain, "note" if plain in ("element", "value") else "ignored")
        reason = MARK if role == "ignored" else ""
        columns.append(Column(name, role, label=plain, reason=reason))  # type: ignore[arg-type]
    columns += [
        Column("quantity", "label", derived=True), Column("amount", "value", derived=True),
        Column("unit", "unit", derived=True), Column("failed", "quality", derived=True),
    ]  # fmt: skip
    sensors = element.where(known, "")
    if (sensors.isin(["WSFG", "WSF2", "WSF5"])).any():  # several gusts of one day: told apart
        frame["gust"] = sensors.where(sensors.str.startswith("WSF"), "1").astype("str")
        columns.append(Column("gust", "sensor", derived=True))
    return RawTable(
        "ghcn-daily", "readings", frame, tuple(columns), period=_DAY, missing=("-9999",),
        blank=table.blank, refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


def _access(table: Table) -> RawTable:
    frame, columns = table.frame, []
    single = {"STATION": "station", "DATE": "date", "LATITUDE": "latitude", "LONGITUDE": "longitude",
              "ELEVATION": "elevation", "NAME": "note"}  # fmt: skip
    for name in table.header:
        if name in single:
            columns.append(Column(name, single[name], label=name))  # type: ignore[arg-type]
        elif name in _ELEMENTS or name.endswith("_ATTRIBUTES"):
            columns.append(Column(name, "note", label=name, reason=MARK))
        else:
            columns.append(Column(name, "ignored", label=name, reason=NOT_KEPT))
    gusts = [name for name in table.header if _ELEMENTS.get(name, ("",))[0] == "wind_gust"]
    for name in [name for name in table.header if name in _ELEMENTS]:
        variable, unit, _ = _ELEMENTS[name]
        value, verdict = f"{name} ({unit})", f"{name} failed"
        frame = frame.assign(**{value: _scaled(frame[name], pd.Series(name, index=frame.index))})
        sensor = name if name in gusts[1:] else "1"
        columns.append(Column(value, "value", name, variable, unit, sensor, derived=True))
        if f"{name}_ATTRIBUTES" in frame:
            marks = frame[f"{name}_ATTRIBUTES"].str.split(",").str[1].fillna("")
            frame = frame.assign(**{verdict: _failed(marks)})
            columns.append(Column(verdict, "quality", label=value, derived=True))
    return RawTable(
        "ghcn-daily", "readings", frame, tuple(columns), period=_DAY, missing=("-9999",),
        blank=table.blank, refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


FORMAT = Format("ghcn-daily", "GHCN-Daily", "STATION,DATE,ELEMENT,VALUE,M_FLAG,Q_FLAG,S_FLAG", sniff, parse)
