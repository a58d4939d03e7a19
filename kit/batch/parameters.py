"""The parameters of a shared analysis: read from its ``parameters`` cell, checked before anything runs.

The cell holds nothing but typed assignments of plain values and comments::

    region: str = "EE-79"  # ISO 3166-2 code
    year: int = 2025
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kit.errors import FileError, UsageError

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its type and what it is if nobody says otherwise."""

    name: str
    type: str
    default: Any

    def fits(self, value: Any) -> bool:
        """Whether a value has the parameter's type (a whole number is a float, True is no number).

        >>> Parameter("year", "int", 2025).fits(True), Parameter("limit", "float", 0.5).fits(2)
        (False, True)
        """
        wanted = TYPES[self.type]
        if isinstance(value, bool):
            return wanted is bool
        return isinstance(value, int | float) if wanted is float else isinstance(value, wanted)


def parameters_of(source: str, file: str) -> dict[str, Parameter]:
    """Return the parameters that a cell's source declares, in its order.

    >>> parameters_of('year: int = 2025  # full', "x.ipynb")
    {'year': Parameter(name='year', type='int', default=2025)}
    """
    found = {}
    for line in ast.parse(source).body:
        kind = (
            line.annotation.id
            if isinstance(line, ast.AnnAssign) and isinstance(line.annotation, ast.Name)
            else ""
        )
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or kind not in TYPES:
            raise FileError(
                "The parameters cell of {file} holds a line that is no typed parameter: {line}.",
                why='Only lines such as region: str = "EE-79" can be checked before a run.',
                do="Move everything else to another cell.",
                code="parameters-cell",
                file=file,
                line=ast.unparse(line),
            )
        default = ast.literal_eval(line.value) if line.value is not None else TYPES[kind]()
        found[line.target.id] = Parameter(line.target.id, kind, default)
    return found


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Return the parameters of a notebook, from its cell tagged ``parameters``."""
    held = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in held["cells"]:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            source = cell["source"]
            return parameters_of(source if isinstance(source, str) else "".join(source), notebook.name)
    raise FileError(
        "The notebook {file} has no cell tagged parameters.",
        do='Give the cell with its parameters the tag "parameters" (property inspector, common tools).',
        code="no-parameters",
        file=notebook.name,
    )


def check_parameters(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a run, defaults filled in; nothing is run.

    Raises
    ------
    UsageError
        A parameter is unknown (``unknown-parameter``) or has the wrong type (``parameter-type``).
    """
    known = read_parameters(notebook)
    for name, value in given.items():
        if name not in known:
            close = get_close_matches(name, known, n=3, cutoff=0.5) or list(known)
            raise UsageError(
                "The analysis {file} has no parameter named {name}.",
                do="Did you mean: {close}?",
                code="unknown-parameter",
                file=notebook.name,
                name=name,
                close=", ".join(close),
            )
        if not known[name].fits(value):
            raise UsageError(
                "The parameter {name} of {file} must be of type {type}, but {value} is of type {found}.",
                do="Give a value such as {example}.",
                code="parameter-type",
                file=notebook.name,
                name=name,
                type=known[name].type,
                value=repr(value),
                found=type(value).__name__,
                example=repr(known[name].default),
            )
    return {**{name: parameter.default for name, parameter in known.items()}, **given}
