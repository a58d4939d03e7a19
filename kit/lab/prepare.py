"""Make the lessons' practice data ahead: ``python -m kit.lab.prepare``; pupils then wait for nothing.

The first lesson comes first, with as little weight as the computer allows, as pupils may be at work already.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from kit import lesson


def prepare() -> int:
    """Make what is not there yet, for every lesson; return how many lessons are ready."""
    from kit.lesson.practice import made_for

    return len([made_for(one) for one in lesson.list_lessons()])


def beside(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start :func:`prepare` in a process of its own and do not wait for it."""
    low = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    return subprocess.Popen(
        [sys.executable, "-m", "kit.lab.prepare", "--gently"], env=dict(environment), creationflags=low,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


if __name__ == "__main__":
    if "--gently" in sys.argv:
        with suppress(AttributeError, OSError):
            os.nice(10)
    prepare()
