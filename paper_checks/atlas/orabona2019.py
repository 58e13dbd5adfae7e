"""F. Orabona. A modern introduction to online learning. arXiv 1912.13213v10."""

from paper_checks.atlas.entry import Entry
from theory.algorithms.sgd import SGD_CONSTANT
from theory.theorems.orabona import (
    EG,
    EG_POWER,
    OSD_ADAPTIVE,
    OSD_ADAPTIVE_SQUARES,
    OSD_POWER,
    THEOREM2_13,
    THEOREM2_13_CONSTANT,
    THEOREM4_14,
    THEOREM4_30,
    THEOREM4_30_SQUARES,
    THEOREM6_11,
    THEOREM6_11_CONSTANT,
)

PROVED = {"stated": "docs/proofs.md"}

THEOREMS = (
    Entry(THEOREM2_13, OSD_POWER, proved=PROVED),
    Entry(THEOREM2_13_CONSTANT, SGD_CONSTANT, proved=PROVED),
    Entry(THEOREM4_14, OSD_ADAPTIVE, proved=PROVED),
    Entry(
        THEOREM4_30,
        OSD_ADAPTIVE,
        proved=PROVED,
        why_not_searched="linear losses are not self-bounded; orabona.theorem4_30_squares is searched",
    ),
    Entry(THEOREM4_30_SQUARES, OSD_ADAPTIVE_SQUARES, proved=PROVED),
    Entry(THEOREM6_11, EG_POWER, proved=PROVED),
    Entry(THEOREM6_11_CONSTANT, EG, proved=PROVED),
)
