"""Traces of people in the text of a file: what can be recognised by its form is replaced in place.

=====================================  ==============================================================
what                                   what stands there instead
=====================================  ==============================================================
e-mail address                         ``[e-mail]``
phone number (``+372 …``, ``tel …``)   ``[phone]``
link to a person's page or account     ``[link]``
network address of a device (MAC)      its last six digits, which tell devices of one maker apart
internet address (IP)                  ``[ip]``
name of a wireless network             ``[wifi]``
plus code, three-word address          ``[place]``
coordinates with their name or sign    three decimals (degrees), about 100 metres
=====================================  ==============================================================

Everything else stays byte for byte, so that a redacted file is read as it would have been. Redacting twice
changes nothing. Names of people have no form: those are found by what stands beside them
(:mod:`kit.ingest.personal`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kit.model import Source

#: Bytes that are looked at in one go (up to the end of a line).
PIECE = 1 << 22
#: First bytes of files that are no text: workbooks and archives, old workbooks, Parquet, gzip.
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"\x1f\x8b")

_LINK = re.compile(r"\b(?:https?|ftp|mqtts?)://[^\s\"'<>;,|\\]+", re.I)
_OF_PEOPLE = re.compile(
    r"://[^/]*@|/(?:people|users?|profiles?|members?|observers?|~)/?[^/]|/@[^\W\d]"
    r"|//(?:www\.|m\.)?(?:facebook|instagram|tiktok|twitter|x|vk|t|wa|linkedin)\.(?:com|me)/"
    r"|[?&](?:user|user_?name|user_?login|e-?mail|login|owner|token|api_?key|key|password)=",
    re.I,
)
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_MAC = re.compile(r"(?<![\w:-])[0-9a-f]{1,2}([:-])(?:[0-9a-f]{1,2}\1){4}[0-9a-f]{1,2}(?![\w:-])", re.I)
_IP = re.compile(r"(?<![\w.+-])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*[\w])")
_WIFI = re.compile(
    r"(\b(?:e?ssid|wi-?fi|wlan)(?:[ _-]?(?:name|network|ssid|id))?[\"']?[ ]*[:=][ ]*[\"']?)"
    r"(?![-+]?\d+(?:[.,]\d+)? ?(?:dbm|%)?[\s\"';,}\]]|[-+]?\d+(?:[.,]\d+)?$|\[wifi\])"
    r"([^\s\"';,{}\[\]][^\n\"';,\t}]*)",
    re.I,
)
_PHONE = re.compile(
    r"(?<![\w.+-])\+\d{1,3}[ \xa0-]?(?:\(\d{1,5}\)[ \xa0-]?)?\d{2,}(?:[ \xa0-]?\d{2,}){0,4}(?![\d.])"
)
_CALL = re.compile(
    r"((?<![^\W_])(?:tel|telef\w*|phone\w*|telephone|mob|mobile|mobiil\w*|gsm|whatsapp|call|ring|helista|handy|anrufen"
    r"|тел|телеф\w*|звон\w*|дзвон\w*|puh|puhelin\w*|soita|tlf|tālr\w*|zvan\w*|skambin\w*|telemóvel|móvil)"
    r"(?![^\W_])[^\d\n,;\t+]{0,20})(\+?\(?\d[\d ()\xa0-]{4,}\d)(?![\d.])",
    re.I,
)
_PLUS_CODE = re.compile(r"(?<![\w+])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![\w+])")
_THREE_WORDS = re.compile(r"(?:///|what3words\.com/|\bw3w[:.= ]+)[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+", re.I)

_DEGREES = r"-?\d{1,3}[.,]\d{4,}"
_NAMED = re.compile(
    r"(?<![^\W_])((?:lat|latitude|lon|lng|long|longitude|laius\w*|pikkus\w*|breite\w*|länge\w*|широта|долгота|довгота"
    rf"|leveysaste|pituusaste|latitud|longitud)[\"']?[ ]*[:=]?[ ]*[\"']?)({_DEGREES})",
    re.I,
)
_SPOT = re.compile(
    r"((?<![^\W_])geo:|\bPOINT\s?Z?\s?\(|<(?:\w+:)?(?:coordinates|pos|point)>\s*|[\"']?(?:coordinates|location|gps|koordinaadid"
    rf"|position)[\"']?\s*[:=]\s*[\"'\[(]*\s*|[@?&]q?=?(?=-?\d))({_DEGREES}\s*[ ,;]\s*{_DEGREES})",
    re.I,
)
_BRACKETS = re.compile(rf"([(\[]\s*)({_DEGREES}\s?[ ,;]\s?{_DEGREES})(?=\s*[)\]])")
_SEXAGESIMAL = re.compile(
    r"(\d{1,3})\s?[°º˚]\s?(\d{1,2}(?:[.,]\d+)?)\s?['′’´](?:\s?(\d{1,2}(?:[.,]\d+)?)\s?(?:''|\"\"|[\"″”]|’’))?(\s?[NSEWO]\b)?"
)
_FURTHER = re.compile(r"([.,]\d{3})\d+")
#: In the name of a file: a number with more than three decimals; of several joined by points one with five.
_IN_NAME = re.compile(
    r"((?<!\d\.)(?:(?<![^\W_])\d|(?<!\d)\d\d)\d?[.,]\d{3})\d+(?!\.?\d)|(?<![^\W_])(\d{1,3}[.,]\d{3})\d{2,}"
)


def _link(found: re.Match[str]) -> str:
    return "[link]" if _OF_PEOPLE.search(found[0]) else found[0]


def _mac(found: re.Match[str]) -> str:
    parts = [part.zfill(2).lower() for part in found[0].split(found[1])]
    decimal = not re.search("[a-f]", "".join(parts))
    return found[0] if decimal and found[1] == "-" else "".join(parts[3:])


def _ip(found: re.Match[str]) -> str:
    return "[ip]" if all(int(part) < 256 for part in found[0].split(".")) else found[0]


def _phone(found: re.Match[str]) -> str:
    return "[phone]" if 9 <= sum(map(str.isdigit, found[0])) <= 15 else found[0]


def _call(found: re.Match[str]) -> str:
    return f"{found[1]}[phone]" if 6 <= sum(map(str.isdigit, found[2])) <= 15 else found[0]


def _shorter(found: re.Match[str]) -> str:
    return found[1] + _FURTHER.sub(r"\1", found[2])


def _degrees(found: re.Match[str]) -> str:
    """Return degrees, minutes and seconds as degrees with three decimals; whole minutes stay as they are."""
    minutes = float(found[2].replace(",", "."))
    if not found[3] and minutes == int(minutes):
        return found[0]
    degrees = int(found[1]) + minutes / 60 + float((found[3] or "0").replace(",", ".")) / 3600
    return f"{degrees:.3f}°{found[4] or ''}"


@dataclass(frozen=True)
class _Rule:
    """What to look for, what to write instead, and what a line without its digits holds where it can be."""

    hint: re.Pattern[str]
    pattern: re.Pattern[str]
    instead: Callable[[re.Match[str]], str] | str


def _rule(hint: str, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str] | str) -> _Rule:
    return _Rule(re.compile(hint, pattern.flags & re.I), pattern, instead)


_RULES = (
    _rule(r"://", _LINK, _link),
    _rule(r"@", _MAIL, "[e-mail]"),
    _rule(r"([:-])(?:[a-f]{0,2}\1){4}", _MAC, _mac),
    _rule(r"ssid|wi-?fi|wlan", _WIFI, r"\1[wifi]"),
    _rule(r"\.\.\.", _IP, _ip),
    _rule(r"///|w3w|what3words", _THREE_WORDS, "[place]"),
    _rule(r"[°º˚]", _SEXAGESIMAL, _degrees),
    _rule(r"geo:|point|coordinates|pos|location|gps|koordinaa|[@?&]q?=?-?[.,]", _SPOT, _shorter),
    _rule(r"lat|lon|lng|laius|pikkus|breite|länge|широта|долгота|довгота|leveys|pituus", _NAMED, _shorter),
    _rule(r"[(\[]\s*-?[.,]", _BRACKETS, _shorter),
    _rule(
        r"tel|phone|mob|gsm|whatsapp|call|ring|helista|handy|anrufen|тел|звон|дзвон|puh|soita|tlf|tālr|zvan"
        r"|skambin|móvil",
        _CALL, _call,
    ),
    _rule(r"\+[ ()\xa0-]*(?:[^:.\w]|$)", _PHONE, _phone),
    _rule(r"(?:^|\W)[CFGHJMPQRVWX]+\+", _PLUS_CODE, "[place]"),
)  # fmt: skip
_DIGITS = str.maketrans("", "", "0123456789")


def redacted(text: str) -> str:
    r"""Return a text without traces of people.

    >>> redacted("ask mari@kool.ee, tel 555 1234, at 58°22'45.6\"N (58.3812345, 26.7212345)")
    'ask [e-mail], tel [phone], at 58.379°N (58.381, 26.721)'
    >>> redacted("58.3812345;26.7212345;2024-05-01 10:20:30;+02:00;1.2.3")
    '58.3812345;26.7212345;2024-05-01 10:20:30;+02:00;1.2.3'
    """
    if "\n" in text:
        return _bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    return _apply(text, _rules_for(text.translate(_DIGITS)))


def _rules_for(bare: str) -> tuple[_Rule, ...]:
    """Return the rules that can do something in a line, given without its digits."""
    return tuple(rule for rule in _RULES if rule.hint.search(bare))


def _apply(text: str, rules: Iterable[_Rule]) -> str:
    for rule in rules:
        text = rule.pattern.sub(rule.instead, text)
    return text


def redact(source: Source) -> Source:
    """Return a file without traces of people, in its name and, where it is text, in its bytes.

    What is not text comes back with another name at most; its cells are looked at when they are read. A file
    without traces comes back as it is (the same object).

    >>> redact(Source("a (58.3812345 26.7212345).csv", b"time;temp;by m@x.ee")).data
    b'time;temp;by [e-mail]'
    >>> redact(Source("a (58.3812345 26.7212345).csv", b"")).name
    'a (58.381 26.721).csv'
    >>> redact(Source("26242.01.05.2024.31.05.2024.1.0.0.en.utf8.00000000.csv", b"")).name
    '26242.01.05.2024.31.05.2024.1.0.0.en.utf8.00000000.csv'
    """
    name = _IN_NAME.sub(r"\1\2", redacted(source.name))
    data = source.data if source.data.startswith(_NO_TEXT) else _bytes(source.data)
    return source if name == source.name and data is source.data else Source(name, data)


def _bytes(data: bytes) -> bytes:
    wide = _wide(data)
    if wide:
        whole = len(data) - len(data) % 2
        text = data[:whole].decode(wide, "surrogatepass")
        clean = redacted(text)
        return data if clean == text else clean.encode(wide, "surrogatepass") + data[whole:]
    pieces, start, changed = [], 0, False
    kinds: dict[bytes, tuple[_Rule, ...]] = {}
    while start < len(data):
        cut = data.find(b"\n", start + PIECE)
        end = len(data) if cut < 0 else cut + 1
        lines = _lines(data[start:end], kinds)
        changed = changed or lines is not None
        pieces.append(data[start:end] if lines is None else lines)
        start = end
    return b"".join(pieces) if changed else data


def _lines(piece: bytes, kinds: dict[bytes, tuple[_Rule, ...]]) -> bytes | None:
    """Return some lines without traces, None if there are none in them.

    Lines of measurements differ in their digits only: without them there are few kinds of lines, and only
    these are looked at (``kinds``).
    """
    bare = piece.translate(None, b"0123456789").split(b"\n")
    present = set(bare)
    for kind in present - kinds.keys():
        kinds[kind] = _rules_for(kind.decode("utf-8", "replace"))
    if not any(kinds[kind] for kind in present):
        return None
    places = [place for place, kind in enumerate(bare) if kinds[kind]]
    lines = piece.split(b"\n")
    changed = False
    for place in places:
        try:
            encoding, text = "utf-8", lines[place].decode()
        except UnicodeDecodeError:
            encoding, text = "latin-1", lines[place].decode("latin-1")
        clean = _apply(text, kinds[bare[place]])
        if clean != text:
            lines[place], changed = clean.encode(encoding), True
    return b"\n".join(lines) if changed else None


def _wide(data: bytes) -> str:
    """Return the encoding of text of two bytes a letter, "" for other text."""
    start = data[:2000]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16-le" if start[0] == 0xFF else "utf-16-be"
    if start.count(0) > 0.3 * len(start):
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return ""
