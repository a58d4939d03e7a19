"""Which file is this? From bytes to a raw table. One module per format, most specific first.

>>> source = Source("a.csv", b"time;temp (C)\\n2024-05-01 10:00;14.2\\n2024-05-01 11:00;14.9\\n")
>>> table = parse(source)
>>> table.format, [(column.name, column.role, column.unit) for column in table.columns]
('plain', [('time', 'time', ''), ('temp (C)', 'value', 'C')])
"""

from __future__ import annotations

import re

from kit.errors import FileError
from kit.formats import (
    aircasting,
    airgradient,
    ambient_weather,
    campbell,
    cams_radiation,
    camtrap_dp,
    cumulus,
    darwin_core,
    dwd,
    ebird,
    eccc,
    ecowitt,
    eea,
    fmi,
    gbif,
    ghcn_daily,
    ghcnh,
    globe,
    gsod,
    hobo,
    inaturalist,
    isd,
    kit_template,
    knmi,
    lascar,
    luftdaten_push,
    madavi,
    met_eireann,
    met_norway,
    met_office,
    meteo_france,
    meteoswiss,
    microbit,
    nasa_power,
    netatmo,
    open_meteo,
    openaq,
    opensensemap,
    plain,
    purpleair,
    rp5,
    sef,
    sensor_community,
    smhi,
    uk_air,
    vernier,
    weatherlink,
    weewx,
    wildlife_insights,
    wunderground,
)
from kit.formats._decode import decode, refuse_empty
from kit.formats._format import Format
from kit.formats._json_table import from_json
from kit.formats._regular import Grid, as_text, cell_grid
from kit.formats._source import LIMITS, Limits, is_workbook, open_source, unpack
from kit.formats._traces import redact, redacted
from kit.formats._workbook import sheets
from kit.model import RawTable, Source
from kit.text import tr

__all__ = [
    "FORMATS",
    "LIMITS",
    "Format",
    "Grid",
    "Limits",
    "as_text",
    "cell_grid",
    "open_source",
    "parse",
    "redact",
    "redacted",
    "sniff",
    "unpack",
]

#: Every format that kit reads, most specific first; the plain table is the last resort.
FORMATS: tuple[Format, ...] = (
    kit_template.FORMAT,
    sensor_community.FORMAT,
    madavi.FORMAT,
    luftdaten_push.FORMAT,
    opensensemap.FORMAT,
    weatherlink.FORMAT,
    netatmo.FORMAT,
    weewx.FORMAT,
    wunderground.FORMAT,
    ambient_weather.FORMAT,
    ecowitt.FORMAT,
    cumulus.FORMAT,
    hobo.FORMAT,
    campbell.FORMAT,
    lascar.FORMAT,
    inaturalist.FORMAT,
    ebird.FORMAT,
    camtrap_dp.FORMAT,
    wildlife_insights.FORMAT,
    gbif.FORMAT,
    darwin_core.FORMAT,
    sef.FORMAT,
    met_office.FORMAT,
    ghcn_daily.FORMAT,
    microbit.FORMAT,
    purpleair.FORMAT,
    vernier.FORMAT,
    openaq.FORMAT,
    airgradient.FORMAT,
    aircasting.FORMAT,
    globe.FORMAT,
    knmi.FORMAT,
    smhi.FORMAT,
    isd.FORMAT,
    gsod.FORMAT,
    open_meteo.FORMAT,
    nasa_power.FORMAT,
    cams_radiation.FORMAT,
    uk_air.FORMAT,
    meteoswiss.FORMAT,
    meteo_france.FORMAT,
    eccc.FORMAT,
    fmi.FORMAT,
    rp5.FORMAT,
    met_norway.FORMAT,
    met_eireann.FORMAT,
    ghcnh.FORMAT,
    eea.FORMAT,
    dwd.FORMAT,
    plain.FORMAT,
)
_HEAD = 1 << 16


class NoFormatFits(FileError):
    """No format fits: the words are those of the plain table, and the formats that were tried."""

    def __init__(self, error: FileError, tried: str) -> None:
        super().__init__(error.what, why=error.why, do=error.do, code=error.code, **error.params)
        self.tried = tried

    def words(self, lang: str | None = None) -> str:
        """Return the whole message in ``lang``."""
        return super().words(lang) + " " + tr("Formats that were tried: {tried}.", lang, tried=self.tried)


def sniff(source: Source) -> list[tuple[Format, float]]:
    """Return the formats that may fit with how surely (0 to 1), the surest first.

    Raises :class:`kit.errors.FileError` for what no format reads: an empty file, binary data …
    """
    refuse_empty(source)
    head = _head(source)
    found = [(kind, kind.sniff(source, head)) for kind in FORMATS]
    return sorted(((kind, sure) for kind, sure in found if sure > 0), key=lambda pair: -pair[1])


def parse(source: Source) -> RawTable:
    """Return the raw table in ``source``, read by the format that fits best.

    Raises
    ------
    FileError
        The file cannot be understood; the words say why and, where no format fits, which were tried.
    """
    best = sniff(source)[0][0]
    if best is not plain.FORMAT:
        return _with_container(source, best.parse(source))
    try:
        return _with_container(source, best.parse(from_json(source)))
    except FileError as error:
        if error.code not in ("no-times", "no-table", "no-header", "no-values"):
            raise
        raise NoFormatFits(error, _tried(_head(source))) from None


def _tried(head: str) -> str:
    """Return the formats in words; of those whose header is most like the file's, the header too."""
    said = set(re.findall(r"\w{3,}", head[:4000].casefold()))
    alike = {kind.id: len(said & set(re.findall(r"\w{3,}", kind.header.casefold()))) for kind in FORMATS[:-1]}
    near = sorted((kind for kind in FORMATS[:-1] if alike[kind.id] > 1), key=lambda kind: -alike[kind.id])[:2]
    return ", ".join(f"{kind.title} ({kind.header})" if kind in near else kind.title for kind in FORMATS[:-1])


def _with_container(source: Source, table: RawTable) -> RawTable:
    """Workbooks carry their author's name, JSON what no reader looks at: they are kept as plain tables only.

    Some row must fit.
    """
    if table.frame.empty and table.refused:
        first = table.refused[0]
        places = {"row": first.row, "column": first.column, "value": first.value, **first.params}
        raise FileError(
            "No row of {file} could be read.", why=first.message,
            do="Export it again and change nothing in it.", code="no-rows",
            **(places | {"file": source.name}),
        )  # fmt: skip
    json = source.data[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    table.container = table.container or json or is_workbook(source.data)
    return table


def _head(source: Source) -> str:
    data = source.data
    if data[:4] == b"PAR1" or (data[:2] == b"PK" and not is_workbook(data)):
        return ""  # a container: formats that read such things look at the bytes
    if is_workbook(data):
        return "\n".join(text[:2000] for _, text in sheets(source)[:4])
    if len(data) > _HEAD:
        cut = max(data.rfind(b"\n", 0, _HEAD), data.rfind(b"\r", 0, _HEAD))
        data = data[: cut + 1] if cut > 0 else data
    return decode(Source(source.name, data), markup=True).text
