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

# Both sides are sums over coordinates, so one coordinate is enough. In THEOREM3_2, R and G of the step are not.
_SEARCH = {"dimensions": (1,), "most_rounds": 1000}
THEOREMS = (
    Entry(THEOREM3_2, SUBGRADIENT, search=_SEARCH),
    Entry(THEOREM3_3, DESCENT, search=_SEARCH),
    Entry(THEOREM3_8, FRANK_WOLFE, search=_SEARCH),
    Entry(THEOREM3_12, DESCENT_STRONG, search=_SEARCH),
    Entry(THEOREM3_18, NESTEROV_STRONG, search=_SEARCH),
    Entry(THEOREM3_19, NESTEROV_SMOOTH, search=_SEARCH),
)
