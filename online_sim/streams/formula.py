"""Data written as a formula in the round and the coordinate: nothing is drawn ahead, nothing is stored.

Engines print the formula into the round itself, so a row costs no memory however wide it is, and every
process or device can make its own part of it. `uniform(k)` of `theory.quantities` is the randomness in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast, final

import numpy as np
from numpy.typing import NDArray

from online_sim.frozen import set_fields
from online_sim.streams.base import Block, Stream, as_seed
from theory.borders import MOST, formula, must, title, whole

if TYPE_CHECKING:
    from sympy import Expr


@final
@dataclass(frozen=True, eq=False, init=False)
class FormulaStream(Stream):
    """a_t = row and b_t = label, formulas in `t`, `coordinate` and `uniform(k)`; never ends, no table.

    Args:
        row: An expression of the symbols t, coordinate and seed of `theory.symbols`, such as
            ``2*uniform() - 1`` or ``sign(uniform() - Rational(1, 4)) / (coordinate + 1)``.
        dimension: The number of coordinates d >= 1.
        seed: 0 <= seed < 2^53; None where the formulas draw nothing.
        label: Like `row`, without the coordinate (draw with ``UniformDraw(seed, k, t, 0)``).
        name: A short stable name; built from the formulas when left out.

    Raises:
        ValueError: Other symbols, floats, sums over coordinates or rounds, or a label of vector rank.
    """

    row: Expr
    label: Expr
    # The defaults below are never used: they only hide the abstract properties of the same names.
    dimension: int = 1
    seed: int | None = None
    name: str = field(default=cast(Any, None))

    def __init__(
        self, row: Expr, *, dimension: int, seed: int | None = 0, label: Expr | int = 0, name: str = ""
    ) -> None:
        from theory.symbols import seed as seed_symbol

        formulas = {"row": formula("row", row), "label": formula("label", label)}
        for argument, e in formulas.items():
            _check(argument, e)
        random = any(e.has(seed_symbol) for e in formulas.values())
        number = as_seed(0 if seed is None else seed)
        if number >= MOST:  # seeds reach the engines as float64
            raise ValueError(must("seed", seed, "below 2^53 for a formula"))
        default = f"formula({formulas['row']}{f', {label}' if label != 0 else ''})"
        set_fields(
            self,
            **formulas,
            dimension=whole("dimension", dimension, least=1),
            seed=number if random else None,
            name=title("name", name) or default,
        )

    @property
    def formula(self) -> tuple[Expr, Expr]:
        """(row, label), for engines that print them."""
        return self.row, self.label

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop, one new row each; memory for (stop - start) (d + 1) numbers."""
        rounds = np.arange(start + 1, stop + 1)
        number = 0 if self.seed is None else self.seed
        vectors = np.empty((len(rounds), self.dimension))
        vectors[:] = _function(self.row)(number, rounds[:, None], np.arange(self.dimension))
        labels = np.empty(len(rounds))
        labels[:] = _function(self.label)(number, rounds, 0)
        return Block(vectors, labels, np.arange(len(rounds), dtype=np.int64))


def _check(argument: str, formula: Expr) -> None:
    from sympy import Float

    from theory.quantities import Quantity, is_vector
    from theory.symbols import coordinate, t
    from theory.symbols import seed as seed_symbol

    known = {t, coordinate, seed_symbol} if argument == "row" else {t, seed_symbol}
    unknown = formula.free_symbols - known
    if unknown or (argument == "label" and is_vector(formula)):
        raise ValueError(
            f"`{argument}` = {formula} may hold {', '.join(sorted(map(str, known)))} and numbers only, got "
            f"{', '.join(sorted(map(str, unknown or {coordinate})))}"
        )
    if formula.atoms(Float):
        raise ValueError(f"`{argument}` = {formula} holds a float; write it as a Rational")
    if formula.atoms(Quantity):
        raise ValueError(
            f"`{argument}` = {formula} holds {formula.atoms(Quantity).pop()}; a row is given coordinate by "
            f"coordinate, in one round"
        )


@lru_cache(maxsize=64)
def _function(formula: Expr) -> Callable[..., NDArray[np.float64]]:
    from online_sim.expressions import compiled
    from theory.symbols import coordinate, seed, t

    return compiled(formula, (seed, t, coordinate))
