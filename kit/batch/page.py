"""An executed notebook → an accessible page: outputs, code folded away, charts drawn twice.

Each chart is in the page as SVG (print, no scripts) and is drawn anew by plotly from one file beside the
pages (``assets/plotly.min.js``, taken from the installed plotly). Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from kit.text import N_, day, tr

TEMPLATE = Path(__file__).with_name("template")
WORDS = {
    "skip": N_("To the content"),
    "nav": N_("All pages"),
    "index": N_("All regions and schools"),
    "failed": N_("This report could not be finished."),
    "how": N_("How this was calculated"),
    "code": N_("The code of this page"),
    "trace": N_("Details for the one who can mend it"),
    "made": N_("Made with kit on {date}."),
}


def in_script(value: Any) -> str:
    r"""Return JSON that can stand inside a script element: no "<" in it can end the element.

    >>> print(in_script({"a": "</script>"}))
    {"a":"\u003c/script>"}
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _exporter() -> Any:
    from nbconvert.exporters.html import HTMLExporter

    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_file=str(TEMPLATE / "report.html.j2")
    )
    exporter.register_filter("in_script", in_script)  # type: ignore[no-untyped-call]
    return exporter


def displays(notebook: Any, key: str) -> list[dict[str, Any]]:
    """Return ``metadata["kit"]`` of each display that has ``key`` in it, in order."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("kit", {})
            if key in about:
                found.append(dict(about))
    return found


def page(notebook: Any, *, title: str, lang: str, failed: str = "", trace: str = "") -> str:
    """Return the page of an executed notebook as HTML.

    Parameters
    ----------
    notebook
        The ``nbformat`` notebook.
    title
        What the page is about, where the notebook has not said it itself.
    failed, trace
        Why the run did not finish, in plain words, and the traceback.
    """
    titles = displays(notebook, "title")
    own = [about["title"] for about in titles if "chart" not in about]
    words = {key: tr(text, lang) for key, text in WORDS.items() if key != "made"}
    words["made"] = tr(WORDS["made"], lang, date=day(datetime.now(UTC).date(), lang))
    notebook.metadata["kit_page"] = {
        "lang": lang,
        "title": own[0] if own else title,
        "has_title": bool(own),
        "words": words,
        "failed": failed,
        "trace": trace,
    }
    text, _ = _exporter().from_notebook_node(notebook)
    del notebook.metadata["kit_page"]
    return unique_ids(str(text))


def unique_ids(text: str) -> str:
    """Return the page with the ids of a chart that is shown twice made different.

    >>> unique_ids('<i id="kit-0123456789-a"></i><i id="kit-0123456789-a" x="#kit-0123456789-a"></i>')
    '<i id="kit-0123456789-a"></i><i id="kit-0123456789-2-a" x="#kit-0123456789-2-a"></i>'
    """
    parts = re.split(r'(?=<svg )|(?<=</i>)(?=<i id="kit-)', text)
    seen: dict[str, int] = {}
    for i, part in enumerate(parts):
        keys = set(re.findall(r'\bid="(kit-[0-9a-f]{10})-', part))
        for key in keys:
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                part = part.replace(key, f"{key}-{seen[key]}")
        parts[i] = part
    return "".join(parts)


def write_assets(out: Path) -> None:
    """Put the files that all pages share into ``out/assets``: style, script, plotly."""
    assets = out / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TEMPLATE / "style.css", assets / "kit.css")
    shutil.copyfile(TEMPLATE / "charts.js", assets / "charts.js")
    source = files("plotly") / "package_data" / "plotly.min.js"
    target = assets / "plotly.min.js"
    data = source.read_bytes()
    if not target.exists() or target.stat().st_size != len(data):
        target.write_bytes(data)


def empty_notebook() -> Any:
    """Return a notebook without cells."""
    import nbformat

    return nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]


def write_failed(target: Path, title: str, lang: str, failed: str, trace: str) -> None:
    """Write the page of a run that left no notebook behind."""
    target.write_text(
        page(empty_notebook(), title=title, lang=lang, failed=failed, trace=trace), encoding="utf-8"
    )
