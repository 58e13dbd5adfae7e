r"""Where a method settles if its direction is not the gradient: the zero of its mean direction.

A method that follows phi(g) g with a scalar factor phi, such as 1 for Adam and AMSGrad, moves in the mean
along

    h(x) = E[phi(g) g] = E[phi(g)] E[g] + Cov(phi(g), g),     g = grad f(x) + xi.

With unbiased noise, E g = grad f(x), the covariance is the whole bias (docs/proofs.md, Lemma 7): at a
stationary point h = Cov(phi(xi), xi), which is 0 for phi = 1 and for symmetric noise, and need not be
otherwise. Everything here is exact: noise from a `NoiseAlphabet`, points of rational numbers.

What h leaves out: a preconditioner that depends on the gradient of the same round shifts the zero further.
AMSGrad's maximum eventually stops doing so; a second moment that forgets shifts it by an amount that vanishes
as beta2 -> 1 (Adam's small drift). `observed_mean` measures where a run is, `check_drift` compares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Dummy, Eq, Expr, FiniteSet, Float, Max, Rational, S, Symbol, solve, solveset, sympify

from bounds.expectation import Mean, asymptotic_sequence
from online_sim.borders import Floats
from online_sim.streams.alphabet import NoiseAlphabet
from online_sim.trace import Trace
from theory.borders import formula, instance, real, shown
from theory.loss import Loss
from theory.quantities import Component, MaxCoords, Quantity, Stack, SumCoords, is_vector
from theory.symbols import Vector, a, df, g, x

Row = tuple[Expr, ...]


@dataclass(frozen=True)
class MeanField:
    """The mean direction at one point, in exact numbers; vectors have d entries.

    gradient: grad f(x); mean_gradient: E g, the same where the noise has mean zero; mean_factor: E phi;
    covariance: Cov(phi, g); direction: h(x) = mean_factor * mean_gradient + covariance.
    """

    point: Row
    gradient: Row
    mean_gradient: Row
    mean_factor: Expr
    covariance: Row
    direction: Row

    @property
    def biased(self) -> bool:
        """Whether the direction is not a multiple of the mean gradient by the mean factor alone."""
        return any(entry != 0 for entry in self.covariance)


def mean_field(
    loss: Loss,
    alphabet: NoiseAlphabet,
    point: Sequence[int | Fraction | Rational],
    *,
    factor: Expr,
    parameters: Mapping[str, int | Fraction | Rational] | None = None,
) -> MeanField:
    """The mean direction of a method that follows factor * g, at a point, exactly.

    loss: one fixed f with additive noise (`theory.losses.noise.with_noise`); point: d exact numbers; factor:
    a scalar expression in g, such as Norm1(g), or S.One; parameters: the exact values of the loss's own.
    Raises ValueError for another oracle, for floats, or for a dimension other than the alphabet's.
    """
    instance("loss", loss, Loss, "a Loss", "see theory.losses.noise.with_noise")
    instance("alphabet", alphabet, NoiseAlphabet, "a NoiseAlphabet", "skewed() say")
    formula("factor", factor)
    if loss.uses_stream or loss.uses_rows or loss.oracle != df + a:
        raise ValueError(f"`loss` = {loss.name} must be one fixed f with additive noise; see `with_noise`")
    if is_vector(factor):
        raise ValueError(f"`factor` = {factor} must be a scalar, such as Norm1(g)")
    at = tuple(_exact(entry, "point") for entry in point)
    if len(at) != alphabet.dimension:
        raise ValueError(
            f"`point` has {len(at)} coordinates, the letters of {alphabet.name} {alphabet.dimension}"
        )
    slope = _gradient(loss, at, parameters or {})
    chances = [Rational(chance) for chance in alphabet.probabilities]
    seen = [tuple(u + Rational(w) for u, w in zip(slope, letter, strict=True)) for letter in alphabet.letters]
    weights = [p * _value(sympify(factor), {g: row}, 0) for p, row in zip(chances, seen, strict=True)]
    mean = _combine(chances, seen)
    direction = _combine(weights, seen)
    size = sum(weights, S.Zero)
    covariance = tuple(h - size * e for h, e in zip(direction, mean, strict=True))
    return MeanField(at, slope, mean, size, covariance, direction)


def settling_gradient(alphabet: NoiseAlphabet) -> Expr:
    """d = 1: the unique gradient a with E |a + xi|(a + xi) = 0, where the mean of ||g||_1 g vanishes.

    Exact, a root of a quadratic. It is the minimiser of E |a + xi|^3, where a mean-zero direction would
    minimise E (a + xi)^2. The function increases strictly from -oo to oo, hence one root.
    """
    if alphabet.dimension != 1:
        raise ValueError(
            f"`alphabet` = {alphabet.name} has {alphabet.dimension} coordinates; the exact root is for one, "
            "take `settling_gradient_near`"
        )
    pairs = [
        (Rational(letter[0]), Rational(chance))
        for letter, chance in zip(alphabet.letters, alphabet.probabilities, strict=True)
    ]

    def mean(at: Expr) -> Expr:
        return sum((chance * abs(at + letter) * (at + letter) for letter, chance in pairs), S.Zero)

    kinks = sorted({-letter for letter, _ in pairs})
    passed = [kink for kink in kinks if mean(kink) <= 0]
    # At the smallest kink every a + xi is at most 0, at the largest at least 0: the root lies between.
    start = passed[-1]
    if mean(start) == 0:
        return start
    end = kinks[len(passed)]
    middle = (start + end) / 2
    u = Dummy("a", real=True)
    signed = sum(
        (chance * (1 if middle + letter > 0 else -1) * (u + letter) ** 2 for letter, chance in pairs), S.Zero
    )
    return next(root for root in solve(signed, u) if start < root < end)


def settling_points(
    loss: Loss, alphabet: NoiseAlphabet, *, parameters: Mapping[str, int | Fraction | Rational] | None = None
) -> Row:
    """d = 1: every x with f'(x) = `settling_gradient`, exact and in increasing order.

    Raises ValueError if the equation has infinitely many solutions or sympy finds none.
    """
    target = settling_gradient(alphabet)
    u = Symbol("u", real=True)
    found = solveset(Eq(_gradient(loss, (u,), parameters or {})[0], target), u, S.Reals)
    if not isinstance(found, FiniteSet) or not found:
        raise ValueError(f"the points of {loss.name} with slope {target} are {found}; no finite set")
    return tuple(sorted(found, key=float))


def settling_gradient_near(
    alphabet: NoiseAlphabet, *, start: Sequence[float] | None = None, accuracy: float = 1e-9
) -> Floats:
    """A zero of E ||a + xi||_1 (a + xi) in d coordinates, found from `start` (0 by default): floats (d,).

    For d > 1 the direction is not a gradient, and the zero need not be the only one. RuntimeError if none is
    found to `accuracy` times E ||xi||_1^2.
    """
    from scipy.optimize import root

    letters, chances = alphabet.values, np.array([float(p) for p in alphabet.probabilities])

    def mean(at: Floats) -> Floats:
        seen = at + letters
        moved: Floats = (chances * np.abs(seen).sum(axis=1)) @ seen
        return moved

    answer = root(mean, np.zeros(alphabet.dimension) if start is None else np.asarray(start, dtype=float))
    worst = float(np.abs(mean(answer.x)).max())
    scale = float(chances @ np.abs(letters).sum(axis=1) ** 2)
    if not worst <= accuracy * scale:
        raise RuntimeError(f"no zero found near `start`: the mean direction is still {worst:.3g}")
    return np.asarray(answer.x, dtype=np.float64)


def observed_mean(trace: Trace, quantity: Expr = x, *, decades: float = 0.5, level: float = 0.99) -> Mean:
    """The mean of a quantity over the last rounds, with an interval from independent replicates.

    Each replicate gives one number (or d): its average over the recorded rounds from horizon/10^decades on.
    The rounds of one replicate are correlated, so only the spread between replicates gives the interval. It
    is asymptotic in their number and simultaneous over the coordinates: an estimate, on which no verdict
    about a theorem rests. Raises ValueError for fewer than 2 replicates.
    """
    instance("trace", trace, Trace, "a Trace", "play returns one")
    formula("quantity", quantity)
    if trace.replicates < 2:
        raise ValueError(
            f"the trace has {trace.replicates} replicate; an interval needs play(..., replicates=) of 2, "
            "better 30 or more"
        )
    decades = real("decades", decades, least=0, remedy="0 for the last round alone")
    window = trace.rounds >= trace.rounds[-1] / 10**decades * (1 - 1e-12)
    kept = np.asarray(trace[quantity])[:, window]
    return asymptotic_sequence(
        kept.mean(axis=1), level=level, simultaneous=kept.ndim == 3, tuned_at=trace.replicates
    )


class Settling(Enum):
    """What a run shows about the point where it settles."""

    AWAY = "it settles away from the stationary point: the interval leaves that point out"
    UNDECIDED = "the interval contains the stationary point: nothing can be told"


@dataclass(frozen=True, eq=False)
class DriftCheck:
    """The position of a run, compared with the stationary point and the predicted point.

    agrees: whether the predicted point lies in the interval; None if nothing is predicted.
    """

    settling: Settling
    observed: Mean
    stationary: Floats
    predicted: Floats | None
    agrees: bool | None

    @property
    def distance(self) -> float:
        """The largest coordinate of observed mean minus stationary point."""
        return float(np.abs(self.observed.estimate - self.stationary).max())


def check_drift(
    observed: Mean,
    *,
    stationary: Sequence[Any] | float = 0.0,
    predicted: Sequence[Any] | Expr | float | None = None,
) -> DriftCheck:
    """Compare an observed mean, () or (d,), with the stationary point and the zero of the mean direction."""
    shape = observed.estimate.shape
    zero = np.broadcast_to(np.asarray(stationary, dtype=np.float64), shape)
    target = None if predicted is None else np.broadcast_to(np.asarray(predicted, dtype=np.float64), shape)
    settling = Settling.UNDECIDED if _inside(observed, zero) else Settling.AWAY
    agrees = None if target is None else _inside(observed, target)
    return DriftCheck(settling, observed, zero, target, agrees)


def _inside(observed: Mean, at: Floats) -> bool:
    return bool(np.all((observed.lower <= at) & (at <= observed.upper)))


def _combine(weights: Sequence[Expr], rows: Sequence[Row]) -> Row:
    return tuple(
        sum((weight * entry for weight, entry in zip(weights, column, strict=True)), S.Zero)
        for column in zip(*rows, strict=True)
    )


def _exact(value: Any, name: str) -> Expr:
    number = sympify(value)
    if not number.is_number or not number.is_real or number.atoms(Float):
        raise ValueError(f"`{name}` holds {shown(value)}; give exact numbers: an int, a Fraction, a Rational")
    return number


def _gradient(loss: Loss, point: Row, given: Mapping[str, Any]) -> Row:
    names = {p.name for p in loss.parameters}
    if names != set(given):
        raise ValueError(f"`parameters` gives {sorted(given)}; loss {loss.name} has {sorted(names)}")
    slope = loss.gradient.xreplace({p.symbol: _exact(given[p.name], "parameters") for p in loss.parameters})
    return tuple(_value(slope, {x: point}, i) for i in range(len(point)))


def _value(e: Expr, at: Mapping[Vector, Row], i: int) -> Expr:
    """Coordinate i of an expression at vectors of exact numbers."""
    if e in at:
        return at[e][i]
    if isinstance(e, SumCoords | MaxCoords):
        count = len(next(iter(at.values())))
        entries = [_value(e.args[0], at, k) for k in range(count)]
        return sum(entries, S.Zero) if isinstance(e, SumCoords) else Max(*entries)
    if isinstance(e, Component):
        return at[e.args[0]][int(e.args[1])]
    if isinstance(e, Stack):
        return _value(e.args[i], at, i)
    if isinstance(e, Quantity):
        raise ValueError(f"{e} cannot be evaluated at one point")
    return e.func(*[_value(argument, at, i) for argument in e.args]) if e.args else e
