"""Canary words stand wherever a file can name somebody; not a byte of the dataset may hold one of them."""

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from kit.dataset import Dataset, create
from kit.errors import AnswerNeeded, FileError, UsageError
from kit.formats import redact
from kit.ingest import receipt_record, understand
from kit.model import Question, Report, Source, Station
from tests.formats.conftest import SAMPLES, build_workbook

NAME, MAIL, PHONE, LOCAL = "Quixovar", "zebblin@canarymail.ee", "+372 5550 9173", "5550 9173"
MAC, IP, LAT, LON, GRID = "AA:BB:CC:9D:7E:5F", "193.40.77.213", "58.3847261", "26.7219483", "6473847.26"
#: Numbers are looked for with what stands before them: five digits alone also turn up in a hash now and then.
CANARIES = re.compile(
    r"quixovar|zebblin|canarymail|5550 ?9173|aa:bb:cc|193\.40\.77|58[.,]?38472|26[.,]?72194"
    r"|(?<![0-9a-f])(?:6473847|659172)|9gfg9p|murrenfold",
    re.I,
)
ROOF = Station("T-1/roof", latitude=58.384, longitude=26.721, zone="Europe/Tallinn")
ANSWERS = {"zone": "Europe/Tallinn", "start": "2024-05-01 10:00", "date_order": "mdy"}

#: Names of columns about people, in many languages; their cells hold a canary.
PEOPLE = (
    "Ime", "Имя", "Ім'я", "Vārds", "Vardas", "nimi", "õpetaja", "Õpilase nimi", "Station owner", "Observer 2",
    "Recorded by", "Contact", "Contact person", "user_login", "Ansprechpartner", "Koostaja", "Mõõtis",
    "Measured by", "Created By", "Jméno", "Initials", "SSID", "Учень", "Спостерігач", "Skolotājs", "Nombre",
    "Prénom", "Név", "etternavn", "Pupil name", "student1", "Mõõtja nimi",
)  # fmt: skip
#: Cells of columns that nobody would drop for their name.
CELLS = {
    "an address": ("weather", f"rain, {MAIL} knows"),
    "a number with +": ("märkus", f"call {PHONE}"),
    "a local number": ("weather", f"ask {LOCAL} at noon"),
    "a number called so": ("note", f"tel. {LOCAL.replace(' ', '')}"),
    "a link to a person": ("link", f"https://example.org/people/{NAME}"),
    "a login in a link": ("link", f"https://{NAME}:pw@example.org/x.csv"),
    "a device": ("device", MAC),
    "an internet address": ("source", IP),
    "a network": ("state", f"ssid={NAME}net"),
    "a pair": ("asukoht", f"{LAT} {LON}"),
    "a pair with letters": ("place", f"N{LAT} E{LON}"),
    "a point": ("geo", f"POINT({LON} {LAT})"),
    "a geo address": ("geo", f"geo:{LAT},{LON}"),
    "a map": ("map", f"https://www.google.com/maps/@{LAT},{LON},17z"),
    "another map": ("map", f"https://www.openstreetmap.org/#map=19/{LAT}/{LON}"),
    "an axis": ("y_coord", LAT),
    "latitude in Russian": ("Широта", LAT),
    "metres": ("X (L-EST97)", GRID),
    "metres in words": ("utm", "35V 659172 6473847"),
    "metres of another name": ("northing", GRID),
    "three words": ("where", "///murrenfold.seven.pond"),
    "a plus code": ("code", "9GFG9PXX+8H"),
    "a number in a column of numbers": ("Telefon", LOCAL.replace(" ", "")),
    "a short name for it": ("tel", LOCAL.replace(" ", "")),
}
TIMES = ("2026-05-01 10:00", "2026-05-01 11:00", "2026-05-01 12:00")


def plain(name: str, cell: str) -> bytes:
    quoted = '"' + cell.replace('"', '""') + '"'
    rows = "".join(f"{time},{12.5 + at},{quoted}\n" for at, time in enumerate(TIMES))
    return f"time,temp (°C),{name}\n{rows}".encode()


