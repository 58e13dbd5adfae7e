"""Files of outcomes that come with the package: a list of JSON objects, one a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from online_sim.files import write_bytes

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row")


def read_rows(path: Path, kind: Callable[..., Row]) -> list[Row]:
    """The rows of a file; none if there is no file.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        return [kind(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (TypeError, KeyError, ValueError) as problem:
        raise ValueError(f"{path} is not a file of outcomes ({problem}); write it again") from None


def write_rows(path: Path, rows: Iterable[DataclassInstance]) -> None:
    """Write them, one a line, completely or not at all."""
    lines = (json.dumps(asdict(row), allow_nan=False) for row in rows)
    write_bytes(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())
