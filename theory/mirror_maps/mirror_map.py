"""A mirror map as data: psi, from which its gradient, the inverse gradient and its divergence follow.

A mirror map is a strictly convex, differentiable psi(x) = sum_i psi(x_i) on an open interval (in every
coordinate), whose gradient takes every real value: it tends to -oo and oo at the two ends (Bubeck 2015,
section 4.1). A step moves psi'(x_i), not x_i.

What is checked when a map is built: psi' tends to -oo and oo at the ends of the domain, by sympy's limits;
psi'(inverse(y)) = y for y > 0 and for y < 0, by sympy; neither of the two jumps at 0, the only place for a
kink; and inverse(psi'(u)) = u at points u all over the domain, which a pole inside it would contradict. So
psi' and its inverse are continuous, the inverse stays in the domain, as |psi'| is infinite at the ends, and
reaches both; psi' increases, and psi is strictly convex.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import final

from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Float,
    Integer,
    Max,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    asinh,
    atanh,
    collect,
    exp,
    expand,
    expand_trig,
    limit,
    oo,
    preorder_traversal,
    sign,
    simplify,
    solve,
)

from theory.borders import formula, instance, items, settle, text
from theory.mirror_maps.elementary import (
    DIGITS,
    FUNCTIONS,
    TOLERANCE,
    at_end,
    plain,
    points_between,
    printable,
    simpler,
    two_ends,
    typical_value,
)
from theory.parameters import Parameter
from theory.quantities import SumCoords, is_vector
from theory.source import Source
from theory.symbols import Scalar, Vector, x

DUAL = Vector("mirror__dual")
"""y_i, a value of psi'."""
_ALLOWED = {kind.__name__ for kind in (*FUNCTIONS, Add, Mul, Pow, Scalar, Vector, Rational, Integer)} | {
    type(n).__name__ for n in (S.Half, S.One, S.Zero, S.NegativeOne, oo, -oo, S.Exp1)
}