def with_columns(text: str) -> str:
    """Add columns about people to a table of text behind those it has."""
    lines = text.rstrip("\n").split("\n")
    separator = max(",;\t", key=lambda sign: max(line.count(sign) for line in lines))
    width = max(line.count(separator) for line in lines)
    names = ["Station owner", "Observer 2", "Contact", "SSID", "Telefon", "IP", "GPS", "notes"]
    cells = [NAME, f"{NAME} Q.", MAIL, f"{NAME}net", PHONE, IP, f"POINT({LON} {LAT})", f"tel {LOCAL} {MAC}"]
    wide = [at for at, line in enumerate(lines) if line.count(separator) == width]
    for at in wide:
        lines[at] = lines[at].rstrip("\r") + separator + separator.join(names if at == wide[0] else cells)
    return "\n".join(lines) + "\n"


def in_samples() -> Iterator[tuple[str, str, bytes]]:
    """Every format with canaries above, below and in its table, in its coordinates and in its name."""
    for kind, (name, data) in SAMPLES.items():
        try:
            text, code = data.decode(), "utf-8"
        except UnicodeDecodeError:
            text, code = data.decode("cp1252"), "cp1252"
        yield f"{kind}: above", name, f"Observer: {NAME}\nby {MAIL} {PHONE}\n{text}".encode(code)
        yield f"{kind}: comment", name, f"# Vaatleja: {NAME} {MAIL}\n{text}".encode(code)
        yield (
            f"{kind}: below",
            name,
            f"{text.rstrip()}\nMeasured by: {NAME} {MAIL} tel {LOCAL}\n".encode(code),
        )
        exact = re.sub(r"26\.7[0-9]*", LON, re.sub(r"58\.38[0-9]*", LAT, text))
        yield f"{kind}: exact", name, exact.encode(code)
        yield f"{kind}: name", f"{MAIL} ({LAT} {LON}) {name}", data
        if kind not in ("aircasting", "open-meteo", "uk-air"):  # their widest line is not the header
            yield f"{kind}: columns", name, with_columns(text).encode(code)


def in_json() -> Iterator[tuple[str, str, bytes]]:
    lat, lon = float(LAT), float(LON)
    push = SAMPLES["luftdaten-push"][1].decode()
    own = f'"owner": "{NAME}", "ssid": "{NAME}", "ip": "{IP}", "location": {{"latitude": {LAT}}}, "software'
    yield "push", "data.json", push.replace('"software', own).encode()
    box = {
        "title": "PM2.5",
        "unit": "µg/m³",
        "boxName": f"{NAME}s box",
        "owner": NAME,
        "lat": lat,
        "lon": lon,
    }
    box |= {"sensorId": "5a0c2cc89fd3c200111118b6", "value": "6.38", "email": MAIL, "location": [lon, lat]}
    yield (
        "boxes",
        "b.json",
        json.dumps([box | {"createdAt": f"2024-05-01T08:0{n}:13.254Z"} for n in range(3)]).encode(),
    )
    air = {"api_version": "V1", "sensor_index": 4711, "average": 60, "name": NAME, "owner": NAME}
    air |= {"fields": ["time_stamp", "humidity", "pm2.5_atm", "name", "latitude", "longitude"]}
    air |= {"data": [[1709251200 + 3600 * n, 41, 1.5, NAME, lat, lon] for n in range(3)]}
    yield "purpleair", "p.json", json.dumps(air).encode()
    spans = {"datetimeFrom": {"utc": "2024-05-01T00:00:00Z"}, "datetimeTo": {"utc": "2024-05-01T01:00:00Z"}}
    value = {"value": 12.0, "parameter": {"id": 2, "name": "pm25", "units": "µg/m³"}, "period": spans}
    value |= {"coordinates": {"latitude": lat, "longitude": lon}, "owner": {"name": NAME}}
    yield (
        "openaq",
        "o.json",
        json.dumps({"meta": {"name": "openaq-api", "by": NAME}, "results": [value]}).encode(),
    )


