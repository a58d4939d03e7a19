"""Names of rain columns that are running totals, and when such a total starts again."""

from __future__ import annotations

import re
from functools import cache

from kit.text import N_
from kit.vocab.words import fold

SLIDING = N_("rain of the last hours, which counts the same rain again and again")
#: Stems of words for rain: English, German, Estonian, Finnish, Swedish, Latvian, Lithuanian, Polish, Russian,
#: Ukrainian, Georgian, Azerbaijani, Romanian, French, Spanish, Portuguese, Italian, Dutch.
_RAIN = re.compile(
    fold(
        r"rain|precip|regen|niederschlag|sademe|vihm|sade\b|saju|nederbord|regn|nokris|lietus|krituli|lietaus"
        r"|opad|deszcz|осадк|дожд|опад|дощ|ნალექ|წვიმ|yagin|yagis|pluie|lluvia|precipit|chuva|pioggia|piogge"
        r"|neerslag|ploaie"
    )
)
_NOT = re.compile(
    fold(
        r"rate|intens|/ *h|per hour|pro stunde|\bdays\b|chance|prob|probab|probability|max|last|yesterday"
        r"|vchera|вчера|вчора"
        r"|eile|gestern|battery|hours\b|24 ?h|48 ?h|1 ?h\b|last|скорость|интенсивн"
    )
)
#: "24 Hour Rain", "Regen (48h)", "осадки за 24 часа": a number of hours.
_HOURS = re.compile(
    fold(
        r"(?<![\d.,])(\d{1,3}) ?-? ?(h|hrs?|hours?|std|stunden?|tunni|tundi|timm\w*|tuntia|heures?|horas?|ore"
        r"|uur|godzin\w*|ч|час\w*|год|годин\w*|საათ\w*|saat\w*|stund\w*|val\w*)\b"
    )
)
#: The longest-running first, so that "total yearly rain" is the total of the year.
_SPANS = (
    ("year", r"year|annual|annuel|anual|annua|jahr|aasta|vuosi|vuod|ar(s)?(regn|nederbord)|\barlig|gada|metin"
             r"|metu|rocz|\bгод|\bрик|\bрич|წელ|illik|jaar"),
    ("month", r"month|monat|kuu(s|vihm|sade|\b)|\bkuu|kuukau|manad|mans|menes|menesi|miesi|месяц|мисяц|мисяч"
              r"|თვ|ayliq|mois|mensu|mensi|mensal|maand|\bmes\b|lunar"),
    ("week", r"week|woche|nadal|viikk|viiko|veck|nedel|savait|tydz|tygod|недел|тижд|кვირ|haftal|hebdo|semain"
             r"|seman|settiman|saptam"),
    ("event", r"event|ereignis|storm|syndmus|sundmus|episod|tapahtum|handels|evento|evenement|gebeurtenis"),
    ("day", r"since midnight|seit mitternacht|alates kesko|dzisiaj|сегодн|сьогодн|\bgun\b"
            r"|dai?ly|today|\bday|day\b|dayrain|raintoday|\btag|tag\b|tages|taglich|taeglich|heute|paev"
            r"|\btana\b|vuorokau|paiva|dygn|\bdag|dag\b|dienas|dienos|dobow|dzien|сутк|суточ|денн|доб|დღ"
            r"|gunluk|jour|diari|\bdia\b|giorn|dagelijk|zilnic|hoy\b|tanaan|idag"),
    ("hour", r"hour|stund|tund|tunni|timm|hodin|godzin|час|годин|საათ|saatliq|horaire|horari|\bhora\b|oraria"
             r"|uur"),
    ("total", r"total|gesamt|kokku|summa|summe|cumul|kumul|kumm|yhteensa|kopa|suma|itogo|итог|всего|counter"
              r"|zahler|accumul|accum|acum|накоп|cemi|umumi"),
)  # fmt: skip


@cache
def counter_of(label: str) -> str:
    """Return when a running total of rain starts again ("day", "year", …, "total"), "" for other names.

    The name alone: a column "Daily rain" of a table with one row per day is no running total, and totals over
    the last 24 hours slide, they do not run. Whoever asks looks at the table too.

    >>> [counter_of(name) for name in ("Daily Rain(mm)", "Dayrain", "yearlyrainin", "Regen/Monat(mm)")]
    ['day', 'day', 'year', 'month']
    >>> [counter_of(name) for name in ("Rain Total", "Rain", "Rain Rate", "24h Rain(mm)")]
    ['total', '', '', '']
    """
    name = fold(label)
    if not _RAIN.search(name) or _NOT.search(name):
        return ""
    return next((span for span, words in _spans() if words.search(name)), "")


@cache
def sliding_hours(label: str) -> int:
    """Return over how many of the last hours a column sums the rain, 0 where its name says no such thing.

    Each of its values counts what others count too: they are amounts only where rows are as far apart.

    >>> [sliding_hours(name) for name in ("24 Hour Rain", "Rain (48h)", "Осадки за 24 часа", "Rain 1 hour")]
    [24, 48, 24, 0]
    >>> [sliding_hours(name) for name in ("Rain", "24 hour wind", "Rain rate 12 h")]
    [0, 0, 0]
    """
    name = fold(label)
    found = _HOURS.search(name)
    if found is None or not _RAIN.search(name) or re.search(r"rate|intens|prob|chance", name):
        return 0
    return int(found[1]) if int(found[1]) > 1 else 0


@cache
def _spans() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((span, re.compile(fold(words))) for span, words in _SPANS)
