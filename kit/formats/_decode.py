"""From bytes to text: encoding, line ends, and the files that hold no table at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.errors import FileError
from kit.formats._source import document_kind, refuse_long_line
from kit.model import Source
from kit.text import N_

Note = tuple[str, Mapping[str, Any]]

_CONTROL_TEXT = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAGIC = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"),
    (b"SQLite format 3\x00", "SQLite"), (b"PAR1", "Parquet"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"),
    (b"\x89HDF", "HDF5/NetCDF"), (b"CDF\x01", "NetCDF"), (b"RIFF", "RIFF"), (b"\x7fELF", "ELF"),
    (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"),
)  # fmt: skip
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypavif")
_PHOTOS = ("JPEG", "PNG", "GIF", "HEIC")
#: Where windows-1252 shows the first, windows-1257 has š and ž; the second no Icelandic text has.
_ICELANDIC, _ESTONIAN = frozenset("ÐðÞþ"), frozenset("õäüÕÄÜ")
#: Letters of Latvian, Lithuanian and Estonian, and those of western languages that share their bytes.
_BALTIC = frozenset("āčēģīķļņšūžąęėįųõäöüĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲÕÄÖÜ")
_WESTERN = frozenset("äöüõåéèêàáâçñóòôúùíìîïëßæøÄÖÜÕÅÉÈÀÁÇÑÓÚÍËÆØ")
#: Where windows-1252 shows these, hardly any text has them.
_ODD = frozenset("ÿþðÐÞÝýûâîïëçèàæøÆØÛÎÏÂÀÈÇËìòùÌÒÙ")
_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ")
_FREQUENT = frozenset("оеаинтср")
_UKRAINIAN = frozenset(b"\xa5\xa8\xaa\xaf\xb2\xb3\xb4\xb8\xba\xbf\xa3\xa6\xa7\xa4\xad")
_DIGITS = {
    ord(letter): str(number)
    for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९")
    for number, letter in enumerate(row)
} | {ord("٫"): ".", ord("．"): "."}
_OTHER_DIGITS = re.compile("[٠-٩۰-۹０-９०-९]")
_MOJIBAKE = re.compile("Â[°µ²³]|Ã[¤¶¼µ¥©¨¸]|â„ƒ|Î¼|Å¡|Å¾")


@dataclass(frozen=True)
class Text:
    """The text of a file with "\\n" line ends, and how it was found."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(source: Source, markup: bool = False) -> Text:
    r"""Return the text of a file, whatever its encoding and line ends.

    Tried in this order: byte order marks, UTF-16 without mark, UTF-8, and the encodings of one byte a letter
    (:func:`one_byte`). Line ends CR LF, CR and LF all become LF; NUL characters are dropped; Arabic and other
    digits become 0 to 9. Web pages, XML and JSON are text only with ``markup``.

    Raises :class:`FileError` for an empty file, a web page, binary data and the like.

    >>> decode(Source("a.csv", b"\xef\xbb\xbfaeg;\xc3\xb5hk\r1;2\r")).text
    'aeg;õhk\n1;2\n'
    """
    data = source.data
    refuse_empty(source)
    refuse_long_line(source.name, data)
    if kind := document_kind(data):
        raise FileError(
            "{file} is a file of the kind {kind} and not a table.",
            do="If there is a table in it, copy that into a spreadsheet and save it as CSV.", code="document",
            file=source.name, kind=kind,
        )  # fmt: skip
    if data[4:12] in _HEIC:
        raise _binary(source.name, "HEIC")
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise _binary(source.name, kind)
    text, encoding, notes = _decode(data)
    if "\x00" in text:
        found = text.count("\x00")
        if found > 0.5 * len(text):
            raise _binary(source.name, "?")
        text = text.replace("\x00", "")
        note = N_("{n} NUL characters were left out; a device writes them when its power is cut.")
        notes = (*notes, (note, {"n": found}))
    sample = text[: 1 << 16]
    if len(_CONTROL_TEXT.findall(sample)) > 0.004 * len(sample) + 2:
        raise _binary(source.name, "?")
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if _OTHER_DIGITS.search(sample):
        text = text.translate(_DIGITS)
    if not markup:
        _refuse_markup(source, sample)
    if not text.strip():
        raise _empty(source)
    return Text(text, encoding, notes)


def refuse_empty(source: Source) -> None:
    """Raise :class:`FileError` for a file of no bytes or of blanks only."""
    if len(source.data) < 3 or (not source.data[:4096].strip(b" \t\r\n\x00;,") and not source.data.strip()):
        raise _empty(source)


def _empty(source: Source) -> FileError:
    return FileError(
        "{file} is empty: it holds no table (size: {n} bytes).",
        why="The download or the copy was probably cut off.",
        do="Export the file from the device again.", code="empty", file=source.name, n=len(source.data),
    )  # fmt: skip


def _binary(name: str, kind: str) -> FileError:
    if kind in _PHOTOS:
        return FileError(
            "{file} is a photo ({kind}) and not a table; nothing of it was kept.",
            why="Photos can show people, and they say where and when they were taken.",
            do="Write what it shows into a table: kit template makes one.", code="photo", file=name,
            kind=kind,
        )  # fmt: skip
    if kind == "?":
        return FileError(
            "{file} is not text but binary data.", why="It may be damaged, or the device's own raw format.",
            do="Export it from the device as CSV or as .xlsx.", code="binary", file=name,
        )  # fmt: skip
    return FileError(
        "{file} is a file of the kind {kind} and not a table.",
        do="Export the readings from the device as CSV or as .xlsx.", code="binary", file=name, kind=kind,
    )  # fmt: skip


