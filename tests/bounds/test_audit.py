"""Audits: true steps hold on adversarial runs, broken ones are named, and rounding hides neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational

from audited_games import adversarial, against, audited, comparators, gradients, only, parameters
from bounds.audit import StepOutcome, audit, audit_quantities, first_broken
from online_sim.domains import Box, BoxHyperplane, Ellipsoid, HalfSpace, L1Ball, L2Ball, Polytope, Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import ArrayStream, reddi, wrong_end
from theory.algorithms.adal import ADAL, ADAL_NO_EPS, ADAL_R1, ADAL_R2, ADAL_R3, box_metric
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.proofs.regret import needs_of_theorem1, proof_of_theorem_r
from theory.symbols import z

ORDERS = [ADAL_R1, ADAL_R2, ADAL_R3]
INTERVAL = Box(-1.0, 1.0, dimension=1)


def check_intact(recurrence, domain, rows, points, values):
    """Every step of Theorem R's proof holds on these games; returns the tightness by key."""
    proof = proof_of_theorem_r(recurrence)
    found = audited(proof, rows, domain, points, recurrence=recurrence, parameters=values)
    assert {key: (a.outcome, a.at, a.replicate) for key, a in found.items() if not a.holds} == {}
    return {key: a.tightness for key, a in found.items()}


@pytest.mark.parametrize(
    "recurrence",
    [ORDERS[0], *(pytest.param(r, marks=pytest.mark.slow) for r in ORDERS[1:])],
    ids=lambda r: r.variant["maximum"],
)
def test_every_step_holds_with_a_maximum(recurrence):
    """Theorem R's proof is intact on 3 times 400 games in a box, and some steps are tight."""
    rng, box = np.random.default_rng(11), Box(-1.0, [1.0, 2.0, 0.5], dimension=3)
    rows = gradients(rng, 400, 30, 3)
    tightness = check_intact(recurrence, box, rows, comparators(rng, box, rows), parameters(rng, 400))
    for key in ("L0", "L2", "L6", "L7", "L9", "L10", "L12"):
        assert tightness[key] == pytest.approx(1, abs=1e-6), key


# The corner x_1 + x_2 <= 1 cut off a square: a half-space, compact by what it is intersected with.
SQUARE = np.vstack([np.eye(2), -np.eye(2)])
COMPACT = {
    "box": Box(-1.0, 1.0, dimension=4),
    "l2_ball": L2Ball(3, 2.0, [1.0, 0.0, -5.0]),
    "l1_ball": L1Ball(4),
    "simplex": Simplex(4),
    "ellipsoid": Ellipsoid([1.0, 0.1, 10.0]),
    "box_and_hyperplane": BoxHyperplane([-1.0] * 3, [1.0] * 3, [1.0, 2.0, -1.0], 0.5),
    "half_space_and_box": Polytope(np.vstack([SQUARE, [[1.0, 1.0]]]), [1.0] * 5),
    "polytope": Polytope(
        [[1.0, 2.0, 0.5], [-1.0, 0.2, 0.1], [0.3, -1.0, -1.0], [0.1, 0.2, 1.0], [-0.5, -0.5, 0.3]],
        [2.0, 1.0, 1.5, 0.7, 3.0],
    ),
}
RANDOM, STRUCTURED, ADAPTIVE = 300, 150, 50


@pytest.mark.slow
@pytest.mark.parametrize("recurrence", ORDERS, ids=lambda r: r.variant["maximum"])
@pytest.mark.parametrize("name", COMPACT)
def test_every_step_holds_on_every_compact_set(name, recurrence):
    """500 games on each set and each order of the maximum, random, adversarial, adaptive: 12 000 in all."""
    domain, rng, horizon = COMPACT[name], np.random.default_rng(12), 60
    d = domain.dimension
    rows = np.concatenate([gradients(rng, RANDOM, horizon, d), adversarial(rng, STRUCTURED, horizon, d)])
    points, values = comparators(rng, domain, rows), parameters(rng, RANDOM + STRUCTURED)
    check_intact(recurrence, domain, rows, points, values)
    # Away from a vertex, with a large gradient now and then.
    points = np.stack([domain.maximiser(c) for c in rng.normal(size=(ADAPTIVE, d))])
    sizes = np.where(rng.random((ADAPTIVE, horizon)) < 0.2, 10.0, 1.0) * 10 ** rng.uniform(
        -2, 2, (ADAPTIVE, 1)
    )
    values = parameters(rng, ADAPTIVE)
    rows = against(recurrence, domain, points, sizes, values)
    check_intact(recurrence, domain, rows, points, values)


