"""The folder for a stick: exactly what the lock names, kit with all that belongs to it, scripts."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from kit.errors import JobError, UsageError
from kit.lab import installer

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"


@pytest.mark.parametrize("platform", installer.PLATFORMS)
@pytest.mark.parametrize("python", installer.PYTHONS)
def test_every_kind_of_computer_gets_a_whole_set(platform: str, python: str) -> None:
    lines = installer.requirements(LOCK.read_text(encoding="utf-8"), installer.PLATFORMS[platform], python)
    names = [line.split("==")[0] for line in lines]
    assert len(names) == len(set(names)), "one version of each"
    assert {"jupyterlab", "pandas", "polars", "deltalake", "ipykernel"} <= set(names)
    assert all(re.search(r"==\S+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    assert ("colorama" in names) == (platform == "windows")
    assert not any(";" in line for line in lines)


def test_kits_wheel_holds_lessons_samples_and_the_lock_and_is_the_same_each_time() -> None:
    name, data = installer.kit_wheel()
    assert (name, data) == installer.kit_wheel()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        inside = set(packed.namelist())
        about = packed.read("school_envkit-0.1.0.dist-info/METADATA").decode()
        script = packed.read("school_envkit-0.1.0.dist-info/entry_points.txt").decode()
    for path in ("lab/__init__.py", "tables/units.csv", "locale/et/cli.po", "lab/stick/install.bat"):
        assert f"kit/{path}" in inside
    assert "kit/_shipped/lessons/00-our-air/build/et/pupil.ipynb" in inside
    assert "kit/_shipped/datasets/sample.json" in inside
    assert "kit/_shipped/requirements.lock" in inside
    assert any(path.startswith("kit/_shipped/notebooks/") for path in inside)
    assert "Requires-Dist: jupyterlab" in about
    assert "kit = kit.__main__:main" in script


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(installer, "_download", lambda wheels, kind, python: None)
    installer.write(tmp_path / "kit stick", ["windows", "mac", "linux"], ["3.11", "3.12"])
    return tmp_path / "kit stick"


def test_the_folder_and_its_check_sums(stick: Path) -> None:
    names = {path.name for path in stick.iterdir()}
    assert {
        "install-windows.bat",
        "install-mac.command",
        "install-linux.sh",
        "README.txt",
        "LOEMIND.txt",
    } <= names
    lines = (stick / "SHA256SUMS.txt").read_text(encoding="utf-8").splitlines()
    sums = {path: digest for digest, path in (line.split("  ") for line in lines)}
    files = {path.relative_to(stick).as_posix() for path in stick.rglob("*") if path.is_file()}
    assert set(sums) == files - {"SHA256SUMS.txt"}
    for path, digest in sums.items():
        assert hashlib.sha256((stick / path).read_bytes()).hexdigest() == digest
    asked = (stick / "requirements.txt").read_text(encoding="utf-8")
    wheel = next((stick / "wheels").glob("school_envkit-*.whl"))
    assert f"school-envkit==0.1.0 \\\n    --hash=sha256:{sums[f'wheels/{wheel.name}']}" in asked
    assert asked.startswith(LOCK.read_text(encoding="utf-8").rstrip("\n"))


def test_scripts_are_written_for_their_systems(stick: Path) -> None:
    batch = (stick / "install-windows.bat").read_bytes()
    assert batch.count(b"\r\n") == batch.count(b"\n"), "Windows reads its own line ends only"
    batch.decode("ascii")
    shell = (stick / "install-linux.sh").read_bytes()
    assert b"\r" not in shell
    assert (stick / "install-mac.command").read_bytes() == shell
    for text in (batch, shell, (stick / "LOEMIND.txt").read_bytes()):
        assert b"@PYTHONS@" not in text
        assert b"3.11 3.12" in text
        assert b"Windows 10" in text
    if shutil.which("sh"):
        subprocess.run(["sh", "-n", stick / "install-linux.sh"], check=True)
        assert (stick / "install-linux.sh").stat().st_mode & 0o100


def test_without_a_python_that_fits_it_says_so(stick: Path, tmp_path: Path) -> None:
    if not shutil.which("sh"):
        pytest.skip("a script of Unix")
    (tmp_path / "bin").mkdir()
    for name in ("dirname", "pwd", "sh"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(
        ["sh", stick / "install-linux.sh"], env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "3.11 3.12" in done.stdout
    assert "Pythonit" in done.stdout


def test_wrong_wishes_are_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError) as caught:
        installer.write(tmp_path, ["linux"], ["3.9"])
    assert "3.9" in caught.value.words("et")
    with pytest.raises(UsageError):
        installer.this_platform("freebsd-13-amd64")

    def no_network(order: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(order, 1, "", "no route to host")

    monkeypatch.setattr(subprocess, "run", no_network)
    with pytest.raises(JobError) as failed:
        installer.write(tmp_path, ["linux"], ["3.12"])
    assert "no route to host" in failed.value.words("en")
