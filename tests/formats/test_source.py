"""Opening paths: archives, limits, and what is refused before anything is parsed."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import FileError
from kit.formats import Limits, is_workbook, open_source, parse, unpack
from kit.formats._decode import decode
from kit.model import Source

TABLE = b"time;pm25\n2024-05-01 10:00;5\n"


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, how)
    return out.getvalue()


def code_of(source: Source, limits: Limits | None = None) -> str:
    with pytest.raises(FileError) as caught:
        unpack(source, limits or Limits())
    assert source.name.split("!")[0] in caught.value.words("en")
    assert caught.value.do
    return caught.value.code


def test_a_file_is_itself(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TABLE)
    assert open_source(tmp_path / "a.csv") == [Source("a.csv", TABLE)]


def test_members_of_archives_carry_the_name_of_the_archive(tmp_path: Path) -> None:
    inner = zipped({"x.csv": TABLE})
    data = zipped({"b/y.csv": TABLE, "in.zip": inner, "__MACOSX/._y.csv": b"junk", "empty.csv": b""})
    (tmp_path / "a.zip").write_bytes(data)
    names = [source.name for source in open_source(tmp_path / "a.zip")]
    assert names == ["a.zip!/b/y.csv", "a.zip!/in.zip!/x.csv"]


def test_gz_and_tar(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TABLE))
    assert open_source(tmp_path / "a.csv.gz") == [Source("a.csv.gz!/a.csv", TABLE)]
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a.csv.gz", "d/a.csv.gz")
    with pytest.raises(FileError) as caught:
        open_source(tmp_path / "b.tar.gz")
    assert caught.value.code == "nested-archive"
    (tmp_path / "a.csv").write_bytes(TABLE)
    with tarfile.open(tmp_path / "c.tgz", "w:gz") as archive:
        archive.add(tmp_path / "a.csv", "d/a.csv")
    assert [source.name for source in open_source(tmp_path / "c.tgz")] == ["c.tgz!/d/a.csv"]


def test_names_that_climb_out_are_made_harmless() -> None:
    source = Source("a.zip", zipped({"../../etc/x.csv": TABLE}))
    assert unpack(source)[0].name == "a.zip!/etc/x.csv"


def test_a_workbook_stays_whole(workbook: Callable[..., bytes]) -> None:
    data = workbook({"Sheet1": [["a", "b"], ["1", "2"]]})
    assert unpack(Source("a.xlsx", data)) == [Source("a.xlsx", data)]


@pytest.mark.parametrize("name", ["a.zip", "a.csv.gz", "a.xlsx", "a.tar"])
def test_what_only_has_the_name_of_an_archive(name: str) -> None:
    assert code_of(Source(name, b"foobar\n")) == "broken-archive"


def test_damaged_archives() -> None:
    whole = zipped({"x.csv": TABLE * 100})
    assert code_of(Source("a.zip", whole[:-30])) == "broken-archive"
    wrong = bytearray(whole)
    wrong[50] ^= 0xFF
    assert code_of(Source("a.zip", bytes(wrong))) == "broken-archive"
    assert code_of(Source("a.gz", gzip.compress(TABLE * 100)[:-9])) == "broken-archive"
    assert code_of(Source("a.zip", zipped({}))) == "empty-archive"
    assert code_of(Source("a.7z", b"7z\xbc\xaf'\x1c")) == "unknown-archive"


def test_limits_of_size_count_and_depth() -> None:
    bomb = zipped({"x.csv": b"0" * 5_000_000})
    assert len(bomb) < 10_000
    assert code_of(Source("a.zip", bomb), Limits(unpacked=1 << 20)) == "archive-too-large"
    assert (
        code_of(Source("a.gz", gzip.compress(b"0" * 5_000_000)), Limits(unpacked=1 << 20))
        == "archive-too-large"
    )
    ratio = zipped({"x.csv": b"0" * (70 << 20)})
    assert code_of(Source("a.zip", ratio)) == "archive-too-large"
    many = zipped({f"{n}.csv": TABLE for n in range(30)})
    assert code_of(Source("a.zip", many), Limits(members=20)) == "too-many-files"
    deep = zipped({"c.zip": zipped({"b.zip": zipped({"x.csv": TABLE})})})
    assert code_of(Source("a.zip", deep)) == "nested-archive"


def test_no_such_file_a_folder_and_too_large_a_file(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.csv", "no-file"), (tmp_path, "folder")):
        with pytest.raises(FileError) as caught:
            open_source(path)
        assert caught.value.code == code
        assert path.name in caught.value.words("en")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(FileError) as caught:
        open_source(tmp_path / "huge.csv")
    assert caught.value.code == "too-large"


@pytest.mark.parametrize("start", [b"", b"time;pm25\n2024-05-01 10:00;5\n"])
def test_a_line_of_200_mb_is_refused_quickly_and_without_memory(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(start)
        for _ in range(200):
            file.write(b"1234567;" * (1 << 17))
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(FileError) as caught:
        open_source(path)
    seconds = time.perf_counter() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == "long-line"
    assert "line.csv" in caught.value.words("en")
    assert peak < 40 << 20
    assert seconds < 2


def test_bytes_given_directly_are_held_to_the_same_limit() -> None:
    with pytest.raises(FileError) as caught:
        decode(Source("line.csv", b"a;b\n" + b"7;" * (3 << 20)))
    assert caught.value.code == "long-line"


@pytest.mark.fielddata
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("html_404_saved_as.csv", "html"),
        ("broken-zip-archive.zip", "broken-archive"),
        ("one_byte_file.csv", "empty"),
        ("skbio_invalid/empty-file", "empty"),
        ("skbio_invalid/duplicate-ids.tsv", "no-times"),
        ("skbio_invalid/header-only-with-comments-and-empty-rows.tsv", "no-table"),
    ],
)
def test_real_files_that_are_no_tables(field_data: Path, name: str, code: str) -> None:
    from kit import formats

    with pytest.raises(FileError) as caught:
        [formats.parse(source) for source in open_source(field_data / "messy" / name)]
    assert caught.value.code == code
    assert Path(name).name in caught.value.words("en")


def test_a_gz_of_several_members_is_read_whole() -> None:
    both = gzip.compress(b"a;b\n" * 1000) + gzip.compress(b"1;2\n" * 10)
    assert unpack(Source("both.csv.gz", both))[0].data == b"a;b\n" * 1000 + b"1;2\n" * 10


def test_a_small_gz_asks_for_little_memory() -> None:
    packed = gzip.compress(b"a;b\n" * 1000)
    tracemalloc.start()
    unpack(Source("one.csv.gz", packed))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 10_000_000, "what is read is a few kilobytes"


_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("essee.docx", zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a>12.5</a>"}), "Word"),
        ("a.pptx", zipped({"ppt/presentation.xml": b"<a/>", "ppt/slides/slide1.xml": b"<a/>"}), "PowerPoint"),
        (
            "a.odt",
            zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
            "OpenDocument",
        ),
        ("a.doc", _OLD + "WordDocument".encode("utf-16-le"), "Word"),
    ],
)
def test_a_document_is_left_whole_and_named(name: str, data: bytes, kind: str) -> None:
    assert unpack(Source(name, data)) == [Source(name, data)]
    with pytest.raises(FileError, match=f"{name} is a file of the kind {kind} and not a table") as found:
        parse(Source(name, data))
    assert found.value.code == "document"


def test_a_workbook_with_a_document_inside_is_a_workbook() -> None:
    within = zipped({"word/document.xml": b"<a/>"})
    assert is_workbook(zipped({"xl/workbook.xml": b"<a/>", "xl/embeddings/note.docx": within}))
    assert is_workbook(_OLD + "WordDocument".encode("utf-16-le") + "Workbook".encode("utf-16-le"))
    sheet = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    assert is_workbook(zipped(sheet))
