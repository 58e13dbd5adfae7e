"""Rows and records: strict JSON there and back."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from paper_checks.run.results import Record, Result, Section, Statement, json_ready, load_record, results_json

ROW = Result(
    id="toy.sgd.true", theorem="toy.sgd", source="here", scenario="toy", title="A toy", verdict="HOLDS",
    reason="it held", parameters={"alpha": 1.0}, margin=2.0, at=3,
    assumptions=({"text": "a", "holds": True},),
)  # fmt: skip
SECTION = Section(
    "toy", "A toy", "note", "SGD", "there", ("x",), ("f",),
    (Statement("toy.sgd", "T", "here", ({"id": "toy.sgd.true", "where": ["M"]},), ("a",)),),
    ((r"\alpha", "step", "1"),), (("Rounds T", "3"),), (("toy.sgd", "p.svg", "a plot"),),
)  # fmt: skip


def test_a_record_survives_the_way_to_disk():
    """Writing and reading a record gives the same record."""
    record = Record("key", (ROW,), SECTION)
    assert load_record(record.dumps()) == record
    crashed = Record("key", (replace(ROW, verdict=None, error="no"),), None)
    assert load_record(crashed.dumps()) == crashed
    assert crashed.crashed
    assert not record.crashed


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_json_cannot_say_becomes_null(value):
    """NaN and infinities become null; every parser can read the file."""
    text = results_json([replace(ROW, margin=value, parameters={"alpha": [value, 1.0]})])

    def refuse(constant):
        raise AssertionError(constant)

    row = json.loads(text, parse_constant=refuse)[0]
    assert row["margin"] is None
    assert row["parameters"] == {"alpha": [None, 1.0]}


def test_numpy_values_become_plain():
    """Numpy scalars and arrays become numbers and lists; True stays True."""
    value = {"a": np.int64(3), "b": np.array([1.0, np.nan]), "c": np.bool_(True), "d": True, "e": None}
    assert json_ready(value) == {"a": 3, "b": [1.0, None], "c": True, "d": True, "e": None}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": "other"}',
        b"\xff\xfe",
        b'{"format": "regretcheck-record-1", "key": "k"}',
    ],
)
def test_what_is_no_record_is_refused(text):
    """Truncated and foreign files give one clear error."""
    with pytest.raises(ValueError, match="not a record"):
        load_record(text)


def test_unknown_fields_are_refused():
    """A row of another version is not half understood."""
    with pytest.raises(ValueError, match="unknown field 'colour'"):
        Result.from_json({**ROW.to_json(), "colour": "red"})