def test_a_half_space_alone_is_projected_onto_as_the_proof_says():
    """Without a diameter the steps that ask for none hold: L1, L2, L3."""
    rng, domain = np.random.default_rng(13), HalfSpace([1.0, 2.0, -1.0], 0.5)
    rows, values = gradients(rng, 100, 30, 3), parameters(rng, 100)
    points = np.stack([domain.project(p) for p in rng.normal(size=(100, 3))])
    proof = only(proof_of_theorem_r(ADAL_R2), "L1", "L2", "L3")
    found = audited(proof, rows, domain, points, recurrence=ADAL_R2, parameters=values)
    assert {key: a.at for key, a in found.items() if not a.holds} == {}


def test_the_adversaries_do_break_the_proof_without_the_maximum():
    """Must-fail control: on the same kinds of games AdaL without the maximum breaks L5m, and T0 with it."""
    rng, box = np.random.default_rng(12), COMPACT["box"]
    values = parameters(rng, 40)
    points = np.stack([box.maximiser(c) for c in rng.normal(size=(40, 4))])
    adaptive = against(ADAL_NO_EPS, box, points, np.where(rng.random((40, 20)) < 0.2, 10.0, 1.0), values)
    for rows in (gradients(rng, 40, 20, 4), adversarial(rng, 40, 20, 4), adaptive):
        proof = only(proof_of_theorem_r(ADAL_NO_EPS), "L2", "L5m", "T0")
        found = audited(proof, rows, box, points, recurrence=ADAL_NO_EPS, parameters=values)
        assert found["L2"].holds
        assert found["L5m"].outcome is StepOutcome.BREAKS
    assert found["T0"].outcome is StepOutcome.BREAKS


def cut(proof, by=1e-6):
    """The proof with the right side of every step smaller by a factor 1 - by."""
    return replace(proof, steps=tuple(replace(s, right=(1 - Rational(by)) * s.right) for s in proof.steps))


# In one dimension ghat = g |g|: h is what the step sees.
HORIZON = 12
EVEN = np.ones(HORIZON)
TIGHT = {
    # (beta1/beta2)^(T - t): equality in Cauchy-Schwarz at T.
    "L6": (0.625 ** np.arange(HORIZON - 1, -1, -1), 0.5, 0.8), "L7": (EVEN, 0.5, 0.8),
    # beta1 = beta2 and constant h: equality in L6, in L7, and between p and q.
    "L8": (EVEN, 0.75, 0.75), "L9": (EVEN, 0.0, 0.8),
    "L10a": (1 / np.sqrt(np.arange(1, HORIZON + 1)), 0.5, 0.8), "L10": (EVEN, 0.5, 0.8),
    "L12": (EVEN, 0.5, 0.8),
}  # fmt: skip


def test_rounding_does_not_hide_a_break():
    """A step cut by a factor 1 - 1e-6 breaks where it is tight; uncut it holds on the same runs."""
    scales = [1e-6, 1.0, 1e6]
    rows = np.stack([scale * np.sqrt(h)[:, None] for h, _, _ in TIGHT.values() for scale in scales])
    game = {
        "alpha": 0.1,
        "beta1": np.repeat([beta1 for _, beta1, _ in TIGHT.values()], len(scales)),
        "beta2": np.repeat([beta2 for _, _, beta2 in TIGHT.values()], len(scales)),
    }
    proof = only(proof_of_theorem_r(ADAL_R2), *TIGHT)
    for changed, outcome in ((proof, StepOutcome.HOLDS), (cut(proof), StepOutcome.BREAKS)):
        found = audited(changed, rows, INTERVAL, [1.0], recurrence=ADAL_R2, parameters=game)
        assert {key: a.outcome for key, a in found.items()} == dict.fromkeys(TIGHT, outcome)
        for key, a in found.items():
            assert a.tightness == pytest.approx(1, abs=2e-6), key


