"""A step with a composite term: it minimises phi exactly, where other steps take a gradient."""

from dataclasses import replace

from sympy import Expr

from theory.borders import formula, instance
from theory.composites.composite import DUAL, METRIC, WEIGHT, Composite
from theory.quantities import is_vector
from theory.recurrence import Recurrence
from theory.source import Source
from theory.step_sets import StepSet
from theory.symbols import Vector

dual = Vector("dual")
"""The line with the point y_t without phi, times the metric."""


def proximal(
    recurrence: Recurrence, phi: Composite, *, weight: Expr, name: str = "", source: Source | None = None
) -> Recurrence:
    """The algorithm with x_{t+1} = argmin over u in X of weight phi(u) + 1/2 ||u - y_t||_M^2.

    y_t and M are `point` and `metric` of the algorithm without phi. A multiple of the metric changes nothing
    there; here it does, as it is compared with `weight`. For eta (<g_t, u> + phi(u)) + 1/2 ||u - x_t||_M^2,
    say, y_t = x_t - eta M^-1 g_t and the weight is eta.

    Args:
        recurrence: the algorithm without phi; M is diagonal.
        phi: the composite term; its parameters become parameters of the algorithm.
        weight: a scalar > 0 in t and the parameters.
        name: by default that of the algorithm and that of phi.
        source: where the step is printed; by default that of the algorithm.

    Raises:
        ValueError: the algorithm has a composite term, a line called dual or a parameter of phi already, or
            the weight is a vector or uses an unknown symbol.
    """
    instance("recurrence", recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
    instance("phi", phi, Composite, "a Composite", "take one of theory.composites, such as L1")
    k = formula("weight", weight)
    if recurrence.composite is not None:
        raise ValueError(
            f"`recurrence` = {recurrence.name} has the composite term {recurrence.composite.name} already; "
            "add both terms up in one Composite"
        )
    if recurrence.step_set is not StepSet.ANY:
        raise ValueError(
            f"`recurrence` = {recurrence.name} steps in the divergence of a mirror map, and a composite step "
            "adds phi to a quadratic; take an algorithm whose `step_set` is StepSet.ANY"
        )
    if is_vector(k):
        raise ValueError(f"`weight` = {k} has a value for each coordinate; give a scalar, such as alpha")
    meant = {DUAL: dual, METRIC: recurrence.metric, WEIGHT: k}
    return replace(
        recurrence,
        name=name or f"{recurrence.name} + {phi.name}",
        source=source or recurrence.source,
        parameters=(*recurrence.parameters, *phi.parameters),
        steps=(*recurrence.steps, (dual, recurrence.metric * recurrence.point)),
        point=phi.minimiser.xreplace(meant),
        metric=phi.metric.xreplace(meant),
        composite=phi,
    )
