"""The rules of the house, each kept by a machine: layers, types, style, words, locks, sizes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.words import literal_texts

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "kit").rglob("*.py"))


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_style() -> None:
    run("ruff", "check", ".")


def test_format() -> None:
    run("ruff", "format", "--check", ".")


@pytest.mark.slow
def test_types() -> None:
    run("mypy")


def test_imports_point_down() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_has_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][a-z0-9._-]*==", text, flags=re.M)
    assert len(pins) > 80
    assert text.count("--hash=sha256:") >= len(pins)


def test_the_lock_is_made_from_pyproject() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for dependency in project["dependencies"]:
        name = re.split(r"[<>=!\[;~ ]", dependency)[0]
        assert re.search(rf"^{re.escape(name)}==", lock, flags=re.M), f"{name} is not in the lock"


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    reasons = text.split("## Dependencies", 1)[-1]
    for dependency in project["dependencies"]:
        name = re.split(r"[<>=!\[;~ ]", dependency)[0]
        assert f"`{name}`" in reasons, f"{name} has no reason in ARCHITECTURE.md"


def test_the_version_is_in_the_changelog() -> None:
    import kit

    assert f"## {kit.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'version = "{kit.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 420, f"{lines} lines: make it a folder with the same door"


def test_nothing_needs_the_internet() -> None:
    pattern = re.compile(r"cdn\.|unpkg\.com|jsdelivr|googleapis|plot\.ly")
    for folder in ("kit", "lessons", "notebooks"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in {".py", ".md", ".ipynb", ".html", ".toml", ".js", ".j2"}:
                assert not pattern.search(path.read_text(encoding="utf-8")), f"{path} names a content network"


def test_every_text_for_people_is_translated() -> None:
    from kit.text import LANGUAGES, _catalogue

    texts = literal_texts(ROOT / "kit")
    assert len(texts) > 150
    for code in LANGUAGES:
        if code == "en":
            continue
        catalogue = _catalogue(code)
        missing = sorted(f"{text!r}  ({where})" for text, where in texts.items() if text not in catalogue)
        assert not missing, f"{len(missing)} texts have no translation into {code}:\n" + "\n".join(missing)


def test_translations_keep_the_places() -> None:
    from kit.text import LANGUAGES, _catalogue

    def places(text: str) -> set[str]:
        return set(re.findall(r"(?<!{){([a-z_0-9]+)[^{}]*}", text))

    for code in set(LANGUAGES) - {"en"}:
        for key, found in _catalogue(code).items():
            for form in found if isinstance(found, (tuple, list)) else [found]:
                assert places(form) <= places(key) | {"n"}, f"{code}: {key!r} → {form!r}"


def test_catalogues_hold_no_text_that_nothing_says() -> None:
    from kit.text import RECEIPT_LANGUAGES, _catalogue
    from tests.words import every_text

    said = every_text(ROOT / "kit")
    for code in set(RECEIPT_LANGUAGES) - {"en"}:
        stale = sorted(set(_catalogue(code)) - said)
        assert not stale, f"{len(stale)} translations into {code} of texts that are gone: {stale[:5]}"


def test_a_text_of_two_parts_has_one_translation() -> None:
    from babel.messages.pofile import read_po

    for folder in sorted((ROOT / "kit" / "locale").iterdir()):
        known: dict[str, tuple[str, str]] = {}
        for path in sorted(folder.glob("*.po")):
            with path.open("rb") as file:
                for message in read_po(file):
                    if message.id:
                        first = known.setdefault(str(message.id), (str(message.string), path.name))
                        assert first[0] == str(message.string), f"{message.id!r}: {first[1]}, {path.name}"


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_documents_name_files_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = set(re.findall(r"`([\w./]+/\w+\.(?:py|csv))`", text))
    gone = [path for path in sorted(paths) if not any((ROOT / at / path).exists() for at in ("", "kit"))]
    assert paths
    assert not gone
    alone = set(re.findall(r"`(\w+\.(?:py|csv))`", text))
    assert alone <= {path.name for path in (ROOT / "kit").rglob("*.*")}


def test_every_question_is_in_the_list_of_answers() -> None:
    listed = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Questions and answers")[1]
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "kit" / "ingest").glob("*.py"))
    ids = set(re.findall(r"\bQuestion\(f?\"(\w+)", code))
    assert {"station", "zone", "variable"} <= ids
    assert all(f"| `{name}" in listed.split("\n## ")[0] for name in ids)
