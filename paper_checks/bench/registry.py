"""The rows of the benchmark, found by discovery, and the cases that names select."""

from collections.abc import Sequence

from paper_checks.bench.row import BenchRow, Case, Settings
from paper_checks.run.selection import begins
from theory.borders import nearest, shown
from theory.discovery import collect, modules_of


def bench_rows() -> tuple[BenchRow, ...]:
    """The rows of the benchmark, in the order of their files."""
    found = collect(modules_of("paper_checks.bench.rows"), BenchRow, "rows of the benchmark", name="ROW")
    return tuple(found.values())


def choose(names: Sequence[str], settings: Settings) -> list[Case]:
    """The cases that names (a row, a case, or a dotted prefix of one) select.

    Without names, all but those that take minutes (`Case.named_only`).
    """
    cases = [case for row in bench_rows() for case in row.cases(settings)]
    known = [case.id for case in cases]
    for name in names:
        if not any(begins(identifier, name) for identifier in known):
            everything = [*(row.id for row in bench_rows()), *known]
            near = nearest(name, everything, cutoff=0.5)
            hint = f"did you mean {', '.join(near)}?" if near else f"rows: {', '.join(everything)}"
            raise ValueError(f"no row of the benchmark is called {shown(name)}; {hint}")
    if not names:
        return [case for case in cases if not case.named_only]
    return [case for case in cases if any(begins(case.id, name) for name in names)]
