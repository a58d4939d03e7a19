"""Notebooks from the source: the same bytes, the right cells for each reader, every text translated."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kit import lesson
from kit.errors import FileError, JobError, NotFoundError

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped lesson that a test may change."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "00-our-air", ignore=shutil.ignore_patterns("build")))


def notebook(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def words(made: dict[str, Any]) -> str:
    return "\n".join("".join(cell["source"]) for cell in made["cells"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    out = tmp_path_factory.mktemp("built")
    found = {}
    for lang in ("en", "et"):
        pupil, teacher = lesson.build(SHIPPED, out / lang, lang)
        found[lang, "pupil"], found[lang, "teacher"] = notebook(pupil), notebook(teacher)
    return found


def test_bytes_are_the_same_every_time(folder: Path, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in lesson.build_all(folder, tmp_path / "one")]
    second = [path.read_bytes() for path in lesson.build_all(folder, tmp_path / "two")]
    assert first == second
    assert len(first) == 4


def test_notebooks_are_valid_and_have_no_outputs(built: dict[tuple[str, str], dict[str, Any]]) -> None:
    for made in built.values():
        nbformat.validate(nbformat.from_dict(made))
        assert not [cell for cell in made["cells"] if cell.get("outputs") or cell.get("execution_count")]


def test_one_title_and_no_heading_level_skipped(built: dict[tuple[str, str], dict[str, Any]]) -> None:
    for made in built.values():
        text = "\n\n".join("".join(c["source"]) for c in made["cells"] if c["cell_type"] == "markdown")
        levels = [len(mark) for mark in re.findall(r"^(#+) ", text, re.M)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_cells_have_the_same_ids_in_every_language(built: dict[tuple[str, str], dict[str, Any]]) -> None:
    for audience in ("pupil", "teacher"):
        ids = [[cell["id"] for cell in built[lang, audience]["cells"]] for lang in ("en", "et")]
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == len(ids[0])


def test_pupils_see_no_answers_and_teachers_see_all(built: dict[tuple[str, str], dict[str, Any]]) -> None:
    pupil, teacher = words(built["en", "pupil"]), words(built["en", "teacher"])
    tasks = lesson.load(SHIPPED).tasks
    for name, task in tasks.items():
        assert f'kit.answer("{name}"' in pupil
        assert f'kit.solution("{name}", now=True)' in teacher
        for secret in (*task.hints, task.explain, *([task.code] if task.code else [])):
            assert secret not in pupil
        assert all(hint in teacher for hint in task.hints)
    assert "For the teacher" in teacher
    assert "For the teacher" not in pupil
    assert not [c for c in built["en", "pupil"]["cells"] if "teacher" in c["metadata"].get("tags", [])]


def test_teachers_see_every_minute(built: dict[tuple[str, str], dict[str, Any]]) -> None:
    for made in (built["en", "teacher"], built["et", "teacher"]):
        rows = re.findall(r"^\| (\d+) \| (\d+) \|", words(made), re.M)
        assert sum(int(minutes) for _, minutes in rows) == 90
        assert "■" in words(made)


def test_papermill_finds_the_parameters_and_code_is_folded(
    built: dict[tuple[str, str], dict[str, Any]],
) -> None:
    cells = built["et", "pupil"]["cells"]
    parameters = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert len(parameters) == 1
    assert 'language = "et"' in "".join(parameters[0]["source"])
    folded = [cell for cell in cells if "no-code" in cell["metadata"].get("tags", [])]
    assert len(folded) >= 5
    assert all(cell["metadata"]["jupyter"] == {"source_hidden": True} for cell in folded)


def test_every_word_is_in_estonian(built: dict[tuple[str, str], dict[str, Any]]) -> None:
    for audience in ("pupil", "teacher"):
        text = words(built["et", audience])
        assert "tõlkimata" not in text
        assert not re.search(r"\b(the|and|which|minutes)\b", re.sub(r"`[^`]*`|\(http[^)]*\)", "", text)), (
            audience
        )


def test_an_untranslated_text_falls_back_visibly(folder: Path, tmp_path: Path) -> None:
    edit(folder / "lesson.md", "Sit with another pair.", "Sit down with another pair.")
    _, teacher = lesson.build(folder, tmp_path / "out", "et")
    assert "[veel tõlkimata] Sit down with another pair." in words(notebook(teacher))


def test_a_changed_wording_makes_its_translation_stale_until_someone_looks(
    folder: Path, tmp_path: Path
) -> None:
    edit(folder / "lesson.md", "Sit with another pair. Talk", "Sit with one more pair. Talk")
    lesson.update_translation(folder, "et")
    found = lesson.validate(folder)
    assert found == [
        "The translation (et) was made for an older wording: "
        "Sit with one more pair. Talk about these questions:"
    ]
    pupil, _ = lesson.build(folder, tmp_path / "out", "et")
    assert "[veel tõlkimata] Sit with one more pair." in words(notebook(pupil))
    edit(folder / "locale" / "et.po", "#, fuzzy\n", "")
    assert lesson.validate(folder) == []


def test_updating_an_up_to_date_translation_changes_nothing(folder: Path) -> None:
    before = (folder / "locale" / "et.po").read_bytes()
    lesson.update_translation(folder, "et")
    assert (folder / "locale" / "et.po").read_bytes() == before


def test_two_titles_are_refused_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    edit(folder / "lesson.md", "{{hour 1}}", "{{title}}\n\n{{hour 1}}")
    with pytest.raises(JobError, match="has 2 titles"):
        lesson.build(folder, tmp_path / "out", "en")
    assert not (tmp_path / "out").exists()


def test_broken_files_are_named(folder: Path) -> None:
    (folder / "answers.toml").write_text("[A1\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"answers\.toml cannot be read: .* in line 1.* needs its partner"):
        lesson.load(folder)
    (folder / "answers.toml").unlink()
    with pytest.raises(FileError, match=r"answers\.toml is missing"):
        lesson.load(folder)


def test_lessons_are_found_by_name_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lesson.find("00-our-air") == SHIPPED
    assert "00-our-air" in [one.id for one in lesson.list_lessons()]
    with pytest.raises(NotFoundError, match=r"no lesson named 99-nothing\. Known lessons: 00-our-air"):
        lesson.find("99-nothing")


def test_the_own_copy_comes_before_the_shipped_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert lesson.find("00-our-air") == folder
