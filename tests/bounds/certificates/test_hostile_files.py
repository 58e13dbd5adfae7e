"""Files that are broken, inexact, too large or meant to harm: refused with one sentence, in bounded time."""

import contextlib
import copy
import json
import time
import tracemalloc

import pytest

from bounds.certificates.certificate import certificate_bytes
from bounds.certificates.checker import Refused, ReplayOutcome, check_certificate
from certificate_fields import with_field

SECONDS = 5.0
"""A refusal takes milliseconds; this much on a busy machine."""


FIELDS = [
    (["format"], "regretcheck certificate 1", "format"),
    (["game", "kind"], "quantum", "game.kind"),
    (["game", "start"], [1], "game.start"),
    (["game", "start"], ["0.5"], "rational"),
    (["game", "start"], ["1/0"], "rational"),
    (["game", "start"], ["1" * 1_000_000], "rational"),
    (["game", "start"], ["2"], "outside"),
    (["game", "start"], [], "1 to 100 coordinates"),
    (["game", "start"], ["1"] * 101, "1 to 100 coordinates"),
    (["game", "start"], "1", "must be a list"),
    (["game", "comparator"], ["3/2"], "outside"),
    (["game", "comparator"], ["0", "0"], "coordinates"),
    (["game", "stream"], [], "at least one block"),
    (["game", "stream"], [["2/5"]], "of type object"),
    (["game", "stream"], [{"times": 1, "pattern": []}], "at least one gradient"),
    (["game", "stream"], [{"times": 1, "pattern": ["2/5"]}], "must be a list"),
    (["game", "stream"], [{"times": 1, "pattern": [["2/5", "0"]]}], "coordinates"),
    (["game", "stream"], [{"pattern": [["2/5"]]}], "must have the fields"),
    (["game", "stream"], [{"times": 0, "pattern": [["2/5"]]}], "whole number"),
    (["game", "stream"], [{"times": -3, "pattern": [["2/5"]]}], "whole number"),
    (["game", "stream"], [{"times": 1.0, "pattern": [["2/5"]]}], "is a float"),
    (["game", "stream"], [{"times": True, "pattern": [["2/5"]]}], "whole number"),
    (["game", "stream"], [{"times": "2", "pattern": [["2/5"]]}], "whole number"),
    (["game", "stream"], [{"times": 10**9, "pattern": [["2/5"]]}], "whole number"),
    (["game", "stream"], [{"times": 2, "pattern": [["2/5"]]}], "has 2 rounds"),
    (["game", "stream"], [{"times": 1, "pattern": [["2/5"], ["2/5"]]}], "has 2 rounds"),
    (["game", "horizon"], 2, "has 1 rounds"),
    (["game", "set"], {"kind": "box", "begin": ["1"], "end": ["-1"]}, "outside"),
    (["game", "set"], {"kind": "segment", "begin": ["1"], "end": ["1"]}, "is a point"),
    (["game", "set"], {"kind": "ball", "begin": ["-1"], "end": ["1"]}, "centre"),
    (["game", "set"], {"ball": "1"}, "game.set"),
    (["game", "horizon"], 0, "whole number"),
    (["game", "horizon"], True, "whole number"),
    (["game", "horizon"], "1", "whole number"),
    (["game", "horizon"], 10**50, "whole number"),
    (["game", "parameters"], {"alpha": "1"}, "one number for each"),
    (["game", "parameters", "a__b"], "1", "name"),
    (["claim", "lhs_at_least"], "1/10", "no violation"),
    (["statement", "requires"], ["SMOOTH_LOSS"], "SMOOTH_LOSS"),
    (["statement", "rhs"], "__import__('os').system('true')", "a formula of"),
    (["statement", "rhs"], "open(1)", "there is no"),
    (["statement", "rhs"], "exec(1)", "there is no"),
    (["statement", "rhs"], "given", "there is no"),
    (["statement", "rhs"], "(lambda: 1)()", "a formula of"),
    (["statement", "rhs"], "[g for g in x]", "a formula of"),
    (["statement", "rhs"], "alpha.sqrt()", "there is no"),
    (["statement", "rhs"], "1.5", "there is no"),
    (["statement", "rhs"], "True", "there is no"),
    (["statement", "rhs"], "alpha if alpha else 1", "there is no"),
    (["statement", "rhs"], "x + df", "there is no"),
    (["statement", "rhs"], "1 +", "a formula"),
    (["statement", "rhs"], "(" * 3000 + "1" + ")" * 3000, "formula"),
    (["statement", "rhs"], "-" * 200 + "1", "too deep"),
    (["statement", "rhs"], "1+" * 3000 + "1", "4000 characters"),
    (["statement", "rhs"], "SumCoords(g, 2)", "there is no"),
    (["statement", "rhs"], "Expectation(Supremum(M))", "no place in a round"),
    (["statement", "rhs"], "max()", "there is no"),
    (["statement", "rhs"], "1 + (1 < 2)", "there is no"),
    (["statement", "rhs"], "CumSum(Supremum(M))", "no place in a round"),
    (["statement", "rhs"], "sqrt(x=1)", "there is no"),
    # A regret against one point is a lower bound: anywhere but on the left it would prove too much.
    (["statement", "rhs"], "1 - Regret(1)", "only on the left"),
    (["statement", "lhs"], "9 - Regret(1)", "only on the left"),
    (["statement", "lhs"], "Regret(1) + Regret(1)", "only on the left"),
    (["statement", "lhs"], "2 / Regret(1)", "only on the left"),
    (["statement", "letters"], [{"name": "M", "formula": "Regret(1)"}], "only on the left"),
    (["statement", "letters"], [{"name": "M", "formula": "M + 1"}], "defined by itself"),
    (["statement", "letters"], [{"name": "t", "formula": "1"}], "twice"),
    (["statement", "assumptions"], ["gamma"], "not a relation"),
    (["algorithm", "point"], "y", "there is no"),
    (["algorithm", "lines"], [{"name": "g", "vector": True, "formula": "x"}], "twice"),
    (["algorithm", "lines"], [{"name": "m", "vector": 1, "formula": "x"}], "true or false"),
    (["title"], "two\nlines", "one line"),
]


