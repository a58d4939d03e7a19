"""The named values of a lesson: what its tasks ask about, computed once from the class's own data.

``[values]`` of ``answers.toml`` names expressions, for tasks, other values and ``lesson.value("…")``::

    [values]
    days = "shared.readings('pm25', station=station, freq='1D')"
    trend = "kit.trend(days)"

    [1]
    kind = "number"
    code = "trend.per_decade"

An expression sees ``kit``, ``lesson``, ``shared``, ``station``, ``file`` and the other values. None is
computed before it is asked for, and each only once while the data stay the same.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kit.errors import FileError, NotFoundError

if TYPE_CHECKING:
    from kit.lesson.running import Running

#: The names that every expression sees; a value may not take one of them.
GIVEN = ("kit", "lesson", "shared", "station", "file")


def read_values(table: object) -> dict[str, str]:
    """Read ``[values]``: names and expressions; another kind of name or value is an error with its place."""
    found: dict[str, str] = {}
    for name, code in (table if isinstance(table, Mapping) else {"values": table}).items():
        if not isinstance(code, str) or not name.isidentifier() or keyword.iskeyword(name) or name in GIVEN:
            raise FileError(
                "{file}: [values] has {name} = {value}; a value is a name and an expression in quotes.",
                do='Write for example: trend = "kit.trend(days)". Taken names: {taken}.',
                file="answers.toml", name=name, value=repr(code), taken=", ".join(GIVEN),
            )  # fmt: skip
        found[name] = code
    return found


class Values:
    """What expressions of a lesson give, each value computed when one first needs it.

    They belong to one version of the data: when the data have changed, all are computed anew.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self._version = ""
        self._kept: dict[str, Any] = {}

    def evaluate(self, code: str) -> Any:
        """Return what an expression of the lesson's own answers.toml gives."""
        if self._version != self._running.shared.version:
            self._version, self._kept = self._running.shared.version, {}
        return self._evaluate(code.strip(), ())

    def named(self, name: str) -> Any:
        """Return one value; an unknown name raises an error that lists the known ones."""
        codes = self._running.lesson.values
        if name not in codes:
            raise NotFoundError(
                "This lesson has no value named {name}.", do="It has: {known}.", code="unknown-value",
                name=name, known=", ".join(codes) or "–",
            )  # fmt: skip
        return self.evaluate(name)

    def _evaluate(self, code: str, way: tuple[str, ...]) -> Any:
        tree = ast.parse(code, "answers.toml", "eval")
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names = {name: self._value(name, way) for name in used if name in self._running.lesson.values}
        # The code comes with the lesson, as trusted as the notebook that runs it.
        return eval(compile(tree, "answers.toml", "eval"), self._given() | names)  # noqa: S307

    def _value(self, name: str, way: tuple[str, ...]) -> Any:
        if name in way:
            raise FileError(
                "{file}: the value {name} needs itself: {way}.", file="answers.toml", name=name,
                way=" → ".join([*way, name]),
            )  # fmt: skip
        if name not in self._kept:
            self._kept[name] = self._evaluate(self._running.lesson.values[name].strip(), (*way, name))
        return self._kept[name]

    def _given(self) -> dict[str, Any]:
        import kit

        given: dict[str, Any] = {"kit": kit, "lesson": self._running}
        return given | {name: getattr(self._running, name) for name in GIVEN if name not in given}
