"""D. P. Kingma, J. Ba. Adam: a method for stochastic optimization. ICLR 2015.

KINGMA_PRODUCT falls to the one-round game of the printed algorithm: in round 1 both bias corrections agree.
KINGMA_ITERATES bounds the regret by how far the iterates move, and a small step keeps them far from the
comparator.
"""

from bounds import Counterexample
from paper_checks.atlas.entry import Entry
from paper_checks.gallery.adam import EXHIBITS as PRINTED
from paper_checks.gallery.adam import HALF, numbers
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem1 import on_a_line
from theory.algorithms.decaying_momentum import ADAM_DECAYING
from theory.theorems.adam import ADAM_PRODUCT, KINGMA, KINGMA_ITERATES, KINGMA_PRODUCT

SMALL_STEP = numbers("1/100", "1/2", "1/2", "1/2")
INSTEAD = (
    "With a vhat that never decreases a bound of this kind holds: amsgrad.sharp_decaying. "
    "For Adam itself there is none: adam.reddi_1."
)
READINGS = ("stated", "proof")

PRODUCT = tuple(
    Exhibit(
        f"adam_product_{key}",
        f"{key}: f(x) = x/1000 on [-1/20, 1/20], one round, alpha = 1, every other number 1/2",
        Counterexample(
            KINGMA_PRODUCT, key, on_a_line(ADAM_PRODUCT, HALF, ("1/1000",), half="1/20", horizon=1)
        ),
    )
    for key in READINGS
)
ITERATES = tuple(
    Exhibit(
        f"adam_iterates_{key}",
        f"{key}: f(x) = x on [-1, 1], two rounds, alpha = 1/100, every other number 1/2",
        Counterexample(KINGMA_ITERATES, key, on_a_line(ADAM_DECAYING, SMALL_STEP, (1,), horizon=2)),
    )
    for key in READINGS
)
EXHIBITS = (*PRODUCT, *ITERATES)

THEOREMS = (
    Entry(KINGMA, ADAM_DECAYING, exhibits=PRINTED, instead=INSTEAD),
    Entry(KINGMA_PRODUCT, ADAM_PRODUCT, exhibits=PRODUCT, instead=INSTEAD),
    Entry(KINGMA_ITERATES, ADAM_DECAYING, exhibits=ITERATES, instead=INSTEAD),
)
