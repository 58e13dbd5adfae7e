"""What notebooks show of checks and counterexamples, and the columns of their tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from online_sim.pages import run_text
from theory.printing.html import Html, element, facts, formulas, page, paragraph, points, table
from theory.printing.latex_objects import statement_latex

if TYPE_CHECKING:
    from bounds.games.counterexample import Counterexample
    from bounds.verdict import Check

COLUMNS = ("id", "verdict", "T", "left", "bound", "margin", "reason")
"""The columns of a table of checks."""


def check_line(check: Check) -> str:
    """A check in one line: its id, the verdict and the reason."""
    return f"{check.id} {check.verdict.name} {check.reason}"


def check_row(check: Check) -> dict[str, Any]:
    """The numbers of a check in the round that speaks most; see `Checks.to_frame`."""
    violated = check.first_violation is not None
    at = check.first_violation if violated else check.at
    k = len(check.rounds) - 1 if at is None else int(np.searchsorted(check.rounds, at))
    left, bound = (check.lhs_lower, check.rhs_upper) if violated else (check.lhs_upper, check.rhs)
    margin = math.nan if check.margin is None else check.margin
    numbers = int(check.rounds[k]), float(left[k]), float(bound[k]), margin
    return dict(zip(COLUMNS, (check.id, check.verdict.name, *numbers, check.reason), strict=True))


def check_columns(check: Check) -> dict[str, Any]:
    """Both sides of a check in every recorded round; see `Check.to_frame`."""
    return {
        "T": check.rounds,
        "left_lower": check.lhs_lower,
        "left_upper": check.lhs_upper,
        "bound_lower": check.rhs,
        "bound_upper": check.rhs_upper,
        "trivial": check.trivial,
    }


def check_page(check: Check) -> Html:
    """The verdict on one reading, its reason, and each assumption."""
    labels = check.labels
    held = (f"{'holds' if a.holds else 'broken'}: {a.text} ({a.detail})" for a in check.assumptions)
    return page(
        f"{check.id}: {check.verdict.name}",
        labels.get("title", ""),
        paragraph(f"{check.reason[:1].upper()}{check.reason[1:]}."),
        facts(
            {
                "reading": labels.get("note"),
                "left side": labels.get("lhs"),
                "margin": None if check.margin is None else f"{check.margin:.6g} at T = {check.at}",
                "rounds": f"every round up to {check.rounds[-1]}" if check.every_round else check.coverage,
                "game": None if check.run is None else run_text(check.run),
            }
        ),
        points(held),
        paragraph(element("small", _meaning(check))),
    )


def checks_page(checks: Sequence[Check]) -> Html:
    """A table with a line for each check, and what its verdicts mean."""
    titles = dict.fromkeys(check.labels.get("title", check.id) for check in checks)
    games = dict.fromkeys(run_text(check.run) for check in checks if check.run is not None)
    meanings = dict.fromkeys(map(_meaning, checks))
    return page(
        "; ".join(titles) or "no checks",
        "",
        *(paragraph(game) for game in games),
        table(COLUMNS, (_cells(check) for check in checks)) if checks else Html(""),
        *(paragraph(element("small", meaning)) for meaning in meanings),
    )


def _meaning(check: Check) -> str:
    """What the verdict says, and what it does not say."""
    name = check.verdict.name
    return f"{name}: {check.sentence.removeprefix(f'{name.lower()}: ')}."


def _cells(check: Check) -> list[object]:
    row = check_row(check)
    row["verdict"] = element("strong", row["verdict"])
    return list(row.values())


def counterexample_text(found: Counterexample) -> str:
    """A counterexample in one line: the reading, and the game in exact numbers."""
    from bounds.shrinker.counterexample_line import game_line

    return f"Counterexample({found.theorem.id}.{found.reading}; {game_line(found)})"


def counterexample_formulas(found: Counterexample) -> tuple[str, ...]:
    """The reading that is claimed to fail, and its letters."""
    printed = statement_latex(found.theorem, found.reading, found.game.recurrence.parameters)
    return (printed.formula, *printed.where)


def counterexample_page(found: Counterexample) -> Html:
    """The reading that is claimed to fail, and the game."""
    from bounds.shrinker.counterexample_line import game_line

    return page(
        f"Claimed to fail at T = {found.game.horizon}",
        f"{found.theorem.id}, reading {found.reading}; certify() proves the claim or refuses it",
        formulas(counterexample_formulas(found)),
        paragraph(game_line(found)),
    )
