"""The lessons that come with kit: built, translated, run by papermill, answers from the class's own data."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, lesson, text
from kit.dataset import create
from kit.errors import UsageError
from kit.model import Station

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
FOLDERS = sorted(path.parent for path in LESSONS.glob("*/lesson.toml"))
NOTEBOOKS = sorted(LESSONS.glob("*/build/*/*.ipynb"))
PLOTLY = "application/vnd.plotly.v1+json"


@pytest.fixture
def running(
    practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[lesson.Running]:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)
    yield lesson.start("00-our-air", lang="en")
    classroom.leave()
    text.use(None)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_nothing_is_missing(folder: Path) -> None:
    assert lesson.validate(folder) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_lesson_has_what_a_teacher_asks_for(folder: Path) -> None:
    found = lesson.load(folder)
    assert all(found.facts.get(key) for key in ("subjects", "curriculum", "glossary")), "goals and words"
    assert found.rubric is not None
    assert found.questionnaire is not None
    assert {need.whose for need in found.least.needs} >= {"ours"}
    assert set(found.facts["read_by"]) == set(found.languages)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_committed_notebooks_are_those_of_the_source(folder: Path, tmp_path: Path) -> None:
    built = {made.relative_to(tmp_path) for made in lesson.build_all(folder, tmp_path)}
    assert built == {path.relative_to(folder / "build") for path in folder.glob("build/*/*.ipynb")}
    for made in lesson.build_all(folder, tmp_path):
        kept = folder / "build" / made.relative_to(tmp_path)
        assert kept.read_bytes() == made.read_bytes(), f"run: kit lesson build {folder.name}"


def test_the_first_lesson_is_there_in_both_languages_and_one_was_adapted() -> None:
    assert {path.relative_to(LESSONS).as_posix() for path in NOTEBOOKS} >= {
        f"00-our-air/build/{lang}/{who}.ipynb" for lang in ("en", "et") for who in ("pupil", "teacher")
    }
    adapted = [lesson.load(folder) for folder in FOLDERS if lesson.load(folder).facts.get("origin")]
    assert [one.facts["origin"]["lesson"] for one in adapted] == ["00-our-air"]
    old, own = lesson.load(LESSONS / "00-our-air"), adapted[0]
    changed = [name for name in old.tasks if (own.tasks[name].code, own.tasks[name].answer)
               != (old.tasks[name].code, old.tasks[name].answer)]  # fmt: skip
    assert changed == ["A2"], "a teacher changed one task"
    assert {hour.minutes for hour in own.hours} == {40}
    assert own.parameters["station"] != old.parameters["station"]
    assert len(own.facts["origin"]["hash"]) == 64


def test_sample_file_is_what_its_script_makes() -> None:
    path = LESSONS / "00-our-air" / "data" / "make_sample.py"
    spec = importlib.util.spec_from_file_location("make_sample", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.FILE.read_bytes() == module.make().encode("utf-8"), "run make_sample.py"


def worked() -> float:
    """Return the processor's time of all processes that this one started and that have ended, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.relative_to(LESSONS).as_posix())
