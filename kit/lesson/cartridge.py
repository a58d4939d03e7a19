"""A lesson as an IMS Common Cartridge 1.1 (``.imscc``): what Moodle and other learning platforms import.

The specification is https://www.imsglobal.org/cc/ccv1p1/imscc_profilev1p1.html; what platforms make of it was
read in the importers of Moodle (``backup/cc/cc112moodle.php``) and Canvas (``lib/cc``). One cartridge holds a
lesson in one language with all its depths: pages, handouts and notebooks as web content, a quiz of its
choices, curriculum goals as web links. What is for the teacher carries the role Instructor: both platforms
hide it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET

from kit.lesson.build import notebook_text
from kit.lesson.directives import LICENCES
from kit.lesson.handout import handout
from kit.lesson.linked import identifier
from kit.lesson.page import answers_page, page
from kit.lesson.performing import Performed
from kit.lesson.quiz import XSI, quiz, xml
from kit.lesson.source import DEPTHS, Lesson
from kit.lesson.terms import FRAMEWORKS, frameworks
from kit.text import tr

MANIFEST = "imsmanifest.xml"
WEB, LINK = "webcontent", "imswl_xmlv1p1"
QUIZ = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
_CP = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"
_ROLE = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/resource"
_WL = "http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1"
_PROFILE = "http://www.imsglobal.org/profile/cc/ccv1p1"
_SCHEMAS = {
    _CP: f"{_PROFILE}/ccv1p1_imscp_v1p2_v1p0.xsd",
    _LOM: f"{_PROFILE}/LOM/ccv1p1_lommanifest_v1p0.xsd",
    _ROLE: f"{_PROFILE}/LOM/ccv1p1_lomresource_v1p0.xsd",
}
#: A cartridge has no time of its own: the earliest that a zip file can say.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Piece:
    """One thing in the cartridge: the path and content of its file, its kind, its title, who sees it."""

    path: str
    content: str
    kind: str
    title: str
    teacher: bool = False

    @property
    def id(self) -> str:
        """Its name in the manifest (an XML name)."""
        return re.sub(r"[^A-Za-z0-9_.-]", "-", self.path)


def cartridge(lesson: Lesson, lang: str, done: Mapping[str, Performed]) -> bytes:
    """Return the cartridge of a lesson in one language; ``done`` holds what each depth showed.

    The same source and data give the same bytes: files are stored as they are, without times.
    """
    groups = [(_title(one, lang), list(_pieces(one, lang, done[one.depth]))) for one in lesson.each_depth()]
    links = list(_links(lesson, lang))
    if links:
        groups.append((tr("Curriculum", lang), links))
    pieces = [piece for _, found in groups for piece in found]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for path, text in [
            (MANIFEST, manifest(lesson, lang, groups)),
            *((p.path, p.content) for p in pieces),
        ]:
            about = zipfile.ZipInfo(path, EPOCH)
            about.create_system, about.external_attr = 3, 0o644 << 16
            file.writestr(about, text.encode())
    return out.getvalue()


def _title(lesson: Lesson, lang: str) -> str:
    if not lesson.suffix:
        return lesson.title(lang)
    return tr("Depth {depth}: {way}", lang, depth=lesson.depth, way=tr(DEPTHS[lesson.depth], lang))


def _pieces(lesson: Lesson, lang: str, done: Performed) -> Iterator[Piece]:
    """Yield what one depth holds."""
    end = lesson.suffix
    yield Piece(f"page{end}.html", page(lesson, lang, done), WEB, tr("The lesson, without code", lang))
    yield Piece(f"handout{end}.html", handout(lesson, lang), WEB, tr("Handout to print", lang))
    notebook = notebook_text(lesson, lesson.cells(), "pupil", lang)
    yield Piece(f"pupil{end}.ipynb", notebook, WEB, tr("Notebook for JupyterLab", lang))
    asked = quiz(lesson, lang, done)
    if asked:
        yield Piece(f"quiz{end}.xml", asked, QUIZ, tr("Quiz: the choices of the lesson", lang))
    notes = handout(lesson, lang, "teacher")
    yield Piece(f"handout-teacher{end}.html", notes, WEB, tr("For the teacher", lang), teacher=True)
    answers = answers_page(lesson, lang, done)
    yield Piece(f"answers{end}.html", answers, WEB, tr("Answers", lang), teacher=True)


def _links(lesson: Lesson, lang: str) -> Iterator[Piece]:
    """Yield the curriculum goals as web links."""
    for name in lesson.facts.get("curriculum", []):
        goal = frameworks()[name]
        title = f"{tr(FRAMEWORKS[goal.framework], lang)}: {goal.text(lang)}"
        link = ET.Element("webLink", {"xmlns": _WL, "xmlns:xsi": XSI})
        link.set("xsi:schemaLocation", f"{_WL} {_PROFILE}/ccv1p1_imswl_v1p1.xsd")
        ET.SubElement(link, "title").text = title
        ET.SubElement(link, "url", {"href": goal.url, "target": "_blank"})
        yield Piece(f"links/{name}.xml", xml(link), LINK, title)


def manifest(lesson: Lesson, lang: str, groups: list[tuple[str, list[Piece]]]) -> str:
    """Return ``imsmanifest.xml``: metadata, one tree of items, resources."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "-", f"{identifier(lesson)}-{lang}")
    root = ET.Element("manifest", {"identifier": name, "xmlns": _CP, "xmlns:lom": _ROLE})
    root.set("xmlns:lomimscc", _LOM)
    root.set("xmlns:xsi", XSI)
    root.set("xsi:schemaLocation", " ".join(f"{space} {place}" for space, place in _SCHEMAS.items()))
    _metadata(ET.SubElement(root, "metadata"), lesson, lang)
    organization = ET.SubElement(ET.SubElement(root, "organizations"), "organization")
    organization.attrib.update({"identifier": "organization", "structure": "rooted-hierarchy"})
    top = ET.SubElement(organization, "item", {"identifier": "root"})
    for place, (title, pieces) in enumerate(groups, start=1):
        folder = ET.SubElement(top, "item", {"identifier": f"folder-{place}"})
        ET.SubElement(folder, "title").text = title
        for piece in pieces:
            item = ET.SubElement(folder, "item", {"identifier": f"item-{piece.id}"})
            item.set("identifierref", f"resource-{piece.id}")
            ET.SubElement(item, "title").text = piece.title
    resources = ET.SubElement(root, "resources")
    for _, pieces in groups:
        for piece in pieces:
            _resource(resources, piece)
    return xml(root)


