"""The site for the browser: its wheels, its list of packages, its first page; kit inside Pyodide, in node."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kit
from kit import lesson, samples
from kit.dataset import Dataset, snapshot_files
from kit.errors import FileError, JobError, NotFoundError, UsageError
from kit.lesson import practice
from kit.lesson.site import build, engine, wheels
from kit.lesson.site.build import MARK, Site
from kit.lesson.site.welcome import Entry, welcome
from kit.text import day, number
from tests import wasm
from tests.conftest import NO_WHEELS

LESSON = "00-our-air"
#: In node: what a pupil asks of kit, as text that can be compared.
ASK = """
import json, sys
import kit
from kit.classroom.state import current
running = kit.lesson.start("00-our-air", lang="et")
receipt = running.shared.upload(running.file, station=running.station, accept_likely=True)
answers = {name: current().right_answer(task) for name, task in running.lesson.tasks.items() if task.code}
said = [running.comparison.sentence("et"), running.trend.sentence("et"), receipt.text("et"),
        kit.plot.timeline(running.report.readings, "pm25").sentence("et"), str(running.look())]
days = running.shared.readings("pm25", region=running.region)["pm25"].mean().item()
print("KIT " + json.dumps([answers, said, round(days, 9), receipt.status]))
"""
RUN = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [folder, script, packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(folder + "/pyodide.mjs"));
const python = await loadPyodide({ indexURL: folder + "/", packages: packages ? packages.split(",") : [] });
python.setStdout({ batched: (text) => console.log(text) });
python.FS.mkdirTree("/wheels");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/wheels");
await python.runPythonAsync(readFileSync(script, "utf8"));
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, practice_cache: Path) -> Path:
    """A folder with kit's wheel for one lesson and its snapshot, and the pure libraries."""
    folder = tmp_path_factory.mktemp("site")
    found = lesson.load(LESSON)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_CACHE", str(practice_cache))
        shared = Dataset(practice.made_for(found))
        snapshot_files.write(shared, folder / "snapshots" / LESSON, values="../values", practice=True)
    (folder / "python").mkdir()
    manifest = {samples.NAME: samples.folder() / samples.NAME}
    name, data = wheels.of_kit([found.folder], folder / "snapshots", manifest)
    (folder / "python" / name).write_bytes(data)
    engine.add_pure(folder / "python")
    return folder / "python"


def test_the_wheels_are_pure_and_always_the_same(made: Path) -> None:
    for path in made.glob("*.whl"):
        assert path.name.endswith("-py3-none-any.whl")
        with zipfile.ZipFile(path) as packed:
            assert packed.testzip() is None
            names = packed.namelist()
        assert not [name for name in names if re.search(r"\.(so|pyd|dll|dylib|pyc)$", name)]
    own = next(made.glob("school_envkit-*.whl"))
    with zipfile.ZipFile(own) as packed:
        names = packed.namelist()
        about = packed.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        record = packed.read(next(name for name in names if name.endswith("/RECORD"))).decode()
    assert "Name: school-envkit" in about
    assert len(record.splitlines()) == len(names)
    assert f"kit/_shipped/lessons/{LESSON}/lesson.toml" in names
    assert not [name for name in names if "/build/" in name or "__pycache__" in name]
    assert own.stat().st_size < 4_500_000
    again = wheels.of_installed("comm")
    assert again[1] == (made / again[0]).read_bytes()


def test_a_compiled_library_is_refused() -> None:
    with pytest.raises(JobError, match="not pure Python"):
        wheels.of_installed("numpy")


def test_the_list_names_all_that_is_needed(made: Path) -> None:
    packages = engine.lock(made)["packages"]
    for about in packages.values():
        assert set(about["depends"]) <= set(packages), about["name"]
    mine = packages["school-envkit"]
    own = made / mine["file_name"]
    assert mine["sha256"] == hashlib.sha256(own.read_bytes()).hexdigest()
    assert mine["imports"] == ["kit"]
    assert set(engine.NEEDS) == set(mine["depends"])


