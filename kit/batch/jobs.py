"""Which shared analyses are to be run: one job per notebook, region or school, and language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.batch.parameters import check_parameters, read_parameters
from kit.errors import NotFoundError
from kit.text import N_, language, tr
from kit.vocab.variables import variables

_PACKAGE = Path(__file__).parents[1]
#: Where the shared analyses are: in a clone, and in the installed package.
FOLDERS = (_PACKAGE.parent / "notebooks", _PACKAGE / "_shipped" / "notebooks")
#: The variable that a regional trend is about: the first of these that the region has.
TREND_OF = ("pm25", "pm10", "no2", "o3", "temperature", "rain")
TITLES = {
    "regional_trend": N_("Trend of the region {subject}: {variable}"),
    "school_report": N_("School report: {subject}"),
}
OTHER = N_("Analysis {notebook}: {subject}")


@dataclass(frozen=True)
class Job:
    """One notebook with its parameters, and the page that comes out of it."""

    notebook: str
    parameters: dict[str, Any]
    output: Path
    subject: str = ""
    variable: str = ""
    language: str = "en"
    name: str = ""

    def words(self, lang: str | None = None) -> str:
        """Return what the job is, in words.

        >>> Job("school_report", {}, Path("a.html"), "EE-TRT-7k2p").words("en")
        'School report: EE-TRT-7k2p'
        """
        known = variables().get(self.variable)
        name = known.name(lang) if known else self.variable
        template = TITLES.get(self.notebook, OTHER)
        return tr(template, lang, notebook=self.notebook, subject=self.name or self.subject, variable=name)

    def to_dict(self) -> dict[str, Any]:
        """Return the job as plain JSON values."""
        return {
            "notebook": self.notebook,
            "subject": self.subject,
            "variable": self.variable,
            "language": self.language,
            "parameters": self.parameters,
            "output": str(self.output),
        }


@dataclass(frozen=True)
class JobResult:
    """How one job went. ``error`` is "" if it went well, else plain words; the page is written in any case.

    ``figures`` and ``answers`` are what the page shows: dicts with ``title`` and ``sentence``.
    """

    job: Job
    error: str = ""
    seconds: float = 0.0
    figures: tuple[dict[str, str], ...] = field(default=(), repr=False)
    answers: tuple[dict[str, str], ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        return {
            **self.job.to_dict(),
            "status": "failed" if self.error else "done",
            "error": self.error,
            "seconds": round(self.seconds, 2),
            "answers": list(self.answers),
        }


def notebook_path(name: str) -> Path:
    """Return the file of a shared analysis by its name (or a path to any notebook)."""
    if name.endswith(".ipynb"):
        path = Path(name)
        if path.is_file():
            return path
    for folder in FOLDERS:
        path = folder / f"{name.removesuffix('.ipynb')}.ipynb"
        if path.is_file():
            return path
    raise NotFoundError(
        "There is no shared analysis named {name}.",
        do="There are: {there}.",
        code="unknown-notebook",
        name=name,
        there=", ".join(notebooks()),
    )


def notebooks() -> list[str]:
    """Return the names of the shared analyses that come with kit."""
    for folder in FOLDERS:
        if folder.is_dir():
            return sorted(path.stem for path in folder.glob("*.ipynb"))
    return []


def plan(
    dataset: Any,
    *,
    out: str | Path = "reports",
    notebooks: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    schools: Sequence[str] | None = None,
    languages: Sequence[str] = ("en",),
) -> list[Job]:
    """Return the jobs of a batch. Nothing is run or written.

    Parameters
    ----------
    dataset
        A shared dataset (``kit.open()``).
    out
        The folder of the pages.
    notebooks
        Names of shared analyses; None takes all. One with a parameter ``region`` runs once per region,
        one with ``school`` once per school.
    regions, schools
        None takes those of the dataset; an empty list none. Where only regions are named, no school is
        taken, and the other way round.
    languages
        Language codes, e.g. ``("en", "et")``: a page each.

    Raises
    ------
    NotFoundError
        There is no such notebook, region or school.
    """
    if regions is not None and schools is None:
        schools = ()
    elif schools is not None and regions is None:
        regions = ()
    chosen_regions = _chosen(regions, dataset.regions(), "region")
    chosen_schools = _chosen(schools, dataset.schools(), "school")
    held, names = held_variables(dataset), school_names(dataset)
    place = str(getattr(dataset, "url", dataset))
    jobs = []
    for name in notebooks if notebooks is not None else _names():
        path = notebook_path(name)
        known = read_parameters(path)
        subjects = chosen_regions if "region" in known else chosen_schools if "school" in known else [""]
        for subject in subjects:
            for lang in languages:
                own = {"dataset": place, "language": language(lang), "region": subject, "school": subject}
                own["variable"] = trend_variable(held.get(subject, set())) if "variable" in known else ""
                given = {key: value for key, value in own.items() if key in known}
                jobs.append(
                    Job(
                        notebook=path.stem if path.parent in FOLDERS else str(path),
                        parameters=check_parameters(path, given),
                        subject=subject,
                        variable=own["variable"],
                        output=Path(out) / f"{_file_name(path.stem, subject, lang, languages)}.html",
                        language=language(lang),
                        name=names.get(subject, ""),
                    )
                )
    return jobs


def _names() -> list[str]:
    return notebooks()


def _chosen(wanted: Iterable[str] | None, there: Sequence[str], what: str) -> list[str]:
    if wanted is None:
        return list(there)
    chosen = list(wanted)
    for name in chosen:
        if name not in there:
            words = {
                "region": N_("The dataset has no region {name}."),
                "school": N_("The dataset has no school {name}."),
            }
            raise NotFoundError(
                words[what],
                do="It has: {there}.",
                code=f"unknown-{what}",
                name=name,
                there=", ".join(there) or "–",
            )
    return chosen


def held_variables(dataset: Any) -> dict[str, set[str]]:
    """Return the variables that each region and each school has given, from the receipts."""
    places = {station.id: station for station in dataset.stations()}
    held: dict[str, set[str]] = {}
    for submission in dataset.submissions():
        if submission.retracted:
            continue
        there = set(submission.record.get("variables", {}))
        for station in submission.stations:
            if station in places:
                held.setdefault(places[station].region, set()).update(there)
                held.setdefault(places[station].school, set()).update(there)
    return held


def school_names(dataset: Any) -> dict[str, str]:
    """Return "name (id)" of each school whose stations all have one name."""
    found: dict[str, set[str]] = {}
    for station in dataset.stations():
        found.setdefault(station.school, set()).add(station.name)
    return {
        school: f"{next(iter(names))} ({school})"
        for school, names in found.items()
        if len(names) == 1 and "" not in names
    }


def trend_variable(held: set[str]) -> str:
    """Return the variable whose trend is shown: the first of the usual ones, else any, else "pm25".

    >>> trend_variable({"humidity", "temperature"}), trend_variable(set())
    ('temperature', 'pm25')
    """
    for name in (*TREND_OF, *sorted(held & set(variables()))):
        if name in held:
            return name
    return "pm25"


def _file_name(notebook: str, subject: str, lang: str, languages: Sequence[str]) -> str:
    """Return a file name without spaces or signs; the language is added where there are several."""
    parts = [notebook.replace("_", "-"), subject, lang if len(languages) > 1 else ""]
    return "-".join(re.sub(r"[^A-Za-z0-9._-]+", "-", part) for part in parts if part)