def test_slow_decays_do_not_break_true_steps():
    """1 - beta^t is known to few digits when beta is near 1: equality in L6, L7 and L8 still holds."""
    decays = 1 - np.geomspace(0.5, 1e-7, 40)
    rows = np.ones((40, 60, 1)) * np.geomspace(1e-8, 1e8, 40)[:, None, None]
    proof = only(proof_of_theorem_r(ADAL_R2), "L6", "L7", "L8", "L5m")
    game = {"alpha": 0.1, "beta1": decays, "beta2": decays}
    found = audited(proof, rows, INTERVAL, [1.0], recurrence=ADAL_R2, parameters=game)
    assert {key: a.at for key, a in found.items() if not a.holds} == {}
    assert found["L8"].tightness == pytest.approx(1, abs=1e-6)


def test_a_large_coordinate_lends_no_slack_to_a_small_one():
    """L7, cut by 1e-6, breaks in a coordinate that is 1e14 times smaller than its neighbour."""
    rows = np.ones((1, 5, 2)) * [1.0, 1e-14]
    rows[:, 1::2, 0] *= -1  # no equality for the large one
    game = {"recurrence": ADAL_R1, "parameters": {"alpha": 0.1, "beta1": 0.5}}
    proof = only(proof_of_theorem_r(ADAL_R1), "L7")
    square = Box(-1.0, 1.0, dimension=2)
    assert audited(proof, rows, square, [1.0, 1.0], **game)["L7"].holds
    assert audited(cut(proof), rows, square, [1.0, 1.0], **game)["L7"].outcome is StepOutcome.BREAKS


def test_numbers_that_are_not_finite_never_hold():
    """Gradients whose squares overflow leave steps undefined: neither broken nor holding."""
    proof = proof_of_theorem_r(ADAL_R2)
    rows = np.full((1, 4, 2), 1e160)
    found = audited(
        proof, rows, Box(-1.0, 1.0, dimension=2), [1.0, -1.0], recurrence=ADAL_R2, parameters={"alpha": 0.1}
    )
    # v holds ghat^2 = inf, where every step that reads vhat stops to make sense.
    for key in ("L2", "L3", "L5m", "L6", "L8", "L12", "T0"):
        assert found[key].outcome is StepOutcome.UNDEFINED, key
        assert found[key].at == 1
        assert not found[key].holds
    assert first_broken(found.values()) is None


def test_a_break_is_found_before_and_after_rounds_that_are_not_finite():
    """A step that breaks in one replicate breaks, although another one is undefined."""
    rows = np.stack([np.full((60, 1), 1e160), np.tile([[3.0], [-1.0], [-1.0]], (20, 1))])
    proof = needs_of_theorem1(ADAL)
    game = {"alpha": 1.0, "beta1": 0.0, "beta2": 1 / 82, "eps": 0.0}
    found = audited(proof, rows, INTERVAL, [-1.0], recurrence=ADAL, parameters=game)
    assert (found["F1"].outcome, found["F1"].replicate) == (StepOutcome.BREAKS, 1)


