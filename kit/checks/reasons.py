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
        "month-range": N_("Is the sum of a month possible, and is it usual?"),
        "year-range": N_("Is the sum of a year possible, and is it usual?"),
        "stuck-code": N_("Is the value one that broken sensors send?"),
        "half-year-range": N_("Is the value possible at this latitude in this half of the year?"),
        "spike": N_("Does a single value jump away from its neighbours?"),
        "flat-line": N_("Does the value stay the same for too long?"),
        "attenuated-signal": N_("Does the value change as much as it must from day to night?"),
        "rate-of-change": N_("Does the value change too fast?"),
        "gap": N_("Are there times without readings?"),
        "part-above-whole": N_("Is there less fine dust than all dust?"),
        "dew-point": N_("Is the dew point below the temperature?"),
        "gust-below-wind": N_("Is the gust stronger than the mean wind?"),
        "min-above-max": N_("Is the lowest temperature below the highest?"),
        "dry-rain": N_("Was the air moist when it rained?"),
        "channels": N_("Do the two channels of the device agree?"),
        "clock": N_("Is the device's clock right?"),
        "time": N_("Can the reading have been taken at this time?"),
        "location": N_("Can the station stand at this place?"),
        "station-moved": N_("Was the reading taken at its station?"),
        "region": N_("Does the station stand in its region?"),
        "other-years": N_("Is the value like those of the same month in other years?"),
        "neighbours": N_("Do the stations around measure something similar?"),
        "borders": N_("Does the value fit those of the file before and after?"),
    }
)

#: Reason code -> plain words (English template). The order is that of the codes in ``reason``.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "missing": N_("There is no value."),
        "impossible-time": N_("Nobody can have measured at this time: the date is wrong."),
        "future-time": N_("This time had not come yet when the file was given: is the device's clock right?"),
        "factory-clock": N_(
            "The device's clock was not set and runs on from its factory date: the date is wrong."
        ),
        "clock-back": N_("The device's clock jumped back here: this time comes twice."),
        "impossible-location": N_("No station can stand at this place: please check its coordinates."),
        "station-moved": N_("This was not measured at the station, but more than a kilometre away."),
        "outside-region": N_("The station's coordinates lie outside its region: please check them."),
        "out-of-range": N_("This value is not possible here on Earth, or not with such a sensor."),
        "out-of-season": N_("This value is not possible at this latitude in this half of the year."),
        "unusual-value": N_("This value is possible, but very rare. Look at it again."),
        "stuck-code": N_("Broken or wet sensors send this value. It is probably no measurement."),
        "spike": N_("A single value jumps away from the values before and after it."),
        "flat-line": N_("The value stays exactly the same for too long: the sensor may be stuck."),
        "attenuated-signal": N_(
            "Day and night look almost the same here: the sensor may hardly react any more."
        ),
        "rate-of-change": N_("The value changes faster than it usually can."),
        "part-above-whole": N_("There cannot be more fine dust than dust of all sizes up to the next one."),
        "dew-point": N_("The dew point cannot be above the temperature: one of the two is wrong."),
        "gust-below-wind": N_("A gust cannot be weaker than the mean wind: one of the two is wrong."),
        "min-above-max": N_("The lowest temperature cannot be above the highest: are the columns swapped?"),
        "dry-rain": N_("It rained while the air was very dry: was the rain gauge cleaned or knocked?"),
        "channels": N_("The two channels of this device disagree: one of them may be dirty or broken."),
        "reviewed": N_("A person looked at it and decided."),
        "other-years": N_(
            "This is far from what this station measured in this month in other years. Look at it again."
        ),
        "neighbours": N_(
            "The stations around measure something quite different, and none of them follows this one."
        ),
        "odd-count": N_(
            "This is no usual number of individuals: negative, a fraction, or very many. Look at it again."
        ),
        "source-suspect": N_("The organisation that measured it marks this value as doubtful."),
        "source-estimated": N_("The organisation that measured it marks this value as estimated."),
        "source-fail": N_("The organisation that measured it marks this value as wrong."),
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
