"""What a certificate must show: conditions in every round on every path, and whose path the two sides are."""

import copy

import pytest

from bounds.certificates.certificate import certificate_bytes
from bounds.certificates.checker import Answer, Refused, ReplayOutcome, check_certificate, replay
from certificate_fields import with_rounds


def asked(file: dict, *, claim: tuple[str, str] | None = None, rounds: int = 0, **statement) -> Answer:
    """What the checker says of a file with other parts of its statement, another claim and horizon."""
    changed = with_rounds(file, rounds or file["game"]["horizon"])
    changed["statement"] |= {"theorem": "own.statement", **statement}
    if claim is not None:
        changed["claim"] = dict(zip(("lhs_at_least", "rhs_at_most"), claim, strict=True))
    return check_certificate(certificate_bytes(changed), highest=256)


SIDES = {"lhs": "2", "rhs": "1", "letters": [], "requires": [], "claim": ("2", "1")}


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        ("t > 1", "in round 1"),
        ("t < 3", "in round 3"),
        ("where(t < 3, x, 5) < 2", "in round 3"),
        ("Prev(t) < 2", "in round 3"),
        ("Expectation(t) < 2", "in round 2"),
        ("Supremum(CumSum(1)) <= 3", "in round 4"),
    ],
)
def test_a_condition_must_hold_in_every_round(linear, condition: str, where: str) -> None:
    """One that fails in any round refutes the file, and the round is named; it may hold at the end."""
    answer = asked(linear, rounds=4, assumptions=[condition], **SIDES)
    assert answer.outcome is ReplayOutcome.REFUTED
    assert answer.reason == f"a condition does not hold: {condition} {where}"
    assert asked(linear, rounds=4, assumptions=["t < 5", "1 < 2"], **SIDES).outcome is ReplayOutcome.CERTIFIED


def test_an_open_condition_in_an_early_round_is_undecided(linear) -> None:
    """Undefined in round 1 only: no certificate, and the round is named."""
    answer = asked(linear, rounds=3, assumptions=["1 / (t - 1) < 2"], **SIDES)
    assert answer.outcome is ReplayOutcome.UNDECIDED
    assert answer.reason.startswith("a condition is open: 1 / (t - 1) < 2 in round 1")


def test_a_condition_on_parameters_names_no_round(linear) -> None:
    """Such a condition is tested once, before the first round."""
    answer = asked(linear, rounds=3, assumptions=["alpha < 1"], **SIDES)
    assert answer.reason == "a condition does not hold: alpha < 1"


def test_a_condition_must_hold_on_every_path(descent) -> None:
    """The noise is 600 with its first letter, -200 with its second: a bound breaks on one path or another."""
    first = asked(descent, rounds=1, assumptions=["g >= 600"], **SIDES)
    assert first.reason == "a condition does not hold: g >= 600 in round 1 on the path of letters 2"
    second = asked(descent, rounds=1, assumptions=["g < 600"], **SIDES)
    assert second.reason == "a condition does not hold: g < 600 in round 1 on the path of letters 1"
    both = asked(descent, rounds=1, assumptions=["g <= 600", "g >= -200"], **SIDES)
    assert both.outcome is ReplayOutcome.CERTIFIED
    # An expectation is one number for all paths; beside it the noise of every path counts.
    mixed = asked(descent, rounds=1, assumptions=["g <= Expectation(SumCoords(g)) + 599"], **SIDES)
    assert mixed.outcome is not ReplayOutcome.CERTIFIED
    wide = asked(descent, rounds=1, assumptions=["g <= Expectation(SumCoords(g)) + 601"], **SIDES)
    assert wide.outcome is ReplayOutcome.CERTIFIED


PLAIN = {"rhs": "0", "letters": [], "requires": [], "assumptions": []}


def test_a_statement_about_each_path_is_refuted_by_one(descent) -> None:
    """g_1 <= 0 on every path: the path of letter 1 breaks it, whichever place its letter has in the file."""
    for letters in (descent["game"]["letters"], descent["game"]["letters"][::-1]):
        changed = copy.deepcopy(descent)
        changed["game"]["letters"] = letters
        answer = asked(changed, rounds=1, lhs="SumCoords(g)", claim=("600", "0"), **PLAIN)
        assert answer.outcome is ReplayOutcome.CERTIFIED
        place = 1 + next(k for k, u in enumerate(letters) if u["noise"] == ["600"])
        assert answer.reason.endswith(f"on the path of letters {place}")
        # A claim about the other path is about a path too, where the statement breaks it by less.
        less = asked(
            changed, rounds=1, lhs="SumCoords(g)", claim=("-200", "-300"), **{**PLAIN, "rhs": "-300"}
        )
        assert less.outcome is ReplayOutcome.CERTIFIED
        more = asked(changed, rounds=1, lhs="SumCoords(g)", claim=("601", "0"), **PLAIN)
        assert more.outcome is ReplayOutcome.REFUTED


