"""Plans, findings and reviews: approved they are entries, the same in every copy, whatever came first."""

from __future__ import annotations

import itertools
import re
import shutil
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, create, waiting
from kit.dataset.findings import (
    CRITERIA,
    KIND,
    Finding,
    findings,
    keep_finding,
    keep_plan,
    keep_review,
    plans,
    take_back,
)
from kit.dataset.findings_page import LICENCE, article, page
from kit.errors import NotFoundError, UsageError
from kit.model import Source, Station
from kit.store.acts import Draft
from kit.text import RECEIPT_LANGUAGES

LESSON = "10-our-region-together"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ALL = dict.fromkeys(CRITERIA, "yes")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Dataset, Dataset]:
    """The copies of two schools, which hold the same station and file."""
    ours, theirs = (create(tmp_path / name, school=f"EE-{name}", zone="Europe/Tallinn") for name in "AB")
    ours.add_station(Station("EE-A/roof", "EE-79", 58.4, 26.0, 60.0, "Europe/Tallinn", "roof", "Roof"))
    ours.upload(Source("a.csv", b"time (UTC);PM2.5 (\xc2\xb5g/m\xc2\xb3)\n2026-05-01T10:00:00;11.25\n"),
                station="EE-A/roof")  # fmt: skip
    theirs.merge(ours.folder)
    return ours, theirs


def _plan(shared: Dataset, question: str = "Is it cleaner by the sea?", minutes: int = 0) -> str:
    return keep_plan(
        shared, LESSON, question=question, expectation="Yes, by 3.", why="Wind.", rule="The means differ.",
        group="1", now=NOON + timedelta(minutes=minutes),
    ).id  # fmt: skip


def _finding(
    shared: Dataset, plan: str, sentence: str = "It is 3 less.", minutes: int = 30, **more: Any
) -> str:
    return keep_finding(
        shared, LESSON, plan=plan, sentence=sentence, limits="Not why.", group="1",
        now=NOON + timedelta(minutes=minutes), **more,
    ).id  # fmt: skip


def _published(shared: Dataset, sentence: str = "It is 3 less.") -> Finding:
    plan = _plan(shared)
    found = _finding(shared, plan, sentence)
    waiting.approve(shared, plan)
    waiting.approve(shared, found)
    return next(one for one in shared.findings() if one.id == found)


def _reviewed(shared: Dataset, one: Finding, star: str = "A number.", **more: Any) -> str:
    said = {"levels": ALL, "star": star, "wish": "More days.", "group": "2", **more}
    made = keep_review(shared, one, **said)
    waiting.approve(shared, made.id)
    return made.id


def test_a_plan_is_kept_before_looking_and_a_finding_speaks_of_it(two: tuple[Dataset, Dataset]) -> None:
    ours, _ = two
    before = ours.version
    plan = _plan(ours)
    (kept,) = plans(ours, LESSON, "EE-A")
    assert (kept.id, kept.entry, kept.version) == (plan, "", f"{before}/{kept.version.split('/')[1]}")
    found = _finding(ours, plan)
    assert ours.findings() == [], "nobody has read it yet"
    waiting.approve(ours, found)
    (one,) = ours.findings()
    assert (one.plan, one.sentence, one.school, one.group) == (None, "It is 3 less.", "EE-A", "1")
    assert "It is not published." in one.text("en")
    waiting.approve(ours, plan)
    (one,) = ours.findings(LESSON)
    assert one.plan is not None
    assert (one.plan.question, one.plan.written) == ("Is it cleaner by the sea?", "2026-05-01T12:00:00Z")
    assert one.planned_before
    assert ours.findings("another lesson") == []
    assert Dataset(ours.folder).findings() == [one]
    assert ours.at(ours.version).findings() == [one]
    assert ours.verify()["ok"]


