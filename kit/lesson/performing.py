"""A lesson performed once: what its cells show, and the right answers, with the data of one school.

The pupils' notebook runs in a kernel of its own, in an empty folder. A lesson that uploads works on a copy
of the dataset: building a page gives nothing to anybody's data. What depends on when it ran (the copy's
versions, the receipt's number) is replaced, so that the same data give the same page.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kit.errors import JobError, UsageError
from kit.lesson.build import notebook_text
from kit.lesson.source import Lesson
from kit.text import language, tr

if TYPE_CHECKING:
    from kit.lesson.running import Running

TOLD = "application/vnd.kit.performed+json"
#: A lesson's slowest cell takes some seconds; a school's old computer is slower.
SECONDS = 600
#: xarray's own view of a dataset: for whoever works in the notebook, and other ids in it every time.
XARRAY = "class='xr-wrap'"
#: What a process sees in which cells run for a page: the same data give the same page, on every computer.
SURROUNDINGS = {"KIT_CARDS": "0", "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Data:
    """Whose data a page is built from: dataset, station and file as in the notebook ("" = the sample's)."""

    dataset: str = ""
    station: str = ""
    file: str = ""


@dataclass(frozen=True)
class Performed:
    """What came of it.

    Attributes
    ----------
    outputs
        For each cell of the pupils' notebook, the MIME bundles that it displayed.
    answers
        Task → ``{"right": number or letters, "slack": how far off is right, "shown": in words}``.
    station, name
        Whose data "our data" are: the station and what people call it.
    practice
        Whether these are the invented sample schools.
    whose
        Sentences about whose data they are, where they are not our own.
    version, last
        The data's version, and the day of our last reading ("2025-12-31"; "" if there is none).
    """

    outputs: tuple[tuple[Mapping[str, Any], ...], ...]
    answers: Mapping[str, Mapping[str, Any]]
    station: str
    name: str
    practice: bool
    version: str
    last: str
    whose: tuple[str, ...] = ()


def perform(lesson: Lesson, lang: str, data: Data | None = None, kernels: type | None = None) -> Performed:
    """Run the pupils' notebook of a lesson (or one depth) and return what it shows.

    ``kernels`` is the class that starts its kernel (as :func:`kit.batch.warm.manager` returns one; default:
    jupyter_client's).

    Raises
    ------
    JobError
        ``cell-failed``: a cell fails with these data; its first line and the error are named.
    UsageError
        ``page-bucket``: a lesson that uploads, and a dataset in a bucket, which cannot be copied.
    """
    import nbformat

    data = data or Data()
    notebook = nbformat.reads(notebook_text(lesson, lesson.cells(), "pupil", lang), 4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="kit-page-") as folder:
        given, known = _given(lesson, data, Path(folder))
        place = next(
            i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])
        )
        lines = [f"{name} = {value!r}" for name, value in given.items() if value]
        notebook.cells[place].source += "\n" + "\n".join(lines)
        last = nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
            "from kit.lesson.performing import tell\n\ntell()"
        )
        notebook.cells.append(last)
        _run(lesson, notebook, Path(folder), kernels)
    told = last.outputs[0]["data"][TOLD]
    return _performed(notebook.cells[:-1], told, known)


