"""Files that are broken, inexact, too large or meant to harm: refused with one sentence, in bounded time."""

import copy
import json
import time

import pytest

from bounds.certify.certificate import dumps
from bounds.certify.checker import Outcome, Refused, check

SECONDS = 5.0
"""A refusal takes milliseconds; this much on a busy machine."""


def with_field(file: dict, path: list, value) -> dict:
    """A copy with one field set."""
    copied = copy.deepcopy(file)
    place = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copied


FIELDS = [
    (["format"], "regretcheck certificate 2", "format"),
    (["game", "kind"], "quantum", "game.kind"),
    (["game", "start"], [1], "game.start"),
    (["game", "start"], ["0.5"], "rational"),
    (["game", "start"], ["1/0"], "rational"),
    (["game", "start"], ["1" * 1_000_000], "rational"),
    (["game", "start"], ["2"], "outside"),
    (["game", "start"], [], "list of 1"),
    (["game", "comparator"], ["3/2"], "outside"),
    (["game", "comparator"], ["0", "0"], "coordinates"),
    (["game", "pattern"], [], "list of 1"),
    (["game", "pattern"], [["1/2"]], "norms"),
    (["game", "pattern"], [["2/5"]] * 30_000, "20000"),
    (["game", "set"], {"box": [["1"], ["-1"]]}, "empty"),
    (["game", "set"], {"segment": [["1"], ["1"]]}, "empty"),
    (["game", "set"], {"ball": "1"}, "game.set"),
    (["game", "horizon"], 0, "whole number"),
    (["game", "horizon"], True, "whole number"),
    (["game", "horizon"], "1", "whole number"),
    (["game", "horizon"], 10**8, "steps"),
    (["game", "horizon"], 10**50, "whole number"),
    (["game", "parameters"], {"alpha": "1"}, "one number for each"),
    (["game", "parameters", "a__b"], "1", "name"),
    (["claim", "lhs_at_least"], "1/10", "no violation"),
    (["statement", "requires"], ["SMOOTH_LOSS"], "SMOOTH_LOSS"),
    (["statement", "rhs"], "__import__('os').system('true')", "no place"),
    (["statement", "rhs"], "open(1)", "no function"),
    (["statement", "rhs"], "exec(1)", "no function"),
    (["statement", "rhs"], "given", "no value"),
    (["statement", "rhs"], "(lambda: 1)()", "no place"),
    (["statement", "rhs"], "[g for g in x]", "vector"),
    (["statement", "rhs"], "alpha.sqrt()", "no place"),
    (["statement", "rhs"], "1.5", "no place"),
    (["statement", "rhs"], "True", "no place"),
    (["statement", "rhs"], "alpha if alpha else 1", "no place"),
    (["statement", "rhs"], "g", "vector"),
    (["statement", "rhs"], "1 +", "no formula"),
    (["statement", "rhs"], "(" * 3000 + "1" + ")" * 3000, "formula"),
    (["statement", "rhs"], "-" * 100 + "1", "60 deep"),
    (["statement", "rhs"], "1+" * 3000 + "1", "4000 characters"),
    (["statement", "rhs"], "SumCoords(g, 2)", "takes 1"),
    (["statement", "rhs"], "Expectation(Supremum(M))", "no function"),
    (["statement", "rhs"], "max()", "takes"),
    # A regret against one point is a lower bound: anywhere but on the left it would prove too much.
    (["statement", "rhs"], "1 - Regret(1)", "only on the left"),
    (["statement", "lhs"], "9 - Regret(1)", "only on the left"),
    (["statement", "lhs"], "Regret(1) + Regret(1)", "only on the left"),
    (["statement", "lhs"], "2 / Regret(1)", "only on the left"),
    (["statement", "letters"], [{"name": "M", "formula": "Regret(1)"}], "only on the left"),
    (["statement", "letters"], [{"name": "M", "formula": "M + 1"}], "defined by itself"),
    (["statement", "letters"], [{"name": "t", "formula": "1"}], "twice"),
    (["statement", "assumptions"], ["gamma"], "no relation"),
    (["algorithm", "point"], "y", "no value"),
    (["algorithm", "lines"], [{"name": "g", "vector": True, "formula": "x"}], "twice"),
    (["algorithm", "lines"], [{"name": "m", "vector": False, "formula": "x"}], "vector"),
    (["algorithm", "lines"], [{"name": "m", "vector": 1, "formula": "x"}], "one of"),
    (["title"], "two\nlines", "one line"),
]


