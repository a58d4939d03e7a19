"""The class server as deploy/class-server sets it up: real clients log in, run a lesson, upload at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

import kit
from benchmarks.class_server import CHART, NOTEBOOK, Pupil, Server, execute, log_in, open_notebook, visit
from kit.__main__ import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="a class server is a Linux computer"),
]
TABLES = 5
STATION = "EE-TRT-7k2p/roof"
TEACHER = "teachers-only"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school's own dataset."""
    folder = tmp_path_factory.mktemp("school") / "our-data"
    given = ["--school", "EE-TRT-7k2p", "--region", "EE-79", "--zone", "Europe/Tallinn"]
    assert main(["init", str(folder), *given]) == 0
    place = ["station", "add", STATION, "--lat", "58.378", "--lon", "26.729", "--exposure", "roof"]
    assert main([*place, "--dataset", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def settings(school: Path, practice_cache: Path) -> dict[str, str]:
    return {
        "KIT_DATASET": str(school), "KIT_CACHE": str(practice_cache), "KIT_TEACHER_CODE": TEACHER,
        "KIT_PUPIL_MB": "900",
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def server(folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    one = Server(folder, sys.executable, **settings)
    try:
        one.wait()
        yield one
    finally:
        one.end()


def said(shown: list[dict[str, Any]]) -> str:
    """Return what a cell printed or showed as text."""
    return "".join(one.get("text", "") + "".join(one.get("data", {}).get("text/plain", "")) for one in shown)


def notebooks(server: Server, table: str, code: str) -> set[str]:
    """Return the notebooks that a table finds in its folder."""
    one = Pupil(table)
    answer = log_in(server, one, code)
    while not answer.url.startswith(f"{server.address}/user/{table}/"):
        time.sleep(0.5)
        answer = one.web.get(f"{server.address}/user/{table}/lab", timeout=60)
    found = one.web.get(f"{server.address}/user/{table}/api/contents/", timeout=60).json()["content"]
    return {item["name"] for item in found}


def test_a_wrong_code_opens_nothing_and_guessing_is_slowed_down(server: Server) -> None:
    room = "air2026"
    for name, code in (("table-9", "wrong"), ("teacher", room), ("..", room), ("a" * 21, room)):
        pupil = Pupil(name)
        assert log_in(server, pupil, code).status_code == 403, name
        inside = pupil.web.get(f"{server.address}/user/table-9/api/contents", timeout=60)
        assert "/hub/login" in inside.url
    assert not [kind for kind, *_ in server.processes().values() if kind == "server"]


def test_pupils_run_a_lesson_up_to_the_first_chart_all_at_once(server: Server) -> None:
    """The school has no readings yet, so the lesson is about the sample's, and says so."""
    pupils, done = [Pupil(f"table-{n}") for n in range(1, 4)], threading.Event()
    threads = [threading.Thread(target=visit, args=(server, one, done)) for one in pupils]
    for thread in threads:
        thread.start()
    limit = time.monotonic() + 300
    while time.monotonic() < limit and not all(one.wrong or "first chart" in one.steps for one in pupils):
        time.sleep(0.2)
    done.set()
    for thread in threads:
        thread.join()
    assert [one.wrong for one in pupils] == ["", "", ""], server.log.read_text()[-3000:]
    assert all("first chart" in one.steps for one in pupils)
    assert not [one for one in Path(server.log.parent).rglob("*.ipynb") if CHART in one.read_text()]


def test_a_table_has_pupils_notebooks_and_the_teacher_her_own(server: Server) -> None:
    pupils, teachers = notebooks(server, "table-1", "air2026"), notebooks(server, "teacher", TEACHER)
    assert NOTEBOOK in pupils
    assert not [name for name in pupils if "teacher" in name]
    assert NOTEBOOK.replace("pupil", "teacher") in teachers
    one = Pupil("table-2")
    log_in(server, one)
    other = one.web.get(f"{server.address}/user/table-1/api/contents/{NOTEBOOK}", timeout=60)
    assert other.status_code in (403, 404), "another table's folder is closed"


def test_tables_upload_into_one_dataset_at_the_same_moment_and_nothing_is_lost(
    server: Server, school: Path
) -> None:
    """Every table has its own day of readings, and all have the same file as well: it counts once."""

    def table(number: int) -> str:
        link = open_notebook(server, Pupil(f"upload-{number}"), time.monotonic())
        own, same = _day(number), _day(28)
        execute(link, f"from pathlib import Path; Path('own.csv').write_text({own!r})")
        execute(link, f"Path('same.csv').write_text({same!r})")
        execute(link, "import kit; shared = kit.open()")
        ready.wait(240)
        give = "[shared.upload(name, station={!r}).status for name in ('own.csv', 'same.csv')]"
        return said(execute(link, give.format(STATION)))

    ready = threading.Barrier(TABLES)
    with ThreadPoolExecutor(TABLES) as tables:
        answers = list(tables.map(table, range(1, TABLES + 1)))
    assert all(answer.startswith("['stored', ") for answer in answers), answers
    assert sum("'stored', 'stored'" in answer for answer in answers) == 1, answers
    shared = kit.open(school)
    hours = shared.readings("temperature", freq=None)
    assert len(hours) == 24 * (TABLES + 1)
    assert sorted(set(hours["value"])) == [*map(float, range(1, TABLES + 1)), 28.0]
    assert main(["verify", "--dataset", str(school)]) == 0


def _day(number: int) -> str:
    rows = "\n".join(f"2026-03-{number:02} {hour:02}:00;{number}.0" for hour in range(24))
    return f"time;temperature (°C)\n{rows}\n"


def test_who_wants_too_much_memory_gets_an_error_and_the_others_go_on(server: Server) -> None:
    greedy = open_notebook(server, Pupil("table-1"), time.monotonic())
    with pytest.raises(RuntimeError, match="MemoryError"):
        execute(greedy, "much = bytearray(1 << 30)")
    assert "2" in said(execute(greedy, "1 + 1")), "its kernel lives"
    other = open_notebook(server, Pupil("table-2"), time.monotonic())
    assert "3" in said(execute(other, "1 + 2"))


def test_after_a_power_cut_the_tables_work_is_there(
    server: Server, folder: Path, settings: dict[str, str]
) -> None:
    link = open_notebook(server, Pupil("table-1"), time.monotonic())
    execute(link, "import kit; from pathlib import Path; Path('mine.txt').write_text('half done')")
    every = psutil.Process(server.hub.pid).children(recursive=True)
    os.kill(server.hub.pid, signal.SIGKILL)
    for process in every:
        process.kill()
    server.hub.wait()
    again = Server(folder, sys.executable, **settings)
    try:
        again.wait()
        link = open_notebook(again, Pupil("table-1"), time.monotonic())
        assert "half done" in said(execute(link, "from pathlib import Path; Path('mine.txt').read_text()"))
        assert NOTEBOOK in notebooks(again, "table-1", "air2026")
    finally:
        again.end()
