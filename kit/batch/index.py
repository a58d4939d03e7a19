"""``index.html``: the regions with their answers, the schools, the map, the version and the date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit.batch.jobs import JobResult
from kit.batch.page import TEMPLATE, WORDS
from kit.batch.sheet import SYNTHETIC, cited, is_synthetic
from kit.figures.places import stations_map
from kit.text import N_, day, language, number, tr

TITLE = N_("Our region's readings")
SECTIONS = {"region": N_("Regions"), "school": N_("Schools"), "": N_("Other analyses")}


def write(shared: Any, results: Sequence[JobResult], out: Path) -> Path:
    """Write ``out/index.html`` in the language of the results (the first one's) and return it."""
    from jinja2 import Environment, FileSystemLoader

    lang = results[0].job.language if results else language()
    places = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True)
    places.filters["safe"] = _safe
    text = places.get_template("index.html.j2").render(
        lang=lang,
        words=_words(lang),
        facts=_facts(shared, lang),
        sections=_sections(results, lang),
        synthetic=tr(SYNTHETIC, lang) if is_synthetic(shared) else "",
        map=_map(shared, lang),
    )
    path = out / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


def _safe(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _words(lang: str) -> dict[str, str]:
    words = {key: tr(text, lang) for key, text in WORDS.items() if key != "made"}
    date = day(datetime.now(UTC).date(), lang)
    return {
        **words,
        "title": tr(TITLE, lang),
        "map": tr(N_("Map of the stations"), lang),
        "made": tr(WORDS["made"], lang, date=date),
    }


def _facts(shared: Any, lang: str) -> list[tuple[str, str]]:
    return [
        (tr(N_("Version of the data"), lang), cited(shared)),
        (tr(N_("Date"), lang), day(datetime.now(UTC).date(), lang)),
        (tr(N_("Regions"), lang), number(len(shared.regions()), 0, lang)),
        (tr(N_("Schools"), lang), number(len(shared.schools()), 0, lang)),
        (tr(N_("Stations"), lang), number(len(shared.stations()), 0, lang)),
    ]


def _sections(results: Sequence[JobResult], lang: str) -> list[dict[str, Any]]:
    lines: dict[str, list[dict[str, Any]]] = {key: [] for key in SECTIONS}
    for result in results:
        kind = next((key for key in ("region", "school") if key in result.job.parameters), "")
        sentences = [one["sentence"] for one in result.answers] if kind == "region" else []
        lines[kind].append(
            {
                "href": result.job.output.name,
                "title": result.job.words(result.job.language),
                "failed": result.error,
                "sentences": sentences,
            }
        )
    return [{"title": tr(title, lang), "lines": lines[key]} for key, title in SECTIONS.items()]


def _map(shared: Any, lang: str) -> str:
    chart = stations_map(shared.stations())
    return chart.html(lang) if chart else ""
