"""Low-cost air sensors: which cell is which, and what each name means."""

from __future__ import annotations

import csv
import json
import random

import pytest

from kit import formats
from kit.errors import FileError
from kit.formats._airrohr import column
from kit.formats._aligned import align
from kit.formats.madavi import LIMITS, SHIFTED
from kit.model import RawTable, Source

NAMES = (
    "Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;Temp;Humidity;BMP_temperature;BMP_pressure;"
    "BME280_temperature;BME280_humidity;BME280_pressure;Samples;Min_cycle;Max_cycle;Signal"
)
HEADER = NAMES.split(";")
WRITTEN = [*HEADER[:9], "PMS_P1", "PMS_P2", *HEADER[9:]]
#: What devices of several kinds send, by name; each number is one that such a sensor can give.
DEVICES = {
    "sds": {"SDS_P1": (3, 40), "SDS_P2": (1, 3)},
    "sds dht": {"SDS_P1": (3, 40), "SDS_P2": (1, 3), "Temp": (-12, 30), "Humidity": (20, 99.9)},
    "sds bme": {
        "SDS_P1": (3, 40), "SDS_P2": (1, 3), "BME280_temperature": (-12, 30), "BME280_humidity": (20, 99),
        "BME280_pressure": (94_000, 104_000),
    },
    "sds bmp": {
        "SDS_P1": (3, 40), "SDS_P2": (1, 3), "BMP_temperature": (-12, 30), "BMP_pressure": (94_000, 104_000),
    },
    "pms dht": {"PMS_P1": (3, 40), "PMS_P2": (1, 3), "Temp": (-12, 30), "Humidity": (20, 99.9)},
    "all": {
        "SDS_P1": (3, 40), "SDS_P2": (1, 3), "Temp": (-12, 30), "Humidity": (20, 99.9),
        "BMP_temperature": (-12, 30), "BMP_pressure": (94_000, 104_000), "BME280_temperature": (-12, 30),
        "BME280_humidity": (20, 99), "BME280_pressure": (94_000, 104_000),
    },
}  # fmt: skip
DEVICE = {"Samples": (500_000, 700_000), "Min_cycle": (200, 240), "Max_cycle": (20_000, 30_000)}


def records(device: str, count: int = 40, seed: int = 1) -> list[dict[str, str]]:
    """Records of one device, by the names under which the server has them."""
    made = random.Random(f"{device} {seed}")
    found = []
    for row in range(count):
        one = {"Time": f"2024/03/19 {row // 20:02d}:{row % 20 * 3:02d}:07"}
        one |= {name: f"{made.uniform(*span):.2f}" for name, span in DEVICES[device].items()}
        one |= {name: str(made.randint(*span)) for name, span in DEVICE.items()}
        found.append(one | {"Signal": str(made.randint(-92, -48))})
    return found


def day(found: list[dict[str, str]], written: list[str], header: list[str] = HEADER) -> bytes:
    lines = [header, *([one.get(name, "") for name in written] for one in found)]
    return "\n".join(map(";".join, lines)).encode() + b"\n"


def read(data: bytes, name: str = "data-esp8266-1234567-2024-03-19.csv") -> RawTable:
    return formats.parse(Source(name, data))


@pytest.mark.parametrize("device", list(DEVICES))
@pytest.mark.parametrize("written", [WRITTEN, HEADER], ids=["22 cells", "20 cells"])
def test_every_value_finds_its_name_whatever_the_header_says(device: str, written: list[str]) -> None:
    found = records(device)
    table = read(day(found, written))
    assert table.format == "madavi"
    for name in set(DEVICES[device]) & set(written):
        assert table.frame[name].tolist() == [one[name] for one in found], name
    shifted = written is WRITTEN
    assert bool([note for note, _ in table.notes if note == SHIFTED]) is shifted


@pytest.mark.parametrize("device", [name for name in DEVICES if name != "all"])
@pytest.mark.parametrize("seed", range(4))
def test_one_record_is_enough(device: str, seed: int) -> None:
    found = records(device, 1, seed)
    table = read(day(found, WRITTEN))
    assert {name: table.frame[name].iloc[0] for name in DEVICES[device]} == {
        name: found[0][name] for name in DEVICES[device]
    }


