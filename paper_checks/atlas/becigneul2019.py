"""G. Becigneul, O.-E. Ganea. Riemannian adaptive optimization methods. ICLR 2019."""

from paper_checks.atlas.entry import Entry
from theory.theorems.amsgrad import AMSGRAD_PHASES
from theory.theorems.ramsgrad import EUCLIDEAN

THEOREMS = (Entry(EUCLIDEAN, AMSGRAD_PHASES, proved={"euclidean": "docs/proofs.md"}),)