@pytest.mark.parametrize(("path", "value", "says"), FIELDS, ids=lambda part: str(part)[:40])
def test_a_bad_field_is_refused_by_name(linear, path, value, says: str) -> None:
    """One sentence that says what is wrong, quickly, and never a crash."""
    began = time.perf_counter()
    with pytest.raises(Refused, match=says.replace("(", "\\(")):
        check_certificate(certificate_bytes(with_field(linear, path, value)))
    assert time.perf_counter() - began < SECONDS


def test_a_vector_is_no_number(linear) -> None:
    """In two dimensions neither a side nor a line that is declared a number may be a vector."""
    plane = with_field(linear, ["game", "start"], ["1", "1"])
    plane = with_field(plane, ["game", "comparator"], ["-1", "-1"])
    plane = with_field(plane, ["game", "set"], {"kind": "box", "begin": ["-1", "-1"], "end": ["1", "1"]})
    plane = with_field(plane, ["game", "stream"], [{"times": 1, "pattern": [["1/5", "1/5"]]}])
    assert check_certificate(certificate_bytes(plane)).outcome is ReplayOutcome.CERTIFIED
    line = [{"name": "m", "vector": False, "formula": "x"}]
    for path, value in ((["statement", "rhs"], "g"), (["algorithm", "lines"], line)):
        with pytest.raises(Refused, match="vector"):
            check_certificate(certificate_bytes(with_field(plane, path, value)))


def of_rounds(linear, blocks: list[dict]) -> bytes:
    """The certificate with another stream, and with as many rounds."""
    rounds = sum(block["times"] * len(block["pattern"]) for block in blocks)
    file = with_field(with_field(linear, ["game", "stream"], blocks), ["game", "horizon"], rounds)
    return certificate_bytes(file)


