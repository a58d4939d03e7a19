"""Which station a file is likely from: what is told, what is asked, what is never taken for granted."""

from __future__ import annotations

import pytest

from kit.ingest import understand
from kit.model import Question, Source, Station

ROWS = "time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
ROOF = Station("EE-7/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", name="Katus")
POND = Station("EE-7/pond", "EE-79", zone="Europe/Tallinn")
OTHER = Station("EE-8/roof", "EE-79", 59.4, 24.7, zone="Europe/Tallinn")


def asked(name: str, stations: list[Station], text: str = ROWS, school: str = "EE-7") -> Question:
    (question,) = understand(Source(name, text.encode()), {}, stations, school=school).questions
    return question


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("roof_2026-03.csv", "EE-7/roof"),
        ("KATUS märts.csv", "EE-7/roof"),
        ("pond3.csv", "EE-7/pond"),
        ("roof and pond.csv", ""),
        ("rooftop.csv", ""),
        ("march.csv", ""),
    ],
)
def test_of_several_stations_the_one_that_the_file_names(name: str, likely: str) -> None:
    question = asked(name, [ROOF, POND, OTHER])
    assert question.likely == likely
    assert question.options[0][0] == (likely or "EE-7/roof")
    assert question.options[-1][0].startswith("EE-7/"), "a new one comes last"
    assert {value for value, _ in question.options} > {"EE-7/roof", "EE-7/pond", "EE-8/roof"}


def test_the_only_one_and_the_first_one() -> None:
    assert asked("march.csv", [POND, OTHER]).likely == "EE-7/pond"
    assert asked("march.csv", [OTHER]).likely == "EE-7/march"
    assert asked("roof.csv", [OTHER]).likely == "EE-7/roof", "another school's roof is not ours"


def test_two_stations_at_the_same_place_are_told_apart_by_a_person() -> None:
    head = "time;lat;lon;temp (C)\n"
    rows = head + "2026-03-01 10:00;58.378;26.729;1.5\n2026-03-01 11:00;58.378;26.729;2.5\n"
    yard = Station("EE-7/yard", "EE-79", 58.378, 26.729, zone="Europe/Tallinn")
    question = asked("march.csv", [ROOF, yard], rows)
    assert (question.likely, question.options[0][0]) == ("", "EE-7/roof")
    assert asked("yard.csv", [ROOF, yard], rows).likely == "EE-7/yard"
    assert asked("lake.csv", [ROOF, yard], rows.replace("58.378", "58.401")).likely == "EE-7/lake"


def test_a_station_of_which_nobody_knows_the_place_is_not_near() -> None:
    rows = "date;species;lat;lon\n" + "".join(
        f"2026-05-0{d};Great Tit;58.{d}1;26.7{d}\n" for d in range(1, 7)
    )
    assert asked("birds.csv", [POND], rows).likely == "", "nothing says that these birds were seen there"
    near = Station("EE-7/pond", "EE-79", 58.41, 26.74)
    assert asked("birds.csv", [near], rows.replace("58.", "58.4")).likely == "EE-7/pond"
    assert asked("birds.csv", [near], rows.replace("58.", "57.4")).likely == "EE-7/birds"


def test_many_sites_are_stations_of_their_own() -> None:
    rows = "COUNTRY CODE;LOCALITY;date;species;lat;lon\n" + "".join(
        f"EE;place {d};2026-05-0{d};Great Tit;58.38{d};26.7{d}\n" for d in range(1, 7)
    )
    far = rows.replace("58.38", "57.38")
    for text, stations, likely in (
        (rows, [POND], {"EE-7/*"}),
        (far, [ROOF], {"EE-7/*"}),
        (rows, [], {"EE-7/*"}),
    ):
        assert {asked("list.csv", stations, text).likely} == likely


def test_each_place_its_own_station_also_where_there_is_one_place() -> None:
    """The answer for a whole archive meets files with several places and files with one."""
    answers = {"station": "EE-7/*", "zone": "UTC"}
    one = b"site,time,temperature (\xc2\xb0C)\n12,2026-05-01 10:00,11.5\n12,2026-05-01 11:00,12.5\n"
    assert [s.id for s in understand(Source("a.csv", one), answers).stations] == ["EE-7/site-12"]
    nameless = b"time,temperature (\xc2\xb0C)\n2026-05-01 10:00,11.5\n2026-05-01 11:00,12.5\n"
    assert [s.id for s in understand(Source("roof.csv", nameless), answers).stations] == ["EE-7/roof"]
