"""The regret with a composite term: both ends against other ways to find them, every engine, and refusals."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import S

from bounds import certify, falsify
from bounds.evaluate import check
from bounds.games import Block, Counterexample, ExactBox, LinearGame
from bounds.prover.prove import prove
from bounds.verdict import Verdict
from online_sim import Box, Game, GaussianStream, L2Ball, Simplex, play
from online_sim.engines.conformance import check_engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.torch_engine import TorchEngine
from online_sim.streams.arrays import ArrayStream
from theory import LINEAR, LOGISTIC, SGD_CONSTANT, Assumption, Requires
from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.composites.l1 import L1
from theory.composites.squared_l2 import SQUARED_L2
from theory.parameters import alpha
from theory.printing.latex import latex
from theory.proximal_step import proximal
from theory.quantities import CumSum, Regret
from theory.scaling import inhomogeneous
from theory.statement import Status
from theory.symbols import f, x
from theory.theorems.adagrad_composite import ADAGRAD_L1, ADAGRAD_SQUARED_L2, MD_COROLLARY_L1, MD_L1

ROWS = np.random.default_rng(1).normal([0.3, 0.0, -0.1], size=(60, 3))
LASSO = proximal(SGD_CONSTANT, L1, weight=alpha)
WITH_L1, WITH_SQUARE = Regret(S.One, L1.value), Regret(S.One, SQUARED_L2.value)
BOX = Box(-1.0, 1.0, dimension=3)


def game(algorithm, loss=LINEAR, domain=BOX, stream=None, **parameters):
    """60 rounds of Gaussian rows."""
    return Game(
        algorithm, loss, stream or ArrayStream(ROWS), domain, horizon=60,
        parameters={"alpha": 0.3, "lam": 0.2, **parameters},
    )  # fmt: skip


def test_the_regret_of_soft_thresholding_by_hand():
    """Linear losses on a box: the step in numpy, and the minimum of <c, z> + T lam ||z||_1 in one line."""
    trace = play(game(LASSO), record=[WITH_L1, x], checkpoints="all")
    point, paid, total = np.zeros(3), 0.0, np.zeros(3)
    for t, row in enumerate(ROWS, start=1):
        paid, total = paid + row @ point + 0.2 * np.abs(point).sum(), total + row
        y = point - 0.3 * row
        point = np.clip(np.sign(y) * np.maximum(np.abs(y) - 0.3 * 0.2, 0), -1, 1)
        low, high = (end[t - 1] for end in trace.interval(WITH_L1))
        # Each coordinate stays at 0 unless its sum exceeds what phi charges for it.
        regret = paid - np.minimum(0.0, 0.2 * t - np.abs(total)).sum()
        assert low <= regret <= high
        assert high - low < 1e-9  # rounding alone: some hundred T^2 eps


@pytest.mark.parametrize(
    ("algorithm", "phi", "domain"),
    [
        (ADAGRAD_L1, lambda z, T: 0.2 * T * np.abs(z).sum(), BOX),
        (ADAGRAD_SQUARED_L2, lambda z, T: 0.1 * T * (z**2).sum(), L2Ball(3, 1.0)),
        (ADAGRAD_SQUARED_L2, lambda z, T: 0.1 * T * (z**2).sum(), Simplex(3)),
    ],
    ids=["l1 on a box", "squared l2 in a ball", "squared l2 on the simplex"],
)
def test_no_feasible_point_is_better_than_the_comparator(algorithm, phi, domain):
    """The loss with phi at many points of X lies above the enclosed minimum: paid - upper regret."""
    regret = Regret(S.One, algorithm.composite.value)
    stream = GaussianStream(3, planted=[1.0, -0.5, 0.0], classes=True, seed=3)
    trace = play(
        game(algorithm, LOGISTIC, domain, stream),
        record=[regret, CumSum(f + regret.args[1])],
        checkpoints=[60],
    )
    paid = trace[CumSum(f + regret.args[1])][-1]
    low, high = (end[-1] for end in trace.interval(regret))
    block = stream.block(0, 60)
    a, b = block.vectors[block.index], block.labels[block.index]
    rng = np.random.default_rng(0)
    points = [domain.project(u) for u in rng.normal(size=(400, 3))]
    values = [np.logaddexp(0, -b * (a @ z)).sum() + phi(z, 60) for z in points]
    assert min(values) >= paid - high - 1e-9
    assert min(values) <= paid - low + 1.0  # some of them come near
    assert high - low < 1e-3


@pytest.mark.parametrize("engine", [NumbaEngine(), TorchEngine()], ids=lambda engine: engine.name)
@pytest.mark.parametrize(
    ("algorithm", "domain"),
    [(ADAGRAD_L1, BOX), (ADAGRAD_SQUARED_L2, BOX), (ADAGRAD_SQUARED_L2, L2Ball(3, 1.0))],
    ids=["l1", "squared l2", "squared l2 in a ball"],
)
def test_engines_agree(algorithm, domain, engine):
    """Each against the reference; no engine knows of phi."""
    quantities = [CumSum(f + algorithm.composite.value), x]
    assert check_engine(engine, game(algorithm, domain=domain), quantities) <= 1


def test_the_start_matters_and_the_step_does_too():
    """Must-fail controls of Corollary 6: from x_1 = 1 without a gradient, and with steps that ignore phi."""
    from_one = replace(
        MD_COROLLARY_L1,
        id="control.start",
        status=Status.PRINTED,
        assumptions=tuple(
            a for a in MD_COROLLARY_L1.assumptions if a.condition is not Requires.START_AT_ORIGIN
        ),
    )
    still = replace(game(ADAGRAD_L1, stream=ArrayStream(0 * ROWS), alpha=1.5), start=[1.0, 1.0, 1.0])
    assert check(from_one, "stated", play(still, record=from_one.quantities)).verdict is Verdict.VIOLATED
    told = check(MD_COROLLARY_L1, "stated", play(still, record=MD_COROLLARY_L1.quantities))
    assert told.verdict is Verdict.ASSUMPTION_BROKEN
    careless = proximal(ADAGRAD_NO_EPS, L1, weight=alpha / 1000, name="AdaGrad with a step that forgets phi")
    small = ArrayStream(ROWS / 100)
    for algorithm, verdict in ((careless, Verdict.VIOLATED), (ADAGRAD_L1, Verdict.HOLDS)):
        theorem = replace(MD_COROLLARY_L1, id="control.step", status=Status.PRINTED, algorithms=(algorithm,))
        trace = play(game(algorithm, stream=small, alpha=1.5), record=theorem.quantities)
        assert check(theorem, "stated", trace).verdict is verdict


def test_phi_is_that_of_the_step():
    """A game and a theorem refuse another phi, and none where the step has none."""
    for algorithm, words in ((ADAGRAD_SQUARED_L2, "has SumCoords"), (SGD_CONSTANT, "has none")):
        other = game(algorithm) if algorithm.composite else replace(game(LASSO), recurrence=algorithm,
                                                                    parameters={"alpha": 0.3})  # fmt: skip
        with pytest.raises(ValueError, match=f"counts the composite term.*{words}"):
            play(other, record=[WITH_L1])
    with pytest.raises(ValueError, match="lhs counts the composite term"):
        replace(MD_COROLLARY_L1, lhs=WITH_SQUARE)
    with pytest.raises(ValueError, match="minimises none"):
        replace(MD_COROLLARY_L1, algorithms=(SGD_CONSTANT,))


def test_soft_thresholding_is_for_boxes():
    """Games, theorems and the search refuse other sets in one sentence; shrinkage suits every set."""
    with pytest.raises(ValueError, match="exactly on boxes only; play on a Box"):
        game(LASSO, domain=Simplex(3))
    assert game(LASSO, domain=None).domain is None
    assert game(ADAGRAD_SQUARED_L2, domain=Simplex(3)).domain is not None
    anywhere = tuple(a for a in MD_L1.assumptions if a.condition is not Requires.SEPARABLE_SET)
    with pytest.raises(ValueError, match="SEPARABLE_SET"):
        replace(MD_L1, assumptions=anywhere)
    unnamed = replace(MD_L1, id="control.any", status=Status.PRINTED, assumptions=anywhere, algorithms=())
    with pytest.raises(ValueError, match="SEPARABLE_SET"):
        falsify(unnamed, "stated", ADAGRAD_L1, evaluations=10)
    square = replace(unnamed, assumptions=(*anywhere, Assumption("free", Requires.UNCONSTRAINED)))
    assert replace(square, algorithms=(ADAGRAD_L1,)).algorithms == (ADAGRAD_L1,)


def test_tools_without_a_composite_regret_say_so():
    """The search, `prove`, certificates and Coq; none takes it for the regret without phi."""
    with pytest.raises(ValueError, match=r"composite regret.*against every point z"):
        falsify(MD_COROLLARY_L1, "stated", ADAGRAD_L1, evaluations=10)
    with pytest.raises(ValueError, match="composite regret"):
        prove(MD_COROLLARY_L1, "stated", ADAGRAD_L1, horizon=1, parameters={"alpha": 1, "lam": 1})
    exact = LinearGame(ADAGRAD_L1, {"alpha": 1, "lam": 1}, ExactBox((-1,), (1,)), (0,), (Block(((1,),)),))
    with pytest.raises(ValueError, match="composite regret"):
        certify(Counterexample(MD_COROLLARY_L1, "stated", exact))


def test_it_prints_and_scales():
    """phi stands in the sum and in the minimum; its weight scales as the losses do."""
    assert inhomogeneous(MD_COROLLARY_L1) == ()
    assert inhomogeneous(replace(MD_COROLLARY_L1, lhs=WITH_L1**2)) != ()
    text = latex(WITH_L1)
    assert text.count(r"(f_{t} + \varphi)") == 2
    assert r"\min_{x \in X}" in text
