"""What happens to a gradient before the algorithm sees it: the gradient replaced in every line.

A transformation replaces the gradient that comes in, so the one applied last acts first: to climb with
coupled weight decay, h_t = -g_t + lambda x_t, write
``with_gradient_ascent(with_coupled_weight_decay(recurrence))``.
"""

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Symbol

from theory.algorithms.variant import with_choice
from theory.parameters import Parameter
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.symbols import RESERVED, Vector, f, g


def with_incoming_gradient(
    recurrence: Recurrence, expression: Expr, key: str, value: str, *parameters: Parameter
) -> Recurrence:
    """The same algorithm, which sees h_t, the value of an expression in g_t and x_t, in the place of g_t.

    Args:
        recurrence: the algorithm.
        expression: h_t.
        key: the name of the choice.
        value: what was chosen.
        parameters: those that the expression needs.

    Raises:
        ValueError: the algorithm has a parameter of the same name already.
    """
    for parameter in parameters:
        require_free(recurrence, parameter)
    h = _fresh_vector(recurrence, "h")
    # Prev(g) holds g: replaced too, so that the gradient of the last round is the one that came in then.
    return _replaced(
        recurrence, {g: h}, key, value,
        parameters=(*recurrence.parameters, *parameters), first=((h, expression),),
    )  # fmt: skip


def with_gradient_ascent(recurrence: Recurrence) -> Recurrence:
    """The same algorithm climbing: g_t is replaced by -g_t, and a loss that it looks at by its negative.

    Args:
        recurrence: the algorithm.
    """
    opposite = {Prev(g): -Prev(g), Prev(f): -Prev(f), g: -g, f: -f}
    return _replaced(recurrence, opposite, "ascent", "yes", parameters=recurrence.parameters)


def require_free(recurrence: Recurrence, parameter: Parameter) -> None:
    """Raises ValueError if the algorithm has a parameter or a line of this name."""
    taken = {*recurrence.parameter_names, *(str(s) for s, _ in recurrence.steps)}
    if parameter.name in taken:
        raise ValueError(
            f"`recurrence` = {recurrence.name} has its own `{parameter.name}`; use that one, or rename it"
        )


def _fresh_vector(recurrence: Recurrence, name: str) -> Vector:
    """A vector whose name no line, no parameter and no game has."""
    taken = {*RESERVED, *recurrence.parameter_names, *(str(s) for s, _ in recurrence.steps)}
    while name in taken:
        name += "_in"
    return Vector(name)


def _replaced(
    recurrence: Recurrence,
    rules: Mapping[Expr, Expr],
    key: str,
    value: str,
    *,
    parameters: tuple[Parameter, ...],
    first: tuple[tuple[Symbol, Expr], ...] = (),
) -> Recurrence:
    """The algorithm with parts of its lines replaced, after new first lines, under a name that says so."""
    return replace(
        recurrence,
        name=with_choice(recurrence.name, f"{key}={value}"),
        parameters=parameters,
        steps=(*first, *((s, e.xreplace(rules)) for s, e in recurrence.steps)),
        point=recurrence.point.xreplace(rules),
        metric=recurrence.metric.xreplace(rules),
        variant={**recurrence.variant, key: value},
    )
