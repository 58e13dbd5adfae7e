"""Derives a scenario from one of the paper's by replacing its recurrence and theorems."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paper_checks import Options, Plan, Scenario

if TYPE_CHECKING:
    from theory.recurrence import Recurrence
    from theory.statement import Theorem

Statements = Callable[[], "tuple[Recurrence, tuple[Theorem, ...]]"]


@dataclass(frozen=True)
class Derived:
    """Builds the plan of one of the paper's scenarios for another recurrence and its theorems.

    original: the scenario's file name; statements: returns the recurrence and the theorems; note: what to
    look at; parameters: values that the original lacks or that replace its own.
    """

    original: str
    statements: Statements
    note: str
    parameters: Mapping[str, float]

    def __call__(self, options: Options) -> Plan:
        """The original's plan, with only the parameters that the recurrence and the loss have."""
        recurrence, theorems = self.statements()
        plan = original(self.original).build(options)
        known = {p.name for p in (*recurrence.parameters, *plan.loss.parameters)}
        given = {**plan.game.parameters, **self.parameters}
        kept = {name: value for name, value in given.items() if name in known}
        plan = plan.with_game(recurrence=recurrence, parameters=kept)
        return replace(plan, theorems=theorems, note=self.note)


def original(name: str) -> Scenario:
    """The paper's scenario in the file `name`."""
    found: Scenario = importlib.import_module(f"paper_checks.adal.{name}").SCENARIO
    return found


def derived(
    group: str,
    name: str,
    theorem_ids: tuple[str, ...],
    statements: Statements,
    *,
    note: str,
    parameters: Mapping[str, float] | None = None,
) -> Scenario:
    """The scenario ``repaired.<group>.<name>`` on the game of the paper's scenario `name`."""
    build = Derived(name, statements, note, parameters or {})
    return Scenario(f"repaired.{group}.{name}", f"{original(name).title}; {group}", theorem_ids, build)
