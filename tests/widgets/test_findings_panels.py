"""From a plan to a published finding, through the panels: as groups of pupils, then as their teacher."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kit import widgets
from kit.classroom.cards import is_live
from kit.dataset import Dataset, create, waiting
from kit.dataset.annotations import let_wait
from kit.dataset.findings import CRITERIA, keep_plan
from kit.dataset.snapshot import Snapshot
from kit.dataset.snapshot_files import write
from kit.errors import UsageError
from kit.widgets.approve import ApprovePanel, ApproveState
from kit.widgets.desk import GROUPS, short
from kit.widgets.finding import FindingPanel, FindingState
from kit.widgets.findings import FindingsPanel, FindingsState
from kit.widgets.plan import PlanPanel, PlanState
from tests.widgets.conftest import ROOF, fields, words

LESSON = "10-our-region-together"


PANELS: dict[str, Any] = {
    "plan": (PlanPanel, PlanState),
    "finding": (FindingPanel, FindingState),
    "findings": (FindingsPanel, FindingsState),
    "approve": (ApprovePanel, ApproveState),
}


def _lesson(shared: Any, *, practice: bool = False, station: str = ROOF) -> Any:
    lesson = SimpleNamespace(id=LESSON)
    return SimpleNamespace(lesson=lesson, shared=shared, station=station, practice=practice)


def _fill(panel: Any, *texts: str, group: str = "") -> Any:
    panel.group.value = group
    for one, text in zip(panel.fields.values(), texts, strict=True):
        one.value = text
    return panel._keep(None)


def _plan(lesson: Any, question: str = "Is the yard cleaner?", group: str = "1") -> Any:
    return _fill(PlanPanel(PlanState(lesson)), question, "Yes.", "Trees.", "The means differ.", group=group)


def _finding(lesson: Any, sentence: str = "It is 2 less on 10 days.", group: str = "1") -> Any:
    return _fill(FindingPanel(FindingState(lesson)), sentence, "Not why.", group=group)


def _choose(teacher: Any, form: str) -> None:
    teacher.which.value = next(value for text, value in teacher.which.options if f". {form}: " in text)


def _approve_all(lesson: Any) -> None:
    panel = ApprovePanel(ApproveState(lesson))
    while len(panel.which.options) > 1:
        panel.which.value = panel.which.options[1][1]
        panel._approve(None)


def test_from_a_plan_to_a_published_finding(region: Dataset) -> None:
    lesson = _lesson(region)
    plans = PlanPanel(PlanState(lesson))
    told = _fill(plans, "Is the yard <b>cleaner</b>? ask a@b.ee", "Yes.", "", "The means differ.", group="1")
    assert "Your plan is kept" in str(told)
    assert region.version in str(told)
    assert "teacher reads your words first" in str(told)
    assert [one.value for one in plans.fields.values()] == [""] * 4, "nothing typed stays"
    assert "waits for the teacher" in plans.table.value
    assert "&lt;b&gt;cleaner&lt;/b&gt;? ask [e-mail]" in plans.table.value

    panel = FindingPanel(FindingState(lesson))
    assert panel.said.value == "", "nobody read it yet: another group does not see it either"
    panel.group.value = "1"
    assert "&lt;b&gt;cleaner" in panel.said.value, "the plan is shown while the finding is written"
    assert "data version" in str(_fill(panel, "It is 2 less.", "Not why.", group="1"))
    assert region.findings() == []
    assert "No finding is published yet" in str(widgets.findings(lesson))

    teacher = ApprovePanel(ApproveState(lesson))
    assert "2 texts wait for you." in teacher.count.value
    _choose(teacher, "finding")
    assert "whoever approves the finding approves it" in teacher.said.value
    assert "The means differ." in teacher.said.value
    assert "Approved: finding: It is 2 less." in str(teacher._approve(None))
    assert "Nothing waits." in teacher.count.value
    assert (teacher.yes.disabled, teacher.back.disabled) == (True, True)
    assert len(region.findings()) == 1


def test_a_published_finding_is_reviewed_and_saved_as_a_page(region: Dataset, tmp_path: Path) -> None:
    lesson = _lesson(region)
    _plan(lesson)
    _finding(lesson, "It is 2 less.")
    _approve_all(lesson)
    plans, others = PlanPanel(PlanState(lesson)), FindingsPanel(FindingsState(lesson))
    assert "It is 2 less." in others.said.value
    others.group.value = "2"
    for one in others.levels.values():
        one.value = "partly"
    for one in others.fields.values():
        one.value = "A number, and on which days?"
    assert "Your review is kept." in str(others._keep(None))
    assert {one.value for one in (*others.fields.values(), *others.levels.values())} == {""}
    _approve_all(lesson)
    others._offer()
    assert "on the way" in others.said.value
    plans._show()
    assert plans.table.value.count("published") == 3

    saved = others.state.save(tmp_path)
    assert "findings.html" in str(saved)
    page = (tmp_path / "findings.html").read_text(encoding="utf-8")
    assert "It is 2 less." in page
    assert "on which days?" in page
    assert "It is 2 less." in str(widgets.findings(lesson))


def test_what_is_sent_back_is_written_again(region: Dataset) -> None:
    lesson = _lesson(region)
    _plan(lesson)
    _finding(lesson, "Mari is right.")
    teacher = ApprovePanel(ApproveState(lesson))
    _choose(teacher, "finding")
    with pytest.raises(UsageError, match="sent back with a reason"):
        teacher._back(None)
    teacher.why.value, teacher.more.value = "people", "Who? a@b.ee"
    assert "leave that out. Who?" in str(teacher._back(None))
    assert (teacher.why.value, teacher.more.value) == ("", "")
    assert "1 text waits for you." in teacher.count.value

    panel = FindingPanel(FindingState(lesson))
    assert "person" not in panel.table.value
    assert "Mari" not in panel.table.value
    panel.group.value = "1"
    said = "sent back: It says something about a person. Please leave that out. Who? [e-mail]"
    assert said in panel.table.value
    panel.instead.value = panel.instead.options[1][1]
    _fill(panel, "It is 2 less.", "Not why.", group="1")
    assert "Mari" not in panel.table.value
    assert panel.instead.value == ""
    assert sorted(one.content["form"] for one in waiting.there(region)) == ["finding", "plan"]


def test_a_wrong_step_is_said_and_keeps_nothing(region: Dataset) -> None:
    lesson = _lesson(region)
    panel = PlanPanel(PlanState(lesson))
    with pytest.raises(UsageError, match="lacks a question"):
        _fill(panel, "", "x", "", "y")
    assert panel.fields["expectation"].value == "x", "what was written stays until it is kept"
    with pytest.raises(UsageError, match=r"no plan yet.*Keep your plan first"):
        _finding(lesson)
    with pytest.raises(UsageError, match="no finding to review"):
        FindingsPanel(FindingsState(lesson))._keep(None)
    assert waiting.there(region) == []


def test_a_group_keeps_its_place_and_sees_no_unread_words_of_others(region: Dataset) -> None:
    lesson = _lesson(region)
    _plan(lesson, "first?")
    panel = FindingPanel(FindingState(lesson))
    panel.group.value = "1"
    chosen = panel.plan.value
    panel.fields["sentence"].value = "half a sen"
    _plan(lesson, "second?", "2")
    panel._offer()
    assert [words.split(" ")[0] for words, _ in panel.plan.options] == ["first?"]
    assert "second?" not in words(panel.widget)
    plans = PlanPanel(PlanState(lesson))
    plans.group.value = "2"
    assert "second?" in plans.table.value
    assert "first?" not in plans.table.value
    (unread,) = (one.id for one in waiting.waiting(region) if one.content["group"] == "2")
    waiting.approve(region, unread)
    panel._offer()
    assert (panel.plan.value, panel.fields["sentence"].value) == (chosen, "half a sen")
    assert {words.split(" ")[0] for words, _ in panel.plan.options} == {"second?", "first?"}


def test_a_second_click_approves_nothing_unread(region: Dataset) -> None:
    lesson = _lesson(region)
    for group in "123":
        _plan(lesson, "the same?", group)
    teacher = ApprovePanel(ApproveState(lesson))
    assert (teacher.which.value, teacher.yes.disabled, teacher.said.value) == ("", True, "")
    for work in (teacher._approve, teacher._back, teacher._take_back):
        with pytest.raises(UsageError, match="No text is chosen"):
            work(None)
    teacher.which.value = first = teacher.which.options[1][1]
    waiting.approve(region, first)  # by another teacher, meanwhile
    assert "Approved" in str(teacher._approve(None)), "approving twice is approving once"
    with pytest.raises(UsageError, match="No text is chosen"):
        teacher._approve(None)
    assert "2 texts wait" in teacher.count.value


def test_texts_that_read_alike_can_all_be_chosen(region: Dataset) -> None:
    now = datetime(2026, 5, 10, 12, tzinfo=UTC)
    for rule in ("more", "less"):
        keep_plan(region, LESSON, question="The same?", expectation="x", rule=rule, group="1", now=now)
    panel = FindingPanel(FindingState(_lesson(region)))
    panel.group.value = "1"
    assert len(panel.plan.options) == 2
    assert panel.plan.options[1][0].endswith(" [2]")


def test_what_was_published_is_taken_back(region: Dataset) -> None:
    lesson = _lesson(region)
    _plan(lesson)
    _finding(lesson)
    _approve_all(lesson)
    teacher = ApprovePanel(ApproveState(lesson))
    teacher.old.value = next(value for text, value in teacher.old.options if text.startswith("finding: "))
    assert "shown nowhere" in str(teacher._take_back(None))
    assert [text.split(":")[0] for text, _ in teacher.old.options[1:]] == ["plan"]
    assert region.findings() == []


def test_own_findings_come_last_and_are_not_reviewed(region: Dataset, tmp_path: Path) -> None:
    lesson = _lesson(region)
    _plan(lesson)
    _finding(lesson)
    _approve_all(lesson)
    theirs = create(tmp_path / "theirs", school="EE-CCC", zone="Europe/Tallinn")
    theirs.merge(region.folder)
    there = _lesson(theirs, station="EE-CCC/roof")
    _plan(there, "theirs?")
    _finding(there, "Theirs.")
    _approve_all(there)
    region.merge(theirs.folder)
    panel = FindingsPanel(FindingsState(lesson))
    assert [text.split(" ")[0] for text, _ in panel.which.options] == ["Theirs.", "It"]
    assert "Theirs." in panel.said.value
    panel.which.value = panel.which.options[1][1]
    panel.group.value = "1"
    with pytest.raises(UsageError, match="does not review its own"):
        panel._keep(None)


def test_notes_wait_in_the_same_list(region: Dataset) -> None:
    lesson = _lesson(region)
    let_wait(region, ROOF, "behind the <i>wall</i>", "fire")
    teacher = ApprovePanel(ApproveState(lesson))
    assert "note: behind the" in teacher.which.options[1][0]
    _choose(teacher, "note")
    assert "a fire nearby" in teacher.said.value
    assert "&lt;i&gt;wall" in teacher.said.value
    teacher._approve(None)
    assert [one.text for one in region.annotations()] == ["behind the <i>wall</i>"]


def test_in_practice_it_says_that_nothing_leaves(region: Dataset) -> None:
    lesson = _lesson(region, practice=True)
    assert "Nothing leaves this computer." in str(_plan(lesson))
    assert "practice copy" in words(PlanPanel(PlanState(lesson)).widget)
    teacher = ApprovePanel(ApproveState(lesson))
    _choose(teacher, "plan")
    assert "This is practice" in str(teacher._approve(None))


def test_in_a_copy_words_become_a_file(
    region: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(region, tmp_path / "snap")
    monkeypatch.chdir(tmp_path)
    lesson = _lesson(Snapshot(tmp_path / "snap"))
    for panel in (PlanPanel(PlanState(lesson)), FindingPanel(FindingState(lesson))):
        assert "only a copy of the shared data" in words(panel.widget)
        assert "Save as a file" in words(panel.widget)
    assert "plan.txt" in str(_plan(lesson, "Kuidas on õhk?"))
    assert "plan-2.txt" in str(_plan(lesson, "again"))
    text = (tmp_path / "plan.txt").read_text(encoding="utf-8")
    assert text.startswith("1. Our question\nKuidas on õhk?\n\n2. What we expect to see\nYes.")
    assert "finding.txt" in str(_finding(lesson))
    assert lesson.shared.version in (tmp_path / "finding.txt").read_text(encoding="utf-8")
    assert "This copy of the shared data has no findings" in str(widgets.findings(lesson))
    assert "no findings" in words(FindingsPanel(FindingsState(lesson)).widget)
    assert "Here nothing waits" in str(widgets.approve(lesson))
    assert ApprovePanel(ApproveState(lesson)).yes.disabled
    with pytest.raises(UsageError, match="only a copy"):
        ApproveState(lesson).approve("a" * 64)


@pytest.mark.parametrize("name", ["plan", "finding", "findings", "approve"])
def test_every_control_has_its_words_and_where_no_person_works_it_is_a_sentence(
    region: Dataset, name: str
) -> None:
    lesson = _lesson(region)
    assert not is_live()
    assert len(str(getattr(widgets, name)(lesson)).splitlines()) == 2
    panel, state = PANELS[name]
    shown = panel(state(lesson)).widget
    labels = [field.description for field in fields(shown)]
    assert all(labels)
    assert len(labels) == len(set(labels)), "no two controls have the same words"


def test_groups_have_numbers_and_levels_are_choices(region: Dataset) -> None:
    panel = FindingsPanel(FindingsState(_lesson(region)))
    assert len(panel.group.options) == GROUPS + 1
    assert list(panel.levels) == list(CRITERIA)
    assert [value for _, value in panel.levels["claim"].options] == ["", "no", "partly", "yes"]
    assert short("x" * 500).endswith(" …")