@pytest.mark.parametrize("device", ["sds", "sds dht", "sds bme", "all"])
def test_a_new_header_over_old_rows(device: str) -> None:
    found = records(device)
    table = read(day(found, HEADER, WRITTEN))
    for name in DEVICES[device]:
        assert table.frame[name].tolist() == [one[name] for one in found], name


def test_a_header_that_names_the_new_columns_is_followed() -> None:
    table = read(day(records("pms dht"), WRITTEN, WRITTEN))
    assert [c.variable for c in table.columns if c.sensor == "pms"] == ["pm10", "pm25"]
    assert not table.notes


def test_the_older_header_with_one_pressure() -> None:
    header = [*HEADER[:11], "Pressure", *HEADER[16:]]
    written = [*HEADER[:13], *HEADER[16:]]
    found = records("sds bmp")
    table = read(day(found, written, header))
    assert table.frame["BMP_temperature"].tolist() == [one["BMP_temperature"] for one in found]
    assert table.frame["Pressure"].tolist() == [one["BMP_pressure"] for one in found]
    kinds = {c.name: (c.variable, c.unit, c.sensor) for c in table.columns if c.role == "value"}
    assert kinds["Pressure"] == ("pressure", "Pa", "bmp180")
    assert kinds["BMP_temperature"] == ("temperature", "°C", "bmp180")


@pytest.mark.parametrize("device", ["sds", "sds dht", "sds bme"])
def test_a_json_day_whose_cells_are_shifted(device: str) -> None:
    found = records(device)
    lines = [[one.get(name, "") for name in WRITTEN] for one in found]
    data = json.dumps([dict(zip(HEADER, cells, strict=False)) for cells in lines], indent=1).encode()
    table = read(data, "data-esp8266-1234567-2024-03-19.json")
    for name in DEVICES[device]:
        assert table.frame[name].tolist() == [one[name] for one in found], name


def test_a_json_day_under_the_right_names_stays() -> None:
    found = records("all")
    table = read(json.dumps([{name: one.get(name, "") for name in HEADER} for one in found]).encode())
    for name in DEVICES["all"]:
        assert table.frame[name].tolist() == [one[name] for one in found], name


def test_rows_of_two_widths_in_one_file() -> None:
    """The server was changed during the day; the row numbers stay those of the file."""
    found = records("sds dht", 30)
    before = [";".join(one.get(name, "") for name in HEADER) for one in found[:12]]
    after = [";".join(one.get(name, "") for name in WRITTEN) for one in found[12:]]
    table = read("\n".join([";".join(HEADER), *before, "", *after, after[0][:20]]).encode())
    assert table.frame.index.tolist() == [*range(1, 13), *range(14, 32)]
    assert table.frame["Humidity"].tolist() == [one["Humidity"] for one in found]
    assert table.blank == 1
    assert [(problem.row, problem.code) for problem in table.refused] == [(32, "cut-off")]


def test_nobody_can_tell() -> None:
    """Cells that fit in several places are refused, never guessed."""
    header = ["Time", "durP1", "Temp", "BMP_temperature", "BME280_temperature"]
    data = day(
        [{"Time": "2024/03/19 00:01:00", "a": "5", "b": "6"}] * 5, ["Time", "", "a", "", "b", ""], header
    )
    with pytest.raises(FileError) as caught:
        read(data)
    assert caught.value.code == "columns-shifted"
    assert "6 cells" in caught.value.words("en")
    assert align(("a", "b"), read(day(records("sds"), HEADER)).frame.iloc[:, :1], LIMITS) is None


@pytest.mark.parametrize(
    ("filled", "expected"),
    [(("P1", "P2"), {"P1": "pm10", "P2": "pm25"}), (("P1", "P2", "durP1", "ratioP1"), {})],
)
def test_p1_is_micrograms_only_where_no_duration_stands_beside_it(filled, expected) -> None:
    found = [{"Time": f"2024/03/19 00:0{n}:00", **dict.fromkeys(filled, "12.5")} for n in range(5)]
    table = read(day(found, HEADER))
    assert {
        c.name: c.variable for c in table.columns if c.role == "value" and c.name in ("P1", "P2")
    } == expected


def test_what_the_firmware_prints() -> None:
    table = read(
        b"Timestamp_ms;SDS_P1;SDS_P2;temperature;humidity;signal\n1000;5.1;2.2;4.0;80;-60\n", "log.csv"
    )
    roles = {c.name: (c.role, c.unit, c.sensor) for c in table.columns}
    assert roles["Timestamp_ms"] == ("elapsed", "ms", "1")
    assert roles["humidity"] == ("value", "%", "dht22")
    assert table.zone == ""