def test_the_data_of_a_finding_are_found_in_every_copy(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    one = _published(ours)
    ours.upload(Source("b.csv", b"time (UTC);PM2.5 (\xc2\xb5g/m\xc2\xb3)\n2026-05-02T10:00:00;99\n"),
                station="EE-A/roof")  # fmt: skip
    theirs.merge(ours.folder)
    (seen,) = theirs.findings()
    assert seen == one
    assert len(theirs.readings("pm25", freq=None)) == 2
    assert len(theirs.at(seen.citation).readings("pm25", freq=None)) == 1, "as it was when it was written"


def test_copies_agree_whatever_came_first(two: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    ours, theirs = two
    one = _published(ours)
    theirs.merge(ours.folder)
    review = _reviewed(theirs, one, school="EE-B")
    mine = _published(theirs, "No difference.")
    answer = _finding(ours, one.plan_id, "It is 3 less on 20 days.", 60, instead=one.id)
    waiting.approve(ours, answer)
    results = []
    for at, order in enumerate(itertools.permutations([ours, theirs])):
        copy = create(tmp_path / f"copy{at}")
        for other in order:
            copy.merge(other.folder)
        results.append((copy.version, copy.findings()))
        assert copy.verify()["ok"]
    ours.merge(theirs.folder, both=True)
    results += [(shared.version, shared.findings()) for shared in (ours, theirs)]
    assert all(result == results[0] for result in results)
    found = {item.id: item for item in results[0][1]}
    assert set(found) == {answer, mine.id}, "what was replaced is left out"
    (said,) = found[answer].reviews
    assert (said.id, said.earlier, said.star) == (review, True, "A number.")
    assert "(of an earlier wording)" in found[answer].text("en")


def test_a_finding_is_replaced_by_its_own_school_only(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    one = _published(ours)
    theirs.merge(ours.folder)
    plan = _plan(theirs)
    with pytest.raises(NotFoundError, match="no such finding of your school"):
        _finding(theirs, plan, "Wrong!", instead=one.id)
    content = {"form": "finding", "lesson": LESSON, "instead": one.id, "sentence": "Wrong!"}
    theirs.act(Draft(KIND, "EE-B", LESSON, "2026-05-02T12:00:00Z", content))
    assert {found.sentence for found in theirs.findings()} == {"It is 3 less.", "Wrong!"}


def test_a_wording_that_waits_is_replaced_on_the_list(two: tuple[Dataset, Dataset]) -> None:
    ours, _ = two
    one = _published(ours)
    second = _finding(ours, one.plan_id, "second", 40, instead=one.id)
    waiting.send_back(ours, second, "which days?")
    third = _finding(ours, one.plan_id, "third", 50, instead=second)
    assert [text.id for text in waiting.there(ours)] == [third]
    assert [found.sentence for found in ours.findings()] == ["It is 3 less."], "until it is approved"
    waiting.approve(ours, third)
    assert [found.sentence for found in ours.findings()] == ["third"]
    take_back(ours, third)
    assert [found.sentence for found in ours.findings()] == ["It is 3 less."]


def test_findings_that_replace_each_other_in_a_ring_do_no_harm(two: tuple[Dataset, Dataset]) -> None:
    ours, _ = two
    one = _published(ours)
    content = {"form": "finding", "lesson": LESSON, "sentence": "x", "draft": "b" * 64}
    ours.act(Draft(KIND, "EE-A", LESSON, "2026-05-02T12:00:00Z", {**content, "instead": "c" * 64}))
    ours.act(Draft(KIND, "EE-A", LESSON, "2026-05-02T12:00:00Z",
                   {**content, "draft": "c" * 64, "instead": "b" * 64}))  # fmt: skip
    _reviewed(ours, next(iter(ours.findings())))
    assert [found.id for found in ours.findings()] == [one.id]


def test_reviews_stand_with_their_finding(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    one = _published(ours)
    theirs.merge(ours.folder)
    made = keep_review(theirs, one, levels={**ALL, "limits": "no"}, star="a@b.ee <b>", wish="x")
    assert one.reviews == theirs.findings()[0].reviews == (), "it waits for their teacher"
    waiting.approve(theirs, made.id)
    ours.merge(theirs.folder)
    (said,) = ours.findings()[0].reviews
    assert (said.school, said.star, dict(said.levels)["limits"]) == ("EE-B", "[e-mail] <b>", "no")
    assert "It says what may not be concluded. – not yet" in ours.findings()[0].text("en")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"group": "1"}, "does not review its own"),
        ({"group": ""}, "does not review its own"),
        ({"levels": {"claim": "yes"}}, "no level yet"),
        ({"levels": dict.fromkeys(CRITERIA, "great")}, "no level yet"),
        ({"star": " "}, "lacks a star or a wish"),
        ({"wish": ""}, "lacks a star or a wish"),
        ({"wish": "x" * 5000}, "too long"),
    ],
)
def test_a_review_must_be_whole(two: tuple[Dataset, Dataset], changed: dict[str, Any], words: str) -> None:
    ours, _ = two
    one = _published(ours)
    with pytest.raises(UsageError, match=words):
        _reviewed(ours, one, **changed)
    assert waiting.there(ours) == []


