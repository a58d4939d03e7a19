"""``correct``: a wrong station, unit or order of dates is mended in one step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.dataset import Dataset, open_dataset
from kit.errors import AnswerNeeded, NotFoundError, UsageError
from kit.model import Source, Station
from kit.store.journal import Journal

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
DATES = b"date;temp (C);RH (%)\n01.02.2026;1.5;60\n02.02.2026;2.5;61\n03.02.2026;2.0;63\n"
LOCAL = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"


@pytest.fixture
def twice(shared: Dataset) -> Dataset:
    shared.add_station(Station("EE-A/garden", "EE-79", 58.379, 26.73, zone="Europe/Lisbon"))
    return shared


def test_the_wrong_station(twice: Dataset) -> None:
    first = twice.upload(Source("a.csv", LOCAL), station="EE-A/roof", now=NOW)
    done = twice.correct(first.submission[:12], station="EE-A/garden", now=NOW)
    assert done.status == "stored"
    assert done.text("en").splitlines()[0] == "a.csv is corrected: 2 rows, all of them good."
    assert "2 rows moved from EE-A/roof to EE-A/garden." in done.text("en")
    assert f"Submission {first.submission[:12]} does not count any more" in done.text("en")
    assert "2 rida läks üle: EE-A/roof → EE-A/garden" in done.text("et")
    table = twice.readings("temperature", freq=None)
    assert set(table["station"]) == {"EE-A/garden"}
    # the zone was that of the roof: it is now that of the garden
    assert table["time"].astype(str).tolist() == ["2026-03-01 10:00:00", "2026-03-01 11:00:00"]
    assert [item.retracted for item in twice.submissions()] == [True, False]
    assert open_dataset(twice.folder).verify()["ok"]
    # given again, the file is what it was corrected to
    assert twice.upload(Source("a.csv", LOCAL), now=NOW).submission == done.submission


def test_the_wrong_order_of_dates_and_the_wrong_unit(twice: Dataset) -> None:
    answers = {"station": "EE-A/roof", "date_order": "mdy"}
    first = twice.upload(Source("d.csv", DATES), answers=answers, now=NOW)
    done = twice.correct(first.submission, answers={"date_order": "dmy"}, now=NOW)
    assert done.record["corrects"]["answers"] == [["date_order", "mdy", "dmy"]]
    assert "date_order: mdy → dmy" in done.text("en")
    assert done.duplicate == 0, "what is taken back is not counted as known"
    days = twice.readings("temperature", freq=None)["time"].astype(str).tolist()
    assert [day[:7] for day in days] == ["2026-01", "2026-02", "2026-02"], "local midnights, in UTC"
    unit = twice.correct("d.csv", answers={"unit.temp (C)": "[degF]"}, now=NOW)
    assert unit.record["corrects"]["submission"] == done.submission
    assert twice.readings("temperature", freq=None)["value"].max() < 0
    assert twice.verify()["ok"]


def test_a_file_names_its_submission(twice: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "renamed.csv"
    path.write_bytes(LOCAL)
    first = twice.upload(Source("a.csv", LOCAL), station="EE-A/roof", now=NOW)
    done = twice.correct(str(path), station="EE-A/garden", now=NOW)
    assert done.record["corrects"]["submission"] == first.submission
    twice.upload(Source("a.csv", LOCAL.replace(b"1.5", b"1.6")), station="EE-A/roof", now=NOW)
    with pytest.raises(UsageError, match=r"a\.csv was given 2 times"):
        twice.correct("a.csv", station="EE-A/pond", now=NOW)


def test_clear_words_for_what_cannot_be_corrected(twice: Dataset) -> None:
    first = twice.upload(Source("a.csv", LOCAL), station="EE-A/roof", now=NOW)
    before = twice.version
    with pytest.raises(NotFoundError, match="no submission 0123456789ab"):
        twice.correct("0123456789ab", station="EE-A/garden")
    with pytest.raises(NotFoundError, match=r"no submission none\.csv"):
        twice.correct("none.csv", station="EE-A/garden")
    with pytest.raises(UsageError, match=r"Nothing would change in submission .*station = EE-A/roof"):
        twice.correct(first.submission, station="EE-A/roof")
    with pytest.raises(AnswerNeeded):
        twice.correct(first.submission, answers={"station": ""})
    assert twice.version == before
    done = twice.correct(first.submission, station="EE-A/garden", now=NOW)
    with pytest.raises(UsageError, match=f"was corrected already.*{done.submission[:12]}"):
        twice.correct(first.submission, station="EE-A/pond")
    twice.retract(done.submission)
    with pytest.raises(UsageError, match="was taken back and does not count"):
        twice.correct(done.submission, station="EE-A/pond")


def test_there_and_back_again(twice: Dataset) -> None:
    first = twice.upload(Source("a.csv", LOCAL), station="EE-A/roof", now=NOW)
    second = twice.correct(first.submission, station="EE-A/garden", now=NOW)
    back = twice.correct(second.submission, station="EE-A/roof", now=NOW)
    assert back.submission == first.submission, "the same kept copy with the same answers is one submission"
    assert [item.retracted for item in twice.submissions()] == [False, True]
    assert set(twice.readings("temperature", freq=None)["station"]) == {"EE-A/roof"}


def test_the_same_file_with_other_answers_says_so(twice: Dataset) -> None:
    first = twice.upload(Source("a.csv", LOCAL), station="EE-A/roof", now=NOW)
    other = twice.upload(Source("a.csv", LOCAL), station="EE-A/garden", now=NOW)
    assert f"kit retract {first.submission[:12]}" in other.text("en")
    done = twice.correct(first.submission, station="EE-A/garden", now=NOW)
    assert done.submission == other.submission
    assert [item.retracted for item in twice.submissions()] == [True, False]


def test_a_redacted_copy_and_a_workbook_are_corrected_too(
    twice: Dataset, workbook: Callable[..., bytes]
) -> None:
    rows = [
        ["time", "temp (C)", "user"],
        *[[f"2026-03-01 1{n}:00", f"1.{n}", "someone"] for n in range(6)],
    ]
    first = twice.upload(Source("book.xlsx", workbook({"s": rows})), station="EE-A/roof", now=NOW)
    done = twice.correct("book.xlsx", station="EE-A/garden", now=NOW)
    assert done.record["corrects"]["submission"] == first.submission
    assert done.accepted == 6
    assert twice.verify()["ok"]


def test_nothing_is_doubled_when_someone_else_corrects_at_the_same_time(
    twice: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = twice.upload(Source("a.csv", LOCAL), station="EE-A/roof", now=NOW)
    real = Journal.add

    def meanwhile(self: Journal, *arguments: object, **more: object) -> object:
        monkeypatch.setattr(Journal, "add", real)
        open_dataset(twice.folder).correct(first.submission, station="EE-A/pond", now=NOW)
        return real(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "add", meanwhile)
    with pytest.raises(UsageError, match="was corrected already"):
        twice.correct(first.submission, station="EE-A/garden", now=NOW)
    assert set(twice.readings("temperature", freq=None)["station"]) == {"EE-A/pond"}
