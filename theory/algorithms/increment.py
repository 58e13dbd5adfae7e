"""The increment u_t of an algorithm without a set: x_{t+1} = x_t + u_t."""

from sympy import Add, Expr, S, expand

from theory.symbols import x


def increment(point: Expr) -> Expr:
    """point - x_t, with the terms in x_t cancelled: of x - alpha g it is -alpha g, of (1 - c) x it is -c x.

    Adding it to x_t loses no digits of a small step, as computing point - x_t would.

    Args:
        point: the next point, an expression of vector rank.
    """
    factor, rest = S.NegativeOne, S.Zero
    for term in Add.make_args(point):
        outside, inside = term.as_independent(x, as_Add=False)
        if inside == x:
            factor += expand(outside)
        else:
            rest += term
    return factor * x + rest
