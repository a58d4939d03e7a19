r"""HOBO data loggers (Onset HOBOware and HOBOconnect): their CSV export.

Sample (BOM, a title line that may be missing, unit and serial numbers inside the names)::

    "Plot Title: pond"
    "#","Date Time, GMT+02:00","Temp, °C (LGR S/N: 1234567, SEN S/N: 7654321)","Stopped (LGR S/N: 1234567)"
    1,2024-05-01 12:00,14.62,
    2,2024-05-01 13:00,,Logged

What the format defines
    The time zone is a **fixed** offset in the name of the time column and knows no summer time; newer exports
    write ``Date-Time (EET/EEST)``: winter and summer time of a place, or one of them alone. Times are
    momentary (the logger samples; an average is named so).
    ``SEN S/N`` is the number of the sensor, ``LGR S/N`` of the logger.
Traps
    * Columns such as ``Host Connected``, ``Coupler Attached``, ``Stopped``, ``End Of File`` are events:
      "Logged" or empty. Rows with only an event are records without a reading.
    * ``#`` numbers the logger's samples; it may jump.
    * The date order follows the settings of the program (often mm/dd/yy); the clock may be 12-hour with AM/PM
      or with the words of another language ("fm", "em").
    * A sensor's own label (``LBL: soil``) may say that a temperature is not that of the air; the temperature
      of a logger for dissolved oxygen is that of the water.
    * Newer exports number the channels in the names: ``Ch: 1 - Temperature   (°C)``.
    * Localised exports use tabs and other words (``Fecha``, ``Tiempo, GMT+01:00``; ``Datum``), and date and
      time may stand in two columns. Old exports call the column of date and time ``Time, GMT-04:00``.
    * Spanish clocks write "p. m." with a blank.
    * HOBOlink's table names the sensor between name and unit: ``Rain (S-RGB 1:2), mm, roof``.
    * ``Total: Rain`` beside ``Rain`` is the same rain again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kit.errors import FileError
from kit.formats._columns import split_unit, zone_in
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import COUNTER, EMPTY
from kit.formats._stations import words_column
from kit.formats._times import join_clock
from kit.model import Column, RawTable, Source
from kit.text import N_
from kit.vocab import convertible, fold
from kit.vocab import unit as unit_of

_SERIALS = re.compile(r"\s*\((?=[^()]*\bS/N)(?P<serials>[^()]*)\)\s*|\s*\((LBL|LGR)[^()]*\)\s*")
_SENSOR = re.compile(r"SEN S/N:\s*([\w-]+)")
_LOGGER = re.compile(r"LGR S/N:\s*([\w-]+)")
_TIME = re.compile(
    r"(date[ -]?time|fecha[ -]?tiempo|fecha[ -]?hora|datum[ -]?(tid|zeit|tijd|uhrzeit)|date[ -]?heure"
    r"|data[ -]?(hora|ora|tempo)|dato[ -]?tid|kuupäev[ -]?kell(aaeg)?|data[ -]?godzina|data[ -]?czas)\b",
    re.I,
)
_DATE = re.compile(r"(date|fecha|datum|data|dato)\b", re.I)
_CLOCK = re.compile(r"(time|tiempo|hora|tid|zeit|uhrzeit|tijd|heure|ora|tempo)\b", re.I)
_NUMBERS = re.compile(r"(#|n\.?\s?[º°o]\.?|no\.?|nr\.?|anz\.?|num\.?|line ?#|lp\.?)$", re.I)
#: HOBOlink: "Rain (S-RGB 10917:12), mm, roof".
_LINK = re.compile(
    r"^(?P<label>.+?)\s*\((?P<serial>[\w. -]+?\s[\d:-]+)\)\s*,\s*(?P<unit>[^,]+?)\s*"
    r"(,\s*(?P<where>.*))?$"
)
_LINK_TIME = re.compile(r'^\W*Line#"?[,;\t]"?Date', re.I)
_HALF = re.compile(r"\b([ap])\.?[\s\u00a0\u202f]+m\.?(?=\s|$)", re.I)
#: What an event column says in a row, in the languages of the program.
_LOGGED = frozenset((
    "logged", "registrado", "registrada", "loggad", "loggat", "enregistré", "protokolliert", "aufgezeichnet",
    "registrato", "gelogd", "vastgelegd", "logget", "zapisano", "zarejestrowano", "connecté",
))  # fmt: skip
#: Names of channels in the languages of the program; folded, the first that fits counts.
_NAMES = (
    ("dew_point", r"dew ?p|taupkt|taupunkt|pt\.? ?(rocio|rosee)|point de rosee|ponto de orvalho|pt\.? orvalho"
                  r"|daggpunkt|punto di rugiada|dauwpunt"),
    ("wind_gust", r"gust|boen|rafaga|rafale|rajada|raffic|windsto|vindby|byvind"),
    ("wind_direction", r"wind ?dir|windrichtung|direccion del viento|direction du vent|direcao do vento"
                       r"|vindriktning|direzione del vento|windrichting"),
    ("wind_speed", r"wind ?speed|windgeschw|velocidad del viento|vitesse du vent|velocidade do vento|vindhast"
                   r"|velocita del vento|windsnelheid"),
    ("illuminance", r"intensi|light|licht|lumi|luz\b|ljus"),
    ("humidity", r"^(rh|hr|ur|rf|rel\.? ?(humidity|feuchte)|humedad|humid|luftfeucht|fuktighet|feuchte)\b"),
    ("rain", r"^(rain|rainfall|pluie|lluvia|regen|chuva|regn|nederbord|pioggia|precip\w*|niederschlag)$"),
    ("radiation", r"solar|sonnen|rayonnement sol|solstral|radiacion|radiacao"),
    ("pressure", r"^(abs\.? ?(pres|druck|tryck)|pres\.? abs|druck abs|bar(ometric)? pres|pressione ass)"),
)  # fmt: skip
_AGAIN = N_("the same rain again, added up")
_EVENTS = re.compile(
    r"(host connected|coupler (attached|detached)|stopped|started|end of file|bad battery|good battery"
    r"|new interval|button (up|down)|power warn|channel (on|off)|water detect|safe shutdown|anfitri|conectado"
    r"|parado|detenido|fin de"
    r"|värddator|stoppad|slut på filen)",
    re.I,
)
#: Words of a sensor's own label that change what a temperature is.
_WHERE = re.compile(r"LBL:\s*[^(),]*\b(soil|water|indoor|inside|muld|vesi|boden|wasser|innen)\b", re.I)
_CHANNEL = re.compile(r"^Ch:\s*(?P<number>\d+)\s*-\s*", re.I)
#: Winter and summer time of a place, as HOBOconnect writes them -> a zone with these rules.
_BOTH = {
    "GMT/BST": "Europe/London", "GMT/IST": "Europe/Dublin", "WET/WEST": "WET", "CET/CEST": "CET",
    "EET/EEST": "EET", "EST/EDT": "EST5EDT", "CST/CDT": "CST6CDT", "MST/MDT": "MST7MDT", "PST/PDT": "PST8PDT",
    "AKST/AKDT": "America/Anchorage", "AST/ADT": "America/Halifax", "NST/NDT": "America/St_Johns",
}  # fmt: skip
_ONE = {
    "WET": "UTC", "WEST": "+01:00", "BST": "+01:00", "CET": "+01:00", "CEST": "+02:00", "EET": "+02:00",
    "EEST": "+03:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00",
    "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
_EVENT = N_("an event of the logger, not a reading")


def sniff(source: Source, head: str) -> float:
    """High if the names of columns carry logger serial numbers or an offset in HOBO's manner."""
    start = "\n".join(head.lstrip("\ufeff").split("\n", 6)[:6])
    if re.search(r"LGR S/N|SEN S/N", start):
        return 0.97
    if re.search(r'(^|\n)"?Plot Title:', start) or re.search(r'"(Date Time|Tiempo|Time), GMT[+-]\d\d', start):
        return 0.9
    if re.search(r'^\W*#["\t,;]+Date-Time \([A-Z/+:\d-]+\)', start, re.M):
        return 0.9
    if _LINK_TIME.match(start) and re.search(r"\([\w. -]+? [\d:-]+\), ?[^,]+", start.split("\n", 1)[0]):
        return 0.9
    if re.search(r'^\W*(#|N\.?[º°]|Nr\.?|Anz\.)"?[,;\t]"?[^,;\t"\n]{3,20}, GMT[+-]\d\d:\d\d', start, re.M):
        return 0.9
    return 0.0


