"""S. Bubeck. Convex optimization: algorithms and complexity. 2015."""

from paper_checks.atlas.entry import Entry
from theory.theorems.bubeck import (
    DESCENT,
    DESCENT_STRONG,
    FRANK_WOLFE,
    NESTEROV_SMOOTH,
    NESTEROV_STRONG,
    SUBGRADIENT,
    THEOREM3_2,
    THEOREM3_3,
    THEOREM3_8,
    THEOREM3_12,
    THEOREM3_18,
    THEOREM3_19,
)

# Both sides are sums over coordinates, so one is enough; in THEOREM3_2 only for d = 1 is the bound of the
# gradients exact.
_SEARCH = {"dimensions": (1,), "most_rounds": 1000}
_PROVED = {"stated": "docs/proofs.md"}
THEOREMS = (
    Entry(THEOREM3_2, SUBGRADIENT, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_3, DESCENT, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_8, FRANK_WOLFE, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_12, DESCENT_STRONG, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_18, NESTEROV_STRONG, proved=_PROVED, search=_SEARCH),
    Entry(THEOREM3_19, NESTEROV_SMOOTH, proved=_PROVED, search=_SEARCH),
)
