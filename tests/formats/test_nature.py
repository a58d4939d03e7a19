"""Biodiversity formats: archives and their descriptors, GBIF, eBird, columns of species, visits."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from kit.errors import FileError
from kit.formats import open_source, parse, unpack
from kit.model import RawTable, Source
from kit.vocab.taxa import LANGUAGES, TABLE, scientific_names

DWC = "http://rs.tdwg.org/dwc/terms/"
EML = b"<eml><creator><individualName>Somebody Real</individualName></creator></eml>"


def field(index: int | None, term: str, default: str = "") -> str:
    where = "" if index is None else f' index="{index}"'
    what = f' default="{default}"' if default else ""
    return f'<field{where} term="{DWC}{term}"{what}/>'


def table(
    name: str, row_type: str, fields: str, *, tag: str = "core", key: int | None = 0, enclosed: str = "",
    separator: str = "\\t", lines: str = "\\n", encoding: str = "UTF-8", skip: int = 1,
) -> str:  # fmt: skip
    identity = "" if key is None else f'<{"id" if tag == "core" else "coreid"} index="{key}"/>'
    return (
        f'<{tag} encoding="{encoding}" fieldsTerminatedBy="{separator}" linesTerminatedBy="{lines}" '
        f'fieldsEnclosedBy="{enclosed}" ignoreHeaderLines="{skip}" rowType="{DWC}{row_type}">'
        f"<files><location>{name}</location></files>{identity}{fields}</{tag}>"
    )


def descriptor(*tables: str) -> bytes:
    return f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{"".join(tables)}</archive>'.encode()


def packed(files: Mapping[str, bytes], name: str = "birds.zip") -> Source:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return Source(name, out.getvalue())


def read(files: Mapping[str, bytes], name: str = "birds.zip") -> RawTable:
    (source,) = unpack(packed(files, name))
    return parse(source)


FIELDS = field(1, "eventDate") + field(2, "scientificName") + field(3, "individualCount")
SIMPLE = descriptor(table("occurrence.txt", "Occurrence", FIELDS))
ROWS = (
    b"id\teventDate\tscientificName\tindividualCount\n1\t2024-05-04\tParus major\t2\n"
    b"2\t2024-05\tPica pica\t1\n"
)


def cause(files: Mapping[str, bytes]) -> tuple[str, str]:
    with pytest.raises(FileError) as caught:
        read(files)
    return caught.value.code, caught.value.words("en")


# --- archives -----------------------------------------------------------------------------------------


def test_an_archive_is_one_source_whatever_it_is_packed_in(tmp_path: Path) -> None:
    files = {"meta.xml": SIMPLE, "occurrence.txt": ROWS, "eml.xml": EML}
    zipped = read(files)
    inside = read(
        {f"birds/{name}": data for name, data in files.items()} | {"__MACOSX/birds/._meta.xml": b"x"}
    )
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    (tgz,) = unpack(Source("birds.tgz", gzip.compress(out.getvalue())))
    folder = tmp_path / "birds"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (loose,) = open_source(folder)
    assert loose.name == "birds.zip"
    for other in (inside, parse(tgz), parse(loose)):
        assert other.columns == zipped.columns
        assert other.frame.equals(zipped.frame)
    assert zipped.container
    assert zipped.format == "darwin-core"
    assert zipped.frame["scientificName"].tolist() == ["Parus major", "Pica pica"]
    assert b"Somebody" not in loose.data
    assert b"Somebody" not in tgz.data


def test_a_folder_without_a_descriptor_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(ROWS)
    with pytest.raises(FileError, match="is a folder"):
        open_source(tmp_path)


def test_two_archives_and_a_table_in_one_zip() -> None:
    files = {f"{one}/{name}": data for one in "ab" for name, data in
             {"meta.xml": SIMPLE, "occurrence.txt": ROWS}.items()}  # fmt: skip
    sources = unpack(packed(files | {"c.csv": b"time,pm25\n2024-05-01 10:00,3\n"}))
    assert [source.name for source in sources] == ["birds.zip!/a", "birds.zip!/b", "birds.zip!/c.csv"]
    assert [parse(source).format for source in sources] == ["darwin-core", "darwin-core", "plain"]


def test_a_table_beside_eml_alone_leaves_the_people_out() -> None:
    sources = unpack(packed({"data.csv": ROWS, "eml.xml": EML}))
    assert [source.name for source in sources] == ["birds.zip!/data.csv"]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_line_ends_bytes_and_quotes_as_the_descriptor_says(newline: str) -> None:
    header, first = "id,eventDate,scientificName,locality", '1,2024-05-04,"Parus major","Õ, ""pond"""'
    text = f"{header}\n{first}\n2,2024-05-05,Pica pica,x\n"
    fields = field(1, "eventDate") + field(2, "scientificName") + field(3, "municipality")
    about = descriptor(
        table(
            "occurrence.txt", "Occurrence", fields, separator=",", enclosed="&quot;", encoding="windows-1252"
        )
    )
    found = read({"meta.xml": about, "occurrence.txt": text.replace("\n", newline).encode("cp1252")})
    assert found.frame["municipality"].tolist() == ['Õ, "pond"', "x"]
    assert list(found.frame.index) == [1, 2]


