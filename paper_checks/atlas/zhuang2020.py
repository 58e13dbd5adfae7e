"""J. Zhuang et al. AdaBelief optimizer. NeurIPS 2020.

THEOREM2_1 is proved where beta1_t never increases (DECAYING_MOMENTUM); with phases it may rise.
"""

from paper_checks.atlas.entry import Entry
from theory.theorems.adabelief import (
    ADABELIEF_DECAYING,
    ADABELIEF_PHASES,
    COROLLARY,
    DECAYING_MOMENTUM,
    THEOREM2_1,
)

THEOREMS = (
    Entry(THEOREM2_1, ADABELIEF_PHASES),
    Entry(DECAYING_MOMENTUM, ADABELIEF_DECAYING, proved={"stated": "docs/proofs.md"}),
    Entry(COROLLARY, ADABELIEF_DECAYING, proved={"stated": "docs/proofs.md"}),
)
