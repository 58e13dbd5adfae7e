"""W. Li, Z. Zhang, X. Wang, P. Luo. AdaX: adaptive gradient descent with exponential long term memory. 2020.

The theorem says "for some C", so a game refutes it for one C only; a family of games refutes it for every C
(docs/families.md; by hand docs/proofs.md). The steps are of order 1/t: a point that n gradients 1 hold at -1
needs more than the 2n next gradients -1 to come back.
"""

from bounds import Counterexample
from bounds.games import Number, exact
from paper_checks.atlas.entry import Entry
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.families import ADAX_LITERAL, ADAX_PRODUCT
from paper_checks.gallery.theorem1 import on_a_line
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.theorems.adax import LITERAL, PRODUCT, THEOREM4_1, THEOREM4_1_PRODUCT

INSTEAD = (
    "No C makes it true, because the regret can be larger than 3 T/10 (docs/proofs.md); "
    "each reading but every_C is refuted for its own C only."
)


def _held(
    name: str, theorem: Theorem, algorithm: Recurrence, value: int, half: int, alpha: Number, beta2: Number
) -> Exhibit:
    """`half` gradients 1 and twice as many -1 from the end -1 of [-1, 1]; `value`: C."""
    parameters = {"alpha": alpha, "beta1": 0, "beta2": beta2, "lam1": "1/2"}
    return Exhibit(
        f"adax_{name}_C{value}",
        f"C = {value}: 1 ({half} times), then -1 ({2 * half} times) on [-1, 1] from -1",
        Counterexample(
            theorem, f"C{value}",
            on_a_line(
                algorithm, {k: exact(u) for k, u in parameters.items()}, (-1,), first=(1,) * half, start=-1,
                horizon=3 * half,
            ),
        ),
    )  # fmt: skip


PRINTED = tuple(
    _held("literal", THEOREM4_1, LITERAL, *game)
    for game in ((1, 250, 1, "1/5"), (10, 3000, "3/10", "1/5"), (100, 40_000, "3/20", "1/5"))
)
MULTIPLIED = tuple(
    _held("product", THEOREM4_1_PRODUCT, PRODUCT, *game)
    for game in ((1, 60, "2/5", "99/100"), (10, 350, "3/20", "99/100"), (100, 3000, "1/20", "99/100"))
)
EXHIBITS = (*PRINTED, *MULTIPLIED)

THEOREMS = (
    Entry(THEOREM4_1, LITERAL, exhibits=PRINTED, families=(ADAX_LITERAL,), instead=INSTEAD),
    Entry(THEOREM4_1_PRODUCT, PRODUCT, exhibits=MULTIPLIED, families=(ADAX_PRODUCT,), instead=INSTEAD),
)
