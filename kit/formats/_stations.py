"""Columns of small weather stations (Ecowitt, Ambient Weather and their sisters) in many languages.

What is measured, indoors or outdoors, the vocabulary knows (``kit.vocab``). Here stands only what such
stations have of their own: channels and probes, and columns that are no readings (the state of the device,
extremes, what is computed).
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from kit.formats import _words as words
from kit.formats._reasons import COMPUTED, EMPTY, FREE_TEXT, WORDS
from kit.model import Column
from kit.text import N_
from kit.vocab import SLIDING, compass, counter_of, fold, recognise, sliding_hours, unit

EXTREME = N_("a highest or lowest value, not a mean")
DEVICE = N_("the state of the device, not a reading")
AVERAGE = N_("an average over another time than the other columns")
EXTRA = "extra"
_MISSING = frozenset(("", "-", "--", "---", "----", "None", "NULL", "null", "nan", "NaN", "NA", "N/A", "n/a"))

_UNIT = re.compile(r"^(?P<label>.*?)\s*[(（\[](?P<unit>[^()（）\[\]]*)[)）\]]\s*$")
_CHANNEL = re.compile(
    r"(?:\b(?:ch|channel|kanal|sensor|canal|voie|kanava)|(?-i:(?<=\w)CH))[ _.]?(\d{1,2})\b", re.I
)
#: Ecowitt's sensor for rooms, and its probe on a wire.
_ROOM = re.compile(r"\b(?:wh4[56]|aqin)\b", re.I)
_PROBE = re.compile(r"\bw[hn]34", re.I)
#: What says that a column is not to be taken, by the reason.
_LEFT_OUT = (
    (DEVICE, r"batter|batteri|voltage|\bcharge\b|signal|rssi|firmware|aku\b|akku|pile\b|bateri|runtime"
             r"|\bheap\b"),
    (COMPUTED, r"feels|gefuhlt|ressent|sensacion|sensacao|percep|gevoel|upplev|tuntuu|odczuw|tajutav"
               r"|wind ?chill|heat ?index|hitzeindex|windkalte|\bvpd\b|\bw?bgt\b|humidex|apparent|aqi(?!n)"
               r"|frost ?point|cloud|(wind|gust) ?level"),
    (EXTREME, r"\bmax|\bmin\b|highest|lowest|hochst|tiefst|maxim|minim|\bhigh\b|\blow\b"),
    (AVERAGE, r"\bavg\b|24 ?(h|hour|hr)s?\b.*(aver|avg|mitt)|average|10 ?min|mittel|moyen"
              r"|media\b"),
    (DEVICE, r"lightning|blitz|last strike|eclair|relampag|leaf|water leak"),
)  # fmt: skip
#: What these stations measure by themselves; ingest looks closer at everything else (rain that may be a
#: running total, sensors that were added).
KINDS = frozenset((
    "temperature_indoor", "humidity_indoor", "temperature", "humidity", "pressure", "pressure_sea_level",
    "wind_speed", "wind_gust", "wind_direction", "rain", "rain_rate", "dew_point", "radiation", "illuminance",
    "uv_index", "soil_moisture", "soil_temperature",
))  # fmt: skip
_OUTSIDE = re.compile(
    r"outdoor|outside|au(ss|ß)en|exteri|\bestern|buiten|utomhus|\bute\b|ulko|valis|valjas|\bvali|zewn|\bout\b"
)


def split_name(name: str) -> tuple[str, str]:
    """Return a name as (label, text of the unit in its last brackets).

    >>> split_name("Wind Speed (km/hr)"), split_name("Druck（hpa）")
    (('Wind Speed', 'km/hr'), ('Druck', 'hpa'))
    """
    found = _UNIT.match(" ".join(name.split()))
    return (found["label"], found["unit"].strip()) if found and found["label"] else (name, "")


def known(name: str) -> str:
    """Return what a name of a column surely is in the manner of these stations, "" if nobody knows.

    >>> [known(text) for text in ("Gust(mph)", "REL Pressure(hPa)", "Temperatur Innen(℃)", "Regen/Tag(mm)")]
    ['wind_gust', 'pressure_sea_level', 'temperature_indoor', 'rain']
    >>> known("Température extérieure(℃)"), known("Piezo Rate(mm/Hr)"), known("PM2.5 CH1(ug/m3)")
    ('temperature', 'rain_rate', '')
    """
    return _known(*split_name(name))


@cache
def _known(label: str, text: str) -> str:
    stated = unit(text) if text else None
    if stated is not None and stated.dimension == "rain rate":
        return "rain_rate"
    if counter_of(label):
        return "rain"
    found = recognise(label, text)
    if found is None or found.variable not in KINDS or found.variable == "rain":
        return ""
    return found.variable if found.sure or found.variable == "uv_index" else ""


def words_column(name: str, cells: pd.Series) -> Column | None:
    """Return a column that holds words instead of numbers as a note (free text as personal), else None.

    Whoever adds a column to a device's table names people in it sooner or later.
    """
    texts = [text for text in cells.drop_duplicates().head(200) if text not in _MISSING]
    if not texts or any(any(c.isdigit() for c in text) for text in texts):
        free = bool(words.FREE_TEXT.search(words.plain_name(name))) and bool(texts)
        return Column(name, "personal", label=name, reason=FREE_TEXT) if free else None
    if all(
        not np.isnan(point) or text.lower() in ("calm", "var")
        for point, text in zip(compass(texts, "east"), texts, strict=True)
    ):
        return None
    if words.FREE_TEXT.search(words.plain_name(name)):
        return Column(name, "personal", label=name, reason=FREE_TEXT)
    return Column(name, "note", label=name, reason=WORDS)


def station_column(name: str, cells: pd.Series, channel: str = "") -> Column:
    """Return what a column of a weather station is; its variable where the name settles it.

    An extra sensor of temperature or humidity (CH1 … CH8) may hang anywhere: its label then is such that
    ingest asks where. ``channel`` is that of the whole file where it holds one extra sensor.
    """
    label, text = split_name(name)
    folded = fold(label)
    if not (cells != "").any():
        return Column(name, "ignored", label=label, unit=text, reason=EMPTY)
    told = words_column(name, cells)
    if told is not None:
        return told
    if sliding_hours(label) or re.match(r"(piezo )?1 ?(h|hours?) ?rain|rain ?1 ?h", folded):
        return Column(name, "ignored", label=label, unit=text, reason=SLIDING)
    for reason, stems in _LEFT_OUT:
        if re.search(stems, folded) and not counter_of(label):
            return Column(name, "ignored", label=label, unit=text, reason=reason)
    numbered = _CHANNEL.search(label)
    extra = channel or (f"ch{numbered[1]}" if numbered else "")
    sensor = "piezo" if re.search(r"piezo", folded) else extra or "1"
    variable = _known(label, text)
    if _PROBE.search(label):
        return Column(name, "value", label=f"{EXTRA} temperature", unit=text, sensor=f"probe-{sensor}")
    if _ROOM.search(label):
        label = _ROOM.sub("", label).strip()
        rooms = {"temperature": "temperature_indoor", "humidity": "humidity_indoor"}
        room = "co2" if label.lower() == "co2" else rooms.get(_known(label, text), "")
        return Column(name, "value", label=f"indoor {label}", variable=room, unit=text, sensor="room")
    if extra and variable in ("temperature", "humidity", "dew_point") and not _OUTSIDE.search(folded):
        if variable == "dew_point":
            return Column(name, "ignored", label=label, unit=text, reason=COMPUTED)
        return Column(name, "value", label=f"{EXTRA} {variable}", unit=text, sensor=sensor)
    span = counter_of(label) if variable == "rain" else ""
    return Column(name, "value", label=label, variable=variable, unit=text, sensor=sensor, counter=span)
