"""The choices of a lesson as a quiz in QTI 1.2, as Common Cartridge 1.1 profiles it.

A learning platform checks only what is written into the quiz. So the right answers are those of the data from
which the page beside it was built; other kinds of tasks (numbers with tolerance and unit) have no form that
the profile allows. The profile: https://www.imsglobal.org/cc/ccv1p1/imscc_profilev1p1.html, section 4.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from kit.classroom.tasks import Task
from kit.lesson.html import HtmlWriter
from kit.lesson.performing import Performed
from kit.lesson.source import Lesson
from kit.text import tr

SPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.imsglobal.org/profile/cc/ccv1p1/ccv1p1_qtiasiv1p2p1_v1p0.xsd"
PROFILES = {"choice": "cc.multiple_choice.v0p1", "choices": "cc.multiple_response.v0p1"}
_EXAM = {
    "cc_profile": "cc.exam.v0p1", "qmd_assessmenttype": "Examination", "qmd_scoretype": "Percentage",
    "qmd_feedbackpermitted": "Yes", "qmd_hintspermitted": "No", "qmd_solutionspermitted": "Yes",
    "cc_maxattempts": "unlimited",
}  # fmt: skip


def quiz(lesson: Lesson, lang: str, done: Performed) -> str:
    """Return the quiz as XML; "" where a lesson has no task of choices with a right answer."""
    tasks = [
        task for name, task in lesson.tasks.items()
        if task.kind in PROFILES and done.answers.get(name, {}).get("right")
    ]  # fmt: skip
    if not tasks:
        return ""
    root = ET.Element("questestinterop", {"xmlns": SPACE, "xmlns:xsi": XSI})
    root.set("xsi:schemaLocation", f"{SPACE} {_SCHEMA}")
    title = tr("Quiz: the choices of the lesson", lang)
    assessment = ET.SubElement(root, "assessment", {"ident": f"quiz{lesson.suffix}", "title": title})
    _fields(assessment, _EXAM)
    section = ET.SubElement(assessment, "section", {"ident": "section"})
    writer = HtmlWriter(lesson, lang)
    for task in tasks:
        _item(section, task, writer, list(done.answers[task.id]["right"]))
    return xml(root)


def _fields(place: ET.Element, fields: dict[str, str]) -> None:
    held = ET.SubElement(place, "qtimetadata")
    for label, entry in fields.items():
        field = ET.SubElement(held, "qtimetadatafield")
        ET.SubElement(field, "fieldlabel").text = label
        ET.SubElement(field, "fieldentry").text = entry


def _text(place: ET.Element, html: str) -> None:
    ET.SubElement(ET.SubElement(place, "material"), "mattext", {"texttype": "text/html"}).text = html


def _item(place: ET.Element, task: Task, writer: HtmlWriter, right: list[str]) -> None:
    """Add one question: full marks for exactly the right letters, the explanation in every case."""
    title = writer.tr("Task {task}", task=task.id)
    item = ET.SubElement(place, "item", {"ident": f"task-{task.id}", "title": title})
    _fields(ET.SubElement(item, "itemmetadata"), {"cc_profile": PROFILES[task.kind]})
    presentation = ET.SubElement(item, "presentation")
    _text(presentation, f"<p>{writer.inline(task.question)}</p>")
    several = "Multiple" if task.kind == "choices" else "Single"
    response = ET.SubElement(presentation, "response_lid", {"ident": "response", "rcardinality": several})
    choices = ET.SubElement(response, "render_choice")
    for letter, text in task.options.items():
        _text(ET.SubElement(choices, "response_label", {"ident": letter}), writer.inline(text))
    processing = ET.SubElement(item, "resprocessing")
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    ET.SubElement(ET.SubElement(processing, "outcomes"), "decvar", score)
    always = ET.SubElement(processing, "respcondition", {"continue": "Yes"})
    ET.SubElement(ET.SubElement(always, "conditionvar"), "other")
    told = {"feedbacktype": "Response", "linkrefid": "general_fb"}
    ET.SubElement(always, "displayfeedback", told)
    full = ET.SubElement(processing, "respcondition", {"continue": "No"})
    condition = ET.SubElement(full, "conditionvar")
    if task.kind == "choices":
        condition = ET.SubElement(condition, "and")
    for letter in task.options:
        if letter in right:
            ET.SubElement(condition, "varequal", {"respident": "response"}).text = letter
        elif task.kind == "choices":
            wrong = ET.SubElement(condition, "not")
            ET.SubElement(wrong, "varequal", {"respident": "response"}).text = letter
    ET.SubElement(full, "setvar", {"action": "Set", "varname": "SCORE"}).text = "100"
    feedback = ET.SubElement(item, "itemfeedback", {"ident": "general_fb"})
    _text(ET.SubElement(feedback, "flow_mat"), f"<p>{writer.inline(task.explain)}</p>")


def xml(root: ET.Element) -> str:
    """Return an XML file's text."""
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
