"""A lesson that a teacher made her own takes in what its origin has become, and loses nothing of hers."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kit import lesson
from kit.cli import run
from kit.errors import FileError, NotFoundError, UsageError
from kit.lesson.cells import piece, split
from kit.lesson.merging import Merge
from kit.lesson.source import Cell
from kit.lesson.written import changed, to_toml

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"
WHY = (
    "Kit never changes or deletes a value. It writes a mark and a reason beside it. Who can use that, later?"
)


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson to make own versions of, which may change."""
    folder = tmp_path / "lessons" / "50-air"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("build"))
    edit(folder / "lesson.toml", '"00-our-air"', '"50-air"')
    monkeypatch.chdir(tmp_path)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path.name, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def improve(origin: Path) -> None:
    """A text, a task's hint and a new cell; version 1.1."""
    edit(origin / "lesson.toml", 'version = "1.0"', 'version = "1.1"')
    edit(origin / "lesson.md", WHY, "Kit alters no value: it writes a mark and a reason beside it. Why?")
    edit(origin / "answers.toml", "Look for a date that does not exist.", "Which month has no 31st day?")
    edit(
        origin / "lesson.md",
        "{{task A6}}",
        "Read the receipt aloud.\n\n```python\nlesson.progress()\n```\n\n{{task A6}}",
    )


def kinds(done: lesson.Updated) -> list[tuple[str, str]]:
    return [(one.kind, one.file) for one in done.differences]


def test_an_untouched_version_equals_a_fresh_one(origin: Path, tmp_path: Path) -> None:
    given = {"title": "Meie oma", "minutes": 40, "lang": "et", "without": ["A5"], "since": "2025-12-02"}
    made = lesson.new("own", origin, out=tmp_path / "my-lessons", **given)
    improve(origin)
    (origin / "data" / "more.csv").write_text("x\n", encoding="utf-8")
    done = lesson.update(made)
    assert {kind for kind, _ in kinds(done)} <= {"taken", "new", "gone"}
    fresh = lesson.new("own", origin, out=tmp_path / "fresh", **given)
    assert contents(made) == contents(fresh)
    assert not (made / "update-notes.md").exists()
    before = contents(made)
    assert lesson.update(made).fresh is False
    assert contents(made) == before


def test_an_unchanged_origin_changes_nothing(origin: Path, tmp_path: Path) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    edit(made / "lesson.md", WHY, "Who?")
    before = contents(made)
    done = lesson.update(made)
    assert (done.fresh, done.differences) == (False, ())
    assert "has not changed since own was made from it" in done.text("en")
    assert contents(made) == before


def test_what_is_the_teachers_stays_and_what_is_new_comes(origin: Path, tmp_path: Path) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    edit(made / "lesson.md", "The air carries particles so small", "Our air carries particles so small")
    edit(made / "lesson.toml", 'id = "air"\ntitle = "What is in the air?"\nminutes = 5',
         'id = "air"\n# we are quick\ntitle = "What is in our air?"\nminutes = 5')  # fmt: skip
    edit(made / "answers.toml", "[A2]", "# my own remark\n[A2]")
    text = (made / "lesson.md").read_text(encoding="utf-8")
    improve(origin)
    done = lesson.update(made)
    assert done.problems == ()
    assert {kind for kind, _ in kinds(done)} == {"new", "taken"}
    assert len(done.differences) == 5, "a text, a hint, a cell that was divided by two new ones"
    after = (made / "lesson.md").read_text(encoding="utf-8")
    assert "Our air carries particles so small" in after
    assert "Kit alters no value" in after
    assert "Read the receipt aloud." in after
    lines = set(after.splitlines())
    assert len([line for line in text.splitlines() if line not in lines]) == 1, "no other line was touched"
    facts = (made / "lesson.toml").read_text(encoding="utf-8")
    assert '# we are quick\ntitle = "What is in our air?"' in facts
    assert lesson.load(made).facts["origin"]["version"] == "1.1"
    tasks = (made / "answers.toml").read_text(encoding="utf-8")
    assert "# my own remark\n[A2]" in tasks
    assert "Which month has no 31st day?" in tasks
    before = contents(made)
    assert lesson.update(made).fresh is False
    assert contents(made) == before


