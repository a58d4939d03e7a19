"""What can be typed: one place for every command and option. The help fits one screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

from kit import __version__
from kit.text import RECEIPT_LANGUAGES

SUMMARY = """\
Upload your school's readings to one shared dataset and analyse the region together.

  demo                 the sample schools: upload, analyse, report
  lab | installer OUT  JupyterLab with the lessons | a stick to install kit offline
  init DATASET         make a shared dataset (a folder, or s3://BUCKET)
  read FILE...         understand files without storing anything
  upload FILE...       add readings or sightings to the shared dataset
  correct | template   mend a submission's station or unit | a table to fill in by hand
  retract SUBMISSION   take a submission back (uploading it again restores it)
  station add|list     the places where schools measure
  status               what the dataset holds
  merge OTHER          take over what another copy of the dataset holds
  export FORMAT OUT    tables for other programs (csv, parquet), or a school's own data
  backup | restore     everything that was given, in one file | a dataset made of it again
  erase KIND ID        remove a school or a submission for ever, in copies met later too
  verify | rebuild | compact     tables: compare with what was given | derive anew | sort
  lesson list|new|update|bring|ready|feedback|build|site|validate
  batch plan|run       the shared analyses for every region and school

Everywhere: --dataset URL, --lang en|et|de|ru|uk, --json. kit COMMAND --help says more.
"""


class Parser:
    """A thin shell over argparse: each command names the function that runs it, loaded when it runs."""

    def __init__(self) -> None:
        self.top = argparse.ArgumentParser(
            prog="kit",
            usage="kit COMMAND [options]",
            description=SUMMARY,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[_everywhere(default=True)],
        )
        self.top.add_argument("--version", action="version", version=f"kit {__version__}")
        self.commands = self.top.add_subparsers(
            dest="command", required=True, metavar="COMMAND", help=argparse.SUPPRESS
        )

    def add(self, name: str, run: str, about: str) -> argparse.ArgumentParser:
        """Add a command; ``run`` is ``"module:function"`` inside ``kit.cli``."""
        return _add(self.commands, name, run, about)

    def group(self, name: str, about: str) -> argparse._SubParsersAction[argparse.ArgumentParser]:
        """Add a command that has commands of its own (``kit station add``)."""
        group = self.commands.add_parser(name, help=about, description=about)
        return group.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: str, about: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, parents=[_everywhere(default=False)], help=about, description=about)
    command.set_defaults(run=_late(run))
    return command


def _everywhere(*, default: bool) -> argparse.ArgumentParser:
    """The options of every command; they may stand before or after the command's name."""
    absent = None if default else argparse.SUPPRESS

    def about(text: str) -> str:
        return argparse.SUPPRESS if default else text  # the summary names them

    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--dataset", default=absent, metavar="URL", help=about("folder of the shared dataset")
    )
    options.add_argument(
        "--lang",
        default=absent,
        choices=sorted(RECEIPT_LANGUAGES),
        help=about("language of the answers (de, ru, uk: receipts only)"),
    )
    options.add_argument(
        "--json",
        action="store_true",
        default=False if default else argparse.SUPPRESS,
        help=about("print results as JSON, one object a line"),
    )
    return options


def _late(name: str) -> Callable[[argparse.Namespace], int]:
    """Return a function that loads ``module:function`` of ``kit.cli`` when it is called."""

    def call(options: argparse.Namespace) -> int:
        module, function = name.split(":")
        return int(getattr(import_module(f"kit.cli.{module}"), function)(options))

    return call


def build() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = Parser()
    _run_commands(parser)
    _file_commands(parser)
    _template_command(parser)
    _dataset_commands(parser)
    _lesson_commands(parser)
    _batch_commands(parser)
    return parser.top


