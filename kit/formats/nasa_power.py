r"""NASA POWER: CSV of hours and days at a point of its models (not measurements).

Sample (a header between two marks, then the table; days may have ``YEAR,DOY`` instead)::

    -BEGIN HEADER-
    NASA/POWER CERES/MERRA2 Native Resolution Hourly Data
    Dates (month/day/year): 05/01/2024 through 05/02/2024 in UTC
    Location: latitude  58.3   longitude 26.7
    elevation from MERRA-2: Average for 0.5 x 0.625 degree lat/lon region = 65.1 meters
    parameter(s):
    T2M             MERRA-2 Temperature at 2 Meters (C)
    -END HEADER-
    YEAR,MO,DY,HR,T2M

What the format defines
    ``-999`` is a missing value. The header says the unit of each parameter and whether the times are UTC or
    LST, the mean solar time of the place: an hour for each 15 degrees of longitude. Hours are means and sums
    of the hour that begins.
Traps
    * Values come from models on a grid half a degree wide; a note says so.
    * Energy of radiation stands in kW h/m²/day, MJ/m²/day, W h/m² … as the user community chose: kit converts
      it to the mean power.
    * Tables with a row a year and a column a month are refused: the daily table tells more.
Source: https://power.larc.nasa.gov/docs/services/api/temporal/
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.errors import FileError
from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import MODEL, Quantity, defined, parts, readings, scaled, with_place
from kit.formats._reasons import ABOUT, CONVERTED
from kit.formats._times import join_parts
from kit.model import Column, RawTable, Source

_HOUR, _DAY = 3_600, 86_400
_START = re.compile(r"^\W*-BEGIN HEADER-", re.M)
_HEADER = re.compile(r"^\W*(LON,LAT,|LAT,LON,)?YEAR,(MO,DY|DOY)\b.*\btime standard\b", re.M)
_LINE = re.compile(r"^([A-Z][A-Z0-9_]+)\s{2,}\S.*\(([^()]*)\)\s*$", re.M)
_PLACE = re.compile(r"latitude\s+(-?[\d.]+)\s+longitude\s+(-?[\d.]+)", re.I)
_HEIGHT = re.compile(r"region\s*=\s*(-?[\d.]+)\s*m", re.I)
_STANDARD = "time standard"
#: Name -> (variable, unit where the header does not say it).
_MEANING = {
    "T2M": ("temperature", "C"), "T2M_MAX": ("temperature_max", "C"), "T2M_MIN": ("temperature_min", "C"),
    "T2MDEW": ("dew_point", "C"), "RH2M": ("humidity", "%"), "PS": ("pressure", "kPa"),
    "SLP": ("pressure_sea_level", "kPa"), "WS10M": ("wind_speed", "m/s"),
    "WD10M": ("wind_direction", "deg"), "PRECTOTCORR": ("rain", "mm"), "PRECTOT": ("rain", "mm"),
    "ALLSKY_SFC_SW_DWN": ("radiation", "W/m^2"), "TSOIL1": ("soil_temperature", "C"),
}  # fmt: skip
#: Energy in a step, as W/m² for a step of one second.
_ENERGY = {"kw": 3.6e6, "wh": 3_600.0, "w-": 3_600.0, "mj": 1e6}


def sniff(source: Source, head: str) -> float:
    """Sure for the mark that begins the header, or the header of the kept copy."""
    return 0.97 if (_START.search(head) and "NASA" in head) or _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return "YEAR" in cells and len(cells) > 2


def parse(source: Source) -> RawTable:
    """Read a table of hours or days; see the module."""
    table = read_table(source, _is_header, (",", ";"))
    if "PARAMETER" in table.header:
        raise FileError(
            "{file} holds a column for each month of the year: kit cannot read that.",
            do="Download the daily values of the same years.", code="no-times", file=source.name,
        )  # fmt: skip
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    head = "\n".join(decode(source).text.split("\n")[: len(table.preamble) + 3])
    units = dict(_LINE.findall(head))
    frame = table.frame.rename(columns={
        name: f"{name} ({units[name]})" for name in table.frame.columns if name in units
    })  # fmt: skip
    place, height = _PLACE.search(head), _HEIGHT.search(head)
    frame = with_place(frame, {
        "latitude": place[1] if place else "", "longitude": place[2] if place else "",
        "elevation": height[1] if height else "",
    })  # fmt: skip
    if _STANDARD not in frame:
        standard = "UTC" if re.search(r"\bin UTC\b", head) else "LST"
        frame = frame.assign(**{_STANDARD: pd.Series(standard, index=frame.index, dtype="str")})
    hourly = "HR" in frame
    step = _HOUR if hourly else _DAY
    table.notes = (*table.notes, (MODEL, {}))
    frame, columns = _columns(frame, step)
    raw = readings(
        "nasa-power", table, frame, columns, _times(frame), zone=_zone(frame, hourly),
        period=0 if hourly else _DAY,
    )  # fmt: skip
    raw.missing = ("-999", "-999.0", "-999.00")
    return raw


def _columns(frame: pd.DataFrame, step: int) -> tuple[pd.DataFrame, list[Column]]:
    """The columns, and the frame with energies as powers."""
    meaning: dict[str, Quantity] = {}
    others: dict[str, Column] = {**parts("YEAR", "MO", "DY", "DOY", "HR")}
    others[_STANDARD] = Column(_STANDARD, "ignored", label=_STANDARD, reason=ABOUT)
    others |= {"LAT": Column("LAT", "latitude"), "LON": Column("LON", "longitude")}
    added: list[Column] = []
    for name in map(str, frame.columns):
        label, _, unit = name.removesuffix(")").partition(" (")
        if label not in _MEANING:
            continue
        variable, usual = _MEANING[label]
        quantity = Quantity(variable, unit or usual, step)
        if variable == "rain":
            quantity = quantity._replace(unit="mm")
        energy = next((size for text, size in _ENERGY.items() if unit.lower().startswith(text)), None)
        if variable == "radiation" and energy is not None and unit.replace(" ", "") not in ("W/m^2", "W/m2"):
            new = f"{label} (W/m²)"
            frame = frame.assign(**{new: scaled(frame[name], energy / step, (-999.0,))})
            added.append(quantity._replace(unit="W/m²").column(new, label, derived=True))
            others[name] = Column(name, "ignored", label=label, reason=CONVERTED)
        else:
            meaning[name] = quantity
    kept = frame[[name for name in frame.columns if name not in {column.name for column in added}]]
    return frame, [*defined(kept, meaning, others), *added]


def _times(frame: pd.DataFrame) -> pd.Series:
    if "DOY" in frame and "MO" not in frame:
        day = frame["YEAR"] + frame["DOY"].str.replace(r"\.0+$", "", regex=True).str.zfill(3)
        dates = pd.to_datetime(day, format="%Y%j", errors="coerce")
        return dates.dt.strftime("%Y-%m-%d").fillna(day).astype("str")
    names = [name for name in ("YEAR", "MO", "DY", "HR") if name in frame]
    joined, _, _ = join_parts(frame, [], names)
    return joined[" + ".join(names)]


def _zone(frame: pd.DataFrame, hourly: bool) -> str:
    """UTC; or for hours of mean solar time the offset of the place's 15 degrees; days are the station's."""
    if (frame[_STANDARD] == "UTC").all():
        return "UTC"
    axis = next((name for name in ("longitude", "LON") if name in frame), "")
    east = float(frame[axis].iloc[0]) if axis and len(frame) and frame[axis].iloc[0] else None
    if not hourly or east is None:
        return ""
    hours = round(east / 15)
    return f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"


FORMAT = Format("nasa-power", "NASA POWER", "-BEGIN HEADER- … YEAR,MO,DY,HR,T2M", sniff, parse)