def test_plans_and_findings_must_be_whole(two: tuple[Dataset, Dataset], tmp_path: Path) -> None:
    ours, theirs = two
    for lacks in ("question", "expectation", "rule"):
        said = {"question": "q", "expectation": "e", "rule": "r"} | {lacks: "\n "}
        with pytest.raises(UsageError, match="lacks a question"):
            keep_plan(ours, LESSON, **said)  # type: ignore[arg-type]
    plan = _plan(ours)
    with pytest.raises(UsageError, match="lacks its sentence"):
        _finding(ours, plan, " ")
    with pytest.raises(NotFoundError, match="Keep your plan first"):
        _finding(ours, "f" * 64)
    with pytest.raises(NotFoundError, match="no such plan of your school"):
        _finding(theirs, plan)
    waiting.send_back(ours, plan, "names")
    with pytest.raises(NotFoundError, match="no such plan"):
        _finding(ours, plan)
    empty = create(tmp_path / "empty", school="EE-C")
    with pytest.raises(UsageError, match="nothing to cite"):
        _finding(empty, _plan(empty))


def test_what_is_taken_back_counts_nowhere(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    one = _published(ours)
    theirs.merge(ours.folder)
    review = _reviewed(theirs, one, school="EE-B")
    with pytest.raises(NotFoundError, match=r"no finding 00000000 .* There are: "):
        take_back(theirs, "00000000")
    take_back(theirs, review, "ask mari@kool.ee")
    assert theirs.findings()[0].reviews == ()
    assert one.plan is not None
    take_back(ours, one.plan.id)
    assert ours.findings()[0].plan is None
    take_back(ours, one.id[:8])
    ours.merge(theirs.folder, both=True)
    assert ours.findings() == theirs.findings() == []
    assert b"mari@kool.ee" not in b"".join(p.read_bytes() for p in ours.folder.rglob("*") if p.is_file())
    assert ours.verify()["ok"]


def test_approved_in_two_copies_of_a_folder_it_is_there_once(
    two: tuple[Dataset, Dataset], tmp_path: Path
) -> None:
    ours, _ = two
    found = _finding(ours, _plan(ours))
    ours.close()
    shutil.copytree(ours.folder, tmp_path / "twin")
    twin, ours = Dataset(tmp_path / "twin"), Dataset(ours.folder)
    twin.act(Draft("feedback", "EE-A", "x", "2026-05-02T12:00:00Z", {"worked": "it"}))
    assert waiting.approve(ours, found) != waiting.approve(twin, found)
    ours.merge(twin.folder, both=True)
    twin = Dataset(twin.folder)
    assert [one.id for one in ours.findings()] == [found]
    assert ours.findings() == twin.findings()
    _reviewed(twin, twin.findings()[0])
    take_back(ours, found)
    ours.merge(twin.folder)
    assert ours.findings() == [], "both entries are taken back"


def test_an_erased_school_takes_its_findings_and_what_is_said_of_them(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    one = _published(ours, "Moonshadow.")
    theirs.merge(ours.folder)
    _reviewed(theirs, one, "Starlight.", school="EE-B")
    mine = _published(theirs)
    done = theirs.erase("EE-A", "wish")
    assert done.ok, done.left
    assert [found.id for found in theirs.findings()] == [mine.id]
    kept = b"".join(path.read_bytes() for path in theirs.folder.rglob("*") if path.is_file())
    assert b"Moonshadow" not in kept
    assert b"Starlight" not in kept
    ours.merge(theirs.folder)
    assert [found.id for found in ours.findings()] == [mine.id]
    assert ours.verify()["ok"]


def test_an_erased_finding_takes_its_reviews(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    one = _published(ours)
    theirs.merge(ours.folder)
    _reviewed(theirs, one, "Starlight.", school="EE-B")
    done = theirs.erase(one.entry, "personal")
    assert (done.entries, done.ok) == (2, True)
    assert theirs.findings() == []
    ours.merge(theirs.folder)
    assert ours.findings() == []


def test_what_later_kits_say_is_kept_and_harmless(two: tuple[Dataset, Dataset]) -> None:
    ours, theirs = two
    for content in (
        {"form": "song"}, {}, {"form": "review", "finding": "x", "levels": 3}, {"form": "finding"},
        {"form": "finding", "sentence": 5, "written": "one day", "lang": '"><script>'},
    ):  # fmt: skip
        ours.act(Draft(KIND, "EE-A", LESSON, "2030-01-01T00:00:00Z", content))
    theirs.merge(ours.folder)
    assert [one.sentence for one in theirs.findings()] == ["", "5"]
    assert "<script>" not in page(theirs.findings())
    assert "one day" in page(theirs.findings())


TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "article", "p", "strong", "dl",
        "dt", "dd", "a"}  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_in_words_is_text(two: tuple[Dataset, Dataset]) -> None:
    ours, _ = two
    bad = "<script>alert(1)</script> \"' onload=x &lt; <img src=x onerror=y>"
    one = _published(ours, bad)
    _reviewed(ours, one, bad)
    (one,) = ours.findings()
    for text in (one._repr_html_(), page([one], "et"), page([one], title=bad)):
        tags = _Tags(text)
        assert {tag for tag, _ in tags.seen} <= TAGS
        assert not [attrs for _, attrs in tags.seen if any(name.startswith("on") for name in attrs)]
    assert bad in one.text("en")


@pytest.mark.parametrize("lang", RECEIPT_LANGUAGES)
def test_a_page_stands_by_itself_in_every_language(two: tuple[Dataset, Dataset], lang: str) -> None:
    ours, _ = two
    one = _published(ours)
    _reviewed(ours, one)
    (one,) = ours.findings()
    text = page([one], lang)
    assert text.startswith(f'<!DOCTYPE html>\n<html lang="{lang}">')
    assert re.findall(r'(?:src|href)="([^"]+)"', text) == [LICENCE]
    for said in ("Is it cleaner by the sea?", "Yes, by 3.", "The means differ.", "It is 3 less.", "Not why.",
                 "A number.", "More days.", "EE-A", one.citation):  # fmt: skip
        assert said in text
    assert f'lang="{lang}"' in article(one, lang)
    assert (re.search(r'<dd style="[^"]*" lang="en">', text) is not None) == (lang != "en")
    empty = page([], lang)
    assert _Tags(empty).seen
    if lang != "en":
        assert "No finding is published" not in empty
        assert "Question" not in text


def test_findings_of_many_are_read_quickly(two: tuple[Dataset, Dataset]) -> None:
    import time

    ours, _ = two
    plan = _plan(ours)
    drafts = [
        Draft(KIND, "EE-A", LESSON, "2026-05-02T12:00:00Z",
              {"form": "finding", "plan": plan, "sentence": str(n), "draft": f"{n:064x}"})
        for n in range(2000)
    ]  # fmt: skip
    ours.act(*drafts)
    ours.findings()
    begin = time.perf_counter()
    assert len(findings(ours)) == 2000
    assert time.perf_counter() - begin < 2
