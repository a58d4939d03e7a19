"""The public door: what `import kit` promises, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kit

HEAVY = (
    "pandas",
    "numpy",
    "xarray",
    "polars",
    "deltalake",
    "plotly",
    "matplotlib",
    "IPython",
    "babel",
    "sqlite3",
)


def test_all_is_sorted_and_complete() -> None:
    assert kit.__all__ == sorted(kit.__all__)
    assert set(kit.__all__) == set(kit._DOORS) | {"__version__"}
    assert dir(kit) == kit.__all__


@pytest.mark.parametrize("name", sorted(set(kit.__all__) - {"__version__"}))
def test_every_public_name_opens_and_is_documented(name: str) -> None:
    assert getattr(kit, name).__doc__, f"kit.{name} has no docstring"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'upload_everything'"):
        kit.upload_everything  # noqa: B018  the access is the test


def test_an_analysis_is_the_function_also_where_its_module_has_its_name() -> None:
    code = """
import importlib, pkgutil, types
import kit.analysis.join, kit.analysis.yearly_index
from kit import join, yearly_index
for found in pkgutil.iter_modules(kit.analysis.__path__):
    importlib.import_module(f"kit.analysis.{found.name}")
names = [name for name in kit.analysis.__all__ if isinstance(getattr(kit.analysis, name), types.ModuleType)]
print(names, callable(join), callable(yearly_index), callable(kit.join))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True True True"


@pytest.mark.parametrize("opened", ["kit", "kit.figures", "kit; from kit import plot; dir(plot)"])
def test_importing_kit_loads_nothing_heavy(opened: str) -> None:
    code = f"import sys, {opened}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
