"""The panels: what they do without a notebook, and that the skins only call it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, create
from kit.errors import AnswerNeeded, FileError, UsageError
from kit.ingest.receipt import question_words
from kit.model import Source, Station
from kit.widgets import UploadState, upload_panel
from kit.widgets.upload import BROWSER_LIMIT
from kit.widgets.upload_panel import UploadPanel, preview_html

STATION = "EE-TST-1/roof"
HEAD = "time (UTC);PM2.5 (µg/m³)\n"
ROWS = HEAD + "".join(
    f"2026-05-{day:02d} {hour:02d}:00;{5 + hour / 10:.1f}\n" for day in (1, 2) for hour in range(24)
)


@pytest.fixture
def shared(tmp_path: Path) -> Dataset:
    made = create(tmp_path / "ours", school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    made.add_station(Station(STATION, "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "roof", "Test school"))
    return made


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "may.csv").write_text(ROWS, encoding="utf-8")
    (folder / "notes.docx").write_text("no data", encoding="utf-8")
    return folder


def test_nothing_is_stored_before_it_is_added(shared: Dataset, inbox: Path) -> None:
    state = UploadState(shared, STATION, inbox)
    assert [path.name for path in state.files()] == ["may.csv"]
    report = state.choose(inbox / "may.csv")
    assert report.rows == 48
    assert state.preview("en") == [
        {"what": "PM2.5 (fine particles)", "unit": "µg/m³", "values": "48", "lowest": "5.0", "highest": "7.3"}
    ]
    assert shared.submissions() == []
    receipt = state.add()
    assert (receipt.status, receipt.accepted) == ("stored", 48)
    assert len(shared.submissions()) == 1
    assert state.source is None


def test_bytes_of_a_browser_and_of_an_archive(shared: Dataset) -> None:
    state = UploadState(shared, STATION)
    assert state.offer("may.csv", ROWS.encode()).rows == 48
    assert state.offer("may.csv.gz", gzip.compress(ROWS.encode())).rows == 48
    with pytest.raises(UsageError, match=r"may.csv is too large for the browser .* folder inbox"):
        state.offer("may.csv", b"x" * (BROWSER_LIMIT + 1))
    with pytest.raises(FileError):
        state.offer("page.csv", b"<html><body>please log in</body></html>")
    assert shared.submissions() == []


def test_a_question_gets_its_likely_answer_and_can_be_answered_anew(shared: Dataset) -> None:
    state = UploadState(shared, STATION)
    slashes = ROWS.replace("2026-05-01", "05/01/2026").replace("2026-05-02", "05/02/2026")
    state.offer("may.csv", slashes.encode())
    assert state.answers["date_order"] == state.questions["date_order"].likely == "mdy"
    assert str(state.report.readings["time"].min()) == "2026-05-01 00:00:00"
    state.answer("date_order", "dmy")
    assert str(state.report.readings["time"].min()) == "2026-01-05 00:00:00"


def test_an_open_question_stops_the_upload(shared: Dataset) -> None:
    state = UploadState(shared)
    shared.add_station(
        Station("EE-TST-1/yard", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "garden", "Yard")
    )
    state.offer("may.csv", ROWS.encode())
    assert "station" in state.questions
    state.answers.pop("station", None)
    with pytest.raises(AnswerNeeded, match="One question is still open"):
        state.add()
    assert shared.submissions() == []
    state.answer("station", STATION)
    assert state.add().status == "stored"


def test_without_a_file_the_way_is_said(shared: Dataset) -> None:
    with pytest.raises(UsageError, match="Choose a file first"):
        UploadState(shared).add()


def test_upload_panel_is_a_thin_skin_with_a_new_control_after_each_use(shared: Dataset, inbox: Path) -> None:
    panel = UploadPanel(UploadState(shared, STATION, inbox))
    first = panel.upload
    assert panel.add.disabled
    panel._uploaded({"new": ({"name": "may.csv", "content": memoryview(ROWS.encode())},)})
    assert panel.upload is not first, "the old control would keep the content"
    assert first.comm is None, "and it is closed"
    assert not panel.add.disabled
    assert "48 rows" in preview_html(panel.state)
    assert shared.submissions() == []
    receipt = panel._add(None)
    assert receipt.status == "stored"
    assert panel.add.disabled
    panel.list.value = str(inbox / "may.csv")
    assert panel.state.report is not None
    assert panel._add(None).status == "already"


def test_a_new_station_is_not_made_for_each_file(shared: Dataset) -> None:
    """Two stations and a file without a place: a person says which of them it is."""
    yard = Station("EE-TST-1/yard", "EE-79", 58.41, 26.7, 60.0, "Europe/Tallinn", "garden", "Yard")
    shared.add_station(yard)
    panel = UploadPanel(UploadState(shared))
    rows = ROWS.replace(" (UTC)", "")
    panel._uploaded({"new": ({"name": "week-19.csv", "content": memoryview(rows.encode())},)})
    assert [one.id for one in panel.state.open_questions] == ["station"]
    assert panel.add.disabled
    assert "First answer the questions above." in preview_html(panel.state)
    field = panel.answers.children[1]
    assert [value for _, value in field.options] == ["", STATION, "EE-TST-1/yard", "EE-TST-1/week-19"]
    field.value = "EE-TST-1/week-19"
    assert list(panel.state.questions) == ["station", "zone"]
    assert panel.answers.children[1] is field, "the control stays, and with it the place of the keyboard"
    field.value = "EE-TST-1/yard"
    assert list(panel.state.questions) == ["station"]
    assert "zone" not in panel.state.answers
    assert "Station: Yard" in preview_html(panel.state)
    assert "2026-05-01 00:00 to 2026-05-02 23:00" in preview_html(panel.state)
    assert panel._add(None).status == "stored"


def test_a_refused_file_leaves_nothing_of_the_one_before(shared: Dataset) -> None:
    panel = UploadPanel(UploadState(shared, STATION))
    panel._uploaded({"new": ({"name": "may.csv", "content": memoryview(ROWS.encode())},)})
    assert not panel.add.disabled
    photo = b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00" + bytes(2000)
    with pytest.raises(FileError, match="photo"):
        panel._uploaded({"new": ({"name": "a.jpg", "content": memoryview(photo)},)})
    assert (panel.add.disabled, panel.answers.children, panel.state.source) == (True, (), None)


def test_a_wrong_answer_is_not_kept(shared: Dataset) -> None:
    state = UploadState(shared, STATION)
    state.offer("run.csv", b"Time (seconds),temperature\n" + b"".join(b"%d,21.5\n" % n for n in range(9)))
    assert "start" in {one.id.split(".")[0] for one in state.open_questions}
    name = next(one.id for one in state.open_questions if one.id.startswith("start"))
    with pytest.raises(UsageError):
        state.answer(name, "yesterday morning")
    assert name in {one.id for one in state.open_questions}


def test_what_is_said_now_counts_more_than_what_was_said_of_the_same_file(shared: Dataset) -> None:
    """A file that was given already, with the likely unit: in the panel another unit can be chosen."""
    rows = ROWS.replace("PM2.5 (µg/m³)", "Temp")
    source = Source("may.csv", rows.encode())
    assert shared.upload(source, station=STATION, accept_likely=True).status == "stored"
    state = UploadState(shared, STATION)
    state.offer(source.name, source.data)
    unit = next(name for name in state.questions if name.startswith("unit"))
    warm = state.report.variables["temperature"]["max"] if state.report else 0.0
    report = state.answer(unit, "[degF]")
    assert state.answers[unit] == "[degF]"
    assert report.variables["temperature"]["max"] == pytest.approx((warm - 32) / 1.8, abs=0.05)
    assert state.answer(unit, "Cel").variables["temperature"]["max"] == warm
    assert state.add().status == "already"


def test_the_preview_of_a_bird_list_names_the_species(shared: Dataset) -> None:
    state = UploadState(shared, STATION)
    state.offer("birds.csv", b"date,species,count\n2026-05-01,Great Tit,2\n2026-05-08,Great Tit,1\n")
    assert "Great Tit" in preview_html(state)


def test_everything_on_the_panel_has_visible_words(shared: Dataset, inbox: Path) -> None:
    panel = UploadPanel(UploadState(shared, STATION, inbox))
    words = _words(panel.widget)
    for part in ("Upload a file", "Nothing is stored yet", "From this computer", "8 MB", "Add to class data"):
        assert part in words


def _words(widget: Any) -> str:
    own = f"{getattr(widget, 'description', '')} {getattr(widget, 'value', '')}"
    return own + " ".join(_words(child) for child in getattr(widget, "children", ()))


def test_file_names_are_escaped(shared: Dataset) -> None:
    state = UploadState(shared, STATION)
    state.offer("<b>may</b>.csv", ROWS.encode())
    assert "<b>may" not in preview_html(state)


def test_without_a_person_the_upload_panel_is_a_sentence(shared: Dataset) -> None:
    assert "Opened in JupyterLab" in str(upload_panel(shared))


def test_errors_of_a_button_are_cards(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    from kit.classroom import panel

    shown: list[BaseException] = []
    monkeypatch.setattr(panel, "show_card", shown.append)

    class Out:
        def clear_output(self, wait: bool) -> None:
            del wait

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    panel.guarded(Out(), lambda _: 1 / 0)(None)
    assert isinstance(shown[0], ZeroDivisionError)


def test_every_field_of_the_panel_has_its_words_as_its_name(shared: Dataset, inbox: Path) -> None:
    shared.add_station(Station("EE-TST-1/yard", zone="Europe/Tallinn"))
    panel = UploadPanel(UploadState(shared, inbox=inbox))
    run = b"Time (seconds),temperature\n" + b"".join(b"%d,21.5\n" % n for n in range(9))
    panel._uploaded({"new": ({"name": "run.csv", "content": memoryview(run)},)})
    fields = _fields(panel.widget)
    kinds = [type(one).__name__ for one in fields]
    assert kinds == ["FileUpload", "Dropdown", "Dropdown", "Dropdown", "Text"]
    assert [one.description for one in fields][1:3] == [
        "or from the folder", "At which station was run.csv measured?"
    ]  # fmt: skip
    for field, question in zip(fields[2:], panel.state.questions.values(), strict=True):
        assert field.description == question_words(question)["text"]


def _fields(widget: Any) -> list[Any]:
    inside = [field for child in getattr(widget, "children", ()) for field in _fields(child)]
    named = ("Text", "Dropdown", "Combobox", "FileUpload")
    return [*([widget] if type(widget).__name__ in named else []), *inside]


def test_the_panel_answers_in_the_order_of_every_door(shared: Dataset) -> None:
    """What the same file was given before comes before what the device's last file had."""
    shared.add_station(Station("EE-TST-1/yard", zone="Europe/Tallinn"))
    rows = ROWS.replace(" (UTC)", "")
    shared.upload(Source("a.csv", rows.encode()), station="EE-TST-1/yard")
    later = Source("b.csv", rows.replace("2026-05", "2026-06").encode())
    shared.upload(later, station=STATION)
    state = UploadState(shared)
    state.offer("a.csv", rows.encode())
    assert state.answers["station"] == "EE-TST-1/yard"
    assert state.add().status == "already"
    state.offer("c.csv", rows.replace("2026-05", "2026-07").encode())
    assert [one.id for one in state.open_questions] == ["station"], "two stations had such files"
    state.answer("station", STATION)
    assert state.add().status == "stored"
    other = UploadState(shared, "EE-TST-2/roof")
    with pytest.raises(UsageError, match="no school EE-TST-2 in this dataset"):
        other.offer("c.csv", rows.encode())