@final
@dataclass(frozen=True)
class MirrorMap:
    """psi(x) = sum_i psi(x_i) on the open interval `domain`, with a gradient that takes every real value.

    Args:
        name: the textbook name.
        source: where it is printed.
        psi: the map of one coordinate, in x and the parameters.
        domain: the ends of the open interval, in the parameters; -oo and oo for the line.
        parameters: what it needs.
        inverse: the inverse of the gradient, in DUAL and the parameters; by default sympy solves for it.

    Raises:
        ValueError: an unknown symbol, a float, a wrong rank, a gradient that does not take every value, or an
            inverse that is not its inverse.
    """

    name: str
    source: Source
    psi: Expr
    domain: tuple[Expr, Expr] = (-oo, oo)
    parameters: tuple[Parameter, ...] = ()
    inverse: Expr | None = None

    def __post_init__(self) -> None:
        """Check the symbols, the limits of the gradient, and its inverse."""
        text("name", self.name, empty=False)
        instance("source", self.source, Source, "a Source", 'write Source("key", "section 4.1")')
        own = {p.symbol for p in items("parameters", self.parameters, Parameter, "a Parameter")}
        settle(self, parameters=tuple(self.parameters), psi=self._formula("psi", self.psi, own | {x}))
        if not is_vector(self.psi):
            raise ValueError(f"`psi` of {self._called} must be a function of x, got {self.psi}")
        settle(self, domain=two_ends("domain", self.domain))
        for end in self.domain:
            self._formula("domain", end, own)
        for end, wanted in zip(self.domain, (-oo, oo), strict=True):
            found = at_end(self.gradient, end, upper=wanted is oo)
            if found != wanted:
                raise ValueError(
                    f"`psi` of {self._called}: its gradient {self.gradient} tends to {found} at {end}, not "
                    f"to {wanted}; a step moves the gradient by any amount, so it must take every value"
                )
        if self.inverse is None:
            settle(self, inverse=self._solved())
        else:
            settle(self, inverse=self._formula("inverse", self.inverse, own | {DUAL}))
            self._check_inverse()

    @property
    def _called(self) -> str:
        return f"the mirror map `{self.name}`"

    def _formula(self, name: str, e: object, known: set[Expr]) -> Expr:
        found = formula(name, e)
        stray = sorted(map(str, found.free_symbols - known))
        if stray:
            raise ValueError(
                f"`{name}` of {self._called} uses unknown symbols {', '.join(stray)}; "
                f"known: {', '.join(sorted(map(str, known))) or 'none'}"
            )
        if found.atoms(Float):
            raise ValueError(f"`{name}` of {self._called} holds a float; write it as a Rational")
        strange = sorted({type(n).__name__ for n in preorder_traversal(found)} - _ALLOWED)
        if strange:
            functions = ", ".join(f.__name__ for f in FUNCTIONS)
            raise ValueError(
                f"`{name}` of {self._called} = {found} uses {', '.join(strange)}; it is a function of one "
                f"coordinate, written with sums, products, powers, {functions}"
            )
        for node in found.atoms(Abs, sign):
            for moving in (x, DUAL):
                if node.has(moving) and (node.args[0] / moving).has(moving):
                    raise ValueError(
                        f"`{name}` of {self._called} has a kink where {node.args[0]} = 0; only 0 may be one"
                    )
        return found

    @cached_property
    def gradient(self) -> Expr:
        """psi'(x)."""
        return simpler(self.psi.diff(x))

    @cached_property
    def second(self) -> Expr:
        """psi''(x), where psi' has no kink."""
        if not self.gradient.has(Abs, sign):
            return simplify(self.gradient.diff(x))
        u = Dummy("u", positive=True)
        above, below = (simplify(s * self.gradient.xreplace({x: s * u}).diff(u)) for s in (1, -1))
        if simplify(above - below) == 0:
            return above.xreplace({u: Abs(x)})
        return Piecewise((above.xreplace({u: x}), x > 0), (below.xreplace({u: -x}), True))

    def moved(self, push: Expr) -> Expr:
        """The point with psi'(point) = psi'(x) - push, of vector rank, in the language of algorithms."""
        e = formula("inverse", self.inverse).xreplace({DUAL: self.gradient - push})
        if not isinstance(self.gradient, asinh | atanh):
            return printable(e)
        e = printable(expand_trig(e))
        # One term for each exponential: the difference of two that overflow would be no number.
        return collect(expand(e), sorted(e.atoms(exp), key=str)) if e.has(exp) else e

    def at(self, point: Expr) -> Expr:
        """psi at a point of the closed domain, a scalar.

        Args:
            point: an expression of vector rank.
        """
        return SumCoords(self._value(point))

    def divergence(self, u: Expr, w: Expr) -> Expr:
        """The Bregman divergence psi(u) - psi(w) - <grad psi(w), u - w>, a scalar.

        Args:
            u: an expression of vector rank, in the closed domain.
            w: an expression of vector rank, in the domain.
        """
        slope, conjugate = (printable(e).xreplace({x: w}) for e in (self.gradient, self._conjugate))
        # Never negative, in no coordinate; said so, because the terms cancel where u is near w.
        return SumCoords(Max(self._value(u) + conjugate - u * slope, 0))

    @cached_property
    def _conjugate(self) -> Expr:
        """x psi'(x) - psi(x)."""
        return simpler(expand(x * self.gradient - self.psi))

    @cached_property
    def _limits(self) -> tuple[tuple[Expr, Expr], ...]:
        """The finite limits of psi at the ends of the domain, each with what is >= 0 there and beyond."""
        low, high = self.domain
        ends = ((low, low - x, False), (high, x - high, True))
        found: dict[Expr, list[Expr]] = {}
        for end, excess, upper in ends:
            value = at_end(self.psi, end, upper=upper) if end.is_finite else oo
            if value.is_finite:
                found.setdefault(value, []).append(excess)
        # One relation for two ends with one value: the printers know no "or".
        return tuple((value, Max(*several)) for value, several in found.items())

    def _value(self, u: Expr) -> Expr:
        """psi of one coordinate, with its limits at the ends of the domain where they are finite."""
        pieces = [(value, excess.xreplace({x: u}) >= 0) for value, excess in self._limits]
        return Piecewise(*pieces, (printable(self.psi).xreplace({x: u}), True))

    def _solved(self) -> Expr:
        """The inverse of the gradient that sympy finds."""
        u = Dummy("u", positive=True) if self.domain[0] == 0 else Dummy("u", real=True)
        try:
            found = solve(self.gradient.xreplace({x: u}) - DUAL, u)
        except NotImplementedError:
            found = []
        for candidate in map(simplify, found):
            if candidate.free_symbols <= {DUAL, *(p.symbol for p in self.parameters)} and not self.wrong(
                candidate
            ):
                return candidate
        raise ValueError(
            f"`inverse` of {self._called}: sympy finds no inverse of its gradient {self.gradient}; "
            "give it, in theory.mirror_maps.mirror_map.DUAL"
        )

    def _check_inverse(self) -> None:
        if problem := self.wrong(self.inverse):
            raise ValueError(
                f"`inverse` of {self._called} = {self.inverse} is not the inverse of its gradient "
                f"{self.gradient}: {problem}"
            )

    def wrong(self, inverse: Expr) -> str:
        """Why a formula is not the inverse of the gradient, in words; empty if sympy sees that it is.

        Args:
            inverse: in DUAL and the parameters.
        """
        inverse, gradient = plain(inverse), plain(self.gradient)
        typical = {p.symbol: typical_value(p) for p in self.parameters}
        low, high = (end.xreplace(typical) for end in self.domain)
        for y in (Integer(0), Integer(1), Integer(-2)):
            point = inverse.xreplace({DUAL: y, **typical})
            if not (point.is_real and bool(low < point) and bool(point < high)):
                return f"at y = {y} it is {point}, outside ({low}, {high})"
            if abs(value := gradient.xreplace({x: point, **typical}).evalf(DIGITS) - y) > TOLERANCE:
                return f"at y = {y} the gradient there is {(value + y).evalf(6)}"
        for u in points_between(low, high):
            there = inverse.xreplace({DUAL: gradient.xreplace({x: u, **typical}), **typical}).evalf(DIGITS)
            if not (there.is_real and abs(there - u) < TOLERANCE * (1 + abs(u))):
                return f"of the gradient at {u} it is {there.evalf(6)}"
        kinked = any(f.has(Abs, sign) for f in (inverse, gradient))
        p = Dummy("p", positive=True) if kinked else Dummy("p", real=True)
        for y in (p, -p) if kinked else (p,):
            e = gradient.xreplace({x: inverse.xreplace({DUAL: y})}) - y
            # asinh(sinh(y)) and its like stay as they are, but their derivatives do not.
            if simplify(e) != 0 and (simplify(e.diff(p)) != 0 or simplify(e.xreplace({p: S.Zero})) != 0):
                return (
                    f"sympy does not see that psi'(inverse(y)) = y: {simplify(e)}; write it in another form"
                )
            if any(
                f.has(Abs, sign) and limit(f.xreplace({v: y}), p, 0) != f.xreplace({v: S.Zero})
                for f, v in ((inverse, DUAL), (gradient, x))
            ):
                return "one of the two jumps at 0"
        return ""