def test_the_own_version_that_comes_with_kit_can_be_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "00-our-air-40-minutes"
    for one in (SHIPPED, SHIPPED.with_name(name)):
        shutil.copytree(one, tmp_path / "lessons" / one.name, ignore=shutil.ignore_patterns("build"))
    monkeypatch.chdir(tmp_path)
    origin, mine = tmp_path / "lessons" / SHIPPED.name, tmp_path / "lessons" / name
    hers = tomllib.loads((mine / "answers.toml").read_text(encoding="utf-8"))["A2"]
    edit(origin / "locale" / "et.po", "Kellele on sellest hiljem kasu?", "Kes seda kunagi vajab?")
    done = lesson.update(mine)
    assert done.fresh
    assert not done.problems
    assert not [one for one in done.differences if one.open]
    assert "Kes seda kunagi vajab?" in (mine / "lesson.md").read_text(encoding="utf-8")
    assert tomllib.loads((mine / "answers.toml").read_text(encoding="utf-8"))["A2"] == hers
    assert "seitse aastat" in (mine / "lesson.md").read_text(encoding="utf-8")
    assert not lesson.update(mine).fresh
    assert not lesson.validate(mine)


def test_what_both_changed_stays_the_teachers_and_both_texts_are_told(origin: Path, tmp_path: Path) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    edit(made / "lesson.md", WHY, "Kit never deletes a value. Who can use the mark?")
    edit(made / "answers.toml", "Look for a date that does not exist.", "Look at line 300.")
    improve(origin)
    shown = lesson.update(made, show=True)
    before = contents(made)
    assert contents(made) == before
    done = lesson.update(made)
    assert done.differences == shown.differences
    assert ("both", "lesson.md") in kinds(done)
    assert ("both", "answers.toml") in kinds(done)
    text = (made / "lesson.md").read_text(encoding="utf-8")
    assert "Who can use the mark?" in text
    assert "Kit alters no value" not in text
    notes = (made / "update-notes.md").read_text(encoding="utf-8")
    for words in (
        "Who can use the mark?",
        "Kit alters no value",
        "Look at line 300.",
        "Which month has no 31st day?",
    ):
        assert words in notes
    assert "Both of you changed this. Yours stays." in notes
    assert "**lesson.md · step talk**" in notes


def test_cells_that_went_and_moved(origin: Path, tmp_path: Path) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    text = (made / "lesson.md").read_text(encoding="utf-8")
    _, written = split(text)
    means = next(one for one in written if one.cell.source.startswith("lesson.means("))
    timeline = next(one for one in written if "kit.plot.timeline(lesson.readings" in one.cell.source)
    (made / "lesson.md").write_text(text.replace(means.raw + "\n\n", ""), encoding="utf-8")  # she took it out
    source = (origin / "lesson.md").read_text(encoding="utf-8")
    source = source.replace(
        timeline.raw + "\n\n", ""
    ).replace(  # it moved to the next step, and a cell changed
        "{{step doubt}}\n", "{{step doubt}}\n\n" + timeline.raw + "\n"
    )
    (origin / "lesson.md").write_text(
        source.replace('lesson.means("pm25")', "lesson.means()"), encoding="utf-8"
    )
    done = lesson.update(made)
    assert ("out", "lesson.md") in kinds(done)
    after = (made / "lesson.md").read_text(encoding="utf-8")
    assert "lesson.means" not in after
    assert after.index("{{step doubt}}") < after.index("kit.plot.timeline(lesson.readings")
    assert after.count("kit.plot.timeline(lesson.readings") == 1


def test_files_that_cannot_be_read_change_nothing(origin: Path, tmp_path: Path) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    improve(origin)
    with (made / "answers.toml").open("a", encoding="utf-8") as file:
        file.write('[A9]\nquestion = "?\n')
    before = contents(made)
    with pytest.raises(FileError, match=r"answers\.toml cannot be read"):
        lesson.update(made)
    assert contents(made) == before
    (made / "answers.toml").write_bytes(before[".origin/answers.toml"])
    (origin / "answers.toml").write_text("[A1]\nkind = ", encoding="utf-8")
    with pytest.raises(FileError, match="cannot be read"):
        lesson.update(made)
    shutil.rmtree(made / ".origin")
    shutil.copy(SHIPPED / "answers.toml", origin)
    with pytest.raises(FileError, match="does not know any more what it was made from"):
        lesson.update(made)
    with pytest.raises(UsageError, match="was not made from another lesson"):
        lesson.update(origin)
    shutil.rmtree(origin)
    with pytest.raises(NotFoundError, match="There is no lesson named 50-air"):
        lesson.update(made)