def test_papermill_runs_it(
    notebook: Path, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import papermill

    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out.ipynb"
    before = worked()
    papermill.execute_notebook(str(notebook), str(out), progress_bar=False, cwd=str(tmp_path))
    seconds = worked() - before
    made = json.loads(out.read_text(encoding="utf-8"))
    outputs = [output for cell in made["cells"] for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    charts = [output for output in outputs if PLOTLY in output.get("data", {})]
    assert len(charts) >= 4, "without widgets the lesson still shows its figures"
    for chart in charts:
        words = "".join(chart["data"]["text/plain"])
        assert len(words) > 40
        assert any(sign.isdigit() for sign in words)
    assert "application/vnd.jupyter.widget-view+json" not in json.dumps(outputs)
    assert not (tmp_path / "my-progress.json").exists()
    assert seconds < 90, f"{seconds:.0f} s of the processor: a class does not wait so long"


def test_papermill_still_fails_where_a_cell_fails(
    practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    with pytest.raises(PapermillExecutionError, match="no-such-folder"):
        papermill.execute_notebook(
            str(LESSONS / "00-our-air" / "build" / "en" / "pupil.ipynb"), str(tmp_path / "out.ipynb"),
            parameters={"dataset": str(tmp_path / "no-such-folder")}, progress_bar=False, cwd=str(tmp_path),
        )  # fmt: skip


def test_every_task_is_right_with_its_own_answer_and_not_without(running: lesson.Running) -> None:
    running.catch_up()
    context = classroom.current()
    for name, task in context.tasks.items():
        if task.kind == "text":
            assert kit.answer(name, "because").state == "saved"
            continue
        right = context.right_answer(task)
        assert kit.answer(name, right).state == "right", name
        shown = str(right).replace(".", ",")
        assert (
            kit.answer(name, f"{shown} {task.unit}" if task.kind == "number" else shown).state == "right"
        ), name
        wrong = float(right) + 1 if task.kind == "number" else "b" if right != "b" else "a"
        assert kit.answer(name, wrong).state == "not yet", name
        assert kit.answer(name, ...).state == "not attempted", name
        assert "answer" in str(kit.solution(name))


def test_answers_agree_with_the_file_counted_by_hand(running: lesson.Running) -> None:
    """The same numbers from the raw file with pandas alone, knowing what the script put in."""
    raw = pd.read_csv(running.file, sep=";", decimal=",")
    assert running.report.rows == len(raw) == 747
    assert running.report.rejected == int((raw["Kuupäev"] == "31.11.2025").sum()) == 2
    once = raw[raw["Kuupäev"] != "31.11.2025"].drop_duplicates()
    fine = once.iloc[:, 2]
    fine = fine[fine != -999]
    assert len(running.readings("pm25")) == len(fine) == 744 - 2 - 6
    good = fine[fine < 200]
    assert len(fine) - len(good) == 3
    assert running.mean("pm25") == pytest.approx(fine.mean())
    assert running.mean("pm25", good=True) == pytest.approx(good.mean())
    assert running.doubtful_values == 3 + 1 + 30
    assert running.likely_cause("pm25") == "b"
    assert running.likely_cause("humidity") == "d"
    assert (running.since, running.until) == ("2025-12-01", "2025-12-31")


def test_comparison_and_trend_are_those_of_the_shared_data(running: lesson.Running) -> None:
    assert running.region == "EE-79"
    assert running.catch_up().title == "Our file is among the shared data now."
    again = running.catch_up()
    assert again.title == "Our file was there already; nothing was doubled."
    assert f"{running.report.accepted} of its {running.report.rows} rows are good." in str(again)
    assert 700 < running.report.accepted < 747
    table = running.doubtful()._repr_html_()
    assert 'white-space:nowrap">2025-12-06</span> 17:00<' in table, "a date is not broken over lines"
    days = running.shared.readings("pm25", region="EE-79", since="2025-12-01", until="2025-12-31", freq="1D")
    table = days["pm25"].to_pandas().T.dropna()
    ours = table.pop(running.station)
    assert running.comparison.n_days == len(table)
    assert running.comparison.difference == pytest.approx(float((ours - table.mean(axis=1)).mean()))
    assert running.trend.low < -0.35 < running.trend.high, "what was put into the sample schools"
    assert running.conclusions == "a, d"
    years = running.years()
    assert [row["year"] for row in years.rows] == list(range(2019, 2026))
    assert np.isfinite(running.trend.per_decade)


def test_practice_forgets_and_the_cache_stays_clean(running: lesson.Running) -> None:
    before = len(running.shared.submissions())
    running.upload()
    assert len(running.shared.submissions()) == before + 1
    again = lesson.start("00-our-air", lang="en")
    assert len(again.shared.submissions()) == before
    assert again.shared.folder != running.shared.folder
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
