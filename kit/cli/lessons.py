"""``kit lesson``: list, adapt, build and validate lessons."""

from __future__ import annotations

from argparse import Namespace
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


def build(options: Namespace) -> int:
    """Build pupil and teacher notebooks in every language of the lesson."""
    folders = [lesson.find(options.lesson)] if options.lesson else lesson.folders()
    for folder in folders:
        for path in lesson.build_all(folder, Path(options.out) if options.out else None):
            print_json({"notebook": str(path)}) if options.json else print(path)
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
