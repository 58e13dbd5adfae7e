"""Print the two tables of docs/rates.md: fitted exponents and settling points, against theory.

    python docs/tables/rates.py

About half a minute on one core: 20 games of 10 million rounds, 6 games of 300 000 rounds and 64 replicates.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from sympy import Expr, S

from bounds.claimed_rate import CONTRACTION, ClaimedRate, compare_rate
from bounds.drift import DriftCheck, check_drift, mean_field, observed_mean, settling_points
from online_sim import AlphabetStream, Game, play, rademacher, skewed
from paper_checks.rates.drift import HORIZON, REPLICATES
from paper_checks.rates.drift import SETTING as NOISY
from paper_checks.rates.power_tail import CHECKPOINTS, POWERS
from paper_checks.rates.power_tail import SETTING as TAIL
from theory import ADAL, AMSGRAD, NOISY_HALF_SQUARE, Recurrence
from theory.algorithms.adal import ADAL_R1, ADAL_R2
from theory.algorithms.adam import ADAM_SQRT
from theory.algorithms.amsgrad import AMSGRAD_R2
from theory.losses.power_tail import POWER_TAIL, decay_exponent, slowest_correction
from theory.order import Order
from theory.quantities import CumSum, Norm2Squared
from theory.symbols import df, g, ghat, x

EPS = 1e-8
CONTESTANTS = ((ADAL_R1, 2), (ADAL_R2, 2), (AMSGRAD, 1), (ADAL, 0), (ADAM_SQRT, 0))
"""The algorithms of the first table, each with its k: 2 with AdaL's factor and a maximum, 1 without it."""
DRIFTS = (
    *((algorithm, "skewed") for algorithm in (ADAL_R2, ADAL, AMSGRAD_R2, ADAM_SQRT)),
    *((algorithm, "rademacher") for algorithm in (ADAL_R2, ADAL)),
)
"""With and without the factor, with and without a maximum, and the symmetric control."""


@dataclass(frozen=True, eq=False)
class DriftRow:
    """One algorithm on the half square with noise.

    covariance: Cov(phi, g) at the minimiser, exact; zero: the zero of its mean direction, exact; found: where
    its last iterates are; average: the average squared gradient at the horizon.
    """

    covariance: Expr
    zero: Expr
    found: DriftCheck
    average: float


def rate(algorithm: Recurrence, q: Fraction, *, factor_power: int, horizon: int = 10_000_000) -> ClaimedRate:
    """Play one algorithm on the tail and compare the exponent of its average squared gradient.

    factor_power: its k (see theory/losses/power_tail.py).
    """
    squares = CumSum(Norm2Squared(df))
    trace = play(
        Game(
            algorithm,
            POWER_TAIL,
            horizon=horizon,
            parameters=_known(algorithm, {**TAIL, "eps": EPS}) | {"q": float(q)},
            start=[0.0],
        ),
        record=[squares],
        checkpoints=CHECKPOINTS,
    )
    delta = float(slowest_correction(q, factor_power=factor_power))
    found = compare_rate(
        trace.rounds,
        trace[squares] / trace.rounds,
        Order(decay_exponent(q, factor_power=factor_power)),
        contraction=max(CONTRACTION, 10**-delta),
    )
    if found is None:
        raise ValueError(f"`horizon` = {horizon} is too short for a fit over two decades")
    return found


def drift(algorithm: Recurrence, noise: str, *, horizon: int = HORIZON, seed: int = 0) -> DriftRow:
    """Play one algorithm from the minimiser under "skewed" or "rademacher" noise; see where it settles."""
    alphabet = {"skewed": skewed, "rademacher": rademacher}[noise]()
    factor = dict(algorithm.steps).get(ghat, g) / g
    squares = CumSum(Norm2Squared(df))
    trace = play(
        Game(
            algorithm,
            NOISY_HALF_SQUARE,
            AlphabetStream(alphabet, seed=seed),
            horizon=horizon,
            parameters=_known(algorithm, {**NOISY, "eps": EPS}),
            start=[0.0],
            replicates=REPLICATES,
        ),
        record=[x, squares],
        checkpoints=CHECKPOINTS,
    )
    # Without the factor the mean direction is the gradient, which vanishes at the minimiser.
    zero = settling_points(NOISY_HALF_SQUARE, alphabet)[0] if factor != 1 else S.Zero
    field = mean_field(NOISY_HALF_SQUARE, alphabet, [0], factor=factor)
    return DriftRow(
        field.covariance[0],
        zero,
        check_drift(observed_mean(trace), stationary=[0.0], predicted=[float(zero)]),
        float(trace[squares][:, -1].mean() / horizon),
    )


def _known(algorithm: Recurrence, values: dict[str, float]) -> dict[str, float]:
    names = {p.name for p in algorithm.parameters}
    return {name: value for name, value in values.items() if name in names}


def main() -> None:
    """Print both."""
    print("| algorithm | q | k | theory | fitted slope | interval | moved | |")
    print("|---|---|---|---|---|---|---|---|")
    for (algorithm, k), q in product(CONTESTANTS, POWERS):
        c = rate(algorithm, q, factor_power=k)
        cells = [
            algorithm.name, f"{float(q):g}", str(k),
            f"{c.claimed_lower:.4f}", f"{c.slope.value:.4f}", f"[{c.lower:.4f}, {c.upper:.4f}]",
            f"{c.moved:+.4f}", c.agreement.name.lower(),
        ]  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)
    print()
    print("| algorithm | noise | Cov(phi, g) at 0 | zero of h | observed x, 99 % | | average of f'^2 |")
    print("|---|---|---|---|---|---|---|")
    for algorithm, noise in DRIFTS:
        row = drift(algorithm, noise)
        mean = row.found.observed
        interval = f"{mean.estimate[0]:.4f} [{mean.lower[0]:.4f}, {mean.upper[0]:.4f}]"
        cells = [
            algorithm.name, noise, str(row.covariance), f"{float(row.zero):.4f}", interval,
            row.found.settling.name.lower(), f"{row.average:.5f}",
        ]  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
