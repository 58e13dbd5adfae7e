"""Claim 7: earlier proofs need a decreasing beta1; the cited paper's needs a nondecreasing vhat_t instead."""

from collections.abc import Mapping

import numpy as np

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import ADAL, Recurrence, Source, Theorem, algorithm
from theory.parameters import beta1
from theory.quantities import Prev
from theory.symbols import m, t, vhat
from theory.theorems.registry import theorems

CITED = "alacaoglu2020"
ROUNDS = 50


def has_constant_momentum(recurrence: Recurrence) -> bool:
    """Whether m_t uses the same beta1 in every round."""
    line = dict(recurrence.steps).get(m)
    if line is None:
        return False
    weight = line.coeff(Prev(m))
    return bool(weight == beta1 and not weight.has(t))


def check(
    options: Options, *, known: Mapping[str, Theorem] | None = None, recurrence: Recurrence = ADAL
) -> Finding:
    """Look for a proved theorem with constant beta1 in the cited paper, and for rounds where vhat_t falls."""
    from online_sim import ArrayStream, Game, play
    from theory import LINEAR

    precedents = [
        theorem
        for theorem in (theorems() if known is None else known).values()
        if theorem.source.key == CITED
        and theorem.status.proved
        and all(has_constant_momentum(algorithm(name)) for name in theorem.algorithms)
    ]
    values = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    stream = ArrayStream(np.random.default_rng(options.seed).standard_normal((ROUNDS, 2)))
    trace = play(
        Game(
            recurrence,
            LINEAR,
            stream,
            horizon=ROUNDS,
            parameters={name: values[name] for name in recurrence.parameter_names},
        ),
        record=[vhat],
        checkpoints="all",
        engine="numpy",
    )
    path = trace[vhat]
    falls = int(np.sum(np.any(np.diff(path, axis=0) < 0, axis=1)))
    names = ", ".join(f"{p.id} ({p.source})" for p in precedents) or "none"
    evidence = (
        f"Theorems of the cited paper with a constant beta1 that are proved and stated here: {names}.",
        f"That technique needs vhat_t >= vhat_(t-1); in {recurrence.name} some coordinate of vhat_t falls in "
        f"{falls} of {ROUNDS - 1} rounds of Gaussian gradients.",
    )
    verdict = ClaimVerdict.FALSE if precedents else ClaimVerdict.NOT_SUPPORTED
    return Finding(verdict, evidence, {"precedents": len(precedents), "falls": falls})


CLAIM = Claim(
    "adal.claim.7",
    "previous proofs are all based on a decreasing β1",
    Source("adal", "section 1"),
    "No theorem before this paper bounds the regret of an Adam-type method with a constant beta1.",
    check,
)
