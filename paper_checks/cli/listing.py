"""`regretcheck list`: tables of scenarios, theorems, algorithms, losses, feasible sets and claims.

The scenarios of the repository's theory files, if any, come first.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table

from paper_checks.cli.terminal import FOLD, TIGHT, Console, Text, table_of
from paper_checks.run.repository import own_files, shown

Rows = Iterable[Sequence[str]]

LARGEST_SHARE = 2.5
"""A table is printed in blocks if its longest name needs more than one part in so many of the width."""


def list_command(kinds: Sequence[str]) -> None:
    """Print one table for each kind."""
    console = Console()
    if "scenarios" in kinds and own_files():
        kinds = ["own", *kinds]
    for kind in kinds:
        columns, made = LISTINGS[kind]
        rows = list(made())
        title = "Scenarios of this repository's own files" if kind == "own" else kind.capitalize()
        console.print(Text(title, style="bold"))
        if max((cell_len(row[0]) for row in rows), default=0) > console.width / LARGEST_SHARE:
            _in_blocks(console, columns, rows)
            continue
        # Cells with several lines need space between them.
        leading = 1 if kind == "claims" else 0
        # A name is what a reader copies, so it stays on one line.
        table = table_of({**dict.fromkeys(columns, FOLD), columns[0]: TIGHT}, leading=leading)
        for row in rows:
            table.add_row(*[Text(cell) for cell in row])
        console.print(table)
        console.print()


def _in_blocks(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print each name on a line of its own, and what is said of it below."""
    for name, *cells in rows:
        console.print(Text(name, style="bold"), soft_wrap=True)
        grid = Table.grid(padding=(0, 2))
        grid.add_column(**TIGHT)
        grid.add_column(**FOLD)
        for column, cell in zip(columns[1:], cells, strict=True):
            if cell:
                grid.add_row(Text(column.lower(), style="dim"), Text(cell))
        console.print(Padding(grid, (0, 0, 1, 2), expand=False))


def _own() -> Rows:
    """The rows of the user's files, including files that cannot be loaded and baselines without a file."""
    from paper_checks.run.own_file import load_file

    found = own_files()
    for path in found.files:
        try:
            yield from [(shown(path), s.id, s.title, ", ".join(s.theorem_ids)) for s in load_file(path)]
        except ValueError as problem:
            yield shown(path), "", str(problem), ""
    yield from [(shown(path), "", "a baseline without its file", "") for path in found.orphans]


def _registered(kind: str) -> Rows:
    """The rows of what the registries hold."""
    from paper_checks.run.registry import scenarios
    from theory.algorithms.registry import algorithms
    from theory.losses.registry import losses
    from theory.theorems.registry import theorems

    match kind:
        case "scenarios":
            return [(s.id, s.title, ", ".join(s.theorem_ids)) for s in scenarios()]
        case "theorems":
            return [
                (f"{t.id}.{r.key}", r.note, str(t.source)) for t in theorems().values() for r in t.readings
            ]
        case "algorithms":
            return [(name, ", ".join(r.parameter_names), str(r.source)) for name, r in algorithms().items()]
    return [(x.name, x.shape.value, ", ".join(p.name for p in x.parameters), str(x.source)) for x in losses()]


def _domains() -> Rows:
    from online_sim.domains.base import Domain
    from theory.discovery import modules_of

    defined = (c for module in modules_of("online_sim.domains") for c in vars(module).values())
    found = {c.__name__: c for c in defined if inspect.isclass(c) and issubclass(c, Domain)}
    return [
        (name, ", ".join(inspect.signature(c).parameters), _first_line(c))
        for name, c in sorted(found.items())
        if not inspect.isabstract(c)
    ]


def _claims() -> Rows:
    """The rows of the claims; nothing is computed, the verdicts are those of the baseline."""
    from paper_checks.ci.baseline_file import CLAIMS_FILE, FOLDER, read_baseline
    from paper_checks.report.words import CLAIM_WORDS
    from paper_checks.run.registry import claims

    recorded = {reading: e.verdict for (_, reading), e in read_baseline(FOLDER / CLAIMS_FILE).items()}
    return [
        (
            c.id,
            f"“{c.quote}” ({c.source})",
            c.statement,
            CLAIM_WORDS[recorded[c.id]].short if c.id in recorded else "none yet",
        )
        for c in claims()
    ]


def _first_line(described: object) -> str:
    return (inspect.getdoc(described) or "").partition("\n")[0]


LISTINGS: dict[str, tuple[Sequence[str], Callable[[], Rows]]] = {
    "own": (("File", "Scenario", "Title", "Theorems"), _own),
    "scenarios": (("Scenario", "Title", "Theorems"), partial(_registered, "scenarios")),
    "theorems": (("Reading", "What it says", "Source"), partial(_registered, "theorems")),
    "algorithms": (("Algorithm", "Parameters", "Source"), partial(_registered, "algorithms")),
    "losses": (("Loss", "Shape", "Parameters", "Source"), partial(_registered, "losses")),
    "claims": (("Claim", "The paper says", "Formally", "Verdict on record"), _claims),
    "domains": (("Feasible set", "Arguments", "What it is"), _domains),
}
"""The columns and a function that fetches the rows, by kind."""
