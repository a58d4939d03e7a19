"""Panels for the way without code. Each is a thin skin over a plain class that needs no notebook.

>>> import kit
>>> kit.widgets.explorer(shared, "pm25", region="EE-79")        # doctest: +SKIP

``explorer`` looks at the shared data, ``map_panel`` shows them on a map, ``chart_builder`` draws them;
``upload_panel`` and ``form_panel`` give, ``annotate`` and ``review`` say something about what was given;
``plan``, ``finding`` and ``findings`` take a question from its plan to publication, ``approve`` is where a
teacher reads what pupils wrote before anyone else; ``quiz`` answers a lesson's tasks. Where no person works
(papermill, a printed page), each is its first result.
"""

from __future__ import annotations

from kit.widgets.annotate import AnnotateState, annotate
from kit.widgets.approve import ApproveState, approve
from kit.widgets.chart_builder import ChartState, chart_builder
from kit.widgets.explore import ExploreState, explorer
from kit.widgets.finding import FindingState, finding
from kit.widgets.findings import FindingsState, findings
from kit.widgets.form import FormState, form_panel
from kit.widgets.map_panel import MapState, map_panel
from kit.widgets.plan import PlanState, plan
from kit.widgets.quiz import QuizState, quiz
from kit.widgets.review import ReviewState, review
from kit.widgets.upload import UploadState
from kit.widgets.upload_panel import upload_panel

__all__ = [
    "AnnotateState",
    "ApproveState",
    "ChartState",
    "ExploreState",
    "FindingState",
    "FindingsState",
    "FormState",
    "MapState",
    "PlanState",
    "QuizState",
    "ReviewState",
    "UploadState",
    "annotate",
    "approve",
    "chart_builder",
    "explorer",
    "finding",
    "findings",
    "form_panel",
    "map_panel",
    "plan",
    "quiz",
    "review",
    "upload_panel",
]
