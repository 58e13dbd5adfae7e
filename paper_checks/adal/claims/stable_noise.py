"""Claim 18: Adam's exponential mean makes tails lighter; in the alpha-stable model it cannot."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source

Array = NDArray[np.float64]
Exponent = Callable[[Array], Array]
Sampler = Callable[[np.random.Generator, int], Array]

INDICES = (1.2, 1.5, 1.8)
DECAY, LENGTH = 0.9, 25
BLOCK, BLOCKS = 10, 15_000
TOLERANCE = 0.04
"""The fall of 1/alpha that counts: six standard deviations of the difference of two estimates (at most 0.0067
over 40 seeds at each index). For Laplace noise 1/alpha falls by 0.09 to 0.11."""


def stable_exponent(index: float, u: Array) -> Array:
    """Return -log of the characteristic function of a symmetric alpha-stable variable of scale 1."""
    return np.abs(u) ** index


def stable_sample(index: float, generator: np.random.Generator, count: int) -> Array:
    """Draw symmetric alpha-stable numbers of scale 1 by the method of Chambers, Mallows and Stuck."""
    angle = generator.uniform(-np.pi / 2, np.pi / 2, count)
    waiting = generator.exponential(size=count)
    power = (np.cos(angle - index * angle) / waiting) ** ((1 - index) / index)
    drawn: Array = np.sin(index * angle) / np.cos(angle) ** (1 / index) * power
    return drawn


def models() -> dict[str, tuple[Exponent, Sampler]]:
    """The paper's noise for three tail indices."""
    return {f"{a:g}": (partial(stable_exponent, a), partial(stable_sample, a)) for a in INDICES}


def check(options: Options, *, laws: dict[str, tuple[Exponent, Sampler]] | None = None) -> Finding:
    """Find the law of the exponential mean by characteristic functions, and estimate its tail index."""
    weights = (1 - DECAY) / (1 - DECAY**LENGTH) * DECAY ** np.arange(LENGTH)
    u = np.logspace(-3, 3, 25)
    generator = np.random.default_rng(options.seed)
    sentences: list[str] = []
    numbers: dict[str, float] = {}
    lighter, kept = [], []
    for name, (exponent, sampler) in (models() if laws is None else laws).items():
        ratio = np.sum([exponent(w * u) for w in weights], axis=0) / exponent(u)
        spread = float(ratio.max() / ratio.min() - 1)
        count = BLOCK * BLOCKS
        raw = tail_index(sampler(generator, count))
        mean = tail_index(sampler(generator, count * LENGTH).reshape(count, LENGTH) @ weights)
        kept.append(spread < 1e-9)  # 40 roundings of terms of one sign
        lighter.append(1 / mean < 1 / raw - TOLERANCE)
        numbers |= {f"raw {name}": raw, f"mean {name}": mean, f"spread {name}": spread}
        sentences.append(f"index {name}: estimated as {raw:.3f} before and {mean:.3f} after averaging")
    if all(kept):
        verdict = ClaimVerdict.PARTLY if any(lighter) else ClaimVerdict.FALSE
    else:
        verdict = ClaimVerdict.TRUE if all(lighter) else ClaimVerdict.NOT_SUPPORTED
    changed = max(v for k, v in numbers.items() if k.startswith("spread"))
    evidence = (
        f"The characteristic exponent of sum_i w_i u_i over that of u is constant within {changed:.2g}: "
        + (
            "the law keeps its index, and its scale is (sum |w_i|^alpha)^(1/alpha)."
            if all(kept)
            else "the law changes."
        ),
        f"Synthetic noise, {BLOCK * BLOCKS} numbers each: {'; '.join(sentences)}.",
        "Noise from training is not measured: this version trains no networks.",
    )
    return Finding(verdict, evidence, numbers)


def tail_index(values: Array) -> float:
    """Estimate alpha of symmetric stable numbers: sums of blocks grow like the block's length^(1/alpha)."""
    sums = values.reshape(BLOCKS, BLOCK).sum(axis=1)
    inverse = (np.mean(np.log(np.abs(sums))) - np.mean(np.log(np.abs(values)))) / np.log(BLOCK)
    return float(1 / inverse)


CLAIM = Claim(
    "adal.claim.18",
    "smooths the current gradient by exponential gradient average, which leads to lighter gradient noise "
    "tails",
    Source("adal", "section 2.4"),
    "For independent symmetric alpha-stable u_i, sum_i w_i u_i with Adam's weights has a tail index above "
    "alpha.",
    check,
)
