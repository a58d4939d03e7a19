"""Absences, the days of cameras, names that kit does not know, places on a map grid, tables of samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.errors import FileError
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import Report, Source


def take(text: str, name: str = "list.csv") -> Report:
    """Understand a file with the likely answers, and prove that its kept copy says the same."""
    source = Source(name, text.encode())
    answers: dict[str, str] = {}
    for _ in range(4):
        report = understand(source, answers, school="EE-X")
        if not report.questions:
            break
        answers |= {question.id: question.likely for question in report.questions}
    again = understand(report.kept, report.answers, report.stations, school="EE-X")
    assert not [*report.questions, *again.questions]
    pd.testing.assert_frame_equal(report.sightings, again.sightings)
    assert report.rows == report.accepted + report.flagged + report.rejected + report.duplicate
    return report


def refusal(text: str, name: str = "list.csv") -> FileError:
    with pytest.raises(FileError) as caught:
        take(text, name)
    return caught.value


# --- absences -------------------------------------------------------------------------------------------

PORTAL = (
    "Artnamn;Antal;Lokalnamn;Ost;Nord;Noggrannhet;Startdatum;Starttid;Ej återfunnen;Osäker artbestämning\n"
    "Talgoxe;3;Testparken;674032;6580822;50 m;2024-05-04;08:15;;\n"
    "Blåmes;noterad;Testparken;674032;6580822;50 m;2024-05-05;;;Ja\n"
    "Skata;;Testparken;674032;6580822;50 m;2024-05-06;;Ja;\n"
    "Kaja;Ej återfunnen;Testparken;674032;6580822;50 m;2024-05-06;;;\n"
)


def test_what_was_not_found_again_is_absent() -> None:
    report = take(PORTAL)
    table = report.sightings
    assert table["occurrenceStatus"].tolist() == ["present", "present", "absent", "absent"]
    assert table["individualCount"].fillna(-1).tolist() == [3, -1, -1, 0]
    assert table["flag"].tolist() == [2, 3, 2, 2]
    assert table["scientificName"].tolist() == [
        "Parus major", "Cyanistes caeruleus", "Pica pica", "Coloeus monedula",
    ]  # fmt: skip
    assert table["coordinateUncertaintyInMeters"].tolist() == [50.0] * 4
    assert "Species: 2 (Talgoxe, Blåmes)" in receipt_text(receipt_record(report), "en")


@pytest.mark.parametrize(
    ("header", "cells", "status"),
    [
        ("present", ("1", "0"), ["present", "absent"]),
        ("Fyndstatus", ("Present", "Absent"), ["present", "absent"]),
        ("Påträffad", ("True", "False"), ["present", "absent"]),
        ("IsNeverFoundObservation", ("False", "True"), ["present", "absent"]),
        ("presence/absence", ("X", "-"), ["present", "absent"]),
        ("not found", ("", "x"), ["present", "absent"]),
        ("esineb", ("jah", "ei"), ["present", "absent"]),
    ],
)
def test_columns_of_presence(header: str, cells: tuple[str, str], status: list[str]) -> None:
    rows = "".join(f"2024-05-0{day};Parus major;{cell}\n" for day, cell in enumerate(cells, 1))
    assert take(f"date;species;{header}\n{rows}").sightings["occurrenceStatus"].tolist() == status


def test_a_column_of_numbers_named_present_is_no_presence() -> None:
    table = take("date;species;present\n2024-05-01;Parus major;3\n2024-05-02;Pica pica;0\n").sightings
    assert table["occurrenceStatus"].tolist() == ["present", "present"]


def test_midnight_beside_every_date_is_no_clock_time() -> None:
    rows = "2024-05-04 08:15:00;Parus major;1\n2024-05-05 00:00:00;Pica pica;1\n"
    assert take("Startdatum;Art;Antal\n" + rows).sightings["eventTime"].tolist() == ["08:15:00", ""]


# --- effort of cameras and traps ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "days"),
    [
        ("days;cameras", "10;2", 20),
        ("camera days;cameras", "20;2", 20),
        ("Trap nights;weather", "14;dry", 14),
        ("effort (days);weather", "7;dry", 7),
        ("kaamerapäevad;ilm", "30;kuiv", 30),
        ("camera-trap-days;weather", "730;dry", 730),
        ("effort;weather", "3 days;dry", 3),
    ],
)
def test_days_times_cameras_are_effort(header: str, cells: str, days: int) -> None:
    text = f"date;site;species;count;{header}\n2024-05-01;wood;Vulpes vulpes;3;{cells}\n"
    table = take(text + f"2024-06-01;wood;Meles meles;0;{cells}\n").sightings
    assert table["effort_minutes"].tolist() == [days * 1440.0] * 2
    assert table["occurrenceStatus"].tolist() == ["present", "absent"]


def test_more_camera_days_than_can_be_are_told() -> None:
    rows = "2024-05-01;wood;Vulpes vulpes;3;999999\n2024-06-01;wood;Meles meles;1;20\n"
    report = take("date;site;species;count;trap nights\n" + rows)
    assert [problem.code for problem in report.problems] == ["bad-effort"]
    assert np.isnan(report.sightings["effort_minutes"].iloc[0])


IMAGES = (
    "project_id,deployment_id,image_id,filename,is_blank,identified_by,wi_taxon_id,class,order,family,genus,"
    "species,common_name,timestamp,number_of_objects,individual_animal_notes,license\n"
    "1,D1,a1,1.jpg,0,Anna Provsson,u1,Mammalia,Rodentia,Sciuridae,Sciurus,vulgaris,Eurasian Red Squirrel,"
    "2024-05-04 08:15:11,1,,CC-BY\n"
    "1,D1,a2,2.jpg,1,Computer vision,u2,No CV Result,No CV Result,No CV Result,,,Blank,"
    "2024-05-04 09:15:11,1,,CC-BY\n"
    "1,D2,a3,3.jpg,0,Anna Provsson,u3,Mammalia,Primates,Hominidae,Homo,sapiens,Human,"
    "2024-05-05 09:15:11,2,,CC-BY\n"
    "1,D2,a4,4.jpg,0,Anna Provsson,u4,Aves,,,,,Bird,2024-05-05 10:15:11,2,two by Anna,CC-BY\n"
    "1,D2,a4,4.jpg,0,Anna Provsson,u6,No CV Result,,,,,No CV Result,2024-05-05 10:15:11,2,,CC-BY\n"
)


def test_pictures_of_wildlife_insights() -> None:
    report = take(IMAGES, "images.csv")
    assert report.format == "wildlife-insights"
    table = report.sightings
    assert table["scientificName"].tolist() == ["Sciurus vulgaris", "Aves"]
    assert table["vernacularName"].tolist() == ["Eurasian Red Squirrel", "Bird"]
    assert table["class"].tolist() == ["Mammalia", "Aves"]
    assert table["individualCount"].tolist() == [1, 2]
    assert table["eventTime"].tolist() == ["08:15:11", "10:15:11"]
    assert table["station"].nunique() == 2
    assert not table["complete"].any()
    assert sorted((problem.row, problem.code) for problem in report.problems) == [
        (2, "no-animal"), (3, "no-animal"), (5, "no-taxon"),
    ]  # fmt: skip
    assert b"Anna" not in report.kept.data


def test_sequences_of_wildlife_insights() -> None:
    header = "deployment_id,sequence_id,is_blank,class,order,family,genus,species,common_name,start_time,"
    header += "end_time,group_size"
    row = "D1,s1,0,Mammalia,Carnivora,Canidae,Vulpes,vulpes,Red Fox,2024-05-04 08:15:11,2024-05-04 08:16:00,3"
    table = take(f"{header}\n{row}\n", "sequences.csv").sightings
    assert table[["scientificName", "eventID", "individualCount"]].values.tolist() == [
        ["Vulpes vulpes", "s1", 3.0]
    ]


def test_a_list_of_cameras_names_the_file_to_give() -> None:
    header = "project_id,deployment_id,placename,longitude,latitude,start_date,end_date,camera_functioning\n"
    row = "1,D1,Forest,26.7,58.3,2024-05-01 10:00:00,2024-05-20 10:00:00,Camera Functioning\n"
    error = refusal(header + row, "deployments.csv")
    assert error.code == "no-sightings"
    assert "images.csv" in error.words("en")


# --- names that kit does not know -----------------------------------------------------------------------


def test_names_without_a_scientific_one_are_listed_and_kept() -> None:
    rows = "2024-05-01;Great tit;2\n2024-05-01;Grate tit;2\n2024-05-02;sinirind;1\n2024-05-03;sinirind;1\n"
    report = take("date;species;count\n" + rows)
    assert report.sightings["vernacularName"].tolist() == ["Great tit", "Grate tit", "sinirind", "sinirind"]
    assert report.sightings["scientificName"].tolist() == ["Parus major", "", "", ""]
    told = receipt_text(receipt_record(report), "en")
    assert "in kit's list: 2 (sinirind, Grate tit → great tit?)" in told


@pytest.mark.parametrize(
    ("name", "latin"),
    [("Talitiainen", "Parus major"), ("koltrast", "Turdus merula"), ("mājas strazds", "Sturnus vulgaris"),
     ("Šarka", "Pica pica"), ("bogatka", "Parus major"), ("Большая синица", "Parus major"),
     ("синиця велика", "Parus major"), ("Mésange bleue", "Cyanistes caeruleus"),
     ("petirrojo europeo", "Erithacus rubecula")],
)  # fmt: skip
def test_names_in_the_languages_of_schools(name: str, latin: str) -> None:
    table = take(f"date;species;count\n2024-05-01;{name};1\n2024-05-02;{name};2\n").sightings
    assert table["scientificName"].tolist() == [latin] * 2


# --- places on a map grid -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "cells"),
    [("Ost;Nord", "674032;6580822"), ("X;Y", "6474305,5;659200"), ("Breite;Länge", "5401234;3512345"),
     ("SWEREF99 TM N;SWEREF99 TM E", "6580822;674032"), ("Easting;Northing", "659200;6474305")],
)  # fmt: skip
def test_coordinates_of_a_map_grid_are_told_and_not_kept(names: str, cells: str) -> None:
    text = f"date;species;count;{names}\n2024-05-01;Parus major;2;{cells}\n2024-05-02;Pica pica;3;{cells}\n"
    report = take(text)
    assert report.sightings["decimalLatitude"].isna().all()
    assert set(report.dropped_columns) == set(names.split(";"))
    assert "coordinates of a map grid" in receipt_text(receipt_record(report), "en")
    assert cells.split(";")[0].encode() not in report.kept.data
    beside = text.replace(names, f"{names};lat;lon").replace(cells, f"{cells};58.3812;26.7212")
    both = take(beside)
    assert both.sightings["decimalLatitude"].tolist() == [58.381] * 2
    assert "latitude and longitude were taken instead" in receipt_text(receipt_record(both), "en")


def test_degrees_in_one_cell_are_read() -> None:
    rows = '2024-05-01,Parus major,2,"58.38129, 26.72456"\n2024-05-02,Pica pica,3,\n'
    report = take("date,species,count,koordinaadid\n" + rows)
    assert report.sightings["decimalLatitude"].fillna(0).tolist() == [58.381, 0]
    assert report.sightings["decimalLongitude"].fillna(0).tolist() == [26.724, 0]
    assert b"58.38129" not in report.kept.data


# --- tables of samples ----------------------------------------------------------------------------------


def test_lines_of_comment_are_no_rows() -> None:
    text = (
        "# counts of class 5b\n# Observer: Mari Maasikas\n#date,species,# of birds,#observers\n"
        "2024-05-01,Parus major,2,3\n# rain from here on\n2024-05-02,Pica pica,1,4\n"
    )
    report = take(text)
    assert report.rows == report.accepted == 2
    assert report.sightings["individualCount"].tolist() == [2, 1]
    assert report.sightings["observers"].tolist() == [3, 4]
    assert b"Maasikas" not in report.kept.data


def test_a_matrix_of_samples_with_days_is_turned_and_one_without_says_what_is_missing() -> None:
    text = "# Constructed from biom file\n#OTU ID\t{}\t{}\nParus major\t1\t0\nPica pica\t2\t3\n"
    table = take(text.format("2024-05-01", "2024-05-02"), "otu.tsv").sightings
    assert table.groupby("scientificName")["individualCount"].sum().to_dict() == {
        "Parus major": 1,
        "Pica pica": 5,
    }
    error = refusal(text.format("S1", "S2"), "otu.tsv")
    assert error.code == "no-times"
    assert "as the name of that column" in error.words("en")
    assert "does not say when" in refusal("sample,Parus major,Pica pica\nA,1,2\nB,0,3\n").words("en")


def test_samples_are_surveys_and_a_species_twice_is_refused() -> None:
    rows = "A1,2024-05-01,1,2\nA2,2024-05-02,0,3\nA2,2024-05-02,0,5\n"
    table = take("#SampleID,date,Parus major,Pica pica\n" + rows).sightings
    assert table["eventID"].drop_duplicates().tolist() == ["A1", "A2", "A2 2"]
    wide = refusal("date,Parus major,Parus major,Pica pica\n2024-05-01,2,4,1\n2024-05-02,1,5,0\n")
    assert wide.code == "twice"
    assert "Parus major" in wide.words("en")
    days = "species;2024-05-01;2024-05-02\nParus major;1;2\nPica pica;2;1\nPica pica;1;1\n"
    assert refusal(days).code == "twice"


# --- exports of further platforms -----------------------------------------------------------------------


def test_the_day_of_typing_in_is_no_date_and_zero_abundance_no_presence() -> None:
    header = "Record ID,Taxon,Site name,Original map ref,Latitude,Longitude,Date from,Recorder,Determiner,"
    header += "Verifier,Count of sex or stage,Zero abundance,Input on date,Verification status 1\n"
    rows = (
        '1,Pieris rapae,Wood,SU123456,51.2088,-1.8240,04/05/2024,"Maas, Mari","Maas, Mari",A B,3,F,'
        "05/06/2024 10:00,Accepted\n"
        '2,Aglais io,Wood,SU123456,51.2088,-1.8240,14/05/2024,"Maas, Mari","Maas, Mari",A B,0,T,'
        "15/06/2024 10:00,Not accepted\n"
    )
    report = take(header + rows)
    table = report.sightings
    assert table["eventDate"].tolist() == ["2024-05-04", "2024-05-14"]
    assert table["individualCount"].tolist() == [3, 0]
    assert table["occurrenceStatus"].tolist() == ["present", "absent"]
    assert table["flag"].tolist() == [1, 3]
    for secret in (b"Mari", b"A B", b"SU123456"):
        assert secret not in report.kept.data


def test_names_of_columns_as_statistics_programs_write_them() -> None:
    header = '"","Submission.ID","Common.Name","Scientific.Name","Taxonomic.Order","Count","Date","Time",'
    header += '"Duration..Min.","All.Obs.Reported","Number.of.Observers"\n'
    report = take(
        header + '"1","S1","Emu","Dromaius novaehollandiae",200,"X","01-13-2018","08:00 AM",480,1,3\n'
    )
    assert report.format == "ebird"
    found = report.sightings.iloc[0]
    assert (found["eventDate"], found["eventTime"], found["effort_minutes"]) == ("2018-01-13", "08:00", 480)
    assert found["complete"]


def test_sister_platforms_of_inaturalist() -> None:
    header = (
        "id,observed_on,observed_on_time,taxon_name,latitude,longitude,obscured,quality_grade,user_login,"
    )
    header += "identifiers,kingdom,class\n"
    row = (
        '7,2025-04-28,08:35:00,Vespa velutina,41.2803,2.0844,True,research,anna,"anna, bo",Animalia,Insecta\n'
    )
    report = take(header + row)
    assert report.format == "inaturalist"
    found = report.sightings.iloc[0]
    assert (found["scientificName"], found["eventTime"], found["class"]) == (
        "Vespa velutina", "08:35:00", "Insecta",
    )  # fmt: skip
    assert {"user_login", "identifiers"} <= set(report.dropped_columns)
    assert any("obscured" in template for template, _ in report.notes)


def test_rows_without_a_species_keep_their_genus_or_family() -> None:
    rows = "A,2021-10-06,Acrididae,Chorthippus,Chorthippus dorsatus\nA,2021-10-06,Acrididae,Oedipoda,\n"
    report = take("site,date,family,genus,species\n" + rows + "B,2021-10-07,Acrididae,,\n")
    assert report.sightings["scientificName"].tolist() == ["Chorthippus dorsatus", "Oedipoda", "Acrididae"]
    assert "other group was taken: 2." in receipt_text(receipt_record(report), "en")


def test_captive_in_a_darwin_core_export_of_inaturalist() -> None:
    header = "id,occurrenceID,basisOfRecord,captive,eventDate,scientificName,kingdom\n"
    rows = "1,x:1,HumanObservation,wild,2024-05-04,Parus major,Animalia\n"
    table = take(header + rows + "2,x:2,HumanObservation,captive,2024-05-04,Anas acuta,Animalia\n").sightings
    assert table["degreeOfEstablishment"].tolist() == ["", "captive"]
