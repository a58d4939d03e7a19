"""Citations, and going back to a version in any copy that holds its entries."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, citing, create, open_dataset, state, view
from kit.entry import Entry
from kit.errors import DatasetError, NotFoundError, UsageError
from kit.model import RULES, Source, Station
from kit.store.entries import Objects

DayFile = Callable[..., Source]
Values = Callable[..., dict[str, float]]


def citations(shared: Dataset) -> list[Entry]:
    shared._now()
    return [entry for entry in shared._store.journal.entries() if entry.kind == "citation"]


def listed(shared: Dataset, entry: Entry) -> int:
    """How many entries its own object lists."""
    return len(shared._store.objects.raw(entry.payload)) // 32


def test_a_cited_version_in_another_copy(
    shared: Dataset, day_file: DayFile, values: Values, tmp_path: Path
) -> None:
    first = shared.upload(day_file([10, 12]))
    was, array = values(shared), shared.readings("pm10", freq="1h")
    version = shared.version
    cited = shared.cite("The report of March")
    assert cited == f"{version}/{RULES}"
    assert shared.version != version
    shared.upload(day_file([11, 12, 13]))
    shared.review("EE-A/roof", "pm10", 4, "device")
    shared.retract(first.submission)
    shared.add_station(
        Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", exposure="indoor")
    )
    other = create(tmp_path / "other", school="EE-B")
    other.upload(day_file([3, 4], "2024-04-01T00:00"), station="EE-B/pond", accept_likely=True)
    with pytest.raises(NotFoundError, match="once it was cited there"):
        other.at(cited)
    other.merge(shared.folder)
    assert version not in {item.short for item in other.versions()}
    for copy in (other, open_dataset(other.folder), shared):
        for how in (cited, version[:7], version.upper()):
            then = copy.at(how)
            assert (then.version, then.caution()) == (version, "")
            assert values(then) == was  # type: ignore[arg-type]
            assert then.readings("pm10", freq="1h").identical(array)
            assert [item.exposure for item in then.stations()] == ["roof"]
            assert [item.retracted for item in then.submissions()] == [False]
            assert then.versions()[-1].short == version
    other.compact()
    assert values(other.at(cited)) == was  # type: ignore[arg-type]
    assert len(values(other)) == 5
    shutil.rmtree(other.folder / "arrivals")
    shutil.rmtree(other.folder / "tables")
    assert values(open_dataset(other.folder).at(cited)) == was  # type: ignore[arg-type]


def test_versions_that_went_missing_are_found_by_their_citation(
    shared: Dataset, day_file: DayFile, values: Values
) -> None:
    shared.upload(day_file([10, 12]))
    was, cited = values(shared), shared.cite()
    uncited = shared.version
    shared.upload(day_file([11, 12]))
    shared.close()
    shutil.rmtree(shared.folder / "versions")
    again = open_dataset(shared.folder)
    assert len(again.versions()) == 1
    assert values(again.at(cited)) == was  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        again.at(uncited)
    assert again.verify()["ok"]


def test_what_is_not_here_is_counted(shared: Dataset, day_file: DayFile, tmp_path: Path) -> None:
    one = shared.upload(day_file([10, 12]))
    two = shared.upload(day_file([1, 2], "2024-04-01T00:00"))
    cited = shared.cite()
    stick = tmp_path / "stick"
    shutil.copytree(
        shared.folder, stick, ignore=shutil.ignore_patterns("tables", "arrivals", "versions", "journal*")
    )
    for lost in (one, two):
        Objects(stick).entry_path(lost.submission).unlink()
    here = create(tmp_path / "here")
    here.merge(stick)
    with pytest.raises(DatasetError, match=r"2 of its 3 entries are not here\. Merge with a copy") as caught:
        here.at(cited)
    assert caught.value.code == "entries-missing"
    here.merge(shared.folder)
    assert here.at(cited).version == cited[:12]


def test_citing_again_lists_only_what_is_new(shared: Dataset, day_file: DayFile) -> None:
    shared.upload(day_file([10, 12]))
    first = shared.cite("March")
    assert shared.cite() == shared.cite("March") == first  # nothing was given since
    assert len(citations(shared)) == 1
    assert shared.cite("another words") != first
    shared.upload(day_file([11, 12]))
    later = shared.cite()
    entries = citations(shared)
    assert [listed(shared, entry) for entry in entries] == [2, 1, 2]
    assert [entry.content["entries"] for entry in entries] == [2, 3, 5]
    assert [len(shared.at(one).submissions()) for one in (first, later)] == [1, 2]


def test_a_chain_of_citations_ends(
    shared: Dataset, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(citing, "CHAIN", 3)
    made = []
    for number in range(6):
        shared.annotate("EE-A/roof", f"note {number}")
        made.append(shared.cite())
    entries = citations(shared)
    assert [entry.content["base"] == "" for entry in entries] == [True, False, False, True, False, False]
    known = state.citations(shared._now()[1])
    for one, text in zip(known, made, strict=True):
        assert one.short == text
        assert len(citing.entry_set(shared._store, one)) == one.entries


def test_a_lost_part_of_a_chain_is_named(shared: Dataset, day_file: DayFile, tmp_path: Path) -> None:
    shared.upload(day_file([10, 12]))
    shared.cite()
    shared.annotate("EE-A/roof", "cleaned")
    cited = shared.cite()
    stick = tmp_path / "stick"
    shutil.copytree(
        shared.folder, stick, ignore=shutil.ignore_patterns("tables", "arrivals", "versions", "journal*")
    )
    base = citations(shared)[0]
    Objects(stick).entry_path(base.id).unlink()
    here = create(tmp_path / "here")
    here.merge(stick)
    with pytest.raises(DatasetError, match=f"cannot be followed.*{base.id[:12]}.*Merge with the copy"):
        here.at(cited)
    assert here.cite()  # it starts a list of its own
    assert citations(here)[-1].content["base"] == ""


def test_under_other_rules_it_says_so(
    shared: Dataset, day_file: DayFile, values: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.upload(day_file([10, 12]))
    was, cited = values(shared), shared.cite()
    shared.upload(day_file([11, 12]))
    then = shared.at(f"{cited.split('/')[0]}/{RULES - 1}")
    words = f"made under rules {RULES - 1}; what is shown follows rules {RULES} and may differ"
    assert words in then.caution("en")
    for attrs in (
        then.readings("pm10").attrs, then.readings(freq=None).attrs, then.sightings().attrs,
    ):  # fmt: skip
        assert attrs["cited_rules"] == RULES - 1
        assert words in attrs["comment"]
    assert values(then) == was  # type: ignore[arg-type]
    for module in (citing, view):
        monkeypatch.setattr(module, "RULES", RULES + 1)
    later = shared.at(cited)  # as a later kit finds the version in its folder, made under these rules
    assert f"made under rules {RULES}; what is shown follows rules {RULES + 1}" in later.caution("en")
    assert later.readings("pm10").attrs["rules"] == RULES + 1
    assert values(later) == was  # type: ignore[arg-type]


@pytest.mark.parametrize("wanted", ["", "12345", "no version", "../../etc", "3f9ac2d41b07/x", "f" * 65])
def test_what_is_no_version(shared: Dataset, wanted: str) -> None:
    with pytest.raises(NotFoundError, match="There is no version"):
        shared.at(wanted)


def test_digits_that_fit_two_versions(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.annotate("EE-A/roof", "cleaned")
    one, two = shared.versions()
    monkeypatch.setattr(citing, "_WANTED", citing.re.compile(r"([0-9a-f]{0,64})(?:/([0-9]{1,6}))?"))
    with pytest.raises(NotFoundError, match="may mean several versions") as caught:
        shared.at("")
    assert {one.id[:16], two.id[:16]} == set(caught.value.params["close"].split(", "))


def test_what_cannot_be_cited(tmp_path: Path, shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="nothing to cite"):
        create(tmp_path / "empty").cite()
    shared.cite("ask anna.tamm@example.org for the file")
    assert "anna" not in citations(shared)[0].content["note"]


def test_a_citation_that_contradicts_itself(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.cite()
    (entry,) = citations(shared)
    wrong: dict[str, Any] = {**entry.content, "version": "f" * 64}
    monkeypatch.setattr(citing, "citations", lambda _: [state.Citation(entry.id, **wrong)])
    with pytest.raises(DatasetError, match="contradicts itself"):
        shared.at("ffffff")


def reads(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the names of versions that are read from now on."""
    seen: list[str] = []
    space = shared._store.versions.space
    get_all = type(space).get_all

    def noted(self: Any, names: Any) -> Any:
        names = list(names)
        seen.extend(name for name in names if name.startswith("versions/"))
        return get_all(self, names)

    monkeypatch.setattr(type(space), "get_all", noted)
    return seen


def test_going_back_reads_only_the_version_that_is_meant(
    shared: Dataset, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = []
    for number in range(12):
        shared.annotate("EE-A/roof", f"remark {number}")
        versions.append(shared.version)
    shared.close()
    again = open_dataset(shared.folder)
    seen = reads(again, monkeypatch)
    newest = again._store.versions.newest()
    assert newest is not None
    for back, version in enumerate(reversed(versions)):
        seen.clear()
        assert again.at(version).version == version
        assert seen == [f"versions/{newest.number - back}.json"]


def test_ids_of_versions_that_were_noted_are_not_trusted(shared: Dataset) -> None:
    for number in range(3):
        shared.annotate("EE-A/roof", f"remark {number}")
    every = shared.versions()
    journal = shared._store.journal
    wrong = {every[-1].number: every[-2].id, every[-2].number: every[-1].id, every[-3].number: "0" * 64}
    for one in every:
        journal.note_version_ids(wrong)
        assert shared.at(one.id).version == one.short
    journal.note_version_ids(dict.fromkeys(wrong, "0" * 64))
    assert shared.at(every[-2].id).version == every[-2].short
    with pytest.raises(NotFoundError):
        shared.at("0" * 64)
