"""A counterexample to Theorem 4 of Reddi, Kale and Kumar as first printed, with no alpha in its first term.

The regret of one round can be D g, whatever the algorithm does. The first term is D^2 sqrt(1 - beta2) g, not
divided by alpha. With beta1 = 0 the second term vanishes, and the third is alpha g/sqrt(1 - beta2). A beta2
near 1 makes the first term negligible, and a small step the third. With alpha in the denominator the product
of the two does not depend on alpha or beta2, and the statement is true (docs/proofs.md).
"""

from bounds import Counterexample
from bounds.games import Number, exact
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem1 import on_a_line
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.theorems.amsgrad import REDDI_ICLR

_PARAMETERS: dict[str, Number] = {"alpha": "1/100", "beta1": 0, "beta2": "15/16", "lam1": "1/2"}

EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "amsgrad_iclr_one_round",
        "f(x) = x on [-1, 1], one round, alpha = 1/100, beta1 = 0, beta2 = 15/16",
        Counterexample(
            REDDI_ICLR,
            "stated",
            on_a_line(
                AMSGRAD_DECAYING, {name: exact(value) for name, value in _PARAMETERS.items()}, (1,), horizon=1
            ),
        ),
    ),
)