def _is_header(cells: Sequence[str]) -> bool:
    joined = "\t".join(cells)
    timed = any(_TIME.match(cell) or _CLOCK.match(cell) or _DATE.match(cell) for cell in cells[:4])
    return timed and not joined.lower().startswith("plot title")


def parse(source: Source) -> RawTable:
    """Read a HOBO export; see the module for its rules."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    columns: list[Column] = []
    for name, unit in zip(table.header, table.units, strict=True):
        columns.append(_column(name, unit, table.frame[name]))
    columns = _in_water(columns)
    zone = _zone([name for name in table.header[:4] if _TIME.match(name) or _CLOCK.match(name)])
    columns = _once(columns)
    notes = list(table.notes)
    frame = table.frame
    stamps = [column.name for column in columns if column.role in ("time", "clock", "date")]
    frame = frame.assign(**{name: frame[name].str.replace(_HALF, r"\1m", regex=True) for name in stamps})
    columns = _old_time(columns)
    if not any(column.role == "time" for column in columns):
        date = next((column.name for column in columns if column.role == "date"), None)
        clock = next((column.name for column in columns if column.role == "clock"), None)
        if date is None or clock is None:
            raise FileError(
                "{file} looks like a HOBO export but has no column with date and time.",
                do="Export it again with the column Date Time.", code="no-times", file=source.name,
            )  # fmt: skip
        frame, columns, note = join_clock(frame, columns, date, clock)
        notes.append(note)
    return RawTable(
        "hobo", "readings", frame, tuple(columns), zone=zone, decimal=table.decimal, blank=table.blank,
        refused=table.refused, around=table.around, notes=tuple(notes),
    )  # fmt: skip


def _in_water(columns: list[Column]) -> list[Column]:
    """A sensor of dissolved oxygen hangs in the water, and its thermometer with it."""
    wet = {c.sensor for c in columns if c.role == "value" and c.label.lower().startswith("do conc")}
    return [
        replace(c, label="Water temperature")
        if c.role == "value" and c.sensor in wet and c.label.lower() in ("temp", "temp.", "temperature")
        else c
        for c in columns
    ]


def _zone(names: Sequence[str]) -> str:
    """Return the zone in the names of the time columns, "" if none is stated.

    >>> _zone(["Date-Time (EST/EDT)"]), _zone(["Date-Time (EDT)"]), _zone(["Date Time, GMT+02:00"])
    ('EST5EDT', '-04:00', '+02:00')
    """
    for name in names:
        found = re.search(r"\(([A-Z]{3,4})(?:/([A-Z]{3,4}))?\)\s*$", name)
        if found is None:
            continue
        if found[2]:
            return _BOTH.get(f"{found[1]}/{found[2]}") or _BOTH.get(f"{found[2]}/{found[1]}", "")
        if found[1] in _ONE:
            return _ONE[found[1]]
    return zone_in(list(names))


def _column(name: str, unit: str, cells: object) -> Column:
    plain = _SERIALS.sub("", name).strip()
    if _NUMBERS.match(plain):
        return Column(name, "ignored", reason=COUNTER)
    if _TIME.match(plain):
        return Column(name, "time", label=plain)
    if _CLOCK.match(plain) and (zone_in(plain) or len(plain) < 8):
        return Column(name, "clock", label=plain)
    if _DATE.match(plain) and len(plain) < 8:
        return Column(name, "date", label=plain)
    texts = set(cells.unique()) - {""}  # type: ignore[attr-defined]
    words = {text.casefold() for text in texts}
    bare = not split_unit(plain)[1] and "SEN S/N" not in name and "LGR S/N" in name
    if _EVENTS.match(plain) or words & _LOGGED or (bare and not any(c.isdigit() for c in "".join(texts))):
        return Column(name, "ignored", label=plain, reason=_EVENT)
    if not texts:
        return Column(name, "ignored", label=plain, reason=EMPTY)
    told = words_column(name, cells) if "S/N" not in name else None  # type: ignore[arg-type]
    if told is not None:
        return told
    link = _LINK.match(plain)
    if link:
        place = _WHERE.search(f"LBL: {link['where'] or ''}")
        label = f"{link['label']} {place[1].lower()}" if place else link["label"]
        variable = "" if place else _variable(label, link["unit"])
        return Column(name, "value", label, variable, link["unit"], link["serial"].strip())
    channel = _CHANNEL.match(plain)
    label, found = split_unit(_CHANNEL.sub("", plain))
    head, _, tail = label.rpartition(",")
    if not found and head and unit_of(tail) is not None:
        label, found = head.strip(), tail.strip()
    where = _WHERE.search(name)
    label = f"{label} {where[1].lower()}" if where else label
    serial = _SENSOR.search(name) or _LOGGER.search(name)
    sensor = serial[1] if serial else channel["number"] if channel else "1"
    variable = "" if where else _variable(label, found or unit)
    return Column(name, "value", label=label, variable=variable, unit=found or unit, sensor=sensor)


def _variable(label: str, text: str) -> str:
    """Return the variable that a channel's name says in one of the program's languages, "" if unknown.

    A unit that does not fit the name is left to the vocabulary, which says so.

    >>> [_variable(*one) for one in (("TauPkt", "°C"), ("UR", "%"), ("Intensitet", "Lux"), ("Batt", "V"))]
    ['dew_point', 'humidity', 'illuminance', '']
    """
    known = unit_of(text) if text else None
    name = next((name for name, words in _NAMES if re.search(words, fold(label))), "")
    return name if name and known is not None and convertible(known, name) else ""


def _once(columns: list[Column]) -> list[Column]:
    """Leave out "Total: Rain" where rain itself is there."""
    rain = any(c.role == "value" and c.variable == "rain" for c in columns)
    total = re.compile(r"total\s*:", re.I)
    return [
        Column(c.name, "ignored", label=c.label, unit=c.unit, reason=_AGAIN)
        if rain and c.role == "value" and total.match(c.label)
        else c
        for c in columns
    ]


def _old_time(columns: list[Column]) -> list[Column]:
    """A lone column "Time, GMT-04:00" (old exports) or "Date" (HOBOlink) holds date and clock."""
    roles = [c.role for c in columns]
    if "time" in roles or roles.count("clock") + roles.count("date") != 1:
        return columns
    return [replace(c, role="time") if c.role in ("clock", "date") else c for c in columns]


FORMAT = Format("hobo", "HOBO", '"Plot Title: …", "Date Time, GMT+02:00", "… (LGR S/N: …)"', sniff, parse)
