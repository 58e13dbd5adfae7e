"""The theory files of the repository around a command: listed in pyproject.toml or discovered.

``[tool.regretcheck]`` of the nearest pyproject.toml may list ``files = ["my_theorem.py", "theory/*.py"]``.
Without this list, ``name.py`` belongs to the repository if ``name.baseline.toml`` lies next to it.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENDING = ".baseline.toml"
"""The ending of the baseline of a user's file: ``name.baseline.toml`` next to ``name.py``."""

_PASSED_OVER = {"__pycache__", "build", "dist", "node_modules", "site-packages"}
"""Folders of third-party or generated files; hidden folders and virtual environments are skipped too."""


@dataclass(frozen=True)
class OwnFiles:
    """The theory files and baselines of a repository.

    files: theory files, in order. orphans: baselines without their file, so that nothing produces their
    entries. unlisted: baselines whose file exists but is not among the ``files`` of pyproject.toml.
    """

    files: tuple[Path, ...] = ()
    orphans: tuple[Path, ...] = ()
    unlisted: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to check."""
        return bool(self.files or self.orphans)


def own_files(start: Path | None = None) -> OwnFiles:
    """The theory files of the repository around a folder (by default the working folder).

    The repository is the nearest folder above with a pyproject.toml or a .git; without one, only `start` is
    searched, without its subfolders. Raises ValueError for an invalid ``[tool.regretcheck]``.
    """
    start = (start or Path.cwd()).resolve()
    root = next(
        (p for p in (start, *start.parents) if (p / "pyproject.toml").is_file() or (p / ".git").exists()),
        None,
    )
    baselines = sorted(start.glob(f"*{ENDING}") if root is None else _baselines(root))
    beside = {path: path.with_name(f"{path.name.removesuffix(ENDING)}.py") for path in baselines}
    orphans = tuple(path for path, own in beside.items() if not own.is_file())
    listed = None if root is None else _listed(root / "pyproject.toml")
    if listed is None:
        return OwnFiles(tuple(own for own in beside.values() if own.is_file()), orphans)
    unlisted = tuple(path for path, own in beside.items() if own.is_file() and own not in listed)
    return OwnFiles(listed, orphans, unlisted)


def shown(path: Path) -> str:
    """A readable path: relative to the working folder if it lies there."""
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()


def _baselines(root: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(root):
        inner[:] = [
            name
            for name in inner
            if not (name.startswith(".") or name in _PASSED_OVER or Path(folder, name, "pyvenv.cfg").exists())
        ]
        yield from (Path(folder, name) for name in names if name.endswith(ENDING) and name != ENDING)


def _listed(pyproject: Path) -> tuple[Path, ...] | None:
    """The files that pyproject.toml lists; None if it has no list."""
    try:
        content = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read {pyproject}: {error}") from None
    table = content.get("tool", {}).get("regretcheck", {})
    where = f"[tool.regretcheck] of {pyproject}"
    if not isinstance(table, dict):
        raise ValueError(f"{where} is {table!r}; make it a table with `files`")
    if unknown := table.keys() - {"files"}:
        raise ValueError(f"`{min(unknown)}` in {where} is unknown; known: files")
    return _matching(table["files"], pyproject.parent, where) if "files" in table else None


def _matching(patterns: Any, root: Path, where: str) -> tuple[Path, ...]:
    if not (isinstance(patterns, list) and patterns and all(isinstance(p, str) and p for p in patterns)):
        raise ValueError(
            f"`files` = {patterns!r} in {where} must be a list of theory files; name one, or remove the key"
        )
    found: dict[Path, None] = {}
    for pattern in patterns:
        if Path(pattern).is_absolute():
            raise ValueError(
                f"`files` in {where} names {pattern!r}; give it from the folder of pyproject.toml"
            )
        hits = sorted(p.resolve() for p in root.glob(pattern) if p.suffix == ".py")
        if not hits:
            raise ValueError(
                f"`files` in {where} names {pattern!r}, but there is no such .py file; correct it"
            )
        found |= dict.fromkeys(hits)
    return tuple(found)
