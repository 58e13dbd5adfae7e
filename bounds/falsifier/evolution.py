"""Several runs of CMA-ES side by side, as arrays, so that one call plays the games of all runs.

The rules are those of the tutorial by Hansen (2016, secondary): cumulative step-size adaptation, and rank-one
and rank-mu updates of a covariance matrix; in many dimensions only its diagonal, as in the separable variant
by Ros and Hansen (2008, secondary). Only the order of the values counts, so that -inf is a value like others.
"""

import numpy as np

from bounds.statement import Bools
from online_sim.borders import Floats

MOST_FULL = 48
"""The largest n with a full covariance matrix."""
SMALLEST = 1e-9
"""The standard deviation below which a run has ended."""


class Evolution:
    """K runs in R^n, each with its own mean, step size and covariance.

    Args:
        centres: the initial means, (K, n).
        spread: the initial standard deviation in every coordinate.
        population: the number of points of each run in a generation.
        rng: for all random numbers.
    """

    def __init__(self, centres: Floats, *, spread: float, population: int, rng: np.random.Generator) -> None:
        """Start every run at its centre."""
        self.rng, self.population = rng, population
        self.mean = np.array(centres, dtype=np.float64)
        runs, n = self.mean.shape
        half = population // 2
        weights = np.log(half + 0.5) - np.log(np.arange(1, half + 1))
        self.weights = weights / weights.sum()
        mu = 1 / float(np.sum(self.weights**2))
        self.full = n <= MOST_FULL
        faster = 1.0 if self.full else (n + 2) / 3
        self.path_rate = (4 + mu / n) / (n + 4 + 2 * mu / n)
        self.step_rate = (mu + 2) / (n + mu + 5)
        self.one_rate = min(1.0, faster * 2 / ((n + 1.3) ** 2 + mu))
        self.mu_rate = min(1 - self.one_rate, faster * 2 * (0.25 + mu + 1 / mu - 2) / ((n + 2) ** 2 + mu))
        self.damping = 1 + 2 * max(0.0, np.sqrt((mu - 1) / (n + 1)) - 1) + self.step_rate
        self.mu = mu
        self.length = np.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n**2))
        self.renewal = max(1, int(1 / (10 * n * (self.one_rate + self.mu_rate)))) if self.full else 1
        self.step = np.full(runs, spread)
        self.path, self.step_path = np.zeros((2, runs, n))
        self.covariance = np.tile(np.eye(n), (runs, 1, 1)) if self.full else np.ones((runs, n))
        self.axes = np.tile(np.eye(n), (runs, 1, 1)) if self.full else np.empty(0)
        self.scales = np.ones((runs, n))
        self.generation = 0
        moves = np.empty((runs, half, n))
        self.order, _ = np.einsum_path("m,kmi,kmj->kij", self.weights, moves, moves, optimize=True)

    @property
    def ended(self) -> Bools:
        """The runs whose points no longer differ, (K,)."""
        return np.asarray(self.step * np.max(self.scales, axis=1) < SMALLEST)

    def ask(self) -> Floats:
        """The points of a generation, (K, population, n)."""
        runs, n = self.mean.shape
        self.normals = self.rng.standard_normal((runs, self.population, n))
        self.moves = self._turned(self.normals * self.scales[:, None])
        return np.asarray(self.mean[:, None] + self.step[:, None, None] * self.moves)

    def tell(self, worth: Floats) -> None:
        """Move every run by the values of its points, (K, population); larger is better."""
        self.generation += 1
        n = self.mean.shape[1]
        order = np.argsort(-worth, axis=1, kind="stable")[:, : len(self.weights), None]
        moves = np.take_along_axis(self.moves, order, axis=1)
        normals = np.take_along_axis(self.normals, order, axis=1)
        move = np.einsum("m,kmn->kn", self.weights, moves)
        normal = np.einsum("m,kmn->kn", self.weights, normals)
        self.mean += self.step[:, None] * move
        rate = self.step_rate
        self.step_path = (1 - rate) * self.step_path + np.sqrt(rate * (2 - rate) * self.mu) * self._turned(
            normal[:, None]
        )[:, 0]
        length = np.linalg.norm(self.step_path, axis=1)
        self.step *= np.exp(np.minimum(1.0, rate / self.damping * (length / self.length - 1)))
        grown = np.sqrt(1 - (1 - rate) ** (2 * self.generation))
        steady = (length / grown < (1.4 + 2 / (n + 1)) * self.length).astype(np.float64)
        rate = self.path_rate
        along = np.sqrt(rate * (2 - rate) * self.mu) * steady[:, None] * move
        self.path = (1 - rate) * self.path + along
        lost = (1 - steady) * rate * (2 - rate)
        kept = 1 - self.one_rate - self.mu_rate + self.one_rate * lost
        if self.full:
            one = self.path[:, :, None] * self.path[:, None, :]
            many = np.einsum("m,kmi,kmj->kij", self.weights, moves, moves, optimize=self.order)
            self.covariance = (
                kept[:, None, None] * self.covariance + self.one_rate * one + self.mu_rate * many
            )
            if self.generation % self.renewal == 0:
                values, self.axes = np.linalg.eigh(self.covariance)
                self.scales = np.sqrt(np.maximum(values, 1e-20))
        else:
            many = np.einsum("m,kmi->ki", self.weights, moves**2)
            self.covariance = (
                kept[:, None] * self.covariance + self.one_rate * self.path**2 + self.mu_rate * many
            )
            self.scales = np.sqrt(np.maximum(self.covariance, 1e-20))

    def _turned(self, points: Floats) -> Floats:
        """Points (K, m, n) in the axes of the covariance, turned to those of R^n."""
        return np.asarray(points @ np.swapaxes(self.axes, 1, 2)) if self.full else points
