r"""UK-AIR (Defra, United Kingdom): hourly air quality of the national networks, as CSV.

Sample (remarks, a line with the sites, the names; ``status`` and ``unit`` stand behind each quantity)::

    Data supplied by UK-AIR on 1/5/2024
    All Data GMT hour ending
    Status: R = Ratified / P = Provisional / P* = As supplied
    ,,Anytown Centre,,
    Date,time,Nitrogen dioxide,status,unit
    01-01-2024,01:00,15.1,R,ugm-3

What the format defines
    Times are GMT and stand at the end of the hour; 24:00 ends the day. Masses are µg/m³, those of carbon
    monoxide mg/m³, as the unit says. Status ``S`` is a suspect value; provisional values are not checked yet.
Traps
    * The names may hold marks of web pages: ``PM<sub>10</sub> particulate matter (Hourly measured)``.
    * Several sites stand side by side; the line above the names says where each begins.
    * ``Modelled Wind Speed`` and its sisters come from a weather model: kit leaves them out.
    * Days are written day first (``01-02-2024`` is 1 February).
Source: https://uk-air.defra.gov.uk/data/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._columns import unique
from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, parts, readings, verdicts
from kit.formats._reasons import ABOUT
from kit.formats._times import clock_text
from kit.model import Column, RawTable, Source
from kit.text import N_

_SUPPLIED = re.compile(r"supplied by UK-?AIR", re.I)
_HEADER = re.compile(r'^\W*"?Date"?[,;]"?time"?[,;].*\bstatus\b', re.I | re.M)
_HOUR = 3_600
#: What a name begins with, in small letters and without marks -> variable.
_MEANING = (
    ("pm10 ", "pm10"), ("pm2.5 ", "pm25"), ("pm1 ", "pm1"), ("nitrogen dioxide", "no2"),
    ("nitric oxide", "no"), ("nitrogen oxides as nitrogen dioxide", "nox"), ("ozone", "o3"),
    ("sulphur dioxide", "so2"), ("carbon monoxide", "co"), ("benzene", "benzene"),
)  # fmt: skip
_STATUS = {"S": "suspect"}
_MODELLED = N_("computed by a weather model")
_VERDICT = " (verdict)"


def sniff(source: Source, head: str) -> float:
    """Sure if a line names date, time and a status, in a file that UK-AIR supplied or in its kept copy."""
    if not _HEADER.search(head):
        return 0.0
    return 0.97 if _SUPPLIED.search(head) or re.search(r"ugm-3", head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    names = [cell.strip().lower() for cell in cells]
    return names[:2] == ["date", "time"] and any(re.search(r"\bstatus\b", name) for name in names)


def parse(source: Source) -> RawTable:
    """Read the hours of one site or of several; see the module."""
    text = decode(source).text
    found = _HEADER.search(text)
    start = found.start() if found else 0
    above = text[:start].rstrip("\n").rsplit("\n", 1)[-1]
    table = read_table(Source(source.name, text[start:].encode()), _is_header, (",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    table.around = tuple(line.strip() for line in text[:start].split("\n") if line.strip(" ,"))
    sites = next(csv.reader([above])) if above.startswith(",,") else []
    names, about = _names(list(map(str, table.header)), sites)
    frame = table.frame.set_axis(pd.Index(names), axis=1)
    meaning = {name: _quantity(name.rsplit(": ", 1)[-1], frame.get(f"{name} unit")) for name in names}
    others = {**parts(*names[:2])}
    others |= {name: Column(name, "ignored", label=name, reason=_why(name)) for name in names[2:]}
    several = len(set(about.values())) > 1
    added = []
    for name, quantity in meaning.items():
        if quantity is None:
            continue
        others[name] = quantity.column(name, station=about.get(name, "") if several else "")
        if (marks := f"{name} status") in frame:
            frame = frame.assign(**{name + _VERDICT: verdicts(frame[marks].str.upper(), _STATUS)})
            added.append(Column(name + _VERDICT, "quality", label=name, derived=True))
    columns = [*defined(frame[names], {}, others), *added]
    date = frame[names[0]].str.replace(r"^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$", r"\3-\2-\1", regex=True)
    raw = readings(
        "uk-air", table, frame, columns, date + " " + clock_text(frame[names[1]]), zone="UTC", period=0
    )
    raw.period, raw.stamp = _HOUR, "end"
    return raw


def _names(header: list[str], sites: list[str]) -> tuple[list[str], dict[str, str]]:
    """Names in which status and unit say of what they are, and the site of each where there are several."""
    begins = {at: site.strip() for at, site in enumerate(sites) if site.strip()}
    many = len(begins) > 1
    names, of, site, last = header[:2], {}, "", ""
    for at, cell in enumerate(header[2:], 2):
        site = begins.get(at, site)
        plain = re.sub(r"<[^>]*>", "", re.sub(r" \(\d+\)$", "", cell)).strip()
        if plain.lower() in ("status", "unit"):
            names.append(f"{last} {plain.lower()}")
            continue
        last = f"{site}: {plain}" if many else plain
        names.append(last)
        known, _, rest = plain.rpartition(": ")
        of[last] = site if many else known if rest else ""
    return list(unique(names)), of


def _quantity(name: str, units: pd.Series | None) -> Quantity | None:
    """What a name means, with the unit that stands beside it."""
    plain = f"{name.lower()} "
    variable = next((variable for text, variable in _MEANING if plain.startswith(text)), "")
    if not variable or re.search(r" (status|unit) $", plain) or "daily" in plain or "volatile" in plain:
        return None
    said = next((text for text in units.unique() if text), "") if units is not None else ""
    return Quantity(variable, "mg/m3" if said.lower().startswith("mg") else "ug/m3")


def _why(name: str) -> str:
    return _MODELLED if "modelled" in name.lower() else ABOUT


FORMAT = Format("uk-air", "UK-AIR", "Date,time,Nitrogen dioxide,status,unit", sniff, parse)