def _run_commands(parser: Parser) -> None:
    demo = parser.add("demo", "demo:demo", "Run the whole way on the sample schools.")
    demo.add_argument("--out", default="reports", metavar="FOLDER", help="where the report pages go")
    lab = parser.add("lab", "lab:lab", "Open JupyterLab with the lessons.")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument("--port", type=int, default=8888)
    lab.add_argument("--teacher", action="store_true", help="the teachers' notebooks too (answers, notes)")
    lab.add_argument("--folder", default="", help="where to work, or to go on (else a new folder)")
    lab.add_argument("--again", action="store_true", help="put aside what is in --folder, begin afresh")
    lab.add_argument("--idle", type=float, default=30, metavar="MINUTES", help="end when unused so long")
    installer = parser.add("installer", "installer:installer", "A folder for a stick.")
    installer.add_argument("out", metavar="OUT", help="a folder, for instance on a stick")
    installer.add_argument(
        "--platform", action="append", default=None, choices=("windows", "mac", "mac-intel", "linux"),
        help="for which computers (repeatable; default: ones like this)",
    )  # fmt: skip
    installer.add_argument(
        "--python", action="append", default=None, metavar="3.12", help="for which Python (repeatable)"
    )


def _file_commands(parser: Parser) -> None:
    read = parser.add("read", "files:read", "Understand files; nothing is stored.")
    upload = parser.add("upload", "files:upload", "Add files to the shared dataset.")
    for command in (read, upload):
        command.add_argument("files", nargs="*", metavar="FILE", help="a file, or a folder of files")
        command.add_argument("--school", default=None, help="the school that gives the data")
        _say(command)
    upload.add_argument(
        "--inbox", nargs="?", const="", default=None, metavar="FOLDER",
        help="take every file of a folder (of the dataset's own inbox); receipts are written beside them",
    )  # fmt: skip
    upload.add_argument("--full", action="store_true", help="the whole receipt of each of many files")
    upload.add_argument("--watch", action="store_true", help="go on looking at the inbox until Ctrl-C")
    upload.add_argument("--every", type=_seconds, default=5.0, metavar="SECONDS", help=argparse.SUPPRESS)
    correct = parser.add("correct", "files:correct", "Mend a wrong station, unit or order of dates.")
    correct.add_argument("submission", metavar="SUBMISSION|FILE")
    _say(correct)
    for command in (upload, correct):
        command.add_argument("--strict", action="store_true", help="exit status 1 if any row was refused")


def _template_command(parser: Parser) -> None:
    template = parser.add("template", "files:template", "A table for observations written by hand.")
    template.add_argument("out", metavar="OUT", help="a file that ends with .xlsx, .ods or .csv")
    template.add_argument(
        "--kind", default="weather", help="weather, air, water, noise, birds, plants, insects"
    )
    template.add_argument("--station", default=None, help="the station in the example: SCHOOL/PLACE")
    template.add_argument("--school", default=None, help="the school whose stations are listed")


def _say(command: argparse.ArgumentParser) -> None:
    """The options with which questions are answered."""
    command.add_argument("--station", default=None, help="where it was measured: SCHOOL/PLACE")
    command.add_argument(
        "--answer", action="append", default=[], metavar="ID=VALUE", help="answer a question (repeatable)"
    )
    command.add_argument(
        "--yes",
        action="store_true",
        help="take the likely answer to every question (the receipt says which)",
    )


def _seconds(text: str) -> float:
    return max(0.05, float(text))


def _pair(text: str) -> tuple[str, str]:
    """Return the two sides of ``OLD=NEW``."""
    old, new = text.split("=")
    return old, new


def _took(text: str) -> tuple[str, int]:
    """Return step and minutes of ``STEP=MINUTES``."""
    step, minutes = _pair(text)
    return step, int(minutes)


