"""A teacher's own version of a lesson: a whole copy that says where it comes from."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kit.errors import UsageError
from kit.lesson.forms import QUESTIONNAIRE, RUBRIC
from kit.lesson.record import read_toml
from kit.lesson.source import MOST_WORK, Hour, Lesson, Step, load
from kit.lesson.translate import Translation
from kit.text import language


def new(
    name: str,
    origin: str | Path,
    *,
    title: str | None = None,
    minutes: int | Mapping[str, int] | None = None,
    station: str | None = None,
    lang: str | None = None,
    out: str | Path = "my-lessons",
) -> Path:
    """Make a teacher's own version of a lesson and return its folder, ``out/name``.

    Parameters
    ----------
    name
        Short name of the new lesson: letters, digits and hyphens.
    origin
        The lesson it is made from: id or folder. The copy records its id, title, version, licence and hash.
    title
        The new title, in ``lang``.
    minutes
        Minutes of one lesson hour (steps are shortened or lengthened in proportion), or minutes by step.
    station
        The station whose data the lesson works with, when the notebook is not told otherwise.
    lang
        The language of the new source; the copy is then in that language only, ready to be changed.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise UsageError(
            "{name} cannot be the name of a lesson.",
            do="Use small letters, digits and hyphens, e.g. my-air.",
            code="lesson-name", name=name,
        )  # fmt: skip
    old = load(origin)
    folder = Path(out) / name
    if folder.exists():
        raise UsageError(
            "{folder} exists already.", do="Choose another name.", code="exists", folder=str(folder)
        )
    code = language(lang)
    facts = _facts(old, name, title, minutes, code)
    if station:
        facts["parameters"] = {**facts.get("parameters", {}), "station": station, "file": ""}
        facts.pop("sample", None)
    words = old.translation(code)
    folder.mkdir(parents=True)
    for path in sorted((old.folder / "data").glob("*")) if not station else ():
        (folder / "data").mkdir(exist_ok=True)
        shutil.copyfile(path, folder / "data" / path.name)
    (folder / "lesson.toml").write_text(to_toml(facts), encoding="utf-8", newline="\n")
    (folder / "lesson.md").write_text(_source(old, words), encoding="utf-8", newline="\n")
    (folder / "answers.toml").write_text(to_toml(_tasks(old, words)), encoding="utf-8", newline="\n")
    for name, table in _forms(old, words).items():
        (folder / name).write_text(to_toml(table), encoding="utf-8", newline="\n")
    return folder


def _facts(
    old: Lesson, name: str, title: str | None, minutes: int | Mapping[str, int] | None, code: str
) -> dict[str, Any]:
    """Return the facts of the new lesson, in its language."""
    words = old.translation(code)
    facts = {**old.facts, "id": name, "title": title or words.text(str(old.facts["title"]))}
    facts |= {"version": "1", "source": code, "languages": [code]}
    for key in ("questions", "objectives", "materials"):
        facts[key] = [words.text(text) for text in old.facts.get(key, [])]
    facts.pop("read_by", None)
    if old.least.text:
        facts["minimum"] = {**old.facts["minimum"], "text": words.text(old.least.text)}
    facts["origin"] = {
        "lesson": old.id,
        "title": old.title(code),
        "version": str(old.facts.get("version", "1")),
        "licence": str(old.facts.get("licence", "")),
        "hash": old.hash(),
    }
    facts["hours"] = []
    for hour in old.hours:
        length = minutes if isinstance(minutes, int) else hour.minutes
        steps = new_minutes(hour, minutes, old.depths)
        facts["hours"].append(
            {
                "title": words.text(hour.title),
                "minutes": length if not isinstance(minutes, Mapping) else _length(hour, steps, old),
                "steps": [
                    {"id": step.id, "title": words.text(step.title), "minutes": time, "who": step.who}
                    | ({"stop": True} if step.stop else {})
                    | ({"depths": list(step.depths)} if step.depths else {})
                    for step, time in zip(hour.steps, steps, strict=True)
                ],
            }
        )
    return facts


def _length(hour: Hour, minutes: list[int], lesson: Lesson) -> int:
    """Return how long an hour is, of which a teacher gave the minutes of each step: its longest depth."""
    pairs = list(zip(hour.steps, minutes, strict=True))
    return max(
        sum(time for step, time in pairs if not step.depths or depth in step.depths)
        for depth in lesson.depths or ("",)
    )


