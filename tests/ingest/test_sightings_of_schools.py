"""Tables of sightings as schools, clubs and platforms give them: whole files to sightings."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest

from kit.errors import FileError
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import Report, Source


def take(text: str, name: str = "list.csv", school: str = "EE-X") -> Report:
    """Understand a file with the likely answers, and prove that its kept copy says the same."""
    source = Source(name, text.encode() if isinstance(text, str) else text)
    answers: dict[str, str] = {}
    for _ in range(4):
        report = understand(source, answers, school=school)
        if not report.questions:
            break
        answers |= {question.id: question.likely for question in report.questions}
    again = understand(report.kept, report.answers, report.stations, school=school)
    assert not [*report.questions, *again.questions]
    pd.testing.assert_frame_equal(report.sightings, again.sightings)
    assert report.rows == report.accepted + report.flagged + report.rejected + report.duplicate
    return report


LONG = {
    "et": ("Kuupäev;Kell;Liik;Arv;Koht;Vaatleja", "rasvatihane", "Mari Maasikas"),
    "fi": ("Pvm;Klo;Laji;Määrä;Paikka;Havainnoija", "talitiainen", "Maija Mäki"),
    "sv": ("Datum;Klockan;Art;Antal;Plats;Observatörer", "talgoxe", "Anna Berg"),
    "de": ("Datum;Uhrzeit;Vogelart;Anzahl;Ort;Beobachterin", "Kohlmeise", "Ute Beispiel"),
    "lv": ("Datums;Laiks;Suga;Skaits;Vieta;Novērotājs", "lielā zīlīte", "Anna Kalniņa"),
    "lt": ("Data;Laikas;Rūšis;Skaičius;Vieta;Stebėtojas", "didžioji zylė", "Jonas Jonaitis"),
    "ru": ("Дата;Время;Вид;Количество;Место;Наблюдатель", "большая синица", "Анна Петрова"),
    "uk": ("Дата;Час;Вид;Кількість;Місце;Спостерігач", "велика синиця", "Ганна Коваль"),
    "fr": ("Date;Heure;Espèce;Nombre;Lieu;Observateur", "Mésange charbonnière", "Marie Martin"),
    "es": ("Fecha;Hora;Especie;Número;Lugar;Observador", "carbonero común", "María Pérez"),
    "nl": ("Datum;Tijd;Soort;Aantal;Gebied;Waarnemer", "Koolmees", "Jan Jansen"),
}


@pytest.mark.parametrize("code", LONG)
def test_a_list_of_sightings_in_the_language_of_the_school(code: str) -> None:
    header, species, person = LONG[code]
    rows = f"14.05.2024;8.15;{species};2;yard;{person}\n15.05.2024;17.05;{species};12;yard;{person}\n"
    report = take(f"{header}\n{rows}")
    table = report.sightings
    assert table["individualCount"].tolist() == [2, 12]
    assert table["eventDate"].tolist() == ["2024-05-14", "2024-05-15"]
    assert table["eventTime"].tolist() == ["08:15", "17:05"]
    assert (table["vernacularName"].str.lower() == species.lower()).all()
    assert not table["complete"].any()
    assert person.encode() not in report.kept.data


def test_a_column_of_scientific_names_is_one_of_species_in_any_language() -> None:
    rows = "2024-05-14;Parus major;3\n2024-05-14;Pica pica;1\n2024-05-15;Turdus merula;2\n"
    report = take("Date;Espezie;Count\n" + rows)
    assert report.sightings["scientificName"].tolist() == ["Parus major", "Pica pica", "Turdus merula"]


def test_names_of_people_and_exact_places_do_not_stay_in_columns_that_kit_does_not_read() -> None:
    header = "Pvm1,Pvm2,Laji,Määrä,Paikka,X-koord,Y-koord,Tallentaja,Apuna,Kunta,Erfassungsdatum\n"
    row = (
        "17.10.2022,18.10.2022,kuukkeli,4,Ranta,548834,7267856,Pekka Esimerkki,Aino Malli ja Olli Malli,Kylä,"
    )
    report = take(header + row + "19.10.2022\n" + row.replace("17.10", "18.10") + "20.10.2022\n")
    kept = report.kept.data.decode()
    for secret in ("Pekka", "Aino", "Malli", "548834", "7267856"):
        assert secret not in kept
    assert {"Tallentaja", "Apuna", "X-koord", "Y-koord"} <= set(report.dropped_columns)
    assert report.ignored_columns["Kunta"] == "kit does not know this name"
    # a second date makes an interval, the date of typing in is never taken
    assert report.sightings["eventDate"].tolist() == ["2022-10-17/2022-10-18", "2022-10-18"]


def test_the_day_of_the_sighting_counts_and_not_that_of_the_record() -> None:
    text = (
        "ID_SIGHTING\tNAME_SPECIES\tDATE\tTIMING\tCOORD_LAT\tCOORD_LON\tTOTAL_COUNT\tINSERT_DATE\n"
        "ID\tArt\tDatum\tUhrzeit\tBreite (N)\tLänge (E)\tAnzahl\tErfassungsdatum\n"
        "1\tKohlmeise\t04.05.2024\t08:15\t48.123456\t11.654321\t3\t06.05.2024 10:00\n"
        "2\tStar\t05.05.2024\t\t48.123456\t11.654321\t~40\t06.05.2024 10:00\n"
    )
    report = take(text, "sightings.txt")
    table = report.sightings
    assert table["eventDate"].tolist() == ["2024-05-04", "2024-05-05"]
    assert table["eventTime"].tolist() == ["08:15", ""]
    assert table["individualCount"].tolist() == [3, 40]
    assert table["decimalLatitude"].tolist() == [48.123, 48.123]
    assert any("estimates" in template for template, _ in report.notes)


@pytest.mark.parametrize(
    ("cell", "count", "flag"),
    [("3+", 3, 2), ("c12", 12, 2), ("ca. 40", 40, 2), (">5", 5, 2), ("mehrere", None, 2), ("X", None, 2),
     ("2 or 3", None, 3), ("-1", None, 3)],
)  # fmt: skip
def test_counts_as_people_write_them(cell: str, count: int | None, flag: int) -> None:
    table = take(f"date,species,count\n2024-05-01,Parus major,{cell}\n2024-05-02,Pica pica,1\n").sightings
    assert (table["individualCount"].iloc[0] == count) if count else pd.isna(table["individualCount"].iloc[0])
    assert table["flag"].tolist() == [flag, 2]
    assert table["occurrenceStatus"].tolist() == ["present", "present"]


def test_effort_from_words_and_from_two_clocks() -> None:
    words = take(
        "date,species,count,duration\n2024-05-01,Parus major,1,20 min\n2024-05-02,Pica pica,1,1.5 h\n"
    )
    assert words.sightings["effort_minutes"].tolist() == [20, 90]
    clocks = take(
        "Kuupäev;Algus;Lõpp;Rasvatihane;Sinitihane\n27.01.2024;10.00;11.05;5;2\n28.01.2024;23.30;0.15;3;\n"
    )
    assert clocks.sightings.groupby("row")["effort_minutes"].first().tolist() == [65, 45]
    assert clocks.sightings["eventTime"].unique().tolist() == ["10:00", "23:30"]
    rows = "2024-05-01,10:00,09:00,Parus major\n2024-05-02,9:00,9:30,Pica pica\n"
    wrong = take("date,start time,end time,species\n" + rows)
    assert [problem.code for problem in wrong.problems] == ["bad-effort"]
    assert wrong.sightings["effort_minutes"].tolist()[1] == 30


def test_surveys_of_two_pupils_on_one_day_are_two_surveys() -> None:
    rows = "Ann A,2024-01-27,2,0,60\nBob B,2024-01-27,1,,60\nCy C,2024-01-27,1,,60\n"
    table = take("Pupil,Date,Great tit,Magpie,Minutes\n" + rows).sightings
    assert table.groupby("row")["eventID"].first().nunique() == 2  # the third row repeats the second
    assert table[["row", "vernacularName", "occurrenceStatus"]].values.tolist()[:3] == [
        [1, "Great tit", "present"], [1, "Magpie", "absent"], [2, "Great tit", "present"],
    ]  # fmt: skip
    assert not table["complete"].any()


def test_visits_numbered_anew_at_every_site_are_different_surveys() -> None:
    rows = "".join(f"{visit},2024-05-{day},{site},Parus major,1\n" for visit, day, site in
                   ((1, "01", "A"), (2, "08", "A"), (1, "02", "B"), (2, "09", "B")))  # fmt: skip
    table = take("visit,date,site,species,count\n" + rows).sightings
    assert table["eventID"].nunique() == 4


def test_groups_of_animals_are_counted_and_readings_beside_them_told() -> None:
    report = take(
        "Date,Site,Mayfly larvae,Water hoglouse,Leech,Water temp (°C)\n2024-05-04,Bridge,12,0,1,11.5\n"
        "2024-05-18,Bridge,9,2,,13.0\n"
    )
    table = report.sightings
    assert table["vernacularName"].unique().tolist() == ["Mayfly larvae", "Water hoglouse", "Leech"]
    assert table["individualCount"].tolist() == [12, 0, 1, 9, 2]
    assert "reading" in report.ignored_columns["Water temp (°C)"]


def test_a_number_of_observers_is_no_species() -> None:
    report = take("Kuupäev;Vaatlejad;Rasvatihane;Harakas\n4.05.2024;3;2;1\n15.05.2024;2;1;\n")
    assert report.sightings["vernacularName"].unique().tolist() == ["Rasvatihane", "Harakas"]
    assert report.sightings.groupby("row")["observers"].first().tolist() == [3, 2]


def test_a_table_with_a_column_per_day_is_turned() -> None:
    report = take("Liik;1.05.2024;2.05.2024;3.05.2024\nRasvatihane;2;0;1\nHarakas;;1;3\nSinitihane;1;;\n")
    table = report.sightings.set_index(["eventDate", "vernacularName"])["individualCount"]
    assert table.to_dict() == {
        ("2024-05-01", "Rasvatihane"): 2, ("2024-05-01", "Sinitihane"): 1, ("2024-05-02", "Rasvatihane"): 0,
        ("2024-05-02", "Harakas"): 1, ("2024-05-03", "Rasvatihane"): 1, ("2024-05-03", "Harakas"): 3,
    }  # fmt: skip


def test_a_date_above_the_table_is_taken_for_every_row() -> None:
    above = "Talvine aialinnuvaatlus\nKuupäev: 27.01.2024\nKlass: 5b\n\n"
    report = take(above + "Liik;Arv\nRasvatihane;5\nLeevike;\nVarblane;7\n")
    assert report.sightings["eventDate"].tolist() == ["2024-01-27"] * 3
    assert report.sightings["individualCount"].tolist()[::2] == [5, 7]
    assert any("stands above" in template for template, _ in report.notes)


def test_counts_of_nothing_named_are_refused_in_words() -> None:
    with pytest.raises(FileError, match="does not say of which species") as caught:
        understand(Source("a.csv", b"site;year;count\n1;1990;11\n1;1991;8\n2;1990;4\n"))
    assert caught.value.code == "no-taxon"


def test_own_lists_of_ebird_without_their_empty_cells() -> None:
    header = (
        "Submission ID,Common Name,Scientific Name,Taxonomic Order,Count,Location,Latitude,Longitude,Date,"
        "Time,Duration (Min),All Obs Reported,Number of Observers,Breeding Code,Species Comments,"
        "Checklist Comments\n"
    )
    rows = (
        "S1,Mallard,Anas platyrhynchos,464,13,Home,44.2605,-72.5768,01-07-2019,09:51 AM,6,1,1\n"
        "S3,Mallard,Anas platyrhynchos,464,2,Home,44.2605\n"
        "S2,Mallard,Anas platyrhynchos,464,5,Home,44.2605,-72.5768,01-09-2019,07:46 PM,26,1,1,,,feeder\n"
    )
    report = take(header + rows, "MyEBirdData.csv")
    assert report.sightings["eventDate"].tolist() == ["2019-01-07", "2019-01-09"]
    assert report.sightings["eventTime"].tolist() == ["09:51", "19:46"]
    assert [(problem.code, problem.row) for problem in report.problems] == [("ragged", 2)]


def test_genus_and_epithet_in_two_columns_are_one_name() -> None:
    report = take("Perekond;Liik;Kuupäev;Arv\nParus;major;2024-05-01;2\nPica;pica;2024-05-02;1\n")
    assert report.sightings["scientificName"].tolist() == ["Parus major", "Pica pica"]
    assert report.sightings["vernacularName"].tolist() == ["", ""]
    assert report.kept.data.startswith("Perekond;Liik;Kuupäev;Arv\n".encode())


def test_camera_traps_give_animals_once_and_nobody_else() -> None:
    header = (
        "observationID,deploymentID,eventID,eventStart,observationLevel,observationType,scientificName,count,"
        "classifiedBy,observationComments\n"
    )
    rows = (
        "o1,c1,e1,2024-05-04T21:57:37+02:00,event,animal,Anas platyrhynchos,2,Ann Who,with her\n"
        "o2,c1,e1,2024-05-04T21:57:38+02:00,media,animal,Anas platyrhynchos,2,Ann Who,\n"
        "o3,c1,e2,2024-05-05T10:00:00+02:00,event,human,Homo sapiens,1,Ann Who,\n"
        "o4,c2,e3,2024-05-05T11:00:00+02:00,event,blank,,,Ann Who,\n"
        "o5,c2,e4,2024-05-05T12:00:00+02:00,event,animal,Vulpes vulpes,1,Ann Who,\n"
    )
    report = take(header + rows, "observations.csv")
    assert report.format == "camtrap-dp"
    assert report.sightings["row"].tolist() == [1, 5]
    assert report.sightings["eventDate"].tolist() == ["2024-05-04", "2024-05-05"]
    assert report.sightings["eventTime"].tolist() == ["21:57:37", "12:00:00"]
    assert [(problem.row, problem.code) for problem in report.problems] == [
        (2, "again"), (3, "no-animal"), (4, "no-animal"),
    ]  # fmt: skip
    assert b"Ann Who" not in report.kept.data
    assert b"Homo sapiens" not in report.kept.data
    cameras = "deploymentID,latitude,longitude,deploymentStart,cameraModel\nc1,1,2,2024-05-01,X\n"
    with pytest.raises(FileError, match=r"observations\.csv"):
        understand(Source("deployments.csv", cameras.encode()))


def test_what_reviewers_and_gbif_doubt_is_flagged() -> None:
    names = ("SAMPLING EVENT IDENTIFIER", "SCIENTIFIC NAME", "OBSERVATION COUNT", "OBSERVATION DATE",
             "ALL SPECIES REPORTED", "APPROVED", "\n")  # fmt: skip
    header = "\t".join(names)
    report = take(
        header + "S1\tParus major\t1\t2024-05-01\t1\t1\t\nS2\tPica pica\t1\t2024-05-02\t1\t0\t\n", "ebd.txt"
    )
    assert report.sightings["flag"].tolist() == [2, 3]
    assert report.sightings["reason"].tolist() == ["", "source-suspect"]
    gbif = "gbifID\tdatasetKey\tscientificName\teventDate\tdecimalLatitude\tdecimalLongitude\tissue\n"
    rows = (
        "1\tk\tParus major\t2024-05-01\t58.3\t26.7\tCOORDINATE_ROUNDED;GEODETIC_DATUM_ASSUMED_WGS84\n"
        "2\tk\tPica pica\t2024-05-02\t58.3\t26.7\tTAXON_MATCH_HIGHERRANK;COORDINATE_ROUNDED\n"
    )
    assert take(gbif + rows, "occurrence.txt").sightings["flag"].tolist() == [1, 3]


def test_an_archive_says_its_effort_in_further_tables() -> None:
    def part(tag: str, kind: str, name: str, terms: list[str]) -> str:
        key = '<id index="0"/>' if tag == "core" else '<coreid index="0"/>'
        fields = "".join(f'<field index="{n}" term="http://t/{term}"/>' for n, term in enumerate(terms, 1))
        return (f'<{tag} encoding="UTF-8" fieldsTerminatedBy="\\t" fieldsEnclosedBy="" rowType="http://t/{kind}">'
                f"<files><location>{name}</location></files>{key}{fields}</{tag}>")  # fmt: skip

    measured = ["measurementType", "measurementValue", "measurementUnit", "occurrenceID"]
    tables = {
        "event.txt": "A\t2024-05-04\nB\t2024-05-05\nC\t2024-05-06\n",
        "occurrence.txt": "A\to1\tParus major\nB\to2\tPica pica\n",
        "eco.txt": "A\ttrue\t20\tminutes\nC\ttrue\t\t\n",
        "mof.txt": "B\tsampling duration\t1.5\thours\t\nB\tduration\t12\tmin\to2\nC\teffort\t30\tmin\t\n",
    }
    meta = (
        part("core", "Event", "event.txt", ["eventDate"])
        + part("extension", "Occurrence", "occurrence.txt", ["occurrenceID", "scientificName"])
        + part("extension", "Event", "eco.txt",
               ["isTaxonomicScopeFullyReported", "eventDurationValue", "eventDurationUnit"])
        + part("extension", "ExtendedMeasurementOrFact", "mof.txt", measured)
    )  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("meta.xml", f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{meta}</archive>')
        for name, text in tables.items():
            archive.writestr(name, text)
    table = take(out.getvalue(), "dwca.zip").sightings.set_index("eventID")
    assert table["effort_minutes"].to_dict() == {"A": 20, "B": 90, "C": 30}
    assert table["complete"].to_dict() == {"A": True, "B": False, "C": True}


def test_a_receipt_of_many_stations_names_the_first_and_their_number() -> None:
    rows = "".join(f"2024-05-{1 + n % 28:02},site {n},Parus major,1\n" for n in range(60))
    source = Source("a.csv", ("date,site,species,count\n" + rows).encode())
    report = understand(source, {"station": "EE-X/*"}, school="EE-X")
    line = next(line for line in receipt_text(receipt_record(report), "en").splitlines() if "site-7" in line)
    assert "60 stations" in line
    assert "site-8" not in line


def test_readings_of_single_plants_stay_readings() -> None:
    rows = "2024-05-01,A,12,20.5\n2024-05-02,A,13,20.6\n"
    report = understand(Source("p.csv", ("Date,Plant,Height (cm),Temperature (°C)\n" + rows).encode()))
    assert report.kind == "readings"
    times = "Date,Kell,Temp (°C)\n2024-05-13,8.15,12.1\n2024-05-14,17.05,13.1\n"
    timed = understand(Source("t.csv", times.encode()), {"station": "EE-X/a", "zone": "UTC"})
    assert timed.readings["time"].astype(str).tolist() == ["2024-05-13 08:15:00", "2024-05-14 17:05:00"]
