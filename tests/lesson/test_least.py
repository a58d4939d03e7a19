"""Least data: is there enough at our station, at a partner's, or only in the samples; and is it said?"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit import lesson as lessons
from kit import samples, text
from kit.__main__ import main
from kit.dataset import Dataset, create
from kit.errors import NotFoundError, UsageError
from kit.lesson.enough import There, around, enough, near, region_of
from kit.lesson.facts import facts_wrong
from kit.lesson.least import Least, Need
from kit.lesson.running import Running
from kit.lesson.whose import whose
from kit.model import Source, Station

OURS, SECOND = "EE-AAA-2222/roof", "EE-AAA-2222/yard"
NEAR, FAR, ABROAD = "EE-BBB-3333/roof", "EE-CCC-4444/roof", "LV-DDD-5555/roof"
PLACES = (
    Station(OURS, "EE-79", 58.4, 26.7, 60, "Europe/Tallinn", "roof", "Our school"),
    Station(SECOND, "EE-79", 58.4, 26.7, 60, "Europe/Tallinn", "garden", "Our school, yard"),
    Station(NEAR, "EE-79", 58.3, 26.5, 60, "Europe/Tallinn", "roof", "Near school"),
    Station("EE-BBB-3333/room", "EE-79", 58.3, 26.5, 60, "Europe/Tallinn", "indoor", "Near school, room"),
    Station(FAR, "EE-68", 58.4, 24.5, 5, "Europe/Tallinn", "roof", "Far school"),
    Station(ABROAD, "LV-RIX", 56.9, 24.1, 5, "Europe/Riga", "roof", "School abroad"),
)
TOML = """
id = "90-least"
title = "A lesson that needs data"
version = "1"
source = "en"
languages = ["en"]
ages = "13-15"
licence = "CC-BY-4.0"
uploads = {uploads}
subjects = ["science"]
variables = [{variable}]
questions = ["How much is there?"]
objectives = ["count"]
materials = ["a computer"]

[minimum]
text = "Least data."
needs = [{needs}]

[parameters]
station = "{sample}"

