"""F. Orabona, A modern introduction to online learning, and S. Bubeck 2015: mirror descent, given maps."""

from paper_checks.atlas.entry import Entry
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.theorems.orabona_mirror import (
    THEOREM4_2_FERMI_DIRAC,
    THEOREM4_2_HYPERBOLIC,
    THEOREM4_2_LOG_BARRIER,
    THEOREM4_2_REGRET_FERMI_DIRAC,
    THEOREM4_2_REGRET_HYPERBOLIC,
    THEOREM4_2_REGRET_LOG_BARRIER,
    THEOREM6_11_CONSTANT_FERMI_DIRAC,
    THEOREM6_11_CONSTANT_HYPERBOLIC,
    THEOREM6_11_CONSTANT_LOG_BARRIER,
    THEOREM6_11_FERMI_DIRAC,
    THEOREM6_11_HYPERBOLIC,
    THEOREM6_11_LOG_BARRIER,
)

PROVED = {"stated": "docs/proofs.md"}


def _entry(theorem: Theorem, why_not_searched: str = "") -> Entry:
    (algorithm,) = (a for a in theorem.algorithms if isinstance(a, Recurrence))
    return Entry(theorem, algorithm, proved=PROVED, why_not_searched=why_not_searched)


def _average(theorem: Theorem, regret: Theorem) -> Entry:
    return _entry(
        theorem,
        f"the games of a search change the loss from round to round; the stronger {regret.id} is searched",
    )


THEOREMS = (
    _entry(THEOREM6_11_FERMI_DIRAC),
    _entry(THEOREM6_11_CONSTANT_FERMI_DIRAC),
    _entry(THEOREM6_11_LOG_BARRIER),
    _entry(THEOREM6_11_CONSTANT_LOG_BARRIER),
    _entry(THEOREM6_11_HYPERBOLIC),
    _entry(THEOREM6_11_CONSTANT_HYPERBOLIC),
    _average(THEOREM4_2_FERMI_DIRAC, THEOREM4_2_REGRET_FERMI_DIRAC),
    _entry(THEOREM4_2_REGRET_FERMI_DIRAC),
    _average(THEOREM4_2_LOG_BARRIER, THEOREM4_2_REGRET_LOG_BARRIER),
    _entry(THEOREM4_2_REGRET_LOG_BARRIER),
    _average(THEOREM4_2_HYPERBOLIC, THEOREM4_2_REGRET_HYPERBOLIC),
    _entry(THEOREM4_2_REGRET_HYPERBOLIC),
)
