"""Every scenario, theorem and claim, found by looking: a new one is one new file, nothing else to edit."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from paper_checks.run.own_module import TheoryFileError, inside, line_of, own_module, where
from paper_checks.scenario import Options, Plan, Scenario

if TYPE_CHECKING:
    from paper_checks.bench.row import Row
    from paper_checks.claim import Claim
    from paper_checks.gallery.entry import Entry
    from paper_checks.run.audits import Audit
    from paper_checks.run.results import Result

PAPER = "paper_checks.adal"
PACKAGES = (PAPER, "paper_checks.repaired", "paper_checks.calibration", "paper_checks.rates")
"""The paper's games, the repaired theorems on them, statements whose truth is known, rates and drifts."""
CLAIMS = ("paper_checks.adal.claims",)
"""The claims of the paper other than its theorems."""
AUDITS = ("paper_checks.audited",)
"""The games whose proofs the report takes apart, step by step."""
BENCH = ("paper_checks.bench.rows",)
"""The rows of the benchmark."""
T = TypeVar("T")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")


def scenarios(*packages: str) -> tuple[Scenario, ...]:
    """The scenarios of packages (all of `PACKAGES` by default), in the order of their files.

    A module offers its SCENARIO, or its SCENARIOS. Raises ValueError when two share an id, or an id cannot be
    a file name.
    """
    parents = [importlib.import_module(package) for package in packages or PACKAGES]
    names = [
        name
        for p in parents
        for name in sorted(m.name for m in pkgutil.iter_modules(p.__path__, f"{p.__name__}."))
    ]
    return unique(s for name in names for s in defined_in(importlib.import_module(name)))


def scenario(identifier: str) -> Scenario:
    """The package's scenario with this id, or a ValueError."""
    for s in scenarios():
        if s.id == identifier:
            return s
    raise ValueError(
        f"there is no scenario {identifier!r}; `regretcheck list --scenarios` shows what there is"
    )


def claims(*packages: str) -> tuple[Claim, ...]:
    """The claims of packages (all of `CLAIMS` by default), in the order of their numbers.

    A module offers its CLAIM; one without is a helper. Raises ValueError when two share an id.
    """
    from paper_checks.claim import Claim

    found = _offered(Claim, "CLAIM", packages or CLAIMS, key=lambda c: c.id, twice="two claims have the id")
    return tuple(sorted(found, key=lambda claim: claim.number))


def audits(*packages: str) -> tuple[Audit, ...]:
    """The audits of packages (all of `AUDITS` by default), in the order of their files.

    A module offers its AUDIT; one without is a helper. Raises ValueError when two are of one scenario.
    """
    from paper_checks.run.audits import Audit

    return _offered(
        Audit, "AUDIT", packages or AUDITS, key=lambda a: a.scenario, twice="two audits are of the scenario"
    )


def bench_rows(*packages: str) -> tuple[Row, ...]:
    """The rows of the benchmark in packages (all of `BENCH` by default), in the order of their files.

    A module offers its ROW; one without is a helper. Raises ValueError when two share an id.
    """
    from paper_checks.bench.row import Row

    return _offered(
        Row, "ROW", packages or BENCH, key=lambda r: r.id, twice="two rows of the benchmark have the id"
    )


def _offered(
    kind: type[T], attribute: str, packages: Sequence[str], *, key: Callable[[T], str], twice: str
) -> tuple[T, ...]:
    """What the modules of packages have under a name; modules without are passed over."""
    found: dict[str, T] = {}
    for package in packages:
        parent = importlib.import_module(package)
        for name in sorted(m.name for m in pkgutil.iter_modules(parent.__path__, f"{package}.")):
            value = getattr(importlib.import_module(name), attribute, None)
            if value is None:
                continue
            if not isinstance(value, kind):
                an = "an" if kind.__name__[0] in "AEIOU" else "a"
                raise ValueError(
                    f"{attribute} of {name} is a {type(value).__name__}; make it {an} {kind.__name__}"
                )
            if key(value) in found:
                raise ValueError(f"{twice} {key(value)!r}; rename or remove one")
            found[key(value)] = value
    return tuple(found.values())


