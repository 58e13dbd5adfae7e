"""Mirror descent with a given map: x_{t+1} = argmin over u in X of <g_t, u> + B_psi(u; x_t)/eta_t.

Without X it is the point with psi'(y_i) = psi'(x_i) - eta_t g_i. A set asks for its projection in the
divergence B_psi, which has a closed form on these:

* boxes: psi is a sum over coordinates, so the point is cut to the box, as for any metric;
* every set, if psi'' is a number: the divergence is a multiple of the squared distance;
* the simplex, if the inverse gradient is a multiple of exp(c y): adding a multiplier to y multiplies all
  coordinates by one number, so the point is divided by its sum.

Source: Bubeck 2015, section 4.2; Orabona 2019, Algorithm 6.2.
"""

from collections.abc import Sequence

from sympy import Expr, Integer, log, simplify

from theory.borders import formula, instance, items
from theory.mirror_maps.elementary import plain
from theory.mirror_maps.mirror_map import DUAL, MirrorMap
from theory.parameters import Parameter
from theory.quantities import SumCoords, is_vector
from theory.recurrence import Recurrence
from theory.source import Source
from theory.step_sets import StepSet
from theory.symbols import g, x


def mirror_descent(
    psi: MirrorMap,
    *,
    step: Expr,
    on: StepSet,
    parameters: Sequence[Parameter] = (),
    name: str = "",
    source: Source | None = None,
) -> Recurrence:
    """The algorithm x_{t+1} = argmin over u in X of <g_t, u> + B_psi(u; x_t)/step.

    Args:
        psi: the mirror map; its parameters become parameters of the algorithm.
        step: eta_t, a scalar > 0 in t and the parameters.
        on: the sets on which it is played.
        parameters: those of the step.
        name: by default that of the map.
        source: where it is printed; by default that of the map.

    Raises:
        ValueError: the step has a value for each coordinate, or the projection in the divergence onto such
            sets is not known.
    """
    instance("psi", psi, MirrorMap, "a MirrorMap", "take one of theory.mirror_maps")
    eta = formula("step", step)
    own = items("parameters", parameters, Parameter, "a Parameter of theory.parameters")
    instance("on", on, StepSet, "a StepSet", "write StepSet.BOX")
    if is_vector(eta):
        raise ValueError(
            f"`step` = {eta} has a value for each coordinate: a mirror map with a diagonal metric is another "
            "map in every round; give a scalar, such as alpha"
        )
    point = psi.moved(eta * g)
    square = simplify(psi.second).is_number
    if on is StepSet.SIMPLEX and not square:
        if not _multiplies(psi):
            raise ValueError(_unknown(psi, on, "StepSet.BOX, or the negative entropy"))
        point = point / SumCoords(point)
    if on in {StepSet.ANY, StepSet.BOX_OR_BALL} and not square:
        raise ValueError(_unknown(psi, on, "StepSet.BOX"))
    return Recurrence(
        name=name or f"MirrorDescent[{psi.name}]",
        source=source or psi.source,
        parameters=(*own, *psi.parameters),
        steps=(),
        point=point,
        metric=Integer(1),
        step_set=on,
    )


def _multiplies(psi: MirrorMap) -> bool:
    """Whether the inverse gradient is a multiple of exp(c y) and its domain is the positive half-line."""
    slope = simplify(log(plain(psi.inverse)).diff(DUAL))
    return not slope.has(DUAL, x) and psi.domain[0] == 0


def _unknown(psi: MirrorMap, on: StepSet, remedy: str) -> str:
    return (
        f"`on` = {on}: the projection in the divergence of `{psi.name}` onto {on.value} has no closed form "
        f"that is known here; it solves an equation for a multiplier, so choose {remedy}"
    )
