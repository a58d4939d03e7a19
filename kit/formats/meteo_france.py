r"""Météo-France: climate data of its stations (six minutes to months) and SYNOP messages, semicolons.

Samples (a column ``Q…`` of marks behind each quantity; SYNOP has SI units and no marks)::

    NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJHH;RR1;QRR1;FF;QFF;T;QT;U;QU
     99999001;ANYTOWN;46.278;5.669;534;2024050110;0.2;1;3.1;1;12.3;1;80;1

    numer_sta;date;pmer;dd;ff;t;td;u;pres;rr3
    99999;20240501120000;101890;240;6.2;281.95;279.35;84;100020;0.2

What the format defines
    Times are UTC. ``AAAAMMJJHHMN`` six minutes, ``AAAAMMJJHH`` hours, ``AAAAMMJJ`` days, ``AAAAMM`` months.
    Sums, extremes and radiation stand at the end of their hour or six minutes; temperature, humidity and
    pressure are of that moment. ``T TD`` °C, ``FF`` and ``FXI`` m/s, ``PMER PSTAT`` hPa, ``GLO`` J/cm²,
    ``INS`` minutes of sunshine, ``VV`` visibility in m; of days and months ``RR TN TX TM FFM FXI UM INST``.
    Mark 2 is a doubtful value. SYNOP: K, Pa, m/s, ``rr3`` rain of three hours in mm.
Traps
    * ``RR`` of a day goes from 6 UTC to 6 UTC of the next; it is taken as that day.
    * ``mq`` is a missing value.
    * SYNOP has sums of 1, 3, 6, 12 and 24 hours side by side, of the same rain: kit takes ``rr3``.
Sources: https://www.data.gouv.fr/datasets/donnees-climatologiques-de-base-horaires/,
https://donneespubliques.meteofrance.fr/client/document/doc_parametres_synop_168.pdf
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, parts, readings, scaled, verdicts
from kit.formats._reasons import CONVERTED, MARK, NOT_KEPT, STATION_NUMBER
from kit.model import MONTH, Column, RawTable, Source

_HEADER = re.compile(r"^\W*(?:NUM_POSTE[;,].*AAAAMM|numer_sta[;,]date[;,])", re.M)
_HOUR, _DAY = 3_600, 86_400
_MOMENT = {
    "T": Quantity("temperature", "Cel", 0), "TD": Quantity("dew_point", "Cel", 0),
    "U": Quantity("humidity", "%", 0), "PMER": Quantity("pressure_sea_level", "hPa", 0),
    "PSTAT": Quantity("pressure", "hPa", 0), "VV": Quantity("visibility", "m", 0),
    "FF": Quantity("wind_speed", "m/s", 600, ends=True),
    "DD": Quantity("wind_direction", "deg", 600, ends=True),
}  # fmt: skip
_HOURLY = _MOMENT | {
    "RR1": Quantity("rain", "mm", _HOUR, ends=True), "FXI": Quantity("wind_gust", "m/s", _HOUR, ends=True),
    "TN": Quantity("temperature_min", "Cel", _HOUR, ends=True),
    "TX": Quantity("temperature_max", "Cel", _HOUR, ends=True),
    "INS": Quantity("sunshine", "min", _HOUR, ends=True),
    "GLO": Quantity("radiation", "W/m2", _HOUR, ends=True),
}  # fmt: skip
_DAILY = {
    "RR": Quantity("rain", "mm"), "TN": Quantity("temperature_min", "Cel"), "UM": Quantity("humidity", "%"),
    "TX": Quantity("temperature_max", "Cel"), "TM": Quantity("temperature", "Cel"),
    "FFM": Quantity("wind_speed", "m/s"), "FXI": Quantity("wind_gust", "m/s"),
    "FXIAB": Quantity("wind_gust", "m/s"), "INST": Quantity("sunshine", "min"),
    "PMERM": Quantity("pressure_sea_level", "hPa"), "GLOT": Quantity("radiation", "W/m2"),
}  # fmt: skip
_SYNOP = {
    "t": Quantity("temperature", "K", 0), "td": Quantity("dew_point", "K", 0),
    "u": Quantity("humidity", "%", 0), "pmer": Quantity("pressure_sea_level", "Pa", 0),
    "pres": Quantity("pressure", "Pa", 0), "ff": Quantity("wind_speed", "m/s", 600, ends=True),
    "dd": Quantity("wind_direction", "deg", 600, ends=True), "vv": Quantity("visibility", "m", 0),
    "rr3": Quantity("rain", "mm", 3 * _HOUR, ends=True), "ht_neige": Quantity("snow_depth", "m", 0),
}  # fmt: skip
#: Name of the time -> (what the columns mean, period of the table, writing of the time).
_STEPS: Mapping[str, tuple[Mapping[str, Quantity], int, str]] = {
    "AAAAMMJJHHMN": ({"RR": Quantity("rain", "mm", 360, ends=True)}, 0, r"\1-\2-\3 \4:\5"),
    "AAAAMMJJHH": (_HOURLY, 0, r"\1-\2-\3 \4:00"), "AAAAMMJJ": (_DAILY, _DAY, r"\1-\2-\3"),
    "AAAAMM": (_DAILY, MONTH, r"\1-\2"), "date": (_SYNOP, 0, r"\1-\2-\3 \4:\5"),
}  # fmt: skip
_DIGITS = re.compile(r"^(\d{4})(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:\d\d)?$")
#: J/cm² -> W/m² for one second.
_ENERGY = 10_000
_DOUBTFUL = {"2": "suspect"}
_ROLES = {"NOM_USUEL": "station", "LAT": "latitude", "LON": "longitude", "ALTI": "elevation"}


def sniff(source: Source, head: str) -> float:
    """Sure for the first names of the columns."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return bool(_HEADER.search(";".join(cells))) and any(name in cells for name in _STEPS)


