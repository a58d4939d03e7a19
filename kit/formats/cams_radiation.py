r"""CAMS radiation service (Copernicus): solar energy at a place, computed from satellite images, CSV.

Sample (remarks with ``#``, the last of them is the header; a record is of an interval)::

    # Title: CAMS Radiation Service v4.5 all-sky irradiation
    # Latitude (positive North, ISO 19115): 58.3800
    # Time reference: Universal time (UT)
    # Observation period;TOA;Clear sky GHI;GHI;BHI;DHI;BNI;Reliability
    2024-05-01T10:00:00.0/2024-05-01T11:00:00.0;900.0;700.1;650.5;1;1;1;1.0

What the format defines
    Energies in W h/m² of the interval: ``GHI`` is the global radiation; kit converts it to the mean power.
    Times are UTC.
Traps
    * Nobody measured these values; a note says so.
    * The other columns are parts of ``GHI`` or what would be without clouds: left out.
Source: https://www.soda-pro.com/web-services/radiation/cams-radiation-service
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import MODEL, Quantity, defined, parts, readings, scaled, with_place
from kit.formats._reasons import CONVERTED
from kit.model import Column, RawTable, Source

_HEADER = re.compile(r"^\W*Observation period[;,](?=.*\bGHI\b)", re.M)
_FACTS = (
    ("latitude", r"Latitude \([^)]*\):\s*(-?[\d.]+)"), ("longitude", r"Longitude \([^)]*\):\s*(-?[\d.]+)"),
    ("elevation", r"Altitude \(m\):\s*(-?[\d.]+)"),
)  # fmt: skip
_WHEN, _GLOBAL, _POWER = "Observation period", "GHI", "GHI (W/m²)"


def sniff(source: Source, head: str) -> float:
    """Sure for the first name with the global radiation behind it."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return cells[0].strip("# ") == _WHEN and _GLOBAL in cells


def parse(source: Source) -> RawTable:
    """Read intervals of one length; see the module."""
    text = decode(source).text
    found = _HEADER.search(text)
    start = found.start() if found else 0
    above = text[:start]
    table = read_table(Source(source.name, text[start:].lstrip("\ufeff# ").encode()), _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    facts = {name: one[1] for name, rule in _FACTS if (one := re.search(rule, above))}
    frame = with_place(table.frame, facts)
    when = str(frame.columns[0])
    first, last = (frame[when].str.replace(rule, "", regex=True).str[:19] for rule in ("/.*", "^.*/"))
    begins, ends = (pd.to_datetime(one, format="%Y-%m-%dT%H:%M:%S", errors="coerce") for one in (first, last))
    spans = (ends - begins).dt.total_seconds().dropna()
    period = max(int(spans.mode().iloc[0]), 0) if len(spans) else 0
    own = list(map(str, frame.columns))
    frame = frame.assign(**{_POWER: scaled(frame[_GLOBAL], 3_600 / period if period else 1.0)})
    others = {**parts(when), _GLOBAL: Column(_GLOBAL, "ignored", label=_GLOBAL, reason=CONVERTED)}
    power = Quantity("radiation", "W/m2", period).column(_POWER, _GLOBAL, derived=True)
    table.notes = (*table.notes, (MODEL, {}))
    columns = [*defined(frame[own], {}, others), power]
    raw = readings("cams-radiation", table, frame, columns, first, zone="UTC")
    raw.missing = ("nan",)
    return raw


FORMAT = Format(
    "cams-radiation", "CAMS radiation", "# Observation period;TOA;…;GHI;BHI;DHI;BNI", sniff, parse
)
