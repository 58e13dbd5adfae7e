"""Reading and replaying a certificate in ball arithmetic at 128 bits, through the public API."""

from collections.abc import Sequence

from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Settings

ENTRIES = {420: "theorem1_maximum_R1_C", 21_500: "theorem1_forgetting_A_textbook"}
"""Counterexamples of the gallery with one coordinate, by number of rounds."""
PRECISION = 128


def _check(rounds: int) -> Call:
    from bounds import certify
    from bounds.certificates.checker import ReplayOutcome, check_certificate
    from paper_checks.run.registry import exhibits

    (entry,) = (entry for entry in exhibits() if entry.name == ENTRIES[rounds])
    raw = certify(entry.counterexample)

    def call() -> Answer:
        answer = check_certificate(raw, precision=PRECISION, highest=PRECISION)
        if answer.outcome is not ReplayOutcome.CERTIFIED:
            raise RuntimeError(f"{entry.name} is not certified at {PRECISION} bits: {answer.reason}")
        return {}

    return call


def cases(_: Settings) -> Sequence[Case]:
    """The single case."""
    short, long = ENTRIES
    mine = Contender("our checker", _check, long)
    return [Case(
        "arb", f"replay of a certificate at {PRECISION} bits, {long:,} rounds", "coordinate-round", mine,
        check=short, goal=Goal(below=5.5e-6),
    )]  # fmt: skip


ROW = BenchRow("arb", "replaying a certificate in ball arithmetic", cases)
