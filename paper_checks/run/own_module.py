"""A theory file as a module: executed behind a guard with separate imports, and again after a change.

Two theory files may each import a `helper` from their folder. The modules that a file imports are present
while its code runs and put aside afterwards, so that neither file gets the other's.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from online_sim.inputs import UNSEEN, Inputs, own, quiet, source_of, unchanged
from online_sim.noting import Seen, joined, loaded_modules, noting_chance, recording, uses
from online_sim.unseen import doubts
from paper_checks.run.guard import Ended, guarded

_LOADED: dict[Path, OwnModule] = {}
_ENTERED: list[OwnModule] = []


class TheoryFileError(ValueError):
    """A theory file lacks something required; the message names the file and the line."""


@dataclass(eq=False)
class OwnModule:
    """A theory file that was executed.

    inputs: what it was made from, including itself, and what its code has read since. made_from: only the
    first. beside: the modules that it imported from its folder. search: where it looks for more. sources: the
    keys of the texts that it added to the bibliography.
    """

    path: Path
    module: ModuleType
    inputs: Inputs = field(default_factory=dict)
    made_from: Inputs = field(default_factory=dict)
    beside: dict[str, ModuleType] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    sources: Set[str] = frozenset()


def own_module(path: Path) -> OwnModule:
    """The module of a theory file, executed once for each content of the file and its inputs.

    Raises ValueError with the file and the line when it cannot be executed, ends the program, or takes too
    long.
    """
    path = path.resolve()
    known = _LOADED.get(path)
    if known is not None:
        if unchanged(known.inputs):
            uses(known.inputs)
            return known
        del _LOADED[path]
        _withdraw(known.sources)
    if not path.is_file():
        raise ValueError(f"there is no file {path}; a name that ends with .py is a file with a SCENARIO")
    loaded = _execute(path)
    _LOADED[path] = loaded
    uses(loaded.inputs)
    return loaded


@contextmanager
def inside(loaded: OwnModule) -> Iterator[None]:
    """Run code of a theory file: guarded, with its separate modules, and noting what it reads.

    What it has read once it may keep in memory, so that counts for every later user of the file.
    """
    if loaded in _ENTERED:
        with guarded():
            yield
        return
    read = Seen(modules=False)
    try:
        with recording(modules=False) as read, noting_chance(), _entered(loaded), guarded():
            yield
    finally:
        with quiet():
            mine = partial(_is_mine, loaded)
            unseen = {what: UNSEEN for path in _sources(loaded) for what in doubts(path, mine)}
            if not own(str(loaded.path)):  # its modules and files would not be noted
                unseen[f"{loaded.path.name} lies among the files of libraries or caches"] = UNSEEN
        loaded.inputs = joined(loaded.inputs, read.inputs, unseen)
        uses(unseen)


@contextmanager
def _entered(loaded: OwnModule) -> Iterator[None]:
    """Put the separate modules of a theory file in their places."""
    search = list(sys.path)
    hidden = {name: sys.modules[name] for name in loaded.beside if name in sys.modules}
    sys.modules.update(loaded.beside)
    sys.path[:] = [*loaded.search, *(place for place in search if place not in loaded.search)]
    importlib.invalidate_caches()
    before = set(sys.modules)
    _ENTERED.append(loaded)
    try:
        yield
    finally:
        _ENTERED.remove(loaded)
        added = {n for n in sys.modules.keys() - before if source_of(sys.modules[n]) is not None}
        loaded.beside |= {name: sys.modules[name] for name in added}
        # Modules imported late remain available to later users of the file.
        late = {source_of(sys.modules[name]) for name in added}
        loaded.inputs = joined(loaded.inputs, {p: d for p, d in loaded_modules().items() if p in late})
        for name in loaded.beside:
            sys.modules.pop(name, None)
        sys.modules.update(hidden)
        sys.path[:] = search


def _sources(loaded: OwnModule) -> list[str]:
    """The source files of a theory file and of the modules from its folder."""
    return sorted({path for module in loaded.beside.values() if (path := source_of(module)) is not None})


def _is_mine(loaded: OwnModule, name: str) -> bool:
    """Whether a name is, or would be imported as, a module from the search path that is the user's."""
    if name in loaded.beside:
        return True
    found = importlib.machinery.PathFinder.find_spec(name, loaded.search)
    return found is not None and found.origin is not None and own(found.origin)


def line_in(path: Path, error: BaseException) -> int | None:
    """The line of a file where an error arose: the innermost line of its traceback that lies in the file."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None


def place_of(error: BaseException) -> str | None:
    """``my_theorem.py, line 12`` if an error passed through a loaded theory file, else None."""
    for loaded in _LOADED.values():
        line = line_in(loaded.path, error)
        if line is not None:
            return f"{loaded.path.name}, line {line}"
    return None


def line_of(path: Path, *names: str) -> int | None:
    """The last line of a file that assigns one of the names."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    found = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.FunctionDef) and _named(node) & set(names)
    ]
    return found[-1] if found else None


def _named(node: ast.Assign | ast.AnnAssign | ast.FunctionDef) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def where(path: Path, line: int | None) -> str:
    """A file and a line, as they appear in a sentence."""
    return str(path) if line is None else f"{path}, line {line}"


def _execute(path: Path) -> OwnModule:
    from theory.source import BIBLIOGRAPHY

    name = f"regretcheck_file_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise ValueError(f"{path} is no Python file; give a file that ends with .py")
    module = importlib.util.module_from_spec(specification)
    loaded = OwnModule(path, module, beside={name: module})
    texts = set(BIBLIOGRAPHY)
    with recording() as seen:
        try:
            with inside(loaded):
                try:
                    specification.loader.exec_module(module)
                finally:
                    loaded.search = tuple(sys.path)
        except Exception as error:
            _withdraw(BIBLIOGRAPHY.keys() - texts)
            said = " ".join(str(error).split())
            kind = "" if isinstance(error, Ended) else f"{type(error).__name__}: "
            place = where(path, line_in(path, error))
            raise TheoryFileError(f"cannot load {place}: {kind}{said}") from error
    loaded.inputs = loaded.made_from = joined(loaded.inputs, seen.inputs)
    loaded.sources = BIBLIOGRAPHY.keys() - texts
    return loaded


def _withdraw(keys: Iterable[str]) -> None:
    """Remove from the bibliography the texts that a file added."""
    from theory.source import BIBLIOGRAPHY

    for key in keys:
        BIBLIOGRAPHY.pop(key, None)
