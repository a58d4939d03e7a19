"""Handing lessons out: the built notebooks go into the folder where a class works."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from kit.lesson.build import notebooks
from kit.lesson.source import Lesson, list_lessons


def hand_out(
    folder: str | Path, lang: str, lessons: Iterable[Lesson] | None = None, *, teacher: bool = False
) -> dict[str, list[Path]]:
    """Copy the built notebooks of some lessons (None: all) into a folder, never over a class's own work.

    Return the notebooks of each lesson there, by its id: the pupils', and with ``teacher`` the teachers'.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Path]] = {}
    for one in list_lessons() if lessons is None else lessons:
        for audience in ("pupil", "teacher") if teacher else ("pupil",):
            for source in notebooks(one.folder, lang, audience):
                target = place / f"{one.id}-{source.stem}.ipynb"
                if not target.exists():
                    shutil.copyfile(source, target)
                found.setdefault(one.id, []).append(target)
    return found
