"""From the names people type to variables (``tables/aliases.csv``).

The rule is: sure, or a question, or nothing. A raw sensor response is never a concentration, what was
measured indoors never becomes outdoor air, a daily maximum never a mean.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from kit.text import N_
from kit.vocab.units import TABLES, convertible, unit
from kit.vocab.variables import variables
from kit.vocab.words import fold, tokens

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*(?:\([^()]*\))?[^()\[\]{}]*)[)\]}]")
#: Names of sensors and devices: they say with what was measured, not what.
_DEVICE = re.compile(
    r"^(bme|bmp|bm|dht|sht|shtc?|hdc|sds|sps|scd|sen|sfa|pms|pmsa|psm|hm|ds18b|18ds|htu|am2|aht|tsl|veml|si1|"
    r"lm\d|ws\d|hp\d|dps|mpl|mh|dnms|bh17|max4|svm|sgp|ccs8|hyt|si70|lps|ms56|gy|pimoroni|atlas|nova|sensirion|bosch|"
    r"plantower)[a-z]?\d*[a-z0-9]*$"
)

#: What a name says: variable, whether for certain, the unit that it implies ("" if none).
_Known = tuple[str, bool, str]
_Table = dict[str, _Known]

RAW = N_("a raw signal of the sensor, not yet the quantity itself")
INDOOR = N_("measured indoors; kit has no such indoor variable")
EXTREME = N_("a highest or lowest value, not a mean")
TOTAL = N_("a running total; kit takes rain per record")
OTHER = N_("not a quantity that kit collects")
UNKNOWN = N_("kit does not know this name")
UNFIT = N_("its unit does not fit the name")

SURE = N_("the name says it")
UNSURE = N_("the name does not say it for certain")
STRANGE_UNIT = N_("its unit is not known")


@dataclass(frozen=True)
class Match:
    """What a label means: a variable, its unit (UCUM; "" if not stated), whether that is certain, and why."""

    variable: str
    unit: str
    sure: bool
    reason: str


def recognise(label: str, unit: str = "", sensor: str = "") -> Match | None:
    """Return what a column named ``label`` holds, or ``None`` if kit does not know (see :func:`why_not`).

    ``unit`` is the unit stated beside the label; ``sensor`` the device's name, which may be part of labels.

    >>> recognise("Outdoor Temperature(℃)")
    Match(variable='temperature', unit='Cel', sure=True, reason='the name says it')
    >>> recognise("NO2(GT)").variable, recognise("Õhutemperatuur").variable, recognise("PT08.S1(CO)")
    ('no2', 'temperature', None)
    """
    return _look(label, unit, sensor)[0]


def why_not(label: str, unit: str = "", sensor: str = "") -> str:
    """Return an English template saying why :func:`recognise` knows no variable for a label.

    >>> why_not("PT08.S1(CO)")
    'a raw signal of the sensor, not yet the quantity itself'
    """
    match, reason = _look(label, unit, sensor)
    return "" if match else reason


@cache
def _look(label: str, unit_text: str, sensor: str) -> tuple[Match | None, str]:
    bare, stated = _split_unit(label)
    said = unit_text.strip() or stated
    words = tokens(bare)
    found, reason = _words(words, frozenset(tokens(sensor)))
    if not said and (found is None or not found[1]):
        head, tail = _tail_unit(bare)
        better = _words(tokens(head), frozenset(tokens(sensor)))[0] if tail else None
        if better and (found is None or better[1]):
            found, said = better, tail
    if found is None:
        return None, reason
    return _with_unit(found, said)


def _with_unit(found: _Known, said: str) -> tuple[Match | None, str]:
    """Let the unit confirm, refine or refuse what the name says."""
    name, sure, implied = found
    reason = SURE if sure else UNSURE
    if not said:
        return Match(name, implied, sure, reason), ""
    known = _unit(said)
    if known is None:
        return Match(name, "", False, STRANGE_UNIT), ""
    if known == "mm/h" and name == "rain":
        name = "rain_rate"
    if known == "deg" and name == "wind_speed" and not sure:
        name, sure = "wind_direction", True
    if known == "g/m3" and name == "humidity":
        name = "absolute_humidity"
    if not convertible(known, name) or (name == "radiation" and known in ("uW/cm2", "mW/cm2")):
        return None, RAW if known in ("mV", "V", "Ohm", "kOhm") else UNFIT
    if not sure and name in ("wind_speed", "illuminance", "radiation", "soil_moisture"):
        sure = known != "%"
    return Match(name, known, sure, SURE if sure else UNSURE), ""


def _words(words: tuple[str, ...], device: frozenset[str]) -> tuple[_Known | None, str]:
    """Return (variable, sure, unit) for folded words, or None and why not."""
    table = _aliases()
    if (found := table.get(" ".join(words))) is not None:
        return found, ""
    if any(word.startswith("pt08") for word in words):
        return None, RAW
    kinds = set(words)
    for group, reason in ((word_group("raw"), RAW), (word_group("other"), OTHER)):
        if kinds & group:
            return None, reason
    named = device - _meaningful()
    left = [w for w in words if w not in named and not _DEVICE.match(w) and not _numbering(w)] or list(words)
    core = left if " ".join(left) in table else [w for w in left if w not in word_group("neutral")]
    found = table.get(" ".join(core))
    if found is None:
        return _qualified(core, table)
    if found[0] in ("rain", "rain_rate") and kinds & word_group("total"):
        return None, TOTAL
    if found[0].startswith("pm") and any(w.isdigit() for w in words[1:]):
        return (found[0], False, found[2]), ""
    return found, ""


def _qualified(core: list[str], table: _Table) -> tuple[_Known | None, str]:
    """Read labels with a word for indoors, an extreme, a total, or words kit does not know."""
    plain = [
        w
        for w in core
        if w not in word_group("indoor") | word_group("maximum") | word_group("minimum") | word_group("total")
    ]
    base = table.get(" ".join(plain)) or _part(plain, table)
    kinds = set(core)
    if base is None:
        return None, UNKNOWN
    name = base[0]
    if kinds & word_group("indoor"):
        inside = {"temperature": "temperature_indoor", "humidity": "humidity_indoor"}.get(name)
        if inside and not kinds & (word_group("maximum") | word_group("minimum")):
            return (inside, base[1], base[2]), ""
        return ((name, False, base[2]), "") if name in ("co2", "pressure", "noise") else (None, INDOOR)
    if kinds & word_group("maximum") and name in ("temperature", "wind_speed", "wind_gust"):
        return ("temperature_max" if name == "temperature" else "wind_gust", base[1], base[2]), ""
    if kinds & word_group("minimum") and name == "temperature":
        return ("temperature_min", base[1], base[2]), ""
    if kinds & (word_group("maximum") | word_group("minimum")):
        return None, EXTREME
    if kinds & word_group("total") and name in ("rain", "rain_rate"):
        return None, TOTAL
    return base, ""


def _part(words: list[str], table: _Table) -> _Known | None:
    """Return the variable of the longest run of known words (never a short one), as unsure."""
    for size in range(len(words) - 1, 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            if (
                len(phrase) >= 3
                and phrase in table
                and phrase not in ("bar", "gust", "solar", "sound", "wind")
            ):
                name, _, implied = table[phrase]
                return name, False, implied
    return None


@cache
def _meaningful() -> frozenset[str]:
    """Return the words that say what was measured even where they are part of a device's name."""
    known = {word for label in _aliases() for word in label.split()}
    return frozenset(
        known | word_group("indoor") | word_group("maximum") | word_group("minimum") | word_group("total")
    )