def _given(lesson: Lesson, data: Data, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return the notebook's parameters, and the versions that the dataset has before it runs."""
    from kit.dataset import Dataset
    from kit.lesson.practice import open_class

    file = str(Path(data.file).expanduser().absolute()) if data.file else ""
    shared = open_class(data.dataset)
    if shared is None:
        return {"dataset": "", "station": data.station, "file": file}, []
    known = [version.short for version in shared.versions()]
    url = shared.url
    if not isinstance(shared, Dataset):  # a snapshot: what is uploaded stays in the notebook
        return {"dataset": url, "station": data.station, "file": file}, known
    shared.close()
    if lesson.facts.get("uploads", True):
        try:
            shutil.copytree(shared.folder, folder / "dataset")
        except UsageError:
            raise UsageError(
                "{lesson} uploads a file, so it needs a copy of the dataset; a bucket is not copied.",
                do="Make a copy in a folder first: kit backup, then kit restore.",
                code="page-bucket", lesson=lesson.id,
            ) from None  # fmt: skip
        url = str(folder / "dataset")
    return {"dataset": url, "station": data.station, "file": file}, known


def _run(lesson: Lesson, notebook: Any, folder: Path, kernels: type | None) -> None:
    """Execute a notebook in place; the kernel finds kit and the lesson wherever they are."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = {name: value for name, value in os.environ.items() if name != "KIT_DATASET"}
    surroundings |= {"PYTHONPATH": os.pathsep.join(paths), "KIT_LESSONS": str(lesson.folder.parent)}
    surroundings |= SURROUNDINGS
    empty = folder / "empty"
    empty.mkdir()
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(empty)}},
        extra_arguments=["--log-level=40"],
    )  # fmt: skip
    if kernels is not None:
        client.kernel_manager_class = cast(Any, kernels)
    try:
        client.execute(env=surroundings)
    except CellExecutionError as error:
        line = str(error).strip().splitlines()[0] if not error.ename else ""
        raise JobError(
            "{lesson} cannot become a page with these data: a cell of it fails. {error}",
            do="Open the pupils' notebook with the same data and run it; it shows the cell.",
            code="cell-failed", lesson=lesson.id, error=line or f"{error.ename}: {error.evalue}",
        ) from error  # fmt: skip


def _performed(cells: Sequence[Any], told: dict[str, Any], known: list[str]) -> Performed:
    """Return what was shown, without what depends on when it ran."""
    version = told["version"] if told["practice"] or not known else known[-1]
    outputs = []
    for cell in cells:
        shown = [one for one in _bundles(cell) if XARRAY not in str(one.get("text/html"))]
        outputs.append(tuple(_timeless(bundle, told, known, version) for bundle in shown))
    keys = ("answers", "station", "name", "practice", "last")
    whose = tuple(told["whose"])
    return Performed(tuple(outputs), version=version, whose=whose, **{key: told[key] for key in keys})


def _bundles(cell: Any) -> Iterator[Mapping[str, Any]]:
    """Yield what a cell shows; words printed one after another are one paragraph, warnings are left out.

    In how many pieces a kernel sends printed words depends on the time, so they are put together.
    """
    shown = [one for one in cell.get("outputs", ()) if "data" in one or one.get("name") == "stdout"]
    for printed, group in groupby(shown, lambda one: one["output_type"] == "stream"):
        outputs = list(group)
        if not printed:
            yield from (output["data"] for output in outputs)
        elif words := "".join("".join(output["text"]) for output in outputs).strip():
            yield {"text/html": f"<p>{'<br>'.join(escape(words).splitlines())}</p>"}


def _timeless(
    bundle: Mapping[str, Any], told: dict[str, Any], known: list[str], version: str
) -> dict[str, Any]:
    made = {kind: "".join(value) for kind, value in bundle.items() if kind in ("text/html", "image/svg+xml")}
    for kind, text in made.items():
        for one in told["submissions"]:
            text = re.sub(rf"<p>[^<>]*\b{one}</p>", "", text)
        for one in told["versions"]:
            text = text if one in known else text.replace(one, version)
        made[kind] = text
    return made


def tell() -> None:
    """Display, in the notebook that ran, what a page needs to know (the last cell of :func:`perform`)."""
    from IPython.display import display

    from kit.classroom import current
    from kit.classroom.check import shown_answer
    from kit.classroom.tasks import slack
    from kit.classroom.values import letters

    context = current()
    running: Running = context.evaluate("lesson")
    answers: dict[str, dict[str, Any]] = {}
    for name, task in context.tasks.items():
        answers[name] = {"shown": shown_answer(context, task)}
        if task.kind == "number":
            right = float(context.right_answer(task))
            answers[name] |= {"right": right, "slack": slack(task, right)}
        elif task.options:
            answers[name]["right"] = sorted(letters(context.right_answer(task), task.options))
    shared = running.shared
    told = {
        "answers": answers,
        "station": running.station,
        "name": next((one.name for one in shared.stations() if one.id == running.station), ""),
        "practice": running.practice,
        "whose": running.source_of_data.words(),
        "version": _sample_version() if running.practice else shared.version,
        "versions": [one.short for one in shared.versions()],
        "submissions": [one.id[:12] for one in shared.submissions()],
        "last": _last(running),
    }
    display({TOLD: told, "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]


def _sample_version() -> str:
    """Return 12 hex digits of what the sample files hold: when they were put into a dataset says nothing."""
    from kit import samples

    return hashlib.sha256(json.dumps(samples.manifest(), sort_keys=True).encode()).hexdigest()[:12]


def _last(running: Running) -> str:
    """Return the local day of our station's last reading or survey of the lesson's variables."""
    days = []
    for name in running.lesson.facts["variables"]:
        if name == "sightings":
            found = running.shared.sightings(station=running.station)
            days += [] if found.empty else [str(found["eventDate"].max())[:10]]
            continue
        held = running.shared.readings(name, station=running.station, freq="1D")
        values = held[name].dropna("time", how="all") if name in held else held
        if values.sizes.get("time"):
            days.append(str(values["time"].to_index().max())[:10])
    return max(days, default="")


def of_whom(done: Performed, lang: str) -> str:
    """Return whose data a page shows, as a sentence.

    >>> of_whom(Performed((), {}, "a/roof", "Sample school A", True, "ab12", ""), "en")
    'Our station: Sample school A. The sample schools are invented.'
    """
    words = [tr("Our station: {station}.", language(lang), station=done.name or done.station), *done.whose]
    return " ".join([*words, tr("The sample schools are invented.", lang)] if done.practice else words)
