"""Claim 16: the l1 norm of the gradient falls during training."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.norms import Norms
from paper_checks.experiments.recorder import WHOLE
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.trends import Trend, counted, norms_named, numbers, trends
from paper_checks.experiments.verdict import at_size
from theory import Source

EXPERIMENTS = ("fig1", "fig2")


def check(options: Options, *, results: Supply = stored) -> Finding:
    """The slope of the whole gradient's norm before any decay, for each network, optimizer and rate."""
    found: list[Trend] = []
    sentences: list[str] = []
    seen: dict[str, float] = {}
    for name in EXPERIMENTS:
        norms, runs = norms_named(name, results)
        mine = trends(norms, runs, [WHOLE], [c.name for c in norms.contenders])
        found += mine
        seen |= {f"{norms.task.name}, {key}": value for key, value in numbers(mine).items()}
        sentences.append(f"{norms.scale}: of {len(mine)} settings {counted(mine)}.")
        sentences.append(f"Change of log10 in an epoch: {'; '.join(map(str, mine))}.")
    falling, rising = sum(t.falls for t in found), sum(t.rises for t in found)
    reduced = any(experiment_of(name, Norms).reduced for name in EXPERIMENTS)
    if falling == len(found):
        verdict = ClaimVerdict.TRUE
    elif falling:
        verdict = ClaimVerdict.PARTLY
    else:
        verdict = ClaimVerdict.FALSE if rising else ClaimVerdict.NOT_SUPPORTED
    return Finding(at_size(verdict, reduced=reduced), tuple(sentences), seen)


CLAIM = Claim(
    "adal.claim.16",
    "g_t in each iterative step is decreasing with oscillation in a general view",
    Source("adal", "section 2.2"),
    "Before any decay of the learning rate the slope of log ||g_t||_1 is negative for every network, "
    "optimizer and learning rate.",
    check,
    EXPERIMENTS,
)
