"""Print the two tables of docs/rates.md.

    python docs/tables/rates.py

About half a minute on one core: 20 games of 10 million rounds, 6 games of 300 000 rounds and 64 replicates.
"""

from __future__ import annotations

from itertools import product

from paper_checks.rates.power_tail import POWERS
from paper_checks.rates.tables import contestants, drift, rate
from theory.algorithms.adal import ADAL, ADAL_R2
from theory.algorithms.adam import ADAM_SQRT
from theory.algorithms.amsgrad import AMSGRAD_R2

DRIFTS = (
    *((algorithm, "skewed") for algorithm in (ADAL_R2, ADAL, AMSGRAD_R2, ADAM_SQRT)),
    *((algorithm, "rademacher") for algorithm in (ADAL_R2, ADAL)),
)
"""With and without the factor, with and without a maximum, and the symmetric control."""


def main() -> None:
    """Print both."""
    print("| algorithm | q | k | theory | fitted slope | interval | moved | |")
    print("|---|---|---|---|---|---|---|---|")
    for (algorithm, k), q in product(contestants(), POWERS):
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
