"""What a lesson is, for machines: schema.org and LRMI as JSON-LD.

The fields are those of https://schema.org/LearningResource (LRMI's terms are part of it) and those that
e-Koolikott reads (https://projektid.edu.ee/display/HAK/JSON-LD+skeem): ``inLanguage``,
``typicalAgeRange``, ``educationalAlignment``, ``audience``, ``license``, ``isBasedOn``. Nothing is added
that the lesson does not say; who wrote it is not recorded, so no author is named.
"""

from __future__ import annotations

import json
from html import unescape
from typing import Any

from kit.lesson.directives import LICENCES
from kit.lesson.source import DEPTHS, Lesson, find, load
from kit.lesson.terms import FRAMEWORKS, SUBJECTS, frameworks, glossary
from kit.text import tr

CONTEXT = "https://schema.org"
KIND = ["CreativeWork", "LearningResource"]
#: Where pupils leave basic school in Estonia; who is taught is named by it.
BASIC_UNTIL = 16
#: What every page has (https://www.w3.org/community/reports/a11y-discov-vocab/CG-FINAL-vocabulary-20220718/).
ACCESSIBLE = ["alternativeText", "longDescription", "structuralNavigation", "tableOfContents"]
HAZARDS = ["noFlashingHazard", "noMotionSimulationHazard", "noSoundHazard"]


def linked(lesson: Lesson, lang: str) -> dict[str, Any]:
    """Return a lesson (or one depth of it) in one language as JSON-LD.

    >>> from kit.lesson import load
    >>> made = linked(load("00-our-air"), "en")
    >>> made["@type"], made["typicalAgeRange"], made["timeRequired"], made["inLanguage"]
    (['CreativeWork', 'LearningResource'], '13-15', 'PT90M', 'en')
    """
    made: dict[str, Any] = {"@context": CONTEXT} | _one(lesson, lang)
    if not lesson.depth and len(lesson.depths) > 1:
        made["hasPart"] = [_part(lesson.at(depth), lang) for depth in lesson.depths]
    return {key: value for key, value in made.items() if value not in ("", [], None)}


def linked_text(lesson: Lesson, lang: str) -> str:
    """Return the same as the text of a file."""
    return json.dumps(linked(lesson, lang), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def identifier(lesson: Lesson) -> str:
    """Return the name by which a lesson (or one depth of it) is known, as a URN.

    >>> from kit.lesson import load
    >>> identifier(load("00-our-air"))
    'urn:kit:lesson:00-our-air'
    """
    return f"urn:kit:lesson:{lesson.id}" + (f":{lesson.depth.lower()}" if lesson.suffix else "")


def _one(lesson: Lesson, lang: str) -> dict[str, Any]:
    facts, words = lesson.facts, lesson.translation(lang).text
    name, url = LICENCES.get(str(facts.get("licence", "")), (str(facts.get("licence", "")), ""))
    subjects = [tr(SUBJECTS.get(one, one), lang) for one in facts.get("subjects", [])]
    terms = [glossary()[one] for one in facts.get("glossary", []) if one in glossary()]
    goals = [*map(_subject, subjects), *(_goal(one, lang) for one in facts.get("curriculum", []))]
    return {
        "@type": KIND,
        "@id": identifier(lesson),
        "identifier": lesson.id,
        "name": lesson.title(lang),
        "description": " ".join(map(words, facts.get("questions", []))),
        "inLanguage": lang,
        "version": str(facts.get("version", "")),
        "license": url or name,
        "isAccessibleForFree": True,
        "learningResourceType": ["lesson plan", "activity"],
        "educationalUse": "instruction",
        "interactivityType": "active",
        "typicalAgeRange": lesson.ages,
        "timeRequired": f"PT{lesson.minutes}M",
        "audience": [_audience(one) for one in audiences(lesson.ages)],
        "about": [{"@type": "Thing", "name": subject} for subject in subjects],
        "keywords": [term.word(lang) for term in terms],
        "teaches": [words(text) for text in facts.get("objectives", [])],
        "competencyRequired": [_before(one, lang) for one in facts.get("prerequisites", [])],
        "educationalAlignment": goals,
        "isBasedOn": _origin(lesson),
        "accessMode": ["textual", "visual"],
        "accessModeSufficient": [{"@type": "ItemList", "itemListElement": ["textual"]}],
        "accessibilityFeature": ACCESSIBLE,
        "accessibilityHazard": HAZARDS,
    }


def _part(lesson: Lesson, lang: str) -> dict[str, Any]:
    """Return one depth inside the whole: what differs from it."""
    way = tr(DEPTHS.get(lesson.depth, lesson.depth), lang)
    return {
        "@type": KIND,
        "@id": identifier(lesson),
        "name": f"{lesson.title(lang)} ({tr('Depth {depth}: {way}', lang, depth=lesson.depth, way=way)})",
        "inLanguage": lang,
        "timeRequired": f"PT{lesson.minutes}M",
        "typicalAgeRange": lesson.ages,
        "isPartOf": {"@id": identifier(load(lesson.folder))},
    }


def audiences(ages: str) -> list[str]:
    """Return whom e-Koolikott says it is for, by ages such as "13-15".

    >>> audiences("13-15"), audiences("15-19")
    (['Põhikooliõpilased'], ['Põhikooliõpilased', 'Gümnaasiumiõpilased'])
    """
    first, _, last = ages.partition("-")
    if not (first.isdigit() and last.isdigit()):
        return []
    found = ["Põhikooliõpilased"] if int(first) < BASIC_UNTIL else []
    return found + (["Gümnaasiumiõpilased"] if int(last) > BASIC_UNTIL else [])


def _audience(kind: str) -> dict[str, Any]:
    return {"@type": "EducationalAudience", "audienceType": kind, "educationalRole": "student"}


def _subject(name: str) -> dict[str, Any]:
    return {"@type": "AlignmentObject", "alignmentType": "educationalSubject", "targetName": name}


def _goal(name: str, lang: str) -> dict[str, Any]:
    goal = frameworks()[name]
    return {
        "@type": "AlignmentObject", "alignmentType": "teaches",
        "educationalFramework": tr(FRAMEWORKS[goal.framework], lang),
        "targetName": goal.text(lang), "targetUrl": unescape(goal.url),
    }  # fmt: skip


def _before(name: str, lang: str) -> str:
    return load(find(name)).title(lang)


def _origin(lesson: Lesson) -> Any:
    origin = lesson.facts.get("origin", {})
    if not origin:
        return ""
    url = LICENCES.get(str(origin.get("licence", "")), ("", ""))[1]
    made = {"@type": KIND, "@id": f"urn:kit:lesson:{origin['lesson']}", "name": origin.get("title", ""),
            "version": origin.get("version", ""), "license": url}  # fmt: skip
    return {key: value for key, value in made.items() if value}
