"""The two lessons of the whole way: numbers counted by hand, and a class with its own data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, lesson, text
from kit.dataset import create
from kit.errors import UsageError
from kit.model import Station
from tests.lessons.conftest import Begin
from tests.lessons.executed import LESSONS, NOTEBOOKS


@pytest.fixture
def air(begin: Begin) -> lesson.Running:
    return begin("00-our-air")


def test_the_first_lesson_is_there_in_both_languages_and_one_was_adapted() -> None:
    assert {path.relative_to(LESSONS).as_posix() for path in NOTEBOOKS} >= {
        f"00-our-air/build/{lang}/{who}.ipynb" for lang in ("en", "et") for who in ("pupil", "teacher")
    }
    adapted = [
        lesson.load(folder)
        for folder in sorted(LESSONS.glob("00-*"))
        if lesson.load(folder).facts.get("origin")
    ]
    assert [one.facts["origin"]["lesson"] for one in adapted] == ["00-our-air"]
    old, own = lesson.load(LESSONS / "00-our-air"), adapted[0]
    changed = [name for name in old.tasks if (own.tasks[name].code, own.tasks[name].answer)
               != (old.tasks[name].code, old.tasks[name].answer)]  # fmt: skip
    assert changed == ["A2"], "a teacher changed one task"
    assert {hour.minutes for hour in own.hours} == {40}
    assert own.parameters["station"] != old.parameters["station"]
    assert len(own.facts["origin"]["hash"]) == 64


def test_answers_agree_with_the_file_counted_by_hand(air: lesson.Running) -> None:
    """The same numbers from the raw file with pandas alone, knowing what the script put in."""
    raw = pd.read_csv(air.file, sep=";", decimal=",")
    assert air.report.rows == len(raw) == 747
    assert air.report.rejected == int((raw["Kuupäev"] == "31.11.2025").sum()) == 2
    once = raw[raw["Kuupäev"] != "31.11.2025"].drop_duplicates()
    fine = once.iloc[:, 2]
    fine = fine[fine != -999]
    assert len(air.readings("pm25")) == len(fine) == 744 - 2 - 6
    good = fine[fine < 200]
    assert len(fine) - len(good) == 3
    assert air.mean("pm25") == pytest.approx(fine.mean())
    assert air.mean("pm25", good=True) == pytest.approx(good.mean())
    assert air.doubtful_values == 3 + 1 + 30
    assert air.likely_cause("pm25") == "b"
    assert air.likely_cause("humidity") == "d"
    assert (air.since, air.until) == ("2025-12-01", "2025-12-31")


def test_comparison_and_trend_are_those_of_the_shared_data(air: lesson.Running) -> None:
    assert air.region == "EE-79"
    assert air.catch_up().title == "Our file is among the shared data now."
    again = air.catch_up()
    assert again.title == "Our file was there already; nothing was doubled."
    assert f"{air.report.accepted} of its {air.report.rows} rows are good." in str(again)
    assert 700 < air.report.accepted < 747
    table = air.doubtful()._repr_html_()
    assert 'white-space:nowrap">2025-12-06</span> 17:00<' in table, "a date is not broken over lines"
    days = air.shared.readings("pm25", region="EE-79", since="2025-12-01", until="2025-12-31", freq="1D")
    table = days["pm25"].to_pandas().T.dropna()
    ours = table.pop(air.station)
    assert air.comparison.n_days == len(table)
    assert air.comparison.difference == pytest.approx(float((ours - table.mean(axis=1)).mean()))
    assert air.trend.low < -0.35 < air.trend.high, "what was put into the sample schools"
    assert air.conclusions == "a, d"
    years = air.years()
    assert [row["year"] for row in years.rows] == list(range(2019, 2026))
    assert np.isfinite(air.trend.per_decade)


def test_practice_forgets_and_the_cache_stays_clean(air: lesson.Running) -> None:
    before = len(air.shared.submissions())
    air.upload()
    assert len(air.shared.submissions()) == before + 1
    again = lesson.start("00-our-air", lang="en")
    assert len(again.shared.submissions()) == before
    assert again.shared.folder != air.shared.folder
    assert "invented data" in repr(again)


def test_a_class_with_its_own_data_works_with_its_own_station(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = create(tmp_path / "ours", school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    shared.add_station(Station("EE-TST-1/roof", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "roof", "Test"))
    file = tmp_path / "may.csv"
    file.write_text(
        "time (UTC);PM2.5 (µg/m³)\n2026-05-01 00:00;5,5\n2026-05-01 01:00;6,5\n", encoding="utf-8"
    )
    monkeypatch.setenv("KIT_DATASET", str(tmp_path / "ours"))
    started = lesson.start("00-our-air", lang="en", file=file)
    assert not started.practice
    assert started.station == "EE-TST-1/roof"
    assert kit.answer("A1", 2).state == "right"
    with pytest.raises(UsageError, match="Which file of the station EE-TST-1/roof"):
        lesson.start("00-our-air", lang="en")
    shared.add_station(
        Station("EE-TST-1/yard", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "garden", "Test")
    )
    with pytest.raises(UsageError, match="Which station is yours"):
        lesson.start("00-our-air", lang="en", file=file)
    classroom.leave()
    text.use(None)
    assert os.environ["KIT_DATASET"]


def test_a_lesson_that_uploads_nothing_needs_no_file(tmp_path: Path) -> None:
    folder = shutil.copytree(LESSONS / "00-our-air", tmp_path / "no-file")
    path = folder / "lesson.toml"
    path.write_text("uploads = false\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    started = lesson.start(folder, lang="en", station="EE-TRT-7k2p/roof")
    assert started.file is None
    assert "file" not in repr(started).lower()
    with pytest.raises(UsageError, match="works without a file of your own"):
        started.look()
    classroom.leave()
    text.use(None)