def test_quotes_are_letters_where_nothing_is_enclosed() -> None:
    names = ['"Parus" major', '"Pica pica', 'x"y']
    lines = [f"{n}\t2024-05-04\t{name}\t1\n" for n, name in enumerate(names)]
    rows = ("id\tdate\tname\tn\n" + "".join(lines)).encode()
    found = read({"meta.xml": SIMPLE, "occurrence.txt": rows})
    assert found.frame["scientificName"].tolist() == names


def test_no_header_and_values_for_what_is_not_there() -> None:
    fields = FIELDS + field(None, "country", "Eesti") + field(4, "kingdom", "Animalia")
    about = descriptor(table("occurrence.txt", "Occurrence", fields, skip=0))
    rows = b"1\t2024-05-04\tParus major\t2\t\n2\t2024-05-04\tQuercus robur\t1\tPlantae\n"
    found = read({"meta.xml": about, "occurrence.txt": rows})
    assert found.frame["country"].tolist() == ["Eesti", "Eesti"]
    assert found.frame["kingdom"].tolist() == ["Animalia", "Plantae"]
    assert list(found.frame.index) == [1, 2]


EVENTS = (
    b"id\tdate\tparent\teffort\n"
    b"v\t2024-05-04\t\t\nv1\t\tv\t30 minutes\nv2\t\tv\t30 minutes\nv3\t2024-05-06\t\t1 h\nold\t\t\t\n"
)
ABOUT_EVENTS = descriptor(
    table(
        "event.txt", "Event", field(1, "eventDate") + field(2, "parentEventID") + field(3, "samplingEffort")
    ),
    table(
        "occurrence.txt", "Occurrence", field(1, "scientificName") + field(2, "basisOfRecord"),
        tag="extension",
    ),
    table("mof.txt", "MeasurementOrFact", field(1, "measurementValue"), tag="extension"),
)  # fmt: skip
SEEN = (
    b"id\tname\tbasis\nv1\tParus major\tHumanObservation\nv1\tPica pica\tHumanObservation\nzz\tPica pica\tx\n"
)


def test_surveys_with_their_sightings_and_those_without_any() -> None:
    files = {"meta.xml": ABOUT_EVENTS, "event.txt": EVENTS, "occurrence.txt": SEEN}
    found = read(files | {"mof.txt": b"id\tv\nv1\t3\n"})
    rows = found.frame[["eventID", "eventDate", "scientificName", "samplingEffort"]].to_dict("index")
    assert {row: tuple(cells.values()) for row, cells in rows.items()} == {
        1: ("v1", "2024-05-04", "Parus major", "30 minutes"),
        2: ("v1", "2024-05-04", "Pica pica", "30 minutes"),
        4: ("v2", "2024-05-04", "", "30 minutes"), 5: ("v3", "2024-05-06", "", "1 h"),
    }  # fmt: skip
    (orphan,) = found.refused
    assert (orphan.row, orphan.value, orphan.code) == (3, "zz", "orphan")
    assert "its survey zz is not in the archive" in orphan.to_dict("en")["message"]
    assert any("mof.txt" in str(params) for _, params in found.notes)


