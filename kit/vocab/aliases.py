"""From the names people type to variables: whole names (``tables/aliases.csv``), else their words.

The rule is: sure, or a question, or nothing. A raw sensor response is never a concentration, what was
measured indoors never becomes outdoor air, a daily maximum never a mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kit.text import N_
from kit.vocab.durations import duration_unit
from kit.vocab.phrases import Part, concept_words, meaning, parts, word_group
from kit.vocab.units import Unit, convertible, table_lines, unit
from kit.vocab.variables import variables
from kit.vocab.words import fold, tokens

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*(?:\([^()]*\))?[^()\[\]{}]*)[)\]}]")
#: "Luftdruck in hPa", "PM 2.5 in ug/m3 (PMS5003)": small letters, for "Temp In C" is indoors.
_IN_UNIT = re.compile(r"(?P<label>.*\S) in (?P<unit>[^\s()\[\]]+)(?P<rest>( [(\[].*)?)$")
#: Sensors that work out carbon dioxide from other gases, and sensors in soil, water or a heated chamber.
_ESTIMATES = re.compile(
    r"bm[ep]?68\d|680|ccs8\d*|cjmcu8\d*|sgp\d*|svm\d*|mq\d*|mics.*|iaq.*|ens1\d*|zmod.*|sen5\d|mp503"
)
_PROBES = re.compile(r"smt\d+|vh400|chirp|truebner|teros\d*|vegetronix|watermark|pt100|pt1000|ezo.*|rtd|heca")
#: Sensors that count dust, and what Sensor.Community calls the sizes that they tell apart.
_COUNTS_DUST = re.compile(r"^(?:sds|pms|sps|hpma|hm33|pmsa)\d*[a-z]?\d*$")
_SIZES = {"p0": "pm1", "p1": "pm10", "p2": "pm25", "p4": "pm4", "p25": "pm25", "p10": "pm10"}
#: Marks of web pages in names: "PM<sub>10</sub>".
_TAGS = re.compile(r"</?su[bp]>", re.I)
#: Units right behind a name, told by their capital letter: "PressurehPa", "WindSpeedKMH", "tempC".
_GLUED = re.compile(
    r"(?P<label>.*?[a-z]{2})(?P<unit>[hHkK]?Pa|KMH|Kmh|KPH|Kph|MPH|Mph|MS|Ms|MM|Mm|C|F|In|Lux|Lx|Db|DB|PPM|Ppm|PPB|Ppb"
    r"|Pct|Percent|Deg|Degrees|Watts/m\^?2|W/m\^?2|[uU]g/?[mM]3)$"
)
_GLUED_AS = {"MS": ("m/s",), "Ms": ("m/s",), "In": ("in", "inHg"), "Pct": ("%",), "Watts/m^2": ("W/m2",)}
_QUALIFIERS = ("indoor", "maximum", "minimum", "total", "hour")


@dataclass(frozen=True)
class Known:
    """What a name says: variable, how sure ("1", "u" with a fitting unit, "0" not), the unit it implies."""

    variable: str
    sure: str
    unit: str = ""


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
ESTIMATE = N_("this sensor works it out from other gases")
ELSEWHERE = N_("the sensor may stand in soil, in water, indoors or in a device")


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
    >>> recognise("temperature in C").variable, recognise("Temp In C").variable
    ('temperature', 'temperature_indoor')
    >>> recognise("WindSpeedKMH").unit, recognise("PressureIn").unit, recognise("TempIn").variable
    ('km/h', "[in_i'Hg]", 'temperature_indoor')
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
    if unit_text.strip() and fold(unit_text) in word_group("maximum") | word_group("minimum"):
        label, unit_text = f"{label} {unit_text}", ""
    label = _TAGS.sub("", label)
    bare, stated = _split_unit(label)
    said = unit_text.strip() or stated
    if said.lower() == "atm" and tokens(bare)[:1] and tokens(bare)[0].startswith("pm"):
        bare, said, unit_text, stated = f"{bare} atm", "", "", ""  # a way to count particles, no pressure
    device = tokens(sensor)
    found, reason = _words(tokens(bare), device)
    if not said and (glued := _GLUED.fullmatch(bare.strip())):
        head, tail = glued["label"], glued["unit"]
        better = _words(tokens(head), device)[0]
        spelled = _GLUED_AS.get(tail, (tail,))
        fits = [text for text in spelled if better and convertible(text, better.variable)]
        if better and fits and better.sure != "0":
            found, said = better, fits[0]
    head, tail = _tail_unit(bare)
    if said and tail and found is not None and found.sure == "0" and unit(tail) == unit(said):
        found = _words(tokens(head), device)[0] or found
    if not said and (found is None or found.sure != "1"):
        better = _words(tokens(head), device)[0] if tail else None
        if better and (found is None or better.sure != "0"):
            found, said = better, tail
    if found is None:
        return None, reason
    if unit_text.strip() and stated and _contradict(unit_text, stated):
        return Match(found.variable, "", False, STRANGE_UNIT), ""
    if doubt := _sensor_doubt(found.variable, device, tokens(bare)):
        match, reason = _with_unit(replace(found, sure="0"), said)
        return (replace(match, reason=doubt) if match else None), reason
    return _with_unit(found, said)


def _contradict(one: str, other: str) -> bool:
    first, second = unit(one), unit(other)
    return first is not None and second is not None and first.id != second.id


def _with_unit(found: Known, said: str) -> tuple[Match | None, str]:
    """Let the unit confirm, refine or refuse what the name says."""
    name, sure = found.variable, found.sure == "1"
    if not said:
        return Match(name, found.unit, sure, SURE if sure else UNSURE), ""
    known = _degrees(said, name) or unit(said)
    if known is None and duration_unit(said):
        return None, UNFIT
    if known is None or (known.id == "deg" and convertible("Cel", name)):
        return Match(name, "", False, STRANGE_UNIT), ""
    if known.id == "1" and not any(c.isalnum() for c in said) and not convertible(known, name):
        return Match(name, "", False, STRANGE_UNIT), ""
    name = _refined(name, known, found.sure)
    if not convertible(known, name) or (name == "radiation" and known.id in ("uW/cm2", "mW/cm2")):
        return None, RAW if known.dimension in ("voltage", "resistance") else UNFIT
    sure = sure or found.sure == "u"
    return Match(name, known.id, sure, SURE if sure else UNSURE), ""


def _refined(name: str, known: Unit, sure: str) -> str:
    """Return the variable that name and unit mean together."""
    if known.dimension == "rain rate" and name == "rain":
        return "rain_rate"
    if known.id == "%" and name == "dissolved_oxygen":
        return "oxygen_saturation"
    if known.dimension == "angle" and name == "wind_speed" and sure == "u":
        return "wind_direction"
    if known.id == "g/m3" and name == "humidity":
        return "absolute_humidity"
    if known.dimension == "irradiance" and name == "uv_index" and sure == "u":
        return "uv_irradiance"
    if known.dimension == "irradiance" and name == "illuminance" and sure == "u":
        return "radiation" if known.id == "W/m2" else name
    if known.dimension == "illuminance" and name == "radiation":
        return "illuminance"
    if known.id == "1" and name == "uv_irradiance":
        return "uv_index"
    return name


def _degrees(said: str, name: str) -> Unit | None:
    """Return what "Grad", "kraadi", "градусы" are: of a temperature degrees Celsius, else angles."""
    if fold(said) not in word_group("degrees"):
        return None
    return unit("Cel") if convertible("Cel", name) else unit("deg")


def _words(words: tuple[str, ...], device: tuple[str, ...]) -> tuple[Known | None, str]:
    """Return what folded words say, or None and why not."""
    table = _aliases()
    if (found := table.get(" ".join(words))) is not None:
        return found, ""
    if any(word.startswith("pt08") for word in words):
        return None, RAW
    read = parts(words, frozenset(device) - _meaningful())
    read = tuple(_depth(part, read) for part in read)
    kinds = {part.kind for part in read}
    if size := _size(words, device):
        return Known(size, "u"), ""
    if "raw" in kinds:
        return None, RAW
    if "other" in kinds:
        return None, OTHER
    core = [part for part in read if part.kind not in ("device", "number", "neutral", "joining")]
    base = table.get(" ".join(part.word for part in core)) if core else None
    if base is None and not core and len(read) == 1:
        return None, UNKNOWN
    if base is not None:
        kinds -= {"indoor", "maximum", "minimum"}
    if base is None:
        plain = [part for part in core if part.kind not in _QUALIFIERS]
        base = table.get(" ".join(part.word for part in plain)) or _meaning(plain)
    if base is None:
        return None, UNKNOWN
    if base.variable.startswith("pm") and any(w.isdigit() for w in words[1:]):
        base = replace(base, sure="0")
    return _qualified(base, kinds)


def _size(words: tuple[str, ...], device: tuple[str, ...]) -> str:
    """Return the variable of "SDS011 P1": Sensor.Community calls PM1, PM10, PM2.5 P0, P1, P2."""
    left = [word for word in words if not _COUNTS_DUST.match(word)]
    if len(left) == len(words) and not any(_COUNTS_DUST.match(word) for word in device):
        return ""
    return _SIZES.get("".join(left), "")


def _depth(part: Part, read: tuple[Part, ...]) -> Part:
    """A depth such as "30 cm" is part of a name only in the soil."""
    if part.kind != "depth":
        return part
    return replace(part, kind="number" if any("soil" in one.concepts for one in read) else "unknown")


def _meaning(read: list[Part]) -> Known | None:
    """Return what the concepts among the words mean together; unknown words make it uncertain."""
    found = meaning(part.concepts for part in read if part.kind == "concept")
    if found is None:
        return None
    variable, sure = found
    if any(part.kind == "unknown" for part in read):
        sure = "0"
    elif sure == "1" and any(part.typed_wrong for part in read):
        sure = "u"
    return Known(variable, sure)


def _qualified(base: Known, kinds: set[str]) -> tuple[Known | None, str]:
    """Take account of words for indoors, an extreme, a total."""
    name, extreme = base.variable, kinds & {"maximum", "minimum"}
    if kinds & {"total", "hour"} and name in ("rain", "rain_rate"):
        return None, TOTAL
    if "total" in kinds:
        base = replace(base, sure="0")
    if "indoor" in kinds:
        inside = {"temperature": "temperature_indoor", "humidity": "humidity_indoor"}.get(name)
        if inside and not extreme:
            return replace(base, variable=inside), ""
        return (
            (replace(base, sure="0"), "") if name in ("co2", "pressure", "noise", "tvoc") else (None, INDOOR)
        )
    if len(extreme) == 2 or (extreme and name not in ("temperature", "wind_speed", "wind_gust")):
        return None, EXTREME
    if "maximum" in kinds:
        return replace(base, variable="temperature_max" if name == "temperature" else "wind_gust"), ""
    if "minimum" in kinds:
        return (replace(base, variable="temperature_min"), "") if name == "temperature" else (None, EXTREME)
    return base, ""


def _sensor_doubt(variable: str, device: tuple[str, ...], label: tuple[str, ...]) -> str:
    """Return why the sensor's name makes a variable doubtful, "" if it does not."""
    words = (*device, *label)
    if variable == "co2" and any(_ESTIMATES.fullmatch(word) for word in words):
        return ESTIMATE
    if variable in ("temperature", "humidity"):
        read = parts(words)
        elsewhere = {"soil", "water"} & {c for part in read for c in part.concepts if len(part.concepts) == 1}
        inside = any(part.kind == "indoor" and (part.word != "in" or device == ("in",)) for part in read)
        inside = inside or bool(word_group("hardware") & {*device})
        if elsewhere or inside or any(_PROBES.fullmatch(word) for word in words):
            return ELSEWHERE
    return ""