def test_interrupted_keeping_is_completed(origin: Path, tmp_path: Path) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    (made / ".origin").rename(made / ".origin.new")
    improve(origin)
    assert lesson.update(made).fresh


def test_the_result_says_what_is_not_valid(
    origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = lesson.new("own", origin, lang="en", out=tmp_path)
    text = (made / "lesson.md").read_text(encoding="utf-8")
    (made / "lesson.md").write_text(text.replace("{{step chance}}\n", ""), encoding="utf-8")
    improve(origin)
    assert run(["lesson", "update", str(made), "--show", "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert "Look at this before you use the lesson:" in shown
    assert "{{step chance}}" in shown
    assert (made / "lesson.md").read_text(encoding="utf-8") == text.replace("{{step chance}}\n", "")


# --- the properties, over any changes

WORDS = ["rain", "wind", "pump", "roof", "seven", "sensor", "cloud", "moss", "winter", "yellow", "doubt"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
cells = st.builds(lambda kind, text: piece(Cell(kind, text)), st.sampled_from(["markdown", "code"]), texts)


@st.composite
def edited(draw: st.DrawFn, base: list) -> list:  # type: ignore[type-arg]
    """A list after some changes: items that went, came, changed, moved."""
    found = list(base)
    for _ in range(draw(st.integers(0, 4))):
        act = draw(st.sampled_from(["out", "in", "change", "move"]))
        if act == "in":
            found.insert(draw(st.integers(0, len(found))), draw(cells))
        elif found:
            place = draw(st.integers(0, len(found) - 1))
            item = found.pop(place)
            if act == "change":
                more = item.cell.source + " " + draw(texts)
                found.insert(place, piece(Cell(item.cell.kind, more)))
            elif act == "move":
                found.insert(draw(st.integers(0, len(found))), item)
    return found


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_merging_any_changes(data: st.DataObject) -> None:
    base = data.draw(st.lists(cells, max_size=7))
    ours, theirs = data.draw(edited(base)), data.draw(edited(base))
    assert Merge("").rows("", base, base, theirs) == theirs
    assert Merge("").rows("", base, ours, base) == ours
    assert Merge("").rows("", base, ours, ours) == ours
    merged = Merge("").rows("", base, ours, theirs)
    assert Merge("").rows("", theirs, merged, theirs) == merged, "the second time nothing changes"
    lines = [one.cell.source for one in merged]
    for one in ours:
        if one not in base:
            assert any(one.cell.source in line for line in lines), "what the teacher wrote is there"


tables = st.recursive(
    st.one_of(texts, st.integers(0, 99), st.booleans(), st.lists(texts, max_size=3)),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e f"]), inner, max_size=4),
    max_leaves=12,
)
whole = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), tables, max_size=4)


@settings(deadline=None, max_examples=200)
@given(whole, whole, whole)
@example({"a": {}, "c": {"a": 0, "b": True}}, {}, {"a": {}, "c": {"a": False}})
def test_merging_any_tables(base: dict, ours: dict, theirs: dict) -> None:  # type: ignore[type-arg]
    def merged(*three: dict) -> str:  # type: ignore[type-arg]
        return to_toml(Merge("").table("", *three))

    assert merged(base, base, theirs) == to_toml(theirs)
    assert merged(base, ours, base) == to_toml(ours)
    twice = Merge("").table("", theirs, Merge("").table("", base, ours, theirs), theirs)
    assert to_toml(twice) == merged(base, ours, theirs)


@settings(deadline=None, max_examples=200)
@given(whole, whole, st.lists(st.integers(0, 30), max_size=3))
def test_changed_toml_says_what_it_should_and_keeps_comments(
    old: dict,
    new: dict,
    places: list[int],  # type: ignore[type-arg]
) -> None:
    lines = to_toml(old).split("\n")
    for number, place in enumerate(places):
        lines.insert(min(place, len(lines)), f"# remark {number}")
    text = "\n".join(lines)
    if to_toml(old) != "".join(line + "\n" for line in lines if not line.startswith("#")).removesuffix("\n"):
        return
    made = changed(text, new)
    assert to_toml(tomllib.loads(made)) == to_toml(new)
    for number in range(len(places)):
        assert f"# remark {number}" in made
