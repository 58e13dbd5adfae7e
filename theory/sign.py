"""Signs that follow from the declarations: which expressions of the language are never negative.

sympy knows the sign of a symbol, not that a decay lies in [0, 1), nor that a sum of squares over coordinates
is one of numbers >= 0. A decay beta is written p/(1 + p) with p >= 0, and beta**t, in [0, 1] too, q/(1 + q).
"""

from functools import lru_cache, partial

from sympy import Abs, Add, Dummy, Expr, Max, Mul, Piecewise, Pow, S, Symbol, factor, log, together

from theory.parameters import beta1, beta2
from theory.quantities import REDUCTIONS, Expectation, Prev, Quantity, Supremum, pinv
from theory.symbols import T, Vector, t

DECAYS: tuple[Symbol, ...] = (beta1, beta2)

_KEEP_SIGN = (*REDUCTIONS, Prev, Expectation, Supremum, pinv)


@lru_cache(maxsize=4096)
def nonnegative(e: Expr, *, constants: bool = False) -> bool:
    """Whether an expression is >= 0 by its form and the declared ranges; False where that is not seen.

    constants: take every expression in parameters and constants alone to be positive, as 1 - beta1 is.
    """
    seen = partial(nonnegative, constants=constants)
    if e.is_nonnegative or isinstance(e, Abs) or (constants and is_constant(e)):
        return True
    if isinstance(e, _KEEP_SIGN):
        return seen(e.args[0])
    if isinstance(e, Piecewise):
        return all(seen(pair.expr) for pair in e.args)
    if isinstance(e, Pow):
        even = e.exp.is_Integer and e.exp % 2 == 0
        half = e.exp.is_Rational and not e.exp.is_Integer
        return bool(even or half or seen(e.base))
    if isinstance(e, log):
        return bool((e.args[0] - 1).is_nonnegative)
    if isinstance(e, Max):
        return any(seen(argument) for argument in e.args)
    if isinstance(e, Add | Mul) and all(seen(argument) for argument in e.args):
        return True
    if e.atoms(Quantity) or not e.free_symbols & set(DECAYS):
        return False
    return _within_ranges(e)


def is_constant(e: Expr) -> bool:
    """Whether no round, coordinate or measurement enters."""
    return not (e.has(Quantity, Vector) or e.free_symbols & {t, T})


def _within_ranges(e: Expr) -> bool:
    """The sign of a function of parameters and t, with the decays replaced by expressions that show it."""
    shown: dict[Expr, Expr] = {}
    for power in sorted(e.atoms(Pow), key=str):
        if not power.exp.is_number and power.base.free_symbols and power.base.free_symbols <= set(DECAYS):
            shown[power] = _ratio()
    e = e.xreplace(shown).xreplace({decay: _ratio() for decay in DECAYS})
    return bool(factor(together(e)).is_nonnegative)


def _ratio() -> Expr:
    p = Dummy("p", positive=True)
    return p / (S.One + p)