def _dataset_commands(parser: Parser) -> None:
    init = parser.add("init", "places:init", "Make a shared dataset in a folder.")
    init.add_argument("folder")
    init.add_argument("--school", default="", help="your school's id, e.g. EE-TRT-7k2p")
    init.add_argument("--region", default="", help="ISO 3166-2 code, e.g. EE-79")
    init.add_argument("--zone", default="", help="time zone, e.g. Europe/Tallinn")
    retract = parser.add("retract", "places:retract", "Take a submission back.")
    retract.add_argument("submission")
    retract.add_argument("--reason", default="")
    parser.add("status", "places:status", "Say what the dataset holds.")
    merge = parser.add("merge", "copies:merge", "Take over what another copy of the dataset holds.")
    merge.add_argument(
        "other", metavar="OTHER",
        help="its folder, for instance on a stick; it is only read. Settings (kit.toml) are not merged",
    )  # fmt: skip
    merge.add_argument("--both", action="store_true", help="give, too: afterwards both hold the same")
    parser.add("compact", "keeping:compact", "Settle the tables (it happens by itself, too).")
    backup = parser.add("backup", "keeping:backup", "Write everything that was given into one file.")
    backup.add_argument("out", metavar="OUT", help="a folder that exists, or a file that ends with .zip")
    restore = parser.add("restore", "keeping:restore", "Make a dataset of a backup.")
    restore.add_argument("backup", metavar="BACKUP", help="the file that kit backup made")
    restore.add_argument("folder", metavar="FOLDER", help="the new dataset's folder; it must not exist")
    _export_command(parser)
    erase = parser.add("erase", "places:erase", "Remove a school or an entry for ever.")
    erase.add_argument("what", choices=("school", "submission", "entry"))
    erase.add_argument("id", metavar="ID", help="the school's id; or the entry's, or its first digits")
    erase.add_argument("--reason", default="wish", choices=("wish", "personal", "mistake", "rights"))
    erase.add_argument("--yes", action="store_true", help="do not ask to type the id again")
    parser.add("verify", "places:verify", "Derive every table again and compare.")
    parser.add("rebuild", "places:rebuild", "Derive every table again and replace it.")
    station = parser.group("station", "The places where schools measure.")
    add = _add(station, "add", "places:station_add", "Add a station, or describe it anew.")
    add.add_argument("id", help="SCHOOL/PLACE, e.g. EE-TRT-7k2p/roof")
    add.add_argument("--latitude", "--lat", type=float, default=None)
    add.add_argument("--longitude", "--lon", type=float, default=None)
    add.add_argument("--elevation", type=float, default=None, help="metres above sea level")
    add.add_argument("--region", default="", help="ISO 3166-2 code, e.g. EE-79")
    add.add_argument("--zone", default="", help="time zone, e.g. Europe/Tallinn (found from the coordinates)")
    add.add_argument("--exposure", default="", help="roof, garden, roadside, indoor, ...")
    add.add_argument("--name", default="")
    _add(station, "list", "places:station_list", "List the stations.")


def _export_command(parser: Parser) -> None:
    export = parser.add("export", "keeping:export", "Write what counts as files for other programs.")
    export.add_argument(
        "format", metavar="FORMAT", choices=("csv", "parquet", "school"),
        help="csv (spreadsheets), parquet, or school: one school's tables, files and receipts",
    )  # fmt: skip
    export.add_argument(
        "out", metavar="OUT", help="a file that ends with .zip, or a folder; it must not exist"
    )
    for name in ("station", "school", "region"):
        export.add_argument(f"--{name}", action="append", default=None, help="only this one (repeatable)")
    for name in ("since", "until"):
        export.add_argument(f"--{name}", default=None, metavar="DATE", help="2026-03-01, 2026-03 or 2026")
    export.add_argument(
        "--decimal-comma", action="store_true", help='write 1,5 and ";" between columns, for spreadsheets'
    )