def test_nothing_else_is_imported_on_the_way_of_a_lesson(made: Path, tmp_path: Path) -> None:
    """A lesson runs where only what stands in the list is installed."""
    with zipfile.ZipFile(next(made.glob("school_envkit-*.whl"))) as packed:
        packed.extractall(tmp_path)
    given = {name for about in engine.lock(made)["packages"].values() for name in about["imports"]}
    code = f"""
import sys
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions

GIVEN = {sorted(given)!r}
ABSENT = {{name for name in packages_distributions() if not name.startswith("_")}} - {{*GIVEN, "kit"}}

class Given(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in ABSENT else super().find_spec(name, path, target)

assert {{"polars", "matplotlib", "tzfpy", "scipy", "jupytext"}} <= ABSENT
sys.meta_path[:] = [Given if one is PathFinder else one for one in sys.meta_path]
{ASK}
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "KIT " in done.stdout


def _archive(path: Path, files: dict[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for name, data in files.items():
                packed.writestr(f"inside/{name}", data)
        return path
    with tarfile.open(path, "w:bz2") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"pyodide/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_files_are_found_wherever_they_are_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: name.encode() * 3 for name in ("a.js", "b.whl", "c.zip")}
    table = tuple(
        engine.Part(name, "1", name, hashlib.sha256(data).hexdigest(), "package", "site", (), ())
        for name, data in files.items()
    )
    monkeypatch.setattr(engine, "parts", lambda: table)
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "a.js").write_bytes(files["a.js"])
    one = _archive(tmp_path / "one.zip", {"b.whl": files["b.whl"]})
    two = _archive(tmp_path / "two.tar.bz2", {"c.zip": files["c.zip"]})
    engine.gather([tmp_path / "folder", one, two], tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == files
    wrong = _archive(tmp_path / "wrong.zip", {**files, "b.whl": b"something else"})
    with pytest.raises(NotFoundError, match="another content") as caught:
        engine.gather([wrong], tmp_path / "out2")
    assert "b.whl" in caught.value.words("en")
    assert not (tmp_path / "out2" / "b.whl").exists()
    with pytest.raises(FileError, match="no folder and no archive"):
        engine.gather([tmp_path / "folder" / "deep" / "a.js"], tmp_path / "out3")


def test_the_table_is_whole() -> None:
    known = {part.name for part in engine.parts()} | set(engine.PURE)
    for part in engine.parts():
        assert re.fullmatch(r"[0-9a-f]{64}", part.sha256)
        assert set(part.depends) <= known
    assert {part.version for part in engine.parts() if part.kind == "core"} == {engine.VERSION}


def test_a_folder_with_something_else_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "homework.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="something else"):
        build(tmp_path, lessons=[LESSON])
    assert (tmp_path / "homework.txt").read_text(encoding="utf-8") == "mine"


def test_without_python_for_the_browser_it_is_said_what_to_get(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"pyodide-0\.27\.7\.tar\.bz2"):
        build(tmp_path / "site", lessons=[LESSON])
    assert not (tmp_path / "site").exists()
    assert not list(tmp_path.glob(".kit-site-*"))


def test_the_first_page() -> None:
    found = lesson.load(LESSON)
    site = Site(Path(), (LESSON,), ("en", "et"), "3f9ac2d41b07", "2026-05-31", False)
    page = welcome(site, [Entry(lang, found, f"{lang}/{LESSON}/pupil.ipynb") for lang in ("en", "et")])
    assert f'href="notebooks/index.html?path=et/{LESSON}/pupil.ipynb"' in page
    assert page.count("<h1>") == 1
    for words in ("version 3f9ac2d41b07", "31. mai 2026", "Tunnid brauseris", 'id="jupyter-config-data"'):
        assert words in page
    assert "://" not in page
    assert MARK.endswith(".json")


# --- kit inside Pyodide, in node


def _in_node(folder: Path, script: str, packages: str, tmp_path: Path) -> Any:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    (tmp_path / "run.mjs").write_text(RUN, encoding="utf-8")
    (tmp_path / "ask.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["node", str(tmp_path / "run.mjs"), str(folder), str(tmp_path / "ask.py"), packages],
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert "KIT " in done.stdout, done.stdout[-2000:] + done.stderr[-6000:]
    return json.loads(done.stdout.split("KIT ", 1)[1].splitlines()[0])


@pytest.mark.slow
def test_kits_ground_in_node_without_any_compiled_library(made: Path, tmp_path: Path) -> None:
    """What needs no numpy: words in languages, variables, entries. The core is to be had everywhere."""
    folder = tmp_path / "core"
    wasm.core(folder)
    for path in made.glob("*.whl"):
        shutil.copy(path, folder)
    empty = {"info": engine.INFO, "packages": {}}
    (folder / "pyodide-lock.json").write_text(json.dumps(empty), encoding="utf-8")
    script = """
import json, sys
from datetime import date
from glob import glob
import zipfile
for name in ("school_envkit", "babel"):
    zipfile.ZipFile(glob(f"/wheels/{name}-*.whl")[0]).extractall("/here")
sys.path.append("/here")
import kit
from kit.entry import canonical_json
from kit.text import day, number
said = [number(1234.5, 1, "et"), day(date(2026, 3, 1), "et")]
entry = canonical_json({"b": 1, "a": 2}).decode()
print("KIT " + json.dumps([kit.__version__, *said, entry, "numpy" in sys.modules]))
"""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    found = _in_node(folder, script, "", tmp_path)
    said = [number(1234.5, 1, "et"), day(date(2026, 3, 1), "et")]
    assert found == [kit.__version__, *said, '{"a":2,"b":1}', False]


@pytest.mark.slow
def test_a_lesson_in_node_gives_the_same_answers(made: Path, tmp_path: Path) -> None:
    """The right answers, sentences and receipts of a lesson in Pyodide are those of this computer."""
    folder = tmp_path / "whole"
    if not wasm.core(folder):
        pytest.skip(NO_WHEELS)
    for path in made.glob("*.whl"):
        shutil.copy(path, folder)
    engine.lock(folder)
    found = _in_node(folder, ASK, "school-envkit", tmp_path)
    with zipfile.ZipFile(next(made.glob("school_envkit-*.whl"))) as packed:
        packed.extractall(tmp_path / "here")
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=False, cwd=tmp_path / "here"
    )
    here = json.loads(done.stdout.split("KIT ", 1)[1])
    assert found[1:] == here[1:]
    assert found[0] == pytest.approx(here[0])
