"""The page without code: one file, the same bytes for the same data, answers that do not lie open."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

import kit
from kit import lesson
from kit.classroom import Task
from kit.dataset import create
from kit.errors import JobError
from kit.lesson.faces import Faces, build_faces
from kit.lesson.forms_page import accepted_units
from kit.lesson.page import answers_page, page
from kit.lesson.performing import Data, perform
from kit.lesson.sealed import sealed, unsealed
from kit.model import Station
from tests.lesson.small import FIGURE, shown

#: What such a page may weigh, compressed, scripts included.
MOST = 1_500_000
READINGS = "time (UTC);temperature (°C)\n" + "".join(
    f"2026-05-{day:02d} {hour:02d}:00;{day + hour / 10:.1f}\n" for day in range(1, 5) for hour in range(24)
)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A school's own dataset with four days of temperature."""
    shared = create(tmp_path / "ours", school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    shared.add_station(
        Station("EE-TST-1/roof", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "roof", "Our roof")
    )
    file = tmp_path / "may.csv"
    file.write_text(READINGS, encoding="utf-8")
    shared.upload(file, station="EE-TST-1/roof", accept_likely=True)
    shared.close()
    return tmp_path / "ours"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def visible(made: str) -> str:
    return re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", made, flags=re.S)


def test_the_page_has_all_its_parts(small: lesson.Lesson) -> None:
    one = small.at("C")
    made = page(one, "en", shown(one))
    assert made.count('<form class="task"') == 4
    assert made.count('<form class="survey"') == 1
    assert "<h1" in made
    assert made.count("<h1") == 1
    said = visible(made)
    assert (
        "Our station: School &lt;S&gt;. Last reading: May 1, 2026. Version of the data: 0123456789ab." in said
    )
    assert "of the notebook" not in said, "what only notebooks need is left out"
    assert "Press Shift" not in said
    assert "Opened in JupyterLab" not in said
    assert "Let them talk first" not in said
    assert '<th scope="row">1</th>' in made
    assert '<th scope="col">°C</th>' in made
    assert "mean</strong>: all values added up" in made, "the glossary"
    assert len(gzip.compress(made.encode())) < MOST


def test_no_right_answer_lies_open(small: lesson.Lesson) -> None:
    one = small.at("C")
    made = page(one, "en", shown(one))
    for task in one.tasks.values():
        for secret in (*task.hints, task.explain):
            assert not secret or secret not in made
    assert "2.5 °C" not in made
    seals = re.findall(r'data-task="(\w)" data-kind="\w+" data-sealed="([^"]+)"', made)
    settings = json.loads(re.findall(r'id="kit-page">(.*?)</script>', made, re.S)[0])
    opened = {name: json.loads(unsealed(seal, settings["salt"] + name)) for name, seal in seals}
    assert [opened[name]["right"] for name in "1234"] == [2.5, ["b"], ["a", "c"], None]
    assert opened["1"]["slack"] == 0.2
    assert opened["2"]["hints"] == ["Touch it.", "It is the second."]


def test_way_with_code_is_folded_or_stands_for_a_panel(small: lesson.Lesson) -> None:
    one = small.at("A")
    assert "<summary>More to see</summary>" not in page(one, "en", shown(one)), (
        "the panel is in the same step"
    )
    path = small.folder / "lesson.md"
    text = path.read_text(encoding="utf-8").replace(
        "kit.widgets.upload_panel(shared, station=lesson.station)", "1"
    )
    path.write_text(text, encoding="utf-8")
    made = page(one, "en", shown(one))
    assert "<details><summary>More to see</summary><figure" in made


def test_a_figure_that_stands_twice_has_its_own_ids(small: lesson.Lesson) -> None:
    one = small.at("A")
    done = shown(one)
    outputs = tuple(found * 2 if found and "image/svg+xml" in found[0] else found for found in done.outputs)
    made = page(one, "en", done.__class__(**{**vars(done), "outputs": outputs}))
    ids = re.findall(r'\bid="([^"]+)"', made)
    assert len(ids) == len(set(ids))
    assert 'aria-labelledby="kit-0123456789-2-title"' in made
    assert made.count("M0 0L9 9") == 2 * FIGURE.count("M0 0L9 9")


def test_teachers_have_the_answers_beside_it(small: lesson.Lesson) -> None:
    one = small.at("C")
    said = visible(answers_page(one, "en", shown(one)))
    for text in (
        "2.5 °C",
        "b) tea &amp; cake",
        "a) ice; c) snow",
        "Every day counts once.",
        "Look at the table.",
    ):
        assert text in said, text


@pytest.mark.slow
def test_a_page_is_made_of_a_schools_own_data(small: lesson.Lesson, dataset: Path, tmp_path: Path) -> None:
    edit(small.folder / "lesson.toml", '["A", "C"]', '["C"]')
    found = lesson.load(small.folder)
    before = {path: path.read_bytes() for path in dataset.glob("versions/*")}
    made = []
    for _ in range(2):
        faces = Faces(found, "en", Data(str(dataset), "EE-TST-1/roof"))
        made.append(dict(faces.files("page")) | dict(faces.files("moodle")))
    assert made[0] == made[1], "the same data give the same bytes"
    assert list(made[0]) == ["page.html", "answers.html", "small-en.imscc"]
    text = made[0]["page.html"].decode()
    assert "Our station: Our roof. Last reading: May 4, 2026." in visible(text)
    assert "invented" not in visible(text)
    assert str(tmp_path) not in text, "where the data lie is nobody's business"
    assert {path: path.read_bytes() for path in dataset.glob("versions/*")} == before
    done = faces.performed(found.at("C"))
    shared = kit.open(dataset)
    days = shared.readings("temperature", station="EE-TST-1/roof", freq="1D")["temperature"]
    assert done.answers["1"]["right"] == pytest.approx(float(days.mean()))
    assert (done.practice, done.version) == (False, shared.version)
    assert not Path("my-progress.json").exists()


def test_printed_words_stand_on_the_page(small: lesson.Lesson, tmp_path: Path) -> None:
    """A sentence that a cell prints is for people; what it warns of is not."""
    source = 'import warnings\nprint("one < two")\nprint("three")\nwarnings.warn("four", stacklevel=1)\n'
    edit(
        small.folder / "lesson.md",
        '```python tags=["setup"',
        f'```python\n{source}```\n\n```python tags=["setup"',
    )
    one = lesson.load(small.folder).at("C")
    done = perform(one, "en", Data())
    words = [
        bundle["text/html"] for bundles in done.outputs for bundle in bundles if "one &lt;" in str(bundle)
    ]
    assert words == ["<p>one &lt; two<br>three</p>"]
    assert "four" not in str(done.outputs)


@pytest.mark.slow
def test_a_lesson_that_uploads_gives_nothing_to_the_dataset(
    small: lesson.Lesson, dataset: Path, tmp_path: Path
) -> None:
    edit(small.folder / "lesson.toml", 'depths = ["A", "C"]', 'depths = ["C"]')
    edit(small.folder / "lesson.toml", "uploads = false", "uploads = true")
    start = 'station=station, depth="{{depth}}")'
    edit(small.folder / "lesson.md", start, 'station=station, file=file, depth="{{depth}}")\nlesson.upload()')
    june = tmp_path / "june.csv"
    june.write_text(READINGS.replace("2026-05", "2026-06"), encoding="utf-8")
    done = perform(lesson.load(small.folder).at("C"), "en", Data(str(dataset), "EE-TST-1/roof", str(june)))
    assert done.last == "2026-06-04", "in the page the file is there"
    shared = kit.open(dataset)
    assert len(shared.submissions()) == 1, "in the dataset it is not"
    assert done.version == shared.version


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_nothing_is_written(
    small: lesson.Lesson, dataset: Path, tmp_path: Path
) -> None:
    edit(small.folder / "lesson.md", "lesson.progress()", "lesson.look()")
    with pytest.raises(JobError, match=r"small cannot become a page .* This lesson works without a file"):
        list(build_faces(small.folder, ("page",), tmp_path / "out", lang="en", data=Data(str(dataset))))
    assert not (tmp_path / "out").exists()


def test_faces_go_into_a_folder_for_each_language(
    small: lesson.Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = [path.as_posix() for path in build_faces(small.folder, ("print", "metadata"))]
    assert made[:2] == ["built/small/en/handout-a.html", "built/small/en/handout-teacher-a.html"]
    assert made[4] == "built/small/en/lesson.jsonld"
    assert {Path(path).parts[2] for path in made} == {"en", "et"}
    only = list(build_faces(small.folder, ("metadata",), tmp_path / "out", lang="et"))
    assert only == [tmp_path / "out" / "et" / "lesson.jsonld"]
    notebooks = list(build_faces(small.folder, out=tmp_path / "nb", lang="en"))
    shutil.rmtree(tmp_path / "nb")
    assert {path.suffix for path in notebooks} == {".ipynb"}


@pytest.mark.parametrize("text", ["", "a", "12,5 µg/m³", "да 🌡", "x" * 5000])
def test_what_is_sealed_comes_back(text: str) -> None:
    assert unsealed(sealed(text, "salt"), "salt") == text
    assert text in ("", "a") or text not in sealed(text, "salt")


def test_units_that_a_page_understands_are_those_of_the_vocabulary() -> None:
    units = accepted_units(Task("1", "number", "?", variable="temperature"))
    assert units["°c"] == [0.0, 1.0]
    assert (86 - units["°f"][0]) * units["°f"][1] == pytest.approx(30)
    assert (300 - units["k"][0]) * units["k"][1] == pytest.approx(26.85)
    assert "hpa" not in units
    wind = accepted_units(Task("1", "number", "?", variable="wind_speed"))
    assert "km/h" in wind
    assert "bft" not in wind, "Beaufort is not a straight line"