def _site_command(lesson: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    site = _add(
        lesson, "site", "lessons:site", "Build a site with lessons and a copy of the data, for browsers."
    )
    site.add_argument("out", metavar="OUT", help="a new folder, or that of an earlier site")
    site.add_argument(
        "--pyodide", action="append", default=[], metavar="PLACE",
        help="where Python for the browser is: a folder or an archive (repeatable; docs/in-the-browser.md)",
    )  # fmt: skip
    site.add_argument(
        "--lesson", action="append", default=[], metavar="LESSON", help="only this one (repeatable)"
    )


def _lesson_commands(parser: Parser) -> None:
    lesson = parser.group("lesson", "Lessons: list, adapt, build, validate.")
    _add(lesson, "list", "lessons:list_lessons", "List the lessons.")
    new = _add(lesson, "new", "lessons:new", "Make your own version of a lesson.")
    new.add_argument("name", help="a short name for your lesson, e.g. my-air")
    new.add_argument(
        "--from", dest="origin", required=True, metavar="LESSON", help="its id, number (03) or folder"
    )
    new.add_argument("--title", default=None)
    new.add_argument("--minutes", type=int, default=None, help="minutes of one lesson hour")
    new.add_argument("--station", default=None)
    new.add_argument("--file", default=None, help="your class's own data file; a copy goes into the lesson")
    for name in ("since", "until"):
        new.add_argument(f"--{name}", default="", metavar="DATE", help="2026-03-01")
    new.add_argument(
        "--variable", action="append", type=_pair, default=[], metavar="OLD=NEW",
        help="another variable in its place, e.g. pm25=pm10 (repeatable)",
    )  # fmt: skip
    new.add_argument(
        "--without", action="append", default=[], metavar="TASK", help="leave a task out (repeatable)"
    )
    new.add_argument("--out", default="my-lessons", metavar="FOLDER")
    update = _add(lesson, "update", "lessons:update", "Take in what is new in your lesson's origin.")
    update.add_argument("lesson")
    update.add_argument("--show", action="store_true", help="only say what would be done")
    bring = _add(lesson, "bring", "lessons:bring", "Bring a changed notebook back into the lesson's text.")
    bring.add_argument("lesson")
    bring.add_argument("notebook", metavar="NOTEBOOK", help="the file (.ipynb) that was changed and saved")
    bring.add_argument("--show", action="store_true", help="only say what would be done")
    feedback = _add(lesson, "feedback", "lessons:feedback", "What teachers say about a lesson; say it, too.")
    feedback.add_argument("lesson")
    feedback.add_argument("--worked", default="", metavar="TEXT", help="what worked well (no names, please)")
    feedback.add_argument("--change", default="", metavar="TEXT", help="what should be changed")
    feedback.add_argument(
        "--minutes", action="append", type=_took, default=[], metavar="STEP=MINUTES",
        help="how long a step really took (repeatable)",
    )  # fmt: skip
    feedback.add_argument("--depth", default="", choices=("A", "B", "C"))
    feedback.add_argument("--retract", default="", metavar="NOTE", help="take a note back")
    build = _add(
        lesson, "build", "lessons:build", "Build notebooks, handouts, pages … of a lesson (or of all)."
    )
    build.add_argument("lesson", nargs="?", default=None)
    build.add_argument(
        "--for", dest="face", default="notebook",
        choices=("notebook", "print", "page", "moodle", "metadata", "all"),
        help="notebooks; handouts on paper; a page without code, from the data; a .imscc; JSON-LD",
    )  # fmt: skip
    build.add_argument("--station", default=None, help="whose data the page shows")
    build.add_argument("--file", default=None, help="the data file that the page shows as yours")
    build.add_argument("--out", default=None, metavar="FOLDER", help="(default: built/LESSON)")
    ready = _add(lesson, "ready", "lessons:ready", "Say whether your data are enough for a lesson.")
    ready.add_argument("lesson", help="its id or folder")
    ready.add_argument("--station", default="")
    _site_command(lesson)
    validate = _add(lesson, "validate", "lessons:validate", "Say what is missing in a lesson.")
    validate.add_argument("lesson", nargs="?", default=None)


def _batch_commands(parser: Parser) -> None:
    batch = parser.group("batch", "The shared analyses for every region and school.")
    for name, about in (
        ("plan", "Say what would run."),
        ("run", "Run, and write the pages and their index."),
    ):
        command = _add(batch, name, f"batches:{name}", about)
        command.add_argument("--out", default="reports", metavar="FOLDER")
        command.add_argument("--region", action="append", default=None, help="only this region (repeatable)")
        command.add_argument("--school", action="append", default=None, help="only this school (repeatable)")
        command.add_argument("--workers", type=int, default=2)
