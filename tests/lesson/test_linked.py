"""JSON-LD of lessons: schema.org's words, e-Koolikott's fields, nothing that the lesson does not say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from kit.lesson.linked import audiences, linked, linked_text

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
FOLDERS = sorted(path.parent for path in LESSONS.glob("*/lesson.toml"))
#: Properties of https://schema.org/LearningResource, CreativeWork and Thing that kit uses.
KNOWN = {
    "@context", "@type", "@id", "identifier", "name", "description", "inLanguage", "version", "license",
    "isAccessibleForFree", "learningResourceType", "educationalUse", "interactivityType", "typicalAgeRange",
    "timeRequired", "audience", "about", "keywords", "teaches", "competencyRequired", "educationalAlignment",
    "isBasedOn", "accessMode", "accessModeSufficient", "accessibilityFeature", "accessibilityHazard",
    "hasPart", "isPartOf", "dateModified",
}  # fmt: skip
#: What e-Koolikott's scheme asks for (classroom.md 3.3); author and publisher are nobody's that kit knows.
ASKED = {"@type", "audience", "typicalAgeRange", "learningResourceType", "about", "license", "inLanguage",
         "keywords", "educationalAlignment", "timeRequired"}  # fmt: skip
TYPES = {"CreativeWork", "LearningResource", "Thing", "AlignmentObject", "EducationalAudience", "ItemList"}


def nodes(value: Any) -> list[dict[str, Any]]:
    """Return every object in JSON-LD, as a processor meets them."""
    if isinstance(value, list):
        return [node for one in value for node in nodes(one)]
    if not isinstance(value, dict):
        return []
    return [value, *(node for one in value.values() for node in nodes(one))]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
@pytest.mark.parametrize("lang", ["en", "et"])
def test_every_lesson_can_be_described(folder: Path, lang: str) -> None:
    made = json.loads(linked_text(lesson.load(folder), lang))
    assert set(made) >= ASKED
    assert made["@context"] == "https://schema.org"
    assert made["license"].startswith("https://creativecommons.org/licenses/")
    assert made["inLanguage"] == lang
    for node in nodes(made):
        kinds = node.get("@type", [])
        assert set([kinds] if isinstance(kinds, str) else kinds) <= TYPES
        assert not [key for key, value in node.items() if value in ("", [], None)], node
    for node in [made, *made.get("hasPart", [])]:
        assert set(node) <= KNOWN
    ids = [node["@id"] for node in nodes(made) if "@type" in node and "@id" in node]
    assert len(ids) == len(set(ids))


def test_the_small_lesson_word_for_word(small: lesson.Lesson) -> None:
    made = linked(small, "en")
    assert made["@type"] == ["CreativeWork", "LearningResource"]
    assert (made["name"], made["typicalAgeRange"], made["timeRequired"]) == (
        "How warm <is> it?",
        "13-17",
        "PT45M",
    )
    assert made["teaches"] == ["read a table"]
    assert made["isBasedOn"] == {
        "@type": ["CreativeWork", "LearningResource"], "@id": "urn:kit:lesson:old-one",
        "name": "How cold is it?", "version": "1", "license": "https://creativecommons.org/licenses/by-sa/4.0/",
    }  # fmt: skip
    goals = [one for one in made["educationalAlignment"] if one["alignmentType"] == "teaches"]
    assert [one["educationalFramework"] for one in goals] == ["NGSS", "GreenComp"]
    assert all(one["targetUrl"].startswith("https://") for one in goals)
    assert [one["audienceType"] for one in made["audience"]] == ["Põhikooliõpilased", "Gümnaasiumiõpilased"]
    parts = made["hasPart"]
    assert [one["@id"] for one in parts] == ["urn:kit:lesson:small:a", "urn:kit:lesson:small:c"]
    assert parts[1]["name"] == "How warm <is> it? (Depth C: own inquiry)"
    assert "author" not in made, "who wrote it is not recorded"


def test_one_depth_names_the_whole(small: lesson.Lesson) -> None:
    assert linked(small.at("A"), "en")["@id"] == "urn:kit:lesson:small:a"
    assert "hasPart" not in linked(small.at("A"), "en")
    assert linked(small, "en")["hasPart"][0]["isPartOf"] == {"@id": "urn:kit:lesson:small"}


def test_ages_that_nobody_can_read_have_no_audience() -> None:
    assert audiences("all") == []
    assert audiences("7-10") == ["Põhikooliõpilased"]
    assert audiences("16-19") == ["Gümnaasiumiõpilased"]