[[hours]]
title = "counting"
steps = [{{ id = "look", title = "Look", minutes = 10, stop = true }}]
"""


def a_lesson(
    tmp_path: Path,
    needs: str,
    variable: str = '"pm25"',
    sample: str = "EE-TRT-m4x9/garden",
    uploads: str = "false",
) -> Path:
    folder = tmp_path / "90-least"
    folder.mkdir()
    written = TOML.format(needs=needs, variable=variable, sample=sample, uploads=uploads)
    (folder / "lesson.toml").write_text(written, encoding="utf-8")
    (folder / "lesson.md").write_text("# A lesson\n", encoding="utf-8")
    (folder / "answers.toml").write_text("", encoding="utf-8")
    return folder


def hours(days: int, column: str = "PM2.5 (µg/m³)", first: str = "2026-01-05") -> Source:
    """An hourly table of so many whole days."""
    times = pd.date_range(first, periods=24 * days, freq="h")
    values = (
        8 + 3 * np.sin(np.arange(len(times)) / 5) + np.random.default_rng(days).normal(0, 0.3, len(times))
    )
    rows = [f"{t:%Y-%m-%d %H:%M};{v:.2f}" for t, v in zip(times, values, strict=True)]
    return Source("air.csv", "\n".join([f"time;{column}", *rows]).encode())


def walks(days: int, *, clock: tuple[str, ...] = ("09:00",)) -> Source:
    """Complete lists on so many days."""
    dates = pd.date_range("2026-03-02", periods=days)
    rows = [f"{d:%Y-%m-%d};{c};10;yes;Parus major;3" for d in dates for c in clock]
    header = "date;time;minutes;complete list;scientific name;count"
    return Source("birds.csv", "\n".join([header, *rows]).encode())


class Region:
    """A shared dataset of five schools."""

    def __init__(self, folder: Path, school: str = "EE-AAA-2222") -> None:
        self.shared: Dataset = create(folder, school=school)
        self.folder = folder
        for station in PLACES:
            self.shared.add_station(station)

    def give(self, station: str, *sources: Source) -> Region:
        for source in sources:
            path = self.folder.parent / f"{station.replace('/', '-')}-{source.name}"
            path.write_bytes(source.data)
            receipt = self.shared.upload(path, station=station, accept_likely=True)
            assert receipt.status == "stored", receipt.text()
        return self


@pytest.fixture
def region(tmp_path: Path) -> Region:
    return Region(tmp_path / "shared")


@pytest.fixture(autouse=True)
def in_english() -> None:
    text.use("en")


def start(folder: Path, region: Region, **more: str) -> Running:
    return lessons.start(folder, dataset=str(region.folder), **more)


DAYS_10 = '{ variable = "pm25", days = 10 }'


def test_our_own_is_enough(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(12)).give(NEAR, hours(30))
    running = start(a_lesson(tmp_path, DAYS_10), region, station=OURS)
    assert running.source_of_data.kind == "own"
    assert (running.station, running.practice) == (OURS, False)
    assert running.source_of_data.words() == []
    assert "partner" not in repr(running)
    found = enough(running.lesson, running.shared, OURS)
    assert [(one.found, one.wanted, one.enough) for one in found] == [(12, 10, True)]


def test_the_limit_is_a_limit(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(10)).give(SECOND, hours(9)).give(NEAR, hours(30))
    folder = a_lesson(tmp_path, DAYS_10)
    assert start(folder, region, station=OURS).source_of_data.kind == "own"
    assert enough(lessons.load(folder), region.shared, SECOND)[0].enough is False


def test_too_little_of_our_own_gives_a_partner_of_the_region_and_says_why(
    tmp_path: Path, region: Region
) -> None:
    region.give(OURS, hours(3)).give(NEAR, hours(12)).give(FAR, hours(40)).give(ABROAD, hours(50))
    running = start(a_lesson(tmp_path, DAYS_10), region, station=OURS)
    source = running.source_of_data
    assert (source.kind, source.station, source.own, running.station) == ("partner", NEAR, OURS, NEAR)
    assert not running.practice
    said = repr(running)
    for words in (
        f"Our station: {OURS}.", "partner school, Near school,",
        "PM2.5 (fine particles): 3 days instead of 10",
        "The two are not mixed.", "You work with your region's shared dataset.",
    ):  # fmt: skip
        assert words in said
    assert "Near school" in running._repr_html_()
    here = running.shared.readings("pm25", station=running.station, freq="1D")
    assert {str(one) for one in here["station"].values} == {NEAR}
    text.use("et")
    estonian = " ".join(source.words("et"))
    assert "partnerkooli" in estonian
    assert "3 päeva, vaja on 10" in estonian
    assert "because" not in estonian


def test_of_partners_the_region_goes_before_the_country_and_the_country_before_the_world(
    tmp_path: Path, region: Region
) -> None:
    folder = a_lesson(tmp_path, DAYS_10)
    region.give(OURS, hours(3)).give(ABROAD, hours(50))
    assert start(folder, region, station=OURS).station == ABROAD
    region.give(FAR, hours(12))
    assert start(folder, region, station=OURS).station == FAR
    region.give("EE-BBB-3333/room", hours(30))
    assert start(folder, region, station=OURS).station == FAR, "a room says nothing about the air outside"
    region.give(NEAR, hours(11))
    assert start(folder, region, station=OURS).station == NEAR


def test_of_two_partners_of_the_region_the_one_with_most_data(tmp_path: Path, region: Region) -> None:
    region.shared.add_station(Station("EE-EEE-6666/roof", "EE-79", zone="Europe/Tallinn", name="Another"))
    region.give(OURS, hours(3)).give(NEAR, hours(12)).give("EE-EEE-6666/roof", hours(20))
    assert start(a_lesson(tmp_path, DAYS_10), region, station=OURS).station == "EE-EEE-6666/roof"


def test_nobody_has_enough_so_the_samples_are_practised_with(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(3)).give(NEAR, hours(5))
    before = region.shared.version
    running = start(a_lesson(tmp_path, DAYS_10), region, station=OURS)
    source = running.source_of_data
    assert (source.kind, source.station, source.own) == ("sample", "EE-TRT-m4x9/garden", OURS)
    assert running.practice
    assert running.station == "EE-TRT-m4x9/garden"
    assert running.shared.folder != region.folder
    said = repr(running)
    assert "invented school, Sample school Tartu B" in said
    assert "3 days instead of 10" in said
    assert "no partner school has enough" in said
    assert "You practise with the sample schools" in said
    assert region.shared.version == before
    assert "väljamõeldud" in " ".join(source.words("et"))
    ours = {station.id for station in running.shared.stations()}
    assert OURS not in ours, "never mixed"


def test_every_need_must_be_met_at_one_and_the_same_station(tmp_path: Path, region: Region) -> None:
    humidity = "Humidity (%)"
    region.give(OURS, hours(3)).give(NEAR, hours(30)).give(FAR, hours(11), hours(11, humidity))
    needs = '{ variable = "pm25", days = 10 }, { variable = "humidity", days = 10 }'
    source = start(a_lesson(tmp_path, needs, '"pm25", "humidity"'), region, station=OURS).source_of_data
    assert (source.kind, source.station) == ("partner", FAR)
    assert [(one.need.variable, one.found) for one in source.lacks] == [("pm25", 3), ("humidity", 0)]


def test_of_two_own_stations_the_one_that_has_enough(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(3)).give(SECOND, hours(14)).give(NEAR, hours(30))
    folder = a_lesson(tmp_path, DAYS_10)
    unnamed = start(folder, region)
    assert (unnamed.source_of_data.kind, unnamed.station) == ("own", SECOND)
    named = start(folder, region, station=OURS)
    assert (named.source_of_data.kind, named.station) == ("own", SECOND)
    region.give(OURS, Source("more.csv", hours(11, first="2026-02-01").data))
    assert start(folder, region, station=OURS).station == OURS, "who is named goes first"


def test_two_own_stations_without_enough_name_the_one_with_most(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(3)).give(SECOND, hours(5)).give(NEAR, hours(30))
    source = start(a_lesson(tmp_path, DAYS_10), region).source_of_data
    assert (source.kind, source.own, source.lacks[0].found) == ("partner", SECOND, 5)


def test_a_lesson_that_uploads_must_be_told_which_station_is_ours(tmp_path: Path, region: Region) -> None:
    with pytest.raises(UsageError) as caught:
        start(a_lesson(tmp_path, DAYS_10, uploads="true"), region)
    assert caught.value.code == "which-station"


def test_what_is_uploaded_in_the_lesson_is_our_own_whatever_there_was(tmp_path: Path, region: Region) -> None:
    region.give(NEAR, hours(30))
    file = tmp_path / "ours.csv"
    file.write_bytes(hours(2).data)
    folder = a_lesson(tmp_path, DAYS_10, uploads="true")
    running = start(folder, region, station=OURS, file=str(file))
    assert (running.source_of_data.kind, running.station) == ("own", OURS)


REGION_2 = '{ variable = "pm25", days = 10 }, { variable = "pm25", days = 10, whose = "region", schools = 2 }'


def test_a_region_that_is_too_small_is_told_and_nothing_is_borrowed(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(12)).give(NEAR, hours(12)).give(FAR, hours(9)).give(ABROAD, hours(9))
    running = start(a_lesson(tmp_path, REGION_2), region, station=OURS)
    source = running.source_of_data
    assert (source.kind, running.station, running.region, source.around) == ("own", OURS, "EE-79", None)
    assert [(one.found, one.wanted, one.most) for one in source.unanswered] == [(1, 2, 12)]
    said = repr(running)
    assert "cannot be answered" in said
    assert "PM2.5 (fine particles): 1 other school with 10 days instead of 2" in said
    assert "Nothing is borrowed" in said
    assert "ei saa" in " ".join(source.words("et"))
    assert "1 teine kool" in " ".join(source.words("et"))


def test_our_own_school_and_rooms_are_no_others_of_the_region(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(12)).give(SECOND, hours(12)).give("EE-BBB-3333/room", hours(12))
    folder = a_lesson(tmp_path, '{ variable = "pm25", days = 10, whose = "region" }')
    assert enough(lessons.load(folder), region.shared, OURS)[0].found == 0
    region.give(NEAR, hours(12))
    assert enough(lessons.load(folder), region.shared, OURS)[0].found == 1


def test_the_region_is_that_of_the_station_worked_with(tmp_path: Path, region: Region) -> None:
    region.give(OURS, hours(3)).give(FAR, hours(12))
    region.shared.add_station(Station("EE-FFF-7777/roof", "EE-68", zone="Europe/Tallinn"))
    region.give("EE-FFF-7777/roof", hours(11))
    needs = DAYS_10 + ', { variable = "pm25", days = 10, whose = "region" }'
    running = start(a_lesson(tmp_path, needs), region, station=OURS)
    assert (running.station, running.region) == (FAR, "EE-68")
    assert running.source_of_data.unanswered == ()


def test_where_the_region_has_too_little_the_country_is_compared_with(tmp_path: Path, region: Region) -> None:
    """A neighbour who measures something else does not keep a class from the schools that have it."""
    region.give(OURS, hours(12)).give(NEAR, hours(3)).give(FAR, hours(12))
    needs = DAYS_10 + ', { variable = "pm25", days = 10, whose = "region" }'
    running = start(a_lesson(tmp_path, needs), region, station=OURS)
    assert (running.station, running.region) == (OURS, "EE")
    assert running.source_of_data.unanswered == ()
    assert "“our region” is the whole country" in repr(running)
    assert "kogu riik" in " ".join(running.source_of_data.words("et"))
    more = needs.replace("days = 10, whose", "days = 13, whose")
    (tmp_path / "more").mkdir()
    running = start(a_lesson(tmp_path / "more", more), region, station=OURS)
    assert running.region == "EE-79", "where nobody has enough it stays the region"
    assert [one.most for one in running.source_of_data.unanswered] == [3]
    region.give(ABROAD, hours(20))
    (tmp_path / "all").mkdir()
    running = start(a_lesson(tmp_path / "all", more), region, station=OURS)
    assert running.region == "EE-79", "another country is no region of ours"
    (tmp_path / "alone").mkdir()
    running = start(a_lesson(tmp_path / "alone", needs), region, station=ABROAD)
    assert (running.region, running.source_of_data.around) == (None, "")
    assert "all schools that share their data" in repr(running)


def test_a_region_alone_becomes_the_country_and_then_everywhere() -> None:
    places = {station.id: station for station in PLACES}
    assert region_of(places, OURS) == "EE-79"
    assert region_of(places, FAR) == "EE"
    assert region_of(places, ABROAD) is None
    assert region_of(places, "EE-XXX-1111/unknown") is None
    home = [one for one in places if places[one].region == "EE-79"]
    land = [one for one in places if places[one].region.startswith("EE")]
    assert near(places, OURS, places, len(home)) == home
    assert near(places, OURS, places, len(home) + 1) == land
    assert near(places, OURS, places, len(land) + 1) == list(places) == near(places, OURS, places, 99)
    schools = len({places[one].school for one in home})
    assert near(places, OURS, places, schools, schools=True) == home
    assert near(places, OURS, land, len(land) + 1) == land
    assert near(places, OURS, [], 1) == []


def test_surveys_count_by_days_and_at_their_station(tmp_path: Path, region: Region) -> None:
    region.give(OURS, walks(4, clock=("09:00", "13:00"))).give(NEAR, walks(11))
    needs = '{ variable = "sightings", days = 10 }'
    folder = a_lesson(tmp_path, needs, '"sightings"', "EE-HRJ-q5n7/roof")
    running = start(folder, region, station=OURS)
    source = running.source_of_data
    assert (source.kind, source.station, source.lacks[0].found) == ("partner", NEAR, 4)
    assert "surveys: 4 days instead of 10" in repr(running)
    assert "vaatlusi: 4 päeva" in " ".join(source.words("et"))
    region.give(OURS, Source("more.csv", walks(10).data))
    assert start(folder, region, station=OURS).source_of_data.kind == "own"


def test_surveys_that_nobody_has_come_from_the_samples(tmp_path: Path, region: Region) -> None:
    needs = '{ variable = "sightings", days = 10 }'
    folder = a_lesson(tmp_path, needs, '"sightings"', "EE-HRJ-q5n7/roof")
    running = start(folder, region, station=OURS)
    assert (running.source_of_data.kind, running.station) == ("sample", "EE-HRJ-q5n7/roof")
    assert len(running.shared.sightings(station=running.station)) > 100


def test_full_years_are_those_of_a_trend(region: Region) -> None:
    table = hours(800, first="2024-01-01")
    region.give(OURS, table)
    lesson = [Need("pm25", years=2), Need("pm25", years=3)]
    found = around([Need("pm25", years=2, whose="region"), Need("pm25", years=3, whose="region")],
                   region.shared, NEAR)  # fmt: skip
    assert [(one.found, one.most) for one in found] == [(1, 2), (0, 2)]
    assert "0 other schools with 3 full years instead of 1" in found[1].too_little("en")
    assert [need.years for need in lesson] == [2, 3]


def test_a_direction_has_days_and_years_too(tmp_path: Path, region: Region) -> None:
    times = pd.date_range("2025-01-01", periods=24 * 365, freq="h")
    rows = [f"{t:%Y-%m-%d %H:%M};{(7 * k) % 360};3.{k % 9}" for k, t in enumerate(times)]
    region.give(OURS, Source("wind.csv", "\n".join(
        ["time;Wind direction (°);Wind speed (m/s)", *rows]).encode()))  # fmt: skip
    needs = '{ variable = "wind_direction", days = 360 }, { variable = "wind_direction", years = 1 }'
    folder = a_lesson(tmp_path, needs, '"wind_direction"')
    assert [one.enough for one in enough(lessons.load(folder), region.shared, OURS)] == [True, True]


def test_an_empty_dataset_and_a_station_that_nobody_knows(region: Region) -> None:
    needs = (Need("pm25", days=5), Need("sightings", days=5), Need("pm25", days=5, whose="region"))
    lesson = lessons.load("00-our-air")
    found = enough(_with(lesson, needs), region.shared, "EE-ZZZ-9999/roof")
    assert [(one.found, one.enough) for one in found] == [(0, False)] * 3
    source = whose(_with(lesson, needs), region.shared, "EE-ZZZ-9999/roof")
    assert source.kind == "sample"


def test_a_slip_in_the_name_of_a_station_is_told_and_no_partner_is_taken(
    tmp_path: Path, region: Region
) -> None:
    region.give(OURS, hours(12)).give(NEAR, hours(12))
    with pytest.raises(NotFoundError, match="EE-AAA-2222/roof"):
        start(a_lesson(tmp_path, DAYS_10), region, station="EE-AAA-2222/rof")


def test_a_teachers_version_that_names_her_own_station_finds_one_in_the_samples(
    tmp_path: Path, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.give(OURS, hours(3))
    folder = a_lesson(tmp_path, DAYS_10, sample=OURS)
    running = start(folder, region)
    assert (running.source_of_data.kind, running.source_of_data.own) == ("sample", OURS)
    assert len(running.shared.readings("pm25", station=running.station, freq="1D")["time"]) > 300
    assert "Sample school" in repr(running)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIT_DATASET", raising=False)
    practising = lessons.start(folder)
    assert practising.practice
    assert practising.station == running.station


def test_a_lesson_without_needs_works_with_our_own(region: Region) -> None:
    source = whose(_with(lessons.load("00-our-air"), ()), region.shared, OURS)
    assert (source.kind, source.words()) == ("own", [])


def _with(lesson: lessons.Lesson, needs: tuple[Need, ...]) -> lessons.Lesson:
    from dataclasses import replace

    return replace(lesson, least=Least("Least data.", needs))


def test_practice_without_a_dataset_is_told_as_before() -> None:
    running = lessons.start("05-who-lives-here", depth="A")
    assert (running.source_of_data.kind, running.practice) == ("sample", True)
    assert running.source_of_data.words() == []
    assert running.station == running.lesson.parameters["station"]


def test_what_is_needed_and_there_in_words_of_both_languages() -> None:
    ours = There(Need("pm25", days=28), 3)
    theirs = There(Need("temperature", years=5, whose="region", schools=2), 1, 6)
    assert ours.needed("en") == "PM2.5 (fine particles): 28 days at our station"
    assert theirs.needed("en") == "air temperature: 5 full years at 2 other schools of the region"
    assert theirs.there("en") == "1 school (the most: 6 full years)"
    assert ours.needed("et") == "PM2.5 (peenosakesed): 28 päeva meie jaamas"
    for one in (ours, theirs):
        for words in (one.needed("et"), one.there("et"), one.too_little("et")):
            assert not set(words.split()) & {"days", "school", "schools", "years", "full", "station", "of"}


def test_a_teacher_asks_whether_a_class_is_ready(
    tmp_path: Path, region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    region.give(OURS, hours(3)).give(NEAR, hours(12))
    needs = DAYS_10 + ', { variable = "pm25", days = 10, whose = "region" }'
    folder = a_lesson(tmp_path, needs)
    asked = ["lesson", "ready", str(folder), "--dataset", str(region.folder)]
    assert main([*asked, "--station", OURS, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    for words in (
        "PM2.5 (fine particles): 10 days at our station", "3 days", "NO",
        "10 days at 1 other school of the region", "partner school, Near school",
    ):  # fmt: skip
        assert words in said
    assert main([*asked, "--lang", "et"]) == 0
    assert "partnerkooli" in capsys.readouterr().out
    assert main([*asked, "--json", "--lang", "en"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["source"], facts["station"], facts["own"]) == ("partner", NEAR, OURS)
    # around the partner's station no other school but ours has any, and we have too little
    assert [(one["found"], one["enough"]) for one in facts["needs"]] == [(3, False), (0, False)]


def test_ready_of_a_lesson_that_uploads_and_without_a_dataset(
    tmp_path: Path, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_lesson(tmp_path, DAYS_10, uploads="true")
    found = lessons.ready(folder, dataset=region.folder, station=OURS)
    assert (found.source.kind, found.found[0].enough) == ("own", False)
    assert "file of your own" in " ".join(found.words())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIT_DATASET", raising=False)
    assert "sample schools" in " ".join(lessons.ready(folder).words())
    assert "näidiskoolide" in " ".join(lessons.ready(folder).words("et"))


def test_the_classrooms_file_is_read_and_stays_in_the_school(tmp_path: Path) -> None:
    folder = a_lesson(tmp_path, "", '"co2"', "EE-TRT-7k2p/classroom")
    _name_samples(folder, "classroom")
    running = lessons.start(folder)
    assert running.file is not None
    assert running.file.name == "klassiohk_2025-11.csv.gz"
    assert running.report.rows == 8052
    assert not running.report.questions
    assert 400 < running.mean("co2") < 1500
    assert running.shared.station(running.station).exposure == "indoor"
    assert running.shared.submissions() == []


def test_a_lesson_practises_with_the_parts_of_the_samples_that_it_names(tmp_path: Path) -> None:
    folder = a_lesson(tmp_path, '{ variable = "wind_direction", days = 300 }', '"wind_direction", "pm10"',
                      "EE-PRN-h6w2/gate")  # fmt: skip
    _name_samples(folder, "dust")
    running = lessons.start(folder)
    assert len(running.shared.submissions()) == 1
    held = running.shared.readings(["wind_direction", "pm10"], freq="1D")
    measured = held["pm10"].dropna("station", how="all")
    assert [str(one) for one in measured["station"].values] == ["EE-PRN-h6w2/gate"]
    assert enough(running.lesson, running.shared, running.station)[0].enough
    _name_samples(folder, "quarry")
    assert any("samples" in problem and "quarry" in problem for problem in facts_wrong(lessons.load(folder)))


def _name_samples(folder: Path, part: str) -> None:
    file = folder / "lesson.toml"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("samples")]
    at = lines.index('licence = "CC-BY-4.0"')
    file.write_text("\n".join([*lines[:at], f'samples = ["{part}"]', *lines[at:]]), encoding="utf-8")


@pytest.mark.parametrize("folder", lessons.folders(), ids=lambda folder: folder.name)
def test_the_samples_have_what_every_lesson_needs(folder: Path) -> None:
    """What a class falls back to is enough; a lesson that uploads brings its own."""
    lesson = lessons.load(folder)
    from kit.lesson.practice import practice, sample_station

    shared = practice(lesson)
    found = enough(lesson, shared, lesson.parameters["station"])
    lacking = [
        one.too_little()
        for one in found
        if not one.enough and not (lesson.facts.get("uploads", True) and one.need.whose == "ours")
    ]
    assert not lacking
    assert sample_station(lesson).school


def test_it_takes_less_than_half_a_second_where_daily_values_are_settled(region: Region) -> None:
    region.give(OURS, hours(900, first="2023-01-01")).give(NEAR, hours(900, first="2023-01-01"))
    lesson = _with(
        lessons.load("00-our-air"), (Need("pm25", days=2000), Need("pm25", years=2, whose="region"))
    )
    whose(lesson, region.shared, OURS)
    began = time.perf_counter()
    source = whose(lesson, region.shared, OURS)
    assert time.perf_counter() - began < 0.5
    assert source.kind == "sample"
    assert samples.manifest()["synthetic"]
