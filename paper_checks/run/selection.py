"""What names select: scenarios and their rows, claims, proofs to audit, certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paper_checks.audit import Audit
from paper_checks.claim import Claim
from paper_checks.run.own_file import file_of, load_files
from paper_checks.run.registry import audits, claims, exhibits, in_its_file, scenarios
from paper_checks.scenario import Scenario
from theory.borders import nearest

if TYPE_CHECKING:
    from paper_checks.gallery.exhibit import Exhibit
    from paper_checks.run.results import Result


@dataclass(frozen=True)
class Selection:
    """Scenarios to run and which of their rows to show; claims, proofs to audit, certificates."""

    scenarios: tuple[Scenario, ...]
    wanted: Callable[[Result], bool]
    claims: tuple[Claim, ...] = ()
    audits: tuple[Audit, ...] = ()
    certificates: tuple[Exhibit, ...] = ()


def choose(names: Sequence[str]) -> Selection:
    """What the names select; a name that ends with .py is a user's file."""
    files = [name for name in names if name.endswith(".py")]
    own = load_files(Path(name) for name in files)
    others = [name for name in names if name not in files]
    if files and not others:
        return select(others, scenarios(), files=own)
    if len(others) == 1 and (one := in_its_file(others[0])) is not None:
        # The id of a scenario is no name of anything else, so nothing else need be loaded.
        return select(others, (one,), files=own, audited=audits())
    # A file selects no claim, audit or certificate: they are loaded only if another name may mean one.
    return select(others, scenarios(), files=own, ledger=claims(), audited=audits(), gallery=exhibits())


def select(
    names: Sequence[str],
    known: Sequence[Scenario],
    *,
    files: Sequence[Scenario] = (),
    ledger: Sequence[Claim] = (),
    audited: Sequence[Audit] = (),
    gallery: Sequence[Exhibit] = (),
) -> Selection:
    """The scenarios and claims that names select; all of them without names.

    Args:
        names: scenario ids, theorem ids, reading ids (``adal.theorem1.A``), claim ids, or dotted prefixes.
        known: all scenarios.
        files: scenarios of which every row is selected.
        ledger: all claims.
        audited: all audits, of which those of the chosen scenarios are selected.
        gallery: all certified counterexamples, of which those to the named readings are selected.

    Raises:
        ValueError: a name is unknown; the message suggests similar names.
    """
    if not names and not files:
        if not known:
            raise ValueError("there are no scenarios to run; add one to paper_checks/adal, or give a file")
        return Selection(
            tuple(known), lambda _: True, tuple(ledger), _audits_of(known, audited), tuple(gallery)
        )
    readings = _readings_of(known)
    whole = {s.id for s in files}
    chosen: list[Scenario] = []
    for name in names:
        matched = [s for s in known if begins(s.id, name)]
        whole |= {s.id for s in matched}
        for s in known:
            above = name in readings and any(begins(name, i) for i in s.theorem_ids)
            if above or any(begins(i, name) for i in s.theorem_ids):
                matched.append(s)
        others = (*(claim.id for claim in ledger), *(exhibit.refuted for exhibit in gallery))
        if not matched and not any(begins(identifier, name) for identifier in others):
            raise _unknown(name, known, readings, ledger)
        chosen += matched
    ordered = (*(s for s in known if s in chosen), *files)
    if twice := {s.id for s in files} & {s.id for s in chosen}:
        raise ValueError(f"two scenarios have the id {min(twice)!r}; rename one")

    def wanted(row: Result) -> bool:
        return row.scenario in whole or any(begins(row.id, n) or begins(n, row.id) for n in names)

    asked = tuple(claim for claim in ledger if any(begins(claim.id, name) for name in names))
    shown = tuple(exhibit for exhibit in gallery if any(begins(exhibit.refuted, name) for name in names))
    return Selection(ordered, wanted, asked, _audits_of(ordered, audited), shown)


def begins(dotted: str, prefix: str) -> bool:
    """Whether a dotted name equals `prefix` or lies under it."""
    return bool(prefix) and (dotted == prefix or dotted.startswith(f"{prefix}."))


def _readings_of(known: Iterable[Scenario]) -> list[str]:
    """The readings of every theorem that a scenario names."""
    from theory.theorems.registry import find

    named = dict.fromkeys(i for s in known for i in s.theorem_ids)
    statements = (statement for i in named if (statement := find(i)) is not None)
    return [f"{statement.id}.{r.key}" for statement in statements for r in statement.readings]


def _unknown(
    name: str, known: Sequence[Scenario], readings: Iterable[str], ledger: Sequence[Claim]
) -> ValueError:
    ids = [*(s.id for s in known), *(i for s in known for i in s.theorem_ids)]
    everything = dict.fromkeys((*ids, *readings, *(claim.id for claim in ledger)))
    near = nearest(name, everything, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "`regretcheck list` shows what there is"
    return ValueError(f"no scenario, theorem or reading is called {name!r}, and no claim; {hint}")


def _audits_of(chosen: Sequence[Scenario], audited: Sequence[Audit]) -> tuple[Audit, ...]:
    """The audits of the package's own scenarios among the chosen ones."""
    own = {s.id for s in chosen if file_of(s) is None}
    return tuple(audit for audit in audited if audit.scenario in own)