def test_on_reddis_stream_the_first_broken_step_is_the_telescoping():
    """AdaL as printed, eps = 0, interval: V_t falls after the spike (F1), and T0 fails with it."""
    rows = reddi(3).block(0, 300)
    rows = rows.vectors[rows.index][None]
    game = {"parameters": {"alpha": 1.0, "beta1": 0.0, "beta2": 1 / 82, "eps": 0.0}, "start": [1.0]}
    found = audited(
        proof_of_theorem_r(ADAL, metric=box_metric(ADAL)), rows, INTERVAL, [-1.0], recurrence=ADAL, **game
    )
    assert first_broken(found.values()) is found["L5m"]
    assert found["L5m"].at == 2  # the first round after the spike
    assert {key for key, a in found.items() if not a.holds} == {"L5m", "T0"}
    assert found["T0"].tightness > 10
    found = audited(needs_of_theorem1(ADAL), rows, INTERVAL, [-1.0], recurrence=ADAL, **game)
    assert [a.key for a in found.values() if not a.holds] == ["F1"]
    # The same stream with the maximum: nothing breaks.
    game["parameters"].pop("eps")
    found = audited(proof_of_theorem_r(ADAL_R2), rows, INTERVAL, [-1.0], recurrence=ADAL_R2, **game)
    assert all(a.holds for a in found.values())


def test_at_the_wrong_end_only_the_weights_are_to_blame():
    """The stream (+2, -1, -1, -1): Theorem R's proof is intact, F2 (weighted to plain) breaks alone."""
    rows = wrong_end(2, 3).block(0, 300)
    rows = rows.vectors[rows.index][None]
    game = {"parameters": {"alpha": 0.1, "beta1": 0.9}, "start": [-1.0], "recurrence": ADAL_R2}
    found = audited(proof_of_theorem_r(ADAL_R2), rows, INTERVAL, [1.0], **game)
    assert all(a.holds for a in found.values())
    found = audited(needs_of_theorem1(ADAL_R2), rows, INTERVAL, [1.0], **game)
    assert [a.key for a in found.values() if not a.holds] == ["F2"]


EPS_ADAL = replace(ADAL_R2, name="AdaL[eps=printed, maximum=R2]", point=ADAL.point, metric=ADAL.metric,
                   parameters=ADAL.parameters, variant={**ADAL_R2.variant, "eps": "printed"})  # fmt: skip


@pytest.mark.parametrize(
    "domain",
    [pytest.param(Box(-1.0, 1.0, dimension=2), marks=pytest.mark.slow), L2Ball(2)],
    ids=["box", "ball"],
)
def test_the_printed_epsilon_breaks_the_projected_step_outside_of_boxes(domain):
    """F3: preconditioner times metric is not the identity; a box, and only a box, may take another metric."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(200, 40, 2)) * [3.0, 0.3]
    points = comparators(rng, domain, rows)
    game = {"recurrence": EPS_ADAL, "parameters": {"alpha": 0.5, "beta1": 0.5, "eps": 1.0}}
    on_a_box = isinstance(domain, Box)
    for metric, intact in ((None, False), (box_metric(EPS_ADAL), on_a_box)):
        found = audited(needs_of_theorem1(EPS_ADAL, metric=metric), rows, domain, points, **game)
        assert found["F3"].holds is intact
        assert found["F1"].holds


def test_an_audit_refuses_what_it_is_not_about():
    """Another algorithm, another loss, a quantity that was not recorded, a constant nobody knows."""
    proof = only(proof_of_theorem_r(ADAL_R1), "L4")
    rows = np.ones((3, 1))
    setting = {"horizon": 3, "parameters": {"alpha": 0.1}}
    game = {"vectors": {z: [1.0]}}
    record = audit_quantities(proof, LINEAR)
    trace = play(Game(ADAL_R1, LINEAR, ArrayStream(rows), INTERVAL, **setting), record=record, **game)
    with pytest.raises(ValueError, match="written for the algorithm"):
        audit(proof_of_theorem_r(ADAL_R2), trace, LINEAR)
    with pytest.raises(ValueError, match="written for the loss"):
        audit(proof, trace, HALF_SQUARE)
    with pytest.raises(ValueError, match="did not record"):
        audit(proof, play(Game(ADAL_R1, LINEAR, ArrayStream(rows), INTERVAL, **setting), **game), LINEAR)
    unbounded = play(Game(ADAL_R1, LINEAR, ArrayStream(rows), **setting), record=record, **game)
    with pytest.raises(ValueError, match="no value for D"):
        audit(proof, unbounded, LINEAR)
