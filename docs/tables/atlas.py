"""Print the table of docs/atlas.md, with certificates replayed: python docs/tables/atlas.py."""

from paper_checks.cli.atlas import STYLES
from paper_checks.run.atlas import statements


def cell(text: str) -> str:
    """A text that a table of Markdown shows as it is."""
    return text.replace("|", r"\|").replace("*", r"\*").replace("<", "&lt;")


def main() -> None:
    """A line for each reading, in the order of papers."""
    print("| statement | source | verdict | counterexample, or largest ratio | true instead |")
    print("|---|---|---|---|---|")
    for make in statements().values():
        row = make()
        word = STYLES[row.verdict.name][0]
        cells = [f"`{row.reading}`", cell(row.source), word, cell(row.finding), cell(row.instead)]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
