"""The plots that stand in the report: of each of the first answers that of its most telling game."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from paper_checks.report.answers import Answer
from paper_checks.report.svg import inline_svg
from paper_checks.report.texts import anchor, first_sentence
from paper_checks.run.record import Record
from paper_checks.run.results import GameDetail, Result

MOST_PICTURES = 4
"""The number of answers that are shown with a plot."""


def pictures_of(
    found: Sequence[Answer], records: Sequence[Record], picture: Callable[[str], bytes]
) -> dict[str, dict[str, Any]]:
    """For each of the first answers the plot of the game that its statement names, or of the telling game.

    Args:
        found: The answers.
        records: The games that are shown.
        picture: Returns the SVG with a given file name.
    """
    plots = {
        (record.section.scenario, theorem): (name, text)
        for record in records
        if record.section is not None
        for theorem, name, text in record.section.plots
    }
    rows = [row for record in records for row in record.results]
    shown: dict[str, dict[str, Any]] = {}
    for answer in found[:MOST_PICTURES]:
        theorem = answer.statement.theorem
        mine = [row for row in rows if row.theorem == theorem and (row.scenario, theorem) in plots]
        if mine:
            row = min(mine, key=lambda row: _telling(answer, row))
            drawn = plot_of(*plots[row.scenario, theorem], anchor(f"answer-{theorem}"), picture)
            shown[theorem] = {**drawn, "scenario": row.scenario}
    return shown


def _telling(answer: Answer, row: Result) -> tuple[bool, bool, float]:
    """A key that sorts the games of a statement: the one that it names, the first violation, the tightest."""
    margin = row.detail.margin if isinstance(row.detail, GameDetail) else None
    first = answer.game is None or row.scenario != answer.game.scenario
    return row.scenario != answer.statement.picture, first, math.inf if margin is None else margin


def plot_of(name: str, text: str, prefix: str, picture: Callable[[str], bytes]) -> dict[str, Any]:
    """One plot for a template; text: the picture in words; prefix: of the ids inside it."""
    from markupsafe import Markup

    drawn = Markup(inline_svg(picture(name), prefix=prefix, label=text))
    return {"svg": drawn, "name": name, "caption": first_sentence(text), "above": ""}
