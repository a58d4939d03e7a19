"""Finds every literal text for people in the code (what ``kit.text`` can translate)."""

from __future__ import annotations

import ast
from pathlib import Path

#: Callables whose first argument is a text, and keywords that hold one, wherever they are called.
FIRST = {"tr", "N_", "KitError", "UsageError", "FileError", "AnswerNeeded", "NotFoundError", "DatasetError",
         "AnalysisError", "JobError"}  # fmt: skip
KEYWORDS = {"KitError": ("what", "why", "do"), "Problem": ("message", "suggestion"), "NotRun": ("why",),
            "Question": ("text",)}  # fmt: skip
for _name in FIRST - {"tr", "N_"}:
    KEYWORDS[_name] = ("what", "why", "do")


def literal_texts(folder: Path) -> dict[str, str]:
    """Return text -> "file:line" of every literal text for people below ``folder``."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
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
                for text in _strings(argument):
                    if text.strip():
                        found.setdefault(text, f"{path.relative_to(folder.parent)}:{node.lineno}")
    return found


def _strings(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _strings(node.body) + _strings(node.orelse)
    return []
