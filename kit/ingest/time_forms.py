"""The forms in which one time is written: which part of a text is what, names of months and zones.

Which of two numbers is the day is decided over a whole column (``date_orders``).
"""

from __future__ import annotations

import re

from kit.vocab import usual_time
from kit.vocab.calendar import UNCLEAR_ZONES, is_weekday, month_number, zone_hours

_ZONE = r"(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+\-−]\d{1,2}(?::?\d{2})?)"
_OFFSET = re.compile(r"(?:UTC|GMT)?([+\-−])(\d{1,2}):?(\d{2})?$")
_STAMP = re.compile(
    r"\s*(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})\.?"
    r"(?:(?:[T,]|\s)\s*(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|[FfEe][Mm])?\s*" + _ZONE + r"?\s*(?:\([A-Z]{2,5}\))?)?\s*"
)
_COMPACT = re.compile(
    r"\s*(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})"
    r"(?:[T ]?(?P<h>\d{2}):?(?P<m>\d{2}):?(?P<s>\d{2})?(?:[.,](?P<f>\d{1,9}))?\s*"
    + _ZONE + r"?)?\s*"
)  # fmt: skip
_DAY_MONTH = re.compile(
    r"\s*(?:[^\W\d_]{2,}\.?,?\s+)?(\d{1,2})[ .\-]+([^\W\d_]{3,})\.?[ ,.\-]+(\d{4}|\d{2})\b,?(.*)"
)
_MONTH_DAY = re.compile(r"\s*(?:[^\W\d_]{2,}\.?,?\s+)?([^\W\d_]{3,})\.? +(\d{1,2}),? +(\d{4})\b,?(.*)")
_ZONE_WORD = re.compile(r"\b[A-Z]{3,4}\b")
_WEEKDAY = re.compile(r"\s*([^\W\d_]+(?:['’-][^\W\d_]+)*\.?,?)\s+(?=\d{1,4}[-/.]\d)")
#: The word between day and month or month and year in Spanish, Portuguese, Romanian, Lithuanian and Latvian.
_BETWEEN = re.compile(r"(?<=[\w.])\s+(?:de|del|of|m|g|gada|года|г|року|р)\.?(?=\s)", re.I)


def offset_of(text: str) -> int | None:
    """Return the offset from UTC, in seconds, at the end of a text; ``None`` if it names none.

    >>> offset_of("+02:00"), offset_of("2026-03-01T12:00:00Z"), offset_of("Europe/Tallinn")
    (7200, 0, None)
    """
    bare = text.strip()
    stamp = match_time(bare)
    zone = stamp["zone"] if stamp else bare
    if zone in ("Z", "UTC", "GMT"):
        return 0
    found = _OFFSET.fullmatch(zone or "")
    if not found:
        return None
    seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
    return (seconds if found[1] == "+" else -seconds) if seconds <= 14 * 3600 else None


def match_time(text: str) -> re.Match[str] | None:
    """Return a match with the parts of a date and clock time as written; ``None`` if it is neither.

    Groups: ``a b c`` (of the date), ``h m s f`` (clock, fraction), ``half`` (am, pm), ``zone``; those of the
    clock may be None.

    >>> match_time("31/12/2026 2:05 pm").group("a", "b", "c", "h", "m", "s", "half")
    ('31', '12', '2026', '2', '05', None, 'pm')
    """
    found = _STAMP.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None and any(letter.isalpha() for letter in text):
        found = _STAMP.fullmatch(_spelled(text))
    if found is None and (usual := usual_time(text)) != text:
        found = _STAMP.fullmatch(usual) or _COMPACT.fullmatch(usual) or _STAMP.fullmatch(_spelled(usual))
    return found


def _spelled(text: str) -> str:
    """Return a time with its month's name and its zone's abbreviation written as numbers.

    >>> _spelled("1. märts 2026 14:30 EET"), _spelled("Mar 1, 2026")
    ('2026-03-01 14:30 +02:00', '2026-03-01')
    """
    text = _ZONE_WORD.sub(_offset_text, text)
    leading = _WEEKDAY.match(text)
    if leading and is_weekday(leading[1]):
        text = text[leading.end() :]
    text = _BETWEEN.sub("", text)
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        found = pattern.fullmatch(text)
        if found:
            number = month_number(found[month])
            year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
            if number:
                return f"{year}-{number:02d}-{int(found[day]):02d} {found[4].strip()}".strip()
    return text


def unclear_zone(text: str) -> str:
    """Return the abbreviation at the end of a time that means several zones ("CST"), else ""."""
    word = text.rstrip()[-3:]
    return word if word in UNCLEAR_ZONES else ""


def _offset_text(found: re.Match[str]) -> str:
    hours = zone_hours(found[0])
    if hours is None:
        return "" if found[0] in UNCLEAR_ZONES else found[0]
    return f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
