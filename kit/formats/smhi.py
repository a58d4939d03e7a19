r"""SMHI (Sweden): open data of one station and quantity, semicolons, small tables of facts above the values.

Sample (hours; for days and months ``Från Datum Tid (UTC);Till Datum Tid (UTC);Representativt dygn;…``)::

    Stationsnamn;Klimatnummer;Mäthöjd (meter över marken)
    Anytown A;99999;2.0

    Parameternamn;Beskrivning;Enhet
    Lufttemperatur;momentanvärde, 1 gång/tim;degree celsius

    Tidsperiod (fr.o.m);…;Höjd (meter över havet);Latitud (decimalgrader);Longitud (decimalgrader)
    1995-08-01 00:00:00;…;45.0;59.900;16.800

    Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:
    2024-05-01;00:00:00;12.4;G;;Kvalitetskontrollerade historiska data

What the format defines
    Times are UTC. ``Beskrivning`` says of what a value is: of the moment, the sum of an hour, the mean of a
    day … Hourly sums and means stand at the end of their hour. A day is that of ``Representativt dygn``, a
    month that of ``Representativ månad``. ``Kvalitet`` G is checked and approved; Y is doubtful, roughly
    checked or joined from other values: such values are flagged as suspect.
Traps
    * Wind has two quantities in one file, each with its own ``Kvalitet`` behind it.
    * The last column holds remarks about the whole file beside its first rows.
    * A station that was moved has several places; the last one is taken.
Source: https://www.smhi.se/data/hitta-data-for-en-plats/ladda-ner-vaderobservationer
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import PLACE, verdicts, with_place
from kit.formats._reasons import ABOUT, OTHER_TIME
from kit.formats._times import join_clock
from kit.model import MONTH, YEAR, Column, RawTable, Source
from kit.text import N_

_HEADER = re.compile(
    r'^\W*(?:Datum[;,]"?Tid \(UTC\)|Från Datum Tid \(UTC\)[;,])[^\n]*[;,]"?Kvalitet\b[^\n]*$', re.M
)
_DAYS = {"Representativt dygn": 86_400, "Representativ månad": MONTH, "Representativt år": YEAR}
_ABOUT = "Beskrivning"
#: Name -> (variable, unit).
_MEANING = {
    "Lufttemperatur": ("temperature", "°C"), "Relativ Luftfuktighet": ("humidity", "%"),
    "Nederbördsmängd": ("rain", "mm"), "Vindhastighet": ("wind_speed", "m/s"),
    "Vindriktning": ("wind_direction", "deg"), "Byvind": ("wind_gust", "m/s"),
    "Lufttryck reducerat havsytans nivå": ("pressure_sea_level", "hPa"),
    "Daggpunktstemperatur": ("dew_point", "°C"), "Solskenstid": ("sunshine", "s"),
    "Global Irradians (svenska stationer)": ("radiation", "W/m²"), "Global Irradians": ("radiation", "W/m²"),
    "Sikt": ("visibility", "m"), "Snödjup": ("snow_depth", "m"),
}  # fmt: skip
_SPANS = (("15 min", 900), ("10 min", 600), ("1 timme", 3600), ("1 h", 3600), ("12 timmar", 43_200))
_QUALITY = {"Y": "suspect"}
_MARK = re.compile(r"Kvalitet(?: \(\d+\))?")
_REMARKS = N_("remarks about the whole file")


def sniff(source: Source, head: str) -> float:
    """Sure if a line names date, time and quality in SMHI's words."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return "Kvalitet" in cells and (cells[0] == "Datum" or cells[0].startswith("Från Datum"))


