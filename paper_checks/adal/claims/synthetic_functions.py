"""Claim 21: AdaL against other optimizers on Rastrigin and Rosenbrock, by three protocols.

Problem: descend a function of two variables. Algorithm: AdaL as printed, with a constant learning rate.
Guarantee: none; stored runs are compared by the rule of `paper_checks.experiments.verdict`. Source:
section 3.1, which states neither rates nor steps nor optimizers, and cites a repository; its protocol is one
of three.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from paper_checks import Claim, Finding, Options
from paper_checks.experiments.grounds import Ground
from paper_checks.experiments.landscapes import Landscapes
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import Results, Supply, stored
from paper_checks.experiments.verdict import Side, rule, sides
from theory import Source

EXPERIMENTS = ("fig4_cited", "fig4_fair", "fig4_fair_clipped")
CLAIMED = "AdaL"


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Each protocol is a reading of the claim, which speaks of both functions."""
    readings: list[Side] = []
    evidence: list[str] = []
    numbers: dict[str, float] = {}
    for name in EXPERIMENTS:
        landscapes = experiment_of(name, Landscapes)
        found = results(landscapes)
        judged = _from_one_start if landscapes.starts is None else _from_many_starts
        decided, sentences, more = judged(landscapes, found)
        readings.append(both(decided))
        evidence += sentences
        numbers |= {f"{name}, {key}": value for key, value in more.items()}
    return Finding(rule(readings, reduced=False), tuple(evidence), numbers)


def baselines_of(landscapes: Landscapes) -> list[str]:
    """Every optimizer but AdaL and its variants."""
    return [c.name for c in landscapes.contenders if not c.name.startswith(CLAIMED)]


def most(found: Sequence[Side]) -> Side:
    """Whether AdaL beats more than half of the baselines, or at least half of them beat it."""
    if 2 * found.count(Side.CLAIMED) > len(found):
        return Side.CLAIMED
    if 2 * found.count(Side.OTHER) >= len(found):
        return Side.OTHER
    return Side.OPEN


def both(found: Sequence[Side]) -> Side:
    """What holds on both functions is claimed; on one of them it can fail."""
    if all(side is Side.CLAIMED for side in found):
        return Side.CLAIMED
    return Side.OTHER if Side.OTHER in found else Side.OPEN


def _from_many_starts(
    landscapes: Landscapes, found: Results
) -> tuple[list[Side], list[str], Mapping[str, float]]:
    """A side for each function, a sentence and the numbers; Holm's correction is over both functions."""
    baselines = baselines_of(landscapes)
    every = [
        c for ground in landscapes.grounds
        for c in landscapes.comparisons(found.runs, ground, CLAIMED, baselines)
    ]  # fmt: skip
    decided = sides(every)
    on: list[Side] = []
    sentences: list[str] = []
    numbers: dict[str, float] = {}
    for k, ground in enumerate(landscapes.grounds):
        part = slice(k * len(baselines), (k + 1) * len(baselines))
        pairs = list(zip(every[part], decided[part], strict=True))
        on.append(most(decided[part]))
        won = [c.baseline for c, side in pairs if side is Side.CLAIMED]
        lost = [c.baseline for c, side in pairs if side is Side.OTHER]
        adam = next(c for c in every[part] if c.baseline == "Adam")
        gain = float(np.mean(adam.differences))
        sign = 1 if gain > 0 else -1
        low, high = sorted(sign * end for end in adam.interval)
        nearer = float(np.mean(adam.differences > 0))
        ahead = sum(float(np.mean(c.differences)) > c.effect for c in every[part])
        sentences.append(
            f"{ground.name}, {landscapes.scale}: AdaL is shown to end lower than {_counted(won, len(pairs))} "
            f"and higher than {_counted(lost, len(pairs))}; by the means alone lower than {ahead}. Against "
            f"Adam the mean of log10 f is {sign * gain:.2f} [{low:.2f}, {high:.2f}] "
            f"{'lower' if gain > 0 else 'higher'}, and it ends lower from {100 * nearer:.0f} % of the starts."
        )
        numbers |= {f"{ground.name}, {c.baseline}": float(np.mean(c.differences)) for c in every[part]}
        counts = {"beaten": len(won), "beaten by": len(lost), "beaten in the mean": ahead}
        numbers |= {f"{ground.name}, {key}": float(count) for key, count in counts.items()}
    return on, sentences, numbers