def parse(source: Source) -> RawTable:
    """Read a table of any step, or SYNOP messages; see the module."""
    table = read_table(source, _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    when = next(name for name in _STEPS if name in frame)
    known, period, form = _STEPS[when]
    if when == "AAAAMM":  # RR is the sum of the month, INST and GLOT too
        known = {name: one for name, one in known.items() if name not in ("GLOT", "FXI")}
    others = parts(when)
    others |= {name: Column(name, role, label=name) for name, role in _ROLES.items()}  # type: ignore[arg-type]
    station = "ignored" if "NOM_USUEL" in frame else "station"
    for name in ("NUM_POSTE", "numer_sta"):
        reason = STATION_NUMBER if station == "ignored" else ""
        others[name] = Column(name, station, label=name, reason=reason)  # type: ignore[arg-type]
    added = []
    for name in [name for name in known if name in frame]:
        label = name
        if name in ("GLO", "GLOT"):
            label = f"{name} (W/m²)"
            span = _HOUR if name == "GLO" else _DAY
            frame = frame.assign(**{label: scaled(frame[name], _ENERGY / span)})
            others[name] = Column(name, "ignored", label=name, reason=CONVERTED)
            added.append(known[name].column(label, name, derived=True))
        if (mark := f"Q{name}") in frame:
            others[mark] = Column(mark, "ignored", label=mark, reason=MARK)
            said = f"{name} (verdict)"
            frame = frame.assign(**{said: verdicts(frame[mark].str.replace(".0", ""), _DOUBTFUL)})
            added.append(Column(said, "quality", label=label, derived=True))
    own = [name for name in frame.columns if name not in {column.name for column in added}]
    others |= {
        n: Column(n, "ignored", label=n, reason=_why(n, own))
        for n in own
        if n not in others and n not in known
    }
    time = frame[when].str.strip().str.replace(_DIGITS, form, regex=True)
    columns = [*defined(frame[own], known, others), *added]
    raw = readings("meteo-france", table, frame, columns, time, zone="UTC", period=period)
    raw.missing = ("mq",)
    return raw


def _why(name: str, names: Sequence[str]) -> str:
    return MARK if name.startswith("Q") and name[1:] in names else NOT_KEPT


FORMAT = Format("meteo-france", "Météo-France", "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJ;…", sniff, parse)
