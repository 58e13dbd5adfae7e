"""Source for JAX arrays: one statement per array, without branching on a value, so that it can be traced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from theory.printing.tensor_source import TensorPrinter


class JaxPrinter(TensorPrinter):
    """Prints expressions of arrays; `jnp`, `math` and `pinv` must be in scope.

    Constants are Python numbers, which take the precision of the arrays they are combined with. XLA replaces
    subnormal numbers by 0.
    """

    module = "jnp"
    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "jnp.sqrt", "exp": "jnp.exp", "log": "jnp.log", "log1p": "jnp.log1p", "sin": "jnp.sin",
        "cos": "jnp.cos", "Abs": "jnp.abs", "pi": "math.pi", "inf": "math.inf", "max": "jnp.maximum",
        "min": "jnp.minimum", "sign": "jnp.sign", "pinv": "pinv", "where": "jnp.where", "and": "&",
    }  # fmt: skip

    def at_least(self, u: str, number: str) -> str:
        """See `TensorPrinter`."""
        return f"jnp.maximum({u}, {number})"
