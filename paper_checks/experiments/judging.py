"""From stored runs to a finding: what claims about trained networks share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paper_checks.claim import ClaimVerdict, Finding
from paper_checks.experiments.results import Results
from paper_checks.experiments.training import Training
from paper_checks.experiments.verdict import FEWEST, Comparison, Metric, Side, rule, sides

SHOWN = 8
"""The most comparisons that are told one by one; more are counted."""


def judge(
    experiments: Sequence[tuple[Training, Results]],
    claimed: str,
    baselines: Sequence[str],
    metrics: Sequence[Metric],
    *,
    grid: str,
) -> Finding:
    """The finding of a claim that a contender beats each baseline in each experiment by each metric.

    Args:
        experiments: Designs with their results.
        claimed: The contender that the claim praises.
        baselines: Those that it is compared with.
        metrics: The scores.
        grid: The grid among whose rates each has its best.
    """
    comparisons: list[Comparison] = []
    found: list[Side] = []
    for experiment, results in experiments:
        mine = experiment.comparisons(results.runs, claimed, baselines, metrics, grid=grid)
        comparisons += mine
        found += sides(mine, fewest=FEWEST[results.device.split(":")[0]])
    reduced = any(experiment.reduced for experiment, _ in experiments)
    verdict = rule(found, reduced=reduced)
    scale = "; ".join(experiment.scale for experiment, _ in experiments)
    return Finding(
        verdict,
        (
            *([f"Not the paper's size: {scale}."] if reduced else [f"{scale}."]),
            _told(verdict, found),
            *(f"{c.sentence(s)}." for c, s in _worth_telling(comparisons, found)),
        ),
        {f"{c.task} {c.metric.name} {c.baseline}"[:80]: float(np.mean(c.differences)) for c in comparisons}
        | {f"{side.name.lower()}": float(found.count(side)) for side in Side},
    )


def _told(verdict: ClaimVerdict, found: Sequence[Side]) -> str:
    counts = ", ".join(f"{found.count(side)} {side.value}" for side in Side if side in found)
    size = {
        ClaimVerdict.PARTLY: "Some of it is seen at this size",
        ClaimVerdict.NOT_SUPPORTED: "It is not seen at this size",
    }.get(verdict, "Seen")
    return f"{size}: of {len(found)} comparisons {counts}."


def _worth_telling(comparisons: Sequence[Comparison], found: Sequence[Side]) -> list[tuple[Comparison, Side]]:
    """The decided comparisons first, in their order."""
    pairs = list(zip(comparisons, found, strict=True))
    decided = [pair for pair in pairs if pair[1] in {Side.CLAIMED, Side.OTHER}]
    return [*decided, *(pair for pair in pairs if pair not in decided)][:SHOWN]