def _numbering(word: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}[a-z]?|ch\d|nr\d?|[a-z]\d", word)) and word not in ("o3", "t2")


def _split_unit(label: str) -> tuple[str, str]:
    """Return the label without its unit in brackets (or after a comma), and that unit."""
    for found in reversed(list(_BRACKETS.finditer(label))):
        if unit(found[1]) is not None:
            return label[: found.start()] + " " + label[found.end() :], found[1]
    if "," in label:
        head, tail = label.rsplit(",", 1)
        if head.strip() and not tail.strip().isdigit() and unit(tail) is not None:
            return head, tail
    return label, ""


def _tail_unit(label: str) -> tuple[str, str]:
    """Return (label, unit) for names such as ``Temperature_F`` or ``Wind Run - km``."""
    for found in re.finditer(r"[\s_\-]+", label):
        head, tail = label[: found.start()], label[found.end() :]
        if unit(tail) is None and unit(tail.replace("_", "/")) is not None:
            tail = tail.replace("_", "/")
        if head.strip() and not tail.strip().isdigit() and unit(tail) is not None:
            return head, tail
    return label, ""


def _unit(text: str) -> str | None:
    known = unit(text)
    return known.id if known else None


@cache
def word_group(name: str) -> frozenset[str]:
    """Return the words of one group of ``tables/label_words.csv``.

    >>> "indoor" in word_group("indoor")
    True
    """
    with (TABLES / "label_words.csv").open(encoding="utf-8", newline="") as file:
        return next(
            frozenset(line["words"].split("|")) for line in csv.DictReader(file) if line["group"] == name
        )


@cache
def _aliases() -> _Table:
    """Return folded words -> (variable, sure, unit that the label implies)."""
    table: _Table = {}
    with (TABLES / "aliases.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            for label in line["labels"].split("|"):
                table.setdefault(
                    " ".join(tokens(label)), (line["variable"], line["sure"] == "1", line["unit"])
                )
    for name, known in variables().items():
        for label in (name, *known.names.values()):
            for text in (label, re.sub(r"\(.*\)", "", label)):
                table.setdefault(" ".join(tokens(text)), (name, True, ""))
    return table


__all__ = ["Match", "fold", "recognise", "why_not", "word_group"]
