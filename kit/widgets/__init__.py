"""Panels for the way without code. Each is a thin skin over a plain class that needs no notebook."""

from __future__ import annotations

from kit.widgets.explore import ExploreState, compare_panel
from kit.widgets.form import FormState, form_panel
from kit.widgets.upload import UploadState
from kit.widgets.upload_panel import upload_panel

__all__ = ["ExploreState", "FormState", "UploadState", "compare_panel", "form_panel", "upload_panel"]
