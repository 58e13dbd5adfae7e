"""N. Cesa-Bianchi, G. Lugosi. Prediction, learning, and games. Cambridge University Press, 2006."""

from paper_checks.atlas.entry import Entry
from theory.theorems.experts import EXPONENTIAL, HEDGE

THEOREMS = (Entry(HEDGE, EXPONENTIAL, proved={"stated": "docs/proofs.md", "sharp": "docs/proofs.md"}),)
