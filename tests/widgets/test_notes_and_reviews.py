"""What people say about readings: notes and second looks are entries; no reading is ever changed."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from kit.dataset import Dataset, waiting
from kit.dataset.reviews import WHY
from kit.errors import UsageError
from kit.widgets import AnnotateState, ReviewState, annotate, review
from kit.widgets.annotate import AnnotatePanel
from kit.widgets.review import VERDICTS, ReviewPanel
from tests.widgets.conftest import FAR, ROOF, SPIKE, fields


def _fire(state: AnnotateState) -> None:
    state.since, state.until = datetime(2026, 5, 3, 20), datetime(2026, 5, 3, 22)
    state.what, state.text = "fire", "behind the\nwall, ask a@b.ee or 555 1234"


def test_nothing_is_stored_before_it_is_added(region: Dataset) -> None:
    state = AnnotateState(region, ROOF)
    _fire(state)
    chart = state.preview()
    assert "1 note: a fire nearby" in chart.sentence("en")
    assert region.annotations() == []
    told = state.add()
    assert "behind the wall, ask [e-mail] or [phone]" in told.title
    (one,) = region.annotations(ROOF)
    assert (one.what, one.text) == ("fire", ""), "the words wait"
    assert "teacher reads your words first" in str(told)
    (waits,) = waiting.waiting(region)
    waiting.approve(region, waits.id)
    (one,) = region.annotations(ROOF)
    assert (one.what, one.text) == ("fire", "behind the wall, ask [e-mail] or [phone]")
    assert (one.since, one.until) == (datetime(2026, 5, 3, 17), datetime(2026, 5, 3, 19)), "UTC"
    assert state.since is None
    assert "8:00" in str(state.notes()).replace("20:00", "8:00")


def test_what_is_missing_is_said_in_words(region: Dataset) -> None:
    state = AnnotateState(region, ROOF)
    with pytest.raises(UsageError, match=r"not said when it began.*clock time"):
        state.preview()
    state.since = datetime(2026, 5, 3, 20)
    with pytest.raises(UsageError, match=r"not said what happened.*from the list"):
        state.add()
    state.what, state.until = "works", datetime(2026, 5, 2)
    with pytest.raises(UsageError, match="cannot end before it began"):
        state.add()
    state.until, state.text = None, "x" * 500
    assert len(state.words) == 160
    state.since = datetime(2020, 1, 1)
    assert "no readings around this time" in str(state.preview())
    assert region.annotations() == []


def test_the_note_panel_stores_only_what_was_looked_at(region: Dataset) -> None:
    panel = AnnotatePanel(AnnotateState(region, ROOF))
    assert panel.add.disabled
    panel.since.value, panel.what.value = datetime(2026, 5, 3, 20), "fireworks"
    assert panel._look(None).kind == "timeline"
    assert not panel.add.disabled
    panel.what.value = "traffic"
    assert panel.add.disabled, "something else than was looked at"
    panel._look(None)
    assert "more traffic" in panel._add(None).title
    assert (panel.what.value, panel.since.value, panel.add.disabled) == ("", None, True)
    assert [one.what for one in region.annotations()] == ["traffic"]
    assert all(field.description for field in fields(panel.widget))


def test_without_a_person_the_notes_are_a_table(region: Dataset) -> None:
    assert "Opened in JupyterLab" in str(annotate(region))
    region.annotate(FAR, "<b>new</b> roof", what="works", since=datetime(2026, 5, 1))
    shown = annotate(region)
    assert len(shown) == 1
    assert "&lt;b&gt;new" in shown._repr_html_()


def test_doubtful_values_are_listed_with_their_reasons(region: Dataset) -> None:
    state = ReviewState(region, "pm25", ROOF)
    (run,) = state.runs()
    assert (run.n, run.low, run.high, run.since, run.verdict) == (1, 480.0, 480.0, SPIKE, 0)
    assert run.flag in (3, 4)
    shown = state.shown(run)
    assert shown["value"] == "480.0 µg/m³"
    assert "15:00" in shown["from"], "12:00 UTC is 15:00 at the station"
    assert shown["verdict"] == "nobody has looked yet"
    assert len(shown["why"]) > 10
    assert "1 value failed a check" in state.chart(run).sentence("en")
    assert state.variables()["wind speed"] == "wind_speed"
    assert ReviewState(region, "pm25", FAR).runs() == []


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_changes_the_flag_of_these_values_only(region: Dataset, verdict: int) -> None:
    before = region.readings("pm25", freq=None)
    state = ReviewState(region, "pm25", ROOF)
    told = state.judge(state.runs()[0], verdict, "event")
    assert "It really happened" in str(told)
    after = region.readings("pm25", freq=None)
    assert after["value"].equals(before["value"])
    changed = (after["station"] == ROOF) & (after["time"] == SPIKE)
    assert after.loc[changed, "flag"].tolist() == [verdict]
    assert after.loc[~changed, "flag"].equals(before.loc[~changed, "flag"])
    (run,) = state.runs()
    assert run.verdict == verdict, "it is still there to be looked at again"
    highest = float(region.readings("pm25", station=ROOF, freq="1h")["pm25"].max())
    assert (highest == 480.0) == (verdict != 4), "what is wrong is not used"


def test_neighbours_between_doubtful_values_stay_as_they_are(region: Dataset) -> None:
    times = [SPIKE + pd.Timedelta(hours=h) for h in (-1, 0, 1)]
    region.review(ROOF, "temperature", 3, "device", since=times[0], until=times[0] + pd.Timedelta(hours=1))
    region.review(ROOF, "temperature", 3, "device", since=times[2], until=times[2] + pd.Timedelta(hours=1))
    state = ReviewState(region, "temperature", ROOF)
    assert [run.n for run in state.runs()] == [1, 1]
    state.judge(state.runs()[0], 4, "checked")
    table = region.readings("temperature", station=ROOF, freq=None).set_index("time")["flag"]
    assert table[times].tolist() == [3, 1, 4]


def test_the_review_panel_asks_for_verdict_and_reason(region: Dataset) -> None:
    panel = ReviewPanel(ReviewState(region, "pm25", ROOF))
    assert "480.0" in panel.run.options[0][0]
    with pytest.raises(UsageError, match="Choose keep, doubt or wrong"):
        panel._give(None)
    panel.verdict.ticked = [4]
    with pytest.raises(UsageError, match="needs a reason"):
        panel._give(None)
    panel.why.value = "device"
    assert "1 value: wrong" in panel._give(None).title
    assert panel.runs[0].verdict == 4
    assert "looked at" in panel.run.options[0][0]
    assert panel.verdict.ticked == [], "ready for the next"
    panel.station.value = FAR
    assert panel.runs == []
    assert panel.give.disabled
    assert all(field.description for field in fields(panel.widget))
    assert [value for _, value in panel.why.options] == ["", *WHY]


def test_without_a_person_the_doubtful_values_are_a_table(region: Dataset) -> None:
    shown = review(region, "pm25", ROOF)
    assert len(shown) == 1
    assert "PM2.5 (fine particles) at Roof" in str(shown)
    assert "480.0 µg/m³" in shown._repr_html_()
