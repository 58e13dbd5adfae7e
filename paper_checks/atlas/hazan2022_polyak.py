"""E. Hazan. Introduction to online convex optimization, 2nd edition. 2022: Polyak's step."""

from paper_checks.atlas.entry import Entry
from theory.theorems.polyak import CONVEX, POLYAK, POLYAK_STRONG, STRONG

# The games are shifted such that f(x_*) = 0.
_SHIFTED = {"dimensions": (1, 2), "most_rounds": 1000, "fixed": {"f_min": 0}}
_PROOFS = "docs/proofs.md"
THEOREMS = (
    Entry(CONVEX, POLYAK, proved={"lipschitz": _PROOFS, "smooth": _PROOFS}, search=_SHIFTED),
    Entry(STRONG, POLYAK_STRONG, proved={"lipschitz": _PROOFS, "smooth": _PROOFS}, search=_SHIFTED),
)
