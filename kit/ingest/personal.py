"""Nothing personal comes in: which columns are dropped, and the kept copy without them.

Dropped are columns that the format knows as personal, columns whose name says so (English, Estonian,
German), and columns whose cells look like e-mail addresses. Coordinates keep three decimals at most. Pairs
of coordinates inside a text lose their further digits; lines above or below a table that name people
("Observer: …") are left out.
A container (a workbook names its author in its properties) is kept as a plain table.
If nothing of that kind is in a file, its kept copy is the file itself, byte for byte.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kit.ingest.numbers import rounded
from kit.model import Column, RawTable, Source
from kit.vocab import tokens, word_group

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_EXACT = re.compile(r"-?\d{1,3}[.,]\d{4,}")
_PAIR = re.compile(r"-?\d{1,3}[.,]\d{4,}\D{1,4}-?\d{1,3}[.,]\d{4,}")
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
        return True
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return False
    kinds = cells.drop_duplicates().head(5000)
    return any("@" in text and _MAIL.search(text) for text in kinds.astype("str"))


def round_pairs(table: RawTable) -> tuple[RawTable, list[str]]:
    """Return the table with three decimals in pairs of coordinates inside texts, and the columns changed.

    >>> _shorter("garden (58.3812345, 26.7212345)")
    'garden (58.381, 26.721)'
    """
    changed = {}
    for column in table.columns:
        if column.role in ("note", "ignored", "station", "label") and column.name in table.frame:
            cells = table.frame[column.name].astype("str")
            exact = cells.str.contains(_PAIR)
            if exact.any():
                changed[column.name] = cells.where(~exact, cells[exact].map(_shorter).reindex(cells.index))
    return (replace(table, frame=table.frame.assign(**changed)) if changed else table), list(changed)


def _shorter(text: str) -> str:
    return _PAIR.sub(lambda pair: re.sub(r"([.,]\d{3})\d+", r"\1", pair[0]), text)


def lines_of_people(table: RawTable) -> int:
    """Return how many lines around the table name people: "Vaatleja: …", an e-mail address.

    >>> lines_of_people(RawTable("plain", "readings", pd.DataFrame(), (), around=("Observer: M. M.", "Pond")))
    1
    """
    return sum(1 for line in table.around if _is_of_people(line))


def _is_of_people(line: str) -> bool:
    return bool(_MAIL.search(line)) or _names_people(line)


def _names_people(line: str) -> bool:
    name, sign, _ = line.partition(":")
    return bool(sign) and says_personal(name, alone=False)


def says_personal(name: str, alone: bool = True) -> bool:
    """Tell whether a column's name says that it holds people's names, logins, addresses or numbers.

    ``alone`` also takes names such as "name", which elsewhere may be the name of a place.

    >>> [says_personal(n) for n in ("user_login", "Vaatleja", "Number of Observers", "scientific_name")]
    [True, True, False, False]
    """
    words = tokens(name)
    if "private" in words:
        return True
    if alone and " ".join(words) in word_group("personal name"):
        return True
    return bool(set(words) & word_group("personal")) and not set(words) & word_group("counting")


def exact_columns(table: RawTable) -> list[str]:
    """Return the columns with coordinates of more than three decimals."""
    found = []
    for column in table.columns:
        place = column.role in ("latitude", "longitude")
        if not place and column.role in ("ignored", "note"):
            place = bool(set(tokens(column.name)) & word_group("coordinate"))
        if place and _too_exact(table.frame[column.name]).any():
            found.append(column.name)
    return found


def _too_exact(cells: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells.notna() & (cells != rounded(cells.to_numpy(dtype=np.float64)))
    return cells.astype("str").str.strip().str.fullmatch(_EXACT.pattern)


def kept_copy(
    source: Source,
    table: RawTable,
    dropped: Sequence[str],
    exact: Sequence[str],
    people: int = 0,
    *,
    above: bool = False,
) -> Source:
    """Return what is kept of a file: the file itself, or a table without the columns ``dropped``.

    The redacted copy is UTF-8 text with a header; with ``above`` the lines around the table that name nobody
    stand above it, where a format needs them. Rows keep their numbers (left-out rows become empty
    lines), cells keep their text, except coordinates in ``exact``, which are rounded.
    """
    if not dropped and not exact and not people and not table.container:
        return source
    frame = table.frame[[c.name for c in table.columns if c.name in table.frame and c.name not in dropped]]
    frame = frame[[name for name in frame.columns if name not in derived(table)]].copy()
    for name in exact:
        frame[name] = _rounded(frame[name], table.decimal)
    separator = ";" if table.decimal == "," else ","
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    if above:
        out.writelines(
            _shorter(" ".join(line.split())) + "\n" for line in table.around if not _is_of_people(line)
        )
    writer.writerow(frame.columns)
    last = 0
    cells = frame.astype("str").replace(r"\s+", " ", regex=True) if len(frame) else frame
    for row, record in zip(frame.index.tolist(), cells.itertuples(index=False, name=None), strict=True):
        out.write("\n" * (row - last - 1))
        writer.writerow(record)
        last = row
    stem = (
        source.name.rsplit(".", 1)[0]
        if source.suffix in (".xlsx", ".xls", ".ods", ".txt", ".tsv")
        else source.name
    )
    name = stem if stem.lower().endswith(".csv") else f"{stem}.csv"
    return Source(name, out.getvalue().encode())


def derived(table: RawTable) -> set[str]:
    """Return the columns that the format made itself; they are made again from the kept copy."""
    made = {column.name for column in table.columns if column.derived}
    for column in table.columns:
        parts = column.name.split(" + ")
        if len(parts) > 1 and all(part in table.frame for part in parts):
            made.add(column.name)
    if table.format == "inaturalist" and "observed_on_string" in table.frame:
        made.add("eventTime")
    return made


def _rounded(cells: pd.Series[Any], decimal: str) -> pd.Series[Any]:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return pd.Series(rounded(cells.to_numpy(dtype=np.float64)), index=cells.index)
    which, kinds = pd.factorize(cells.astype("str"))
    short = [_round_text(str(kind), decimal) for kind in kinds]
    return pd.Series(np.array(short, dtype=object)[which], index=cells.index, dtype="str")


def _round_text(text: str, decimal: str) -> str:
    if not _EXACT.fullmatch(text.strip()):
        return text
    return f"{round(float(text.strip().replace(',', '.')), 3):.3f}".replace(".", decimal)
