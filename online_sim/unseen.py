"""Whether everything that the user's code reads can be noted: by its source, and by who asks.

A recording (`online_sim.noting`) sees files, modules, environment variables, processes and the network. It
does not see the clock, memory addresses, or what compiled libraries read. A rule therefore decides by the
source: a module that imports anything but the libraries listed here, or uses a name listed here, may read
unseen, even where it does not. The rule is meant to be too strict: the price is a game that is played again.
"""

import ast
import os
import sys
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from online_sim.inputs import PACKAGES, ROOT, own

LIBRARIES = frozenset({
    *PACKAGES, "numpy", "scipy", "sympy", "mpmath",
    "__future__", "abc", "array", "base64", "binascii", "bisect", "bz2", "cmath", "codecs", "collections",
    "contextlib", "copy", "csv", "dataclasses", "decimal", "enum", "fractions", "functools", "glob", "gzip",
    "hashlib", "heapq", "io", "itertools", "json", "lzma", "math", "numbers", "operator", "os", "pathlib",
    "re", "string", "struct", "sys", "textwrap", "tomllib", "types", "typing", "unicodedata", "warnings",
    "zipfile", "zlib",
})  # fmt: skip
"""What a module may import besides the user's own modules: what these read goes through Python's `open`."""
BUILTINS = frozenset({"__import__", "compile", "eval", "exec", "hash", "id", "input"})
"""Built-in functions that run code from elsewhere, or whose values differ from process to process."""
ATTRIBUTES = frozenset({
    "argv", "cpu_count", "datetime64", "fstat", "getatime", "getctime", "getloadavg", "getmtime", "getpid",
    "getppid", "getrandom", "getsize", "lstat", "modules", "sched_getaffinity", "stat", "stdin", "times",
    "uname", "urandom",
})  # fmt: skip
"""Names in the libraries above that give what has no digest: the clock, the process, dates of files."""


def doubts(path: str, mine: Collection[str]) -> tuple[str, ...]:
    """Why a module may read unseen, each as a clause with the line; empty if everything it reads is noted.

    mine: the names of the user's own modules, which are judged by their own sources.
    """
    name = os.path.basename(path)
    try:
        source = Path(path).read_bytes()
    except OSError:
        return (f"{name} cannot be read",)
    return _doubts(name, source, frozenset(module.partition(".")[0] for module in mine))


@lru_cache(maxsize=256)
def _doubts(name: str, source: bytes, mine: frozenset[str]) -> tuple[str, ...]:
    if not name.endswith(".py"):
        return (f"{name} is not Python source",)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return (f"{name} cannot be parsed",)
    found = {
        f"{name}, line {getattr(node, 'lineno', 1)}: {what}"
        for node in ast.walk(tree)
        for what in _of_node(node, mine | LIBRARIES)
    }
    return tuple(sorted(found))


def _of_node(node: ast.AST, known: Collection[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.partition(".")[0] not in known:
                yield f"it imports {alias.name}"
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if not node.level and module.partition(".")[0] not in known:
            yield f"it imports {module}"
        yield from (f"it uses {alias.name}" for alias in node.names if alias.name in ATTRIBUTES)
    elif isinstance(node, ast.Name) and node.id in BUILTINS:
        yield f"it uses {node.id}"
    elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
        yield f"it uses {node.attr}"


def _files() -> Iterator[str]:
    """The source files of the functions that are running, innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back  # type: ignore[assignment]


def under_user_code() -> bool:
    """Whether code of the user is running, or something that it called."""
    return any(_is_users(file) for file in _files())


def asked_by_user() -> bool:
    """Whether code of the user asks: itself or through a library, not through this package or an import."""
    for file in _files():
        if _is_users(file):
            return True
        if file.startswith("<frozen importlib") or _is_ours(file):
            return False
    return False


@lru_cache(maxsize=1 << 12)
def _is_ours(file: str) -> bool:
    """Whether a file is this package's, apart from those that only watch."""
    here = os.path.abspath(file)
    watching = here.startswith(_WATCHING)
    return not watching and any(here.startswith(str(ROOT / name) + os.sep) for name in PACKAGES)


def _is_users(file: str) -> bool:
    return not file.startswith("<") and own(file)  # <string> and <frozen os> name no file


_WATCHING = tuple(
    str(ROOT / "online_sim" / name) for name in ("watching.py", "noting.py", "unseen.py", "inputs.py")
)
