"""CMA-ES as arrays reaches the optimum of the usual test functions, and would not with a broken rule."""

import numpy as np
import pytest

from bounds.falsifier.evolution import MOST_FULL, Evolution


def sphere(x):
    """-||x||^2."""
    return -np.sum(x**2, axis=-1)


def ellipsoid(x):
    """-sum_i 10^(4 i/(n - 1)) x_i^2: axes of very different lengths."""
    n = x.shape[-1]
    return -np.sum(10.0 ** (4 * np.arange(n) / (n - 1)) * x**2, axis=-1)


def rosenbrock(x):
    """-Rosenbrock's function, whose valley is curved."""
    return -np.sum(100 * (x[..., 1:] - x[..., :-1] ** 2) ** 2 + (1 - x[..., :-1]) ** 2, axis=-1)


def turned(x):
    """The ellipsoid in other axes."""
    n = x.shape[-1]
    axes, _ = np.linalg.qr(np.random.default_rng(7).standard_normal((n, n)))
    return ellipsoid(x @ axes)


def reached(function, n, *, generations, runs=5, cls=Evolution):
    """The best value of each run."""
    rng = np.random.default_rng(0)
    evolution = cls(rng.standard_normal((runs, n)), spread=0.5, population=16, rng=rng)
    best = np.full(runs, -np.inf)
    for _ in range(generations):
        values = function(evolution.ask())
        best = np.maximum(best, values.max(axis=1))
        evolution.tell(values)
    return best


# About twice the generations that the slowest of five runs needs.
@pytest.mark.parametrize(
    ("function", "n", "generations"),
    [(sphere, 2, 100), (sphere, 10, 250), (ellipsoid, 8, 500), (turned, 8, 500), (rosenbrock, 4, 500)],
)
def test_every_run_reaches_the_optimum(function, n, generations) -> None:
    """Each of five runs side by side comes within 1e-8 of the optimum 0."""
    assert np.min(reached(function, n, generations=generations)) > -1e-8


def test_many_dimensions_keep_the_diagonal() -> None:
    """With n above the limit the separable variant still finds the optimum of a function with such axes."""
    assert np.min(reached(ellipsoid, MOST_FULL + 2, generations=1500, runs=2)) > -1e-8


class Stiff(Evolution):
    """A step size that never changes."""

    def tell(self, worth):
        """Keep the step."""
        step = self.step.copy()
        super().tell(worth)
        self.step = step


def test_a_broken_rule_is_noticed() -> None:
    """Without adaptation of the step no run comes that near."""
    assert np.max(reached(sphere, 10, generations=250, cls=Stiff)) < -1e-8


def test_games_that_are_none_do_no_harm() -> None:
    """Values of -inf rank last; a run ends where its points no longer differ."""
    found = reached(lambda x: np.where(x[..., 0] > 0, -np.inf, sphere(x)), 3, generations=300)
    assert np.min(found) > -1e-6
    rng = np.random.default_rng(1)
    evolution = Evolution(np.zeros((2, 2)), spread=0.5, population=16, rng=rng)
    assert not np.any(evolution.ended)
    for _ in range(400):
        evolution.tell(sphere(evolution.ask()))
    assert np.all(evolution.ended)


def test_a_seed_gives_one_run() -> None:
    """The same generator state gives the same points."""
    assert np.array_equal(reached(rosenbrock, 3, generations=20), reached(rosenbrock, 3, generations=20))
