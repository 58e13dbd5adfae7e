"""Print the two tables of docs/rates.md.

    python docs/tables/rates.py

About half a minute on one core: 20 games of 10 million rounds, 6 games of 300 000 rounds and 64 replicates.
"""

from __future__ import annotations

from paper_checks.rates.tables import drifts, rates


def main() -> None:
    """Print both."""
    print("| algorithm | q | k | theory | fitted slope | interval | moved | |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rates():
        c = row.found
        cells = [
            row.algorithm, f"{float(row.q):g}", str(row.factor_power),
            f"{c.claimed_lower:.4f}", f"{c.slope.value:.4f}", f"[{c.lower:.4f}, {c.upper:.4f}]",
            f"{c.moved:+.4f}", c.agreement.name.lower(),
        ]  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)
    print()
    print("| algorithm | noise | Cov(phi, g) at 0 | zero of h | observed x, 99 % | | average of f'^2 |")
    print("|---|---|---|---|---|---|---|")
    for drift in drifts():
        mean = drift.found.observed
        interval = f"{mean.estimate[0]:.4f} [{mean.lower[0]:.4f}, {mean.upper[0]:.4f}]"
        cells = [
            drift.algorithm, drift.noise, str(drift.covariance), f"{float(drift.zero):.4f}", interval,
            drift.found.settling.name.lower(), f"{drift.average:.5f}",
        ]  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