def in_containers() -> Iterator[tuple[str, str, bytes]]:
    rows = [("time", "temp (°C)", "nimi"), *((time, "12.5", NAME) for time in TIMES)]
    sheets = {"Data": rows, f"{NAME} notes": [(NAME, MAIL)]}
    yield "another sheet", "w.xlsx", build_workbook(sheets)
    yield "the sheet's name", "w.xlsx", build_workbook({NAME: [(f"Observer: {NAME}",), (), *rows]})
    told = [
        ("time", "temp (°C)", "weather"),
        (TIMES[0], "12.5", f"tel {LOCAL}"),
        (TIMES[1], MAIL, f"{LAT}, {LON}"),
    ]
    yield "cells", "w.xlsx", build_workbook({"D": told})
    extra = io.BytesIO(build_workbook({"D": rows}))
    with zipfile.ZipFile(extra, "a") as book:
        book.writestr(
            "docProps/core.xml", f"<x><creator>{NAME}</creator><lastModifiedBy>{MAIL}</lastModifiedBy></x>"
        )
        book.writestr("xl/comments1.xml", f"<comments><author>{NAME}</author><text>{MAIL}</text></comments>")
        book.writestr("xl/worksheets/_rels/s1.xml.rels", f'<R Target="mailto:{MAIL}"/>')
    yield "properties and comments", "w.xlsx", extra.getvalue()
    terms = [
        "occurrenceID", "basisOfRecord", "eventDate", "decimalLatitude", "decimalLongitude", "scientificName",
        "recordedBy", "occurrenceRemarks", "taxonRemarks", "locality", "verbatimLatitude",
        "verbatimCoordinates",
        "footprintWKT", "identifiedBy", "rightsHolder", "identificationRemarks", "fieldNotes", "recordedByID",
        "verbatimLocality", "georeferencedBy", "userId", "license",
    ]  # fmt: skip
    cells = {"occurrenceID": "s:1", "basisOfRecord": "HumanObservation", "eventDate": "2024-05-04",
             "decimalLatitude": LAT, "decimalLongitude": LON, "scientificName": "Parus major",
             "license": "CC0_1_0",
             "verbatimLatitude": LAT, "verbatimCoordinates": f"{LAT} {LON}",
             "footprintWKT": f"POINT({LON} {LAT})"}  # fmt: skip
    table = "\t".join(terms) + "\n" + "\t".join(cells.get(term, NAME) for term in terms) + "\n"
    space = "http://rs.tdwg.org/dwc/terms/"
    fields = "".join(f'<field index="{n}" term="{space}{term}"/>' for n, term in enumerate(terms))
    core = f'<core fieldsTerminatedBy="\\t" ignoreHeaderLines="1" rowType="{space}Occurrence"><files>'
    meta = f'<archive xmlns="{space}text/">{core}<location>o.txt</location></files>'
    meta += f'<id index="0"/>{fields}</core></archive>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("meta.xml", meta)
        archive.writestr("o.txt", table)
        archive.writestr("eml.xml", f"<eml><creator>{NAME}</creator><mail>{MAIL}</mail></eml>")
    yield "Darwin Core Archive", "a.zip", out.getvalue()
    yield "Darwin Core", "o.txt", table.encode()


