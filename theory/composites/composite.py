"""A composite term as data: phi, and the step that minimises it beside a quadratic.

In a composite step the next point is

    argmin over u in X of  k phi(u) + 1/2 ||u - y||_M^2,

y the point without phi, M = diag(h) the metric and k > 0 the weight of phi. For phi a sum over coordinates
this separates: each u_i minimises k phi_i(u_i) - s_i u_i + h_i u_i^2/2 with s = M y, also where h_i = 0 and
s_i = 0. `minimiser` is that point for X = R, and `metric` the metric in which it is projected onto X.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import final

from sympy import Dummy, Expr, Float, simplify

from theory.borders import flag, formula, instance, items, settle, text
from theory.convexity import Curvature, curvature
from theory.parameters import Parameter
from theory.quantities import SumCoords, is_vector
from theory.source import Source
from theory.symbols import Vector, x

DUAL = Vector("prox__dual")
"""s_i = h_i y_i."""
METRIC = Vector("prox__metric", nonnegative=True)
"""h_i >= 0."""
WEIGHT = Vector("prox__weight", positive=True)
"""k > 0."""


@final
@dataclass(frozen=True)
class Composite:
    """A convex term phi(x) = sum_i term(x_i), which a step minimises exactly instead of by its gradient.

    Args:
        name: the textbook name.
        source: where its step is printed.
        term: phi of one coordinate, in x and the parameters; its formula must show that it is convex.
        parameters: what it needs.
        minimiser: argmin over u in R of k term(u) - s u + h u^2/2, in DUAL (s), METRIC (h), WEIGHT (k) and
            the parameters.
        metric: the metric in which the minimiser is projected onto X, in the same symbols.
        boxes_only: whether that is the step on boxes and R^d only, and on balls around 0 if `homogeneous`.

    Raises:
        ValueError: an unknown symbol, a float, a wrong rank, or a term that is not seen to be convex.
    """

    name: str
    source: Source
    term: Expr
    parameters: tuple[Parameter, ...]
    minimiser: Expr
    metric: Expr
    boxes_only: bool

    def __post_init__(self) -> None:
        """Check the symbols, the ranks and the curvature."""
        text("name", self.name, empty=False)
        where = f"composite term `{self.name}`"
        instance("source", self.source, Source, "a Source", 'write Source("key", "section 5.1")')
        flag("boxes_only", self.boxes_only)
        parameters = items("parameters", self.parameters, Parameter, "a Parameter of theory.parameters")
        settle(self, parameters=parameters)
        own = {p.symbol for p in parameters}
        given = {"term": {x}, "minimiser": {DUAL, METRIC, WEIGHT}, "metric": {METRIC, WEIGHT}}
        for name, symbols in given.items():
            e = formula(name, getattr(self, name))
            stray = sorted(map(str, e.free_symbols - symbols - own))
            if stray:
                allowed = ", ".join(sorted(map(str, symbols | own)))
                raise ValueError(
                    f"`{name}` of {where} uses unknown symbols {', '.join(stray)}; known: {allowed}"
                )
            if e.atoms(Float):
                raise ValueError(f"`{name}` of {where} holds a float; write it as a Rational")
            if not is_vector(e):
                raise ValueError(f"`{name}` of {where} must have vector rank, got {e}")
            settle(self, **{name: e})
        if curvature(self.term, x) not in {Curvature.CONVEX, Curvature.AFFINE}:
            raise ValueError(
                f"`term` of {where} is not seen to be convex: {self.term}; a regret needs a convex phi"
            )

    @cached_property
    def homogeneous(self) -> bool:
        """Whether phi(c x) = c phi(x) for c > 0 is seen.

        Then the step is a projection of the minimiser on l1 and l2 balls around 0 too, in every diagonal
        metric: such a projection keeps zeros and changes no sign, so the subgradients of phi at the
        minimiser are subgradients at the projected point.
        """
        c = Dummy("c", positive=True)
        return bool(simplify(self.term.xreplace({x: c * x}) - c * self.term) == 0)

    @property
    def value(self) -> Expr:
        """phi(x), a scalar."""
        return self.at(x)

    def at(self, point: Expr) -> Expr:
        """phi at another point, a scalar.

        Args:
            point: an expression of vector rank.
        """
        return SumCoords(self.term.xreplace({x: point}))
