"""What a loss looks like as a function of x: f(x) = link(<a, x>; b) + sum_i coordinate(x_i, a_i; b).

Found from the symbolic value of the loss, never declared. Linear losses and data-free functions are special
cases: a linear link is a coordinate part. A mean over a fixed table is the same sum with the table's rows.
"""

from dataclasses import dataclass
from functools import lru_cache

from sympy import Dummy, Expr, S, cancel, degree, sympify

from theory.loss import Loss, Shape
from theory.quantities import Component, MeanRows, SumCoords
from theory.symbols import Scalar, a, b, row, row_label, x
from theory.ties import is_smooth

PRODUCT = Scalar("product")
"""<a, x>."""


@dataclass(frozen=True)
class Structure:
    """f(x) = link + sum over coordinates of `coordinate`.

    link: in PRODUCT, b and the parameters; constant in PRODUCT when there is no such part. coordinate: in
    x, a, b and the parameters; 0 when there is none. over_table: the rows are those of a fixed table
    (MeanRows). quadratic: F has sufficient statistics, one number for each coordinate and power. smooth:
    the slopes of both parts are seen to be continuous; a kink that is not there costs accuracy only.
    """

    link: Expr
    coordinate: Expr
    over_table: bool
    quadratic: bool
    smooth: bool

    @property
    def has_link(self) -> bool:
        """Whether a part depends on <a, x>."""
        return bool(self.link.has(PRODUCT))


@lru_cache(maxsize=256)
def structure_of(loss: Loss) -> Structure:
    """The structure of a convex loss; ValueError when it is not convex or has another form."""
    if loss.shape is Shape.NONCONVEX:
        raise ValueError(
            f"`loss` = {loss.name} is not convex: linear minorants cannot enclose its best fixed point; "
            "use a convex loss, or compare with the known minimum of the function"
        )
    value, over_table = _without_rows(loss)
    if value.atoms(Component):
        raise ValueError(f"`loss` = {loss.name} uses Component; {_FORM}")
    link, coordinate = _split(loss, value)
    slope = link.diff(PRODUCT)
    if not slope.has(PRODUCT):
        coordinate += slope * a * x
        link = link.xreplace({PRODUCT: S.Zero})
    # By its form: the second derivative of a piecewise linear function is 0 on all of its pieces.
    quadratic = not link.has(PRODUCT) and coordinate.is_polynomial(x) and degree(coordinate, x) <= 2
    smooth = is_smooth(link, PRODUCT) and is_smooth(coordinate, x)
    return Structure(link, coordinate, over_table, quadratic, smooth)


_FORM = "the comparator needs the form link(<a, x>; b) + sum over coordinates of a function of x_i, a_i, b"


def _without_rows(loss: Loss) -> tuple[Expr, bool]:
    means = loss.value.atoms(MeanRows)
    if not means:
        return loss.value, False
    mean = means.pop()
    stand_in = Dummy("mean", real=True)
    value = loss.value.xreplace({mean: stand_in})
    factor = value.diff(stand_in)
    if means or factor.free_symbols & {stand_in, x} or value.has(a, b):
        raise ValueError(
            f"`loss` = {loss.name} must be affine in one MeanRows and use no other data; {_FORM}"
        )
    inner = mean.args[0].xreplace({row: a, row_label: b})
    return value.xreplace({stand_in: inner}), True


def _split(loss: Loss, value: Expr) -> tuple[Expr, Expr]:
    coordinate: Expr = S.Zero
    for node in value.atoms(SumCoords):
        inner = node.args[0]
        ratio = cancel(inner / (a * x))
        if not ratio.has(a, x):
            value = value.xreplace({node: ratio * PRODUCT})
            continue
        stand_in = Dummy("sum", real=True)
        value = value.xreplace({node: stand_in})
        factor = value.diff(stand_in)
        if factor.has(stand_in, PRODUCT, SumCoords) or not inner.has(x):
            raise ValueError(f"`loss` = {loss.name} is not affine in {node}; {_FORM}")
        coordinate += factor * inner
        value = value.xreplace({stand_in: S.Zero})
    if value.has(x, a):
        raise ValueError(f"`loss` = {loss.name} has the part {value}; {_FORM}")
    return sympify(value), sympify(coordinate)
