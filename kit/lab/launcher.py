"""The launcher of JupyterLab shows the lessons as cards, and a form for a lesson of one's own.

The cards are drawn by a small JupyterLab extension (``labextensions/kit-lessons``), which needs no build and
no installation: Jupyter finds it by ``JUPYTER_PATH``. What is on them is written into the page's settings.
The form is a notebook with one panel: it works in every Jupyter and by keyboard, and its errors are cards.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from kit.lab.places import WORK
from kit.lesson import list_lessons, notebooks
from kit.lesson.panels import short_name
from kit.lesson.source import DEPTHS, Lesson
from kit.text import tr

#: The folder that Jupyter looks through (``JUPYTER_PATH``) for ``labextensions``.
EXTENSIONS = Path(__file__).parent


def put_form(folder: Path) -> Path:
    """Put the notebook with the form for an own version into a class's folder; return it."""
    title = tr("My own version of a lesson")
    path = folder / f"{short_name(title)}.ipynb"
    words = tr("Choose a lesson, give it your title and your minutes, and press the button below.")
    hidden = {"jupyter": {"source_hidden": True}}
    code = f'import kit\n\nkit.lesson.new_lesson_panel("{_own_lessons(folder)}")'
    book = {
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {title}\n\n{words}"},
            {"cell_type": "code", "id": "form", "metadata": hidden, "source": code, "execution_count": None,
             "outputs": []},
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    path.write_text(json.dumps(book, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _own_lessons(folder: Path) -> str:
    """Return where own versions stand, seen from a class's folder: beside the folders of the days."""
    beside = folder.parent.parent
    return "../../my-lessons" if folder.parent.name == WORK and os.access(beside, os.W_OK) else "my-lessons"


def page_settings(folder: Path, lang: str) -> dict[str, str]:
    """Return what the page of JupyterLab is told: the cards of the lessons in ``folder``, and the form's."""
    cards = [card for one in list_lessons() if (card := _card(one, folder, lang))]
    title = tr("My own version of a lesson", lang)
    form = folder / f"{short_name(title)}.ipynb"
    if form.is_file():
        about = tr("Make a lesson your own: title, minutes, station, language.", lang)
        notebook = {"label": title, "path": form.name}
        cards.append({"title": title, "about": about, "run": True, "notebooks": [notebook]})
    words = {"depth": tr("Which depth?", lang), "ok": tr("Open", lang), "cancel": tr("Not now", lang)}
    told = {"cards": cards, "words": words}
    return {"kitCards": json.dumps(told, ensure_ascii=False)}  # Jupyter keeps no tables in these settings


def _card(lesson: Lesson, folder: Path, lang: str) -> dict[str, Any] | None:
    """Return the card of a lesson; None if none of its notebooks is in the folder."""
    names = [f"{lesson.id}-{path.stem}.ipynb" for path in notebooks(lesson.folder, lang)]
    ways = [tr("Depth {depth}: {way}", lang, depth=one, way=tr(DEPTHS[one], lang)) for one in lesson.depths]
    pairs = zip(names, ways or names, strict=True)
    found = [{"label": label, "path": name} for name, label in pairs if (folder / name).is_file()]
    if not found:
        return None
    title = lesson.title(lang if lang in lesson.languages else lesson.languages[0])
    return {"title": title, "about": lesson.id, "run": False, "notebooks": found}
