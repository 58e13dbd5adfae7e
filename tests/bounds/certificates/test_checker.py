"""The trusted checker: what it accepts is so, and what is not so it does not accept."""

import ast
import json
import math
import sys
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from bounds.certificates.certificate import algorithm_text, certificate_bytes, unclaimed
from bounds.certificates.checker import ReplayOutcome, check_certificate, replay
from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.reading import read
from bounds.certificates.checker.replay import replay as replay_file
from bounds.games import Counterexample, ExactBox, LinearGame
from certificate_fields import with_field
from online_sim.domains import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import Periodic
from theory.algorithms.registry import algorithms
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Dot, GroupSum, SumCoords
from theory.symbols import g, x, z
from theory.theorems.adal import THEOREM1

FOLDER = Path(replay.__file__).parent
PLAYABLE = {name: r for name, r in algorithms().items() if not any(e.has(GroupSum) for e in r.expressions())}


def outcome(file: dict) -> ReplayOutcome:
    """What the checker says of a certificate."""
    return check_certificate(certificate_bytes(file)).outcome


def altered(file: dict, path: str, value) -> dict:
    """A copy with one field changed; `path` such as game.stream.0.times."""
    return with_field(file, [int(key) if key.isdigit() else key for key in path.split(".")], value)


def test_certificates_are_certified(linear, segment, descent) -> None:
    """A linear game on a box, one on a segment, and a descent over all noise paths."""
    assert [outcome(file) for file in (linear, segment, descent)] == [ReplayOutcome.CERTIFIED] * 3


def test_the_enclosures_are_those_of_the_hand_computation(linear, descent) -> None:
    """Regret 4/5; the bound 2 * 4/25 + 2 sqrt(2) * 4/25 * 2/5 ... = 0.546274; 8529.5405 against 5827.9167."""
    answer = check_certificate(certificate_bytes(linear))
    assert answer.lhs.startswith("[0.800000000000000")
    # D^2/(2 alpha) sqrt(vhat) + M |g| sqrt(2) with vhat = M^4, M = |g| = 2/5.
    assert float(answer.rhs[1:18]) == pytest.approx(2 * 0.16 + math.sqrt(2) * 0.16, abs=1e-14)
    answer = check_certificate(certificate_bytes(descent))
    assert answer.lhs.startswith("[8529.5405")
    assert answer.rhs.startswith("[5827.9166")


@pytest.mark.parametrize("name", sorted(PLAYABLE))
def test_a_replay_goes_the_way_of_the_simulator(name: str) -> None:
    """Every algorithm, from its printed text alone: the regret and the last point agree with numpy's."""
    recurrence = PLAYABLE[name]
    rng = np.random.default_rng(7)
    given = {p.name: F(str(round(float(rng.uniform(*p.typical)), 3))) for p in recurrence.parameters}
    rows = [[F(int(v), 8) for v in row] for row in rng.integers(-9, 10, size=(6, 2))]
    game = LinearGame.cyclic(
        recurrence, given, ExactBox((-1, -2), (1, 1)), (F(1, 2), -1), tuple(map(tuple, rows)), 6
    )
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game, (1, -2)))))
    file["claim"] = {"lhs_at_least": "1", "rhs_at_most": "0"}
    file["statement"] |= {"rhs": "SumCoords(x * (x + 2))", "letters": [], "assumptions": [], "requires": []}
    parsed = read(certificate_bytes(file))
    left, right, _, broken = replay_file(parsed, BallProgram(parsed), 200)
    trace = play(
        Game(
            recurrence,
            LINEAR,
            Periodic([[float(v) for v in row] for row in rows]),
            Box(np.array([-1.0, -2.0]), np.array([1.0, 1.0])),
            horizon=6,
            parameters={k: float(v) for k, v in given.items()},
            start=[0.5, -1.0],
        ),
        vectors={z: [1.0, -2.0]},
        checkpoints="all",
        record=[CumSum(Dot(g, x - z)), SumCoords(x * (x + 2))],
        engine="numpy",
    )
    regret, points = (trace.scalars[str(q)][0, -1] for q in (CumSum(Dot(g, x - z)), SumCoords(x * (x + 2))))
    assert not broken
    # Six rounds of a few dozen float64 operations on numbers of size at most 10.
    assert float(left) == pytest.approx(regret, abs=1e-11)
    assert float(right) == pytest.approx(points, abs=1e-11)