def _from_one_start(
    landscapes: Landscapes, found: Results
) -> tuple[list[Side], list[str], Mapping[str, float]]:
    """A side for each function, if it stays when all rates are moved by one place in the grid."""
    on: list[Side] = []
    sentences: list[str] = []
    numbers: dict[str, float] = {}
    baselines = baselines_of(landscapes)
    for ground in landscapes.grounds:
        moved = {
            shift: [_side(landscapes, found, ground, name, shift) for name in baselines]
            for shift in (-1, 0, 1)
        }
        seen = {most(found_sides) for found_sides in moved.values()}
        on.append(seen.pop() if len(seen) == 1 else Side.OPEN)
        won = {shift: found_sides.count(Side.CLAIMED) for shift, found_sides in moved.items()}
        ends = {shift: _end(landscapes, found, ground, CLAIMED, shift) for shift in moved}
        off = 100 * (landscapes.rates[1] / landscapes.rates[0] - 1)
        sentences.append(
            f"{ground.name}, {landscapes.scale}: AdaL ends nearer to the minimum than {won[0]} of "
            f"{len(baselines)}; with every rate {off:.0f} % lower than {won[-1]}, and {off:.0f} % higher "
            f"than {won[1]} (its squared distance is {10 ** ends[0]:.2g}, {10 ** ends[-1]:.2g} and "
            f"{10 ** ends[1]:.2g})."
        )
        names = {0: "beaten", -1: "beaten at lower rates", 1: "beaten at higher rates"}
        numbers |= {f"{ground.name}, {names[shift]}": float(n) for shift, n in won.items()}
    return on, sentences, numbers


def _end(landscapes: Landscapes, found: Results, ground: Ground, name: str, shift: int) -> float:
    """The score at the tuned rate, or at its neighbour; at the edge of the grid at the edge."""
    k = landscapes.rates.index(landscapes.best(found.runs, ground, name)) + shift
    rate = landscapes.rates[min(max(k, 0), len(landscapes.rates) - 1)]
    return found.runs[landscapes.final_unit(ground, name, rate)].numbers[landscapes.score]


def _side(landscapes: Landscapes, found: Results, ground: Ground, baseline: str, shift: int) -> Side:
    """Where AdaL ends from one start, relative to a baseline whose rate is moved as well."""
    tuned = [landscapes.best(found.runs, ground, name) for name in (CLAIMED, baseline)]
    gain = _end(landscapes, found, ground, baseline, shift) - _end(landscapes, found, ground, CLAIMED, shift)
    if abs(gain) <= landscapes.metric.effect:
        return Side.SMALL
    if any(map(landscapes.at_edge, tuned)):
        return Side.EDGE
    return Side.CLAIMED if gain > 0 else Side.OTHER


def _counted(names: Sequence[str], of: int) -> str:
    return f"{len(names)} of {of}" + (f" ({', '.join(names)})" if names else "")


CLAIM = Claim(
    "adal.claim.21",
    "AdaL performs well than most optimizers",
    Source("adal", "section 3.1"),
    "With learning rates tuned alike, AdaL ends more than 0.1 lower in log10 f than more than half of the "
    "other optimizers, on Rastrigin and on Rosenbrock: in the mean over random starts, with clipped "
    "gradients and without, and by its squared distance from the one start of the cited repository, there "
    "with all rates moved by 4 % too.",
    check,
    EXPERIMENTS,
)
