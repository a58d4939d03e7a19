"""A notebook of a lesson run by papermill, and what every executed notebook must show."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from kit import vocab
from kit.batch.warm import manager

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
NOTEBOOKS = sorted(LESSONS.glob("[0-9]*/build/*/*.ipynb"))
PUPILS = [path for path in NOTEBOOKS if path.name.startswith("pupil")]
TEACHERS = [path for path in NOTEBOOKS if path not in PUPILS]
PLOTLY = "application/vnd.plotly.v1+json"
#: Charts whose words name values of their table; what an analysis concludes from its own is tried with it.
OF_READINGS = ("timeline", "map")
#: Seconds of the processor that a notebook may take from a cold start: a class does not wait longer.
MOST_SECONDS = 90
_NUMBER = re.compile(r"[-−]?\d+(?:[.,\u00a0\u202f]\d+)*")


def named(path: Path) -> str:
    """Return what a notebook is called in the list of tests."""
    return path.relative_to(LESSONS).as_posix().replace("/build/", "/")


def run(notebook: Path, folder: Path, warm: str = "", **parameters: str) -> dict[str, Any]:
    """Run a notebook in ``folder`` and return it; with ``warm`` (a socket) in a kernel forked from there."""
    import papermill

    out = folder / f"{notebook.parent.parent.parent.name}-{notebook.parent.name}-{notebook.name}"
    more = {"kernel_manager_class": manager(warm), "request_save_on_cell_execute": False} if warm else {}
    papermill.execute_notebook(
        str(notebook),
        str(out),
        parameters,
        progress_bar=False,
        cwd=str(folder),
        kernel_name="python3",
        **more,
    )
    return json.loads(out.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def check(made: dict[str, Any], folder: Path, lang: str) -> None:
    """Check an executed notebook: no error, no widget, figures with words and numbers that fit."""
    outputs = [output for cell in made["cells"] for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert "application/vnd.jupyter.widget-view+json" not in json.dumps(outputs)
    assert not (folder / "my-progress.json").exists(), "nothing is kept where no person works"
    charts = [at for at, output in enumerate(outputs) if PLOTLY in output.get("data", {})]
    assert charts, "without widgets the lesson still shows a figure"
    for at in charts:
        words = "".join(outputs[at]["data"]["text/plain"])
        assert len(words) > 40
        page = "".join(outputs[at + 1]["data"]["text/html"])
        assert "<table" in page, "a figure has its table"
        about = outputs[at]["metadata"]["kit"]
        assert about["sentence"] in words
        assert about["sentence"] in unescape(re.sub(r"<[^>]+>", "", page)), "the sentence stands below it"
        if about["chart"] in OF_READINGS:
            assert not untold(words, page, lang), f"numbers that the table does not hold: {words}"


def untold(words: str, page: str, lang: str) -> list[str]:
    """Return the measured values in the words of a figure that none of its tables holds.

    A measured value has a unit or decimals. The words may round more than the table does.
    """
    tables = unescape(re.sub(r"<[^>]+>", " ", " ".join(re.findall(r"<table.*?</table>", page, re.S))))
    held = [_value(found, lang) for found in _NUMBER.findall(tables)]
    missing = []
    for found in _NUMBER.finditer(words):
        digits, after = _decimals(found.group(), lang), words[found.end() :].lstrip(" \u00a0)")
        if not digits and not after.startswith(_units()):
            continue
        said = _value(found.group(), lang)
        if not any(abs(abs(said) - abs(value)) <= 0.51 * 10.0**-digits for value in held):
            missing.append(found.group())
    return missing


@cache
def _units() -> tuple[str, ...]:
    symbols = {vocab.variable(name).symbol for name in vocab.variables()} - {"", "%"}
    return tuple(sorted(symbols))


def _value(text: str, lang: str) -> float:
    plain = re.sub(r"[\u00a0\u202f]", "", text.replace("−", "-"))
    plain = plain.replace(",", "") if lang == "en" else plain.replace(",", ".")
    return float(plain) if plain.count(".") <= 1 else float("nan")


def _decimals(text: str, lang: str) -> int:
    sign = "." if lang == "en" else ","
    return len(text.rsplit(sign, 1)[1]) if text.count(sign) == 1 else 0


def worked() -> float:
    """Return the processor's time of all processes that this one started and that have ended, in seconds."""
    times = os.times()
    return times.children_user + times.children_system
