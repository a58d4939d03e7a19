"""Names of months and weekdays and abbreviations of time zones, as they stand in dates in many languages.

Words are compared by how they begin, without case and accents, so that no list of forms is needed. The
longest beginning wins ("marraskuu" is November in Finnish, "mars" is March).

Zone abbreviations are those of the tz database (https://www.iana.org/time-zones). Some mean several zones:
those are told apart only by where the station stands.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: How the names of the twelve months begin: en et de fi sv lv lt ru uk ka az ro fr es, it pt nl pl da.
_MONTHS = (
    "jan jaa yan ian ene gen tammi sau sty янв січ იან",
    "feb veb vee fev fév hel vas lut фев лют თებ",
    "mar mrz maa mrt kov мар бер მარ",
    "apr abr avr huh bal kwi апр квіт კვი აპრ",
    "may mai maj mei mag tou geg май мая мае трав მაი",
    "jun juun iyun iun juin giu kes bir cze июн черв ივნ",
    "jul juul iyul iul juil lug hei lie lip июл лип ივლ",
    "aug avq avg ago aoû elo rgp rugp sie авг серп აგვ",
    "sep sen set syy rgs rugs wrz сен вер სექ",
    "oct okt out ott lok spa paź окт жов ოქტ",
    "nov noy noi noj marr lap lis ноя листоп ნოე",
    "dec det dez dek dic dets joulu gru груд дек დეკ",
)
#: How the names of weekdays begin, and their usual short forms.
_DAYS = (
    "mon tue wed thu fri sat sun esm tei kol nel ree lau puh montag die mit don fre sam son maan tii kes tor"
    " per mån tis ons lör sön pir otr tre cet pie ses sve ant ket pen sek пон вто сре чет пят суб вос вів сер"
    " п'я ним нед ორშ სამ ოთხ ხუთ პარ შაბ კვი baz çər cüm şən lun mar mie joi vin dum jeu ven dim jue vie sab"
    " sáb dom gio mer woe vri zat zon pon wto śro czw pią sob nie"
)
_SHORT = (
    "mo di mi do fr sa so ma ti ke to pe la su e t k n r l p пн вт ср чт пт сб вс нд lu me je ve ju vi"
    " wo za zo tu we th pr sv št kt pn an"
)
#: Hours ahead of UTC of the abbreviations that mean one thing only.
_HOURS = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "TRT": 3, "EST": -5, "EDT": -4, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
    "AKDT": -8, "AKST": -9, "HST": -10, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
#: Abbreviations of several zones, with one place of each.
UNCLEAR_ZONES = {
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "IST": ("Europe/Dublin", "Asia/Kolkata", "Asia/Jerusalem"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "GST": ("Asia/Dubai", "Atlantic/South_Georgia"),
}
_LETTERS = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")


@cache
def month_number(word: str) -> int:
    """Return the number of a month from its name or a short form of it; 0 for any other word.

    >>> [month_number(word) for word in ("Jaanuar", "märts", "marraskuuta", "января", "Sept", "x")]
    [1, 3, 11, 1, 9, 0]
    """
    plain = _plain(word)
    for size in range(min(len(plain), 6), 2, -1):
        number = _beginnings().get(plain[:size])
        if number:
            return number
    return 0


def is_weekday(word: str) -> bool:
    """Tell whether a word is (the beginning of) the name of a day of the week.

    >>> [is_weekday(word) for word in ("Mon", "esmaspäev,", "вт", "R", "room")]
    [True, True, True, True, False]
    """
    plain = _plain(word.strip(" .,"))
    return plain in _SHORT.split() or (_LETTERS.fullmatch(plain) is not None and plain[:3] in _weekdays())


def zone_hours(abbreviation: str) -> int | None:
    """Return how many hours a zone is ahead of UTC; None for an abbreviation of none or of several.

    >>> zone_hours("EEST"), zone_hours("EST"), zone_hours("IST")
    (3, -5, None)
    """
    return _HOURS.get(abbreviation)


@cache
def _beginnings() -> dict[str, int]:
    return {_plain(word): number for number, line in enumerate(_MONTHS, 1) for word in line.split()}


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(_plain(word)[:3] for word in _DAYS.split())


def _plain(word: str) -> str:
    text = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in text if not unicodedata.combining(letter))
