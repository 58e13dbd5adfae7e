"""Claim 30: the noise of AdaL lies much closer to SGD's than Adam's does.

Problem: train an MLP on MNIST; leave its weights as they are and draw minibatches. Algorithm: the exponential
means of Adam and of AdaL. Guarantee: none; the rule of `paper_checks.experiments.noise_judging` decides.
Source: section 2.4. The paper measures no distance; the heaviness of tails is what its argument is about,
and the kurtosis is the measure of it that has a meaning for noise of finite variance.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, Finding, Options
from paper_checks.experiments.noise import INDEX, KURTOSIS, PLAIN, RAW_INDEX, Noise, not_averaged
from paper_checks.experiments.noise_judging import Cell, closed_shares, measured, much_closer
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.tails import averaged_kurtosis, controls
from theory import Source

Array = NDArray[np.float64]

EXPERIMENTS = ("fig3",)
MINE, THEIRS = "AdaL", "Adam"


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Which share of the distance between Adam's kurtosis and SGD's does AdaL's close, at each epoch?"""
    noise = experiment_of(EXPERIMENTS[0], Noise)
    found = results(noise)
    tables = {name: measured(noise, found, name) for name in (KURTOSIS, RAW_INDEX, INDEX)}
    shares = closed_shares(tables[KURTOSIS], MINE, THEIRS)
    exact = closed_shares(_by_independence(noise, tables[KURTOSIS]), MINE, THEIRS)
    means = {
        f"{name}, {kind}": float(np.mean([by_kind[kind].mean() for by_kind in table.values()]))
        for name, table in tables.items()
        for kind in noise.kinds
    }
    known = {control.name: control for control in controls()}
    scales = known["Gaussian with log-normal scales"]
    pooled = _by_kind(means, RAW_INDEX, noise.kinds)
    evidence = (
        f"Share of the distance from {THEIRS}'s kurtosis to SGD's that {MINE}'s closes, in {noise.scale}: "
        f"{_by_epoch(shares)}; as it follows from the kurtosis of what is averaged, {_by_epoch(exact)}.",
        f"Mean kurtosis: {_by_kind(means, KURTOSIS, noise.kinds)}. A Gaussian's is 3.",
        f"By the pooled tail index of the cited works {MINE} is "
        f"{'farther' if _farther(means, RAW_INDEX) else 'not farther'} from SGD than {THEIRS}: {pooled}.",
        f"The index measures the mixing of scales: on Gaussian noise with log-normal scales it reads "
        f"{scales.raw.index:.2f} in place of 2, on Laplace noise {known['Laplace'].raw.index:.2f}. With "
        f"coordinates standardised it reads {_by_kind(means, INDEX, noise.kinds)} on the network.",
    )
    numbers = {**means, **{f"share, epoch {c.epoch}": float(np.mean(c.values)) for c in shares}}
    numbers |= {f"exact share, epoch {c.epoch}": float(np.mean(c.values)) for c in exact}
    verdict = much_closer(shares, reduced=noise.reduced)
    return Finding(verdict, evidence, numbers)


def _by_independence(noise: Noise, table: Mapping[int, Mapping[str, Array]]) -> dict[int, dict[str, Array]]:
    """The kurtosis of the means as independent minibatches have it, from that of what they average."""
    decay = {c.name: c.parameters["beta1"] for c in noise.measured}
    return {
        epoch: {
            **found,
            THEIRS: averaged_kurtosis(found[PLAIN], decay[THEIRS]),
            MINE: averaged_kurtosis(found[not_averaged(MINE)], decay[MINE]),
        }
        for epoch, found in table.items()
    }


def _farther(means: Mapping[str, float], estimator: str) -> bool:
    distance = {
        kind: abs(means[f"{estimator}, {kind}"] - means[f"{estimator}, {PLAIN}"]) for kind in (MINE, THEIRS)
    }
    return distance[MINE] > distance[THEIRS]


def _by_epoch(cells: list[Cell]) -> str:
    return ", ".join(f"{cell} after epoch {cell.epoch}" for cell in cells)


def _by_kind(means: Mapping[str, float], estimator: str, kinds: tuple[str, ...]) -> str:
    return "; ".join(f"{kind} {means[f'{estimator}, {kind}']:.2f}" for kind in kinds)


CLAIM = Claim(
    "adal.claim.30",
    "We show that the gradient noise of AdaL is much closer to SGD",
    Source("adal", "section 2.4, Figure 3"),
    "On a network, at every stage of its training, the kurtosis of AdaL's averaged noise lies nearer to that "
    "of SGD's noise than Adam's does, by more than half of the distance between Adam's and SGD's.",
    check,
    EXPERIMENTS,
)