def new_minutes(
    hour: Hour, minutes: int | Mapping[str, int] | None, depths: tuple[str, ...] = ()
) -> list[int]:
    """Return the minutes of each step; an hour of another length is shared out in proportion.

    Whole minutes, each step at least one; what is left by rounding goes to the largest remainders, and
    pupils' own work stays within two thirds of the hour. Each of ``depths`` fills the hour; a step of
    several depths has the same minutes in all.
    """
    if minutes is None:
        return [step.minutes for step in hour.steps]
    if not isinstance(minutes, int):
        return [minutes.get(step.id, step.minutes) for step in hour.steps]
    found: dict[str, int] = {}
    for depth in depths or ("",):
        steps = [step for step in hour.steps if not step.depths or depth in step.depths]
        free = [step for step in steps if step.id not in found]
        known = [step for step in steps if step.id in found]
        rest = minutes - sum(found[step.id] for step in known)
        if rest < len(free):
            raise UsageError(
                "{minutes} minutes are too few for {n} steps.",
                do="Give more minutes.",
                code="minutes",
                minutes=minutes,
                n=len(steps),
            )
        most = MOST_WORK * minutes - sum(found[step.id] for step in known if step.who == "pupils")
        if free:
            found |= zip([step.id for step in free], _shares(free, rest, most), strict=True)
    return [found.get(step.id, step.minutes) for step in hour.steps]


def _shares(steps: Sequence[Step], minutes: int, most: float) -> list[int]:
    """Share minutes in proportion to those of the steps; at most ``most`` of them are pupils' work."""
    old = [step.minutes for step in steps]
    shares = [time * minutes / sum(old) for time in old]
    new = [max(1, int(share)) for share in shares]
    order = sorted(range(len(old)), key=lambda place: (int(shares[place]) - shares[place], place))
    place = 0
    while sum(new) != minutes:
        step = order[place % len(order)]
        change = 1 if sum(new) < minutes else -1
        if new[step] + change >= 1:
            new[step] += change
        place += 1
    pupils = [place for place, step in enumerate(steps) if step.who == "pupils"]
    others = [place for place in range(len(new)) if place not in pupils]
    while others and pupils and sum(new[place] for place in pupils) > most:
        new[max(pupils, key=lambda place: new[place])] -= 1
        new[min(others, key=lambda place: new[place])] += 1
    return new


def _source(old: Lesson, words: Translation) -> str:
    """Return ``lesson.md`` in the new language, directives and tags as they were."""
    if words.lang == old.source:
        return (old.folder / "lesson.md").read_text(encoding="utf-8")
    parts = []
    for cell in old.cells():
        tags = json.dumps(list(cell.tags)) if cell.tags else ""
        if cell.kind == "code":
            head = "```python" + (f" tags={tags}" if tags else "")
            parts.append(f"{head}\n{words.code(cell.source, marks=True)}\n```")
        else:
            region = f" tags={tags}" if tags else ""
            parts.append(f"<!-- #region{region} -->\n{words.markdown(cell.source)}\n<!-- #endregion -->")
    return "\n\n".join(parts) + "\n"


def _tasks(old: Lesson, words: Translation) -> dict[str, Any]:
    """Return ``answers.toml`` in the new language."""
    tasks: dict[str, Any] = {"values": dict(old.values)} if old.values else {}
    for name, task in old.tasks.items():
        table: dict[str, Any] = {"kind": task.kind, "question": words.text(task.question)}
        for key in ("code", "answer", "variable", "tolerance", "digits"):
            if getattr(task, key):
                table[key] = getattr(task, key)
        if task.unit:
            table["unit"] = words.text(task.unit) if task.unit_words else task.unit
        if task.hints:
            table["hints"] = [words.text(hint) for hint in task.hints]
        if task.explain:
            table["explain"] = words.text(task.explain)
        if task.depths:
            table["depths"] = list(task.depths)
        if task.options:
            table["options"] = {letter: words.text(text) for letter, text in task.options.items()}
        tasks[name] = table
    return tasks


def _forms(old: Lesson, words: Translation) -> dict[str, dict[str, Any]]:
    """Return the rubric and the questionnaire in the new language, by the name of their file."""

    def said(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: said(one, key if key == "options" else name) for name, one in value.items()}
        if isinstance(value, list):
            return [said(one, key) for one in value]
        return words.text(value) if key in ("text", "title", "levels", "options") else value

    paths = [old.folder / name for name in (RUBRIC, QUESTIONNAIRE)]
    return {path.name: said(read_toml(path)) for path in paths if path.is_file()}


def to_toml(table: Mapping[str, Any], path: str = "") -> str:
    """Return a table as TOML: texts, numbers, truth values, lists of these, tables and lists of tables.

    >>> print(to_toml({"a": 1, "b": {"c": ["x"]}}).strip())
    a = 1
    <BLANKLINE>
    [b]
    c = ["x"]
    """
    plain, below = [], []
    for key, value in table.items():
        full = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            below.append(f"\n[{full}]\n{to_toml(value, full)}")
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
            below += [f"\n[[{full}]]\n{to_toml(one, full)}" for one in value]
        else:
            plain.append(f"{key} = {_toml_value(value)}\n")
    return "".join(plain) + "".join(below)


def _toml_value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_toml_value(one) for one in value)
        return (
            f"[{inner}]"
            if len(inner) < 100
            else "[\n" + "".join(f"    {_toml_value(v)},\n" for v in value) + "]"
        )
    return json.dumps(value, ensure_ascii=False)
