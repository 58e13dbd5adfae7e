"""Strong convexity of a mirror map: checked by sympy where it can be, otherwise on the run.

psi is lam-strongly convex with respect to a norm on a set if its second differential form is at least
lam ||v||^2. For a sum over coordinates this is, for

* l2 on an interval in every coordinate: psi''(u) >= lam there, which is also necessary;
* l2 on the simplex: the same on (0, 1), which is enough;
* l1 on the simplex: u psi''(u) >= lam on (0, 1), which is enough by the inequality of Cauchy and Schwarz,
  ||v||_1^2 <= sum_i v_i^2 psi''(x_i) sum_i 1/psi''(x_i) <= sum_i v_i^2 psi''(x_i) sum_i x_i/lam.

A modulus is refuted by a point where the form is smaller; on the simplex by the direction (1, -1) in R^2.
"""

from enum import Enum
from itertools import product

from sympy import Abs, Dummy, Expr, FiniteSet, Max, Piecewise, Rational, S, simplify, solveset

from theory.borders import formula, instance
from theory.mirror_maps.elementary import DIGITS, TOLERANCE, at_end, points_between, two_ends
from theory.mirror_maps.mirror_map import MirrorMap
from theory.quantities import CumMax, MaxCoords, SumCoords
from theory.statement import Assumption, Requires
from theory.step_sets import StepSet
from theory.symbols import D, d, x, x_next, z

NEAR = 10**6
"""How much nearer to an end than the other points the last ones are."""


class Norm(Enum):
    """The norm of a strong convexity; a bound has the square of its dual, of l1 the infinity norm, of g_t."""

    L1 = "the l1 norm"
    L2 = "the l2 norm"


def strongly_convex(
    psi: MirrorMap, modulus: Expr, *, norm: Norm, on: tuple[Expr, Expr] | StepSet | None = None
) -> tuple[Assumption, ...]:
    """The assumptions of a statement that needs psi to be strongly convex where its algorithm plays.

    They say where the points and z lie. What sympy proves of psi needs no assumption; what it neither proves
    nor refutes is one, which a run checks at the points that it plays.

    Args:
        psi: the map.
        modulus: lam > 0, in the parameters of the map.
        norm: the norm; l1 is known on the simplex only.
        on: the closed interval in every coordinate to which the statement is confined, or
            `StepSet.SIMPLEX`; by default the domain of the map.

    Raises:
        ValueError: psi is not strongly convex with this modulus, or the interval is not in its domain.
    """
    instance("psi", psi, MirrorMap, "a MirrorMap", "take one of theory.mirror_maps")
    lam = formula("modulus", modulus)
    instance("norm", norm, Norm, "a Norm", "write Norm.L2")
    own = {p.symbol for p in psi.parameters}
    if lam.free_symbols - own or lam.is_positive is not True:
        raise ValueError(f"`modulus` = {lam} must be a number > 0 in the parameters of `{psi.name}`")
    if on is StepSet.SIMPLEX:
        low, high = S.Zero, S.One
        places: tuple[Assumption, ...] = (
            Assumption("X is the probability simplex", Requires.PROBABILITY_SIMPLEX),
        )
    else:
        low, high = psi.domain if on is None else _interval(psi, on)
        places = _inside(psi, low, high, closed=on is not None)
    if norm is Norm.L1 and on is not StepSet.SIMPLEX:
        raise ValueError(
            f"`norm` = {norm}: strong convexity in the l1 norm is known with on=StepSet.SIMPLEX only"
        )
    if problem := _refuted(psi, lam, norm, low, high, simplex=on is StepSet.SIMPLEX):
        raise ValueError(f"`modulus` = {lam}: {problem}; `{psi.name}` is not so strongly convex")
    form = x * psi.second if norm is Norm.L1 else psi.second
    if _at_least(form, lam, low, high):
        return places
    if norm is Norm.L1:
        share = 1 / psi.second
        total = CumMax(SumCoords(share)) if share.has(x) else d * share
        seen, words = total * lam <= 1, "sum_i 1/psi''(x_i) <= 1/lam"
    else:
        seen, words = CumMax(MaxCoords(lam - psi.second)) <= 0, "psi'' >= lam"
    return (*places, Assumption(f"{words} with lam = {lam}, checked at the points played", seen))


def _interval(psi: MirrorMap, on: object) -> tuple[Expr, Expr]:
    low, high = two_ends("on", on)
    if (low - psi.domain[0]).is_extended_negative or (psi.domain[1] - high).is_extended_negative:
        raise ValueError(f"`on` = {on} leaves the domain {psi.domain} of `{psi.name}`; choose a part of it")
    return low, high


