"""Nothing personal comes in: what in a file is personal (``keeping`` makes the copy without it).

What has a form (e-mail addresses, phone numbers, exact places in a text …) is replaced in the file before
it is read (:func:`kit.formats.redact`). Dropped are columns that the format knows as personal, columns whose
name says so in one of the languages of the vocabulary, and columns of words with e-mail addresses among them;
in a column of values such a cell is a value that cannot be read. Coordinates keep three decimals at most,
metres of a map grid two zeros at the end; lines above or below a table that name people ("Observer: …") are
left out.
A container (a workbook names its author in its properties) is kept as a plain table.
If nothing of that kind is in a file, its kept copy is the file itself, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.formats import redacted
from kit.ingest.cells import kinds
from kit.ingest.numbers import MISSING, rounded
from kit.model import Column, RawTable
from kit.vocab import recognise, tokens, word_group

#: A coordinate that says more than three decimals do.
EXACT = re.compile(r"-?\d{1,3}[.,]\d{3}\d*[1-9]\d*")
#: Metres of a map grid (UTM, L-EST97).
_METRES = re.compile(r"(?<![\w.,-])(\d{6,7})(?:[.,]\d+)?(?![\w.,])")
#: A phone number among words: groups of three or four digits.
_CALL = re.compile(r"(?<![\w.:/,+-])(?!(?:1[5-9]|20)\d\d\b)\d{3,4}[ -]\d{3,4}(?:[ -]\d{2,4})?(?![\w.:/-])")
_MARK = "[e-mail]"
_PAIR = re.compile(r"-?\d{1,3}[.,]\d{4,}\D{1,4}-?\d{1,3}[.,]\d{4,}")
_SMALL_NUMBER = re.compile(r"[+-]?\d{1,5}(?:[.,]\d+)?")
#: Names of coordinates beside those of the vocabulary, in degrees or in metres of a map grid.
_AXES = frozenset(
    ("x", "y", "coord", "coords", "coordinate", "coordinates", "easting", "northing", "lest", "utm", "gps")
)
_LETTERS = re.compile(r"[^\W\d_]{3}")
_TWO_LETTERS = re.compile(r"[A-Za-z].*[A-Za-z]", re.DOTALL)
_MEASURED = ("value", "time", "date", "clock", "elapsed", "count")
#: Words with a capital that stand in names of files and are no names of people.
_PLAIN = re.compile(
    r"ambient|and|andmed|april|aprill|archive|august|average|birds|box|copy|counts|data|"
    r"daten|day|december|detsember|device|download|east|export|february|for|form|garden|"
    r"history|hour|ilm|ilmajaam|indoor|inside|jaanuar|january|july|june|juuli|juuni|kool|"
    r"koopia|kopie|leht|linnud|log|mai|march|may|measurement|measurements|minute|month|"
    r"märts|mõõtmised|new|north|november|observations|occurrence|october|oktoober|outdoor|"
    r"outside|pond|primary|real|report|roof|school|schule|secondary|sensor|september|sheet|"
    r"south|station|tabel|table|the|time|uus|vaatlused|veebruar|visits|weather|week|west|"
    r"wetter|workbook|yard|year"
)
#: Beside a word for people these say that it is not about how many they are.
_NAMES = frozenset(
    ("name", "names", "nimi", "nimed", "namen", "имена", "имя", "phone", "telefon", "email", "mail")
)
#: Roles of columns whose cells are words.
_WORDS = ("note", "ignored", "station", "label", "sensor", "run", "event", "taxon", "unit", "effort")
_NEVER_NAMES = (
    "value",
    "taxon",
    "time",
    "date",
    "clock",
    "elapsed",
    "latitude",
    "longitude",
    "elevation",
    "count",
    "effort",
    "unit",
)


def personal_columns(table: RawTable) -> list[str]:
    """Return the names of the columns that must not be kept, in the order of the file."""
    return [column.name for column in table.columns if _is_personal(column, table.frame[column.name])]


def _is_personal(column: Column, cells: pd.Series[Any]) -> bool:
    if column.role == "personal":
        return True
    if column.role not in _NEVER_NAMES and says_personal(
        column.name, alone=column.role in ("note", "ignored", "event")
    ):
        return not set(cells.astype("str").str.casefold().unique()) <= {"true", "false", ""}  # isMobile
    known = column.role == "value" and (
        column.variable or recognise(column.label or column.name, column.unit)
    )
    if column.role == "value" and not known and says_personal(column.name):
        return len(tokens(column.name)) > 1 or not _are_measured(cells)
    if known or pd.api.types.is_numeric_dtype(cells.dtype) or column.role in _NEVER_NAMES[1:]:
        return False
    return any(_MARK in text for text in kinds(cells)[1])


def _are_measured(cells: pd.Series[Any]) -> bool:
    """Tell whether cells are small numbers, most of them with decimals: no names, no numbers of phones.

    A short word may be "name" in one language and the code of a place in another.
    """
    texts = [text for text in kinds(cells.astype("str"))[1] if text.casefold() not in MISSING]
    decimals = sum(1 for text in texts if not text.lstrip("+-").isdigit())
    return 2 * decimals > len(texts) and all(_SMALL_NUMBER.fullmatch(text) for text in texts)


def _is_known(column: Column) -> bool:
    """Tell whether a column holds values of a variable that kit collects."""
    if column.role != "value":
        return False
    return bool(column.variable or recognise(column.label or column.name, column.unit))


def without_traces(table: RawTable) -> tuple[RawTable, list[str]]:
    """Return the table without traces of people in its texts, and the columns changed.

    Files of text have lost most of them before they were read; what is left stands in archives, or can be
    told only from the column it stands in.

    >>> shorter("garden 58.3812345, 26.7212345")
    'garden 58.381, 26.721'
    """
    changed = {}
    for column in table.columns:
        if column.role in _WORDS and column.name in table.frame:
            cells = table.frame[column.name]
            if pd.api.types.is_numeric_dtype(cells.dtype) or pd.api.types.is_datetime64_dtype(cells.dtype):
                continue
            if cells.empty:  # every record was refused
                continue
            codes, texts = kinds(cells)
            short = _all_shorter(texts, call=column.role == "note")
            if short != texts:
                found = np.array(short, dtype=object)[codes]
                changed[column.name] = pd.Series(found, index=table.frame.index, dtype="str")
    return (replace(table, frame=table.frame.assign(**changed)) if changed else table), list(changed)


def without_names(table: RawTable, dropped: list[str]) -> RawTable:
    """Return the table without cells of values and times that hold a name from a column about people.

    Somebody slipped into the wrong column there: such a cell becomes "…", which no reader takes.
    """
    names: set[str] = set()
    for name in dropped:
        names |= {text.casefold() for text in kinds(table.frame[name])[1] if _LETTERS.search(text)}
    if not names:
        return table
    changed = {}
    for column in table.columns:
        if column.role in _MEASURED and column.name not in dropped:
            cells = table.frame[column.name]
            if pd.api.types.is_numeric_dtype(cells.dtype) or pd.api.types.is_datetime64_dtype(cells.dtype):
                continue
            codes, texts = kinds(cells)
            clean = ["…" if text.casefold() in names else text for text in texts]
            if clean != texts:
                found = np.array(clean, dtype=object)[codes]
                changed[column.name] = pd.Series(found, index=table.frame.index, dtype="str")
    return replace(table, frame=table.frame.assign(**changed)) if changed else table


def may_name_people(file: str) -> bool:
    """Tell whether the name of a file looks as if it held somebody's name: two words with capitals.

    >>> [may_name_people(name) for name in ("Ann_Example_ilm.csv", "Weather Station.csv", "SDS011 2024.csv")]
    [True, False, False]
    """
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = re.findall(r"[^\W\d_]+", stem)
    names = [len(word) > 2 and word.istitle() and not _PLAIN.fullmatch(word.lower()) for word in words]
    names = [is_name and not recognise(word) for is_name, word in zip(names, words, strict=True)]
    return any(first and second for first, second in pairwise(names))


def _all_shorter(texts: list[str], call: bool) -> list[str]:
    clean = redacted("\x1f\n".join(texts)).split("\x1f\n")
    assert len(clean) == len(texts)
    clean = [shorter(text) for text in clean]
    return [_CALL.sub("[phone]", text) for text in clean] if call else clean


def without_forms(text: str, sentence: bool = True) -> str:
    """Return a text without what has the form of an address, a phone number or an exact place.

    Outside a ``sentence`` groups of digits stay: they are the number of a device.

    >>> without_forms("garden 58.3812345, 26.7212345: tel 512 3456")
    'garden 58.381, 26.721: tel [phone]'
    >>> without_forms("at 659172 6473847"), without_forms("device 6591723")
    ('at 659200 6473800', 'device 6591723')
    """
    text = _all_shorter([text], call=sentence)[0]
    return coarse_text(text) if sentence and len(_METRES.findall(text)) > 1 else text


def shorter(text: str) -> str:
    """Return a text with three decimals in pairs of coordinates."""
    return _PAIR.sub(lambda pair: re.sub(r"([.,]\d{3})\d+", r"\1", pair[0]), text)


def says_personal(name: str, alone: bool = True) -> bool:
    """Tell whether a column's name says that it holds people's names, logins, addresses or numbers.

    ``alone`` also takes names such as "name", which elsewhere may be the name of a place.

    >>> [says_personal(n) for n in ("user_login", "Vaatleja", "Number of Observers", "scientific_name")]
    [True, True, False, False]
    >>> [says_personal(n) for n in ("What is your name?", "Sisesta oma nimi", "Your school", "Tu nombre")]
    [True, True, False, True]
    """
    if name.isascii() and not _TWO_LETTERS.search(name):  # dates and numbers: no word that counts is so short
        return False
    words = [word.rstrip("0123456789") or word for word in tokens(name)]
    words = words[:-1] if len(words) > 1 and words[-1].isdigit() else words
    if "private" in words:
        return True
    bare = [word for word in words if word not in word_group("asking")]
    if (alone or len(words) > 1) and {" ".join(words), " ".join(bare)} & word_group("personal name"):
        return True
    if not set(words) & word_group("personal"):
        return False
    return not set(words) & word_group("counting") or bool(set(words) & _NAMES)


def exact_columns(table: RawTable) -> list[str]:
    """Return the columns with coordinates of more than three decimals."""
    found = []
    for column in table.columns:
        place = column.role in ("latitude", "longitude")
        if not place and column.role in ("ignored", "note", "value") and not _is_known(column):
            words = {*tokens(column.name)}
            place = bool(words & word_group("coordinate") or words & _AXES)
        if place and too_exact(table.frame[column.name]).any():
            found.append(column.name)
    return found


def too_exact(cells: pd.Series[Any]) -> NDArray[np.bool_]:
    """Return which cells are coordinates that say more than about 100 metres.

    >>> too_exact(pd.Series(["58.3812", "58.3800", "58,38123", "58.38", "6473847.2", "35V 659100"])).tolist()
    [True, False, True, False, True, False]
    """
    if pd.api.types.is_numeric_dtype(cells.dtype):
        values = cells.to_numpy(dtype=np.float64)
        return np.asarray(~np.isnan(values) & (values != coarse(values)), dtype=bool)
    codes, texts = kinds(cells)
    return np.array([coarse_text(text) != text for text in texts], dtype=bool)[codes]


def coarse(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return coordinates to about 100 metres: degrees with three decimals, metres of a grid in hundreds.

    >>> coarse(np.array([58.38123, 6473847.2])).tolist()
    [58.381, 6473800.0]
    """
    return np.asarray(np.where(np.abs(values) >= 1e5, np.round(values / 100) * 100, rounded(values)))


def coarse_text(text: str, decimal: str = "") -> str:
    """Return a cell with coordinates in the same way; other texts stay as they are."""
    if EXACT.fullmatch(text):
        sign = decimal or ("," if "," in text else ".")
        return f"{round(float(text.replace(',', '.')), 3):.3f}".replace(".", sign)
    return _METRES.sub(lambda found: f"{round(float(found[1]) / 100) * 100}", text)