def defined_in(module: ModuleType) -> tuple[Scenario, ...]:
    """What a module offers as SCENARIO or SCENARIOS; nothing where it has neither.

    Raises ValueError for what is no Scenario, or is one in name only.
    """
    several = getattr(module, "SCENARIOS", ())
    if isinstance(several, Scenario):
        several = (several,)
    if not isinstance(several, list | tuple):
        raise ValueError(
            f"SCENARIOS of {module.__name__} is a {type(several).__name__}; make it a tuple of Scenarios"
        )
    given = tuple(s for s in (getattr(module, "SCENARIO", None), *several) if s is not None)
    for s in given:
        if not isinstance(s, Scenario):
            raise ValueError(f"SCENARIO of {module.__name__} is a {type(s).__name__}; make it a Scenario")
    return given


def unique(found: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios in order, checked: ids that can name files, no id twice, theorem ids, a way to build."""
    by_id: dict[str, Scenario] = {}
    for s in found:
        if not (isinstance(s.id, str) and _ID.fullmatch(s.id)):
            raise ValueError(
                f"the scenario id {s.id!r} cannot name a file; use letters, digits, '_', '-' and '.'"
            )
        if s.id in by_id:
            raise ValueError(f"two scenarios have the id {s.id!r}; rename one")
        ids = s.theorem_ids
        if not (isinstance(ids, list | tuple) and all(isinstance(i, str) and i for i in ids)):
            raise ValueError(f"`theorem_ids` = {ids!r} of {s.id} must be a tuple of ids, such as ('my.sgd',)")
        if not callable(s.build):
            raise ValueError(f"`build` = {s.build!r} of {s.id} must be a function of Options")
        by_id[s.id] = s
    return tuple(by_id.values())


def checked_plan(scenario: Scenario, plan: Any) -> Plan:
    """What a scenario built, if it is a Plan of the theorems that the scenario names; else a ValueError."""
    if not isinstance(plan, Plan):
        raise ValueError(f"`build` of {scenario.id} returns a {type(plan).__name__}; return a Plan")
    offered = [theorem.id for theorem in plan.theorems]
    for named in scenario.theorem_ids:
        if named not in offered:
            raise ValueError(
                f"`theorem_ids` of {scenario.id} names {named!r}, which its plan does not hold; "
                f"it holds: {', '.join(offered) or 'none'}"
            )
    return plan


@dataclass(frozen=True)
class FileBuild:
    """Builds a scenario of a file that no package holds, in whatever process it is called."""

    path: Path
    id: str

    def __call__(self, options: Options) -> Plan:
        """The plan that the file's scenario builds; a `TheoryFileError` where it is none."""
        loaded = own_module(self.path)
        found = next((s for s in defined_in(loaded.module) if s.id == self.id), None)
        if found is None:
            raise TheoryFileError(f"{self.path} has no scenario {self.id!r} any more; run the command again")
        with inside(loaded):
            plan = found.build(options)
        try:
            return checked_plan(found, plan)
        except ValueError as error:
            code = getattr(found.build, "__code__", None)
            line = code.co_firstlineno if code and code.co_filename == str(self.path) else None
            raise TheoryFileError(f"{where(self.path, line)}: {error}") from error


def load_file(path: Path) -> tuple[Scenario, ...]:
    """The scenarios of a user's Python file: its SCENARIO, or its SCENARIOS.

    The file is executed. Raises ValueError naming the file, and the line where there is one, when it cannot
    be read, ends the program or offers no scenario.
    """
    loaded = own_module(path)
    path = loaded.path
    try:
        found = unique(defined_in(loaded.module))
    except ValueError as error:
        line = line_of(path, "SCENARIO", "SCENARIOS")
        said = str(error).replace(loaded.module.__name__, path.name)
        raise TheoryFileError(f"{where(path, line)}: {said}") from error
    if not found:
        raise TheoryFileError(f"{path} defines neither SCENARIO nor SCENARIOS; see paper_checks/scenario.py")
    return tuple(replace(s, build=FileBuild(path, s.id)) for s in found)


@dataclass(frozen=True)
class Selection:
    """Scenarios to run, which of their rows were asked for; claims, proofs to audit, certificates."""

    scenarios: tuple[Scenario, ...]
    wanted: Callable[[Result], bool]
    claims: tuple[Claim, ...] = ()
    audits: tuple[Audit, ...] = ()
    certificates: tuple[Entry, ...] = ()


def select(
    names: Sequence[str],
    known: Sequence[Scenario],
    *,
    files: Sequence[Scenario] = (),
    ledger: Sequence[Claim] = (),
    audited: Sequence[Audit] = (),
    gallery: Sequence[Entry] = (),
) -> Selection:
    """The scenarios and claims that names ask for; all of them for no name.

    names: scenario ids, theorem ids, reading ids (``adal.theorem1.A``), claim ids, or dotted prefixes of
    these; files: scenarios that are wanted whole; ledger: the claims there are; audited: the audits there
    are, of which those of the chosen scenarios are taken; gallery: the certified counterexamples there are,
    of which those to the named theorems and readings are taken. Raises ValueError for an unknown name, with
    the nearest ones.
    """
    if not names and not files:
        if not known:
            raise ValueError("there are no scenarios to run; add one to paper_checks/adal, or give a file")
        return Selection(
            tuple(known), lambda _: True, tuple(ledger), _audits_of(known, audited), tuple(gallery)
        )
    from theory.theorems.registry import theorems

    statements = theorems()
    readings = {
        f"{statements[i].id}.{r.key}"
        for s in known
        for i in s.theorem_ids
        if i in statements
        for r in statements[i].readings
    }
    refuted = [(e, f"{e.counterexample.theorem.id}.{e.counterexample.reading}") for e in gallery]
    whole = {s.id for s in files}
    chosen: list[Scenario] = list(files)
    for name in names:
        matched = [s for s in known if _begins(s.id, name)]
        whole |= {s.id for s in matched}
        for s in known:
            above = name in readings and any(_begins(name, i) for i in s.theorem_ids)
            if above or any(_begins(i, name) for i in s.theorem_ids):
                matched.append(s)
        if not (
            matched or any(_begins(i, name) for i in (*(c.id for c in ledger), *(r for _, r in refuted)))
        ):
            everything = [
                *(s.id for s in known),
                *(i for s in known for i in s.theorem_ids),
                *readings,
                *(claim.id for claim in ledger),
            ]
            near = get_close_matches(name, dict.fromkeys(everything), n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(near)}?" if near else "`regretcheck list` shows what there is"
            raise ValueError(f"no scenario, theorem or reading is called {name!r}, and no claim; {hint}")
        chosen += matched
    ordered = unique([*(s for s in known if s in chosen), *files])

    def wanted(row: Result) -> bool:
        return row.scenario in whole or any(_begins(row.id, n) or _begins(n, row.id) for n in names)

    asked = tuple(claim for claim in ledger if any(_begins(claim.id, name) for name in names))
    shown = tuple(entry for entry, reading in refuted if any(_begins(reading, name) for name in names))
    return Selection(ordered, wanted, asked, _audits_of(ordered, audited), shown)


def _audits_of(chosen: Sequence[Scenario], audited: Sequence[Audit]) -> tuple[Audit, ...]:
    """The audits of the package's own scenarios among the chosen ones."""
    own = {s.id for s in chosen if not isinstance(s.build, FileBuild)}
    return tuple(audit for audit in audited if audit.scenario in own)


def _begins(dotted: str, prefix: str) -> bool:
    """Whether a dotted name is `prefix` or lies under it."""
    return bool(prefix) and (dotted == prefix or dotted.startswith(f"{prefix}."))
