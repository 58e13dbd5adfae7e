"""`regretcheck data`: which image data sets are here, and which files are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paper_checks.cli.printable import write_json
from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, table_of
from paper_checks.run.results import dump_json

STYLES = {"here": "green", "part": "yellow", "missing": "yellow", "damaged": "bold red"}


def data_command(folder: Path | None, *, as_json: bool) -> int:
    """Show every data set; exit code 1 if one that is there is damaged."""
    from paper_checks.experiments.images.registry import READERS, root

    found = [_described(name, folder) for name in READERS]
    if as_json:
        write_json(dump_json({"folder": str(root(folder)), "data": found}))
    else:
        _show(root(folder), found)
    return int(any(row["state"] == "damaged" for row in found))


def _described(name: str, folder: Path | None) -> dict[str, Any]:
    from paper_checks.experiments.images.base import MissingData
    from paper_checks.experiments.images.registry import EXPECTED, load, places

    row: dict[str, Any] = {
        "name": name, "state": "here", "looked_in": [str(p) for p in places(name, folder)],
        "expected": EXPECTED[name], "train": 0, "test": 0, "sha256": "", "compared": [], "message": "",
    }  # fmt: skip
    try:
        images = load(name, folder)
    except MissingData as error:
        return {**row, "state": "missing", "message": str(error)}
    except ValueError as error:
        return {**row, "state": "damaged", "message": str(error)}
    row |= {"train": 0 if images.train is None else len(images.train[1]), "test": len(images.test[1])}
    if (row["train"], row["test"]) != WHOLE[name]:
        row["state"] = "part"
    return {**row, "sha256": images.sha256, "compared": list(images.compared), "message": str(images.folder)}


WHOLE = {"mnist": (60_000, 10_000), "cifar10": (50_000, 10_000), "cifar100": (50_000, 10_000)}
"""The numbers of training and test images of the whole data sets."""


def _show(root: Path, found: list[dict[str, Any]]) -> None:
    console = Console()
    console.print(Text(f"Looked in {root} ({_why(root)})"))
    table = table_of({
        "Data": TIGHT, "State": TIGHT, "Train": RIGHT, "Test": RIGHT, "sha256": TIGHT, "Folder": FOLD,
    })  # fmt: skip
    for row in found:
        here = row["state"] in {"here", "part"}
        counts = [str(row[key]) if here else "" for key in ("train", "test")]
        where = Path(row["message"]).name if here else ""
        state = Text(row["state"], style=STYLES[row["state"]])
        table.add_row(row["name"], state, *counts, row["sha256"][:12], Text(where))
    console.print(table)
    for row in found:
        told = []
        if row["compared"]:
            files = f"{len(row['compared'])} file{'s' * (len(row['compared']) != 1)}"
            told.append(f"the sha256 of {files} is the one in PROVENANCE.txt.")
        if row["state"] == "damaged":
            told.append(row["message"])
        elif row["state"] == "part":
            told.append(f"for the whole data set put into {row['looked_in'][0]}: {row['expected']}")
        elif row["state"] == "missing":
            begun = any(Path(place).is_dir() for place in row["looked_in"])
            short = f"put into {row['looked_in'][0]}: {row['expected']}"
            told.append(row["message"] if begun else short)
        for sentence in told:
            console.print(Text(f"{row['name']}: {sentence}"))


def _why(root: Path) -> str:
    """Where the choice of the folder of all data comes from."""
    from online_sim.streams.data_files import DATA_VARIABLE, data_folder
    from paper_checks.experiments.images.registry import root as usual

    if data_folder() == root:
        return f"${DATA_VARIABLE}"
    return f"the usual folder; --data or ${DATA_VARIABLE} names another" if usual() == root else "--data"
