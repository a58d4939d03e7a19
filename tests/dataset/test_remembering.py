"""Answers are remembered per device and school; where they do not fit, the question is asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kit.dataset import Dataset, create
from kit.dataset.preview import record as preview_record
from kit.dataset.preview import understand as preview
from kit.errors import AnswerNeeded, UsageError
from kit.model import Source, Station

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
STATION = {"station": "EE-A/roof"}


def week(day: int, first: float = 10.0, name: str = "", head: str = "time;temp;RH (%)") -> Source:
    """A file of one day whose temperature has no unit."""
    rows = "".join(f"2026-03-{day:02} {h:02}:00;{first + h / 10:.1f};{60 + h % 9}\n" for h in range(12))
    return Source(name or f"week-{day}.csv", f"{head}\n{rows}".encode())


@pytest.fixture
def twice(shared: Dataset) -> Dataset:
    """The dataset with a second station, so that the station is asked for."""
    shared.add_station(Station("EE-A/garden", "EE-79", 58.379, 26.73, zone="Europe/Tallinn"))
    return shared


def test_the_next_file_of_a_device_needs_no_answers(twice: Dataset) -> None:
    with pytest.raises(AnswerNeeded):
        twice.upload(week(1), now=NOW)
    first = twice.upload(week(1), station="EE-A/roof", answers={"unit.temp": "Cel"}, now=NOW)
    assert first.record["remembered"] == {}
    second = twice.upload(week(8), now=NOW)
    assert second.status == "stored"
    assert second.record["stations"][0]["id"] == "EE-A/roof"
    assert second.record["remembered"] == {
        "submission": first.submission, "file": "week-1.csv", "made": "2026-05-03T12:00:00Z",
        "answers": {"station": "EE-A/roof", "unit.temp": "Cel"},
    }  # fmt: skip
    text = second.text("en")
    assert (
        "Answers from your file week-1.csv of May 3, 2026 were used: station = EE-A/roof, unit.temp = Cel."
        in text
    )
    assert f"kit correct {second.submission[:12]} --answer ID=VALUE" in text
    assert second.to_dict("en")["remembered"]["answers"]["unit.temp"] == "Cel"
    assert "3. mai 2026" in second.text("et")
    assert twice.verify()["ok"]


def test_reading_shows_the_same_and_stores_nothing(twice: Dataset) -> None:
    twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    version = twice.version
    found = preview(week(8), shared=twice)
    assert not found.report.questions
    assert preview_record(found)["remembered"]["answers"] == {"station": "EE-A/roof", "unit.temp": "Cel"}
    assert twice.version == version


def test_a_likely_station_with_other_readings_at_these_times_is_asked_for(shared: Dataset) -> None:
    """Two devices with one station known: accepting what is likely must not mix them."""
    first = shared.upload(week(1), accept_likely=True, now=NOW)
    assert first.record["stations"][0]["id"] == "EE-A/roof"
    other = week(1, first=17.0, name="pond.csv", head="time;temp;RH")
    with pytest.raises(AnswerNeeded) as caught:
        shared.upload(other, accept_likely=True, now=NOW)
    (question,) = caught.value.questions
    assert (question.id, question.likely) == ("station", "")
    assert question.options[0][0] == "EE-A/pond"
    assert "EE-A/roof has other readings at the same times" in question.to_dict("en")["text"]
    later = shared.upload(week(8, name="pond-8.csv", head="time;temp;RH"), accept_likely=True, now=NOW)
    assert later.status == "stored"
    given = shared.upload(other, station="EE-A/pond", accept_likely=True, now=NOW)
    assert given.status == "stored"
    assert given.record["stations"][0]["id"] == "EE-A/pond"
    assert shared.upload(other, accept_likely=True, now=NOW).status == "already"


def test_what_is_said_now_wins(twice: Dataset) -> None:
    twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    receipt = twice.upload(week(8), station="EE-A/garden", now=NOW)
    assert receipt.record["stations"][0]["id"] == "EE-A/garden"
    assert receipt.record["remembered"]["answers"] == {"unit.temp": "Cel"}


def test_two_devices_of_one_kind_are_not_mixed_up(twice: Dataset) -> None:
    twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    twice.upload(week(2), station="EE-A/garden", now=NOW)
    with pytest.raises(AnswerNeeded) as needed:
        twice.upload(week(9), now=NOW)
    assert [question.id for question in needed.value.questions] == ["station"]


def test_a_second_device_is_noticed_by_its_values(twice: Dataset) -> None:
    """The same hours with other values cannot come from the same sensor."""
    twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    with pytest.raises(AnswerNeeded) as needed:
        twice.upload(week(1, first=13.3, name="other.csv"), now=NOW)
    assert [question.id for question in needed.value.questions] == ["station"]
    again = twice.upload(week(1, name="copy.csv", head="time;temp;RH (%)"), now=NOW)
    assert again.status == "already"


def test_a_unit_that_is_not_plausible_any_more_is_asked_again(twice: Dataset) -> None:
    twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    with pytest.raises(AnswerNeeded) as needed:
        twice.upload(week(8, first=86.0), now=NOW)
    (question,) = needed.value.questions
    assert (question.id, question.likely) == ("unit.temp", "[degF]")


def test_retracted_submissions_and_other_schools_are_not_remembered(twice: Dataset) -> None:
    first = twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    with pytest.raises(AnswerNeeded):
        twice.upload(week(8), school="EE-B", now=NOW)
    twice.retract(first.submission)
    with pytest.raises(AnswerNeeded):
        twice.upload(week(8), now=NOW)
    twice.restore(first.submission)
    assert twice.upload(week(8), now=NOW).status == "stored"


def test_a_device_with_other_columns_or_another_place_is_another_one(
    twice: Dataset, day_file: Callable[..., Source]
) -> None:
    twice.upload(week(1), answers={**STATION, "unit.temp": "Cel"}, now=NOW)
    with pytest.raises(AnswerNeeded):
        twice.upload(week(8, head="time;temp;humidity (%)"), now=NOW)
    near = day_file([10, 12], lat="58.401", lon="26.8")
    twice.upload(near, station="EE-A/lake", now=NOW)
    with pytest.raises(AnswerNeeded):
        twice.upload(day_file([11, 13], "2024-03-05T00:00", lat="58.9", lon="25.8"), now=NOW)
    jitter = twice.upload(day_file([11, 13], "2024-03-06T00:00", lat="58.402", lon="26.8"), now=NOW)
    assert jitter.record["stations"][0]["id"] == "EE-A/lake"


def test_a_dataset_of_several_schools_remembers_only_where_the_school_is_known(tmp_path) -> None:  # type: ignore[no-untyped-def]
    shared = create(tmp_path / "region", zone="Europe/Tallinn")
    for name in ("EE-A/roof", "EE-B/roof"):
        shared.add_station(Station(name, zone="Europe/Tallinn"))
    shared.upload(week(1), station="EE-A/roof", answers={"unit.temp": "Cel"}, now=NOW)
    with pytest.raises(AnswerNeeded):
        shared.upload(week(8), now=NOW)
    assert shared.upload(week(8), school="EE-A", now=NOW).status == "stored"
    later = shared.upload(week(9), station="EE-A/roof", now=NOW)
    assert later.record["remembered"]["answers"] == {"unit.temp": "Cel"}


def test_with_yes_no_station_is_made_from_a_files_name(twice: Dataset) -> None:
    with pytest.raises(AnswerNeeded) as needed:
        twice.upload(week(1, head="time;temp (C);RH (%)", name="march.csv"), accept_likely=True, now=NOW)
    (question,) = needed.value.questions
    assert (question.id, question.likely) == ("station", "")
    assert [value for value, _ in question.options] == ["EE-A/garden", "EE-A/roof", "EE-A/march"]
    named = twice.upload(
        week(1, head="time;temp (C);RH (%)", name="garden-march.csv"), accept_likely=True, now=NOW
    )
    assert named.record["stations"][0]["id"] == "EE-A/garden"
    assert len(twice.stations()) == 2


def test_a_school_that_nobody_knows_is_an_error_that_says_what_to_do(shared: Dataset) -> None:
    words = (
        "There is no school nope in this dataset, so the file cannot be from station nope/x. Its schools"
        " are: EE-A. Correct the station; for a new school write kit station add nope/x first."
    )
    with pytest.raises(UsageError) as caught:
        shared.upload(week(1, head="time;temp (C);RH (%)"), station="nope/x", now=NOW)
    assert caught.value.words("en") == words
    assert "EE-A" in caught.value.words("et")
    receipt = shared.upload(week(1, head="time;temp (C);RH (%)"), station="EE-A/roof", now=NOW)
    with pytest.raises(UsageError, match="no school nope"):
        shared.correct(receipt.submission, station="nope/x", now=NOW)
    with pytest.raises(UsageError, match="no school nope"):
        preview(week(2), shared=shared, answers={"station": "nope/x"})
    assert [item.id for item in shared.stations()] == ["EE-A/roof"]
    shared.add_station(Station("nope/x", zone="UTC"))
    assert shared.upload(week(2, head="time;temp (C);RH (%)"), station="nope/x", now=NOW).status == "stored"
    given = shared.upload(week(3, head="time;temp (C);RH (%)"), school="EE-C", station="EE-C/roof", now=NOW)
    assert given.status == "stored", "said twice: by the school and by the station"


def test_the_first_file_of_a_fresh_dataset_may_be_of_any_school(tmp_path) -> None:  # type: ignore[no-untyped-def]
    fresh = create(tmp_path / "fresh", zone="Europe/Tallinn")
    first = fresh.upload(week(1, head="time;temp (C);RH (%)"), station="EE-A/roof", now=NOW)
    assert "New station: EE-A/roof" in first.text("en")
    assert "kit correct" not in first.text("en"), "there is no other that could have been meant"
    with pytest.raises(UsageError, match="Its schools are: EE-A"):
        fresh.upload(week(2, head="time;temp (C);RH (%)"), station="EE-B/roof", now=NOW)


def test_the_receipt_names_a_new_station_and_how_to_mend_a_slip(shared: Dataset) -> None:
    shown = preview_record(
        preview(week(1, head="time;temp (C);RH (%)"), shared=shared, answers={"station": "EE-A/rof"}), shared
    )
    assert shown["new_stations"] == {"stations": ["EE-A/rof"], "others": ["EE-A/roof"]}
    slip = shared.upload(week(1, head="time;temp (C);RH (%)"), station="EE-A/rof", now=NOW)
    text = slip.text("en")
    assert "New station: EE-A/rof" in text
    assert "  Station:" not in text
    mend = (
        f"one of these was meant: EE-A/roof, write kit correct {slip.submission[:12]} --station SCHOOL/PLACE"
    )
    assert mend in text
    assert slip.to_dict("en")["new_stations"] == ["EE-A/rof"]
    assert "Uus jaam: EE-A/rof" in slip.text("et")
    mended = shared.correct(slip.submission, station="EE-A/roof", now=NOW)
    assert "New station" not in mended.text("en")
    assert "Station: Roof" in mended.text("en")
    again = shared.upload(week(1, head="time;temp (C);RH (%)"), station="EE-A/roof", now=NOW)
    assert (again.status, again.accepted, again.duplicate) == ("already", 0, 12)
