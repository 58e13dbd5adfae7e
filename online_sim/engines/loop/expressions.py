"""What a loop computes once instead of again and again: the expressions of a round, rewritten.

Constants are taken out of the loop over rounds, scalars of a round out of the loop over coordinates, and
beta**t becomes a running product (set to 0 where it is negligible next to 1: with a denormal a round takes
twice as long).

1 - beta**t is not taken from that product, which would lose the digits of 1 - beta. Carried instead is
c_t = c_{t-1} + (1 - beta)(1 - c_{t-1}), with what the sum lost to rounding (Kahan, Commun. ACM 8, 1965). For
0 <= beta <= 1 every increment is positive and off by at most 1.5 eps of itself (1 - beta is exact for
beta >= 1/2), so their sum is off by 1.5 eps of c_t, and Kahan's summation adds eps and terms in t eps^2. An
error of c_{t-1} makes the next increment err the other way by 1 - beta of it, so it shrinks by beta. Where c
is near 1, the rounding of 1 - c, eps/2, enters by 1 - beta of it, and sums up to eps/2. In all about 3 eps,
whatever t is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sympy import Add, Expr, Pow, Symbol, cse, numbered_symbols

from online_sim.engines.rewriting import replace_parts
from theory.printing.base import complement_in
from theory.quantities import is_vector
from theory.symbols import Scalar, Vector, t

PARAMETER = "__parameter"
"""End of a parameter's name inside the kernel: nothing else that the compiler names ends like this, whatever
a user calls a line (a prefix `p__` would fit the previous value of a line `p`)."""
POWER_CUT = {False: "1e-30", True: "1e-280"}
"""Below this beta**t is set to 0, by whether the precision is doubled; there low parts fade below 1e-275."""


def is_round_free(e: Expr) -> bool:
    """Whether an expression holds only parameters, under the compiler's names for them."""
    return all(str(s).endswith(PARAMETER) for s in e.free_symbols)


@dataclass
class Expressions:
    """Rewrites expressions, and remembers the constants and running powers that they then need.

    parameters: their names; share: whether common subexpressions are named (which may pair the factors of a
    product differently in different bodies).
    """

    parameters: tuple[str, ...]
    share: bool = True
    complement: bool = True
    constants: dict[Expr, Symbol] = field(default_factory=dict)
    powers: dict[Expr, Symbol] = field(default_factory=dict)
    complements: dict[Expr, tuple[Symbol, Symbol]] = field(default_factory=dict)
    """Of each base: 1 - base**t, and what its sum has lost to rounding."""
    temporaries: int = 0

    def __post_init__(self) -> None:
        """The symbol that stands for each parameter."""
        self.by_name = {n: Scalar(f"{n}{PARAMETER}") for n in self.parameters}

    def prepare(self, e: Expr) -> Expr:
        """Parameters by name, 1 - beta**t as a running sum and other beta**t as a running product."""
        named = [s for s in e.free_symbols if isinstance(s, Scalar) and s.name in self.by_name]
        e = e.xreplace({s: self.by_name[s.name] for s in named})
        e = e.replace(lambda node: self._complement(node) is not None, self._complement)
        return e.replace(
            lambda node: isinstance(node, Pow) and node.exp == t and is_round_free(node.base),
            lambda node: self.powers.setdefault(node.base, Scalar(f"power__{len(self.powers)}")),
        )

    def constant(self, e: Expr) -> Expr:
        """Replace maximal subexpressions of parameters alone by constants computed once a replicate."""

        def kept(part: Expr) -> Expr:
            if not part.args or part.is_number:
                return part
            return self.constants.setdefault(part, Scalar(f"const__{len(self.constants)}"))

        return replace_parts(e, is_round_free, kept)

    def inner(self, e: Expr, hoisted: dict[Expr, Symbol]) -> Expr:
        """A coordinate's expression, its scalar parts taken out; these are added to `hoisted`."""

        def once(part: Expr) -> Expr:
            if not part.args or is_round_free(part):
                return self.constant(part)
            return hoisted.setdefault(part, Scalar(f"h{self.temporaries}__{len(hoisted)}"))

        return replace_parts(self.prepare(e), lambda part: not is_vector(part), once)

    def shared(self, expressions: Iterable[Expr]) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
        """Common subexpressions by name, and the expressions with them."""
        self.temporaries += 1
        if not self.share:
            return [], list(expressions)
        names = numbered_symbols(f"e{self.temporaries}__", cls=Vector)
        found, reduced = cse(list(expressions), symbols=names, order="none")
        return list(found), list(reduced)

    def _complement(self, node: Expr) -> Expr | None:
        found = complement_in(node) if self.complement and isinstance(node, Add) else None
        if found is None or found.exponent != t or not is_round_free(found.base):
            return None
        k = len(self.complements)
        pair = self.complements.setdefault(found.base, (Scalar(f"complement__{k}"), Scalar(f"lost__{k}")))
        return found.rest + found.sign * pair[0]
