"""Finds every literal text for people in the code (what ``kit.text`` can translate).

``python -m tests.words ru`` prints what receipts and errors of analyses still lack in a language, as a
catalogue to fill in.
"""

from __future__ import annotations

import ast
import csv
from pathlib import Path

#: Callables whose first argument is a text, and keywords that hold one, wherever they are called.
FIRST = {"tr", "N_", "KitError", "UsageError", "FileError", "AnswerNeeded", "NotFoundError", "DatasetError",
         "AnalysisError", "JobError"}  # fmt: skip
KEYWORDS = {"KitError": ("what", "why", "do"), "Problem": ("message", "suggestion"), "NotRun": ("why",),
            "Question": ("text",)}  # fmt: skip
for _name in FIRST - {"tr", "N_"}:
    KEYWORDS[_name] = ("what", "why", "do")


def literal_texts(
    folder: Path,
    parts: tuple[str, ...] = ("",),
    calls: frozenset[str] | None = None,
    named: dict[str, list[str]] | None = None,
) -> dict[str, str]:
    """Return text -> "file:line" of every literal text for people below ``folder``, or in ``parts`` of it.

    With ``calls``, only texts given to these callables; a constant stands for its text in ``named``.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if not path.relative_to(folder.parent).as_posix().startswith(parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if calls is not None and name not in calls:
                continue
            arguments: list[ast.expr] = []
            if name in FIRST:
                arguments += node.args[:1]
            if name == "trn":
                arguments += node.args[:1]
            if name in {"Problem", "Question"}:
                arguments += node.args[1:2]
            if name == "NotRun":
                arguments += node.args[3:4]
            arguments += [k.value for k in node.keywords if k.arg in KEYWORDS.get(name, ())]
            for argument in arguments:
                for text in _strings(argument, named):
                    if text.strip():
                        found.setdefault(text, f"{path.relative_to(folder.parent)}:{node.lineno}")
    return found


def every_text(folder: Path) -> set[str]:
    """Return every literal text in the code, and every cell of its tables: what a catalogue may translate."""
    found = {
        node.value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in (folder / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {cell for cells in csv.reader(file) for cell in cells}
    return found


#: The parts of kit whose texts stand in receipts, questions and errors about files, or in what helps a pupil.
RECEIPT_PARTS = (
    "kit/ingest/", "kit/formats/", "kit/checks/", "kit/vocab/", "kit/dataset/", "kit/store/", "kit/errors.py",
    "kit/cli/__init__.py", "kit/cli/files.py", "kit/cli/inbox.py", "kit/cli/many.py", "kit/classroom/",
)  # fmt: skip


def receipt_texts(root: Path) -> dict[str, str]:
    """Return text -> "file:line" of what a receipt may say, the names of variables among it."""
    from kit.vocab import variables

    found = literal_texts(root / "kit", RECEIPT_PARTS)
    return found | {one.names["en"]: "kit/tables/variables.csv" for one in variables().values()}


#: The parts of kit whose errors pupils meet when they analyse and draw, and how these errors are raised.
ERROR_PARTS = ("kit/analysis/", "kit/figures/")
ERRORS = frozenset({"AnalysisError", "UsageError"})


def error_texts(root: Path, parts: tuple[str, ...] = ERROR_PARTS) -> dict[str, str]:
    """Return text -> "file:line" of what the errors in ``parts`` say: what, why and do."""
    return literal_texts(root / "kit", parts, ERRORS, _named(root / "kit", parts))


def _named(folder: Path, parts: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the texts of the constants ``NAME = N_("text")``."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        if not path.relative_to(folder.parent).as_posix().startswith(parts):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Call)
                and getattr(node.value.func, "id", "") == "N_"
            ):
                for target in node.targets:
                    found.setdefault(getattr(target, "id", ""), []).extend(_strings(node.value.args[0]))
    return found


def missing_texts(root: Path, code: str) -> dict[str, str]:
    """Return the texts of receipts and of the errors of analyses that a language lacks."""
    from kit.text import _catalogue
    from kit.vocab import variables

    named = {one.names["en"] for one in variables().values() if one.names.get(code)}
    known = {*_catalogue(code), *named}
    texts = receipt_texts(root) | error_texts(root)
    return {text: where for text, where in texts.items() if text not in known}


def plurals(folder: Path) -> dict[str, str]:
    """Return the plural of every singular given to ``trn``."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "trn" and len(node.args) > 1:
                for one in _strings(node.args[0]):
                    found[one] = next(iter(_strings(node.args[1])), one)
    return found


def _strings(node: ast.expr, named: dict[str, list[str]] | None = None) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _strings(node.body, named) + _strings(node.orelse, named)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return (named or {}).get(node.id if isinstance(node, ast.Name) else node.attr, [])
    return []


def main(code: str) -> None:
    """Print what is missing, as entries of a catalogue."""
    import json
    import sys

    root = Path(__file__).resolve().parents[1]
    many = plurals(root / "kit")
    for text, where in sorted(missing_texts(root, code).items(), key=lambda pair: pair[1]):
        lines = [f"#: {where}", f"msgid {json.dumps(text, ensure_ascii=False)}"]
        if text in many:
            lines.append(f"msgid_plural {json.dumps(many[text], ensure_ascii=False)}")
            lines += [f'msgstr[{form}] ""' for form in range(3 if code in ("ru", "uk") else 2)]
        else:
            lines.append('msgstr ""')
        sys.stdout.write("\n".join(lines) + "\n\n")


if __name__ == "__main__":
    import sys

    main(sys.argv[1])
