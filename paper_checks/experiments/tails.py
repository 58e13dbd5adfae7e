"""How heavy the tails of a gradient's noise are: two estimators, with controls whose answers are known.

The pooled tail index is that of Mohammadi, Mohammadpour and Ogata (Metrika 78, 2015), as Simsekli, Sagun and
Gurbuzbalaban (ICML 2019) use it: numbers of all coordinates are treated as one sample of a symmetric
alpha-stable law. For numbers of finite variance, whose index is 2, its inverse is

    1/2 + (log s - E log|X| - (gamma + log 2)/2)/log K1,   s the standard deviation, gamma Euler's constant,

once sums of K1 are normal: 1/alpha reaches 1/2 only as fast as 1/log K1, and what it reads below 2 is how far
log|X| lies below log s on average. Coordinates with different scales suffice for that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, int, int], Array]

GROUP = 100
"""K1, the number of values in a sum."""
POOLED = 1_000_000
"""The most values that are pooled; of more, so many are drawn."""
STILL = 1e-12
"""A coordinate is still if its standard deviation is below this share of its largest absolute value, about
four thousand roundings of doubles."""


@dataclass(frozen=True)
class Estimate:
    """A tail index and the standard error of it, if the pooled values were independent."""

    index: float
    error: float


@dataclass(frozen=True)
class Control:
    """Noise of a known law (minibatches, coordinates), and what the estimators read on it.

    Args:
        name: The law.
        true_kurtosis: Its kurtosis in each coordinate; infinite where the fourth moment is.
        true_index: Its tail index: 2 for every finite variance.
        kurtosis: The estimate after each coordinate is standardised.
        raw: The pooled index of the values as they are.
        standardised: The pooled index after each coordinate is standardised.
    """

    name: str
    true_kurtosis: float
    true_index: float
    kurtosis: float
    raw: Estimate
    standardised: Estimate


def moving(noise: Array) -> NDArray[np.bool_]:
    """Which coordinates (d,) of noise (n, d) vary over the minibatches."""
    with np.errstate(invalid="ignore"):
        largest = np.max(np.abs(noise), axis=0)
        found: NDArray[np.bool_] = np.std(noise, axis=0) > STILL * largest
    return found


def standardised(noise: Array) -> Array:
    """Every coordinate of noise (n, d) with mean 0 and variance 1 over the minibatches.

    Raises:
        ValueError: a coordinate does not vary.
    """
    still = int(np.count_nonzero(~moving(noise)))
    if still:
        raise ValueError(f"{still} coordinates of `noise` do not vary; leave them out by `moving`")
    centred = noise - noise.mean(axis=0)
    scaled: Array = centred / np.sqrt(np.mean(centred**2, axis=0))
    return scaled


def kurtosis(noise: Array) -> float:
    """The mean over coordinates of the kurtosis over minibatches of noise (n, d); 3 for a Gaussian.

    A coordinate's estimate from n independent values has the mean 3 (n - 1)/(n + 1) for a Gaussian, and it is
    at most n.
    """
    return float(np.mean(standardised(noise) ** 4))


def averaged_kurtosis(raw: Array, decay: float) -> Array:
    """The kurtosis of an exponential mean of independent values with kurtosis `raw`, after many rounds.

    Cumulants of independent values add: with the weights w_i the excess is multiplied by
    sum w_i^4/(sum w_i^2)^2 = (1 - decay^2)^2/(1 - decay^4) = (1 - decay^2)/(1 + decay^2).
    """
    return 3 + (raw - 3) * (1 - decay**2) / (1 + decay**2)


def tail_index(
    values: Array, *, group: int = GROUP, generator: np.random.Generator | None = None
) -> Estimate:
    """The pooled tail index: sums of `group` values grow like group^(1/alpha).

    Args:
        values: Numbers of any shape; zeros are left out, because they have no logarithm.
        group: K1.
        generator: Draws the order of the values; None: they are grouped as they lie.

    Raises:
        ValueError: there are not two groups.
    """
    pooled = values[values != 0].ravel()
    if generator is not None:
        pooled = pooled[generator.choice(pooled.size, min(pooled.size, POOLED), replace=False)]
    count = pooled.size // group
    if count < 2:
        raise ValueError(
            f"`values` has {pooled.size} numbers that are not 0; two groups of {group} are needed"
        )
    groups = pooled[: count * group].reshape(count, group)
    growth = np.log(np.abs(groups.sum(axis=1))) - np.mean(np.log(np.abs(groups)), axis=1)
    inverse = float(np.mean(growth)) / math.log(group)
    error = float(np.std(growth, ddof=1)) / math.sqrt(count) / math.log(group)
    return Estimate(1 / inverse, error / inverse**2)


def stable_sample(index: float, generator: np.random.Generator, count: int) -> Array:
    """Symmetric alpha-stable numbers of scale 1 (Chambers, Mallows and Stuck 1976)."""
    angle = generator.uniform(-np.pi / 2, np.pi / 2, count)
    waiting = generator.exponential(size=count)
    power = (np.cos(angle - index * angle) / waiting) ** ((1 - index) / index)
    drawn: Array = np.sin(index * angle) / np.cos(angle) ** (1 / index) * power
    return drawn


def _log_normal_scales(generator: np.random.Generator, n: int, d: int) -> Array:
    """Gaussian in every coordinate, with scales between coordinates as different as a network's."""
    return generator.standard_normal((n, d)) * generator.lognormal(size=d)


LAWS: dict[str, tuple[float, float, Sampler]] = {
    "Gaussian": (3.0, 2.0, lambda generator, n, d: generator.standard_normal((n, d))),
    "Gaussian with log-normal scales": (3.0, 2.0, _log_normal_scales),
    "Laplace": (6.0, 2.0, lambda generator, n, d: generator.laplace(size=(n, d))),
    "Student's t, 3 degrees of freedom": (math.inf, 2.0, lambda g, n, d: g.standard_t(3, (n, d))),
    "stable, index 1.5": (math.inf, 1.5, lambda g, n, d: stable_sample(1.5, g, n * d).reshape(n, d)),
}
"""By name: the kurtosis of a coordinate, the tail index, and how the law is drawn."""


def controls(*, minibatches: int = 350, coordinates: int = 2_000, seed: int = 0) -> list[Control]:
    """What the estimators read on noise of known laws."""
    found = []
    for name, (true_kurtosis, true_index, draw) in LAWS.items():
        generator = np.random.default_rng(seed)
        noise = draw(generator, minibatches, coordinates)
        found.append(
            Control(
                name, true_kurtosis, true_index, kurtosis(noise),
                tail_index(noise, generator=generator),
                tail_index(standardised(noise), generator=generator),
            )
        )  # fmt: skip
    return found
