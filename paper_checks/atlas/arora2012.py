"""S. Arora, E. Hazan, S. Kale. The multiplicative weights update method. Theory of Computing 8, 2012."""

from paper_checks.atlas.entry import Entry
from theory.theorems.experts import MULTIPLICATIVE, MWU

THEOREMS = (Entry(MWU, MULTIPLICATIVE, proved={"stated": "docs/proofs.md"}),)
