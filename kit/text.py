"""Words in the reader's language: catalogues, numbers, dates.

The key of a text is its English template. Catalogues are gettext ``.po`` files, one folder per
language and one file per part of kit (``kit/locale/et/checks.po``), read when first needed. A text
that is missing in a catalogue is shown in English, never as a key or an error; a test fails when a
template in the code has no Estonian translation.

The language in use is, in this order: the ``lang`` argument, :func:`use`, ``$KIT_LANG``, English.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

LOCALE = Path(__file__).with_name("locale")
#: Language codes with their own names, in the order in which they are offered.
LANGUAGES = {"en": "English", "et": "eesti"}
#: Languages in which at least receipts, questions and errors about files speak; other texts are then English.
RECEIPT_LANGUAGES = {**LANGUAGES, "de": "Deutsch", "ru": "русский", "uk": "українська"}

#: The language that :func:`use` set, and over it that of a ``with using(...)`` block.
_of_process: str | None = None
_in_block: ContextVar[str | None] = ContextVar("kit_language", default=None)
_inside: ContextVar[bool] = ContextVar("kit_language_block", default=False)
#: The language of what the language in use has no words for; English without one.
_else: ContextVar[str | None] = ContextVar("kit_language_else", default=None)


def N_(template: str) -> str:
    """Mark a template for translation without translating it now (constants, tables)."""
    return template


def language(lang: str | None = None) -> str:
    """Return the language code to write in; an unknown one falls back to English.

    >>> language("et"), language("de-AT"), language("xx")
    ('et', 'de', 'en')
    """
    code = lang or (_in_block.get() if _inside.get() else _of_process) or os.environ.get("KIT_LANG") or "en"
    code = code.replace("_", "-").split("-")[0].lower()
    return code if code in RECEIPT_LANGUAGES else "en"


def whole_language(lang: str | None = None) -> str:
    """Return the language for things that must not be half in another one (lessons, reports, lists).

    >>> whole_language("et"), whole_language("de")
    ('et', 'en')
    """
    code = language(lang)
    return code if code in LANGUAGES else "en"


def use(lang: str | None) -> None:
    """Set the language of this process (or notebook); ``None`` goes back to ``$KIT_LANG``.

    It is the same in every thread and in what a panel calls: Jupyter runs that in contexts of its own.
    Inside a block of :func:`using` it holds until the block ends.
    """
    global _of_process
    if _inside.get():
        _in_block.set(lang)
    else:
        _of_process = lang


@contextmanager
def using(lang: str | None, otherwise: str | None = None) -> Iterator[None]:
    """Use a language inside a ``with`` block; what it has no words for is said in ``otherwise``."""
    token, other, inside = _in_block.set(lang), _else.set(otherwise), _inside.set(True)
    try:
        yield
    finally:
        _in_block.reset(token)
        _else.reset(other)
        _inside.reset(inside)


@cache
def _catalogue(code: str) -> dict[str, Any]:
    """Return template -> translation (a string, or a tuple of plural forms) of one language."""
    from babel.messages.pofile import read_po

    texts: dict[str, Any] = {}
    for path in sorted((LOCALE / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if not message.id or message.fuzzy:
                    continue
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                if message.string and any(message.string):
                    texts[str(key)] = message.string
    return texts


def tr(template: str, lang: str | None = None, /, **params: Any) -> str:
    """Return ``template`` in ``lang`` with its ``{name}`` places filled.

    A value that is a function is asked for its words in the language in use (names of variables, dates); a
    pair of a number and how many decimals it has is written with the decimal sign of the language, a third
    part behind it is its unit. A count, which is always called ``n``, is grouped as the language does;
    numbers of rows and years are names, and values may be typed again: they stay as they are.

    >>> tr("{n} rows were read", "en", n=3)
    '3 rows were read'
    >>> tr("written in {name}", "et", name=lambda code: LANGUAGES[code])
    'written in eesti'
    >>> tr("{t} °C", "et", t=(30.0, 1)), tr("{t}", "et", t=(0.48, 2, "s"))
    ('30,0 °C', '0,48 s')
    >>> tr("{n} values from row {row}", "en", n=12345, row=12345)
    '12,345 values from row 12345'
    """
    code = language(lang)
    found = _translated(template, code) or _translated(template, language(lang or _else.get()))
    text = template if found is None else found if isinstance(found, str) else found[0]
    if not params:
        return text
    return text.format(**{key: _said(key, value, code) for key, value in params.items()})


def _translated(template: str, code: str) -> Any:
    return None if code == "en" else _catalogue(code).get(template)


def _said(key: str, value: Any, code: str) -> Any:
    if callable(value):
        return value(code)
    if isinstance(value, (tuple, list)) and len(value) in (2, 3) and isinstance(value[0], float):
        from babel.numbers import get_decimal_symbol

        said = f"{value[0]:.{value[1]}f}".replace("-", "−").replace(".", get_decimal_symbol(code))
        return " ".join([said, *value[2:]])
    if key == "n" and isinstance(value, int):
        return number(value, 0, code)
    return value


def trn(one: str, many: str, n: int, lang: str | None = None, /, **params: Any) -> str:
    """Return the singular or plural template for ``n``; ``{n}`` is filled.

    >>> trn("{n} station", "{n} stations", 1, "en"), trn("{n} station", "{n} stations", 4, "en")
    ('1 station', '4 stations')
    """
    code = language(lang)
    text = one if n == 1 else many
    if code != "en":
        forms = _catalogue(code).get(one)
        if isinstance(forms, (tuple, list)):
            text = forms[min(_plural_form(code, n), len(forms) - 1)]
    return text.format(n=number(n, lang=code), **params)


def _plural_form(code: str, n: int) -> int:
    from babel.messages.plurals import get_plural

    return int(_plural_rule(get_plural(code).plural_expr)(n))


@cache
def _plural_rule(expression: str) -> Any:
    from gettext import c2py

    return c2py(expression)


def number(value: float, digits: int | None = None, lang: str | None = None) -> str:
    """Return a number as the language writes it.

    Parameters
    ----------
    value
        The number; a missing one (NaN) is written as an en dash.
    digits
        Digits after the decimal sign (fixed); ``None`` writes up to three as needed.

    >>> number(1234.5, 1, "en"), number(-0.25, 2, "et")
    ('1,234.5', '−0,25')
    """
    if value != value:
        return "–"
    from babel.numbers import format_decimal

    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    text: str = format_decimal(value, format=pattern, locale=language(lang))
    text = text.replace("-", "−")
    return text.lstrip("−") if not any(c in "123456789" for c in text) else text


def day(value: date | datetime, lang: str | None = None, style: str = "long") -> str:
    """Return a date as the language writes it.

    >>> day(date(2026, 3, 1), "en"), day(date(2026, 3, 1), "et")
    ('March 1, 2026', '1. märts 2026')
    """
    from babel.dates import format_date

    return str(format_date(value, format=style, locale=language(lang)))


def join(words: list[str], lang: str | None = None) -> str:
    """Return words as a list in a sentence.

    >>> join(["a", "b", "c"], "et")
    'a, b ja c'
    """
    from babel.lists import format_list

    return str(format_list(words, locale=language(lang))) if words else ""