def _inside(psi: MirrorMap, low: Expr, high: Expr, *, closed: bool) -> tuple[Assumption, ...]:
    """X, the points and z lie in an interval, in every coordinate."""

    def excess(point: Expr) -> Expr:
        # Of two terms only, as in a certificate.
        return Max(*[low - point] * bool(low.is_finite), *[point - high] * bool(high.is_finite))

    if not (low.is_finite or high.is_finite):
        return ()
    where = f"[{low}, {high}]" if closed else f"({low}, {high})"
    sides = [
        (f"x_t lies in {where}", CumMax(MaxCoords(excess(x))), S.Zero),
        (f"x_(t+1) lies in {where}", CumMax(MaxCoords(excess(x_next))), S.Zero),
        (f"z lies in {where}", MaxCoords(excess(z)), S.Zero),
    ]
    if (high - low).is_finite:  # a search makes its sets no wider than this, and then plays inside
        sides.append((f"X is no wider than {where}", D, high - low))
    return tuple(Assumption(text, e <= end if closed else e < end) for text, e, end in sides)


def _samples(psi: MirrorMap) -> list[dict[Expr, Expr]]:
    """Values of the parameters at the ends and in the middle of their typical ranges."""
    ranges = []
    for p in psi.parameters:
        ends = [Rational(str(end)) for end in p.typical]
        ranges.append([(p.symbol, value) for value in (*ends, sum(ends) / 2)])
    return [dict(chosen) for chosen in product(*ranges)]


def _refuted(psi: MirrorMap, lam: Expr, norm: Norm, low: Expr, high: Expr, *, simplex: bool) -> str:
    """A point where the form is smaller than lam, in words; empty if none is found."""
    for values in _samples(psi):
        asked = lam.xreplace(values)

        def second(u: Expr, values: dict[Expr, Expr] = values) -> Expr:
            return psi.second.xreplace({x: u, **values})

        for u in _near_ends(low.xreplace(values), high.xreplace(values)):
            bend = second(u)
            if simplex:
                # ||(1, -1)||^2 is 4 in the l1 norm and 2 in the l2 norm.
                bend = (bend + second(1 - u)) / (4 if norm is Norm.L1 else 2)
            if bend.is_finite and (asked - bend).evalf(DIGITS) > TOLERANCE * asked:
                at = ", ".join(f"{symbol} = {value}" for symbol, value in values.items())
                return f"at {u} its form is {bend.evalf(6)}" + (f" for {at}" if at else "")
    return ""


def _near_ends(low: Expr, high: Expr) -> list[Expr]:
    """Points all over an interval, and some very near its ends, where the form is often smallest."""
    inside = points_between(low, high)
    first = [low + (inside[0] - low) / NEAR] if low.is_finite else [inside[0] * NEAR]
    last = [high - (high - inside[-1]) / NEAR] if high.is_finite else [inside[-1] * NEAR]
    return [*first, *inside, *last]


def _at_least(form: Expr, lam: Expr, low: Expr, high: Expr) -> bool:
    """Whether sympy sees form >= lam on an interval: at its ends, at 0, and where its derivative vanishes."""
    u, split = Dummy("u", real=True), form.has(Abs, Piecewise) and not low.is_nonnegative
    p = Dummy("p", positive=True) if split else Dummy("p", real=True)
    sides = [(1, S.Zero, high), (-1, S.Zero, -low)] if split else [(1, low, high)]
    values = []
    for way, begin, end in sides:
        part = form.xreplace({x: way * p}).xreplace({p: x})
        stationary = solveset(part.xreplace({x: u}).diff(u), u, S.Reals)
        if stationary not in {S.EmptySet, S.Reals} and not isinstance(stationary, FiniteSet):
            return False
        values += [at_end(part, begin, upper=False), at_end(part, end, upper=True)]
        for root in stationary if isinstance(stationary, FiniteSet) else ():
            outside = (root - begin).is_extended_negative or (end - root).is_extended_negative
            values += [] if outside else [part.xreplace({x: root})]
    return all(_no_smaller(value, lam) for value in values)


def _no_smaller(value: Expr, lam: Expr) -> bool:
    """Whether sympy sees value >= lam > 0, for them, their squares or the squares of their inverses."""
    if value == S.Infinity:
        return True
    if value.is_positive is not True:
        return False
    pairs = ((value, lam), (value**2, lam**2), (lam**-2, value**-2))
    return any(simplify(more - less).is_nonnegative is True for more, less in pairs)
