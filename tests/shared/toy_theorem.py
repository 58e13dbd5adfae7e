"""A theorem of one reading, made from its two sides."""

from __future__ import annotations

from sympy import Expr, S

from theory.quantities import Regret
from theory.source import Source
from theory.statement import Assumption, Reading, Theorem

SOURCE = Source("zinkevich2003", "Theorem 1")
R = Regret(S.One)


def theorem(
    rhs: Expr,
    *,
    lhs: Expr = R,
    assumptions: tuple[Assumption, ...] = (),
    letters: tuple = (),
    algorithms: tuple[str, ...] = (),
) -> Theorem:
    """`toy`: lhs <= rhs, read in one way, A."""
    return Theorem(
        id="toy", title="Toy", source=SOURCE, algorithms=algorithms, lhs=lhs,
        readings=(Reading("A", rhs, ""),), assumptions=assumptions, letters=letters,
    )  # fmt: skip
