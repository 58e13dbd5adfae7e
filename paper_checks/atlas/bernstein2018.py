"""J. Bernstein, Y.-X. Wang, K. Azizzadenesheli, A. Anandkumar. signSGD. ICML 2018."""

from paper_checks.atlas.entry import Entry
from theory.theorems.signsgd import EXACT_THEOREM1, SIGN_DESCENT, THEOREM1

_SEARCH = {"dimensions": (1, 2), "most_rounds": 1000}
_PROVED = {"stated": "docs/proofs.md"}
THEOREMS = (
    Entry(THEOREM1, SIGN_DESCENT, proved=_PROVED, search=_SEARCH),
    Entry(EXACT_THEOREM1, SIGN_DESCENT, proved=_PROVED, search=_SEARCH),
)
