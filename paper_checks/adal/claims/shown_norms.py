"""Claims 26 to 29 and 33: what Figures 1 and 2 show of the gradient's norm, and what is said of it."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.norms import BETWEEN, SCALED, SILENT
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.trends import Trend, counted, norms_named, numbers, trends
from paper_checks.experiments.verdict import FEWEST, LEVEL, at_size, t_interval
from theory import Source

LOW = 0.01
"""The share of the largest tensor's norm below which a norm is at a low level."""
KEPT = 2.0
"""The factor within which a norm is maintained."""
HALF = 0.5
"""The share of the variance between tensors above which the parameters of a tensor count as alike."""
ALL_DIVERGED = Finding(
    ClaimVerdict.NOT_SUPPORTED, ("Every run diverged: there is no norm to look at.",), {"runs": 0}
)


def decreasing(name: str, results: Supply) -> Finding:
    """Whether the norm of some tensor falls with AdaL."""
    norms, runs = norms_named(name, results)
    tensors = norms.tensors(runs.runs)
    if not tensors:
        return ALL_DIVERGED
    found = trends(norms, runs, tensors, ["AdaL"])
    scaled = trends(norms, runs, tensors, ["AdaL"], number=SCALED)
    falling = [trend for trend in found if trend.falls]
    # That no tensor shows it refutes no figure: the paper looked at one tensor, and does not say which.
    verdict = ClaimVerdict.TRUE if falling else ClaimVerdict.NOT_SUPPORTED
    steepest = min((trend for trend in found if trend.slopes), key=lambda trend: trend.mean)
    evidence = (
        f"{norms.scale}: of {len(found)} pairs of a tensor and a rate {counted(found)}.",
        f"The steepest, change of log10 in an epoch: {steepest}.",
        f"Multiplied by the l2 norm of the weights, which no rescaling of a normalised layer changes, "
        f"{counted(scaled)}.",
    )
    return Finding(
        at_size(verdict, reduced=norms.reduced),
        evidence,
        {"fall": len(falling), "of": len(found), **numbers([steepest])},
    )


def check_figure1(options: Options, *, results: Supply = stored) -> Finding:
    """Look for a tensor of the MLP whose norm falls."""
    return decreasing("fig1", results)


def check_figure2a(options: Options, *, results: Supply = stored) -> Finding:
    """Look for a tensor of the residual network whose norm falls."""
    return decreasing("fig2", results)


