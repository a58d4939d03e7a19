r"""DWD (Germany): the open station data, a .zip with one ``produkt_…txt`` and files about the station.

Sample (semicolons, padded with blanks, ``eor`` ends a record; other products have other columns)::

    STATIONS_ID;MESS_DATUM;QN_3;  FX;  FM;QN_4; RSK;RSKF; SDK;SHK_TAG;  NM; VPM;  PM; TMK; UPM; TXK; TNK;
    TGK;eor
            999;20240501;   10; 9.8; 3.1;    9; 1.2;   6; 4.5;   0; 5.1; 9.0;1002.10;  12.3;  71.00;  17.0;
            7.9;   5.1;eor

What the format defines
    ``-999`` is a missing value. Times are UTC. Daily: ``TMK`` mean, ``TXK`` highest, ``TNK`` lowest
    temperature, ``RSK`` rain, ``SDK`` sunshine (h), ``PM`` pressure at the station, ``UPM`` humidity, ``FM``
    wind, ``FX`` strongest gust, ``SHK_TAG`` snow (cm). Hourly: ``TT_TU RF_TU`` temperature and humidity,
    ``R1`` rain, ``F D`` wind, ``P P0`` pressure at sea level and at the station, ``TD`` dew point. Ten
    minutes: ``TT_10 RF_10`` … Months: ``MO_TT MO_TX MO_TN MO_RR MO_SD_S``. Sums stand at the end of their
    hour or ten minutes. ``FG_LBERG`` is global radiation in J/cm² of the hour before.
Traps
    * ``QN`` columns tell how thoroughly a row was checked and never that a value is wrong: kit flags nothing.
    * The place stands in ``Metadaten_Geographie_…txt``; a station that was moved has several, the last one
      counts. The other files in the archive hold no readings.
    * Rain days of the daily product go from 5:51 to 5:50 UTC of the next day; they are taken as that day.
    * Times before 1995 (ten minutes: before 2000) may be Central European Time; the file does not say so.
Source: https://opendata.dwd.de/climate_environment/CDC/observations_germany/climate/
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

import pandas as pd

from kit.errors import FileError
from kit.formats._bundles import PRODUCT
from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import PLACE, scaled, with_place
from kit.formats._reasons import CONVERTED, NOT_KEPT, OTHER_TIME, PART, STATION_NUMBER
from kit.model import MONTH, YEAR, Column, RawTable, Source
from kit.text import N_

_TEN, _HOUR, _DAY = 600, 3_600, 86_400
_MOST = 512 << 20
_GEOGRAPHY = re.compile(r"(?:^|/)Metadaten_Geographie_[^/]*\.txt$", re.I)
#: Name -> (variable, unit, period or None for the table's, whether it ends at its time).
_MEANING: dict[str, tuple[str, str, int | None, bool]] = {
    "TMK": ("temperature", "°C", None, False), "TXK": ("temperature_max", "°C", None, False),
    "TNK": ("temperature_min", "°C", None, False), "RSK": ("rain", "mm", None, False),
    "RS": ("rain", "mm", None, False), "SDK": ("sunshine", "h", None, False),
    "PM": ("pressure", "hPa", None, False), "UPM": ("humidity", "%", None, False),
    "FM": ("wind_speed", "m/s", None, False), "FX": ("wind_gust", "m/s", None, False),
    "SHK_TAG": ("snow_depth", "cm", None, False), "SH_TAG": ("snow_depth", "cm", None, False),
    "TT_TU": ("temperature", "°C", 0, False), "RF_TU": ("humidity", "%", 0, False),
    "R1": ("rain", "mm", _HOUR, True), "F": ("wind_speed", "m/s", 0, False),
    "D": ("wind_direction", "deg", 0, False), "P": ("pressure_sea_level", "hPa", 0, False),
    "P0": ("pressure", "hPa", 0, False), "TD": ("dew_point", "°C", 0, False),
    "FX_911": ("wind_gust", "m/s", _HOUR, True), "V_VV": ("visibility", "m", 0, False),
    "V_TE005": ("soil_temperature", "°C", 0, False), "TX_10": ("temperature_max", "°C", _TEN, True),
    "TN_10": ("temperature_min", "°C", _TEN, True), "SD_STRAHL": ("sunshine", "h", None, False),
    "FG_STRAHL": ("radiation", "W/m²", None, False),
    "FG_LBERG": ("radiation", "W/m²", _HOUR, True), "SD_LBERG": ("sunshine", "min", _HOUR, True),
    "SD_SO": ("sunshine", "min", _HOUR, True),
    "TT_10": ("temperature", "°C", 0, False), "RF_10": ("humidity", "%", 0, False),
    "TD_10": ("dew_point", "°C", 0, False), "PP_10": ("pressure", "hPa", 0, False),
    "RS_05": ("rain", "mm", 300, True), "RS_01": ("rain", "mm", 60, True),
    "RWS_10": ("rain", "mm", _TEN, True), "FF_10": ("wind_speed", "m/s", _TEN, True),
    "DD_10": ("wind_direction", "deg", _TEN, True), "FX_10": ("wind_gust", "m/s", _TEN, True),
    "GS_10": ("radiation", "W/m²", _TEN, True), "SD_10": ("sunshine", "h", _TEN, True),
    "MO_TT": ("temperature", "°C", None, False), "MO_TX": ("temperature_max", "°C", None, False),
    "MO_TN": ("temperature_min", "°C", None, False), "MO_RR": ("rain", "mm", None, False),
    "MO_SD_S": ("sunshine", "h", None, False), "JA_TT": ("temperature", "°C", None, False),
    "JA_TX": ("temperature_max", "°C", None, False), "JA_TN": ("temperature_min", "°C", None, False),
    "JA_RR": ("rain", "mm", None, False), "JA_SD_S": ("sunshine", "h", None, False),
}  # fmt: skip
#: J/cm² in an hour, in ten minutes and in a day, as W/m².
_ENERGY = {"FG_LBERG": 10_000 / _HOUR, "GS_10": 10_000 / _TEN, "FG_STRAHL": 10_000 / _DAY}
_SHAPES = (
    (12, r"^(\d{4})(\d\d)(\d\d)(\d\d):?(\d\d)$", r"\1-\2-\3 \4:\5"),
    (10, r"^(\d{4})(\d\d)(\d\d)(\d\d)$", r"\1-\2-\3 \4:00"),
    (8, r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
)  # fmt: skip
_CHECKED = N_("tells how thoroughly the row was checked")


def sniff(source: Source, head: str) -> float:
    """Sure for the names of the first two columns, or for an archive with a product in it."""
    if source.data[:4] == b"PK\x03\x04":
        return 0.97 if b"produkt_" in source.data[-(1 << 16) :] and not head else 0.0
    return 0.97 if re.search(r"^\W*STATIONS_ID[;,]\s*MESS_DATUM", head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and cells[0] == "STATIONS_ID" and cells[1].startswith("MESS_DATUM")


def parse(source: Source) -> RawTable:
    """Read a product with its station's place, the product alone, or the kept copy; see the module."""
    container = source.data[:4] == b"PK\x03\x04"
    product, place = _unpacked(source) if container else (source, {})
    table = read_table(product, _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame[[name for name in table.frame.columns if name.lower() != "eor"]]
    frame = with_place(frame, place)
    date = next(name for name in frame.columns if name.startswith("MESS_DATUM"))
    time, period = _times(frame, date)
    columns = [_column(str(name), set(frame.columns)) for name in frame.columns]
    frame = frame.assign(time=time.str.strip())
    columns.append(Column("time", "date" if period else "time", derived=True))
    for name in [name for name in _ENERGY if name in frame]:
        variable, unit, own, _ = _MEANING[name]
        new = f"{name} ({unit})"
        frame = frame.assign(**{new: scaled(frame[name], _ENERGY[name], (-999.0,))})
        stamp = "end" if own else ""
        columns.append(Column(new, "value", name, variable, unit, period=own, stamp=stamp, derived=True))  # type: ignore[arg-type]
    return RawTable(
        "dwd", "readings", frame, tuple(columns), zone="UTC", period=period, decimal=table.decimal,
        missing=("-999", "-999.0", "-999.00"), blank=table.blank, refused=table.refused, notes=table.notes,
        container=container,
    )  # fmt: skip


def _times(frame: pd.DataFrame, date: str) -> tuple[pd.Series, int]:
    """The times as text, and the period that their writing states."""
    cells = frame[date].str.strip()
    ends = frame["MESS_DATUM_ENDE"].str.strip() if "MESS_DATUM_ENDE" in frame else None
    if ends is not None and date == "MESS_DATUM_BEGINN":
        yearly = bool((cells.str[:4] + "0101" == cells).all() and (ends.str[4:] == "1231").all())
        if yearly:
            return cells.str[:4].astype("str"), YEAR
        return (cells.str[:4] + "-" + cells.str[4:6]).astype("str"), MONTH
    width = int(cells.str.replace(":", "").str.len().max()) if len(cells) else 0
    for size, pattern, form in _SHAPES:
        if width == size:
            return cells.str.replace(pattern, form, regex=True).astype("str"), _DAY if size == 8 else 0
    return cells, 0


def _unpacked(source: Source) -> tuple[Source, dict[str, str]]:
    """The product inside the archive, and the last place of its station."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            name = next((name for name in infos if PRODUCT.search(name)), "")
            about = next((name for name in infos if _GEOGRAPHY.search(name)), "")
            if not name or sum(infos[one].file_size for one in (name, about) if one) > _MOST:
                raise zipfile.BadZipFile
            data = archive.read(name)
            text = archive.read(about) if about else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        raise FileError(
            "{file} is a broken archive: it cannot be unpacked.",
            why="The file is damaged, cut off, or only has the name of an archive.",
            do="Download or copy it again.", code="broken-archive", file=source.name,
        ) from None  # fmt: skip
    product = Source(source.name, data)
    return product, _place(decode(Source(source.name, text)).text) if len(text) > 2 else {}


def _place(text: str) -> dict[str, str]:
    """The last line of the table of places: number; height; latitude; longitude; from; to; name."""
    lines = [[cell.strip() for cell in line.split(";")] for line in text.split("\n") if line.count(";") >= 6]
    last = [cells for cells in lines if cells[0].isdigit()][-1:]
    if not last:
        return {}
    cells = last[0]
    return {"elevation": cells[1], "latitude": cells[2], "longitude": cells[3], "station name": cells[6]}


def _column(name: str, names: set[str]) -> Column:
    if name in PLACE:
        role = "station" if name == "station name" else name
        return Column(name, role, label=name)  # type: ignore[arg-type]
    if name == "STATIONS_ID":
        if "station name" not in names:
            return Column(name, "station", label=name)
        return Column(name, "ignored", label=name, reason=STATION_NUMBER)
    if name.startswith("MESS_DATUM"):
        return Column(
            name, "ignored", label=name, reason=OTHER_TIME if "WOZ" in name or "ENDE" in name else PART
        )
    if name in _ENERGY:
        return Column(name, "ignored", label=name, reason=CONVERTED)
    if name in _MEANING:
        variable, unit, period, ends = _MEANING[name]
        stamp = "end" if ends else ""
        return Column(name, "value", name, variable, unit, period=period, stamp=stamp)  # type: ignore[arg-type]
    return Column(name, "ignored", label=name, reason=_CHECKED if name.startswith("QN") else NOT_KEPT)


FORMAT = Format("dwd", "DWD", "STATIONS_ID;MESS_DATUM;QN_3;…;eor", sniff, parse)
