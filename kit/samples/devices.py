"""The sample files as devices write them: text, bytes, and how numbers and times look in each.

Headers and number formats follow the devices' own exports; what is inside is simulated.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.samples.fields import Array

#: What a cell of a workbook may hold.
Cell = str | float | np.datetime64 | None


def fixed(values: Array, digits: int, decimal: str = ".") -> list[str]:
    """Return numbers as text with a fixed number of digits.

    >>> fixed(np.array([1.25, -0.04]), 1, ",")
    ['1,2', '0,0']
    """
    zero = f"-{0:.{digits}f}"
    texts = [f"{value:.{digits}f}" for value in values.tolist()]
    texts = [text[1:] if text == zero else text for text in texts]
    return [text.replace(".", decimal) for text in texts] if decimal != "." else texts


def clock(times: npt.NDArray[np.datetime64] | pd.DatetimeIndex, pattern: str) -> list[str]:
    """Return times as text; the pattern has only numbers, so no language is involved."""
    return pd.DatetimeIndex(times).strftime(pattern).tolist()


def wall_clock(time: npt.NDArray[np.datetime64], zone: str) -> pd.DatetimeIndex:
    """Return UTC times as the local wall clock shows them, summer time included."""
    return pd.DatetimeIndex(time).tz_localize("UTC").tz_convert(zone).tz_localize(None)


def lines(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str, end: str = "\n") -> str:
    """Return a table as text; cells hold no separator."""
    return end.join([separator.join(header), *(separator.join(row) for row in rows)]) + end


def gz(data: bytes) -> bytes:
    """Compress without a name or a time, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(data)
    return out.getvalue()


_XLSX = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        "</styleSheet>"
    ),
}


def xlsx(rows: Sequence[Sequence[Cell]], sheet: str) -> bytes:
    """Return a small workbook (Office Open XML, ECMA-376) with one sheet; the same rows, the same bytes.

    A text is an inline string, a number a number, a ``datetime64`` a date cell (days since 1899-12-30).
    """
    body = []
    for r, row in enumerate(rows, 1):
        cells = [_cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row) if value is not None]
        body.append(f'<row r="{r}">{"".join(cells)}</row>')
    parts = {name: text.replace("{sheet}", _xml(sheet)) for name, text in _XLSX.items()}
    parts["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + "".join(body)
        + "</sheetData></worksheet>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.compress_type = 3, zipfile.ZIP_DEFLATED
            archive.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return out.getvalue()


def _cell(place: str, value: str | float | np.datetime64) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{_xml(value)}</t></is></c>'
    if isinstance(value, np.datetime64):
        days = (value - np.datetime64("1899-12-30")) / np.timedelta64(1, "D")
        return f'<c r="{place}" s="1"><v>{days:g}</v></c>'
    return f'<c r="{place}"><v>{value:g}</v></c>'


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