@cache
def _meaningful() -> frozenset[str]:
    """Return the words that say what was measured even where they are part of a device's name."""
    known = {word for label in _aliases() for word in label.split()}
    for group in ("indoor", "maximum", "minimum", "total", "other", "raw"):
        known |= word_group(group)
    return frozenset(known | concept_words())


def _split_unit(label: str) -> tuple[str, str]:
    """Return the label without its unit in brackets (or after a comma), and that unit."""
    for found in reversed(list(_BRACKETS.finditer(label))):
        if _is_unit(found[1]):
            return label[: found.start()] + " " + label[found.end() :], found[1]
    inside = _IN_UNIT.match(label)
    if inside and _is_unit(inside["unit"]):
        return inside["label"] + inside["rest"], inside["unit"]
    if "," in label:
        head, tail = label.rsplit(",", 1)
        if head.strip() and not tail.strip().isdigit() and _is_unit(tail):
            return head, tail
    return label, ""


def _tail_unit(label: str) -> tuple[str, str]:
    """Return (label, unit) for names such as ``Temperature_F`` or ``Wind Run - km``."""
    for found in re.finditer(r"[\s_\-]+", label):
        head, tail = label[: found.start()], label[found.end() :]
        if not _is_unit(tail) and _is_unit(tail.replace("_", "/")):
            tail = tail.replace("_", "/")
        if head.strip() and not tail.strip().isdigit() and _is_unit(tail):
            return head, tail
    return label, ""


