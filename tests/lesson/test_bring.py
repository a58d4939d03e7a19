"""A notebook that a teacher changed comes back into the lesson's source."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from kit.cli import run
from kit.errors import FileError, UsageError

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"
Book = dict[str, Any]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An own version in English, its notebooks built."""
    made = lesson.new("own", SHIPPED, lang="en", out=tmp_path)
    lesson.build_all(made)
    return made


def sources(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def saved(own: Path, act: Callable[[Book], None], audience: str = "pupil") -> Path:
    """Return a copy of a built notebook after some changes, as JupyterLab saves it."""
    name = next((own / "build").rglob(f"{audience}*.ipynb"))
    book = json.loads(name.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])
    act(book)
    out = own.parent / "changed.ipynb"
    out.write_text(json.dumps(book, indent=1), encoding="utf-8")
    return out


def cell(book: Book, words: str) -> Book:
    found = [one for one in book["cells"] if words in one["source"]]
    assert found, words
    return found[0]  # type: ignore[no-any-return]


def swap(old: str, new: str) -> Callable[[Book], None]:
    def act(book: Book) -> None:
        found = cell(book, old)
        found["source"] = found["source"].replace(old, new)

    return act


def markdown(text: str, **more: Any) -> Book:
    return {"cell_type": "markdown", "id": "abcdef12", "metadata": {}, "source": text, **more}


def code(text: str) -> Book:
    return {"cell_type": "code", "id": "fedcba98", "metadata": {"trusted": True}, "source": text,
            "outputs": [], "execution_count": 3}  # fmt: skip


@pytest.mark.parametrize("audience", ["pupil", "teacher"])
def test_an_unchanged_notebook_changes_nothing(own: Path, audience: str) -> None:
    before = sources(own)
    done = lesson.bring(own, saved(own, lambda book: None, audience))
    assert done.changes == ()
    assert sources(own) == before
    assert "says what own says already" in done.text("en")


