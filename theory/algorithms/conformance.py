"""The conformance test of an algorithm: `check_recurrence(recurrence)` tests a new one in one line.

Building a `Recurrence` already checks its symbols, names, ranks and lines. This module plays it in sympy and
checks what the text alone cannot show: the engines' printers know every node, each parameter's declaration is
consistent, the conventions for 0/0 leave no undefined number, the metric is not negative, and the algorithm
depends on the gradient. A pass is evidence from a few rounds, not a proof.
"""

from collections.abc import Sequence

from sympy import Dummy, Expr, Rational

from theory.algorithms.unroll import Unrolled, unroll
from theory.parameters import Parameter
from theory.printing.array_source import ArrayPrinter
from theory.printing.base import UnknownNodeError
from theory.printing.loop_source import LoopPrinter
from theory.quantities import Quantity
from theory.recurrence import Recurrence

# The gradient is always 0 in coordinate 2, which meets every 0/0; coordinate 1 meets one in round 1.
GRADIENTS = ((1, 0, 0), (-2, 1, 0), (Rational(1, 3), -3, 0), (0, Rational(1, 2), 0), (2, -1, 0))
START = (1, -2, Rational(1, 2))


class RecurrenceError(ValueError):
    """A recurrence breaks its contract; the message says which law."""


def check_recurrence(recurrence: Recurrence) -> None:
    """Test every law on a few rounds in d = 3 coordinates.

    Args:
        recurrence: the algorithm to test.

    Raises:
        RecurrenceError: it breaks a law; the message says which one.
    """
    _check_parameters(recurrence)
    _check_printers(recurrence)
    values = {p.name: _typical(p) for p in recurrence.parameters}
    run = unroll(recurrence, GRADIENTS, parameters=values, start=START)
    _check_numbers(recurrence, run)
    still = unroll(recurrence, [(0, 0, 0)] * len(GRADIENTS), parameters=values, start=START)
    _check_numbers(recurrence, still)
    if run.points == still.points:
        raise RecurrenceError(
            f"`point` of `{recurrence.name}` does not depend on the gradients; use g in a line"
        )


def _check_parameters(recurrence: Recurrence) -> None:
    for parameter in recurrence.parameters:
        defaults = [] if parameter.default is None else [parameter.default]
        if parameter.typical[0] > parameter.typical[1]:
            raise RecurrenceError(
                f"`typical` of parameter `{parameter.name}` is {parameter.typical}; put the smaller end first"
            )
        for value in (_typical(parameter), *defaults):
            try:
                parameter.validate(value)
            except ValueError as error:
                raise RecurrenceError(
                    f"`{recurrence.name}` contradicts its own declaration: {error}"
                ) from error


def _check_printers(recurrence: Recurrence) -> None:
    lines = recurrence.expressions()
    for part in (*lines, *(node.args[0] for e in lines for node in e.atoms(Quantity))):
        plain = part.replace(lambda node: isinstance(node, Quantity), lambda _: Dummy("node", real=True))
        for printer in (ArrayPrinter(), LoopPrinter()):
            try:
                printer.print(plain)
            except UnknownNodeError as error:
                raise RecurrenceError(
                    f"`{recurrence.name}` cannot be printed for an engine: {error}"
                ) from error


def _check_numbers(recurrence: Recurrence, run: Unrolled) -> None:
    for number, (point, metric) in enumerate(zip(run.points, run.metrics, strict=True), start=1):
        _require_real(recurrence, point, f"the point after round {number}")
        _require_real(recurrence, metric, f"the metric of round {number}")
        if any(weight < 0 for weight in metric):
            raise RecurrenceError(
                f"the metric of `{recurrence.name}` in round {number} is negative: {metric}"
            )


def _require_real(recurrence: Recurrence, values: Sequence[Expr], what: str) -> None:
    if not all(value.is_number and value.is_real and value.is_finite for value in values):
        raise RecurrenceError(
            f"{what} of `{recurrence.name}` is not real and finite where a gradient is 0: {values}; "
            f"write 1/w as pinv(w) where w can be 0"
        )


def _typical(parameter: Parameter) -> float:
    return (parameter.typical[0] + parameter.typical[1]) / 2