def test_a_damaged_archive_is_refused_with_its_cause() -> None:
    more = descriptor(table("occurrence.txt", "Occurrence", FIELDS + field(4, "kingdom")))
    swapped = descriptor(
        table("occurrence.txt", "Occurrence", field(2, "eventDate") + field(1, "scientificName"))
    )
    taxa = descriptor(table("occurrence.txt", "Taxon", field(2, "scientificName")))
    bare = descriptor(table("occurrence.txt", "Occurrence", field(2, "scientificName")))
    cases = {
        "columns-shifted": ({"meta.xml": more, "occurrence.txt": ROWS}, "speaks of 5 columns"),
        "missing-table": (
            {"meta.xml": SIMPLE, "other.txt": ROWS},
            "occurrence.txt, which is not in the archive",
        ),
        "no-sightings": ({"meta.xml": taxa, "occurrence.txt": ROWS}, "list of Taxon and no sightings"),
        "no-times": ({"meta.xml": bare, "occurrence.txt": ROWS}, "no eventDate and no year"),
        "only-header": ({"meta.xml": SIMPLE, "occurrence.txt": ROWS[:44]}, "holds no records"),
    }
    for code, (files, words) in cases.items():
        found, said = cause(files)
        assert found == code
        assert words in said
        assert "birds.zip" in said
    found, said = cause({"meta.xml": swapped, "occurrence.txt": ROWS})
    assert found == "columns-shifted"
    assert "eventDate is column 3 of occurrence.txt, but it is column 2" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SIMPLE[:-12], "no well-formed XML"),
        (b"<archive/>", "one element core"),
        (SIMPLE.replace(b'index="1"', b'index="one"'), "number of a column"),
        (SIMPLE.replace(b'index="1"', b'index="-1"'), "number of a column"),
        (SIMPLE.replace(b"<location>occurrence.txt</location>", b""), "names no file"),
        (SIMPLE.replace(b'fieldsTerminatedBy="\\t"', b'fieldsTerminatedBy=""'), "must be one character"),
        (SIMPLE.replace(f'{DWC}eventDate"'.encode(), b'"'), "names no term"),
        (b'<?xml version="1.0" encoding="x-no-such"?>' + SIMPLE, "not known"),
        (b"<archive>" * 60 + b"</archive>" * 60, "nested too deeply"),
        (b"<archive>" + b" " * (5 << 20) + b"</archive>", "far larger"),
    ],
)
def test_a_damaged_descriptor_says_what_is_wrong(text: bytes, words: str) -> None:
    code, said = cause({"meta.xml": text, "occurrence.txt": ROWS})
    assert code == "bad-descriptor"
    assert words in said


def test_entities_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    outside = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for start in (outside, bomb):
        code, said = cause({"meta.xml": start + SIMPLE, "occurrence.txt": ROWS})
        assert code == "bad-descriptor"
        assert "document type or entities" in said
        assert "secret words" not in said


# --- tables ---------------------------------------------------------------------------------------------


def test_gbif_by_name_with_quotes_as_letters(samples: dict[str, tuple[str, bytes]]) -> None:
    found = parse(Source(*samples["gbif"]))
    terms = {
        column.name: column.label for column in found.columns if column.role not in ("ignored", "personal")
    }
    assert terms["gbifID"] == "occurrenceID"
    assert found.frame["locality"].tolist() == ['by the "pond', ""]
    personal = {column.name for column in found.columns if column.role == "personal"}
    assert personal == {"locality", "recordedBy"}


def test_ebird_shared_lists_are_counted_once() -> None:
    header = (
        "GLOBAL UNIQUE IDENTIFIER\tCOMMON NAME\tSCIENTIFIC NAME\tOBSERVATION COUNT\tLOCALITY ID\t"
        "OBSERVATION DATE\tOBSERVER ID\tSAMPLING EVENT IDENTIFIER\tALL SPECIES REPORTED\tGROUP IDENTIFIER\t\n"
    )
    rows = "".join(
        f"o{n}\t{name}\t{latin}\t{count}\tL1\t2024-05-04\tobsr{n}\t{event}\t1\t{group}\t\n"
        for n, (name, latin, count, event, group) in enumerate([
            ("Great Tit", "Parus major", "2", "S1", "G1"), ("Great Tit", "Parus major", "3", "S2", "G1"),
            ("Eurasian Magpie", "Pica pica", "X", "S2", "G1"), ("Great Tit", "Parus major", "1", "S3", ""),
        ])
    )  # fmt: skip
    found = parse(Source("ebd.txt", (header + rows).encode()))
    assert list(found.frame.index) == [1, 3, 4]
    assert found.frame["SAMPLING EVENT IDENTIFIER"].tolist() == ["G1", "G1", "S3"]
    (copy,) = found.refused
    assert (copy.row, copy.code, copy.value) == (2, "shared-list", "G1")


