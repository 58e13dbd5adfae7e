"""E. Hazan. Introduction to online convex optimization, 2nd edition. arXiv 1909.05207v3."""

from paper_checks.atlas.entry import Entry, Gap
from theory.source import Source
from theory.theorems.hazan import OGD_BOUNDED, OGD_STRONG, THEOREM3_1, THEOREM3_3, THEOREM3_3_GAP

PROVED = {"stated": "docs/proofs.md"}

THEOREMS = (
    Entry(THEOREM3_1, OGD_BOUNDED, proved=PROVED),
    Entry(THEOREM3_3, OGD_STRONG, proved=PROVED),
    Entry(THEOREM3_3_GAP, OGD_STRONG, proved=PROVED),
)

GAPS = (
    Gap(
        "hazan.theorem4_5",
        "Online Newton step, n > 1 and T >= 4",
        Source("hazan2022", "Theorem 4.5", secondary=True),
        "It is meant for n > 1, where a step needs the inverse of a matrix and the projection in its metric; "
        "every line of an algorithm is one coordinate, and a metric is diagonal.",
    ),
)
