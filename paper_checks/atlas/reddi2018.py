"""S. J. Reddi, S. Kale, S. Kumar. On the convergence of Adam and beyond. ICLR 2018."""

from paper_checks.atlas.entry import Entry
from paper_checks.gallery.amsgrad import EXHIBITS as ICLR
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.theorems.amsgrad import REDDI, REDDI_ICLR

THEOREMS = (
    Entry(
        REDDI_ICLR,
        AMSGRAD_DECAYING,
        exhibits=ICLR,
        instead="With alpha below the first term the bound holds: amsgrad.reddi.stated.",
    ),
    Entry(REDDI, AMSGRAD_DECAYING, proved={"stated": "docs/proofs.md", "revision": "docs/proofs.md"}),
)
