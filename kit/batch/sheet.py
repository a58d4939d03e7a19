"""What a shared analysis says around its figures: headings, answers, facts about the data, in any language.

Everything that a reader of the page sees comes from code cells through these functions, so one notebook
serves all languages. Each display carries ``metadata["kit"]``, from which pages and index are made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, TypeVar

import numpy as np

from kit.batch.jobs import OTHER, TITLES, school_names
from kit.errors import AnalysisError, UsageError
from kit.text import LANGUAGES, N_, day, join, number, tr, use
from kit.vocab.variables import variable as known_variable
from kit.vocab.variables import variables

T = TypeVar("T")

SECTIONS = {
    "where": N_("Where"),
    "measured": N_("What was measured"),
    "trend": N_("Rising or falling?"),
    "air": N_("How good was the air?"),
    "life": N_("Which species were seen?"),
    "given": N_("What the school has given"),
    "data": N_("About the data"),
}
SYNTHETIC = N_("Invented sample data: no school, person or reading here is real.")


def begin(lang: str) -> None:
    """Set the language of everything that follows; :class:`UsageError` for one that kit does not speak."""
    if lang not in LANGUAGES:
        raise UsageError(
            "kit does not speak the language {lang}.",
            do="Choose one of: {there}.",
            code="unknown-language",
            lang=repr(lang),
            there=", ".join(LANGUAGES),
        )
    use(lang)


def _show(html: str, plain: str, **about: Any) -> None:
    from IPython.display import display

    bundle = {"text/html": html, "text/plain": plain}
    display(bundle, metadata={"kit": about}, raw=True)  # type: ignore[no-untyped-call]


def title(notebook: str, subject: str, variable: str = "") -> None:
    """Show the one main heading."""
    name = known_variable(variable).name() if variable else ""
    text = tr(TITLES.get(notebook, OTHER), notebook=notebook, subject=subject, variable=name)
    _show(f"<h1>{escape(text)}</h1>", text, title=text)


def heading(section: str) -> None:
    """Show the heading of a section (a key of :data:`SECTIONS`) or of a variable."""
    text = tr(SECTIONS[section]) if section in SECTIONS else known_variable(section).name()
    text = text[:1].upper() + text[1:]
    level = 2 if section in SECTIONS else 3
    _show(f"<h{level}>{escape(text)}</h{level}>", text)


def say(text: str) -> None:
    """Show one paragraph."""
    _show(f"<p>{escape(text)}</p>", text)


def measured(ds: Any) -> list[str]:
    """Return the variables of a dataset that hold at least one value, in the vocabulary's order.

    A readings' flags and coverage are no variables of their own.
    """
    return [name for name in variables() if name in ds.data_vars and bool(np.isfinite(ds[name].values).any())]


def attempt(work: Callable[..., T], *given: Any) -> T | None:
    """Return ``work(*given)``; where the data do not allow it, say so in plain words and return None.

    Only :class:`AnalysisError` is an answer of that kind; every other error is a failure of the run.
    """
    try:
        return work(*given)
    except AnalysisError as error:
        text = str(error)
        mark = tr(N_("No result"))
        html = (
            f'<div class="kit-card" role="note"><p><strong>{escape(mark)}</strong>. {escape(text)}</p></div>'
        )
        _show(html, f"{mark}. {text}", answer=text, none=True)
        return None


def answer(result: Any, *, sentence: bool = False) -> None:
    """Show what belongs to a result: remarks, what may not be concluded, method, n, completeness, version.

    Nothing is shown for None. ``sentence`` shows its sentence too (where no figure has said it).
    """
    if result is None:
        return
    said = result.sentence()
    parts = [f"<p>{escape(said)}</p>"] if sentence else []
    remarks = "".join(f"<li>{escape(text)}</li>" for text in result.remarks())
    parts.append(f"<ul>{remarks}</ul>" if remarks else "")
    caution = f"{tr(N_('May not be concluded'))}: {result.caution()}"
    parts.append(f'<p class="kit-caution">{escape(caution)}</p>')
    parts.append(_pairs(result.scope()))
    plain = "\n".join([said, *result.remarks(), caution, *(f"{k}: {v}" for k, v in result.scope().items())])
    _show("".join(parts), plain, answer=said)


def _pairs(facts: dict[str, str]) -> str:
    rows = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    return f'<dl class="kit-facts">{rows}</dl>'


def about(shared: Any, ds: Any, names: Sequence[str]) -> None:
    """Show which data the page rests on: version, stations, values, completeness, period, and who made them.

    Completeness is the share of the station-days (or steps) between the first and the last day of ``ds``
    that have a value, over all the named variables.
    """
    facts = {tr(N_("Version of the data")): cited(shared, ds)}
    held = [ds[name].transpose("station", "time").values for name in names if name in ds.data_vars]
    there = [np.isfinite(values) for values in held]
    values = int(sum(int(found.sum()) for found in there))
    possible = int(sum(found.size for found in there))
    facts[tr(N_("Stations"))] = number(ds.sizes.get("station", 0), 0)
    facts[tr(N_("Values"))] = number(values, 0)
    facts[tr(N_("Completeness"))] = number(100 * values / possible, 1) + " %" if possible else "–"
    if values:
        times = ds["time"].values[np.any([found.any(axis=0) for found in there], axis=0)]
        first, last = times.min().astype("datetime64[D]").item(), times.max().astype("datetime64[D]").item()
        facts[tr(N_("Period"))] = f"{day(first)} – {day(last)}"
    facts[tr(N_("Variables"))] = join([variables()[name].name() for name in names]) or "–"
    html = _pairs(facts)
    plain = "\n".join(f"{label}: {text}" for label, text in facts.items())
    if is_synthetic(shared):
        html = f'<p class="kit-synthetic"><strong>{escape(tr(SYNTHETIC))}</strong></p>{html}'
        plain = f"{tr(SYNTHETIC)}\n{plain}"
    _show(html, plain, version=cited(shared, ds))


def cited(shared: Any, ds: Any = None) -> str:
    """Return ``version/rules`` of what was read."""
    from kit.model import RULES

    attributes = getattr(ds, "attrs", {})
    version = str(attributes.get("dataset_version") or getattr(shared, "version", ""))
    return f"{version}/{attributes.get('rules', RULES)}" if version else "–"


def is_synthetic(shared: Any) -> bool:
    """Whether the dataset holds the invented sample schools."""
    from kit.samples import manifest

    sample = {school["id"] for school in manifest()["schools"]}
    return bool(sample & set(shared.schools()))


def school_name(shared: Any, school: str) -> str:
    """Return "name (id)" of a school whose stations have one name, else its id."""
    return school_names(shared).get(school, school)


def given(shared: Any, school: str) -> None:
    """Show the files that a school has given, with what became of their rows."""
    columns = [
        N_("File"),
        N_("Format"),
        N_("Rows"),
        N_("Accepted"),
        N_("Flagged"),
        N_("Rejected"),
        N_("Repeated"),
    ]
    keys = ("rows", "accepted", "flagged", "rejected", "duplicate")
    lines = []
    for submission in shared.submissions():
        if submission.school == school and not submission.retracted:
            counts = [number(int(submission.record.get(key, 0)), 0) for key in keys]
            lines.append([submission.file, submission.format, *counts])
    caption = escape(tr(N_("Files of {school}"), school=school))
    head = "".join(
        f'<th scope="col"{_number_class(i)}>{escape(tr(text))}</th>' for i, text in enumerate(columns)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(line[0])}</th>'
        + "".join(f"<td{_number_class(i)}>{escape(text)}</td>" for i, text in enumerate(line) if i)
        + "</tr>"
        for line in lines
    )
    table = f'<table class="kit-table"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
    table += f"<tbody>{body}</tbody></table>"
    plain = "\n".join("  ".join(line) for line in lines)
    _show(table, plain or "–", files=len(lines))


def _number_class(column: int) -> str:
    return ' class="n"' if column >= 2 else ""
