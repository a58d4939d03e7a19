"""Lessons: one text source each, from which pupil and teacher notebooks are built in every language.

A lesson is a folder (``lessons/00-our-air``):

======================  ====================================================================
``lesson.toml``         title, ages, depths, hours and their steps with minutes, questions,
                        objectives, subjects, lessons before, curriculum, glossary, variables,
                        materials, least data, languages, who read it, licence, origin
``lesson.md``           the text and code, in English (Jupytext Markdown); see
                        :mod:`kit.lesson.build`
``answers.toml``        the tasks: question, hints, and how the right answer comes from the
                        class's own data
``rubric.toml``         what good work looks like: criteria by levels
``questionnaire.toml``  what pupils are asked before and after, without names
``locale/et.po``        the translation, one message a paragraph
``build/``              the notebooks, committed; a test fails when they differ from the source
======================  ====================================================================
"""

from __future__ import annotations

from kit.lesson.adapt import new
from kit.lesson.beside import station_beside
from kit.lesson.bringing import Brought, bring
from kit.lesson.build import build, build_all, notebooks
from kit.lesson.enough import There, enough
from kit.lesson.feedback import Heard, feedback, give_feedback
from kit.lesson.panels import feedback_panel, new_lesson_panel
from kit.lesson.ready import Ready, ready
from kit.lesson.run import start
from kit.lesson.running import Running
from kit.lesson.source import Lesson, Step, find, folders, list_lessons, load
from kit.lesson.translate import Translation, update_translation
from kit.lesson.update import Updated, update
from kit.lesson.validate import validate

__all__ = [
    "Brought",
    "Heard",
    "Lesson",
    "Ready",
    "Running",
    "Step",
    "There",
    "Translation",
    "Updated",
    "bring",
    "build",
    "build_all",
    "enough",
    "feedback",
    "feedback_panel",
    "find",
    "folders",
    "give_feedback",
    "list_lessons",
    "load",
    "new",
    "new_lesson_panel",
    "notebooks",
    "ready",
    "start",
    "station_beside",
    "update",
    "update_translation",
    "validate",
]
