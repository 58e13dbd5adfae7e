"""`regretcheck data`: which image data sets are here, and which files are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paper_checks.cli.printable import say, write_json
from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, table_of
from paper_checks.run.results import dump_json


def data_command(folder: Path | None, *, as_json: bool) -> int:
    """Show every data set; exit code 1 if one that is there is damaged."""
    from paper_checks.experiments.images.registry import READERS

    found = [_described(name, folder) for name in READERS]
    if as_json:
        write_json(dump_json({"data": found}))
    else:
        _show(found)
    return int(any(row["state"] == "damaged" for row in found))


def _described(name: str, folder: Path | None) -> dict[str, Any]:
    from paper_checks.experiments.images.base import MissingData
    from paper_checks.experiments.images.registry import EXPECTED, load, places

    row: dict[str, Any] = {
        "name": name, "state": "here", "looked_in": [str(p) for p in places(name, folder)],
        "expected": EXPECTED[name], "train": 0, "test": 0, "sha256": "", "message": "",
    }  # fmt: skip
    try:
        images = load(name, folder)
    except MissingData as error:
        return {**row, "state": "missing", "message": str(error)}
    except ValueError as error:
        return {**row, "state": "damaged", "message": str(error)}
    row |= {"train": 0 if images.train is None else len(images.train[1]), "test": len(images.test[1])}
    return {**row, "sha256": images.sha256, "message": str(images.folder)}


WHOLE = {"mnist": (60_000, 10_000), "cifar10": (50_000, 10_000), "cifar100": (50_000, 10_000)}
"""The numbers of training and test images of the whole data sets."""


def _show(found: list[dict[str, Any]]) -> None:
    console = Console()
    table = table_of(
        {"Data": TIGHT, "State": TIGHT, "Train": RIGHT, "Test": RIGHT, "sha256": TIGHT,
         "Where": {**FOLD, "ratio": 1}}
    )  # fmt: skip
    for row in found:
        here = row["state"] == "here"
        state = "part" if here and (row["train"], row["test"]) != WHOLE[row["name"]] else row["state"]
        counts = [str(row[key]) if here else "" for key in ("train", "test")]
        where = "" if row["state"] == "missing" else row["message"]
        table.add_row(row["name"], state, *counts, row["sha256"][:12], Text(where))
    console.print(table)
    for row in found:
        if row["state"] != "here" or (row["train"], row["test"]) != WHOLE[row["name"]]:
            where = row["looked_in"][0] if row["looked_in"] else f"{row['name']}/ in the folder of --data"
            say(f"For all of {row['name']} put into {where}: {row['expected']}")
