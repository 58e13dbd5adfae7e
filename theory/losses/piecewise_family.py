r"""All f(x) = sum_i phi(x_i) whose phi' is continuous and piecewise linear with n knots, as one loss.

`piecewise_quadratic` writes one such phi with its numbers; here the knots are parameters, so that one
compiled kernel serves every function of the family. L and min f are not declared: `Slope` knows them.
"""

from fractions import Fraction

from sympy import Piecewise

from theory.borders import whole
from theory.loss import Loss, Shape
from theory.losses.piecewise_quadratic import Slope, quadratic
from theory.parameters import Parameter
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import Scalar, x

LEFT = Parameter(Scalar("phi_left"), r"\varphi''_{-\infty}", "the slope of phi' before the first knot")


def _at_knot(j: int) -> tuple[Parameter, ...]:
    described = [
        ("knot", f"k_{{{j}}}", "the place of a knot"),
        ("height", rf"\varphi(k_{{{j}}})", "phi at a knot"),
        ("slope", rf"\varphi'(k_{{{j}}})", "phi' at a knot"),
        ("bend", rf"\varphi''(k_{{{j}}}+)", "the slope of phi' after a knot"),
    ]
    return tuple(Parameter(Scalar(f"phi_{name}{j}"), latex, meaning) for name, latex, meaning in described)


def piecewise_family(knots: int) -> Loss:
    """The loss sum_i phi(x_i) whose parameters are knots; `family_values` gives their values for a `Slope`.

    Args:
        knots: their number, from 1 to 1000.
    """
    knots = whole("knots", knots, least=1, most=1000)
    at = [_at_knot(j) for j in range(knots)]
    pieces = [(at[0], LEFT), *((p, p[3]) for p in at)]
    ends = [x < p[0].symbol for p in at]
    parts = []
    for ((knot, height, slope, _), bend), end in zip(pieces, [*ends, True], strict=True):
        parts.append((quadratic(x - knot.symbol, height.symbol, slope.symbol, bend.symbol), end))
    return Loss(
        f"piecewise quadratic, {knots} knots",
        Source("nesterov2018", "section 1.2"),
        SumCoords(Piecewise(*parts)),
        Shape.NONCONVEX,
        parameters=(LEFT, *(p for four in at for p in four)),
    )


def family_values(slope: Slope, knots: int) -> list[Fraction]:
    """The parameters of `piecewise_family(knots)`, in their order, at which it is the function of `slope`.

    They shift phi such that min phi = 0. Missing knots are put where nothing bends, to the right of the last
    one. ValueError for too few.
    """
    missing = knots - len(slope.knots)
    if missing < 0:
        raise ValueError(f"`knots` = {knots} is too few for a slope of {len(slope.knots)}")
    k, y = slope.knots[-1]
    more = tuple((k + j, y + j * slope.right) for j in range(1, missing + 1))
    first, *rest = Slope((*slope.knots, *more), slope.left, slope.right).pieces
    least = slope.minimum
    return [first.bend, *(q for p in rest for q in (p.knot, p.height - least, p.slope, p.bend))]