def test_outputs_answers_and_what_other_programs_add_are_not_brought(own: Path) -> None:
    def act(book: Book) -> None:
        book["metadata"] |= {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.13"}}
        for one in book["cells"]:
            one["metadata"] |= {"execution": {"iopub.execute_input": "x"}, "collapsed": False}
            if one["cell_type"] == "code":
                one |= {
                    "execution_count": 7,
                    "outputs": [{"output_type": "stream", "name": "stdout", "text": "hi"}],
                }
        swap('kit.answer("A1", ...)', 'kit.answer("A1", 747)')(book)
        swap('kit.answer("A5", ...)', 'kit.answer("A5", "We keep it, because the fire was real")')(book)
        swap('ours["flag"] == ...', 'ours["flag"] == 1')(book)
        book["cells"].insert(4, {**code('dataset = "x"'), "metadata": {"tags": ["injected-parameters"]}})
        book["cells"].append(code(""))

    before = sources(own)
    assert lesson.bring(own, saved(own, act)).changes == ()
    assert sources(own) == before


def test_changed_new_deleted_and_moved_cells(own: Path) -> None:
    text = (own / "lesson.md").read_text(encoding="utf-8")

    def act(book: Book) -> None:
        swap("Our device wrote a file.", "Our own device on the roof wrote a file.")(book)
        swap(
            'kit.plot.timeline(lesson.readings("pm25"))',
            'kit.plot.timeline(lesson.readings("pm10"))',
        )(book)
        cells = book["cells"]
        cells.remove(cell(book, 'lesson.means("pm25")'))
        place = cells.index(cell(book, "lesson.doubtful()"))
        cells.insert(place + 1, markdown("Show your neighbour the strangest value.\n\n\n- one\n- two"))
        cells.insert(place + 2, code('kit.answer("A2", 12)\nprint("so many")'))
        years = cell(book, "lesson.years()")
        cells.remove(years)
        cells.append(years)

    done = lesson.bring(own, saved(own, act))
    kinds = sorted(one.kind for one in done.changes)
    assert kinds == ["changed", "changed", "gone", "moved", "new", "new"]
    after = (own / "lesson.md").read_text(encoding="utf-8")
    assert "{{step look}}\n\nOur own device on the roof wrote a file." in after
    assert 'kit.plot.timeline(lesson.readings("pm10"))' in after
    assert "lesson.means" not in after
    assert "Show your neighbour the strangest value.\n\n- one\n- two" in after
    assert 'kit.answer("A2", ...)\nprint("so many")' in after
    assert after.rstrip().endswith("```python\nlesson.years()\n```")
    lines = text.splitlines()
    lost = [line for line in lines if line not in after.splitlines()]
    assert len(lost) == 3, lost
    assert after.count('tags=["teacher"]') == text.count('tags=["teacher"]')


def test_texts_that_kit_wrote_out_go_where_they_came_from(own: Path) -> None:
    def act(book: Book) -> None:
        swap(
            "How many rows of readings does our file have?", "How many lines of readings does our file have?"
        )(book)
        swap("# Our air: can our numbers be right, and what do many schools see together?", "# Our roof")(
            book
        )
        swap("upload a file and read its receipt", "give a file and read its receipt")(book)
        swap("### 2. Look at our file\n\n*8 minutes", "### 2. Look at it\n\n*9 minutes")(book)
        swap("## Hour 2: many schools: what do we see together?", "## Hour 2: together")(book)
        swap("- **c** The sensor was stuck", "- **c** The device was stuck")(book)
        swap('station = ""', 'station = "EE-7/roof"')(book)

    md = (own / "lesson.md").read_text(encoding="utf-8")
    done = lesson.bring(own, saved(own, act))
    found = lesson.load(own)
    assert found.title("en") == "Our roof"
    assert found.tasks["A1"].question.startswith("How many lines of readings")
    assert found.tasks["A3"].options["c"].startswith("The device was stuck")
    assert found.facts["objectives"][0] == "give a file and read its receipt"
    assert found.hours[1].title == "together"
    step = found.hours[0].steps[1]
    assert (step.title, step.minutes) == ("Look at it", 9)
    assert (own / "lesson.md").read_text(encoding="utf-8") == md.replace(
        'station = ""', 'station = "EE-7/roof"'
    )
    assert {one.file for one in done.changes} == {"lesson.md", "lesson.toml", "answers.toml"}
    assert done.problems == ("Hour 1: its steps take 46 minutes, not 45.",)
    lesson.build_all(own)
    assert lesson.bring(own, saved(own, lambda book: None)).changes == (), "built anew it says the same"


def test_what_cannot_be_brought_is_said(own: Path) -> None:
    def act(book: Book) -> None:
        swap("[CC BY 4.0]", "[all rights reserved]")(book)
        swap("lesson.look()", "lesson.look(")(book)
        book["cells"].append({"cell_type": "raw", "id": "r", "metadata": {}, "source": "<b>raw</b>"})
        book["cells"].append(markdown("![our roof](attachment:roof.png)", id="p"))

    before = sources(own)
    done = lesson.bring(own, saved(own, act))
    assert sorted(one.kind for one in done.changes) == ["left", "picture", "raw", "unread"]
    assert all(one.open for one in done.changes)
    assert "kit writes this from lesson.toml" in done.text("en")
    assert sources(own) == before


def test_a_teachers_notebook(own: Path) -> None:
    def act(book: Book) -> None:
        swap("Pupils often want a ranking;", "Pupils always want a ranking;")(book)
        swap("Look for a date that does not exist.", "Which month has no 31st day?")(book)
        book["cells"].insert(6, markdown("Print the handouts the day before."))

    done = lesson.bring(own, saved(own, act, "teacher"))
    assert done.problems == ()
    text = (own / "lesson.md").read_text(encoding="utf-8")
    assert "Pupils always want a ranking;" in text
    assert (
        '<!-- #region tags=["teacher"] -->\nPrint the handouts the day before.\n<!-- #endregion -->' in text
    )
    assert "For the teacher" not in text
    assert lesson.load(own).tasks["A6"].hints[1] == "Which month has no 31st day?"
    pupil, *_ = lesson.build(own, own.parent / "out", "en")
    assert "handouts" not in pupil.read_text(encoding="utf-8")


def test_cells_that_were_split_and_joined_keep_their_directives(own: Path) -> None:
    def act(book: Book) -> None:
        first = cell(book, "### 2. Look at our file")
        head, rest = first["source"].split("\n\nOur device", 1)
        first["source"] = head
        place = book["cells"].index(first)
        book["cells"].insert(place + 1, markdown("Our device" + rest))
        early = cell(book, "You may stop here.")
        book["cells"].remove(early)
        before = cell(book, 'kit.answer("A6"')
        book["cells"].insert(
            book["cells"].index(before) + 1,
            {**early, "id": "fresh", "source": "Well done!\n\n" + early["source"]},
        )

    done = lesson.bring(own, saved(own, act))
    assert done.problems == ()
    text = (own / "lesson.md").read_text(encoding="utf-8")
    assert "{{step look}}\n\n\nOur device" in text
    assert "Well done!\n\n{{early-finish}}" in text
    assert "### 2." not in text


def test_a_task_that_was_taken_out_goes_from_the_answers(own: Path) -> None:
    def act(book: Book) -> None:
        book["cells"].remove(cell(book, 'kit.answer("A5"'))
        asked = cell(book, "**Task A5.**")
        blocks = asked["source"].split("\n\n")
        asked["source"] = "\n\n".join(block for block in blocks if "**Task A5.**" not in block)
        if not asked["source"]:
            book["cells"].remove(asked)

    done = lesson.bring(own, saved(own, act))
    assert "A5" not in lesson.load(own).tasks
    assert done.problems == ()


@pytest.mark.parametrize("how", ["no ids", "other ids", "no head, old format"])
def test_notebooks_of_other_programs_are_matched_by_their_texts(own: Path, how: str) -> None:
    def act(book: Book) -> None:
        for number, one in enumerate(book["cells"]):
            one.pop("id")
            if how == "other ids":
                one["id"] = f"vscode{number}"
        if how != "other ids":
            book["nbformat_minor"] = 2
        if how.startswith("no head"):
            book["metadata"] = {
                "colab": {"provenance": []},
                "kernelspec": {"name": "python3", "display_name": "x"},
            }
            for one in book["cells"]:
                one["metadata"] = {"id": "Zx3"}
        swap("Our device wrote a file.", "Our own device wrote a file.")(book)
        swap("lesson.doubtful()", "lesson.doubtful()  # all of them")(book)

    done = lesson.bring(own, saved(own, act))
    assert [one.kind for one in done.changes] == ["changed", "changed"], done.text()
    assert "{{step look}}\n\nOur own device wrote a file." in (own / "lesson.md").read_text(encoding="utf-8")
    assert 'tags=["parameters"]' in (own / "lesson.md").read_text(encoding="utf-8")


def test_a_notebook_of_the_origin_goes_into_the_own_version(own: Path, tmp_path: Path) -> None:
    lesson.build_all(SHIPPED, tmp_path / "out")
    book = json.loads((tmp_path / "out" / "en" / "pupil.ipynb").read_text(encoding="utf-8"))
    for one in book["cells"]:
        one["source"] = "".join(one["source"]).replace(
            "Our device wrote a file.", "Our own device wrote a file."
        )
    (tmp_path / "mine.ipynb").write_text(json.dumps(book), encoding="utf-8")
    done = lesson.bring(own, tmp_path / "mine.ipynb")
    assert [one.kind for one in done.changes] == ["changed"], done.text()


def test_a_notebook_of_an_older_text(own: Path) -> None:
    changed = saved(own, swap("Our device wrote a file.", "Our own device wrote a file."))
    text = (own / "lesson.md").read_text(encoding="utf-8")
    (own / "lesson.md").write_text(
        text.replace("Here are the values", "These are the values"), encoding="utf-8"
    )
    done = lesson.bring(
        own, changed
    )  # the older notebook stands in build/ still: that tells what was changed
    assert [one.kind for one in done.changes] == ["changed"]
    after = (own / "lesson.md").read_text(encoding="utf-8")
    assert "Our own device" in after
    assert "These are the values" in after
    shutil.rmtree(own / "build")
    with pytest.raises(UsageError, match="built from an older text of own"):
        lesson.bring(own, changed)


def test_each_depth_brings_its_own(tmp_path: Path) -> None:
    made = lesson.new("own", SHIPPED, lang="en", out=tmp_path)
    facts = (made / "lesson.toml").read_text(encoding="utf-8")
    (made / "lesson.toml").write_text('depths = ["A", "B"]\n' + facts, encoding="utf-8")
    text = (made / "lesson.md").read_text(encoding="utf-8")
    text = text.replace("station=station, file=file)", 'station=station, file=file, depth="{{depth}}")')
    text = text.replace("```python\nlesson.look()", '```python tags=["A"]\nlesson.look()')
    (made / "lesson.md").write_text(text, encoding="utf-8")
    lesson.build_all(made)
    path = made / "build" / "en" / "pupil-b.ipynb"
    assert lesson.bring(made, path).changes == ()
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"].insert(5, markdown("Only you of depth B read this."))
    del book["metadata"]["kit"]
    path.write_text(json.dumps(book), encoding="utf-8")
    lesson.bring(made, path)
    after = (made / "lesson.md").read_text(encoding="utf-8")
    assert '<!-- #region tags=["B"] -->\nOnly you of depth B read this.' in after
    assert 'tags=["A"]\nlesson.look()' in after


def test_wrong_files_and_lessons(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(FileError, match="is not a notebook"):
        lesson.bring(own, tmp_path / "x.ipynb")
    with pytest.raises(FileError, match="is missing"):
        lesson.bring(own, tmp_path / "nowhere.ipynb")
    other = saved(own, lambda book: book["metadata"]["kit"].update(lesson="33-rain"))
    with pytest.raises(UsageError, match="belongs to the lesson 33-rain"):
        lesson.bring(own, other)
    other = saved(own, lambda book: book["metadata"]["kit"].update(language="et"))
    with pytest.raises(UsageError, match="is in the language et"):
        lesson.bring(own, other)
    changed = saved(own, swap("Our device wrote a file.", "Our own device wrote a file."))
    before = sources(own)
    assert run(["lesson", "bring", str(own), str(changed), "--show", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in told["changes"]] == ["changed"]
    assert sources(own) == before