def _is_unit(text: str) -> bool:
    """Tell whether a part of a name is a unit; times there say of what span it is, "min" a minimum."""
    known = unit(text)
    return known is not None and known.dimension != "time"


@cache
def also(label: str) -> tuple[str, ...]:
    """Return what else a name means to some, where its numbers speak against its usual meaning.

    ``RH`` is rain in the files of the weather service of the Netherlands (KNMI).

    >>> also("RH"), also("humidity")
    (('rain',), ())
    """
    words = " ".join(tokens(label))
    lines = (line for line in table_lines("aliases.csv") if line["sure"] == "also")
    return tuple(
        line["variable"] for line in lines if words in map(" ".join, map(tokens, line["labels"].split("|")))
    )


@cache
def _aliases() -> dict[str, Known]:
    """Return folded words -> what they say."""
    table: dict[str, Known] = {}
    for line in table_lines("aliases.csv"):
        if line["sure"] != "also":
            for label in line["labels"].split("|"):
                known = Known(line["variable"], line["sure"], line["unit"])
                table.setdefault(" ".join(tokens(label)), known)
    for name, known_variable in variables().items():
        for label in (name, *known_variable.names.values()):
            for text in (label, re.sub(r"\(.*\)", "", label)):
                table.setdefault(" ".join(tokens(text)), Known(name, "1"))
    return table


__all__ = ["Match", "fold", "recognise", "why_not", "word_group"]