def test_a_long_stream_takes_no_memory(linear) -> None:
    """A block of 10^8 rounds is refused at once, and one of 10^4 rounds is not written out to be played."""
    began = time.perf_counter()
    with pytest.raises(Refused, match="too long to replay"):
        check_certificate(of_rounds(linear, [{"times": 10**8, "pattern": [["2/5"]]}]))
    assert time.perf_counter() - began < SECONDS
    peaks = []
    for times in (10**2, 10**3):
        raw = of_rounds(linear, [{"times": times, "pattern": 10 * [["2/5"]]}])
        tracemalloc.start()
        assert check_certificate(raw).outcome is not ReplayOutcome.CERTIFIED
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The 9000 rounds more, written out as rows, would take 50 bytes each, 450 000 in all.
    assert peaks[1] < peaks[0] + 100_000


def test_a_block_is_as_many_rounds(linear) -> None:
    """Four rounds as one block, as four, or as a longer pattern are one game; one round more is another."""
    row, other = ["2/5"], {"times": 1, "pattern": [["-2/5"]]}
    streams = (
        [{"times": 4, "pattern": [row]}], 4 * [{"times": 1, "pattern": [row]}],
        [{"times": 2, "pattern": [row, row]}], [{"times": 5, "pattern": [row]}],
    )  # fmt: skip
    linear = with_field(linear, ["game", "comparator"], ["0"])
    same = [check_certificate(of_rounds(linear, [*blocks, other])) for blocks in streams]
    assert same[0].lhs == same[1].lhs == same[2].lhs != same[3].lhs


HEAVY = {
    "letters that double": lambda file: with_field(
        file,
        ["statement", "letters"],
        [
            {"name": "M", "formula": "k89"},
            {"name": "gamma", "formula": "1 / 2"},
            {"name": "k0", "formula": "alpha"},
            *({"name": f"k{n}", "formula": f"k{n - 1} + k{n - 1}"} for n in range(1, 90)),
        ],
    ),
    "letters in a row": lambda file: with_field(
        file,
        ["statement", "letters"],
        [
            {"name": "M", "formula": "k0"},
            {"name": "gamma", "formula": "1 / 2"},
            *({"name": f"k{n}", "formula": f"k{n + 1}"} for n in range(5000)),
        ],
    ),
    "many operations": lambda file: with_field(
        file, ["statement", "assumptions"], [f"{'+ 1 ' * 90} < {n}" for n in range(700)]
    ),
    "long numbers": lambda file: with_field(
        with_field(with_field(file, ["game", "start"], ["0"] * 100), ["game", "comparator"], ["0"] * 100),
        ["game", "set"],
        {
            "kind": "box",
            "begin": [f"-1/{10**399 + k}" for k in range(100)],
            "end": [f"1/{10**399 + k}" for k in range(100)],
        },
    ),
}


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_what_costs_much_is_refused_or_done_in_bounded_time(linear, name: str) -> None:
    """Formulas that blow up when written out, and numbers whose sums have many digits."""
    began = time.perf_counter()
    with contextlib.suppress(Refused):
        assert (
            check_certificate(certificate_bytes(HEAVY[name](linear)), highest=128).outcome
            is not ReplayOutcome.CERTIFIED
        )
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize("part", ["format", "title", "statement", "algorithm", "game", "claim"])
def test_a_missing_or_unknown_part_is_refused(linear, part: str) -> None:
    """Every field is needed, and none may be added."""
    copied = copy.deepcopy(linear)
    del copied[part]
    with pytest.raises(Refused):
        check_certificate(certificate_bytes(copied))
    with pytest.raises(Refused, match="must have the fields"):
        check_certificate(certificate_bytes({**linear, "trust_me": "yes"}))


