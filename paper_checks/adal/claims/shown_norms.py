"""Claims 26 to 29: what Figures 1 and 2 show of the gradient's norm, and what section 3.3 says of it."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.norms import Norms
from paper_checks.experiments.results import Results, Supply, stored
from paper_checks.experiments.trends import Trend, counted, norms_named, numbers, trends
from paper_checks.experiments.verdict import LEVEL, t_interval
from theory import Source

LOW = 0.01
"""The share of the largest tensor's norm below which a norm is at a low level."""
KEPT = 2.0
"""The factor within which a norm is maintained."""


def decreasing(name: str, options: Options, results: Supply) -> Finding:
    """Whether the norm of some tensor falls with AdaL."""
    norms, runs = norms_named(name, results)
    found = trends(norms, runs, norms.tensors(runs.runs), ["AdaL"])
    falling = [trend for trend in found if trend.falls]
    if falling:
        verdict = ClaimVerdict.TRUE
    else:
        # That no tensor shows it at this size refutes no figure of another size.
        verdict = ClaimVerdict.NOT_SUPPORTED
    steepest = min((trend for trend in found if trend.slopes), key=lambda trend: trend.mean)
    evidence = (
        f"{norms.scale}: of {len(found)} pairs of a tensor and a rate {counted(found)}.",
        f"The steepest, change of log10 in an epoch: {steepest}.",
    )
    return Finding(verdict, evidence, {"fall": len(falling), "of": len(found), **numbers([steepest])})


def check_figure1(options: Options, *, results: Supply = stored) -> Finding:
    """Look for a tensor of the MLP whose norm falls."""
    return decreasing("fig1", options, results)


def check_figure2a(options: Options, *, results: Supply = stored) -> Finding:
    """Look for a tensor of the residual network whose norm falls."""
    return decreasing("fig2", options, results)


def epoch_means(norms: Norms, runs: Results, tensor: str) -> NDArray[np.float64]:
    """The epoch means of a tensor's norm with AdaL at the first rate, averaged over the seeds."""
    units = [u for u in norms.ready({}) if u.contender == "AdaL" and u.rate == norms.rates[0]]
    curves = [runs.runs[u].curves[f"epoch mean, {tensor}"] for u in units if runs.runs[u].diverged is None]
    means: NDArray[np.float64] = np.mean(np.array(curves, dtype=np.float64), axis=0)
    return means


def check_figure2b(options: Options, *, results: Supply = stored) -> Finding:
    """Look for a tensor whose norm is small and stays within a factor of itself."""
    norms, runs = norms_named("fig2", results)
    means = {tensor: epoch_means(norms, runs, tensor) for tensor in norms.tensors(runs.runs)}
    largest = np.max(list(means.values()), axis=0)
    low = {tensor: curve for tensor, curve in means.items() if np.all(curve <= LOW * largest)}
    kept = {tensor: float(curve.max() / curve.min()) for tensor, curve in low.items()}
    steady = {tensor: factor for tensor, factor in kept.items() if factor <= KEPT}
    told = ", ".join(f"{tensor} (within a factor {factor:.2f})" for tensor, factor in steady.items())
    evidence = (
        f"{norms.scale}: {len(low)} of {len(means)} tensors have norms of at most {100 * LOW:g} % of the "
        f"largest tensor's in every epoch, and {len(steady)} of these stay within a factor {KEPT:g}"
        f"{': ' + told if told else ''}.",
        "Norms are sums over the coordinates of a tensor, so that a small tensor is low by its size alone.",
    )
    verdict = ClaimVerdict.TRUE if steady else ClaimVerdict.NOT_SUPPORTED
    return Finding(verdict, evidence, {"low": len(low), "steady": len(steady)})


def check_distinct(options: Options, *, results: Supply = stored) -> Finding:
    """Compare the slopes of the convolutional tensors, pair by pair, on the same seeds."""
    norms, runs = norms_named("fig2", results)
    # The matrices of convolutions have no bias, and the last matrix is the linear layer's.
    matrices = [t for t in norms.tensors(runs.runs) if t.endswith("weight") and ".norms." not in t]
    tensors = [t for t in matrices if t.removesuffix("weight") + "bias" not in norms.tensors(runs.runs)]
    found = {trend.tensor: trend for trend in trends(norms, runs, tensors, ["AdaL"])}
    pairs = list(combinations(tensors, 2))
    level = LEVEL / len(pairs)
    apart = [pair for pair in pairs if _differ(found[pair[0]], found[pair[1]], level)]
    if 2 * len(apart) > len(pairs):
        verdict = ClaimVerdict.TRUE
    else:
        verdict = ClaimVerdict.PARTLY if apart else ClaimVerdict.NOT_SUPPORTED
    spread = sorted(found.values(), key=lambda trend: trend.mean)
    evidence = (
        f"{norms.scale}: the slopes of {len(apart)} of {len(pairs)} pairs of {len(tensors)} convolutional "
        f"tensors differ with certainty.",
        f"The smallest and the largest change of log10 in an epoch: {spread[0]}; {spread[-1]}.",
    )
    return Finding(verdict, evidence, {"apart": len(apart), "pairs": len(pairs)})


def _differ(one: Trend, other: Trend, level: float) -> bool:
    low, high = t_interval(np.subtract(one.slopes, other.slopes), level)
    return bool(low > 0 or high < 0)


CLAIMS = (
    Claim(
        "adal.claim.26",
        "In Figure 1, we choose one parameter and compute its gradient norm, which is shown decreasing",
        Source("adal", "section 2.3, Figure 1"),
        "For some tensor of the MLP and some learning rate of the grid, the slope of log ||g_t||_1 with AdaL "
        "is negative before any decay of the rate.",
        check_figure1,
        ("fig1",),
    ),
    Claim(
        "adal.claim.27",
        "In Figure 2(a), it is similar with Figure 1, which is shown decreasing",
        Source("adal", "section 2.3, Figure 2"),
        "For some tensor of the residual network the slope of log ||g_t||_1 with AdaL is negative.",
        check_figure2a,
        ("fig2",),
    ),
    Claim(
        "adal.claim.28",
        "In Figure 2(b), the gradient norm is maintained at a low level",
        Source("adal", "section 2.3, Figure 2"),
        "Some tensor of the residual network has an l1 norm of at most 1 % of the largest tensor's in every "
        "epoch, which stays within a factor 2 over the epochs.",
        check_figure2b,
        ("fig2",),
    ),
    Claim(
        "adal.claim.29",
        "Parameters in different convolutional layers have different roles, which leads to a distinct "
        "variation of gradients and their norms",
        Source("adal", "section 3.3"),
        "The slopes of log ||g_t||_1 differ between most pairs of convolutional tensors.",
        check_distinct,
        ("fig2",),
    ),
)
