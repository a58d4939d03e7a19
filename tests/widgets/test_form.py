"""The form for observations by hand: the same table as the template, stored only when it is added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, create
from kit.errors import UsageError
from kit.model import Source, Station
from kit.widgets.form import FormPanel, FormState, form_panel
from kit.widgets.upload import UploadState


@pytest.fixture
def shared(tmp_path: Path) -> Dataset:
    made = create(tmp_path / "shared", school="EE-A", region="EE-79", zone="Europe/Tallinn")
    made.add_station(Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn"))
    return made


def test_rows_become_readings(shared: Dataset) -> None:
    state = FormState(shared, "noise")
    state.note(["2026-05-01", "14:00", "EE-A/roof", "52,5"])
    state.note(["2026-05-01", "15:00", "EE-A/roof", "99"])
    state.drop()
    state.note(["2026-05-01", "16:00", "EE-A/roof", "47"])
    assert shared.submissions() == []
    receipt = state.add()
    assert (receipt.status, receipt.rows, receipt.rejected) == ("stored", 2, 0)
    table = shared.readings("noise", freq=None)
    assert table["value"].tolist() == [52.5, 47.0]
    assert str(table["time"].iloc[0]) == "2026-05-01 11:00:00"
    assert state.rows == []


def test_what_is_missing_is_said(shared: Dataset) -> None:
    with pytest.raises(UsageError, match="no template of the kind stars"):
        FormState(shared, "stars")
    state = FormState(shared, "birds")
    with pytest.raises(UsageError, match="No row was written yet"):
        state.add()
    with pytest.raises(UsageError, match="holds no value"):
        state.note(["2026-05-01", "14:00", "EE-A/roof", "", "", "", "", ""])
    with pytest.raises(UsageError, match="needs 8 cells"):
        state.note(["2026-05-01"])


def test_every_field_has_words(shared: Dataset) -> None:
    panel = FormPanel(FormState(shared, "birds"))
    assert all(field.description for field in panel.fields)
    assert panel.fields[2].value == "EE-A/roof"
    assert panel.add.disabled
    typed = ["2026-05-01", "8:00", "EE-A/roof", "great tit", "3", "20", "2", "yes"]
    for field, text in zip(panel.fields, typed, strict=True):
        field.value = text
    panel._note(None)
    assert "great tit" in panel.list.value
    assert not panel.add.disabled
    assert panel._add(None).status == "stored"
    assert shared.sightings()["individualCount"].tolist() == [3]
    assert panel.list.value == ""


def test_without_a_person_it_is_a_sentence(shared: Dataset) -> None:
    assert "Opened in JupyterLab" in str(form_panel(shared))


def test_the_upload_panel_puts_the_remembered_answer_first(shared: Dataset) -> None:
    shared.add_station(Station("EE-A/garden", "EE-79", 58.379, 26.73, zone="Europe/Tallinn"))

    def week(day: int) -> Source:
        rows = "".join(f"2026-03-{day:02} {h:02}:00;{10 + h / 10}\n" for h in range(12))
        return Source(f"{day}.csv", f"time;temp (C)\n{rows}".encode())

    shared.upload(week(1), station="EE-A/garden")
    state: Any = UploadState(shared)
    state.offer("8.csv", week(8).data)
    assert state.answers["station"] == "EE-A/garden"
    assert "station" in state.questions, "it is shown, so that it can be changed"
    assert len(state.report.readings) == 12
    assert len(shared.submissions()) == 1