RAW = {
    "empty": b"",
    "binary": b"\x00\xff\xfe",
    "list": b"[]",
    "deep": b"[" * 200_000,
    "float": b'{"format": "regretcheck certificate 2", "alpha": 0.1}',
    "nan": b'{"format": NaN}',
    "huge exponent": b'{"format": 1e999999999}',
    "million digits": b'{"format": ' + b"7" * 1_000_000 + b"}",
    "twins": b'{"game": 1, "game": 2}',
    "two megabytes": b" " * (2 << 20),
}


@pytest.mark.parametrize("name", sorted(RAW))
def test_bytes_that_are_no_certificate_are_refused(name: str) -> None:
    """Whatever the bytes, the answer is Refused, at once."""
    began = time.perf_counter()
    with pytest.raises(Refused):
        check_certificate(RAW[name])
    assert time.perf_counter() - began < SECONDS


DESCENTS = [
    (["game", "letters", 0, "probability"], "1/3", "sum to 1"),
    (["game", "letters", 0, "probability"], "-1/4", "probability > 0"),
    (["game", "letters", 0, "noise"], ["601"], "mean zero"),
    (["game", "letters", 0, "noise"], ["600", "0"], "coordinates"),
    (["game", "knots"], [{"at": "1", "slope": "0"}, {"at": "0", "slope": "0"}], "increasing"),
    (["game", "knots"], [{"at": "0", "slope": "1"}, {"at": "1", "slope": "0"}], "bounded below"),
    (["game", "knots"], [{"at": "0", "slope": "1"}, {"at": "1", "slope": "1"}], "bounded below"),
    (["game", "knots"], [{"at": "0", "slope": "1"}], "2 to 100 knots"),
    (["game", "horizon"], 60, "steps"),
    (["statement", "lhs"], "Regret(1)", "linear losses"),
    (["statement", "requires"], ["STRONGLY_CONVEX"], "STRONGLY_CONVEX"),
    (["statement", "requires"], ["EXACT_GRADIENTS"], "EXACT_GRADIENTS"),
]


@pytest.mark.parametrize(("path", "value", "says"), DESCENTS, ids=lambda part: str(part)[:40])
def test_noise_and_loss_are_checked(descent, path, value, says: str) -> None:
    """A probability, a mean, a knot or a horizon that is not so refuses the file."""
    with pytest.raises(Refused, match=says):
        check_certificate(certificate_bytes(with_field(descent, path, value)))


@pytest.mark.parametrize(
    "formula",
    ["10 ** 10 ** 10 ** 10", "exp(exp(exp(exp(exp(9)))))", "2 ** (-(10 ** 18))", "t ** t ** t", "1 / 0"],
)
def test_a_number_beyond_measure_takes_no_time(linear, formula: str) -> None:
    """Balls have a fixed precision: towers of powers overflow or are left open, and certify nothing false."""
    began = time.perf_counter()
    answer = check_certificate(
        certificate_bytes(with_field(linear, ["statement", "rhs"], f"1 + abs({formula})"))
    )
    assert answer.outcome is not ReplayOutcome.CERTIFIED
    assert time.perf_counter() - began < SECONDS


def test_every_flip_of_a_digit_is_noticed_or_harmless(linear) -> None:
    """Change one digit anywhere: no file is certified whose replay does not show its own claim."""
    raw = certificate_bytes(linear)
    places = [k for k, byte in enumerate(raw) if chr(byte).isdigit()]
    seen = set()
    for k in places:
        changed = raw[:k] + (b"7" if raw[k : k + 1] != b"7" else b"3") + raw[k + 1 :]
        try:
            answer = check_certificate(changed, highest=128)
        except Refused:
            seen.add("refused")
            continue
        seen.add(answer.outcome.name)
        if answer.outcome is ReplayOutcome.CERTIFIED:
            claim = json.loads(changed)["claim"]
            least, most = (int(a) / int(b) for a, b in (v.split("/") for v in claim.values()))
            low, high = (float(side.strip("[]").split(" ")[0]) for side in (answer.lhs, answer.rhs))
            assert low > least > most > high
    assert {"refused", "REFUTED"} <= seen
