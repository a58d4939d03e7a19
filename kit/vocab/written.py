"""Odd ways of writing a time brought into the usual one: date, then clock, two digits each.

What programs and forms in many languages really write: clocks without leading zeros ("10:0:5", as a
microcontroller prints numbers), the clock first, blanks inside the date ("1. 5. 2024"), a word before the
clock ("klo", "Uhr"), words for before and after noon ("nachm.", "a. m.", "пп").
"""

from __future__ import annotations

import re

_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
_CLOCK = r"\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d+)?)?"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), new)
    for pattern, new in (
        (r"^(\d{1,4})\. +(\d{1,2})\. +(\d{1,4})\.?(?=\s|$)", r"\1.\2.\3"),
        (rf"^({_CLOCK})[ ,;]+({_DATE})$", r"\2 \1"),
        (r"^[a-z]{3},? ([a-z]{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$", r"\1 \2, \4 \3"),
        (rf"^({_DATE})[_\-–](?=\d{{1,2}}[:.h]\d)", r"\1 "),
        (r"^(\d{8})_(?=\d{4}(?:\d\d)?$)", r"\1T"),
        (rf"^({_DATE})\.?,? +(?:klo|kl|kell|um|at|в|о|г|р|og)\.? +(?=\d)", r"\1 "),
        (r"(?<=\d) *uhr$", ""),
        (r"(?<=\d) *(?:vorm\.?|a\.? m\.|ap\.|дп)(?=\s|$)", " AM"),
        (r"(?<=\d) *(?:nachm\.?|p\.? m\.|ip\.|пп)(?=\s|$)", " PM"),
        (r"\bOEZ$", "EET"), (r"\bOESZ$", "EEST"),
        (rf"^({_DATE}[T ] *\d{{1,2}}):(\d)(?=:|\s|$)", r"\1:0\2"),
        (rf"^({_DATE}[T ] *\d{{1,2}}:\d\d):(\d)(?=[.,\s]|$)", r"\1:0\2"),
        (r"^(\d{1,2}):(\d)(?=:\d{1,2}$)", r"\1:0\2"), (r"^(\d{1,2}:\d\d):(\d)$", r"\1:0\2"),
    )
)  # fmt: skip


#: What is usual already, or a number: no rule changes it.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?|[-+]?\d+(?:[.,]\d+)?", re.ASCII)


def usual_time(text: str) -> str:
    """Return a time in the usual way of writing; other texts as they are.

    >>> [usual_time(text) for text in ("2024/5/1 10:0:5", "1.5.2024 klo 10.15.22", "10:15:22 01.05.2024")]
    ['2024/5/1 10:00:05', '1.5.2024 10.15.22', '01.05.2024 10:15:22']
    >>> usual_time("2024/05/01 2:15:22 nachm. MESZ"), usual_time("Wed May 1 10:15:22 2024")
    ('2024/05/01 2:15:22 PM MESZ', 'May 1, 2024 10:15:22')
    """
    if _USUAL.fullmatch(text) or not any(letter.isdigit() for letter in text):
        return text
    found = " ".join(text.split())
    for pattern, new in _RULES:
        found = pattern.sub(new, found)
    return found
