"""Print the tables of docs/atlas.md, with certificates replayed: python docs/tables/atlas.py [refusals]."""

import sys

from paper_checks.atlas.decided import read_decided
from paper_checks.cli.atlas import STYLES
from paper_checks.run.atlas import statements


def cell(text: str) -> str:
    """A text that a table of Markdown shows as it is."""
    return text.replace("|", r"\|").replace("*", r"\*").replace("<", "&lt;")


def readings() -> None:
    """A line for each reading, in the order of papers."""
    refused = {name for name, row in read_decided().items() if row.ended == "refused"}
    columns = "statement", "source", "verdict", "counterexample, or largest ratio", "small horizons"
    print(f"| {' | '.join(columns)} | true instead |")
    print("|---|---|---|---|---|---|")
    for make in statements().values():
        row = make()
        word = STYLES[row.verdict.name][0]
        small = "" if row.reading in refused else row.small
        cells = [f"`{row.reading}`", cell(row.source), word, *map(cell, (row.finding, small, row.instead))]
        print(f"| {' | '.join(cells)} |")


def refusals() -> None:
    """The reasons for which `prove` cannot be asked, with the readings that they concern."""
    found: dict[str, list[str]] = {}
    for row in read_decided().values():
        if row.ended == "refused":
            found.setdefault(row.reason, []).append(f"`{row.reading}`")
    print("| reason | readings |")
    print("|---|---|")
    for reason, names in sorted(found.items(), key=lambda one: -len(one[1])):
        print(f"| {cell(reason)} | {', '.join(names)} |")


if __name__ == "__main__":
    (refusals if sys.argv[1:] == ["refusals"] else readings)()