@pytest.mark.parametrize(
    ("name", "variable", "sensor"),
    [
        ("SDS_P1", "pm10", "sds011"), ("SDS_P2", "pm25", "sds011"), ("PMS_P0", "pm1", "pms"),
        ("SPS30_P4", "pm4", "sps30"), ("NPM_P2", "pm25", "npm"), ("HTU21D_humidity", "humidity", "htu21d"),
        ("SHT3X_temperature", "temperature", "sht3x"), ("BMP280_pressure", "pressure", "bmp280"),
        ("DS18B20_temperature", "temperature", "ds18b20"), ("DNMS_noise_LAeq", "noise", "dnms"),
        ("noise_LAeq", "noise", "1"), ("SCD30_co2_ppm", "co2", "scd30"),
    ],
)  # fmt: skip
def test_names_of_the_firmware(name: str, variable: str, sensor: str) -> None:
    found = column(name)
    assert found is not None
    assert (found.role, found.variable, found.sensor) == ("value", variable, sensor)


@pytest.mark.parametrize(
    "name",
    ["N10", "SPS30_N05", "TS", "noise_LA_max", "DNMS_noise_LA_min", "durP1", "ratioP2", "altitude",
     "pressure_sealevel", "counts_per_minute", "BME680_gas_resistance", "interval", "GPS_date"],
)  # fmt: skip
def test_names_that_are_no_reading_say_why(name: str) -> None:
    found = column(name) or formats.sensor_community._column(name)
    assert found.role == "ignored"
    assert found.reason


ARCHIVE = "sensor_id;sensor_type;location;lat;lon;timestamp"


def test_joined_archive_files_of_several_kinds() -> None:
    data = (
        f"{ARCHIVE};P1;durP1;ratioP1;P2;durP2;ratioP2\n"
        "1;SDS011;7;58.380;26.722;2024-03-01T00:01:12;9.5;;;2.8;;\n"
        f"{ARCHIVE};pressure;altitude;pressure_sealevel;temperature;humidity\n"
        "2;BME280;7;58.380;26.722;2024-03-01T00:01:13;101792.89;;;9.03;87.34\n"
        f"{ARCHIVE};P1;durP1;ratioP1;P2;durP2;ratioP2\n"
        "1;SDS011;7;58.380;26.722;2024-03-01T00:03:12;9.7;;;2.9;;\n"
    )
    table = formats.parse(Source("march.csv", data.encode()))
    assert table.frame["P2"].to_dict() == {1: "2.8", 3: "", 5: "2.9"}
    assert table.frame["pressure"].to_dict() == {1: "", 3: "101792.89", 5: ""}


def test_the_long_shape_without_numbers_of_particles() -> None:
    data = f"{ARCHIVE};value_type;value\n1;PPD42NS;7;58.380;26.722;2024-03-01T00:01:12.5+00:00;P1;500\n"
    with pytest.raises(FileError) as caught:
        formats.parse(Source("long.csv", data.encode()))
    assert "PPD42NS" in caught.value.words("en")
    table = formats.parse(Source("long.csv", data.replace("PPD42NS", "SDS011").encode()))
    assert table.frame["value_type"].tolist() == ["pm10"]


PURPLE = {
    "pm2.5_atm": ("pm25", "1"), "pm2.5_cf_1": ("pm25_cf1", "1"), "pm2.5_alt": ("pm25_alt", "1"),
    "pm2.5_atm_b": ("pm25", "b"), "pm2.5_alt_a": ("pm25_alt", "a"), "pm1.0_atm": ("pm1", "1"),
    "pm10.0_atm_a": ("pm10", "a"), "pm2.5": ("pm25", "1"), "temperature": ("temperature", "1"),
}  # fmt: skip
NOT_PURPLE = [
    "pm1.0_cf_1", "pm10.0_cf_1_b", "pm2.5_10minute", "pm2.5_24hour", "2.5_um_count", "0.3_um_count_a", "voc",
    "rssi", "uptime", "pa_latency", "scattering_coefficient", "analog_input", "firmware_version",
]  # fmt: skip