@pytest.mark.parametrize(("path", "value", "says"), FIELDS, ids=lambda part: str(part)[:40])
def test_a_bad_field_is_refused_by_name(linear, path, value, says: str) -> None:
    """One sentence that says what is wrong, quickly, and never a crash."""
    began = time.perf_counter()
    with pytest.raises(Refused, match=says.replace("(", "\\(")):
        check(dumps(with_field(linear, path, value)))
    assert time.perf_counter() - began < SECONDS


def test_a_regret_is_divided_by_what_is_positive_only(linear) -> None:
    """Divided by T it is certified as before; divided by a negative number it is not."""
    positive = with_field(linear, ["statement", "lhs"], "Regret(1) / T")
    assert check(dumps(positive)).outcome is Outcome.CERTIFIED
    negative = with_field(linear, ["statement", "lhs"], "Regret(1) / (T - 3)")
    negative = with_field(negative, ["statement", "rhs"], "-10 * alpha")
    negative = with_field(negative, ["claim"], {"lhs_at_least": "-1/2", "rhs_at_most": "-9"})
    assert check(dumps(negative)).outcome is Outcome.REFUTED


@pytest.mark.parametrize("part", ["format", "title", "statement", "algorithm", "game", "claim"])
def test_a_missing_or_unknown_part_is_refused(linear, part: str) -> None:
    """Every field is needed, and none may be added."""
    copied = copy.deepcopy(linear)
    del copied[part]
    with pytest.raises(Refused):
        check(dumps(copied))
    with pytest.raises(Refused, match="must have the fields"):
        check(dumps({**linear, "trust_me": "yes"}))


RAW = {
    "empty": b"",
    "binary": b"\x00\xff\xfe",
    "list": b"[]",
    "deep": b"[" * 200_000,
    "float": b'{"format": "regretcheck certificate 1", "alpha": 0.1}',
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
        check(RAW[name])
    assert time.perf_counter() - began < SECONDS


DESCENTS = [
    (["game", "letters", 0, "probability"], "1/3", "sum to 1"),
    (["game", "letters", 0, "probability"], "-1/4", "probability > 0"),
    (["game", "letters", 0, "noise"], ["601"], "mean zero"),
    (["game", "letters", 0, "noise"], ["600", "0"], "coordinates"),
    (["game", "knots"], [["1", "0"], ["0", "0"]], "increasing"),
    (["game", "outside"], ["-1", "1"], "bounded below"),
    (["game", "outside"], ["200"], "list of 2"),
    (["game", "horizon"], 60, "steps"),
    (["statement", "lhs"], "Regret(1)", "linear losses"),
    (["statement", "requires"], ["CONVEX_LOSSES"], "CONVEX_LOSSES"),
]


@pytest.mark.parametrize(("path", "value", "says"), DESCENTS, ids=lambda part: str(part)[:40])
def test_noise_and_loss_are_checked(descent, path, value, says: str) -> None:
    """A probability, a mean, a knot or a horizon that is not so refuses the file."""
    with pytest.raises(Refused, match=says):
        check(dumps(with_field(descent, path, value)))


@pytest.mark.parametrize(
    "formula",
    ["10 ** 10 ** 10 ** 10", "exp(exp(exp(exp(exp(9)))))", "2 ** (-(10 ** 18))", "t ** t ** t", "1 / 0"],
)
def test_a_number_beyond_measure_takes_no_time(linear, formula: str) -> None:
    """Balls have a fixed precision: towers of powers overflow or are left open, and certify nothing false."""
    began = time.perf_counter()
    answer = check(dumps(with_field(linear, ["statement", "rhs"], f"1 + abs({formula})")))
    assert answer.outcome is not Outcome.CERTIFIED
    assert time.perf_counter() - began < SECONDS


def test_every_flip_of_a_digit_is_noticed_or_harmless(linear) -> None:
    """Change one digit anywhere: no file is certified whose replay does not show its own claim."""
    raw = dumps(linear)
    places = [k for k, byte in enumerate(raw) if chr(byte).isdigit()]
    seen = set()
    for k in places:
        changed = raw[:k] + (b"7" if raw[k : k + 1] != b"7" else b"3") + raw[k + 1 :]
        try:
            answer = check(changed, highest=128)
        except Refused:
            seen.add("refused")
            continue
        seen.add(answer.outcome.name)
        if answer.outcome is Outcome.CERTIFIED:
            claim = json.loads(changed)["claim"]
            least, most = (int(a) / int(b) for a, b in (v.split("/") for v in claim.values()))
            low, high = (float(side.strip("[]").split(" ")[0]) for side in (answer.lhs, answer.rhs))
            assert low > least > most > high
    assert {"refused", "REFUTED"} <= seen
