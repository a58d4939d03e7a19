"""A folder for a stick that installs kit where there is no internet: wheels, lessons, samples, scripts.

What is installed is exactly what ``requirements.lock`` names: pip downloads it with the lock's hashes, and
the computer that installs compares them again. Kit's own wheel is there, too, with lessons and samples in it.
"""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from kit import __version__
from kit.errors import JobError, UsageError
from kit.lesson.site.wheels import KIT, wheel

_PACKAGE = Path(__file__).parents[1]
_LOCKS = (_PACKAGE.parent / "requirements.lock", _PACKAGE / "_shipped" / "requirements.lock")
#: What stands beside the code: in the wheel's folder ``_shipped``, in a checkout beside the package.
_SHIPPED = {"lessons": "lessons", "notebooks": "notebooks", "datasets/sample": "datasets"}
PYTHONS = ("3.11", "3.12", "3.13")
_STICK = Path(__file__).parent / "stick"
_SCRIPTS = {"windows": "install.bat", "mac": "install.sh", "linux": "install.sh"}
_NAMES = {"windows": "install-windows.bat", "mac": "install-mac.command", "linux": "install-linux.sh"}


@dataclass(frozen=True)
class Platform:
    """A kind of computer: its name for people, tags of its wheels (best first), and what markers ask it."""

    name: str
    tags: tuple[str, ...]
    markers: tuple[tuple[str, str], ...]


def _linux(machine: str) -> tuple[str, ...]:
    versions = ("2_28", "2_27", "2_26", "2_24", "2_17", "2_12", "2_5")
    old = (f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}")
    return (*(f"manylinux_{version}_{machine}" for version in versions), *old, f"linux_{machine}")


def _markers(system: str, name: str, os_name: str, machine: str) -> tuple[tuple[str, str], ...]:
    names = ("platform_system", "sys_platform", "os_name", "platform_machine")
    return tuple(zip(names, (system, name, os_name, machine), strict=True))


PLATFORMS = {
    "windows": Platform(
        "Windows 10, 11 (64 bit)", ("win_amd64",), _markers("Windows", "win32", "nt", "AMD64")
    ),
    "mac": Platform(
        "macOS 12 or later (Apple M1 or newer)",
        ("macosx_12_0_arm64",),
        _markers("Darwin", "darwin", "posix", "arm64"),
    ),
    "mac-intel": Platform(
        "macOS 12 or later (Intel)",
        ("macosx_12_0_x86_64",),
        _markers("Darwin", "darwin", "posix", "x86_64"),
    ),
    "linux": Platform(
        "Linux (64 bit, glibc 2.28 or later)",
        _linux("x86_64"),
        _markers("Linux", "linux", "posix", "x86_64"),
    ),
}


def this_platform(tag: str = "") -> str:
    """Return the name of this computer's kind, or of the one with a platform tag of :mod:`sysconfig`.

    Raises :class:`kit.errors.UsageError` (``unknown-platform``) if it is none of :data:`PLATFORMS`.

    >>> this_platform("macosx-14.0-arm64"), this_platform("win-amd64"), this_platform("linux-x86_64")
    ('mac', 'windows', 'linux')
    """
    system, _, rest = (tag or sysconfig.get_platform()).partition("-")
    kinds = {
        ("win", "amd64"): "windows",
        ("linux", "x86_64"): "linux",
        ("macosx", "arm64"): "mac",
        ("macosx", "x86_64"): "mac-intel",
    }
    found = kinds.get((system, rest.rpartition("-")[2]))
    if found is None and system == "macosx" and rest.endswith("universal2"):
        found = "mac" if platform.machine() == "arm64" else "mac-intel"
    if found is None:
        raise UsageError(
            "For which computers shall it be?", do="Say it: --platform windows (or mac, mac-intel, linux).",
            code="unknown-platform",
        )  # fmt: skip
    return found


def requirements(lock: str, kind: Platform, python: str) -> list[str]:
    """Return what a lock asks of one kind of computer: ``name==version --hash=…`` a line, without markers.

    >>> lock = 'a==1 ; os_name == "nt" \\\\\\n    --hash=sha256:00\\nb==2 \\\\\\n    --hash=sha256:11\\n'
    >>> requirements(lock, PLATFORMS["linux"], "3.12")
    ['b==2 --hash=sha256:11']
    """
    from packaging.requirements import Requirement

    asked = {
        **dict(kind.markers), "python_version": python, "python_full_version": f"{python}.0",
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": "",
    }  # fmt: skip
    found = []
    for block in re.split(r"\n(?=\S)", lock.replace("\\\n", " ")):
        line = " ".join(part for part in block.splitlines() if not part.strip().startswith("#"))
        words, *hashes = re.split(r"\s+--hash=", line.strip())
        if not words:
            continue
        wanted = Requirement(words)
        if wanted.marker is None or wanted.marker.evaluate(asked):
            found.append(" ".join([f"{wanted.name}{wanted.specifier}", *(f"--hash={one}" for one in hashes)]))
    return found


