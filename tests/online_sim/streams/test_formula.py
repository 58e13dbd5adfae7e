"""Data that are a formula: the same numbers on every engine, in any order, without storage."""

from itertools import product

import numpy as np
import pytest
from sympy import Integer, Rational, S, cos, pi, sign, sqrt

from levels import mostly_slow
from online_sim.domains import Box, L2Ball
from online_sim.engines import mixing_kernel
from online_sim.engines.mixing_kernel import uniform as mixed
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import ArrayStream, FormulaStream, check_stream
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.losses.squared import SQUARED
from theory.quantities import CumSum, Norm1, SumCoords, UniformDraw, uniform
from theory.symbols import Scalar, coordinate, f, g, seed, t, vhat, x

P = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
FORMULAS = {
    "uniform": 2 * uniform() - 1,
    "sparse signs": sign(uniform(1) - Rational(1, 4)) / (coordinate + 1),
    "two draws": uniform(0) * uniform(1) - Rational(1, 4),
    "deterministic": cos(pi * t / 7 + coordinate),
    "constant": Integer(1),
}
MASK = 2**64 - 1


def mixed_in_integers(numbers: tuple[int, int, int, int]) -> float:
    """The mixer in Python's own whole numbers."""
    key, k, round_, i = numbers
    z = (key * 0x9E3779B97F4A7C15 + k + 1) & MASK
    for moved in (round_, i, None):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        if moved is not None:
            z = (z + moved * 0x9E3779B97F4A7C15) & MASK
    return (z >> 11) * 2.0**-53


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_keeps_the_contract_of_a_stream(name):
    """Any cut, any order, far rounds, another seed."""
    check_stream(FormulaStream(FORMULAS[name], dimension=3, seed=5))


def test_the_mixer_is_splitmix64_and_the_same_for_scalars_and_arrays():
    """Compared with whole-number arithmetic at small, large and random places."""
    rng = np.random.default_rng(0)
    places = [(0, 0, 0, 0), (1, 2, 3, 4), (2**53 - 1, 5, 10**9, 10**9)]
    places += [tuple(int(n) for n in rng.integers(0, 2**40, 4)) for _ in range(50)]
    with np.errstate(over="ignore"):
        for place in places:
            assert mixed(*place) == mixed_in_integers(place)
        row = mixed(3, 0, 9, np.arange(100))
    assert row.tolist() == [mixed_in_integers((3, 0, 9, i)) for i in range(100)]


@pytest.mark.parametrize("along", ["seed", "k", "t", "coordinate"])
def test_the_numbers_pass_for_uniform_and_uncorrelated_along_every_argument(along):
    """Mean, variance, the counts of 64 bins (chi^2) and neighbours' correlation, each within 5 deviations."""
    n = 1 << 16
    place = [np.full(n, 7) for _ in range(4)]
    place[["seed", "k", "t", "coordinate"].index(along)] = np.arange(n)
    with np.errstate(over="ignore"):
        u = mixed(*place)
    assert u.min() >= 0
    assert u.max() < 1
    assert abs(u.mean() - 0.5) < 5 * np.sqrt(1 / 12 / n)
    assert abs(((u - 0.5) ** 2).mean() - 1 / 12) < 5 * np.sqrt(1 / 180 / n)
    counts = np.bincount((64 * u).astype(int), minlength=64)
    assert abs(((counts - n / 64) ** 2).sum() / (n / 64) - 63) < 5 * np.sqrt(2 * 63)
    assert abs(((u[1:] - 0.5) * (u[:-1] - 0.5)).mean()) < 5 / 12 / np.sqrt(n)


SETS = {"box": Box(-1, 1, dimension=5), "ball": L2Ball(5, 1.0)}


def reference_or_in_turn(number, domain, name, engine):
    """Whether a plain test plays it: on the reference all, compiled each formula on one set, in turn."""
    return engine == "numpy" or list(FORMULAS).index(name) % len(SETS) == list(SETS).index(domain)


