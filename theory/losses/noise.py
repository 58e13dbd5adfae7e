"""Additive noise: the algorithm is handed g_t = grad f(x_t) + a_t, with a_t from the stream."""

from dataclasses import replace

from theory.borders import instance
from theory.loss import Loss
from theory.symbols import a, df


def with_noise(loss: Loss) -> Loss:
    """The same loss with the oracle df + a and the name suffix ``[noise]``.

    Args:
        loss: a loss whose value does not use the stream's vector. The oracle is unbiased when the stream's
            vectors have mean zero.

    Raises:
        ValueError: the value of the loss uses the stream's vector, or the loss has an oracle already.
    """
    instance("loss", loss, Loss, "a Loss", "take one of theory.losses")
    if loss.value.has(a):
        raise ValueError(
            f"`loss` = {loss.name} already uses the vector of the round in its value; take a fixed function"
        )
    if loss.oracle is not None:
        raise ValueError(
            f"`loss` = {loss.name} already has the oracle {loss.oracle}; start from the loss without it"
        )
    return replace(loss, name=f"{loss.name}[noise]", oracle=df + a)