def in_names() -> Iterator[tuple[str, str, bytes]]:
    runs = f"{NAME} Z:Time(s),{NAME} Z:Temperature(°C)\n0,21.3\n60,21.4\n"
    yield "run of a pupil", "ga.csv", runs.encode()
    text = f"Vernier Format 2\n{NAME}.cmbl 3/1/2026 10:12:00 .\n{NAME} Set\n"
    text += "Time\tTemperature\nt\tT\ns\t°C\n\n0\t21.3\n"
    yield "text of Logger Pro", "lp.txt", text.encode()
    home = f'Name;Long;Lat;ModuleName;ModuleType\n"{NAME}s home";{LON};{LAT};"{NAME} room";Outdoor\n'
    home += 'Timestamp;"Timezone : Europe/Tallinn";Temperature;Humidity\n'
    home += '1714550402;"2024/05/01 11:00:02";14.2;61\n'
    yield "Netatmo's home", "n.csv", home.encode()
    yield (
        "in the column of values",
        "v.csv",
        f"time,temp (°C),nimi\n{TIMES[0]},12,{NAME}\n{TIMES[1]},{NAME},{NAME}\n".encode(),
    )
    yield (
        "in the column of times",
        "t.csv",
        f"time,temp (°C),nimi\n{TIMES[0]},12,{NAME}\n{NAME},13,{NAME}\n".encode(),
    )
    yield "UTF-16", "u.csv", f"Observer: {NAME}\n{plain('weather', MAIL).decode()}".encode("utf-16")
    yield (
        "windows-1257",
        "l.csv",
        f"Mõõtja: {NAME}\ntime;temp (°C)\n{TIMES[0]};1,5 \n{TIMES[1]};{MAIL}\n".encode("cp1257"),
    )


CASES = {
    f"{group} / {label}": (name, data)
    for group, found in (
        ("column", ((name, "a.csv", plain(name, f"{NAME} Z.")) for name in PEOPLE)),
        ("cell", ((label, "a.csv", plain(*cell)) for label, cell in CELLS.items())),
        ("json", in_json()), ("container", in_containers()), ("name", in_names()), ("format", in_samples()),
    )
    for label, name, data in found
}  # fmt: skip
#: Why a file of a format may be refused once something was written above, below or beside its table.
REFUSED = ("broken-json", "no-values", "no-times", "columns-shifted", "no-table", "no-header")
#: Cases that must be taken; of the others a canary may make another file, which kit may refuse.
TAKEN = tuple(case for case in CASES if not case.startswith("format"))


def everything(folder: Path) -> Iterator[tuple[str, str]]:
    """Every byte below a folder as text: unpacked, tables read, databases with all their cells."""
    for path in sorted(folder.rglob("*")):
        yield "name", str(path.relative_to(folder))
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield path.name, data.decode("utf-8", "replace")
        yield path.name, unpacked(data)
        if data[:4] == b"PAR1":
            yield path.name, pl.read_parquet(io.BytesIO(data)).write_csv()
        if data[:6] == b"SQLite":
            yield from of_database(path)


def unpacked(data: bytes) -> str:
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            return unpack(data).decode("utf-8", "replace")
        except (OSError, zlib.error, EOFError):
            continue
    return ""


def of_database(path: Path) -> Iterator[tuple[str, str]]:
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        for row in base.execute(f"SELECT * FROM {name}"):
            for cell in row:
                data = cell if isinstance(cell, bytes) else str(cell).encode()
                yield f"{path.name}/{name}", data.decode("utf-8", "replace") + unpacked(data)
                if data[:4] == b"PAR1":
                    yield f"{path.name}/{name}", pl.read_parquet(io.BytesIO(data)).write_csv()
    base.close()


def leaks(texts: Iterator[tuple[str, str]]) -> list[str]:
    return [f"{where}: …{found[0]}…" for where, text in texts if (found := CANARIES.search(text))]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    made = create(
        tmp_path_factory.mktemp("canaries") / "shared", school="T-1", region="EE-79", zone="Europe/Tallinn"
    )
    made.add_station(ROOF)
    return made


def give(shared: Dataset, name: str, data: bytes, folder: Path) -> bool:
    """Upload a file with likely answers; return whether it was taken."""
    path = folder / name.replace("/", "_")
    path.write_bytes(data)
    try:
        receipt = shared.upload(path, station=ROOF.id, answers=ANSWERS, accept_likely=True)
    except AnswerNeeded as error:
        starts = {q.id: "2024-05-01 10:00" for q in error.questions if q.id.startswith("start")}
        others = {q.id: answer_to(q) for q in error.questions if q.options}
        receipt = shared.upload(
            path, station=ROOF.id, answers={**ANSWERS, **others, **starts}, accept_likely=True
        )
    told = receipt.text("en") + receipt.html("et") + json.dumps(receipt.to_dict("en"), default=str)
    assert not CANARIES.search(told), CANARIES.search(told)
    return receipt.status != "refused"


