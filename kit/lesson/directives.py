"""The parts of a notebook that kit writes from ``lesson.toml`` and ``answers.toml``."""

from __future__ import annotations

import re

from kit.classroom.tasks import Task
from kit.errors import JobError
from kit.lesson import pages
from kit.lesson.source import DEPTHS, WHO, Lesson, Step
from kit.lesson.translate import paragraphs
from kit.text import number, tr, trn

_DIRECTIVE = re.compile(r"^\{\{([a-z-]+)(?: ([\w-]+))?\}\}$")
_VALUE = re.compile(r"\{\{(id|language|station|file|depth)\}\}")
LICENCES = {
    "CC-BY-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
}


#: What may stand in double braces on a line of its own, and whether it is followed by a name.
DIRECTIVES = {
    "title": False, "about": False, "timetable": False, "materials": False, "curriculum": False,
    "hour": True, "step": True, "task": True, "early-finish": False, "licence": False, "glossary": False,
    "rubric": False, "questionnaire": True,
}  # fmt: skip


class Writer:
    """Writes the cells of one lesson in one language."""

    def __init__(self, lesson: Lesson, lang: str) -> None:
        self.lesson, self.lang = lesson, lang
        self.translation = lesson.translation(lang)
        self.numbers = {
            step.id: place
            for place, step in enumerate((step for hour in lesson.hours for step in hour.steps), start=1)
        }

    def markdown(self, source: str) -> str:
        """Return Markdown translated, its directives written out."""
        return "\n\n".join(self._block(block) for block in paragraphs(self.translation.markdown(source)))

    def code(self, source: str) -> str:
        """Return code translated and filled."""
        values = {**self.lesson.parameters, "id": self.lesson.id, "language": self.lang}
        values["depth"] = self.lesson.depth
        return _VALUE.sub(lambda found: str(values[found[1]]), self.translation.code(source))

    def _block(self, block: str) -> str:
        found = _DIRECTIVE.match(block)
        if not found:
            return block
        name, argument = found[1], found[2] or ""
        if DIRECTIVES.get(name) is not bool(argument):
            raise JobError(
                "{lesson} has the unknown directive {directive}.", do="See the recipe for lessons.",
                code="directive", lesson=self.lesson.id, directive=block,
            )  # fmt: skip
        writer = getattr(self, "_" + name.replace("-", "_"))
        text: str = writer(argument) if argument else writer()
        return text

    def t(self, text: str) -> str:
        """Return one of the lesson's own texts, translated."""
        return self.translation.text(text)

    def tr(self, template: str, **params: object) -> str:
        """Return one of kit's texts."""
        return tr(template, self.lang, **params)

    def _title(self) -> str:
        return f"# {self.lesson.title(self.lang)}"

    def _about(self) -> str:
        facts = self.lesson.facts
        head = ["**" + self.tr("Ages {ages}", ages=self.lesson.ages) + "**"]
        head.append(trn("{n} lesson hour", "{n} lesson hours", len(self.lesson.hours), self.lang))
        if self.lesson.suffix:
            way = tr(DEPTHS.get(self.lesson.depth, ""), self.lang)
            head.append(self.tr("Depth {depth}: {way}", depth=self.lesson.depth, way=way))
        if not self.lesson.read_by(self.lang):
            head.append("*" + self.tr("not yet read by a teacher") + "*")
        lines = [" · ".join(head)]
        lines += ["**" + self.tr("Questions") + "**", self._list(facts.get("questions", []))]
        lines += ["**" + self.tr("After this lesson you can") + "**", self._list(facts.get("objectives", []))]
        return "\n\n".join(line for line in lines if line)

    def _materials(self) -> str:
        facts = self.lesson.facts
        return self._list([*facts.get("materials", []), *filter(None, [self.lesson.least.text])])

    def _curriculum(self) -> str:
        return pages.curriculum(self.lesson, self.lang)

    def _glossary(self) -> str:
        return pages.words(self.lesson, self.lang)

    def _rubric(self) -> str:
        return pages.rubric(self.lesson, self.lang, self.t)

    def _questionnaire(self, when: str) -> str:
        return pages.questionnaire(self.lesson, when, self.lang, self.t)

    def _list(self, texts: list[str]) -> str:
        return "\n".join(f"- {self.t(text)}" for text in texts)

    def _timetable(self) -> str:
        heads = [self.tr("step"), self.tr("minutes"), self.tr("who"), self.tr("what")]
        rows = ["| " + " | ".join(heads) + " |", "|---:|---:|---|---|"]
        for hour in self.lesson.hours:
            title = self.tr("Hour {n}: {title}", n=hour.id, title=self.t(hour.title))
            rows.append(f"| | **{hour.minutes}** | | **{title}** |")
            for step in hour.steps:
                mark = " ■" if step.stop else ""
                who = tr(WHO.get(step.who, step.who), self.lang)
                rows.append(
                    f"| {self.numbers[step.id]} | {step.minutes} | {who} | {self.t(step.title)}{mark} |"
                )
        return "\n".join(rows) + "\n\n■ " + self.tr("a class that is short of time may stop after this step")

    def _hour(self, name: str) -> str:
        hour = next((hour for hour in self.lesson.hours if hour.id == name), None)
        if hour is None:
            raise JobError("{lesson} has no hour {hour}.", code="hour", lesson=self.lesson.id, hour=name)
        return "## " + self.tr("Hour {n}: {title}", n=name, title=self.t(hour.title))

    def _step(self, name: str) -> str:
        step = self._find(name)
        minutes = trn("{n} minute", "{n} minutes", step.minutes, self.lang)
        who = tr(WHO.get(step.who, step.who), self.lang)
        return f"### {self.numbers[name]}. {self.t(step.title)}\n\n*{minutes} · {who}*"

    def _find(self, name: str) -> Step:
        for hour in self.lesson.hours:
            for step in hour.steps:
                if step.id == name:
                    return step
        raise JobError("{lesson} has no step {step}.", code="step", lesson=self.lesson.id, step=name)

    def _early_finish(self) -> str:
        words = self.tr("You may stop here. Your answers are saved; the next hour starts with a reminder.")
        return f"> **{self.tr('Short of time?')}** {words}"

    def _task(self, name: str) -> str:
        task = self._known(name)
        options = "\n".join(f"- **{letter}** {self.t(text)}" for letter, text in task.options.items())
        return f"**{self.tr('Task {task}', task=name)}.** {self.t(task.question)}" + (
            "\n\n" + options if options else ""
        )

    def _known(self, name: str) -> Task:
        if name not in self.lesson.tasks:
            raise JobError(
                "{lesson} has no task {task} in answers.toml.", code="task", lesson=self.lesson.id, task=name
            )
        return self.lesson.tasks[name]

    def notes(self, name: str) -> str:
        """Return what a teacher should know about one task: why the answer is right, and its hints."""
        task = self._known(name)
        lines = [f"**{self.tr('Answer to task {task}', task=name)}**"]
        if task.explain:
            lines[0] += f" · {self.t(task.explain)}"
        if task.tolerance:
            slack = number(task.tolerance, lang=self.lang)
            lines.append(self.tr("Anything within {slack} of it counts as right.", slack=slack))
        if task.hints:
            hints = "\n".join(f"{place}. {self.t(hint)}" for place, hint in enumerate(task.hints, start=1))
            lines.append(self.tr("Hints that pupils can ask for:") + "\n\n" + hints)
        return "\n\n".join(lines)

    def _licence(self) -> str:
        facts = self.lesson.facts
        licence = str(facts.get("licence", ""))
        name, url = LICENCES.get(licence, (licence, ""))
        text = self.tr("Lesson: {title}, version {version}.", title=self.lesson.title(self.lang),
                       version=facts.get("version", "1"))  # fmt: skip
        text += f" [{name}]({url})."
        origin = facts.get("origin", {})
        if origin:
            text += " " + self.tr("Made from {lesson} (“{title}”, version {version}, {licence}).", **origin)
        return f"---\n\n*{text}*"
