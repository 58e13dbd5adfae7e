"""Ridge regression and ridge logistic regression over a fixed table of rows r_j with labels s_j.

    f(x) = (1/n) sum_j (<r_j, x> - s_j)^2/2 + c ||x||_2^2/2 (RIDGE),
    f(x) = (1/n) sum_j log(1 + exp(-s_j <r_j, x>)) + c ||x||_2^2/2 (RIDGE_LOGISTIC).

Both are c-strongly convex. The declared L is that of the mean of the rows' own constants; the largest
eigenvalue of the mean of r_j r_j^T gives a smaller one.
"""

from sympy import Expr, Integer

from theory.loss import Loss, Shape
from theory.parameters import Parameter
from theory.quantities import Dot, MeanRows, Norm2Squared, softplus
from theory.source import Source
from theory.symbols import Scalar, row, row_label, x

RIDGE_WEIGHT = Parameter(
    Scalar("ridge", nonnegative=True), r"\lambda", "the weight of the square", lower=0, typical=(0.01, 1.0),
    default=0.1,
)  # fmt: skip
ridge = RIDGE_WEIGHT.symbol


def _ridge(name: str, section: str, fit: Expr, bend: Expr) -> Loss:
    return Loss(
        name,
        Source("boyd2004", section),
        MeanRows(fit) + ridge * Norm2Squared(x) / 2,
        Shape.CONVEX,
        parameters=(RIDGE_WEIGHT,),
        smoothness=MeanRows(bend * Norm2Squared(row)) + ridge,
    )


RIDGE = _ridge("ridge", "section 6.3.2", (Dot(row, x) - row_label) ** 2 / 2, Integer(1))
RIDGE_LOGISTIC = _ridge(
    "ridge_logistic", "section 7.1.1", softplus(-row_label * Dot(row, x)), row_label**2 / 4
)
