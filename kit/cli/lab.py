"""``kit lab``: JupyterLab with the lessons, on this computer only, for one class after the other."""

from __future__ import annotations

import datetime as dt
import filecmp
import locale
import os
import shutil
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from kit import lesson, text
from kit.dataset import open_dataset
from kit.errors import DatasetError, KitError, UsageError
from kit.lab import launcher, places, prepare, session
from kit.text import language, tr


def lab(options: Namespace) -> int:
    """Put the lessons' notebooks into the class's folder (never over theirs) and start JupyterLab there."""
    with text.using(text.whole_language(options.lang or os.environ.get("KIT_LANG") or system_language())):
        return _lab(options)


def _lab(options: Namespace) -> int:
    fresh = not options.folder
    folder = _todays(options) if fresh else _named(options)
    dataset = _dataset(options)
    put = copy_lessons(folder, language(), teacher=options.teacher)
    if put and not fresh:
        print(tr("New there: {names}", names=", ".join(path.name for path in put)))
    if options.teacher:
        put.append(launcher.put_form(folder))
    _warn_of_answers(folder, options)
    page = launcher.page_settings(folder, language())
    with places.private() as private:
        environment = {
            **os.environ, **places.surroundings(private), **session.write_settings(private, page),
            "KIT_LANG": language(), "KIT_CACHE": str(places.remakeable()),
        }  # fmt: skip
        environment |= {"KIT_DATASET": dataset} if dataset else {}
        inside = environment | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(private / "tmp"))
        ended = session.run(
            folder, private, inside, options.port, idle=60 * options.idle, terminals=options.teacher,
            browser=not options.no_browser, opened=lambda address: _opened(address, environment),
        )  # fmt: skip
        _tell_end(ended, options)
    if fresh and untouched(folder, put):
        shutil.rmtree(folder, ignore_errors=True)
        print(tr("Nothing was done, so the folder {folder} is gone again.", folder=folder.name))
    elif not ended.status:
        print(tr('Your work is in {folder}. Go on with it: kit lab --folder "{folder}"', folder=folder))
    return ended.status


def _todays(options: Namespace) -> Path:
    """Make a folder for this session, and say where the last one's work is."""
    parent = places.writable(place / places.WORK for place in places.work_places())
    last = places.last_work(parent)
    folder = places.fresh(parent, dt.date.today(), options.teacher)
    print(tr("The lessons are in {folder}, a new folder: who was here before is not seen.", folder=folder))
    if parent.parent == Path(tempfile.gettempdir()):
        print(tr("Only a folder for passing things could be written: save your work elsewhere at the end."))
    if last:
        print(tr('To go on with the last work: kit lab --folder "{folder}"', folder=last))
    return folder


def _named(options: Namespace) -> Path:
    """Return the folder that was named; with ``--again`` what is in it is put aside first."""
    folder = Path(options.folder).absolute()
    if options.again:
        aside = places.put_aside(folder, dt.datetime.now())
        if aside:
            print(tr("What was there is now in {folder}; nothing was deleted.", folder=aside))
    if not places.can_write(folder):
        raise UsageError(
            "The folder {folder} cannot be written.", why="It is protected, or its disk is full or away.",
            do="Choose another one: kit lab --folder NAME", code="folder-protected", folder=folder,
        )  # fmt: skip
    print(tr("The lessons are in {folder}; what was done there is kept.", folder=folder))
    return folder


def _dataset(options: Namespace) -> str:
    """Return the address of the class's dataset ("": the lessons practise), and say which it is."""
    try:
        shared = open_dataset(options.dataset)
    except DatasetError as error:
        if error.code != "no-dataset" or options.dataset or os.environ.get("KIT_DATASET"):
            raise
        print(tr("No dataset was named: the lessons practise with made-up readings of sample schools."))
        return ""
    url = shared.url
    shared.close()
    print(tr("The data are those of {dataset}.", dataset=url))
    return url


def _warn_of_answers(folder: Path, options: Namespace) -> None:
    answers = sorted(path.name for path in folder.glob("*-teacher*.ipynb"))
    if answers and not options.teacher:
        print(
            tr(
                "Careful: teachers' notebooks with the answers are in this folder: {names}",
                names=", ".join(answers),
            )
        )


def _opened(address: str, environment: dict[str, str]) -> None:
    """Say where JupyterLab is, and let the practice data be made while the class finds its places."""
    prepare.beside(environment)
    print(tr("JupyterLab is open, for this computer only. If no browser window comes, open this address:"))
    print(address)
    print(tr("To end it: in JupyterLab “File”, “Shut Down”; or press Ctrl-C here."))
    sys.stdout.flush()


def _tell_end(ended: session.Ended, options: Namespace) -> None:
    if ended.idle:
        print(
            tr("JupyterLab has ended, as nobody used it for {minutes} minutes.", minutes=f"{options.idle:g}")
        )
    elif ended.status:
        print(tr("JupyterLab could not go on. Its last words:"), ended.last_words, sep="\n", file=sys.stderr)


def system_language() -> str:
    """Return the language that the computer speaks, as a code ("" if it does not say)."""
    if sys.platform == "win32":
        import ctypes

        code = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    else:
        found = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        code = next((name for name in found if name), "")
    return code.partition("_")[0].partition(".")[0]


def copy_lessons(folder: Path, lang: str, *, teacher: bool = False) -> list[Path]:
    """Copy the built notebooks that are not there yet, never over a class's own work; return the new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    put = []
    for source, name in _notebooks(lang, teacher):
        target = folder / name
        if not target.exists():
            shutil.copyfile(source, target)  # without its rights: where kit is installed may be read-only
            put.append(target)
    return put


def _notebooks(lang: str, teacher: bool) -> list[tuple[Path, str]]:
    """Return the built notebooks and the names under which a class gets them."""
    found = []
    for one in lesson.list_lessons():
        try:
            pupils = lesson.notebooks(one.folder, lang)
            teachers = lesson.notebooks(one.folder, lang, "teacher") if teacher else []
        except KitError as error:  # half written: it must not keep a class from the others
            print(tr("The lesson {id} is left out: {why}", id=one.id, why=error), file=sys.stderr)
            continue
        found += [(source, f"{one.id}-{source.stem}.ipynb") for source in pupils + teachers]
    return found


def untouched(folder: Path, put: list[Path]) -> bool:
    """Whether a folder holds nothing but the notebooks that were put there, as they were built."""
    if {path for path in folder.rglob("*") if path.is_file()} != set(put):
        return False
    built = {name: source for source, name in _notebooks(language(), teacher=True)}
    return all(filecmp.cmp(path, built[path.name], shallow=False) for path in put if path.name in built)
