"""Claim 8: AdaL has no parameters that Adam does not have."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import ADAL, ADAM, Recurrence, Source
from theory.quantities import MaxCoords, SumCoords


def check(options: Options, *, recurrence: Recurrence = ADAL, parent: Recurrence = ADAM) -> Finding:
    """Compare the two parameter lists, and count the sums over coordinates that each algorithm needs."""
    mine, theirs = set(recurrence.parameter_names), set(parent.parameter_names)
    extra = sorted(mine - theirs)
    sums = {
        r.name: len({e for line in r.expressions() for e in line.atoms(SumCoords, MaxCoords)})
        for r in (recurrence, parent)
    }
    evidence = (
        f"{recurrence.name} has {', '.join(sorted(mine))}; {parent.name} has {', '.join(sorted(theirs))}: "
        + (f"{', '.join(extra)} extra." if extra else "nothing extra."),
        f"But it couples all coordinates: {recurrence.name} needs {sums[recurrence.name]} sum over "
        f"coordinates in a round, {parent.name} {sums[parent.name]}.",
    )
    verdict = ClaimVerdict.FALSE if extra else ClaimVerdict.TRUE
    return Finding(verdict, evidence, {"extra": len(extra), "sums": sums[recurrence.name]})


CLAIM = Claim(
    "adal.claim.8",
    "performs a gradient transformation on Adam without extra parameters",
    Source("adal", "section 1"),
    "The parameters of AdaL are among those of Adam.",
    check,
)