def test_both_sides_are_of_one_path(descent) -> None:
    """g <= g holds on each path, though the largest g exceeds the smallest."""
    answer = asked(
        descent, rounds=1, lhs="SumCoords(g)", claim=("600", "-200"), **{**PLAIN, "rhs": "SumCoords(g)"}
    )
    assert answer.outcome is ReplayOutcome.REFUTED


@pytest.mark.parametrize(
    ("lhs", "rhs", "claim", "certified"),
    [
        # An expectation is 0: on the path of letter 2 it exceeds g = -200, on the other it does not.
        ("Expectation(SumCoords(g))", "SumCoords(g)", ("-1", "-199"), False),
        ("SumCoords(g)", "Expectation(SumCoords(g))", ("599", "1"), False),
        ("SumCoords(g)", "Expectation(SumCoords(g)) - 300", ("-201", "-299"), True),
        ("Supremum(SumCoords(g)) + 1", "SumCoords(g)", ("601", "6001/10"), True),
        # A choice between expectations counts as it is made on all paths, or is open.
        ("where(t < 2, Expectation(SumCoords(g)) + 1, 0)", "0", ("1/2", "1/4"), True),
        ("where(g > 0, Expectation(SumCoords(g)) + 1, 0)", "0", ("1/2", "1/4"), False),
        ("where(g > 0, Expectation(SumCoords(g)) + 1, 2)", "0", ("1/2", "1/4"), True),
        # The first value of f is the same on all paths.
        ("Expectation(SumCoords(g)) + 1", "f", ("1/2", "1/4"), True),
    ],
)
def test_beside_an_expectation_every_path_counts(descent, lhs, rhs, claim, certified) -> None:
    """What stands outside Expectation and Supremum may be that of any path: the claim must hold on all."""
    answer = asked(descent, rounds=1, lhs=lhs, claim=claim, **{**PLAIN, "rhs": rhs})
    assert (answer.outcome is ReplayOutcome.CERTIFIED) == certified
    assert "on the path" not in answer.reason


def test_suprema_and_expectations_of_a_condition_are_over_all_paths(descent) -> None:
    """Round by round: the largest g is 600, its mean 0, whatever comes after."""
    for condition, outcome in (
        ("Supremum(SumCoords(g) - SumCoords(df)) <= 601", ReplayOutcome.CERTIFIED),
        ("Supremum(SumCoords(g) - SumCoords(df)) < 599", ReplayOutcome.REFUTED),
        ("abs(Expectation(SumCoords(g - df))) < 1/1000", ReplayOutcome.CERTIFIED),
        ("Expectation(SumCoords(g - df)) > 1/1000", ReplayOutcome.REFUTED),
    ):
        assert asked(descent, rounds=3, assumptions=[condition], **SIDES).outcome is outcome


def test_a_linear_loss_has_a_value(linear) -> None:
    """f_t(x_t) = <g_t, x_t>: an algorithm that reads it is played; what no linear loss has is refused."""
    base = copy.deepcopy(linear)
    base["algorithm"]["point"] = "x - f / 2"
    answer = asked(base, rounds=2, lhs="SumCoords(x)", claim=("79/100", "0"), **PLAIN)
    assert answer.outcome is ReplayOutcome.CERTIFIED  # x_2 = 1 - (2/5) / 2
    assert answer.lhs.startswith("[0.8000000000000")
    for letter in ("f_star", "df", "L"):
        with pytest.raises(Refused, match=f"no '{letter}'"):
            asked(linear, lhs="2", claim=("2", "1"), **{**PLAIN, "rhs": letter})
    with pytest.raises(Refused, match="one of the game's own"):
        asked(linear, **{**SIDES, "letters": [{"name": "f", "formula": "3"}]}, assumptions=[])


def test_a_careless_checker_would_be_noticed(linear, monkeypatch) -> None:
    """The control: one that holds conditions in the last round alone accepts what the first round breaks."""
    note = replay.note

    def careless(broken, texts, held, n=0, path=""):
        if n in (0, 4):
            note(broken, texts, held, n, path)

    assert asked(linear, rounds=4, assumptions=["t > 1"], **SIDES).outcome is ReplayOutcome.REFUTED
    monkeypatch.setattr(replay, "note", careless)
    assert asked(linear, rounds=4, assumptions=["t > 1"], **SIDES).outcome is ReplayOutcome.CERTIFIED
