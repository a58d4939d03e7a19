"""A lesson on a small device: one core, 1 GB, ten seconds from Run to the first chart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import first_chart
from kit.batch.warm import Warm

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")]


def test_first_chart_on_one_core_with_one_gigabyte(practice_cache: Path) -> None:
    notebook = first_chart.notebooks()["00-our-air"]
    first_chart.measure(notebook, practice_cache)  # makes the practice data, compiles kit
    found = first_chart.measure(notebook, practice_cache)
    assert found["cpu"] <= first_chart.TARGET
    assert found["mib"] <= 1024


def test_a_warm_kernel_shows_the_same_sooner(practice_cache: Path) -> None:
    notebook = first_chart.notebooks()["00-our-air"]
    cold = first_chart.measure(notebook, practice_cache)
    with Warm() as warm:
        first_chart.measure(notebook, practice_cache, warm.path)
        assert first_chart.measure(notebook, practice_cache, warm.path)["cpu"] < cold["cpu"] / 1.5
