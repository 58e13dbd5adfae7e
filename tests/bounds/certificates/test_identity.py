"""Whose statement a certificate holds: content decides, names are plain, no file breaks the examination."""

import copy
import json
import time

import pytest

from bounds.certificates.binding import Bound, bind
from bounds.certificates.certificate import certificate_bytes
from bounds.certificates.checker import Refused, ReplayOutcome, check_certificate
from bounds.certificates.verification import verify_certificate
from certificate_fields import with_field, with_rounds
from theory.theorems.registry import theorems


def letter(file: dict, name: str, formula: str) -> bytes:
    """The same certificate with another meaning of a letter."""
    changed = copy.deepcopy(file)
    next(u for u in changed["statement"]["letters"] if u["name"] == name)["formula"] = formula
    return certificate_bytes(changed)


FIRST = "CumSum(where(t < 2, vhat, 0))"


@pytest.mark.parametrize(
    ("formula", "meaning"),
    [
        (FIRST, "vhat_1"), ("CumSum( where((t) < 2, vhat, 0) )", "vhat_1"), ("1", "1"), ("600 / 7", "600/7"),
        ("(4/2)", "2"),
    ],
)  # fmt: skip
def test_the_readers_letter_is_vhat_1_or_a_positive_rational(descent, formula: str, meaning: str) -> None:
    """Theorem 2 leaves vhat_0 open; what was taken for it is told."""
    found = bind(letter(descent, "vhat_0", formula))
    assert (found.bound, dict(found.chosen)) == (Bound.STATED, {"vhat_0": meaning})


@pytest.mark.parametrize(
    "formula",
    [
        f"exp(1000 * T) + {FIRST}", f"{FIRST} + 0", "10 ** 9", "0", "-1", "-1 / 2", "1 / 0", "vhat", "T",
        "pi", "0 * alpha + 1", "1 + 1", "CumSum(where(t < 2, v, 0))", "CumSum(where(t < 3, vhat, 0))",
    ],
)  # fmt: skip
def test_any_other_letter_is_an_alteration(descent, formula: str) -> None:
    """Not even one of the same value: the reader chooses a number or the package's meaning."""
    found = bind(letter(descent, "vhat_0", formula))
    assert (found.bound, found.differences) == (Bound.ALTERED, ("statement.letters.vhat_0",))
    assert not verify_certificate(letter(descent, "vhat_0", formula), highest=128).accepted


def test_a_letter_that_is_not_the_readers_is_compared(descent) -> None:
    """gamma is the theorem's."""
    assert bind(letter(descent, "gamma", "beta1**2/beta2")).bound is Bound.STATED
    assert bind(letter(descent, "gamma", "1/2")).differences == ("statement.letters",)
    more = copy.deepcopy(descent)
    more["statement"]["letters"].append({"name": "u", "formula": "-" * 500 + "1"})
    assert bind(certificate_bytes(more)).differences == ("statement.letters",)


ALTERED = [
    (["statement", "reading"], "Z", "statement.reading"),
    (["statement", "lhs"], "Regret(1 + 0)", "statement.lhs"),
    (["statement", "assumptions"], [], "statement.assumptions"),
    (["statement", "requires"], [], "statement.requires"),
    (["algorithm", "ranges"], ["alpha > 0"], "algorithm.ranges"),
    (["algorithm", "point"], "x", "algorithm.point"),
    (["algorithm", "metric"], "1", "algorithm.metric"),
    (["algorithm", "lines", 1, "vector"], False, "algorithm.lines"),
    (["algorithm", "name"], "AdaL[norm=group]", "algorithm"),
]


@pytest.mark.parametrize(("path", "value", "differs"), ALTERED, ids=lambda part: str(part)[:40])
def test_other_content_under_a_known_name_is_altered(linear, path, value, differs) -> None:
    """Each part is compared; an algorithm that no file can hold is none that this file holds."""
    found = verify_certificate(certificate_bytes(with_field(linear, path, value)))
    assert not found.accepted
    assert found.binding is not None
    assert (found.binding.bound, found.binding.differences) == (Bound.ALTERED, (differs,))


def test_blanks_and_parentheses_are_no_alteration(linear) -> None:
    """Formulas are compared as mathematics."""
    for key in ("lhs", "rhs"):
        spaced = "( " + linear["statement"][key].replace("*", " *  ").replace(" *   *  ", "**") + ")"
        assert bind(certificate_bytes(with_field(linear, ["statement", key], spaced))).bound is Bound.STATED


def test_a_foreign_statement_is_accepted_as_foreign_only(linear) -> None:
    """The replay certifies it; whose it is says `foreign`."""
    own = verify_certificate(certificate_bytes(with_field(linear, ["statement", "theorem"], "nobody.knows")))
    assert (own.accepted, own.foreign) == (True, True)
    other = verify_certificate(certificate_bytes(with_field(linear, ["algorithm", "name"], "AdaL, mine")))
    assert (other.accepted, other.foreign) == (True, True)
    assert not verify_certificate(certificate_bytes(linear)).foreign


NAMES = ["adal.theorem1\u200b", "\u0430dal.theorem1", "adal.theorem1 ", "adal\u2024theorem1",
         "a\x1b[2Jb", "a\nb", "", "adal.theorem\uff11", "\ud800", "x" * 300]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("path", [["statement", "theorem"], ["statement", "reading"], ["algorithm", "name"]])
def test_names_are_plain_ascii(linear, path, name: str) -> None:
    """Zero-width characters, look-alikes and control characters are refused, and shown as their numbers."""
    raw = json.dumps(with_field(linear, path, name)).encode()
    with pytest.raises(Refused) as refused:
        check_certificate(raw)
    assert ".".join(path) in str(refused.value)
    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()
    assert verify_certificate(raw).problem.startswith("refused: ")