def low_and_steady(curves: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """The tensors whose norm is low in every epoch and stays within `KEPT`, with that factor."""
    largest = np.max(list(curves.values()), axis=0)
    low = [tensor for tensor, curve in curves.items() if np.all(curve <= LOW * largest)]
    factors = {tensor: float(curves[tensor].max() / curves[tensor].min()) for tensor in low}
    return {tensor: factor for tensor, factor in factors.items() if factor <= KEPT}


def check_figure2b(options: Options, *, results: Supply = stored) -> Finding:
    """Look for a tensor whose norm is small and stays within a factor of itself, as a sum and as a mean."""
    norms, runs = norms_named("fig2", results)
    tensors = norms.tensors(runs.runs)
    if not tensors:
        return ALL_DIVERGED
    sentences, shown = [], {"sum": 0, "mean": 0}
    for rate in norms.rates:
        finished = norms.finished(runs.runs, "AdaL", rate)
        if not finished:
            continue
        # Epoch means, averaged over the seeds.
        sums = {t: np.mean([run.curves[f"epoch mean, {t}"] for run in finished], axis=0) for t in tensors}
        means = {t: curve / finished[0].numbers[f"coordinates, {t}"] for t, curve in sums.items()}
        found = {"sum": low_and_steady(sums), "mean": low_and_steady(means)}
        for kind, steady in found.items():
            shown[kind] += len(steady)
            told = ", ".join(f"{tensor} (a factor {factor:.2f})" for tensor, factor in steady.items())
            sentences.append(
                f"Rate {rate:g}, {kind} over the coordinates: {len(steady)} of {len(tensors)} tensors"
                + (f": {told}." if told else ".")
            )
    readings = [count > 0 for count in shown.values()]
    verdict = ClaimVerdict.TRUE if all(readings) else ClaimVerdict.PARTLY
    if not any(readings):
        verdict = ClaimVerdict.NOT_SUPPORTED
    evidence = (
        f"{norms.scale}: tensors with at most {100 * LOW:g} % of the largest tensor's norm in every epoch, "
        f"within a factor {KEPT:g} over the epochs.",
        *sentences,
        "A small tensor has a low sum by its size alone; the mean does not depend on its size.",
    )
    return Finding(at_size(verdict, reduced=norms.reduced), evidence, dict(shown))


def check_distinct(options: Options, *, results: Supply = stored) -> Finding:
    """Compare the slopes of the convolutional tensors, pair by pair, on the same seeds."""
    norms, runs = norms_named("fig2", results)
    # The matrices of convolutions have no bias, and the last matrix is the linear layer's.
    matrices = [t for t in norms.tensors(runs.runs) if t.endswith("weight") and ".norms." not in t]
    tensors = [t for t in matrices if t.removesuffix("weight") + "bias" not in norms.tensors(runs.runs)]
    if not tensors:
        return ALL_DIVERGED
    found = trends(norms, runs, tensors, ["AdaL"])
    pairs = [(a, b) for a, b in combinations(found, 2) if a.rate == b.rate]
    apart = [pair for pair in pairs if _differ(*pair, LEVEL / len(pairs))]
    counts = {rate: sum(a.rate == rate for a, _ in apart) for rate in norms.rates}
    each = len(pairs) // len(norms.rates)
    if all(2 * count > each for count in counts.values()):
        verdict = ClaimVerdict.TRUE
    else:
        verdict = ClaimVerdict.PARTLY if apart else ClaimVerdict.NOT_SUPPORTED
    spread = sorted((trend for trend in found if trend.slopes), key=lambda trend: trend.mean)
    told = ", ".join(f"{count} at rate {rate:g}" for rate, count in counts.items())
    evidence = (
        f"{norms.scale}: of {each} pairs of {len(tensors)} convolutional tensors, the slopes of these "
        f"differ with certainty: {told}.",
        f"The smallest and the largest change of log10 in an epoch: {spread[0]}; {spread[-1]}.",
    )
    numbers_of = {f"apart, {rate:g}": count for rate, count in counts.items()} | {"pairs": each}
    return Finding(at_size(verdict, reduced=norms.reduced), evidence, numbers_of)


def _differ(one: Trend, other: Trend, level: float) -> bool:
    """Whether two slopes differ with certainty; every finished seed counts, and both have the same."""
    if len(one.slopes) < FEWEST["cpu"]:
        return False
    low, high = t_interval(np.subtract(one.slopes, other.slopes), level)
    return bool(low > 0 or high < 0)


def check_alike(options: Options, *, results: Supply = stored) -> Finding:
    """Compare the variance of the coordinates' mean |g_i| between tensors with that inside them."""
    shares: dict[str, list[float]] = {}
    silent: dict[str, list[float]] = {}
    reduced = False
    for name in ("fig1", "fig2"):
        norms, runs = norms_named(name, results)
        reduced |= norms.reduced
        for rate in norms.rates:
            finished = norms.finished(runs.runs, "AdaL", rate)
            for epoch in (1, norms.before_decay):
                setting = f"{norms.task.name}, rate {rate:g}, epoch {epoch}"
                shares[setting] = [run.curves[BETWEEN][epoch - 1] for run in finished]
                silent[setting] = [run.curves[SILENT][epoch - 1] for run in finished]
    intervals = {setting: t_interval(found, LEVEL / len(shares)) for setting, found in shares.items()}
    enough = [setting for setting, found in shares.items() if len(found) >= FEWEST["cpu"]]
    above = sum(intervals[setting][0] > HALF for setting in enough)
    below = sum(intervals[setting][1] < HALF for setting in enough)
    if above == len(shares):
        verdict = ClaimVerdict.TRUE
    elif above:
        verdict = ClaimVerdict.PARTLY
    else:
        verdict = ClaimVerdict.FALSE if below else ClaimVerdict.NOT_SUPPORTED
    evidence = (
        "The share of the variance of log10 mean |g_i| that lies between tensors, over the coordinates that "
        f"have a gradient: above one half in {above} of {len(shares)} settings, below it in {below}.",
        *(
            f"{setting}: {np.mean(shares[setting]):.2f} [{low:.2f}, {high:.2f}], "
            f"{100 * np.mean(silent[setting]):.0f} % of the coordinates without gradient."
            for setting, (low, high) in intervals.items()
            if shares[setting]
        ),
    )
    return Finding(at_size(verdict, reduced=reduced), evidence, {"above": above, "below": below})


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
        "For some tensor of the residual network and some learning rate the slope of log ||g_t||_1 with AdaL "
        "is negative.",
        check_figure2a,
        ("fig2",),
    ),
    Claim(
        "adal.claim.28",
        "In Figure 2(b), the gradient norm is maintained at a low level",
        Source("adal", "section 2.3, Figure 2"),
        "At some learning rate some tensor of the residual network has a norm of at most 1 % of the largest "
        "tensor's in every epoch, which stays within a factor 2 over the epochs: the l1 norm, and the l1 "
        "norm divided by the number of coordinates.",
        check_figure2b,
        ("fig2",),
    ),
    Claim(
        "adal.claim.29",
        "Parameters in different convolutional layers have different roles, which leads to a distinct "
        "variation of gradients and their norms",
        Source("adal", "section 3.3"),
        "The slopes of log ||g_t||_1 differ between most pairs of convolutional tensors, at every learning "
        "rate.",
        check_distinct,
        ("fig2",),
    ),
    Claim(
        "adal.claim.33",
        "In deep learning models, parameters in the same layer usually share similar properties",
        Source("adal", "section 2.3"),
        "More than half of the variance of log mean_t |g_{t,i}| over the coordinates i of a network lies "
        "between its tensors: with AdaL at every learning rate, in the first epoch and in the last before "
        "any decay.",
        check_alike,
        ("fig1", "fig2"),
    ),
)
