"""The scenarios of a user's file, which is not in any package."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from paper_checks.run.own_module import TheoryFileError, inside, line_of, own_module, where
from paper_checks.run.registry import scenarios_in
from paper_checks.scenario import Options, Plan, Scenario, Varied


@dataclass(frozen=True)
class FileBuild:
    """Builds a scenario of a file outside any package, in whichever process it is called."""

    path: Path
    id: str

    def __call__(self, options: Options) -> Plan:
        """The plan that the file's scenario builds; `TheoryFileError` if it is not a Plan."""
        loaded = own_module(self.path)
        found = next((s for s in scenarios_in([loaded.module]) if s.id == self.id), None)
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


def checked_plan(scenario: Scenario, plan: Any) -> Plan:
    """What a scenario built; ValueError unless it is a Plan of the theorems that the scenario names."""
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


def load_file(path: Path) -> tuple[Scenario, ...]:
    """The scenarios of a user's Python file: its SCENARIO, or its SCENARIOS.

    The file is executed. Raises ValueError with the file, and the line if known, when it cannot be read, ends
    the program or offers no scenario.
    """
    loaded = own_module(path)
    path = loaded.path
    try:
        found = scenarios_in([loaded.module])
    except ValueError as error:
        line = line_of(path, "SCENARIO", "SCENARIOS")
        said = str(error).replace(loaded.module.__name__, path.name)
        raise TheoryFileError(f"{where(path, line)}: {said}") from error
    if not found:
        raise TheoryFileError(f"{path} defines neither SCENARIO nor SCENARIOS; see paper_checks/scenario.py")
    return tuple(replace(s, build=FileBuild(path, s.id)) for s in found)


def load_files(paths: Iterable[Path]) -> tuple[Scenario, ...]:
    """The scenarios of several files without duplicates; ValueError when two share an id."""
    found: dict[str, Scenario] = {}
    for path in dict.fromkeys(paths):
        for s in load_file(path):
            if s.id in found:
                raise ValueError(f"two scenarios have the id {s.id!r}; rename one")
            found[s.id] = s
    return tuple(found.values())


def file_of(scenario: Scenario) -> Path | None:
    """The user's file that a scenario comes from; None for a scenario of this package."""
    build = scenario.build.base if isinstance(scenario.build, Varied) else scenario.build
    return build.path if isinstance(build, FileBuild) else None