@pytest.mark.parametrize("name", ["a b", "a  b", " a", "a ", "SGD\u00a0with", "SGD\twith"], ids=ascii)
def test_an_algorithm_has_single_blanks(linear, name: str) -> None:
    """Two names that look alike on a terminal are one name."""
    raw = json.dumps(with_field(linear, ["algorithm", "name"], name)).encode()
    if name == "a b":
        assert check_certificate(raw).outcome is ReplayOutcome.CERTIFIED
    else:
        with pytest.raises(Refused, match=r"algorithm\.name"):
            check_certificate(raw)


def test_the_packages_names_are_plain() -> None:
    """Every theorem and reading of this package can be named in a file."""
    for theorem in theorems().values():
        for text in (theorem.id, *(reading.key for reading in theorem.readings)):
            assert text.isascii()
            assert text.replace(".", "_").isidentifier()


def nested(depth: int) -> str:
    """A list in a list in a list."""
    return "[" * depth + "]" * depth


def changed(file: dict, path: list, value: str) -> bytes:
    """The bytes of a file with another field."""
    return certificate_bytes(with_field(file, path, value))


UGLY = {
    "unknown node": lambda file: changed(file, ["algorithm", "name"], "AdaL[norm=group]"),
    "infinite ball": lambda file: changed(file, ["statement", "rhs"], "log(0 * alpha)"),
    "undefined left side": lambda file: changed(file, ["statement", "lhs"], "Regret(1 / 0)"),
    "surrogate": lambda file: json.dumps(with_field(file, ["title"], "\ud800")).encode(),
    "direction": lambda file: json.dumps(with_field(file, ["title"], "a\u202eb")).encode(),
    "long number": lambda file: certificate_bytes(with_field(file, ["statement", "rhs"], "0x" + "f" * 3990)),
    "huge exponent": lambda file: certificate_bytes(with_field(file, ["statement", "rhs"], "2 ** 10 ** 99")),
    "warning": lambda file: certificate_bytes(with_field(file, ["statement", "rhs"], "1if 1else 2")),
    "unused deep letter": lambda file: certificate_bytes(
        with_field(file, ["statement", "letters"],
                   [*file["statement"]["letters"], {"name": "u", "formula": "-" * 900 + "1"}])
    ),
    **{
        f"depth {n}": lambda file, n=n: (
            json.dumps(file).replace('"title": ""', f'"title": {nested(n)}').encode()
        )
        for n in (10, 300, 900, 940, 960, 970, 980, 990, 1000, 100_000)
    },
}  # fmt: skip


@pytest.mark.parametrize("name", UGLY)
def test_no_file_breaks_the_examination(linear, name: str) -> None:
    """Whatever is wrong with a file, it gets an outcome and one printable sentence."""
    found = verify_certificate(UGLY[name](linear))
    assert not found.accepted
    assert found.problem.isprintable()
    assert "breaks the examination" not in found.problem


def test_what_breaks_the_checker_all_the_same_is_refused(linear, monkeypatch) -> None:
    """The net below: a fault of the examination costs the one file its certificate."""
    monkeypatch.setattr("bounds.certificates.verification.bind", lambda raw: {}["missing"])
    found = verify_certificate(certificate_bytes(linear))
    assert (found.answer, found.binding) == (None, None)
    assert found.problem == "refused: it breaks the examination (KeyError)"


def heavy(file: dict, **changes) -> dict:
    """A file that asks for much."""
    changed = with_rounds(file, changes.get("horizon", file["game"]["horizon"]))
    changed["algorithm"]["lines"] += changes.get("lines", [])
    changed["statement"]["assumptions"] += changes.get("assumptions", [])
    return changed


OPEN = "sqrt(2) * sqrt(2) <= 2 + 0 * SumCoords(x)"


def test_a_long_replay_is_refused_in_time(linear, descent) -> None:
    """Work is bounded before it is done: rounds, lines, paths, and all precisions together."""
    began = time.perf_counter()
    dear = "+".join(f"exp(sin({k} + Prev(y) / 1000))" for k in range(60))
    line = {"name": "y", "vector": False, "formula": dear}
    with pytest.raises(Refused, match=r"too long to replay .* shorter game or raise `--work`"):
        check_certificate(certificate_bytes(heavy(linear, horizon=10**6, lines=[line])))
    for rounds in (25, 60, 10**6, 10**8):
        with pytest.raises(Refused, match="too long to replay"):
            check_certificate(certificate_bytes(heavy(descent, horizon=rounds)))
    assert time.perf_counter() - began < 10


def test_work_counts_every_precision(linear) -> None:
    """A file that stays open is given up where the next precision costs more than is left."""
    file = with_field(linear, ["statement", "assumptions"], ["gamma < 1", OPEN])
    free = check_certificate(certificate_bytes(file))
    assert (free.outcome, free.precision) == (ReplayOutcome.UNDECIDED, 2048)
    bound = check_certificate(certificate_bytes(file), work=2_000)
    assert bound.outcome is ReplayOutcome.UNDECIDED
    assert bound.precision < 2048
    assert bound.reason.endswith("more bits take too long")


@pytest.mark.parametrize("formula", ["where(t < 2, 3, Prev(y) ** 16)", "where(t < 2, 1/3, Prev(y) ** 2)"])
def test_numbers_with_endless_exponents_are_refused(linear, formula: str) -> None:
    """A square of a square takes longer in each round; the replay stops where it begins to cost."""
    began = time.perf_counter()
    line = {"name": "y", "vector": False, "formula": formula}
    with pytest.raises(Refused, match="too long to replay"):
        check_certificate(certificate_bytes(heavy(linear, horizon=300_000, lines=[line])))
    assert time.perf_counter() - began < 5