@pytest.mark.parametrize(
    ("domain", "name", "engine"),
    mostly_slow(product(SETS, FORMULAS, ["numpy", "numba"]), reference_or_in_turn),
)
def test_engines_print_the_formula_and_play_what_the_blocks_hold(domain, name, engine):
    """The trajectory on the formula is the trajectory on its rows kept in an array."""
    domain = SETS[domain]
    stream = FormulaStream(FORMULAS[name], dimension=5, seed=3)
    record = [CumSum(f), SumCoords(sqrt(vhat)), SumCoords(sqrt(CumSum(g**2))), Norm1(g), x]
    setting = {"horizon": 60, "parameters": P}
    common = {"record": record, "engine": engine}
    printed = play(Game(ADAL, QUADRATIC, stream, domain, **setting), **common)
    stored = play(
        Game(ADAL, QUADRATIC, ArrayStream(stream.block(0, 60).vectors), domain, **setting), **common
    )
    # The same arithmetic on the same numbers, up to the order in which a compiler sums.
    for key, values in stored.scalars.items():
        np.testing.assert_allclose(printed.scalars[key], values, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(printed.vectors["x"], stored.vectors["x"], rtol=1e-12, atol=1e-13)


def test_every_replicate_has_its_own_seed():
    """Replicate r plays what a single game under seed + r plays."""
    stream = FormulaStream(2 * uniform() - 1, dimension=4, seed=10)
    many = play(Game(ADAL, LINEAR, stream, Box(-1, 1, dimension=4), horizon=50, parameters=P, replicates=3))
    for r in range(3):
        alone = play(
            Game(ADAL, LINEAR, stream.reseed(10 + r), Box(-1, 1, dimension=4), horizon=50, parameters=P)
        )
        np.testing.assert_allclose(many.state.vectors[r], alone.state.vectors[0], rtol=1e-13, atol=1e-15)


def test_streams_of_different_formulas_are_played_from_their_blocks():
    """A list of streams that share no formula is no reason to refuse or to mix them up."""
    streams = [FormulaStream(t / (t + k), dimension=2) for k in (1, 2)]
    both = play(Game(ADAL, LINEAR, streams, Box(-1, 1, dimension=2), horizon=9, parameters=P))
    for r, stream in enumerate(streams):
        alone = play(Game(ADAL, LINEAR, stream, Box(-1, 1, dimension=2), horizon=9, parameters=P))
        np.testing.assert_allclose(both.state.vectors[r], alone.state.vectors[0], rtol=1e-13)


def test_the_label_is_a_formula_too():
    """b_t of the squared loss (<a, x> - b)^2 / 2 drawn for the round alone."""
    label = UniformDraw(seed, Integer(9), t, S.Zero)
    stream = FormulaStream(uniform(), dimension=3, seed=1, label=label)
    kept = stream.block(0, 40)
    stored = ArrayStream(kept.vectors, labels=kept.labels)
    assert len(set(kept.labels)) == 40
    ends = [
        play(Game(ADAL, SQUARED, s, Box(-1, 1, dimension=3), horizon=40, parameters=P)).state.vectors[0, 0]
        for s in (stream, stored)
    ]
    np.testing.assert_allclose(*ends, rtol=1e-12)


def test_a_broken_mixer_is_noticed(monkeypatch):
    """The control of the comparison above: with a mixer that forgets the coordinate it fails."""
    stream = FormulaStream(2 * uniform() - 1, dimension=5, seed=3)
    rows = ArrayStream(stream.block(0, 20).vectors)
    monkeypatch.setattr(mixing_kernel, "uniform", lambda s, k, r, i: mixed(s, k, r, 0))
    # A record that no other test asks for: generated source that was imported before has the true mixer.
    setting = {"horizon": 20, "parameters": P}
    common = {"engine": "numpy", "record": [SumCoords(x * (17 + coordinate))]}
    played = play(Game(ADAL, LINEAR, stream, Box(-1, 1, dimension=5), **setting), **common)
    expected = play(Game(ADAL, LINEAR, rows, Box(-1, 1, dimension=5), **setting), **common)
    assert np.abs(played.state.vectors[0, 0] - expected.state.vectors[0, 0]).max() > 1e-3


WRONG = [
    ({"row": x}, "may hold"),
    ({"row": Scalar("alpha") * uniform()}, "alpha"),
    ({"row": 0.5 * uniform()}, "holds a float"),
    ({"row": SumCoords(uniform())}, "coordinate by coordinate"),
    ({"row": uniform(), "label": uniform()}, "`label`"),
    ({"row": uniform(), "seed": 2**53}, "below 2\\^53"),
    ({"row": uniform(), "seed": -1}, "seed"),
    ({"row": uniform(), "dimension": 0}, "dimension"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[says for _, says in WRONG])
def test_what_is_no_formula_is_refused(arguments, says):
    """One ValueError that names the argument."""
    with pytest.raises(ValueError, match=says):
        FormulaStream(**{"dimension": 2, **arguments})


def test_a_formula_without_draws_has_no_seed():
    """Reseeding changes nothing, and no result claims a seed."""
    stream = FormulaStream(1 / t, dimension=2, seed=4)
    assert stream.seed is None
    assert stream.reseed(7) is stream
    assert FormulaStream(uniform(), dimension=2, seed=4).reseed(7).seed == 7


def test_a_formula_that_is_not_finite_is_refused_with_the_round():
    """sqrt(2 - t) in round 3."""
    stream = FormulaStream(sqrt(2 - t), dimension=2)
    with pytest.raises(ValueError, match="NaN or inf in round 3"):
        play(Game(ADAL, LINEAR, stream, Box(-1, 1, dimension=2), horizon=5, parameters=P))
