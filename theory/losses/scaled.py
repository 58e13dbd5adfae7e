"""The loss c f: every statement about f should survive it, since only the unit of measure changes."""

from dataclasses import replace

from sympy import Rational

from theory.borders import formula, instance, shown
from theory.loss import Loss


def scaled(loss: Loss, factor: int | Rational, *, name: str = "") -> Loss:
    """`factor` times a loss, with its constants; the oracle still adds the stream's noise unscaled.

    Args:
        loss: the loss f.
        factor: a positive rational c.
        name: the name of c f; the factor and the name of f by default.

    Raises:
        ValueError: `factor` is not a positive rational.
    """
    instance("loss", loss, Loss, "a Loss", "take one of theory.losses")
    c = formula("factor", factor)
    if not (c.is_Rational and c > 0):
        raise ValueError(f"`factor` = {shown(factor)} must be a positive rational")
    return replace(
        loss,
        name=name or f"{c} {loss.name}",
        value=c * loss.value,
        smoothness=None if loss.smoothness is None else c * loss.smoothness,
        minimum=None if loss.minimum is None else c * loss.minimum,
    )
