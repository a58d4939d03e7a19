"""A batch run for real: papermill, forked kernels, pages, index; one failure does not stop the rest."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kit import batch
from kit.batch import Job, JobResult, page, warm
from kit.batch.worker import in_words
from kit.errors import NotFoundError, UsageError
from kit.model import RULES


@pytest.fixture(scope="module")
def done(shared: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[JobResult], list[str]]:
    """A batch over one long and one short region, a school, and a job that must fail."""
    out = tmp_path_factory.mktemp("reports")
    jobs = batch.plan(shared, out=out, regions=["EE-37", "EE-79"], schools=["EE-AAA-1aaa"])
    wrong = {**jobs[0].parameters, "region": "EE-99"}
    jobs.insert(0, replace(jobs[0], parameters=wrong, subject="EE-99", output=out / "wrong.html"))
    said: list[str] = []
    return out, batch.run(shared, jobs, out=out, workers=2, progress=said.append), said


def read(done: tuple[Path, list[JobResult], list[str]], name: str) -> str:
    return (done[0] / name).read_text("utf-8")


def test_plan_names_every_region_and_school(shared: Any) -> None:
    jobs = batch.plan(shared, languages=("en", "et"))
    assert [(j.notebook, j.subject, j.language) for j in jobs if j.language == "en"] == [
        ("regional_trend", "EE-37", "en"), ("regional_trend", "EE-79", "en"),
        ("school_report", "EE-AAA-1aaa", "en"), ("school_report", "EE-BBB-2bbb", "en"),
        ("school_report", "EE-CCC-3ccc", "en"),
    ]  # fmt: skip
    assert len({j.output for j in jobs}) == len(jobs) == 10
    assert {j.variable for j in jobs if j.notebook == "regional_trend"} == {"pm25"}
    assert jobs[1].words("et") == "Piirkonna EE-37 suundumus: PM2.5 (peenosakesed)"
    json.dumps([j.to_dict() for j in jobs])


def test_plan_of_one_region_takes_no_school(shared: Any) -> None:
    assert [j.subject for j in batch.plan(shared, regions=["EE-79"])] == ["EE-79"]
    assert [j.subject for j in batch.plan(shared, schools=["EE-BBB-2bbb"])] == ["EE-BBB-2bbb"]
    with pytest.raises(NotFoundError, match=r"no region EE-99\. It has: EE-37, EE-79"):
        batch.plan(shared, regions=["EE-99"])


def test_a_wrong_parameter_in_any_job_stops_the_batch_before_it_begins(shared: Any, tmp_path: Path) -> None:
    jobs = batch.plan(shared, out=tmp_path / "out", regions=["EE-79"])
    bad = Job("school_report", {"school": 7}, tmp_path / "out" / "bad.html")
    with pytest.raises(
        UsageError, match=r"parameter school of school_report\.ipynb must be of type str, but 7"
    ):
        batch.run(shared, [*jobs, bad], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_one_failure_does_not_stop_the_rest(done: tuple[Path, list[JobResult], list[str]]) -> None:
    _, results, said = done
    assert [bool(result.error) for result in results] == [True, False, False, False], results
    assert results[0].error.startswith("There is no region EE-99")
    assert len(said) == 4
    assert said[0] == "Trend of the region EE-99: PM2.5 (fine particles)"
    assert [r.to_dict()["status"] for r in results] == ["failed", "done", "done", "done"]


def test_failed_run_is_a_page_in_plain_words(done: tuple[Path, list[JobResult], list[str]]) -> None:
    text = read(done, "wrong.html")
    main = text.split("<details>")[0]
    assert "This report could not be finished." in main
    assert "There is no region EE-99" in main
    assert "Traceback" not in main
    assert "NotFoundError" in text
    assert (done[0] / "notebooks" / "wrong.ipynb").exists()
    assert "There is no region EE-99" in read(done, "index.html")


def test_trend_on_the_page_is_the_trend_of_the_data(
    shared: Any, done: tuple[Path, list[JobResult], list[str]]
) -> None:
    from kit.analysis import trend

    result = trend(shared.readings("pm25", region="EE-79"))
    assert result.low <= -0.5 <= result.high
    text = read(done, "regional-trend-EE-79.html")
    assert result.sentence("en") in text
    assert result.caution("en") in text
    assert f"{shared.version}/{RULES}" in text
    assert result.sentence("en") in read(done, "index.html")
    assert [f["chart"] for f in done[1][2].figures] == ["map", "timeline", "trend"]


def test_too_short_a_record_is_said_and_is_no_failure(done: tuple[Path, list[JobResult], list[str]]) -> None:
    text = read(done, "regional-trend-EE-37.html")
    assert "<strong>No result</strong>" in text
    assert "full years" in text
    assert not done[1][1].error
    assert done[1][1].answers[0]["none"]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


PAGES = ["index.html", "wrong.html", "regional-trend-EE-79.html", "regional-trend-EE-37.html",
         "school-report-EE-AAA-1aaa.html"]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_can_be_walked_through(done: tuple[Path, list[JobResult], list[str]], name: str) -> None:
    text = read(done, name)
    seen = Page(text)
    assert seen.all("html") == [{"lang": "en"}]
    assert len(seen.all("main")) == len(seen.all("h1")) == len(seen.all("title")) - len(seen.all("svg")) == 1
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b <= a + 1 for a, b in pairwise(levels))
    ids = [attrs["id"] for _, attrs in seen.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert all(th.get("scope") for th in seen.all("th"))
    assert len(seen.all("table")) == len(seen.all("caption"))
    for attrs in seen.all("svg"):
        assert attrs.get("role") == "img"
    for _, attrs in seen.tags:
        if attrs.get("role") == "img" and "kit-live" in (attrs.get("class") or ""):
            assert len(attrs.get("aria-label") or "") > 60


@pytest.mark.parametrize("name", PAGES)
def test_pages_load_nothing_from_elsewhere(done: tuple[Path, list[JobResult], list[str]], name: str) -> None:
    seen = Page(read(done, name))
    for _, attrs in seen.tags:
        for key in ("src", "href", "xlink:href", "action", "data"):
            target = attrs.get(key)
            assert not target or not re.match(r"[a-z]+:|//", target), target
            if target and key in ("src", "href") and not target.startswith("#"):
                assert (done[0] / target).is_file(), target


def test_names_given_by_schools_are_escaped(done: tuple[Path, list[JobResult], list[str]]) -> None:
    for name in PAGES:
        assert "School <A>" not in read(done, name)
    assert "School &lt;A&gt; &amp; friends" in read(done, "school-report-EE-AAA-1aaa.html")


def test_school_page_tells_its_files(done: tuple[Path, list[JobResult], list[str]]) -> None:
    text = read(done, "school-report-EE-AAA-1aaa.html")
    assert "pm0.csv" in text
    assert "2,192" in text
    assert "pm1.csv" not in text


def test_executed_notebook_names_its_parameters(done: tuple[Path, list[JobResult], list[str]]) -> None:
    held = json.loads((done[0] / "notebooks" / "regional-trend-EE-79.ipynb").read_text("utf-8"))
    assert held["metadata"]["papermill"]["parameters"]["region"] == "EE-79"
    mime = [set(output.get("data", {})) for cell in held["cells"] for output in cell.get("outputs", [])]
    assert sum("application/vnd.plotly.v1+json" in kinds for kinds in mime) == 3


def test_the_death_of_a_worker_is_a_failure_of_one_job(shared: Any, tmp_path: Path) -> None:
    path = tmp_path / "deadly.ipynb"
    cells = [
        {"cell_type": "code", "id": "a", "metadata": {"tags": ["parameters"]}, "source": 'dataset: str = ""',
         "outputs": [], "execution_count": None},
        {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": None,
         "source": "import os, signal\nos.kill(int(open('pid').read()), signal.SIGKILL)"},
    ]  # fmt: skip
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (tmp_path / "out" / "notebooks").mkdir(parents=True)
    jobs = [
        Job(str(path), {}, tmp_path / "out" / "deadly.html"),
        Job(str(path), {}, tmp_path / "out" / "b.html"),
    ]
    started: list[str] = []
    real = subprocess.Popen

    class Noting(real):  # type: ignore[type-arg, misc, valid-type]
        def __init__(self, command: list[str], *args: Any, **given: Any) -> None:
            super().__init__(command, *args, **given)
            if "kit.batch.worker" in command:
                started.append(str(self.pid))
                (tmp_path / "out" / "notebooks" / "pid").write_text(str(self.pid))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", Noting)
        results = batch.run(shared, jobs, out=tmp_path / "out", workers=1)
    assert len(started) == 2
    assert all("its memory was full" in result.error for result in results)
    assert "its memory was full" in (tmp_path / "out" / "deadly.html").read_text("utf-8")


@pytest.mark.skipif(not warm.can_fork(), reason="kernels are forked on Linux only")
def test_no_process_is_left_behind(done: tuple[Path, list[JobResult], list[str]]) -> None:
    listing = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout
    time.sleep(0.5)
    mine = [line for line in listing.splitlines() if f" {os.getpid()} " in line and "kit.batch" in line]
    assert not mine


@pytest.mark.skipif(not warm.can_fork(), reason="kernels are forked on Linux only")
def test_a_forked_kernel_can_be_asked_after_and_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    kernel = warm.Forked(process.pid)
    assert kernel.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        kernel.wait(0.05)
    kernel.kill()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert kernel.wait(1) == 0


def test_errors_that_are_not_kits_own_get_plain_words() -> None:
    assert in_words("ZeroDivisionError", "division by zero", "en").startswith("Something unexpected happened")
    assert in_words("UsageError", "Say which one.", "en") == "Say which one."


def test_charts_that_are_shown_twice_have_own_ids() -> None:
    one = '<svg id="kit-0123456789-a"><use href="#kit-0123456789-a"/></svg>'
    text = page.unique_ids(one + "<p>between</p>" + one)
    assert len(set(re.findall(r'id="([^"]+)"', text))) == 2
    assert "#kit-0123456789-2-a" in text


def test_plain_papermill_runs_the_same_notebook(shared: Any, tmp_path: Path) -> None:
    """As in the README: papermill itself, a cold kernel, nothing of kit.batch around it."""
    target = tmp_path / "out.ipynb"
    command = [
        sys.executable, "-m", "papermill", str(batch.notebook_path("regional_trend")), str(target),
        "-p", "dataset", str(shared.folder), "-p", "region", "EE-79", "-p", "language", "et",
        "--no-progress-bar",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    text = target.read_text("utf-8")
    assert "Piirkonna EE-79 suundumus" in text
    assert "jaamades" in text or "jaamas" in text


@pytest.mark.browser
def test_page_in_a_browser_draws_its_charts_without_the_internet(
    done: tuple[Path, list[JobResult], list[str]],
) -> None:
    api = pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("Debian's chromium is not installed")
    asked: list[str] = []
    errors: list[str] = []
    with api.sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto((done[0] / "regional-trend-EE-79.html").as_uri())
        tab.wait_for_function("document.querySelectorAll('figure.live .main-svg').length >= 3")
        titles = tab.eval_on_selector_all("figure.live .gtitle", "all => all.map(one => one.textContent)")
        tab.emulate_media(media="print")
        static = tab.eval_on_selector_all(
            "figure[data-kit] > svg", "all => all.map(one => getComputedStyle(one).display)"
        )
        browser.close()
    assert len(titles) == 3
    assert "PM2.5 (fine particles): trend 2020 to 2025 (EE-79)" in titles
    assert set(static) == {"block"}
    assert not errors
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked
