"""What a run of the benchmark leaves behind, and how it looks on a terminal."""

import io
import json
import platform
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from paper_checks.bench.measure import MeasuredCase, Standing, Timed, Timing
from paper_checks.bench.record import dumps, file_name, record
from paper_checks.bench.row import Goal, Settings
from paper_checks.cli.bench_table import BenchTable, goal_text, ratio_text, seconds_text

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((files("paper_checks.bench") / "results.schema.json").read_text(encoding="utf-8"))
OURS = Timing(2.765e-7, 2.7e-7, 2.9e-7, 15)
FOUND = (
    MeasuredCase(
        "toy.100", "a toy with a title of some length, d = 100", "coordinate-round",
        Timed("our engine", False, None, OURS, None, None, Standing.MEASURED, ""),
        (
            Timed("a peer with a long name indeed, in a loop", False, Goal(faster=15.0),
                       Timing(1.16e-6, 1.1e-6, 1.2e-6, 15), 4.195, 2e-16, Standing.MISSED, ""),
            Timed("floor", True, Goal(within=1.12), Timing(2.5e-7, 2.4e-7, 2.6e-7, 15), 0.904, None,
                       Standing.MET, ""),
            Timed("missing", False, None, None, None, None, Standing.ABSENT,
                       "jax is not installed: pip install 'regretcheck[bench]'"),
            Timed("wrong", False, None, None, None, 0.01, Standing.REFUSED, "not timed"),
        ),
    ),
    MeasuredCase(
        "lost", "not here", "step",
        Timed("ours", False, Goal(below=8e-6), None, None, None, Standing.ABSENT, "no card"),
    ),
)  # fmt: skip


@pytest.fixture
def content():
    """A record of the two."""
    return record(FOUND, Settings(), command="regretcheck bench toy", threads=1)


def test_a_record_is_json_of_the_schema(content):
    """The bytes are strict JSON that the schema accepts, with the medians, spreads, goals and outcomes."""
    read = json.loads(dumps(content), parse_constant=pytest.fail)
    jsonschema.validate(read, SCHEMA)
    first = read["rows"][0]
    assert first["time"] == {"median": 2.765e-7, "lower": 2.7e-7, "upper": 2.9e-7, "repeats": 15}
    assert [b["outcome"] for b in first["beside"]] == ["MISSED", "MET", "ABSENT", "REFUSED"]
    assert first["beside"][1]["goal"] == {"within": 1.12}


@pytest.mark.parametrize("change", [{"threads": 0}, {"host": "name"}, {"rows": [{}]}, {"date": "today"}])
def test_the_schema_refuses_another_record(content, change):
    """A record with a wrong value, or with a name of the machine, is refused."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, **change}, SCHEMA)


def test_a_record_names_neither_machine_nor_place(content):
    """No host name and no path of this machine is in it."""
    text = dumps(content).decode()
    assert platform.node() not in text or not platform.node()
    assert str(ROOT) not in text
    assert str(Path.home()) not in text or str(Path.home()) == "/"


def test_a_file_is_named_by_its_time():
    """Two runs are two files."""
    assert file_name({"date": "2026-11-25 21:05 UTC"}) == "2026-11-25T2105.json"


def test_a_busy_machine_is_said(content):
    """More processes than processors: the reader is told; fewer: nothing is said."""
    for load, busy in ((2.5, True), (1.5, False), (None, False)):
        stream = io.StringIO()
        machine = {**content["machine"], "cores": 2}
        BenchTable(Console(file=stream, width=140)).end({**content, "machine": machine, "load": load})
        assert ("A busy machine: the load was 2.5 on 2 cores" in stream.getvalue()) == busy


def test_processor_time_is_said(content):
    """A run that counts processor time says so, in place of a warning that times are too long."""
    stream = io.StringIO()
    busy = {**content, "command": "regretcheck bench --cpu-time", "load": 99.0}
    BenchTable(Console(file=stream, width=140)).end(busy)
    assert "Processor time: waiting for other processes is not counted" in stream.getvalue()
    assert "A busy machine" not in stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_table_is_readable_at_any_width(content, width, encoding):
    """No line is longer than the terminal, no word is cut, and a plain terminal gets plain signs."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    table = BenchTable(Console(file=stream, width=width))
    for measured in FOUND:
        table.show(measured)
    table.end(content)
    stream.flush()
    text = raw.getvalue().decode(encoding)
    assert max(map(len, text.splitlines())) <= width
    for word in ("toy.100", "not met", "refused", "not run", "276 ns", "4.2x", "15x", "our engine"):
        assert word in text
    assert "Goals: 1 met, 1 not met, 2 not run, 1 refused" in text
    assert ("-2 +5%" in text) == (width >= 80)
    assert "…" not in text


def test_numbers_have_three_digits():
    """Times, ratios and goals as a reader wants them."""
    times = [seconds_text(s) for s in (2.765e-7, 9.999e-7, 1.5e-3, 2.0, 3.4e-10)]
    assert times == ["276 ns", "1 µs", "1.5 ms", "2 s", "0.34 ns"]
    assert seconds_text(1e-6, plain=True) == "1 us"
    assert [ratio_text(r) for r in (0.9045, 15.23, 431.2, 24_731.0, None)] == [
        "0.904x", "15.2x", "431x", "24,700x", "",
    ]  # fmt: skip
    goals = [Goal(faster=15.0), Goal(within=1.25), Goal(below=8e-6), None]
    assert [goal_text(goal) for goal in goals] == ["≥ 15x", "≥ 0.8x", "≤ 8 µs", ""]
