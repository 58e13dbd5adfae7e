"""Claim 20: the minima of Rastrigin's and Rosenbrock's functions."""

import math
from itertools import pairwise

from sympy import Expr, Rational, Symbol, acos, diff, lambdify, pi, solve, symbols

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import RASTRIGIN, ROSENBROCK, Loss, Source
from theory.quantities import Component, SumCoords
from theory.symbols import x

SIDE = 5.12
"""Half the side of the usual square [-5.12, 5.12]^2."""


def check(options: Options, *, rastrigin: Loss = RASTRIGIN, rosenbrock: Loss = ROSENBROCK) -> Finding:
    """Count minima by the signs of f' between the zeros of f''; solve grad f = 0 for Rosenbrock."""
    z = Symbol("z", real=True)
    profile = rastrigin.value.replace(SumCoords, lambda e: e).xreplace({x: z})
    found = local_minima(profile, z)
    values = [float(profile.subs(z, point)) for point in found]
    lowest = min(range(len(found)), key=values.__getitem__) if found else 0
    ties = sum(value < values[lowest] + 1e-6 for value in values)
    global_at = found[lowest] if found else math.nan
    a, b = symbols("a b", real=True)
    valley = rosenbrock.value.replace(Component, lambda _, k: (a, b)[int(k)])
    stationary = solve([diff(valley, a), diff(valley, b)], [a, b], dict=True)
    points = [(p[a], p[b]) for p in stationary]
    rastrigin_right = ties == 1 and abs(global_at) < 1e-9 and len(found) > 1
    rosenbrock_right = points == [(1, 1)] and valley.subs({a: 1, b: 1}) == 0
    evidence = (
        f"Rastrigin is a sum over coordinates; its profile has {len(found)} minima in [-{SIDE}, {SIDE}], so "
        f"{len(found) ** 2} in the square, the lowest at {_point(global_at)}, attained {ties} time"
        f"{'' if ties == 1 else 's'}.",
        f"Rosenbrock's gradient vanishes at {', '.join(map(str, points)) or 'no point'} only, where f = "
        f"{', '.join(str(valley.subs({a: p, b: q})) for p, q in points)}.",
    )
    both = (rastrigin_right, rosenbrock_right)
    verdict = ClaimVerdict.TRUE if all(both) else ClaimVerdict.PARTLY if any(both) else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"minima": len(found) ** 2, "global": global_at})


def local_minima(profile: Expr, z: Symbol) -> list[float]:
    """Find the minima in (-SIDE, SIDE) of z^2 plus a wave of period 1; f'' has two zeros in each period.

    Between two of them f' is monotone, so it has one zero if its sign changes and none otherwise.
    """
    from scipy.optimize import brentq

    slope, curvature = lambdify(z, diff(profile, z), "math"), lambdify(z, diff(profile, z, 2), "math")
    turns = _zeros_of_curvature(profile, z)
    ends = [-SIDE, *turns, SIDE]
    minima = []
    for left, right in pairwise(ends):
        if curvature((left + right) / 2) > 0 and slope(left) < 0 < slope(right):
            minima.append(float(brentq(slope, left, right, xtol=1e-14)))
    return minima


def _zeros_of_curvature(profile: Expr, z: Symbol) -> list[float]:
    second = diff(profile, z, 2)
    # second = c + k cos(2 pi (z - s)): its zeros repeat with period 1.
    mean = (second.subs(z, 0) + second.subs(z, Rational(1, 2))) / 2
    even = (second.subs(z, 0) - second.subs(z, Rational(1, 2))) / 2
    odd = second.subs(z, Rational(1, 4)) - mean
    size = float((even**2 + odd**2) ** Rational(1, 2))
    if size <= abs(float(mean)):
        return []
    phase = math.atan2(float(odd), float(even)) / (2 * math.pi)
    half = float(acos(-mean / size) / (2 * pi))
    zeros = [k + phase + s * half for k in range(-8, 9) for s in (-1, 1)]
    return sorted(p for p in zeros if -SIDE < p < SIDE)


def _point(value: float) -> str:
    shown = f"{value:.4g}" if abs(value) > 1e-9 else "0"
    return f"({shown}, {shown})"


CLAIM = Claim(
    "adal.claim.20",
    "Rastrigin function has one global minimum in (0.0, 0.0) with lots of local minima … "
    "Rosenbrock function has one global minimum in (1.0, 1.0)",
    Source("adal", "section 3.1"),
    "On [-5.12, 5.12]^2 Rastrigin has one global and many local minima, the global one at 0; Rosenbrock has "
    "one stationary point, its minimum at (1, 1).",
    check,
)