def _refuse_markup(source: Source, sample: str) -> None:
    start = sample.lstrip("\ufeff \t\r\n")[:4000].lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in start[:1500]:
        if "ubit_log_fs" in sample.lower():
            raise FileError(
                "{file} is the page of a micro:bit, but its log is not in it.",
                why="The download or the copy was probably cut off.",
                do="Run the program, unplug the micro:bit and plug it in again, then copy MY_DATA.HTM.",
                code="html", file=source.name,
            )  # fmt: skip
        raise FileError(
            "{file} is a web page (HTML) and not a table.",
            why="The server sent a page, often an error message or a login, in place of the data.",
            do="Open the file in a browser to see what it says, then download the data again.",
            code="html", file=source.name,
        )  # fmt: skip
    if start.startswith("<?xml") or (start.startswith("<") and re.match(r"<[a-z][\w:.-]*[ >/]", start)):
        raise FileError(
            "{file} is an XML file and not a table.", do="Export the readings as CSV or as .xlsx.",
            code="markup", file=source.name,
        )  # fmt: skip
    if re.match(r'\{\s*"|\[\s*[\[{]', start):
        raise FileError(
            "{file} is a JSON file and not a table.", do="Export the readings as CSV or as .xlsx.",
            code="markup", file=source.name,
        )  # fmt: skip


def _decode(data: bytes) -> tuple[str, str, tuple[Note, ...]]:
    marked = _by_mark(data)
    if marked is not None:
        return marked
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data)
    if _MOJIBAKE.search(text[: 1 << 16]):
        repaired = _repair(text)
        if repaired is not None:
            note = N_("Letters such as °, µ or õ had been saved with the wrong encoding; they were repaired.")
            return repaired, "utf-8", ((note, {}),)
    return text, "utf-8", ()


def _by_mark(data: bytes) -> tuple[str, str, tuple[Note, ...]] | None:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):  # fmt: skip
        if data.startswith(mark):
            body = data[len(mark) :]
            if name == "utf-8":
                return _utf8_or_not(body)
            return body.decode(name, errors="replace"), name, ()
    sample = data[:2000]
    if len(sample) >= 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > 0.6 * half and even < 0.05 * half:
            return data.decode("utf-16-le", errors="replace"), "utf-16-le", ()
        if even > 0.6 * half and odd < 0.05 * half:
            return data.decode("utf-16-be", errors="replace"), "utf-16-be", ()
    return None


def _utf8_or_not(data: bytes) -> tuple[str, str, tuple[Note, ...]]:
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        return _not_utf8(data)


def _not_utf8(data: bytes) -> tuple[str, str, tuple[Note, ...]]:
    """Text that is not clean UTF-8: UTF-8 with a few broken letters, or windows-1252."""
    loose = data.decode("utf-8", errors="replace")
    broken = loose.count("\ufffd")
    whole = sum(1 for letter in loose[: 1 << 20] if letter > "\x7f" and letter != "\ufffd")
    if broken * 5 <= whole:
        note = N_("{n} letters could not be read and were replaced by a mark.")
        return loose, "utf-8", ((note, {"n": broken}),)
    text, encoding = one_byte(data)
    note = N_("The file is not written in UTF-8; it was read as {encoding}.")
    return text, encoding, ((note, {"encoding": encoding}),)


def one_byte(data: bytes) -> tuple[str, str]:
    """Return the text of bytes in an encoding of one byte a letter, and the name of the encoding.

    Letters beyond ASCII tell which: whole words of them are Cyrillic (windows-1251, KOI8 or ISO 8859-5, by
    their letters); single ones inside words of ASCII letters are windows-1257 where the letters of its
    languages fit better than those of windows-1252.

    >>> one_byte("Температура".encode("koi8-r")), one_byte("vējš".encode("cp1257"))[1]
    (('Температура', 'koi8-u'), 'windows-1257')
    """
    sample = data[: 1 << 16]
    words = re.findall(rb"[A-Za-z\x80-\xff]+", sample)
    high = [
        word
        for word in words
        if len(word) > 3 and all(letter >= 0xC0 or letter in _UKRAINIAN for letter in word)
    ]
    if high:
        return _cyrillic(data, b" ".join(high))
    try:
        text, encoding = data.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "latin-1"
    baltic = data.decode("cp1257", errors="replace")
    western = sum(text.count(letter) for letter in _WESTERN)
    eastern = sum(baltic.count(letter) for letter in _BALTIC)
    icelandic = set(text) & _ICELANDIC and set(text) & _ESTONIAN
    lithuanian = "ë" in text and not set(text) & set("éèàô") and eastern >= western
    if (icelandic or lithuanian or (eastern > western and set(text) & _ODD)) and "\ufffd" not in baltic:
        return baltic, "windows-1257"
    return text, encoding


def _cyrillic(data: bytes, words: bytes) -> tuple[str, str]:
    found = []
    for name in ("cp1251", "koi8-u", "iso8859-5"):
        text = words.decode(name, errors="replace")
        usual = sum(1 for letter in text.casefold() if letter in _FREQUENT)
        inner = "".join(word[1:] for word in text.split())
        found.append((usual + 0.2 * sum(1 for letter in inner if letter in _CYRILLIC), name))
    best = max(found, key=lambda one: one[0])[1]
    return data.decode(best, errors="replace"), {"cp1251": "windows-1251"}.get(best, best)


def _repair(text: str) -> str | None:
    """Undo UTF-8 that was read as windows-1252 and saved as UTF-8 again; None if that does not work."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
