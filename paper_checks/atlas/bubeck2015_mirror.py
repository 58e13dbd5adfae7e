"""S. Bubeck. Convex optimization: algorithms and complexity. arXiv 1405.4980v2. Mirror descent."""

from paper_checks.atlas.entry import Entry
from theory.theorems.bubeck_mirror import THEOREM4_2, THEOREM4_2_REGRET
from theory.theorems.orabona import EG

PROVED = {"stated": "docs/proofs.md"}

THEOREMS = (
    Entry(
        THEOREM4_2,
        EG,
        proved=PROVED,
        why_not_searched="the games of a search change the loss from round to round; the stronger "
        "bubeck.theorem4_2_regret is searched",
    ),
    Entry(THEOREM4_2_REGRET, EG, proved=PROVED),
)