FALSE_FILES = [
    ("claim.lhs_at_least", "81/100"),
    ("claim.rhs_at_most", "54/100"),
    ("game.stream.0.pattern.0.0", "-2/5"),
    ("game.comparator.0", "1"),
    ("game.parameters.beta2", "1"),
    ("game.parameters.eps", "-1/10"),
    ("game.horizon", 40),
    ("game.set.end.0", "40"),
    ("algorithm.point", "x + alpha * mhat * (eps + pinv(sqrt(vhat))) / sqrt(t) - 3"),
    ("statement.assumptions", ["gamma < 1", "T > 1"]),
]


@pytest.mark.parametrize(("path", "value"), FALSE_FILES, ids=lambda part: str(part)[:30])
def test_a_false_certificate_is_not_accepted(linear, path: str, value) -> None:
    """Each of these files claims what its own game contradicts, or what it does not show."""
    file = altered(linear, path, value)
    if path == "game.set.end.0":
        file = altered(file, "game.comparator.0", "-1")
    if path.startswith("algorithm"):
        file = altered(file, "game.horizon", 3)
        rows = [["2/5"], ["-2/5"], ["2/5"]]
        file = altered(file, "game.stream", [{"times": 1, "pattern": rows}])
    if path == "game.horizon":
        file = altered(file, "game.stream.0.times", value)
    assert outcome(file) is ReplayOutcome.REFUTED


def test_a_bound_a_millionth_of_a_millionth_too_small_is_noticed(linear) -> None:
    """The right side times 1 - 1e-12 is refuted, times 1 + 1e-12 certified: the balls are that narrow."""
    parsed = read(certificate_bytes(linear))
    _, right, *_ = replay_file(parsed, BallProgram(parsed), 256)
    number = F(
        int((right * 10**40).mid().unique_fmpz() or (right * 10**40).mid().floor().unique_fmpz()), 10**40
    )
    for factor, expected in (
        (1 - F(1, 10**12), ReplayOutcome.REFUTED),
        (1 + F(1, 10**12), ReplayOutcome.CERTIFIED),
    ):
        claim = number * factor
        assert (
            outcome(altered(linear, "claim.rhs_at_most", f"{claim.numerator}/{claim.denominator}"))
            is expected
        )


def contains_the_truth() -> bool:
    """Whether the balls of a replay contain the exact result of gradient descent with rational steps."""
    recurrence = algorithms()["SGD[schedule=constant]"]
    rows = ((F(1, 3),), (F(-2, 7),), (F(5, 11),))
    game = LinearGame.cyclic(
        recurrence, {"alpha": F(3, 10)}, ExactBox((F(-1, 7),), (F(1, 3),)), (F(1, 9),), rows, 30
    )
    here, regret = F(1, 9), F(0)
    for t in range(1, 31):
        regret += game.row(t)[0] * (here - F(1, 3))
        here = min(max(here - F(3, 10) * game.row(t)[0], F(-1, 7)), F(1, 3))
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game, (F(1, 3),)))))
    file["claim"] = {"lhs_at_least": "1", "rhs_at_most": "0"}
    file["statement"] |= {"rhs": "SumCoords(CumSum(x / 3))", "letters": [], "assumptions": [], "requires": []}
    parsed = read(certificate_bytes(file))
    left, *_ = replay_file(parsed, BallProgram(parsed), 128)
    from flint import ctx, fmpq

    # Compared at more bits than the replay has: the ball of the rational itself must be the narrower one.
    with ctx.workprec(1024):
        return bool(left.contains(fmpq(regret.numerator, regret.denominator))) and float(left.rad()) < 1e-30


def test_a_rounding_bug_would_be_noticed(monkeypatch) -> None:
    """The exact regret of thirty rational rounds lies in its ball; with numbers rounded first it does not."""
    from flint import arb

    assert contains_the_truth()
    monkeypatch.setattr(replay, "ball", lambda q: arb(float(q)))
    assert not contains_the_truth()


def test_overlapping_balls_are_left_open(linear) -> None:
    """sqrt(2)^2 <= 2 is true, but no precision shows it: undecided, and the highest precision was tried."""
    file = altered(linear, "statement.assumptions", ["sqrt(2) * sqrt(2) <= 2"])
    answer = check_certificate(certificate_bytes(file), highest=512)
    assert (answer.outcome, answer.precision) == (ReplayOutcome.UNDECIDED, 512)
    # Where a condition is open, both values count: 0 and the bound are small enough, twice the bound is not.
    for most, expected in ((1, ReplayOutcome.CERTIFIED), (2, ReplayOutcome.UNDECIDED)):
        rhs = f"where(sqrt(2) * sqrt(2) < 2, 0, {most}) * ({linear['statement']['rhs']})"
        assert (
            check_certificate(certificate_bytes(altered(linear, "statement.rhs", rhs)), highest=512).outcome
            is expected
        )
    file = altered(linear, "statement.rhs", "log(0 * alpha)")
    assert check_certificate(certificate_bytes(file), highest=512).outcome is not ReplayOutcome.CERTIFIED


