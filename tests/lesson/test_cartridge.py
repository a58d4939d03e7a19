"""Common Cartridge 1.1: what the specification asks of manifest, files, links and quiz.

Checked against https://www.imsglobal.org/cc/ccv1p1/imscc_profilev1p1.html (sections 3 and 4) by hand, not
with its XSD files: others may not pass them on.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pytest

from kit import lesson
from kit.lesson.cartridge import LINK, QUIZ, WEB, cartridge
from kit.lesson.linked import linked
from tests.lesson.small import shown

CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
LOM = "{http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest}"
ROLE = "{http://ltsc.ieee.org/xsd/imsccv1p1/LOM/resource}"
WL = "{http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1}"
QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@pytest.fixture
def made(small: lesson.Lesson) -> bytes:
    return cartridge(small, "en", {one.depth: shown(one) for one in small.each_depth()})


@pytest.fixture
def files(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(made)) as held:
        assert held.testzip() is None
        names = held.namelist()
        assert len(names) == len(set(names))
        assert names[0] == "imsmanifest.xml", "in the root"
        return {name: held.read(name) for name in names}


@pytest.fixture
def manifest(files: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(files["imsmanifest.xml"])


def test_the_same_bytes_every_time(small: lesson.Lesson, made: bytes) -> None:
    again = lesson.load(small.folder)
    assert cartridge(again, "en", {one.depth: shown(one) for one in again.each_depth()}) == made
    with zipfile.ZipFile(BytesIO(made)) as held:
        assert {one.date_time for one in held.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_paths_are_plain(files: dict[str, bytes]) -> None:
    for name in files:
        path = PurePosixPath(name)
        assert name.isascii()
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert re.fullmatch(r"[a-z0-9./-]+", name), name


def test_the_manifest_has_what_it_must(manifest: ET.Element, small: lesson.Lesson) -> None:
    assert manifest.tag == f"{CP}manifest"
    assert [child.tag for child in manifest] == [f"{CP}metadata", f"{CP}organizations", f"{CP}resources"]
    metadata = manifest[0]
    assert metadata.findtext(f"{CP}schema") == "IMS Common Cartridge"
    assert metadata.findtext(f"{CP}schemaversion") == "1.1.0"
    general = metadata.find(f"{LOM}lom/{LOM}general")
    assert general is not None
    title = general.find(f"{LOM}title/{LOM}string")
    assert title is not None
    assert title.text == linked(small, "en")["name"]
    assert title.attrib == {"language": "en"}
    assert general.findtext(f"{LOM}language") == "en"
    lom = metadata.find(f"{LOM}lom")
    assert lom is not None
    order = ["general", "lifeCycle", "metaMetadata", "technical", "educational", "rights", "relation"]
    places = [order.index(child.tag.removeprefix(LOM)) for child in lom]
    assert places == sorted(places)
    assert lom.findtext(f"{LOM}educational/{LOM}typicalLearningTime/{LOM}duration") == "PT45M"
    assert lom.findtext(f"{LOM}rights/{LOM}copyrightAndOtherRestrictions/{LOM}value") == "yes"
    assert "creativecommons.org/licenses/by/4.0" in str(
        lom.findtext(f"{LOM}rights/{LOM}description/{LOM}string")
    )


def test_schemas_are_those_of_the_namespaces(manifest: ET.Element) -> None:
    said = manifest.attrib["{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"].split()
    assert set(said[::2]) == {CP.strip("{}"), LOM.strip("{}"), ROLE.strip("{}")}
    assert all(place.startswith("http://www.imsglobal.org/profile/cc/ccv1p1/") for place in said[1::2])


def test_identifiers_are_names_and_unique(manifest: ET.Element) -> None:
    ids = [one.attrib["identifier"] for one in manifest.iter() if "identifier" in one.attrib]
    assert len(ids) == len(set(ids))
    assert all(NAME.fullmatch(one) for one in ids), ids


def test_one_organization_one_root_items_point_at_resources(manifest: ET.Element) -> None:
    organizations = manifest.findall(f"{CP}organizations/{CP}organization")
    assert len(organizations) == 1
    assert organizations[0].get("structure") == "rooted-hierarchy"
    roots = organizations[0].findall(f"{CP}item")
    assert len(roots) == 1
    assert roots[0].find(f"{CP}title") is None
    assert "identifierref" not in roots[0].attrib
    folders = roots[0].findall(f"{CP}item")
    assert [one.findtext(f"{CP}title") for one in folders] == [
        "Depth A: guided", "Depth C: own inquiry", "Curriculum",
    ]  # fmt: skip
    resources = {one.attrib["identifier"] for one in manifest.iter(f"{CP}resource")}
    pointed = []
    for folder in folders:
        assert "identifierref" not in folder.attrib, "an item is a folder or a thing"
        for item in folder.findall(f"{CP}item"):
            assert str(item.findtext(f"{CP}title")).strip()
            assert item.find(f"{CP}item") is None
            pointed.append(item.attrib["identifierref"])
    assert set(pointed) == resources
    assert len(pointed) == len(resources)


def test_every_file_is_there_and_none_without_a_resource(
    manifest: ET.Element, files: dict[str, bytes]
) -> None:
    listed = [one.attrib["href"] for one in manifest.iter(f"{CP}file")]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(files) - {"imsmanifest.xml"}
    for one in manifest.iter(f"{CP}resource"):
        assert one.attrib["type"] in {WEB, LINK, QUIZ}
        held = [file.attrib["href"] for file in one.findall(f"{CP}file")]
        assert len(held) == 1
        assert one.get("href") == (held[0] if one.attrib["type"] == WEB else None)
    assert {"page-a.html", "handout-c.html", "pupil-a.ipynb", "quiz-c.xml"} <= set(files)


def test_pages_link_to_no_file_that_is_not_there(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".html"):
            for found in re.findall(r'(?:href|src)="([^"]+)"', content.decode()):
                assert found.startswith(("#", "https://", "data:")), f"{name}: {found}"


def test_what_is_for_the_teacher_says_so(manifest: ET.Element) -> None:
    hidden = [
        one.attrib["href"] for one in manifest.iter(f"{CP}resource")
        if one.findtext(f"{CP}metadata/{ROLE}lom/{ROLE}educational/{ROLE}intendedEndUserRole/{ROLE}value")
        == "Instructor"
    ]  # fmt: skip
    assert hidden == ["handout-teacher-a.html", "answers-a.html", "handout-teacher-c.html", "answers-c.html"]


def test_links_are_links(files: dict[str, bytes]) -> None:
    links = [ET.fromstring(content) for name, content in files.items() if name.startswith("links/")]
    assert len(links) == 2
    for link in links:
        assert link.tag == f"{WL}webLink"
        assert [child.tag for child in link] == [f"{WL}title", f"{WL}url"]
        assert link[1].attrib["href"].startswith("https://")


def test_the_quiz_is_of_the_profile(files: dict[str, bytes]) -> None:
    root = ET.fromstring(files["quiz-a.xml"])
    assert root.tag == f"{QTI}questestinterop"
    assessment = root.find(f"{QTI}assessment")
    assert assessment is not None
    assert _fields(assessment)["cc_profile"] == "cc.exam.v0p1"
    assert len(assessment.findall(f"{QTI}section")) == 1
    items = {one.attrib["ident"]: one for one in assessment.iter(f"{QTI}item")}
    assert list(items) == ["task-2", "task-3"], "numbers and open questions have no form here"
    one, several = items.values()
    assert _fields(one.find(f"{QTI}itemmetadata"))["cc_profile"] == "cc.multiple_choice.v0p1"
    assert _fields(several.find(f"{QTI}itemmetadata"))["cc_profile"] == "cc.multiple_response.v0p1"
    for item, kind in ((one, "Single"), (several, "Multiple")):
        order = [child.tag.removeprefix(QTI) for child in item]
        assert order == ["itemmetadata", "presentation", "resprocessing", "itemfeedback"]
        response = item.find(f"{QTI}presentation/{QTI}response_lid")
        assert response is not None
        assert response.get("rcardinality") == kind
        letters = [label.attrib["ident"] for label in response.iter(f"{QTI}response_label")]
        named = {value.text for value in item.iter(f"{QTI}varequal")}
        assert named <= set(letters)
        feedback = {found.attrib["ident"] for found in item.iter(f"{QTI}itemfeedback")}
        assert {found.attrib["linkrefid"] for found in item.iter(f"{QTI}displayfeedback")} == feedback
    assert _score(one, {"b"}) == 100
    assert _score(one, {"a"}) == 0
    assert _score(several, {"a", "c"}) == 100
    assert _score(several, {"a"}) == _score(several, {"a", "b", "c"}) == 0
    texts = [text.text for text in one.iter(f"{QTI}mattext")]
    assert "tea &amp; cake" in texts, "texts are HTML"


def test_a_lesson_without_choices_has_no_quiz(small: lesson.Lesson) -> None:
    path = small.folder / "answers.toml"
    path.write_text(path.read_text(encoding="utf-8").split("[2]")[0], encoding="utf-8")
    text = (small.folder / "lesson.md").read_text(encoding="utf-8")
    text = re.sub(r'\{\{task [234]\}\}|kit\.answer\("[234]", \.\.\.\)', "", text)
    (small.folder / "lesson.md").write_text(text, encoding="utf-8")
    plain = lesson.load(small.folder)
    made = cartridge(plain, "en", {one.depth: shown(one) for one in plain.each_depth()})
    with zipfile.ZipFile(BytesIO(made)) as held:
        assert not [name for name in held.namelist() if name.startswith("quiz")]


def _fields(place: ET.Element | None) -> dict[str, str]:
    assert place is not None
    held = place.findall(f"{QTI}qtimetadata/{QTI}qtimetadatafield")
    return {str(one.findtext(f"{QTI}fieldlabel")): str(one.findtext(f"{QTI}fieldentry")) for one in held}


def _score(item: ET.Element, chosen: set[str]) -> int:
    """Return what a platform gives for an answer: conditions one after the other, as QTI 1.2 says."""
    score = 0
    for one in item.iter(f"{QTI}respcondition"):
        condition = one.find(f"{QTI}conditionvar")
        assert condition is not None
        if all(_holds(part, chosen) for part in condition):
            for found in one.findall(f"{QTI}setvar"):
                score = int(str(found.text))
            if one.get("continue", "No") == "No":
                break
    return score


def _holds(part: ET.Element, chosen: set[str]) -> bool:
    kind = part.tag.removeprefix(QTI)
    if kind == "other":
        return True
    if kind == "varequal":
        return part.text in chosen
    held = [_holds(child, chosen) for child in part]
    return all(held) if kind == "and" else not all(held)
