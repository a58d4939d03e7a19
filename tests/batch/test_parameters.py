"""Parameters are read from the notebook's own cell and checked before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.batch import check_parameters, notebook_path, notebooks, read_parameters
from kit.errors import FileError, NotFoundError, UsageError


def write(folder: Path, source: str, tags: tuple[str, ...] = ("parameters",)) -> Path:
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}
    path = folder / "x.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_defaults_are_filled_in() -> None:
    path = notebook_path("regional_trend")
    checked = check_parameters(path, {"region": "DE-MV"})
    assert checked["region"] == "DE-MV"
    assert checked["variable"] == "pm25"
    assert checked["language"] == "en"


def test_every_analysis_has_typed_parameters_a_language_and_a_dataset() -> None:
    assert notebooks() == ["regional_trend", "school_report"]
    for name in notebooks():
        known = read_parameters(notebook_path(name))
        assert {"dataset", "since", "until", "language"} <= set(known)
        assert known["dataset"].default == ""
        assert all(parameter.type == "str" for parameter in known.values())


def test_unknown_parameter_names_the_close_one() -> None:
    with pytest.raises(UsageError, match=r"no parameter named regoin\. Did you mean: region\?"):
        check_parameters(notebook_path("regional_trend"), {"regoin": "EE-79"})


@pytest.mark.parametrize(
    ("source", "value", "fits"),
    [
        ("year: int = 2025", 2024, True), ("year: int = 2025", "2024", False),
        ("year: int = 2025", True, False),
        ("limit: float = 0.5", 1, True), ("on: bool = False", 1, False), ("names: list = []", ["a"], True),
    ],
)  # fmt: skip
def test_types(tmp_path: Path, source: str, value: object, fits: bool) -> None:
    path, name = write(tmp_path, source), source.split(":")[0]
    if fits:
        assert check_parameters(path, {name: value}) == {name: value}
    else:
        with pytest.raises(UsageError, match=f"parameter {name} of x.ipynb must be of type"):
            check_parameters(path, {name: value})


def test_a_cell_with_more_than_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no typed parameter: region = 'EE-79'"):
        read_parameters(write(tmp_path, "region = 'EE-79'"))
    with pytest.raises(FileError, match="no typed parameter: import os"):
        read_parameters(write(tmp_path, "import os"))


def test_a_notebook_without_the_tag_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"x\.ipynb has no cell tagged parameters"):
        read_parameters(write(tmp_path, "a: int = 1", tags=()))


def test_unknown_notebook() -> None:
    with pytest.raises(NotFoundError, match="There are: regional_trend, school_report"):
        notebook_path("regional_tend")


def test_papermill_sees_the_same_parameters() -> None:
    papermill = pytest.importorskip("papermill")
    for name in notebooks():
        seen = papermill.inspect_notebook(str(notebook_path(name)))
        ours = read_parameters(notebook_path(name))
        assert list(seen) == list(ours)
        assert {key: one["inferred_type_name"] for key, one in seen.items()} == {
            key: one.type for key, one in ours.items()
        }


@pytest.mark.parametrize("name", ["regional_trend", "school_report"])
def test_notebooks_are_committed_without_outputs(name: str) -> None:
    held = json.loads(notebook_path(name).read_text("utf-8"))
    code = [cell for cell in held["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1
    assert set(held["metadata"]) == {"kernelspec", "language_info"}
    words = sum(len("".join(cell["source"]).split()) for cell in code)
    assert words < 250, "shared analyses are thin: what they do belongs into kit"
