"""Labels that people typed: 300 read one by one, the share that is understood, and why the rest is not."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from kit.vocab import recognise, why_not

VERDICTS = Path(__file__).with_name("read_by_hand.csv")


@pytest.fixture
def labels(field_data):
    path = field_data / "air/opensensemap/phenomena_titles_units_sensors_half.csv"
    with path.open(encoding="utf-8") as file:
        return [
            ((line["title"], line["unit"], line["sensorType"]), int(line["n_sensors"]))
            for line in csv.DictReader(file)
        ]


@pytest.mark.fielddata
def test_not_one_of_three_hundred_is_mapped_wrongly(labels):
    """Drawn with a seed from the labels that kit maps for certain; the verdict is a person's, not kit's."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        verdicts = {line["label_sha256"]: (line["variable"], line["unit"]) for line in csv.DictReader(file)}
    assert len(verdicts) == 300
    seen = 0
    for label, _ in labels:
        key = hashlib.sha256("|".join(label).encode()).hexdigest()[:20]
        if key in verdicts:
            seen += 1
            match = recognise(*label)
            assert match is not None, label
            assert (match.variable, match.unit, match.sure) == (*verdicts[key], True), label
    assert seen == 300


@pytest.mark.fielddata
def test_nine_of_ten_devices_are_understood_and_the_rest_has_a_reason(labels):
    reasons = Counter()
    for label, devices in labels:
        match = recognise(*label)
        if match and match.sure and match.unit:
            reasons["sure"] += devices
        else:
            reasons["asked" if match else why_not(*label)] += devices
    print(*(f"{count:6d} {reason}" for reason, count in reasons.most_common()), sep="\n")  # noqa: T201
    assert reasons.total() == 39607
    assert reasons["sure"] / reasons.total() > 0.93
    assert reasons["asked"] / reasons.total() < 0.02
    assert "" not in reasons
