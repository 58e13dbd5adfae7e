"""Tests of the declarations about a loss before a game: convex or linear, L-smooth, bounded below by f_*.

A declaration is refuted by points of the game: f(y) < f(x) + <g, y - x>, ||grad f(y) - grad f(x)||_2 >
L ||y - x||_2, or f(y) < f_*. A few points are tried in float64, and a violation is confirmed on the same
numbers in 100 digits, so rounding never refutes a true declaration. A Python function has no more digits: it
is refuted only if half of its digits are wrong. A declaration that is not refuted is not thereby proved;
`declared_or_proved` tells which ones follow from the formula.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.game import Game
from online_sim.loss_values import DIGITS, Data, in_digits, in_floats
from online_sim.probes import Probes, probes
from online_sim.python_loss import PythonLoss
from theory.convexity import Curvature, curvature
from theory.loss import Loss, Shape
from theory.statement import Requires
from theory.symbols import x

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
NOTICED = 64.0 * EPS
"""The relative size above which a float difference is checked in many digits; not itself a criterion."""
PYTHON_TOLERANCE = EPS**0.5
"""The relative tolerance for a Python function, whose rounding is not known: half of its digits."""
CANDIDATES = 3
"""The number of worst differences that are checked in many digits."""
SHOWN = 4
"""The maximum number of coordinates of a point shown in a message."""


@lru_cache(maxsize=256)
def declared_or_proved(loss: Loss | PythonLoss) -> str:
    """Either "proved", if the declared shape follows from the formula of the loss, or "declared"."""
    if not isinstance(loss, Loss) or loss.shape is Shape.NONCONVEX:
        return "declared"
    wanted = {Curvature.CONSTANT, Curvature.AFFINE}
    if loss.shape is Shape.CONVEX:
        wanted.add(Curvature.CONVEX)
    return "proved" if curvature(loss.value, x) in wanted else "declared"


def refuted(game: Game, *, smoothness: float | None = None, minimum: float | None = None) -> dict[str, str]:
    """Name of a `Requires` member -> the evidence against the declaration; empty if nothing is refuted.

    smoothness, minimum: constants given for the game, which replace those of the loss. CONVEX_LOSSES is about
    the declared shape (a loss declared linear must be linear), SMOOTH_LOSS about L, MINIMUM_KNOWN about f_*.
    A given constant is tested only on the feasible set, or near the start if there is no set. The constants
    of the loss are meant for all of R^d, but are also tested on the set. The test is deterministic and costs
    a few evaluations of f.
    """
    loss = game.loss
    shaped = game.convex and declared_or_proved(loss) == "declared"
    smooth = smoothness is not None or (isinstance(loss, Loss) and loss.smoothness is not None)
    least = minimum is not None or (isinstance(loss, Loss) and loss.minimum is not None)
    local = smoothness is not None and game.domain is None
    found: dict[str, str] = {}
    for at in probes(game) if shaped or least or (smooth and not local) else ():
        values = _values(loss, at)
        if shaped:
            _note(found, Requires.CONVEX_LOSSES, _not_convex(loss, values))
        if smooth and not local and (smoothness is None or at.whole):
            _note(found, Requires.SMOOTH_LOSS, _not_smooth(loss, values, smoothness))
        if least and (minimum is None or at.whole):
            _note(found, Requires.MINIMUM_KNOWN, _not_least(loss, values, minimum))
    for at in probes(game, local=True) if local else ():
        if at.whole:
            _note(found, Requires.SMOOTH_LOSS, _not_smooth(loss, _values(loss, at), smoothness))
    return found


def _note(found: dict[str, str], requirement: Requires, sentence: str | None) -> None:
    if sentence is not None:
        found.setdefault(requirement.name, sentence)


@dataclass(frozen=True, eq=False)
class _Values:
    """f, (n, P), and its gradient, (n, P, d), at the probes; NaN where undefined."""

    at: Probes
    f: Array
    g: Array


def _values(loss: Loss | PythonLoss, at: Probes) -> _Values:
    points = at.points
    if isinstance(loss, Loss):
        f = in_floats(loss.value, points, at.data)[..., 0]
        g = np.broadcast_to(in_floats(loss.gradient, points, at.data), (*f.shape, points.shape[1]))
        return _Values(at, f, g)
    f = np.full((len(at.rounds), len(points)), np.nan)
    g = np.full((*f.shape, points.shape[1]), np.nan)
    for j, round_ in enumerate(at.rounds):
        for k, point in enumerate(points):
            try:
                f[j, k], g[j, k] = loss(
                    int(round_), point.copy(), at.data.vectors[j].copy(), float(at.data.labels[j])
                )
            except Exception:  # an error at a point of the game is reported when the game is played
                continue
    return _Values(at, f, g)


def _worst(excess: Array, scale: Array) -> list[tuple[int, ...]]:
    """Indices of the largest excesses that exceed the rounding of numbers of this scale."""
    with np.errstate(all="ignore"):
        ratio = np.where(np.isfinite(excess) & (scale > 0.0), excess / scale, -np.inf)
    order = np.argsort(ratio, axis=None)[::-1][:CANDIDATES]
    return [tuple(map(int, np.unravel_index(k, ratio.shape))) for k in order if ratio.flat[k] > NOTICED]


def _not_convex(loss: Loss | PythonLoss, values: _Values) -> str | None:
    p, f, g = values.at.points, values.f, values.g
    with np.errstate(all="ignore"):
        step = g @ p.T - np.einsum("npd,pd->np", g, p)[:, :, None]
        size = np.abs(g) @ np.abs(p).T + np.einsum("npd,pd->np", np.abs(g), np.abs(p))[:, :, None]
        excess = f[:, :, None] + step - f[:, None, :]
        scale = np.abs(f)[:, :, None] + np.abs(f)[:, None, :] + size
    linear = loss.shape is Shape.LINEAR
    if linear:
        excess = np.abs(excess)
    for j, k, m in _worst(excess, scale):
        if isinstance(loss, PythonLoss):
            if excess[j, k, m] <= PYTHON_TOLERANCE * scale[j, k, m]:
                continue
            ends = float(f[j, m]), float(f[j, k] + step[j, k, m])
        else:
            exact = _line_and_value(loss, values.at, j, k, m)
            if exact is None:
                continue
            ends = exact
        sign = "is not" if linear else "lies below"
        return (
            f"declared {loss.shape.value}, but f(y) = {ends[0]:.9g} {sign} f(x) + <g, y - x> = {ends[1]:.9g} "
            f"at x = {_shown(p[k])}, y = {_shown(p[m])}{_row(values.at, j)}"
        )
    return None


def _line_and_value(loss: Loss, at: Probes, j: int, k: int, m: int) -> tuple[float, float] | None:
    """(f(y), f(x) + <g, y - x>) if they contradict the shape in DIGITS digits, else None."""
    import mpmath

    with mpmath.workdps(DIGITS):
        f_x = in_digits(loss.value, at.points[k], at.data, index=j)
        f_y = in_digits(loss.value, at.points[m], at.data, index=j)
        g = in_digits(loss.gradient, at.points[k], at.data, index=j)
        if f_x is None or f_y is None or g is None:
            return None
        steps = _difference(at.points[m], at.points[k])
        g = g if len(g) == len(steps) else g * len(steps)
        terms = [f_x[0], *(u * v for u, v in zip(g, steps, strict=True))]
        excess = mpmath.fsum([*terms, -f_y[0]])
        if loss.shape is Shape.LINEAR:
            excess = abs(excess)
        if not _positive(excess, [*terms, f_y[0]]):
            return None
        return float(f_y[0]), float(mpmath.fsum(terms))


def _not_smooth(loss: Loss | PythonLoss, values: _Values, given: float | None) -> str | None:
    p, g = values.at.points, values.g
    first, second = values.at.pairs.T
    if given is not None:
        constant = np.full((len(g), 1), given)
    elif isinstance(loss, Loss) and loss.smoothness is not None:
        constant = in_floats(loss.smoothness, p[:1], values.at.data)[..., 0]
    else:
        return None
    with np.errstate(all="ignore"):
        apart = np.linalg.norm(p[first] - p[second], axis=1)[None, :]
        change = np.linalg.norm(g[:, first] - g[:, second], axis=2)
        sizes = np.linalg.norm(g, axis=2)
        lengths = np.linalg.norm(p, axis=1)
        scale = sizes[:, first] + sizes[:, second] + constant * (lengths[first] + lengths[second])[None, :]
        excess = change - constant * apart
    for j, k in _worst(excess, scale):
        u, v = int(first[k]), int(second[k])
        if isinstance(loss, PythonLoss):
            if excess[j, k] <= PYTHON_TOLERANCE * scale[j, k]:
                continue
            ends = float(change[j, k]), float((constant * apart)[j, k])
        else:
            exact = _changes(loss, values.at, j, u, v, given)
            if exact is None:
                continue
            ends = exact
        return (
            f"L = {float(constant[j, 0]):.9g} is declared, but ||grad f(y) - grad f(x)||_2 = {ends[0]:.9g} > "
            f"L ||y - x||_2 = {ends[1]:.9g} at x = {_shown(p[v])}, y = {_shown(p[u])}{_row(values.at, j)}"
        )
    return None


def _changes(
    loss: Loss, at: Probes, j: int, u: int, v: int, given: float | None
) -> tuple[float, float] | None:
    """(||grad f(y) - grad f(x)||, L ||y - x||) if the first is larger in DIGITS digits, else None."""
    import mpmath

    with mpmath.workdps(DIGITS):
        ends = [in_digits(loss.gradient, at.points[k], at.data, index=j) for k in (u, v)]
        own = in_digits(loss.smoothness, at.points[u], at.data, index=j) if given is None else None
        if ends[0] is None or ends[1] is None or (given is None and own is None):
            return None
        constant = mpmath.mpf(given) if own is None else own[0]
        steps = _difference(at.points[u], at.points[v])
        # A constant given as a float may come from sums over d coordinates, with as many roundings.
        slack = 0.0 if given is None else (len(steps) + 16) * EPS
        repeat = len(steps) if len(ends[0]) < len(steps) else 1
        change = mpmath.sqrt(repeat * mpmath.fsum((p - q) ** 2 for p, q in zip(*ends, strict=True)))
        allowed = constant * (1 + slack) * mpmath.sqrt(mpmath.fsum(s**2 for s in steps))
        if not _positive(change - allowed, [*ends[0], *ends[1], allowed]):
            return None
        return float(change), float(constant * mpmath.sqrt(mpmath.fsum(s**2 for s in steps)))


def _not_least(loss: Loss | PythonLoss, values: _Values, given: float | None) -> str | None:
    if isinstance(loss, PythonLoss) or loss.uses_stream:
        return None  # there is no single f
    at = values.at
    if given is not None:
        least = given
    elif loss.minimum is not None:
        least = float(in_floats(loss.minimum, at.points[:1], at.data)[0, 0, 0])
    else:
        return None
    points = np.vstack([at.points, at.descend(loss, values.f[0], values.g[0])])
    f = in_floats(loss.value, points, at.data)[0, :, 0]
    for (k,) in _worst(least - f, np.abs(f) + abs(least) + np.finfo(np.float64).tiny):
        below = _below(loss, points[k], at.data, given)
        if below is not None:
            return f"min f = {least:.9g} is declared, but f(y) = {below:.9g} at y = {_shown(points[k])}"
    return None


def _below(loss: Loss, point: Array, data: Data, given: float | None) -> float | None:
    """f at the point if it is below the declared minimum in DIGITS digits, else None."""
    import mpmath

    with mpmath.workdps(DIGITS):
        value = in_digits(loss.value, point, data, index=0)
        least = (
            [mpmath.mpf(given) - 16 * EPS * abs(given)]  # allow for a dozen roundings
            if given is not None
            else in_digits(_known(loss.minimum), point, data, index=0)
        )
        if value is None or least is None or not _positive(least[0] - value[0], [least[0], value[0]]):
            return None
        return float(value[0])


def _known(e: Expr | None) -> Expr:
    if e is None:
        raise ValueError("the loss declares no constant")
    return e


def _difference(y: Array, z: Array) -> list[Any]:
    import mpmath

    return [mpmath.mpf(float(p)) - mpmath.mpf(float(q)) for p, q in zip(y, z, strict=True)]


def _positive(difference: Any, parts: list[Any]) -> bool:
    """Whether a difference of these parts is positive in DIGITS digits, a fifth of which may be rounding."""
    import mpmath

    size = mpmath.fsum(abs(part) for part in parts)
    return bool(difference > mpmath.mpf(10) ** (-DIGITS * 4 // 5) * size)


def _shown(point: Array) -> str:
    entries = [format(float(v), ".9g") for v in point[:SHOWN]]
    return f"({', '.join(entries)}{', ...' if len(point) > SHOWN else ''})"


def _row(at: Probes, j: int) -> str:
    return f", in round {at.rounds[j]}" if at.rounds[j] > 0 else ""
