"""Where the branches of a function of one variable meet: the places at which a subgradient is a choice."""

from functools import lru_cache
from itertools import combinations, product

from sympy import Abs, Expr, Max, Min, Poly, PolynomialError, S, Symbol, sign, sqrt
from sympy.core.relational import Relational

from theory.subgradient import branches, subgradient

MOST_BRANCHES = 64
"""A function with more combinations of branches than this is looked at in part."""


@lru_cache(maxsize=256)
def ties(e: Expr, variable: Symbol) -> tuple[Expr, ...]:
    """The points where two branches of a Max, Min or Abs tie, or where a condition of a Piecewise changes.

    As expressions in the other symbols of `e`. Equations that are polynomials of degree 1 or 2 are solved;
    others are left out, so that an empty answer means "none found".
    """
    equations: dict[Expr, None] = {}
    for node in e.atoms(Max, Min, Abs, Relational):
        if not node.has(variable):
            continue
        compared = node.args if isinstance(node, Max | Min | Relational) else (node.args[0], S.Zero)
        for first, second in combinations(compared, 2):
            for left, right in product(_alternatives(first), _alternatives(second)):
                equations[left - right] = None
    found: dict[Expr, None] = {}
    for equation in list(equations)[:MOST_BRANCHES]:
        found |= dict.fromkeys(roots(equation, variable) or ())
    return tuple(sorted(found, key=str))


def _alternatives(e: Expr) -> tuple[Expr, ...]:
    """`e` with one branch in place of each Max, Min and Abs, in all combinations."""
    forms = [e]
    for _ in range(MOST_BRANCHES):
        kinked = next((form for form in forms if form.has(Max, Min, Abs)), None)
        if kinked is None or len(forms) > MOST_BRANCHES:
            break
        forms.remove(kinked)
        node = min(kinked.atoms(Max, Min, Abs), key=lambda n: (n.count_ops(), str(n)))
        forms += [kinked.xreplace({node: branch}) for branch in branches(node)]
    return tuple(dict.fromkeys(form for form in forms if not form.has(Max, Min, Abs)))


def roots(equation: Expr, variable: Symbol) -> list[Expr] | None:
    """The zeros of a polynomial of degree 1 or 2, NaN where they are not real; None for anything else."""
    try:
        coefficients = Poly(equation, variable).all_coeffs()
    except PolynomialError:
        return None
    if any(c.has(variable) for c in coefficients):
        return None
    if len(coefficients) == 2:
        slope, level = coefficients
        return [-level / slope]
    if len(coefficients) == 3:
        bend, slope, level = coefficients
        root = sqrt(slope**2 - 4 * bend * level)
        return [(-slope - root) / (2 * bend), (-slope + root) / (2 * bend)]
    return None


def is_smooth(e: Expr, variable: Symbol) -> bool:
    """Whether the slope of `e` is seen to be continuous."""
    return is_continuous(subgradient(e, variable), variable)


def is_continuous(e: Expr, variable: Symbol) -> bool:
    """Whether `e` is seen not to jump where a condition of a Piecewise in it, or a sign, changes."""
    switches = [(r, r.lhs - r.rhs, (S.true, S.false)) for r in e.atoms(Relational)]
    switches += [(s, s.args[0], (S.One, S.NegativeOne)) for s in e.atoms(sign)]
    for switch, zero, (before, after) in switches:
        if not zero.has(variable):
            continue
        places = roots(zero, variable)
        jump = e.xreplace({switch: before}) - e.xreplace({switch: after})
        if not places or any(not _vanishes(jump.subs(variable, place)) for place in places):
            return False
    return True


def _vanishes(e: Expr) -> bool:
    return bool(e == 0 if e.is_Rational else e.simplify() == 0)
