"""Everything that can be run, found by discovery: a new scenario or claim is one new file."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING

from paper_checks.audit import Audit
from paper_checks.claim import Claim
from paper_checks.paper import Paper
from paper_checks.scenario import Scenario
from theory.discovery import collect, modules_called, modules_of
from theory.printable import check_file_name

if TYPE_CHECKING:
    from paper_checks.gallery.exhibit import Exhibit

PAPER = "paper_checks.adal"
ATLAS = "paper_checks.atlas"
PACKAGES = (PAPER, "paper_checks.repaired", "paper_checks.calibration", "paper_checks.rates", ATLAS)
"""The paper's games, the repaired theorems on them, statements whose truth is known, rates and drifts, and
the games of the atlas."""


def papers() -> tuple[Paper, ...]:
    """The papers under review, each described in `paper.py` of its package, with its statements in order."""
    return tuple(collect(modules_called("paper", *PACKAGES), Paper, "papers", name="PAPER").values())


def scenarios(*packages: str) -> tuple[Scenario, ...]:
    """The scenarios of packages (by default all of `PACKAGES`), in the order of their files.

    A module defines SCENARIO or SCENARIOS. Raises ValueError when two share an id.
    """
    return scenarios_in(modules_of(*(packages or PACKAGES)))


def scenarios_in(modules: Iterable[ModuleType]) -> tuple[Scenario, ...]:
    """The scenarios that modules define; ValueError when two share an id or an id cannot be a file name."""
    found = collect(modules, Scenario, "scenarios", name="SCENARIO")
    for identifier in found:  # a sweep appends its own suffix
        check_file_name(identifier, "`id` of a scenario", longest=120)
    return tuple(found.values())


def in_its_file(identifier: str) -> Scenario | None:
    """The scenario of the file that has its id as a name, such as `adal/one_round.py`.

    Only that file is loaded; loading all of them takes longer than a small game. None: there is no such file,
    or it defines other scenarios too.
    """
    for module in modules_called(identifier, *PACKAGES):
        found = scenarios_in([module])
        if [s.id for s in found] == [identifier]:
            return found[0]
    return None


def scenario(identifier: str) -> Scenario:
    """The package's scenario with this id, or a ValueError."""
    if (found := in_its_file(identifier)) is not None:
        return found
    for s in scenarios():
        if s.id == identifier:
            return s
    raise ValueError(
        f"there is no scenario {identifier!r}; `regretcheck list --scenarios` shows what there is"
    )


def claims() -> tuple[Claim, ...]:
    """The claims of the paper other than its theorems, in the order of their numbers."""
    found = collect(modules_of("paper_checks.adal.claims"), Claim, "claims", name="CLAIM")
    return tuple(sorted(found.values(), key=lambda claim: claim.number))


def audits() -> tuple[Audit, ...]:
    """The audits of proofs, in the order of their files."""
    found = collect(modules_of("paper_checks.audited"), Audit, "audits", key="scenario", name="AUDIT")
    return tuple(found.values())


def exhibits() -> tuple[Exhibit, ...]:
    """The certified counterexamples of the gallery, in the order of files and lines."""
    from paper_checks.gallery.exhibit import Exhibit

    modules = modules_of("paper_checks.gallery", ATLAS)
    return tuple(collect(modules, Exhibit, "exhibits", key="name", name="EXHIBIT").values())


def modules_of_atlas() -> Iterable[ModuleType]:
    """The modules of the atlas, one for each paper or book."""
    return modules_of(ATLAS)
