"""The checks and the codes of their reasons, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kit.text import N_, tr

#: Check id -> what it looks at (English template).
CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "missing": N_("Is there a value?"),
        "gross-range": N_("Is the value possible, and is it usual?"),
        "stuck-code": N_("Is the value one that broken sensors send?"),
        "spike": N_("Does a single value jump away from its neighbours?"),
        "flat-line": N_("Does the value stay the same for too long?"),
        "rate-of-change": N_("Does the value change too fast?"),
        "time": N_("Can the reading have been taken at this time?"),
        "location": N_("Can the station stand at this place?"),
        "station-moved": N_("Was the reading taken at its station?"),
    }
)

#: Reason code -> plain words (English template). The order is that of the codes in ``reason``.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "missing": N_("There is no value."),
        "impossible-time": N_("Nobody can have measured at this time: the date is wrong."),
        "future-time": N_("This time had not come yet when the file was given: is the device's clock right?"),
        "impossible-location": N_("No station can stand at this place: please check its coordinates."),
        "station-moved": N_("This was not measured at the station, but more than a kilometre away."),
        "out-of-range": N_("This value is not possible here on Earth, or not with such a sensor."),
        "unusual-value": N_("This value is possible, but very rare. Look at it again."),
        "stuck-code": N_("Broken or wet sensors send this value. It is probably no measurement."),
        "spike": N_("A single value jumps away from the values before and after it."),
        "flat-line": N_("The value stays exactly the same for too long: the sensor may be stuck."),
        "rate-of-change": N_("The value changes faster than it usually can."),
    }
)


def reason_text(code: str, lang: str | None = None) -> str:
    """Return the words for a reason code, or for several joined by ";".

    An unknown code (from newer rules) is returned as it is.

    >>> reason_text("missing", "en"), reason_text("", "en")
    ('There is no value.', '')
    """
    parts = [part for part in code.split(";") if part]
    return " ".join(tr(REASONS[part], lang) if part in REASONS else part for part in parts)
