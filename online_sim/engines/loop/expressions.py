"""Rewriting the expressions of a round so that a loop does not compute anything repeatedly.

Constants are moved out of the loop over rounds, scalars of a round out of the loop over coordinates, and
beta**t becomes a running product (set to 0 once it is negligible next to 1, because denormals double the time
of a round).

1 - beta**t is not computed from that product, which would lose the digits of 1 - beta. Instead the kernel
carries c_t = c_{t-1} + (1 - beta)(1 - c_{t-1}) and the rounding error of this sum (Kahan, Commun. ACM 8,
1965). For 0 <= beta <= 1 every increment is positive with a relative error of at most 1.5 eps (1 - beta is
exact for beta >= 1/2), so their sum errs by 1.5 eps of c_t, and Kahan's summation adds eps and terms in
t eps^2. An error of c_{t-1} changes the next increment by -(1 - beta) times itself, so it shrinks by beta.
If c is near 1, the rounding eps/2 of 1 - c enters with the factor 1 - beta, and sums up to eps/2. The total
is about 3 eps for every t.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sympy import Add, Expr, Pow, Symbol, cse, numbered_symbols

from online_sim.engines.rewriting import replace_parts
from theory.printing.base import complement_in
from theory.quantities import is_vector
from theory.symbols import Scalar, Vector, t

PARAMETER = "__parameter"
"""The suffix of a parameter's name inside the kernel. No other name of the compiler ends like this, whatever
a line is called (a prefix `p__` would also match the previous value of a line `p`)."""
POWER_CUT = {False: "1e-30", True: "1e-280"}
"""The bound below which beta**t is 0, by whether precision is doubled (low parts fade below 1e-275)."""


def is_round_free(e: Expr) -> bool:
    """Whether an expression holds only parameters, under the compiler's names for them."""
    return all(str(s).endswith(PARAMETER) for s in e.free_symbols)


@dataclass
class Expressions:
    """Rewrites expressions, and remembers the constants and running powers that they then need.

    parameters: their names; share: whether common subexpressions are named (which may pair the factors of a
    product differently in different bodies); complement: whether 1 - beta**t is a running sum.
    """

    parameters: tuple[str, ...]
    share: bool = True
    complement: bool = True
    constants: dict[Expr, Symbol] = field(default_factory=dict)
    powers: dict[Expr, Symbol] = field(default_factory=dict)
    complements: dict[Expr, tuple[Symbol, Symbol]] = field(default_factory=dict)
    """For each base: 1 - base**t, and the rounding error of its sum."""
    stage: int = 0
    """The number of the stage, for the names of temporaries: both bodies of a round use the same."""

    def __post_init__(self) -> None:
        """The symbol that stands for each parameter."""
        self.by_name = {n: Scalar(f"{n}{PARAMETER}") for n in self.parameters}

    def prepare(self, e: Expr) -> Expr:
        """The expression with named parameters, 1 - beta**t as a running sum, other beta**t as a product."""
        named = [s for s in e.free_symbols if isinstance(s, Scalar) and s.name in self.by_name]
        e = e.xreplace({s: self.by_name[s.name] for s in named})
        e = e.replace(lambda node: self._complement(node) is not None, self._complement)
        return e.replace(
            lambda node: isinstance(node, Pow) and node.exp == t and is_round_free(node.base),
            lambda node: self.powers.setdefault(node.base, Scalar(f"power__{len(self.powers)}")),
        )

    def constant(self, e: Expr) -> Expr:
        """Replace maximal subexpressions in parameters only by constants computed once per replicate."""

        def kept(part: Expr) -> Expr:
            if not part.args or part.is_number:
                return part
            return self.constants.setdefault(part, Scalar(f"const__{len(self.constants)}"))

        return replace_parts(e, is_round_free, kept)

    def inner(self, e: Expr, hoisted: dict[Expr, Symbol]) -> Expr:
        """A coordinate's expression without its scalar parts, which are added to `hoisted`."""

        def once(part: Expr) -> Expr:
            if not part.args or is_round_free(part):
                return self.constant(part)
            return hoisted.setdefault(part, Scalar(f"h{self.stage}__{len(hoisted)}"))

        return replace_parts(self.prepare(e), lambda part: not is_vector(part), once)

    def shared(self, expressions: Iterable[Expr]) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
        """Named common subexpressions, and the expressions rewritten with them."""
        if not self.share:
            return [], list(expressions)
        names = numbered_symbols(f"e{self.stage}__", cls=Vector)
        found, reduced = cse(list(expressions), symbols=names, order="none")
        return list(found), list(reduced)

    def _complement(self, node: Expr) -> Expr | None:
        found = complement_in(node) if self.complement and isinstance(node, Add) else None
        if found is None or found.exponent != t or not is_round_free(found.base):
            return None
        k = len(self.complements)
        pair = self.complements.setdefault(found.base, (Scalar(f"complement__{k}"), Scalar(f"lost__{k}")))
        return found.rest + found.sign * pair[0]
