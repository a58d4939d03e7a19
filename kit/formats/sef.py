r"""Station Exchange Format (SEF): rescued weather records of the Copernicus data rescue service.

Sample (tabs; one file per station and variable)::

    SEF<tab>1.0.0
    ID<tab>any_town
    Name<tab>Anytown
    Lat<tab>58.380
    Lon<tab>26.720
    Alt<tab>60
    Source<tab>an archive
    Link<tab>
    Vbl<tab>ta
    Stat<tab>point
    Units<tab>C
    Meta<tab>
    Year<tab>Month<tab>Day<tab>Hour<tab>Minute<tab>Period<tab>Value<tab>Meta
    1886<tab>3<tab>18<tab>12<tab>17<tab>0<tab>4.3<tab>orig=3.4R

What the format defines
    One variable (``Vbl``), its ``Units`` and its ``Stat`` (point, mean, maximum, minimum, sum). Times are UTC
    and stand at the end of ``Period``: 0 is a moment, ``day``, ``hour``, ``month``, ``year`` (perhaps with a
    number or ``p`` in front) say how long it was. ``NA`` or nothing is a missing value.
Traps
    * Values of a day stand at hour 24, or have no hour: then they are of that date.
    * ``p`` alone means "since the observation before"; how long that was, is not stated.
    * ``Meta`` of a row is free text; it is kept only where it is what the source wrote (``orig``) or a
      verdict (``qc``).
    * A redacted copy has no lines above its table: what they say stands in columns.
Source: https://github.com/C3S-Data-Rescue-Lot1-WP3/SEF/wiki (version 1.0.0)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import with_place
from kit.formats._reasons import ABOUT, FREE_TEXT, PART
from kit.model import MONTH, YEAR, Column, RawTable, Role, Source

_DATE = ("Year", "Month", "Day", "Hour", "Minute")
_HEADER = {*_DATE, "Period", "Value"}
_SAYS = ("Vbl", "Stat", "Units")
_LINE = re.compile(r"^(ID|Name|Lat|Lon|Alt|Vbl|Stat|Units) (.*)$")
_VARIABLES = {
    "ta": "temperature", "tx": "temperature_max", "tn": "temperature_min", "td": "dew_point",
    "p": "pressure", "mslp": "pressure_sea_level", "rr": "rain", "rh": "humidity", "dd": "wind_direction",
    "w": "wind_speed", "sd": "snow_depth", "ss": "sunshine", "ts": "soil_temperature",
    "tsw": "water_temperature",
}  # fmt: skip
_EXTREMES = {"maximum": "temperature_max", "minimum": "temperature_min"}
_PERIOD = re.compile(r"p? ?(\d*) ?-?(hour|h|day|d|month|year)s?", re.I)
_SECONDS = {"h": 3_600, "d": 86_400, "m": MONTH, "y": YEAR}
#: What the columns of a row's ``Meta`` say of the value; other words may name people.
_OF_VALUE = re.compile(r"((orig|orig\.time|orig\.date|qc)=[^|=]*(\||$))*")
_PLACES: dict[str, Role] = {
    "station name": "station", "latitude": "latitude", "longitude": "longitude", "elevation": "elevation",
}  # fmt: skip


def sniff(source: Source, head: str) -> float:
    """Sure for the first line, or (in a redacted copy) for the columns."""
    first = head.lstrip("\ufeff").split("\n", 1)[0]
    if re.match(r'"?SEF"?[\t,;]"?\d', first):
        return 0.99
    names = set(re.split(r"[\t,;]", first.replace('"', "")))
    return 0.99 if {*_HEADER, *_SAYS} <= names else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return set(cells) >= _HEADER


def parse(source: Source) -> RawTable:
    """Read the record of one station; see the module for its rules."""
    table = read_table(source, _is_header, ("\t", ",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    found = (_LINE.match(line) for line in table.preamble)
    about = {one[1]: one[2].strip() for one in found if one and one[2].strip() != "NA"}
    frame = _with_lines(table.frame, about)
    said = {name: str(frame[name].iloc[0]) if name in frame and len(frame) else "" for name in _SAYS}
    spans = frame["Period"].map({text: _seconds(text) for text in frame["Period"].unique()})
    frame = frame.assign(time=_starts(frame, spans.to_numpy(dtype=np.int64)))
    columns = [_column(str(name), frame, said) for name in frame.columns]
    period = int(spans.iloc[0]) if len(spans) and spans.nunique() == 1 else 0
    if spans.nunique() > 1:
        frame = frame.assign(span=spans.astype("str"))
        columns.append(Column("span", "span", unit="s", derived=True))
    return RawTable(
        "sef", "readings", frame, tuple(columns), zone="UTC", period=period, missing=("NA", "-999.9"),
        decimal=table.decimal, blank=table.blank, refused=table.refused, notes=table.notes,
        around=table.around,
    )  # fmt: skip


def _with_lines(frame: pd.DataFrame, about: Mapping[str, str]) -> pd.DataFrame:
    """Put what stands above the table into columns."""
    place = {
        "station name": about.get("Name") or about.get("ID", "").replace("_", " "),
        "latitude": about.get("Lat", ""), "longitude": about.get("Lon", ""),
        "elevation": about.get("Alt", ""),
    }  # fmt: skip
    texts = {name: about[name] for name in _SAYS if about.get(name) and name not in frame}
    frame = with_place(frame, place)
    return frame.assign(
        **{name: pd.Series(text, index=frame.index, dtype="str") for name, text in texts.items()}
    )


def _seconds(text: str) -> int:
    """Return how long a period is; 0 for a moment or where it is not stated.

    >>> [_seconds(text) for text in ("0", "p", "day", "p12hour", "24h", "month")]
    [0, 0, 86400, 43200, 86400, 2629746]
    """
    found = _PERIOD.fullmatch(text.strip())
    return int(found[1] or 1) * _SECONDS[found[2][0].lower()] if found else 0


def _starts(frame: pd.DataFrame, spans: np.ndarray) -> pd.Series:
    """Return when periods begin; what is no time stays as the file writes it, for a person to see."""
    parts = {name: pd.to_numeric(frame[name], errors="coerce") for name in _DATE}
    long = spans >= MONTH
    day = parts["Day"].mask(long & parts["Day"].isna(), 1.0)
    dates = pd.to_datetime(
        pd.DataFrame({"year": parts["Year"], "month": parts["Month"], "day": day}), errors="coerce"
    ).to_numpy().astype("datetime64[s]")  # fmt: skip
    clock = (parts["Hour"] * 3600 + parts["Minute"].fillna(0) * 60).to_numpy(dtype=np.float64)
    of_date = np.isnan(clock) & (spans >= 86_400)
    moved = np.where(of_date | long, 0, np.nan_to_num(clock) - spans).astype("timedelta64[s]")
    starts = dates + moved
    months = starts.astype("datetime64[M]").astype("datetime64[s]")
    years = starts.astype("datetime64[Y]").astype("datetime64[s]")
    starts = np.where(spans >= YEAR, years, np.where(long, months, starts))
    known = ~np.isnat(starts) & (~np.isnan(clock) | of_date)
    written = frame["Year"] + "-" + frame["Month"].str.zfill(2) + "-" + frame["Day"].str.zfill(2)
    written = written + " " + frame["Hour"].str.zfill(2) + ":" + frame["Minute"].str.zfill(2)
    text = pd.Series(np.datetime_as_string(starts, unit="s"), index=frame.index, dtype="str") + "Z"
    return text.where(known, written).astype("str")


def _column(name: str, frame: pd.DataFrame, said: Mapping[str, str]) -> Column:
    if name == "time":
        return Column(name, "time", derived=True)
    if name in _PLACES:
        return Column(name, _PLACES[name], label="station" if name == "station name" else name)
    if name == "Value":
        variable = _VARIABLES.get(said["Vbl"].lower(), "")
        if variable == "temperature":
            variable = _EXTREMES.get(said["Stat"].lower(), variable)
        return Column(name, "value", label=said["Vbl"] or name, variable=variable, unit=said["Units"])
    if name in (*_DATE, "Period"):
        return Column(name, "ignored", label=name, reason=PART)
    if name == "Meta" and not frame[name].str.fullmatch(_OF_VALUE).all():
        return Column(name, "personal", label=name, reason=FREE_TEXT)
    return Column(name, "note", label=name, reason=ABOUT)


FORMAT = Format(
    "sef", "Station Exchange Format", "Year Month Day Hour Minute Period Value Meta", sniff, parse
)
