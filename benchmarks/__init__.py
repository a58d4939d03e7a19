"""Benchmarks: each module of this folder measures one thing against a named alternative.

A benchmark module has ``NAME`` (its own file name without ``.py``), a docstring whose first line says what it
measures, and ``run(quick: bool) -> dict`` that prints what it does and returns ``name``, ``value``, ``unit``,
``target``, ``against``, ``ok``. Add a module and it is listed; nothing else is to be changed.
"""

from __future__ import annotations

import ast
from pathlib import Path

KEYS = ("name", "value", "unit", "target", "against", "ok")


def benchmarks() -> dict[str, str]:
    """Return the name and the first line of the docstring of each benchmark, without importing any."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.stem] = text.partition("\n")[0]
    return found