def kit_wheel() -> tuple[str, bytes]:
    """Return the name and the bytes of kit's own wheel: code, lessons, notebooks, samples, lock."""
    info = f"{KIT.replace('-', '_')}-{__version__}.dist-info"
    script = b"[console_scripts]\nkit = kit.__main__:main\n"

    def files() -> Iterator[tuple[str, bytes]]:
        yield f"{info}/entry_points.txt", script
        yield from _below(_PACKAGE, "kit", "_shipped")
        for beside, inside in _SHIPPED.items():
            source = _PACKAGE.parent / beside
            source = source if source.is_dir() else _PACKAGE / "_shipped" / inside
            yield from _below(source, f"kit/_shipped/{inside}")
        yield "kit/_shipped/requirements.lock", _lock().encode()

    about = metadata.distribution(KIT).read_text("METADATA") or ""
    return wheel(KIT, __version__, files(), about.encode())


def _below(folder: Path, into: str, without: str = "") -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in inside.parts and inside.parts[0] != without:
            yield f"{into}/{inside.as_posix()}", path.read_bytes()


def _lock() -> str:
    return next(path for path in _LOCKS if path.is_file()).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Made:
    """An installer's folder: how many packages, and how many bytes, for which computers."""

    folder: Path
    packages: int
    size: int
    platforms: tuple[str, ...]
    pythons: tuple[str, ...]


def write(out: Path, platforms: Sequence[str], pythons: Sequence[str]) -> Made:
    """Write the folder (again: what is there already is not downloaded again).

    Raises
    ------
    UsageError
        ``python-version``: a Python that kit is not for.
    JobError
        ``no-download``: a package could not be had; pip's own words are in the error.
    """
    for python in pythons:
        if python not in PYTHONS:
            raise UsageError(
                "kit needs Python 3.11, 3.12 or 3.13, not {version}.", do="Say one of these: --python 3.12",
                code="python-version", version=python,
            )  # fmt: skip
    wheels = out / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    for stale in wheels.glob(f"{KIT.replace('-', '_')}-*.whl"):
        stale.unlink()
    for name in platforms:
        for python in pythons:
            _download(wheels, PLATFORMS[name], python)
    name, data = kit_wheel()
    (wheels / name).write_bytes(data)
    ours = f"\n{KIT}=={__version__} \\\n    --hash=sha256:{hashlib.sha256(data).hexdigest()}\n"
    (out / "requirements.txt").write_text(_lock().rstrip("\n") + ours, encoding="utf-8", newline="\n")
    _write_texts(out, platforms, pythons)
    _write_sums(out)
    files = [path for path in out.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    return Made(out, len(list(wheels.glob("*.whl"))), size, tuple(platforms), tuple(pythons))


def _download(wheels: Path, kind: Platform, python: str) -> None:
    short = python.replace(".", "")
    tags = [word for tag in kind.tags for word in ("--platform", tag)]
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("\n".join(requirements(_lock(), kind, python)), encoding="utf-8")
        order = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", "--require-hashes", *tags, "--platform", "any", "--python-version", python,
            "--implementation", "cp", "--abi", f"cp{short}", "--abi", "abi3", "--abi", "none",
            "--find-links", str(wheels), "--dest", str(wheels), "--requirement", str(wanted),
        ]  # fmt: skip
        done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise JobError(
            "Not every package could be had for {platform}, Python {python}.", why=done.stderr.strip()[-600:],
            do="Is the internet there? Try again: what was downloaded is kept.",
            code="no-download", platform=kind.name, python=python,
        )  # fmt: skip


def _write_texts(out: Path, platforms: Sequence[str], pythons: Sequence[str]) -> None:
    """Write the scripts of the chosen platforms and how to use them, in English and Estonian."""
    said = {
        "@VERSION@": __version__, "@PYTHONS@": " ".join(sorted(pythons)),
        "@PLATFORMS@": "; ".join(PLATFORMS[name].name for name in platforms),
    }  # fmt: skip
    wanted = {
        _NAMES[name]: script
        for name, script in _SCRIPTS.items()
        if any(one.split("-")[0] == name for one in platforms)
    }
    for name, source in {**wanted, "README.txt": "README.txt", "LOEMIND.txt": "LOEMIND.txt"}.items():
        text = (_STICK / source).read_text(encoding="utf-8")
        for mark, words in said.items():
            text = text.replace(mark, words)
        ends = "\n" if source == "install.sh" else "\r\n"
        (out / name).write_text(text, encoding="utf-8", newline=ends)
        (out / name).chmod(0o755)


def _write_sums(out: Path) -> None:
    """Write the check sum of every file, as ``sha256sum`` reads it."""
    (out / "SHA256SUMS.txt").unlink(missing_ok=True)
    lines = []
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest}  {path.relative_to(out).as_posix()}\n")
    (out / "SHA256SUMS.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def room(out: Path) -> int:
    """Return how many bytes are free where ``out`` stands, or will stand."""
    place = out.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free
