"""Claim 19: multiplying a gradient by its l1 norm halves the tail index, so the noise becomes heavier."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.noise import PLAIN, Noise, not_averaged
from paper_checks.experiments.noise_judging import Cell, joined, measured
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import Supply, stored
from theory import Source

Array = NDArray[np.float64]

EXPERIMENTS = ("fig3",)
INDICES = (1.2, 1.5, 1.8)
DIMENSION, COUNT, LARGEST = 3, 40_000, 400
TOLERANCE = 0.25
"""Relative tolerance: five standard deviations, each 1/20 for Hill's estimate from 400 order statistics."""


def amplify(gradients: Array) -> Array:
    """||g||_1 g for rows g."""
    amplified: Array = np.abs(gradients).sum(axis=1, keepdims=True) * gradients
    return amplified


def check(
    options: Options, *, transform: Callable[[Array], Array] = amplify, results: Supply = stored
) -> Finding:
    """Transform gradients with a Pareto norm, then compare what was measured on a network."""
    formal, told, numbers = _pareto(options.seed, transform)
    noise = experiment_of(EXPERIMENTS[0], Noise)
    cells = [
        Cell(epoch, found[PLAIN] - found[not_averaged("AdaL")])
        for epoch, found in measured(noise, results(noise)).items()
    ]
    by_epoch = "; ".join(f"epoch {cell.epoch}: {-cell}" for cell in cells)
    seen = (
        f"Measured, {noise.scale}: the kurtosis of the noise of ||g||_1 g exceeds that of the noise of g by "
        f"{by_epoch}."
    )
    numbers |= {f"fall, epoch {cell.epoch}": float(np.mean(cell.values)) for cell in cells}
    shown = all(cell.above(0) for cell in cells)
    return Finding(joined(formal, shown), (*told, seen), numbers)


def _pareto(
    seed: int, transform: Callable[[Array], Array]
) -> tuple[ClaimVerdict, tuple[str, ...], dict[str, float]]:
    """Compare the tail indices of ||g|| and of the transformed gradient's norm, for Pareto ||g||."""
    generator = np.random.default_rng(seed)
    ratios, sentences = [], []
    numbers: dict[str, float] = {}
    for index in INDICES:
        directions = generator.standard_normal((COUNT, DIMENSION))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        gradients = directions * generator.pareto(index, (COUNT, 1)) + directions
        before, after = hill(gradients), hill(transform(gradients))
        ratios.append(after / before)
        numbers |= {f"before {index:g}": before, f"after {index:g}": after}
        sentences.append(f"index {index:g}: {before:.2f} before, {after:.2f} after")
    # P(c ||g||^2 > s) = P(||g|| > sqrt(s/c)) is a power of s with half the exponent; norms are equivalent.
    halved = all(abs(2 * r - 1) < TOLERANCE for r in ratios)
    heavier, lighter = (all(sign * (r - 1) > TOLERANCE / 2 for r in ratios) for sign in (-1, 1))
    verdict = ClaimVerdict.FALSE if heavier else ClaimVerdict.TRUE if lighter else ClaimVerdict.NOT_SUPPORTED
    evidence = (
        f"Hill's estimate on {COUNT} synthetic gradients with a Pareto norm: {'; '.join(sentences)}: "
        + ("the index is halved" if halved else "the index is not halved")
        + (", the tail is heavier." if heavier else ", the tail is lighter." if lighter else "."),
        "||g||_2^2 <= ||(||g||_1 g)||_2 <= sqrt(d) ||g||_2^2: if P(||g|| > s) falls like s^-a, that of ghat "
        "falls like s^(-a/2). For the paper's a < 2 the mean of ||ghat|| is then infinite, as are G and M.",
    )
    return verdict, evidence, numbers


def hill(gradients: Array) -> float:
    """Hill's estimate of the tail index of the l2 norms."""
    top = np.sort(np.linalg.norm(gradients, axis=1))[-LARGEST - 1 :]
    return float(1 / np.mean(np.log(top[1:] / top[0])))


CLAIM = Claim(
    "adal.claim.19",
    "amplified by the l1 norm, which alleviates the heaviness of gradient noise",
    Source("adal", "section 2.4"),
    "The norm of ||g||_1 g has a larger tail index than that of g; and on a network the kurtosis of its "
    "noise lies below that of the noise of g.",
    check,
    EXPERIMENTS,
)
