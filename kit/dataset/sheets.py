"""Workbooks written by hand from the standards: .xlsx (ECMA-376) and .ods (OASIS OpenDocument 1.3).

A template needs text cells, widths, formats of dates and lists to choose from, and must not name an author; a
library for all of a workbook would be a dependency of every class for that.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

Rows = Sequence[Sequence[str | float]]
#: So many rows can be filled in with a list to choose from.
LISTED = 2000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: The time of every member, so that the same template is the same file.
_WHEN = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows (the first is the header), columns of dates and clock times, lists to choose from."""

    name: str
    rows: Rows
    dates: Sequence[int] = ()
    clocks: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return the bytes of an .xlsx workbook."""
    numbers = range(1, len(sheets) + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}</Types>'
    )
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name[:31])} sheetId="{n}" r:id="r{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    links = "".join(_link(f"r{n}", "worksheet", f"worksheets/s{n}.xml") for n in numbers)
    files = {
        "[Content_Types].xml": types,
        "_rels/.rels": _links(_link("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _links(links + _link("rs", "styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/s{n}.xml": _worksheet(sheet) for n, sheet in enumerate(sheets, 1)},
    }
    return _zip({name: _HEAD + text for name, text in files.items()})


def _link(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _links(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


#: Formats of cells: 0 plain, 1 bold (header), 2 a date, 3 a clock time.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/></font>'
    '<font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/>'
    '<xf fontId="1" applyFont="1" xfId="0"/><xf numFmtId="164" applyNumberFormat="1" xfId="0"/>'
    '<xf numFmtId="165" applyNumberFormat="1" xfId="0"/></cellXfs></styleSheet>'
)


def _worksheet(sheet: Sheet) -> str:
    width = max(len(row) for row in sheet.rows)
    columns = ""
    for at in range(width):
        longest = max(len(str(row[at])) for row in sheet.rows if len(row) > at)
        style = ' style="2"' if at in sheet.dates else ' style="3"' if at in sheet.clocks else ""
        columns += (
            f'<col min="{at + 1}" max="{at + 1}" width="{min(longest + 3, 90)}" customWidth="1"{style}/>'
        )
    rows = ""
    for number, row in enumerate(sheet.rows, 1):
        cells = "".join(
            _cell(f"{_letter(at)}{number}", value, 1 if number == 1 else 0) for at, value in enumerate(row)
        )
        rows += f'<row r="{number}">{cells}</row>'
    lists = "".join(_list(at, values) for at, values in sheet.choices.items() if _fits(values))
    count = sum(map(_fits, sheet.choices.values()))
    lists = f'<dataValidations count="{count}">{lists}</dataValidations>' if lists else ""
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return (
        f'<worksheet xmlns="{_MAIN}">{view}'
        f"<cols>{columns}</cols><sheetData>{rows}</sheetData>{lists}</worksheet>"
    )


def _list(at: int, values: Sequence[str]) -> str:
    """Return the rule that offers values in a column; others may be typed too."""
    place = f"{_letter(at)}2:{_letter(at)}{LISTED}"
    formula = escape('"' + ",".join(values) + '"')
    return (
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="0" sqref="{place}">'
        f"<formula1>{formula}</formula1></dataValidation>"
    )


def _fits(values: Sequence[str]) -> bool:
    """Tell whether a list can stand in a cell's rule: 255 letters, commas between."""
    return 0 < len(",".join(values)) <= 250 and not any("," in value or '"' in value for value in values)


def _letter(at: int) -> str:
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def _cell(place: str, value: str | float, style: int) -> str:
    if not isinstance(value, str):
        return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'
    if not value:
        return ""
    text = f'<t xml:space="preserve">{escape(value)}</t>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is>{text}</is></c>'


def ods(sheets: Sequence[Sheet]) -> bytes:
    """Return the bytes of an .ods workbook."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f"<table:table table:name={quoteattr(sheet.name)}>"
        + "".join(
            "<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in sheet.rows
        )
        + "</table:table>"
        for sheet in sheets
    )
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0" office:version="1.3"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    return _zip({"mimetype": kind, "content.xml": _HEAD + content, "META-INF/manifest.xml": _HEAD + manifest})


def _ods_cell(value: str | float) -> str:
    if isinstance(value, str):
        text = f"<text:p>{escape(value)}</text:p>" if value else ""
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value!r}"><text:p>{value!r}</text:p>'
        "</table:table-cell>"
    )


def _zip(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, text in files.items():
            packed = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            book.writestr(zipfile.ZipInfo(name, _WHEN), text.encode(), packed)
    return out.getvalue()