@pytest.mark.parametrize("name", list(PURPLE))
def test_purpleair_keeps_three_kinds_of_pm25_apart(name: str) -> None:
    data = f"time_stamp,sensor_index,{name},humidity\n1709251200,7,5.5,40\n"
    table = formats.parse(Source("h.csv", data.encode()))
    found = next(c for c in table.columns if c.name == name)
    assert (found.variable, found.sensor) == PURPLE[name]


@pytest.mark.parametrize("name", NOT_PURPLE)
def test_purpleair_columns_that_are_no_reading(name: str) -> None:
    data = f"time_stamp,sensor_index,{name},pm2.5_atm\n1709251200,7,5.5,40\n"
    table = formats.parse(Source("h.csv", data.encode()))
    assert next(c for c in table.columns if c.name == name).role == "ignored"


def test_the_mean_of_both_channels_is_not_taken_beside_them() -> None:
    data = b"time_stamp,sensor_index,pm2.5_atm,pm2.5_atm_a,pm2.5_atm_b\n1709251200,7,5,4,6\n"
    table = formats.parse(Source("h.csv", data))
    assert [c.name for c in table.columns if c.role == "value"] == ["pm2.5_atm_a", "pm2.5_atm_b"]


@pytest.mark.parametrize(
    ("name", "period"),
    [("7 2024-01-01 10-Minute Average.csv", 600), ("7 1-hour average.csv", 3600), ("7 Real Time.csv", 0),
     ("7 1-Day Average.csv", 86400), ("sensor-7-1663711800-1663730400.csv", 0)],
)  # fmt: skip
def test_the_averaging_period_is_what_the_file_states(name: str, period: int) -> None:
    data = b"time_stamp,sensor_index,pm2.5_atm\n1709251200,7,5\n"
    assert formats.parse(Source(name, data)).period == period


@pytest.mark.parametrize("name", ["pm02", "pm02Compensated", "pm02Standard", "pm02_corrected"])
def test_airgradients_kinds_of_pm25(name: str) -> None:
    data = json.dumps({"serialno": "0a1b2c3d4e5f", name: 5.5, "rhum": 40, "atmp": 20}).encode()
    expected = {"pm02": "pm25", "pm02Standard": "pm25_cf1"}.get(name, "pm25_maker")
    table = formats.parse(Source("m.json", data))
    assert next(c for c in table.columns if c.name == name).variable == expected


@pytest.mark.parametrize(
    "data",
    [
        b'[{"sensordatavalues": []}, {"sensordatavalues": []}]', b'{"sensordatavalues": 7}', b"[]",
        b'[{"sensordatavalues": [{"value_type": "P1"}], "sensor": {"sensor_type": 7}, "location": []}]',
        b'{"fields": ["time_stamp"], "data": [[1], 2, []], "sensor_index": 7}', b'{"fields": 1, "data": 2}',
        b'[{"Time": null, "SDS_P1": {"a": 1}}]', b'[{"createdAt": 1, "value": []}]', b'[1, {"createdAt": 1}]',
        b'[{"pm02": 1, "atmp": [], "serialno": {}}, {"pm02": 2}]', b'{"Time": [], "durP1": "x"}',
        b'[{"createdAt": "x", "value": 1, "location": 7}, {"createdAt": "x", "value": 2, "location": {}}]',
    ],
)  # fmt: skip
def test_odd_json_is_read_or_refused_in_words(data: bytes) -> None:
    try:
        table = formats.parse(Source("odd.json", data))
    except FileError as error:
        words = error.words("en")
    else:
        words = table.format and "odd.json"
        assert [c.name for c in table.columns] == list(table.frame.columns)
    assert "odd.json" in words


@pytest.mark.fielddata
def test_the_madavi_files_cell_by_cell(field_data) -> None:
    """Counted again with the csv module: the positions are those of the server's program."""
    places = {"SDS_P1": 7, "SDS_P2": 8, "Temp": 11, "Humidity": 12, "Signal": 21}
    seen = 0
    for path in sorted((field_data / "air/sensor_community/madavi").glob("*.csv")):
        table = formats.parse(Source(path.name, path.read_bytes()))
        with path.open(newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))[1:]
        for name, at in places.items():
            assert table.frame[name].tolist() == [row[at] for row in rows], (path.name, name)
        assert not table.refused
        seen += len(rows)
    assert seen > 1500
