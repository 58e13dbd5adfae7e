"""H. Huang, C. Wang, B. Dong. Nostalgic Adam. IJCAI 2019.

The published bound could not be found; the statement is this package's own, for the published algorithm.
"""

from paper_checks.atlas.entry import Entry
from theory.algorithms.nosadam import NOSADAM
from theory.theorems.nosadam import HARMONIC

THEOREMS = (Entry(HARMONIC, NOSADAM, proved={"D": "docs/proofs.md", "D_i": "docs/proofs.md"}),)
