"""Certificates of format 2 are read as the same game in the current format."""

import copy
import json
import time
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds.certificates.certificate import certificate_bytes
from bounds.certificates.checker import Refused
from bounds.certificates.older_formats import FORMAT_2, WRITTEN_OUT, current
from bounds.certificates.verification import verify_certificate
from bounds.formal.subject import horizon_of

RUNS = st.lists(
    st.fixed_dictionaries(
        {"times": st.integers(1, 9), "gradient": st.sampled_from([["1"], ["-1/2"], ["3"]])}
    ),
    max_size=4,
)


def older(file: dict, lead: list, pattern: list, horizon: int) -> dict:
    """The certificate as format 2 wrote it, with this stream."""
    copied = copy.deepcopy(file) | {"format": FORMAT_2}
    copied["game"].pop("stream")
    copied["game"] |= {"lead": lead, "pattern": pattern, "horizon": horizon}
    copied["game"]["norms"] = {"least": "0", "most": "3"}
    return copied


def rows(file: dict) -> list[list[str]]:
    """The gradients of a file of the current format, round by round."""
    return [
        row for block in file["game"]["stream"] for _ in range(block["times"]) for row in block["pattern"]
    ]


def written(runs: list) -> list[list[str]]:
    """The gradients of runs."""
    return [run["gradient"] for run in runs for _ in range(run["times"])]


@given(RUNS, RUNS.filter(bool), st.integers(1, 200))
def test_the_rounds_stay_the_same(linear, lead, pattern, horizon: int) -> None:
    """The lead once, then the pattern again and again; everything else is left as it was."""
    old = older(linear, lead, pattern, horizon)
    new = json.loads(current(json.dumps(old).encode()))
    assert rows(new) == (written(lead) + written(pattern) * horizon)[:horizon]
    new["game"].pop("stream")
    for name in ("lead", "pattern", "norms"):
        old["game"].pop(name)
    assert new == old | {"format": linear["format"]}


def test_an_old_file_is_verified_as_it_was(linear, segment, descent) -> None:
    """The same verdict, the same sides, the same statement; a changed gradient is noticed as before."""
    for file in (linear, segment):
        (block,) = file["game"]["stream"]
        runs = [{"times": block["times"], "gradient": row} for row in block["pattern"]]
        old = older(file, [], runs, file["game"]["horizon"])
        was, now = (verify_certificate(certificate_bytes(f)) for f in (file, old))
        assert was.accepted
        assert (now.answer, now.binding, now.refused) == (was.answer, was.binding, was.refused)
        assert horizon_of(certificate_bytes(old)) == file["game"]["horizon"]
        old["game"]["pattern"][0]["gradient"][0] = "-1"
        assert not verify_certificate(certificate_bytes(old)).accepted
    assert verify_certificate(certificate_bytes(descent | {"format": FORMAT_2})).accepted


BAD_STREAMS = [
    ({"pattern": []}, "must not be empty"),
    ({"pattern": [{"times": 0, "gradient": ["2/5"]}]}, "whole number"),
    ({"pattern": [{"times": 1, "gradient": ["1e99"]}]}, "rational"),
    ({"lead": [{"times": 10**9, "gradient": ["2/5"]}]}, "whole number"),
    ({"lead": 3}, "of type array"),
    ({"horizon": 10**9}, "whole number"),
    (
        {"pattern": [{"times": WRITTEN_OUT, "gradient": [q]} for q in ("1", "2")], "horizon": 10**8 + 1},
        "number",
    ),
]


@pytest.mark.parametrize(("change", "says"), BAD_STREAMS, ids=range(len(BAD_STREAMS)))
def test_what_was_refused_is_refused(linear, change: dict, says: str) -> None:
    """Counts that are not counts, numbers that are not numbers."""
    old = older(linear, [], [{"times": 1, "gradient": ["2/5"]}], 1)
    old["game"] |= change
    with pytest.raises(Refused, match=says):
        current(certificate_bytes(old))


def test_a_long_period_is_repeated_run_by_run(linear) -> None:
    """Long runs become blocks, not rows; too many of them are refused, and say so."""
    runs = [{"times": 10**6, "gradient": [q]} for q in ("1", "-1")]
    new = json.loads(current(certificate_bytes(older(linear, [], runs, 5 * 10**6 + 7))))
    assert [block["times"] for block in new["game"]["stream"]] == [10**6] * 5 + [7]
    short = [{"times": WRITTEN_OUT, "gradient": ["1"]}, {"times": 1, "gradient": ["-1"]}]
    with pytest.raises(Refused, match="too long to write out"):
        current(certificate_bytes(older(linear, [], short, 10**8)))


@pytest.mark.parametrize("raw", [b"", b"{", b'{"format": "regretcheck certificate 2", "format": 1}', b"[1]"])
def test_what_is_no_old_certificate_is_left_alone(raw: bytes) -> None:
    """The checker says what is wrong with it."""
    assert current(raw) == raw


def test_a_deep_old_file_is_answered_at_once(linear) -> None:
    """Nested lists and floats are left to the checker, which refuses them."""
    old = older(linear, [], [{"times": 1, "gradient": ["2/5"]}], 1)
    deep = json.dumps(old).replace('"title": ""', f'"title": {"[" * 900}{"]" * 900}').encode()
    floats = json.dumps(old | {"title": 0.5}).encode()
    began = time.perf_counter()
    for raw, says in ((deep, "title"), (floats, "float")):
        assert says in verify_certificate(raw).refused
    assert time.perf_counter() - began < 5  # milliseconds, on a quiet machine


def test_numbers_are_exact(linear) -> None:
    """2/4 is 1/2."""
    old = older(linear, [], [{"times": 1, "gradient": ["2/4"]}], 1)
    (row,) = rows(json.loads(current(certificate_bytes(old))))
    assert F(row[0]) == F(1, 2)
