"""The kept copy of a file: the file itself, or what it holds without what is personal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from kit.formats import cell_grid
from kit.ingest.lines import is_of_people
from kit.ingest.personal import coarse, coarse_text, shorter, too_exact
from kit.model import RawTable, Source


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
    frame = table.frame[[c.name for c in table.columns if not c.derived and c.name not in dropped]].copy()
    for name in exact:
        frame[name] = _rounded(frame[name], table.decimal)
    separator = ";" if table.decimal == "," else ","
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    if above:
        out.writelines(
            shorter(" ".join(line.split())) + "\n" for line in table.around if not is_of_people(line)
        )
    writer.writerow(frame.columns)
    last = 0
    records = zip(*(_one_line(frame[name]) for name in frame.columns), strict=True)
    for row, record in zip(frame.index.tolist(), records, strict=True):
        if row - last > 1:
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


def _one_line(cells: pd.Series[Any]) -> list[str]:
    """Return the texts of a column with runs of blanks and line breaks as one blank."""
    texts = cells.astype("str").tolist()
    if not re.search(r"[^\S ]|  ", "\x1f".join(texts).replace("\x1f", "")):
        return texts
    return [re.sub(r"\s+", " ", text) for text in texts]


def shortened(source: Source, table: RawTable, exact: Sequence[str]) -> Source | None:
    """Return the file with only the coordinates in ``exact`` rounded in place; None if its form is not plain.

    The form is plain if it is a table of text as :func:`kit.formats.cell_grid` finds it: then everything else
    stays byte for byte.
    """
    names = [column.name for column in table.columns if not column.derived]
    grid = cell_grid(source, names)
    if grid is None or len(table.frame) + len(table.refused) != grid.rows or table.blank:
        return None
    columns = sorted(names.index(name) for name in exact)
    long = np.any([too_exact(table.frame[name]) for name in exact], axis=0)

    @cache
    def short(cell: bytes) -> bytes:
        return coarse_text(cell.decode(), table.decimal).encode()

    data, last = memoryview(source.data), 0
    pieces: list[bytes | memoryview] = []
    for row in np.sort(table.frame.index.to_numpy()[long]).tolist():
        for start, end in grid.spans(row, columns):
            pieces += [data[last:start], short(source.data[start:end])]
            last = end
    return Source(source.name, b"".join([*pieces, data[last:]]))


def _rounded(cells: pd.Series[Any], decimal: str) -> pd.Series[Any]:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return pd.Series(coarse(cells.to_numpy(dtype=np.float64)), index=cells.index)
    which, kinds = pd.factorize(cells.astype("str"))
    short = [coarse_text(str(kind).strip(), decimal) for kind in kinds]
    return pd.Series(np.array(short, dtype=object)[which], index=cells.index, dtype="str")
