"""A. Alacaoglu, Y. Malitsky, P. Mertikopoulos, V. Cevher. A new regret analysis. ICML 2020.

SHARP is the same bound with the constants that its proof gives.
"""

from paper_checks.atlas.entry import Entry
from theory.algorithms.amsgrad import AMSGRAD
from theory.theorems.amsgrad import ALACAOGLU, SHARP

THEOREMS = (
    Entry(ALACAOGLU, AMSGRAD, proved={"stated": "docs/proofs.md"}),
    Entry(SHARP, AMSGRAD, proved={"stated": "docs/proofs.md"}),
)
