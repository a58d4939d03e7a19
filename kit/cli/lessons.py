"""``kit lesson``: list, adapt, build and validate lessons."""

from __future__ import annotations

import os
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path

from kit import lesson
from kit.cli.show import print_json, table
from kit.text import language, tr


def list_lessons(options: Namespace) -> int:
    """List the lessons that come with kit and those of this folder."""
    found = lesson.list_lessons()
    if options.json:
        for one in found:
            print_json(one.to_dict())
        return 0
    rows = [[one.id, one.title(language()), one.ages, str(one.minutes)] for one in found]
    print(table(rows, [tr("lesson"), tr("title"), tr("ages"), tr("minutes")]))
    return 0


def new(options: Namespace) -> int:
    """Make a teacher's own version of a lesson."""
    made = lesson.new(
        options.name,
        options.origin,
        title=options.title,
        minutes=options.minutes,
        station=options.station,
        file=options.file,
        since=options.since,
        until=options.until,
        variables=dict(options.variable),
        without=options.without,
        lang=language(),
        out=Path(options.out),
    )
    if options.json:
        print_json({"lesson": str(made)})
    else:
        print(
            tr(
                "Your lesson is in {folder}. Change lesson.md, then run: kit lesson build {folder}",
                folder=made,
            )
        )
    return 0


def update(options: Namespace) -> int:
    """Take into an own version what is new in its origin; 1 if the result is not valid."""
    done = lesson.update(options.lesson, show=options.show)
    print_json(done.to_dict()) if options.json else print(done.text())
    return 1 if done.problems else 0


def feedback(options: Namespace) -> int:
    """Print what teachers said about a lesson; keep a note on it, or take one back."""
    from kit.dataset import open_dataset
    from kit.dataset.feedback import take_back

    shared = open_dataset(options.dataset)
    if options.retract:
        take_back(shared, options.retract)
    if options.worked or options.change or options.minutes:
        lesson.give_feedback(
            shared, options.lesson, worked=options.worked, change=options.change,
            minutes=dict(options.minutes), depth=options.depth,
        )  # fmt: skip
    heard = lesson.feedback(shared, options.lesson)
    print_json(heard.to_dict()) if options.json else print(heard.text())
    return 0


def bring(options: Namespace) -> int:
    """Bring what was changed in a notebook back into its lesson; 1 if the result is not valid."""
    done = lesson.bring(options.lesson, options.notebook, show=options.show)
    print_json(done.to_dict()) if options.json else print(done.text())
    return 1 if done.problems else 0


def build(options: Namespace) -> int:
    """Build what was asked for of one lesson or of all, in one language or in every one."""
    from kit.batch.warm import Warm, manager
    from kit.lesson.faces import FACES, build_faces
    from kit.lesson.performing import SURROUNDINGS, Data

    faces = FACES if options.face == "all" else (options.face,)
    data = Data(options.dataset or "", options.station or "", options.file or "")
    with ExitStack() as after:
        warm = Warm(os.environ | SURROUNDINGS) if {"page", "moodle"} & {*faces} else None
        socket = after.enter_context(warm).path if warm else ""
        kernels = manager(socket) if socket else None
        for folder in [lesson.find(options.lesson)] if options.lesson else lesson.folders():
            out = Path(options.out) / ("" if options.lesson else folder.name) if options.out else None
            for path in build_faces(folder, faces, out, lang=options.lang, data=data, kernels=kernels):
                kind = "notebook" if path.suffix == ".ipynb" else "file"
                print_json({kind: str(path)}) if options.json else print(path, flush=True)
    return 0


def site(options: Namespace) -> int:
    """Build a site that runs in a browser; with ``--lang`` in one language."""
    from kit.lesson.site import build as build_site

    made = build_site(
        options.out, dataset=options.dataset or "", lessons=options.lesson, pyodide=options.pyodide,
        languages=[options.lang] if options.lang else [],
    )  # fmt: skip
    if options.json:
        print_json({**made.to_dict(), "site": str(made.folder)})
        return 0
    said = {"folder": made.folder, "n": len(made.lessons), "until": made.until}
    print(tr("The site is in {folder}: {n} lessons, data up to {until}.", **said))
    print(tr("Put it on any web server (https). Look at it here: python -m http.server -d {folder}", **said))
    return 0


def ready(options: Namespace) -> int:
    """Say whether the class's data are enough for a lesson, and whose data it will use."""
    found = lesson.ready(options.lesson, dataset=options.dataset or "", station=options.station)
    if options.json:
        print_json(found.to_dict())
        return 0
    if found.found:
        print(table(found.rows(), [tr("needed"), tr("there is"), tr("enough")]), end="\n\n")
    print(*found.words(), sep="\n")
    return 0


def validate(options: Namespace) -> int:
    """Say what is missing in a lesson; 1 if anything is."""
    folders = [lesson.find(options.lesson)] if options.lesson else lesson.folders()
    problems = [(folder, problem) for folder in folders for problem in lesson.validate(folder)]
    for folder, problem in problems:
        if options.json:
            print_json({"lesson": folder.name, "problem": str(problem)})
        else:
            print(f"{folder.name}: {problem}")
    if not problems and not options.json:
        print(tr("Nothing is missing."))
    return 1 if problems else 0
