"""Audits of Theorem A: the gradient average of smooth losses, with and without a maximum."""

from __future__ import annotations

import numpy as np
import pytest

from audited_games import SMALL
from bounds.audit import audit, audit_quantities, first_broken
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import AlphabetStream, Shuffled, skewed
from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2, ADAL_R3
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.nonconvex_logistic import nonconvex_logistic
from theory.losses.rastrigin import RASTRIGIN
from theory.proofs.gradient_average import proof_of_theorem_a


def audit_a(recurrence, loss, *, stream=None, d, constants=None, horizon=150, seed=5, **game):
    """The audit of Theorem A's proof on 8 starts and step sizes."""
    rng = np.random.default_rng(seed)
    game["parameters"] = {"alpha": np.geomspace(1e-3, 2, 8), **game.get("parameters", {})}
    proof = proof_of_theorem_a(recurrence)
    start = rng.normal(size=(8, d)) * 2
    made = Game(recurrence, loss, stream, horizon=horizon, start=start, replicates=8, **game)
    # A kernel of all these quantities takes ten seconds to compile, and 150 rounds a tenth to interpret.
    trace = play(made, record=audit_quantities(proof, loss), checkpoints="all", engine="numpy")
    return {a.key: a for a in audit(proof, trace, loss, constants=constants)}


GAMES = {
    "rastrigin": {"loss": RASTRIGIN, "d": 2},
    "half_square": {"loss": NOISY_HALF_SQUARE, "stream": AlphabetStream(skewed(), seed=1), "d": 1},
    "nonconvex_logistic": {
        "loss": nonconvex_logistic(oracle="row"), "stream": Shuffled(SMALL, seed=1), "table": SMALL.table,
        "d": 3, "constants": {"f_star": 0.0},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["rastrigin", *(pytest.param(n, marks=pytest.mark.slow) for n in ("half_square", "nonconvex_logistic"))],
)
def test_theorem_a_needs_no_maximum(name):
    """AdaL as printed: A_t rises (L6m breaks, and L6m alone), the certificate of Theorem A is intact."""
    found = audit_a(ADAL, **GAMES[name])
    assert [key for key, a in found.items() if not a.holds] == ["L6m"]
    assert first_broken(found.values()).key == "L6m"


@pytest.mark.parametrize(
    ("recurrence", "name"),
    [
        pytest.param(ADAL_R2, "rastrigin", marks=pytest.mark.slow),
        pytest.param(ADAL_R1, "rastrigin", marks=pytest.mark.slow),
        pytest.param(ADAL_R1, "half_square", marks=pytest.mark.slow),
        pytest.param(ADAL_R2, "nonconvex_logistic", marks=pytest.mark.slow),
        pytest.param(ADAL_R3, "half_square", marks=pytest.mark.slow),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_with_a_maximum_nothing_breaks(recurrence, name):
    """With AMSGrad's maximum A_t never increases, and every step holds."""
    assert all(a.holds for a in audit_a(recurrence, **GAMES[name]).values())


def test_a_wrong_smoothness_constant_breaks_the_descent():
    """Must-fail control: with a tenth of L the descent inequality is the first to break."""
    found = audit_a(ADAL_R2, RASTRIGIN, d=2, constants={"L": 0.1 * (2 + 40 * np.pi**2)})
    assert first_broken(found.values()).key == "L3a"