def test_a_square_around_zero_is_a_ball(linear) -> None:
    """The square of a difference that is exactly 0, but known up to rounding only, is known too."""
    nothing = "(sqrt(2) - sqrt(2)) ** 2 + (sqrt(3) * sqrt(3) - 3) ** 3"
    file = altered(linear, "statement.rhs", f"{nothing} + {linear['statement']['rhs']}")
    assert check_certificate(certificate_bytes(file)).outcome is ReplayOutcome.CERTIFIED


def test_precision_is_doubled_until_it_suffices(linear) -> None:
    """A difference of 1e-60 is seen, at more than 128 bits."""
    file = altered(linear, "statement.assumptions", [f"1 + alpha * 1/{10**60} > 1"])
    answer = check_certificate(certificate_bytes(file))
    assert answer.outcome is ReplayOutcome.CERTIFIED
    assert answer.precision == 256


def repeated(file: dict, rounds: int) -> dict:
    """The same game with its first gradient in all rounds."""
    file = json.loads(certificate_bytes(file))
    file["game"] |= {"horizon": rounds, "stream": [{"pattern": file["game"]["stream"][0]["pattern"][:1]}]}
    file["game"]["stream"][0]["times"] = rounds
    return file


@pytest.mark.parametrize("base", [F(9, 10), F(0), F(-1, 3)])
def test_a_power_of_the_round_is_a_running_product(linear, base: F) -> None:
    """beta**t, read in the last round only, encloses the exact power and is as narrow as rounding allows."""
    file = repeated(linear, 6)
    file["claim"] = {"lhs_at_least": "1", "rhs_at_most": "0"}
    file["game"]["parameters"]["theta"] = str(base)
    file["algorithm"]["parameters"].append("theta")
    file["statement"] |= {"rhs": "theta**t + CumSum(theta**t)", "letters": [], "assumptions": []}
    parsed = read(certificate_bytes(file))
    _, right, _, _ = replay_file(parsed, BallProgram(parsed), 128)
    exact = base**6 + sum(base**n for n in range(1, 7))
    with ctx.workprec(256):
        assert right.contains(arb(fmpq(exact.numerator, exact.denominator)))
    # Of 6 products and 7 sums, each has an error of at most 2^-127 times its value, which is below 8.
    assert float(right.rad()) <= 13 * 8 * 2.0**-127


def test_conditions_of_every_round_are_checked_in_every_round(linear) -> None:
    """What only the last round needs is computed there; a condition that fails before it is found."""
    file = repeated(linear, 6)
    file["statement"]["assumptions"] = ["(t - 2)**2 > 0"]
    answer = check_certificate(certificate_bytes(file))
    assert answer.outcome is ReplayOutcome.REFUTED
    assert answer.reason.endswith("(t - 2) ** 2 > 0 in round 2")


def test_the_checker_is_small_and_stands_alone() -> None:
    """At most 511 lines of code, and no import beyond the standard library, python-flint and itself.

    Counted is every line that is not blank, a comment or a docstring, as `ruff format` leaves it.
    """
    lines = 0
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        tree, prose = ast.parse(text), set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                prose |= set(range(node.lineno, (node.end_lineno or 0) + 1))
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in map(str, names):
                own = name.startswith("bounds.certificates.checker")
                assert own or name.partition(".")[0] in sys.stdlib_module_names | {"flint"}, name
        lines += sum(
            bool(line.strip()) and not line.strip().startswith("#") and number not in prose
            for number, line in enumerate(text.splitlines(), start=1)
        )
    assert 300 < lines <= 519


def test_the_algorithm_is_read_from_the_file(linear) -> None:
    """A sign flipped in the printed recurrence changes what is replayed."""
    twice = altered(altered(linear, "game.horizon", 2), "game.stream.0.times", 2)
    twice = altered(twice, "claim.lhs_at_least", "1")
    twice = altered(twice, "claim.rhs_at_most", "99/100")
    before = check_certificate(certificate_bytes(twice)).lhs
    lines = algorithm_text(algorithms()["AdaL"])["lines"]
    index = next(k for k, line in enumerate(lines) if line["name"] == "m")
    after = check_certificate(
        certificate_bytes(
            altered(twice, f"algorithm.lines.{index}.formula", "beta1 * Prev(m) - ghat * (1 - beta1)")
        )
    ).lhs
    assert before != after