def answer_to(question: Question) -> str:
    values = [value for value, _ in question.options if value != "ignore"]
    return "pm25" if "pm25" in values else values[0]


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_taken_holds_no_canary(case: str, dataset: Dataset, tmp_path: Path) -> None:
    name, data = CASES[case]
    assert CANARIES.search(f"{name} {data.decode('latin-1')}") or case.startswith(
        ("container", "name / UTF-16")
    )
    assert give(dataset, name, data, tmp_path)


def test_no_byte_of_the_dataset_holds_a_canary(dataset: Dataset, tmp_path: Path) -> None:
    for case in TAKEN:
        give(dataset, *CASES[case], tmp_path)
    assert len(dataset.submissions()) > 25, "copies without names are often the same file"
    assert not leaks(everything(dataset.folder))


@pytest.mark.parametrize("case", [case for case in CASES if case not in TAKEN])
def test_no_format_lets_a_canary_through(case: str) -> None:
    report = understood(Source(*CASES[case]))
    if report is None:
        return
    told = json.dumps(receipt_record(report), ensure_ascii=False, default=str)
    texts = report.kept.data.decode("utf-8", "replace"), report.kept.name, told, report.readings.to_csv()
    assert not leaks(("report", text) for text in (*texts, report.sightings.to_csv(), report.signature))


def understood(source: Source) -> Report | None:
    """Return the report of a file, None where what was written into it made it another file."""
    try:
        return understand(source, {"station": ROOF.id, **ANSWERS}, [ROOF])
    except UsageError:
        return understand(source, {"station": ROOF.id}, [ROOF])
    except FileError as error:
        if error.code not in REFUSED:
            raise
        return None


def test_the_search_finds_what_is_hidden(tmp_path: Path) -> None:
    pl.DataFrame({"a": [NAME]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.gz").write_bytes(gzip.compress(MAIL.encode()))
    base = sqlite3.connect(tmp_path / "c.db")
    base.execute("CREATE TABLE t (x BLOB)")
    base.execute("INSERT INTO t VALUES (?)", (zlib.compress(LAT.encode()),))
    base.commit()
    base.close()
    assert {found.split(":")[0] for found in leaks(everything(tmp_path))} >= {"a.parquet", "b.gz", "c.db/t"}


def test_a_mail_among_values_costs_one_cell_only() -> None:
    text = f"time,temp (°C)\n{TIMES[0]},12.5\n{TIMES[1]},{MAIL}\n{TIMES[2]},13\n"
    report = understand(Source("a.csv", text.encode()), {"station": ROOF.id}, [ROOF])
    assert report.readings["value"].dropna().tolist() == [12.5, 13.0]
    assert report.dropped_columns == ()
    assert [(one.row, one.column, one.value) for one in report.problems] == [(2, "temp (°C)", "[e-mail]")]
    again = understand(report.kept, report.answers, report.stations)
    assert again.readings.equals(report.readings)


def test_redacting_twice_changes_nothing_more() -> None:
    for case, (name, data) in CASES.items():
        once = redact(Source(name, data))
        assert redact(once) is once, case


def test_what_names_nobody_is_kept_byte_for_byte() -> None:
    for name, data in SAMPLES.values():
        source = Source(name, data)
        assert redact(source) is source, name


def test_a_name_in_the_file_name_is_told() -> None:
    data = plain("weather", "dry")
    for name, told in (
        ("Quix_Ovar_ilm.csv", True),
        ("Quix Ovar.csv", True),
        ("Weather Station.csv", False),
        ("a.csv", False),
    ):
        report = understand(Source(name, data), {"station": ROOF.id}, [ROOF])
        assert any("names a person" in template for template, _ in report.notes) == told