@pytest.mark.parametrize(
    ("header", "rows", "species"),
    [
        (
            "Kuupäev;Rasvatihane;Harakas;Kuldnokk;Muud",
            "1.05.2024;3;;x;2",
            ["Rasvatihane", "Harakas", "Kuldnokk"],
        ),
        ("Date,Time,Great tit,Blue tit,Ducks", "2024-05-01,10:00,3,0,1", ["Great tit", "Blue tit", "Ducks"]),
        ("Datum;Kohlmeise;Amsel;Dauer (min)", "1.05.2024;3;0;20", ["Kohlmeise", "Amsel"]),
        ("date,Bombus terrestris,Apis mellifera", "2024-05-01,3,11", ["Bombus terrestris", "Apis mellifera"]),
    ],
)
def test_a_column_per_species(header: str, rows: str, species: list[str]) -> None:
    found = parse(Source("linnud.csv", f"{header}\n{rows}\n{rows}\n".encode()))
    assert found.kind == "sightings"
    assert [column.name for column in found.columns if column.role == "count"] == species


@pytest.mark.parametrize(
    "text",
    [
        "Date,Wind speed,Wind gust,Solar radiation\n2024-05-01,3,4,100\n",
        "Date,Leaf wetness,Soil moisture\n2024-05-01,3,4\n",
        "time,temperature,humidity\n2024-05-01 10:00,3,40\n",
        "Date,Station,Magpie,Temperature,Humidity,Pressure\n2024-05-01,a,3,20.5,40,1000\n",
    ],
)
def test_columns_of_readings_are_not_species(text: str) -> None:
    assert parse(Source("a.csv", text.encode())).kind == "readings"


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("SITE_ID,DATE\n1,2024-05-01\n2,2024-05-02\n", True),
        ("Koht;Kuupäev;Kestus (min);Vaatlejaid\nA;1.05.2024;30;3\nB;2.05.2024;20;2\n", True),
        ("site,date,start time,end time,observer\nA,2024-05-01,10:00,10:30,Ann\n", True),
        ("site,date,temperature\nA,2024-05-01,14.5\n", False),
        ("station,time,event\nA,2024-05-01 10:00:01,door opened\n", False),
    ],
)
def test_a_table_of_visits(text: str, visits: bool) -> None:
    kinds = []
    for source in [Source("visits.csv", text.encode())]:
        with contextlib.suppress(FileError):
            kinds.append(parse(source).kind)
    assert ("sightings" in kinds) == visits


def test_a_list_of_names_says_that_it_is_one() -> None:
    with pytest.raises(FileError, match="is a list of names and holds no sightings"):
        parse(Source("names.csv", b"ID,scientificName,taxa\n1,Parus major,Bird\n2,Lutra lutra,Mammal\n"))


def test_a_school_class_is_no_taxonomic_class() -> None:
    text = b"date,species,count,class\n2024-05-01,Parus major,1,7b\n2024-05-01,Pica pica,1,7b\n"
    labels = {column.name: column.label for column in parse(Source("a.csv", text)).columns}
    assert labels["class"] == ""
    labels = {c.name: c.label for c in parse(Source("a.csv", text.replace(b"7b", b"Aves"))).columns}
    assert labels["class"] == "class"


def test_the_table_of_names_is_sound() -> None:
    import csv

    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len({line["scientific"] for line in lines}) == len(lines) > 50
    names: dict[str, str] = {}
    for line in lines:
        assert "doi:" in line["source"]
        for code in LANGUAGES:
            for name in filter(None, line[code].split("|")):
                assert names.setdefault(name.lower(), line["scientific"]) == line["scientific"], name
    assert scientific_names(names)[0].tolist() == list(names.values())
