"""The linear minimisation oracle: one node, the same on every engine, and refused where there is none."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from sympy import Integer

from bounds import certify, falsify
from bounds.evaluate import check
from bounds.games import Block, Counterexample, ExactBox, LinearGame
from bounds.prover.prove import prove
from bounds.verdict import Verdict
from levels import mostly_slow
from online_sim import Box, Game, L1Ball, L2Ball, Simplex, constant, play
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.oracles import DIRECTION, SIMPLEX
from online_sim.engines.conformance import check_engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.torch_engine import TorchEngine
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.order import order
from theory.printing.latex import latex
from theory.quantities import LinearMinimiser, SumCoords
from theory.recurrence import Recurrence
from theory.scaling import inhomogeneous
from theory.source import Source
from theory.statement import Reading
from theory.symbols import T, Vector, g, x, z
from theory.theorems.bubeck import FRANK_WOLFE_SET, THEOREM3_8_SET
from theory.theorems.shared import regret_bound

y = Vector("y")
SETS = {
    "box": Box([-1.0, 0.0, 2.0], [1.0, 3.0, 5.0]),
    "simplex": Simplex(3, 2.0),
    "l1 ball": L1Ball(3, 2.0, [1.0, 0.0, -1.0]),
    "l2 ball": L2Ball(3, 2.0, [1.0, 0.0, -1.0]),
}
ON_SETS = pytest.mark.parametrize("domain", SETS.values(), ids=SETS)
ASKING = Recurrence(
    "asking", Source("bubeck2015", "section 3.3"), (), ((y, LinearMinimiser(g)),), x + 0 * g, Integer(1)
)
"""It stays where it is and asks."""
TURNS = np.array(
    [
        [1, 2, 3],
        [-1, 5, 0],
        [0, 0, 0],
        [2, 2, 2],
        [-3, 3, 0],
        [1, 1, 4],
        [1e-200, -3e-200, 0],
        [1e200, 3e200, 0],
    ],
    float,
)
"""Directions with ties, with zeros, and with squares out of the range of floats."""


def asked(domain):
    """The directions, and the answers."""
    game = Game(ASKING, LINEAR, ArrayStream(TURNS), domain, horizon=len(TURNS))
    return play(game, record=[y], checkpoints="all", engine="numpy")[y]


@ON_SETS
def test_the_oracle_minimises(domain):
    """Against the support function of the set, which shares no code with the formula."""
    for direction, point in zip(TURNS, asked(domain), strict=True):
        size = float(np.max(np.abs(direction))) or 1.0
        assert domain.contains(point, tolerance=1e-14)
        assert direction / size @ point == pytest.approx(-domain.support(-direction / size), abs=1e-12)


def test_ties_go_to_the_centre_of_the_face():
    """Whichever engine plays; 0 is a tie of all."""
    assert asked(SETS["box"])[1] == pytest.approx([1, 0, 3.5])
    assert asked(SETS["simplex"])[[2, 3, 5]] == pytest.approx(np.array([[2, 2, 2], [2, 2, 2], [3, 3, 0]]) / 3)
    assert asked(SETS["l1 ball"])[[2, 4]] == pytest.approx(np.array([[1, 0, -1], [2, -1, -1]]))
    assert asked(SETS["l2 ball"])[2] == pytest.approx([1, 0, -1])


def two_compiled(number, name, engine):
    """Whether a plain test plays it: with torch every set, compiled those whose face is a choice."""
    return isinstance(engine, TorchEngine) or name in {"box", "simplex"}


@pytest.mark.parametrize(
    ("name", "engine"),
    mostly_slow(product(SETS, [NumbaEngine(), TorchEngine()]), two_compiled),
    ids=lambda value: getattr(value, "name", value),
)
def test_engines_agree(name, engine):
    """Frank and Wolfe's steps on each engine against the reference."""
    domain = SETS[name]
    stream = ArrayStream(np.random.default_rng(0).normal(size=(40, 3)))
    assert check_engine(engine, Game(FRANK_WOLFE_SET, QUADRATIC, stream, domain, horizon=40), [y]) <= 1


def test_a_wrong_oracle_is_found(monkeypatch):
    """Must-fail control: the vertices at the largest c_i instead of the smallest."""
    domain = Simplex(3, 2.0)
    wrong = tuple(e.xreplace({DIRECTION: -DIRECTION}) for e in SIMPLEX)
    monkeypatch.setattr("online_sim.domains.oracles.SIMPLEX", wrong)
    with pytest.raises(AssertionError):
        test_the_oracle_minimises(domain)


@ON_SETS
def test_theorem_3_8_holds_on_every_set_with_an_oracle(domain):
    """Against the best point; a thousandth of the bound is violated."""
    start = domain.maximiser([1.0, 2.0, 3.0])
    game = Game(FRANK_WOLFE_SET, HALF_SQUARE, constant(np.zeros(3)), domain, horizon=60, start=start)
    best = {z: domain.project(np.zeros(3))}
    small = replace(THEOREM3_8_SET.readings[0], rhs=THEOREM3_8_SET.readings[0].rhs / 1000)
    less = replace(THEOREM3_8_SET, readings=(small,))
    for theorem, verdicts in ((THEOREM3_8_SET, {Verdict.HOLDS}), (less, {Verdict.VIOLATED})):
        trace = play(game, record=theorem.quantities, vectors=best, checkpoints="all")
        assert check(theorem, "stated", trace).verdict in verdicts


def test_it_prints_scales_and_has_an_order():
    """As an arg min; its unit is that of the points, whatever that of the direction."""
    assert r"\operatorname{arg}\min_{y \in X} \left\langle g_{T}, y \right\rangle" in latex(
        LinearMinimiser(g)
    )
    assert latex(SumCoords(x * LinearMinimiser(g))).endswith("_{i}")
    assert inhomogeneous(THEOREM3_8_SET) == ()
    assert str(order(THEOREM3_8_SET, "stated")) == "T^(-1)"


@pytest.mark.parametrize(
    ("domain", "words"), [(None, "the game has no set"), (HalfSpace([1.0, 1.0, 1.0], 1.0), "has none")]
)
def test_without_an_oracle_play_refuses(domain, words):
    """With the sets that have one."""
    game = Game(FRANK_WOLFE_SET, QUADRATIC, constant(np.zeros(3)), domain, horizon=3)
    with pytest.raises(ValueError, match=f"{words}.*play on a box, a simplex"):
        play(game)


def test_what_has_no_oracle_says_so():
    """The search, `prove` and certificates, and a quantity of a statement."""
    bound = regret_bound(
        "toy.oracle", "an oracle", ASKING.source, FRANK_WOLFE_SET, (Reading("R", T * 4, "x"),)
    )
    with pytest.raises(ValueError, match="linear minimisation oracle"):
        falsify(bound, "R", FRANK_WOLFE_SET, evaluations=10)
    with pytest.raises(ValueError, match="linear minimisation oracle"):
        prove(bound, "R", FRANK_WOLFE_SET, horizon=1, parameters={})
    game = LinearGame(FRANK_WOLFE_SET, {}, ExactBox((-1,), (1,)), (Fraction(0),), (Block(((1,),)),))
    with pytest.raises(ValueError, match="LinearMinimiser"):
        certify(Counterexample(bound, "R", game))
    on_a_line = Box(-1.0, 1.0, dimension=1)
    plain = Game(SGD, LINEAR, constant([1.0]), on_a_line, horizon=2, parameters={"alpha": 1.0})
    with pytest.raises(ValueError, match="linear minimisation oracle"):
        play(plain, record=[LinearMinimiser(x)])
