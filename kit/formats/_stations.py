"""Columns of small weather stations (Ecowitt, Ambient Weather and their sisters) in many languages.

A name is read by the stems of its words: what is measured, indoors or outdoors, absolute or relative
pressure, gust or wind, and for rain whether it is a running total. Names that this does not settle go to the
vocabulary.
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
from kit.vocab import SLIDING, compass, convertible, counter_of, fold, sliding_hours, unit

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
#: What is measured, by stems; the first that fits counts. "*" marks a pressure, "?" inside or outside.
_KINDS = (
    ("dew_point?", r"dew|taupunkt|rosee|rocio|rugiada|dauwpunt|dagg|kastepis|kastepunkt|rosy\b|orvalho|rasos"
                   r"|tocka ros"),
    ("soil_moisture", r"(soil|boden|mulla|pinnase|sol\b|suelo|suolo|bodem|jord|maa).*(moist|feucht|niisk"
                      r"|humid|humed|umid|vocht|fukt|kosteus)"),
    ("soil_temperature", r"(soil|boden|mulla|pinnase|suelo|suolo|bodem).*temp"),
    ("pressure*", r"pressure|luftdruck|luchtdruk|pression|presion|pressione|pressao|lufttryck|ilmanpaine"
                  r"|cisnienie"
                  r"|ohurohk|\bbaro|\b(abs|rel)\.? pres"),
    ("wind_gust", r"gust|\bboe|\bboen|\bboee|\bbo\b|rafale|rafaga|raffic|windstoo?t|windsto|byvind|vindby"
                  r"|puuska"
                  r"|poryw|puhang|rajada"),
    ("wind_direction", r"wind ?dir|windricht|direction|direccion|direzione|direcao|vindrikt|tuulen suunta"
                       r"|tuule suund|kierun"),
    ("wind_speed", r"wind|\bvent\b|viento|vento|tuul|\bvind|wiatr"),
    ("uv_index", r"\buv|ultra.?violet|uvi\b"),
    ("radiation", r"solar|sonnen|solaire|soleggi|radiazione|zonne|solinstr|solstr|aurinko|paikes|radiacion"
                  r"|radiacao"
                  r"|naslon"),
    ("humidity?", r"humid|\bhum\b|feucht|umidi|umidade|humed|niiskus|vochtig|fukt|kosteus|wilgot"),
    ("temperature?", r"temp|lampotila|teplot"),
)  # fmt: skip
_INSIDE = re.compile(
    r"indoor|inside|innen|interi|\bintern|binnen|inomhus|\binne\b|sisa|\bsise|\btoa|toas\b|sees\b|wewn|\bin\b|\broom\b"
)
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
    return _known(*split_name(name))[0]


@cache
def _known(label: str, text: str) -> tuple[str, str]:
    """Return (variable, where): ``where`` is "in", "out" or "" if the name does not say."""
    folded = fold(label)
    stated = unit(text) if text else None
    if stated is not None and stated.dimension == "rain rate":
        return "rain_rate", ""
    if counter_of(label):
        return "rain", ""
    for kind, stems in _KINDS:
        if not re.search(stems, folded):
            continue
        where = "in" if _INSIDE.search(folded) else "out" if _OUTSIDE.search(folded) else ""
        name = kind.rstrip("?*")
        if kind.endswith("*"):
            relative = re.search(r"\brel|suht|sea level|meere|merepin", folded)
            name = "pressure_sea_level" if relative else "pressure" if re.search(r"\babs", folded) else ""
        if name == "dew_point" and where == "in":
            return "", where
        if name == "radiation" and stated is not None and convertible(stated, "illuminance"):
            name = "illuminance"
        if stated is not None and name and not convertible(stated, name):
            return "", where
        if where == "in" and name in ("temperature", "humidity"):
            name += "_indoor"
        return name, where
    return "", ""


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
    variable, where = _known(label, text)
    if _PROBE.search(label):
        return Column(name, "value", label=f"{EXTRA} temperature", unit=text, sensor=f"probe-{sensor}")
    if _ROOM.search(label):
        label = _ROOM.sub("", label).strip()
        rooms = {"temperature": "temperature_indoor", "humidity": "humidity_indoor"}
        room = "co2" if label.lower() == "co2" else rooms.get(variable, "")
        return Column(name, "value", label=f"indoor {label}", variable=room, unit=text, sensor="room")
    if where == "in" and re.search(_KINDS[0][1], folded):
        return Column(name, "ignored", label=label, unit=text, reason=COMPUTED)
    if extra and variable in ("temperature", "humidity", "dew_point") and not where:
        if variable == "dew_point":
            return Column(name, "ignored", label=label, unit=text, reason=COMPUTED)
        return Column(name, "value", label=f"{EXTRA} {variable}", unit=text, sensor=sensor)
    span = counter_of(label) if variable == "rain" else ""
    return Column(name, "value", label=label, variable=variable, unit=text, sensor=sensor, counter=span)
