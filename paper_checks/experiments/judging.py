"""From stored runs to a finding: what claims about trained networks share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paper_checks.claim import ClaimVerdict, Finding
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import NotStored, Results, Supply
from paper_checks.experiments.training import Training
from paper_checks.experiments.verdict import FEWEST, Comparison, Metric, Side, rule, sides

SHOWN = 6
"""The most comparisons that are told one by one; the others are counted."""
CLAIMED = "AdaL"
NAMED = ("Adam", "NosAdam", "AMSGrad")
"""The optimizers that section 3 names as baselines."""
OTHERS = (
    *NAMED, "AdamW", "AdaX", "RAdam", "AdaBelief", "RMSprop", "AdaGrad", "Adadelta", "SGD",
    "SGD with momentum", "Nesterov",
)  # fmt: skip
"""Every optimizer but AdaL and its variants."""

Found = tuple[Training, Results]


def available(names: Sequence[str], supply: Supply) -> tuple[list[Found], list[str]]:
    """The experiments that have results, and a sentence about those that have none.

    Where one has the size of the paper, those at a reduced size are left out.
    """
    found: list[Found] = []
    missing: list[str] = []
    for name in names:
        training = experiment_of(name, Training)
        try:
            found.append((training, supply(training)))
        except NotStored:
            missing.append(name)
    whole = [pair for pair in found if not pair[0].reduced]
    return whole or found, [f"Not run: {', '.join(missing)} (`regretcheck experiment`)."] if missing else []


def grid_of(training: Training, grid: str) -> str:
    """The grid of this name if the experiment has it, else the paper's."""
    return grid if grid in training.grids else "paper"


def judge(
    names: Sequence[str],
    supply: Supply,
    metrics: Sequence[Metric],
    *,
    baselines: Sequence[str] = NAMED,
    grid: str = "paper",
) -> Finding:
    """The finding of a claim that AdaL beats each baseline in each experiment by each metric.

    Args:
        names: The experiments; those without results are told.
        supply: Where the results come from.
        metrics: The scores.
        baselines: The contenders that AdaL is compared with.
        grid: The grid among whose learning rates each contender has its best, where there is one of this
            name; else the paper's.
    """
    found, missing = available(names, supply)
    if not found:
        return Finding(ClaimVerdict.NOT_SUPPORTED, tuple(missing), {"experiments": 0})
    comparisons: list[Comparison] = []
    decided: list[Side] = []
    for training, results in found:
        there = [name for name in baselines if name in {c.name for c in training.contenders}]
        mine = training.comparisons(results.runs, CLAIMED, there, metrics, grid=grid_of(training, grid))
        comparisons += mine
        decided += sides(mine, fewest=FEWEST[results.device.split(":")[0]])
    reduced = any(training.reduced for training, _ in found)
    verdict = rule(decided, reduced=reduced)
    return Finding(
        verdict,
        (
            _told(verdict, decided, [training.scale for training, _ in found], reduced=reduced),
            *(f"{c.sentence(side)}." for c, side in _worth_telling(comparisons, decided)),
            *missing,
        ),
        _numbers(comparisons, decided),
    )


def _told(verdict: ClaimVerdict, found: Sequence[Side], scales: Sequence[str], *, reduced: bool) -> str:
    counts = "; ".join(f"{found.count(side)} {side.value}" for side in Side if side in found)
    small = {
        ClaimVerdict.PARTLY: "Seen in part, at a size that is not the paper's",
        ClaimVerdict.NOT_SUPPORTED: "Not seen at this size, which is not the paper's",
    }
    said = small[verdict] if reduced else "At the paper's size"
    return f"{said} ({'; '.join(scales)}). Of {len(found)} comparisons: {counts}."


def _worth_telling(comparisons: Sequence[Comparison], found: Sequence[Side]) -> list[tuple[Comparison, Side]]:
    """The decided comparisons first, each group in its order."""
    pairs = list(zip(comparisons, found, strict=True))
    return sorted(pairs, key=lambda pair: pair[1] not in {Side.CLAIMED, Side.OTHER})[:SHOWN]


def _numbers(comparisons: Sequence[Comparison], found: Sequence[Side]) -> dict[str, float]:
    """The mean differences, and how many lie on each side."""
    means = {f"{c.task}, {c.metric.name}, {c.baseline}": float(np.mean(c.differences)) for c in comparisons}
    return {**means, **{side.name.lower(): float(found.count(side)) for side in Side}}
