"""Rows and records: strict JSON there and back."""

import hashlib
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from paper_checks.run.record import Record, Section, StatementText, load_record
from paper_checks.run.results import (
    CertificateDetail,
    ClaimDetail,
    GameDetail,
    GameSummary,
    ProofDetail,
    Result,
    json_ready,
    results_json,
)

ROW = Result(
    id="toy.sgd.true", theorem="toy.sgd", source="here", scenario="toy", title="A toy", verdict="HOLDS",
    reason="it held", played=GameSummary("SGD", {"eps": "none"}, parameters={"alpha": 1.0}),
    detail=GameDetail(margin=2.0, at=3, assumptions=({"text": "a", "holds": True},)),
)  # fmt: skip
DETAILS = (
    GameDetail(twin={"domain": "box", "distance": 0.5}, every_round=False, rounds=3),
    ProofDetail(3, {"note": "n", "steps": [{"key": "L1", "at": 3}]}),
    CertificateDetail(0.5, 1, 1, "0" * 64, "STATED"),
    ClaimDetail("formally", ("it is so.",), {"number": 1, "ratio": 0.5, "missing": None}),
)
SECTION = Section(
    "toy", "A toy", "note", "SGD", "there", ("x",), ("f",),
    (StatementText("toy.sgd", "T", "here", ({"id": "toy.sgd.true", "where": ["M"]},), ("a",)),),
    ((r"\alpha", "step", "1"),), (("Rounds T", "3"),), (("toy.sgd", "p.svg", "a plot"),),
)  # fmt: skip


def test_a_record_survives_the_way_to_disk():
    """Writing and reading a record gives the same record."""
    record = Record("key", (ROW,), SECTION)
    assert load_record(record.dumps()) == record
    for detail in DETAILS:
        of_its_kind = Record("key", (replace(ROW, detail=detail),), None)
        assert load_record(of_its_kind.dumps()) == of_its_kind
    crashed = Record("key", (replace(ROW, verdict=None, error="no"),), None)
    assert load_record(crashed.dumps()) == crashed
    assert crashed.crashed
    assert not record.crashed


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_json_cannot_say_becomes_null(value):
    """NaN and infinities become null; every parser can read the file."""
    played = GameSummary(parameters={"alpha": [value, 1.0]})
    text = results_json([replace(ROW, played=played, detail=GameDetail(margin=value))])

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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "unknown field 'colour'"),
        ({"seed": "0"}, "'0' is a str"),
        ({"seed": True}, "'True' is a bool"),
        ({"verdict": "PERHAPS"}, "'PERHAPS' is not a verdict"),
        ({"verdict": None}, "neither a verdict nor an error"),
        ({"detail": {"margin": 2.0, "colour": "red"}}, "is a dict"),
        ({"detail": {"margin": "2"}}, "is a dict"),
        ({"played": {"recurrence": [3]}}, "'3' is a int"),
    ],
)
def test_a_row_of_another_version_is_not_half_understood(changes, message):
    """Unknown fields and values of another type are refused, though the digest fits."""
    content = json.loads(Record("key", (ROW,), None).dumps())
    content["results"][0] |= changes
    del content["digest"]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    with pytest.raises(ValueError, match=message):
        load_record(json.dumps({**content, "digest": digest}).encode())


EMPTY = {
    "id": "i", "theorem": "t", "source": "there", "scenario": "toy", "title": "A toy", "verdict": "HOLDS",
    "reason": "so", "algorithm": "", "variant": {}, "domain": "", "stream": "", "loss": "", "dimension": None,
    "horizon": None, "parameters": {}, "margin": None, "at": None, "first_violation": None, "rate": None,
    "settled": True, "assumptions": [], "engine": "", "twin": None, "audit": None, "seconds": 0.5, "seed": 7,
    "command": "regretcheck run toy", "versions": {"python": "3"}, "error": None, "every_round": True,
    "rounds": None, "recurrence": [], "digest": "", "binding": "", "reused": None,
}  # fmt: skip
"""A row of results.json that has nothing of its own."""
OF_A_CLAIM = {
    **EMPTY, "theorem": None, "scenario": None, "variant": None, "parameters": None, "assumptions": None,
    "recurrence": None,
    **dict.fromkeys(("algorithm", "domain", "stream", "loss", "engine", "digest", "binding")),
}  # fmt: skip
"""The same without a game: what is empty is null."""
SGD = GameSummary(
    "SGD", {"eps": "none"}, "box", "constant", "linear", 2, 400, {"alpha": 1.0}, "numpy", ("point: x - g",)
)
OF_SGD = {
    "algorithm": "SGD", "variant": {"eps": "none"}, "domain": "box", "stream": "constant", "loss": "linear",
    "dimension": 2, "horizon": 400, "parameters": {"alpha": 1.0}, "engine": "numpy",
    "recurrence": ["point: x - g"],
}  # fmt: skip
ASSUMED = {"text": "a", "holds": True, "detail": "d"}
ROWS = {
    "game": (
        GameDetail(2.0, 3, 4, 0.5, False, (ASSUMED,), {"domain": "b"}, False, 12), SGD, "toy",
        {**EMPTY, **OF_SGD, "margin": 2.0, "at": 3, "first_violation": 4, "rate": 0.5, "settled": False,
         "assumptions": [ASSUMED], "twin": {"domain": "b"}, "every_round": False, "rounds": 12},
    ),
    "crash": (GameDetail(), GameSummary(), "toy", EMPTY),
    "proof": (
        ProofDetail(3, {"note": "n", "steps": []}), SGD, "toy",
        {**EMPTY, **OF_SGD, "first_violation": 3, "audit": {"note": "n", "steps": []}},
    ),
    "certificate": (
        CertificateDetail(0.5, 1, 1, "00", "STATED"), GameSummary("SGD", {"reading": "A"}, horizon=1), "",
        {**OF_A_CLAIM, "theorem": "t", "algorithm": "SGD", "variant": {"reading": "A"}, "horizon": 1,
         "margin": 0.5, "at": 1, "first_violation": 1, "digest": "00", "binding": "STATED"},
    ),
    "claim": (
        ClaimDetail("formally", ("so.",), {"n": 1.0}), GameSummary(), "", {**OF_A_CLAIM, "theorem": "t"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_every_kind_of_row_has_the_same_columns(kind):
    """Names, values and order of a row of results.json, written out: others read them."""
    detail, played, scenario, expected = ROWS[kind]
    row = Result(
        "i", "t", "there", scenario, "A toy", "HOLDS", "so", played, detail, 0.5, 7, "regretcheck run toy",
        {"python": "3"},
    )  # fmt: skip
    (found,) = json.loads(results_json([row]))
    assert found == expected
    assert list(found) == list(EMPTY)