def parse(source: Source) -> RawTable:
    """Read a file of hours, days, months or years; see the module."""
    text = decode(source).text
    header = _HEADER.search(text)
    start = header.start() if header else 0
    above = text[:start]
    table = read_table(Source(source.name, text[start:].encode()), _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    facts = _facts(above)
    frame = with_place(table.frame, facts)
    if facts.get(_ABOUT) and _ABOUT not in frame:
        frame = frame.assign(**{_ABOUT: facts[_ABOUT]}).astype({_ABOUT: "str"})
    about = str(frame[_ABOUT].iloc[0]) if _ABOUT in frame and len(frame) else ""
    whole = next((name for name in _DAYS if name in frame), "")
    marks = _marks(list(map(str, frame.columns)))
    columns = [_column(str(name), marks, whole, about) for name in frame.columns]
    for value, mark in marks.items():
        said = f"{value} (verdict)"
        frame = frame.assign(**{said: verdicts(frame[mark], _QUALITY)})
        columns.append(Column(said, "quality", label=value, derived=True))
    period, stamp = _DAYS.get(whole, 0), "start"
    if not whole and "Tid (UTC)" in frame:
        frame, columns, _ = join_clock(frame, columns, "Datum", "Tid (UTC)")
        period, stamp = _span(about)
    return RawTable(
        "smhi", "readings", frame, tuple(columns), zone="UTC", period=period, stamp=stamp,  # type: ignore[arg-type]
        decimal=table.decimal, blank=table.blank, refused=table.refused, notes=table.notes,
        around=tuple(line for line in above.split("\n") if line.strip(" ;")),
    )  # fmt: skip


def _facts(above: str) -> dict[str, str]:
    """The last line of each small table above the values: name, description, place."""
    found: dict[str, str] = {}
    for block in re.split(r"\n[ ;]*\n", above):
        lines = [[cell.strip() for cell in line.split(";")] for line in block.split("\n") if line.strip(" ;")]
        if len(lines) > 1:
            found |= dict(zip(lines[0], lines[-1], strict=False))
    place = {
        "station name": found.get("Stationsnamn", ""),
        "latitude": next((text for name, text in found.items() if name.startswith("Latitud")), ""),
        "longitude": next((text for name, text in found.items() if name.startswith("Longitud")), ""),
        "elevation": next((text for name, text in found.items() if name.startswith("Höjd")), ""),
    }
    return {**place, _ABOUT: found.get(_ABOUT, "")}


def _marks(names: Sequence[str]) -> dict[str, str]:
    """The columns with quantities: each stands before its quality.

    >>> _marks(["Datum", "Tid (UTC)", "Vindriktning", "Kvalitet", "Vindhastighet", "Kvalitet (2)"])
    {'Vindriktning': 'Kvalitet', 'Vindhastighet': 'Kvalitet (2)'}
    """
    return {before: name for before, name in pairwise(names) if _MARK.fullmatch(name)}


def _span(about: str) -> tuple[int, str]:
    """Period and stamp of what the description says: "summa 1 timme, 1 gång/tim".

    >>> _span("summa 1 timme, 1 gång/tim"), _span("momentanvärde, 1 gång/tim")
    ((3600, 'end'), (0, 'start'))
    """
    if "momentan" in about.lower():
        return 0, "start"
    if re.match(r"(max|min)\b.*gång/tim", about.lower()):
        return 3_600, "end"
    return next(((seconds, "end") for words, seconds in _SPANS if words in about), (0, "start"))


def _column(name: str, marks: Mapping[str, str], whole: str, about: str) -> Column:
    if name in PLACE:
        role = "station" if name == "station name" else name
        return Column(name, role, label=name)  # type: ignore[arg-type]
    if name in marks:
        variable, unit = _MEANING.get(name, ("", ""))
        extreme = re.match(r"(max|min)\b", about.lower())
        if variable == "temperature" and whole and extreme:
            variable = f"temperature_{extreme[1]}"
        return Column(name, "value", label=name, variable=variable, unit=unit)
    if name == whole:
        return Column(name, "date", label=name)
    if "Datum" in name or name == "Tid (UTC)":
        return Column(name, "ignored", label=name, reason=OTHER_TIME)
    if name in marks.values():
        return Column(name, "note", label=name)
    return Column(name, "ignored", label=name, reason=ABOUT if name == _ABOUT else _REMARKS)


FORMAT = Format("smhi", "SMHI", "Datum;Tid (UTC);Lufttemperatur;Kvalitet", sniff, parse)
