"""The points where branches of a function of one variable meet, so that a subgradient must be chosen."""

from functools import lru_cache
from itertools import combinations, product

from sympy import Abs, Expr, Max, Min, Poly, PolynomialError, S, Symbol, sign, sqrt
from sympy.core.relational import Relational

from theory.subgradient import branches, subgradient

MOST_BRANCHES = 64
"""The number of combinations of branches beyond which a function is examined only in part."""


@lru_cache(maxsize=256)
def ties(e: Expr, variable: Symbol) -> tuple[Expr, ...]:
    """The points where two branches of a Max, Min or Abs tie, or where a condition of a Piecewise changes.

    They are expressions in the other symbols of `e`. Only polynomial equations of degree 1 or 2 are solved;
    an empty result therefore means "none found".
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
    """All versions of `e` in which each Max, Min and Abs is replaced by one of its branches."""
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
    """Whether the slope of `e` can be shown to be continuous."""
    return is_continuous(subgradient(e, variable), variable)


def is_continuous(e: Expr, variable: Symbol) -> bool:
    """Whether `e` can be shown not to jump where a sign or a condition of a Piecewise in it changes."""
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
