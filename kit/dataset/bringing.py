"""A file that is to be brought to the dataset, with the answers that a pupil gave to kit's questions.

It is a small .zip: the file as the device gave it, and the sheet ``receipts/NAME.answers.txt`` as it stands
beside a file in an inbox. An inbox takes the .zip as it is, and its two files where somebody unpacked it.
"""

from __future__ import annotations

import base64
import io
import sys
import zipfile
from collections.abc import Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from kit.dataset.answer_sheet import answers_in
from kit.dataset.dropped import RECEIPTS
from kit.dataset.receipt import Receipt
from kit.model import Source
from kit.text import language, tr

_DATE = (1980, 1, 1, 0, 0, 0)
_SHEET = ".answers.txt"
#: More than this on a sheet is no sheet of ours.
_LARGEST = 100_000


def to_bring(source: Source, answers: Mapping[str, str]) -> bytes:
    """Return a source and its answers as a .zip; the same ones give the same bytes.

    >>> made = to_bring(Source("a.csv", b"time,pm25\\n"), {"station": "s/roof"})
    >>> zipfile.ZipFile(io.BytesIO(made)).namelist(), answers_within(made)
    (['a.csv', 'receipts/a.csv.answers.txt'], {'station': 's/roof'})
    """
    name = _name(source)
    sheet = "".join(f"{key} = {text}\n" for key, text in sorted(answers.items()) if "\n" not in key + text)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(name, _DATE), source.data, zipfile.ZIP_DEFLATED)
        packed.writestr(zipfile.ZipInfo(f"{RECEIPTS}/{name}{_SHEET}", _DATE), sheet.encode())
    return buffer.getvalue()


def _name(source: Source) -> str:
    return source.name.replace("\\", "/").rsplit("/", 1)[-1] or "file"


def answers_within(data: bytes) -> dict[str, str]:
    """Return the answers on the sheet inside a .zip that was brought; {} for everything else."""
    if data[:4] != b"PK\x03\x04":
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            sheets = [
                info for info in packed.infolist()
                if info.filename.startswith(f"{RECEIPTS}/") and info.filename.endswith(_SHEET)
                and info.file_size <= _LARGEST
            ]  # fmt: skip
            return answers_in(packed.read(sheets[0])) if len(sheets) == 1 else {}
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        return {}


def answers_brought(path: Path) -> dict[str, str]:
    """Return :func:`answers_within` of a file; {} where it cannot be read."""
    try:
        return answers_within(path.read_bytes()) if path.suffix.lower() == ".zip" else {}
    except OSError:
        return {}


def address(data: bytes) -> str:
    """Return an address from which a browser saves bytes as a file.

    In the browser it is good for as long as the notebook runs, and nothing of the file is kept inside the
    notebook; elsewhere it holds the bytes.
    """
    if sys.platform == "emscripten":
        js, to_js = import_module("js"), import_module("pyodide.ffi").to_js
        return str(js.URL.createObjectURL(js.Blob.new(to_js([to_js(data)]))))
    return f"data:application/zip;base64,{base64.b64encode(data).decode()}"


class Brought(Receipt):
    """The receipt of a file that is kept on this device only, with the .zip to take to the dataset."""

    def __init__(self, record: dict[str, Any], file: bytes) -> None:
        super().__init__(record)
        self.to_bring = file

    @property
    def name(self) -> str:
        """What the .zip is called."""
        return f"{Path(self.file.rsplit('/', 1)[-1]).stem or 'file'}-to-bring.zip"

    def save(self, folder: str | Path = ".") -> Path:
        """Write the .zip into a folder; return its path."""
        path = Path(folder) / self.name
        path.write_bytes(self.to_bring)
        return path

    def link(self, lang: str | None = None) -> str:
        """Return HTML with which a browser saves the .zip, and what to do with it."""
        words = tr("Save {file}", lang, file=self.name)
        todo = tr(
            "Nothing has left this device. Save this file and bring it to your teacher: it goes into the "
            "inbox of the class as it is.", lang,
        )  # fmt: skip
        return (
            f"<p lang='{language(lang)}'>{escape(todo)}<br><a download='{escape(self.name, quote=True)}' "
            f"href='{address(self.to_bring)}' style='display:inline-block;padding:.6em 1em;"
            f"margin-top:.4em;border:2px solid #1d4f91;border-radius:4px'>{escape(words)}</a></p>"
        )

    def html(self, lang: str | None = None) -> str:
        """Return the receipt as a piece of HTML, with the link."""
        return super().html(lang) + self.link(lang)