def _metadata(place: ET.Element, lesson: Lesson, lang: str) -> None:
    ET.SubElement(place, "schema").text = "IMS Common Cartridge"
    ET.SubElement(place, "schemaversion").text = "1.1.0"
    lom = ET.SubElement(place, "lomimscc:lom")
    words, facts = lesson.translation(lang).text, lesson.facts
    general = ET.SubElement(lom, "lomimscc:general")
    _string(general, "title", lesson.title(lang), lang)
    ET.SubElement(general, "lomimscc:language").text = lang
    _string(general, "description", " ".join(map(words, facts.get("questions", []))), lang)
    educational = ET.SubElement(lom, "lomimscc:educational")
    _string(educational, "typicalAgeRange", lesson.ages, lang)
    time = ET.SubElement(educational, "lomimscc:typicalLearningTime")
    ET.SubElement(time, "lomimscc:duration").text = f"PT{lesson.minutes}M"
    rights = ET.SubElement(lom, "lomimscc:rights")
    held = ET.SubElement(rights, "lomimscc:copyrightAndOtherRestrictions")
    ET.SubElement(held, "lomimscc:source").text = "LOMv1.0"
    ET.SubElement(held, "lomimscc:value").text = "yes"
    name, url = LICENCES.get(str(facts.get("licence", "")), ("", ""))
    _string(rights, "description", f"{name} {url}".strip(), lang)


def _string(place: ET.Element, name: str, text: str, lang: str) -> None:
    held = ET.SubElement(place, f"lomimscc:{name}")
    ET.SubElement(held, "lomimscc:string", {"language": lang}).text = text


def _resource(place: ET.Element, piece: Piece) -> None:
    """Add one resource; only web content has an address of its own."""
    made = ET.SubElement(place, "resource", {"identifier": f"resource-{piece.id}", "type": piece.kind})
    if piece.kind == WEB:
        made.set("href", piece.path)
    if piece.teacher:
        lom = ET.SubElement(ET.SubElement(made, "metadata"), "lom:lom")
        role = ET.SubElement(ET.SubElement(lom, "lom:educational"), "lom:intendedEndUserRole")
        ET.SubElement(role, "lom:source").text = "IMSGLC_CC_Rolesv1p1"
        ET.SubElement(role, "lom:value").text = "Instructor"
    ET.SubElement(made, "file", {"href": piece.path})
