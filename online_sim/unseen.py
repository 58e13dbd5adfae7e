"""Whether everything that the user's code reads can be noted: by its source, and by who asks.

A recording (`online_sim.noting`) sees files, modules, environment variables, processes and the network. It
does not see the clock, memory addresses, or what compiled libraries read. A rule therefore decides by the
source: a module that imports anything but the libraries listed here, or uses a name listed here, may read
unseen, even where it does not. The rule is meant to be too strict: the price is a game that is played again.
"""

import ast
import os
import sys
from collections.abc import Callable, Iterator
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


def doubts(path: str, mine: Callable[[str], bool] = lambda name: False) -> tuple[str, ...]:
    """Why a module may read unseen, each as a clause with the line; empty if everything it reads is noted.

    mine: whether a name is that of a module of the user's, which is judged by its own source.
    """
    name = os.path.basename(path)
    if not name.endswith(".py"):
        return (f"{name} is not Python source",)
    try:
        found = _found(Path(path).read_bytes())
    except OSError:
        return (f"{name} cannot be read",)
    except (SyntaxError, ValueError, RecursionError):
        return (f"{name} cannot be parsed",)
    return tuple(
        f"{name}, line {line}: it {verb} {what}"
        for line, verb, what in found
        if verb != "imports" or not mine(what.partition(".")[0])
    )


@lru_cache(maxsize=256)
def _found(source: bytes) -> list[tuple[int, str, str]]:
    """What a source does that is not listed here, by lines: what it imports, and what it uses."""
    nodes = ast.walk(ast.parse(source))
    return sorted({(getattr(node, "lineno", 1), *doubt) for node in nodes for doubt in _of_node(node)})


def _of_node(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        yield from (("imports", alias.name) for alias in node.names if not _is_listed(alias.name))
    elif isinstance(node, ast.ImportFrom):
        if not node.level and not _is_listed(node.module or ""):
            yield "imports", node.module or ""
        yield from (("uses", alias.name) for alias in node.names if alias.name in ATTRIBUTES)
    elif isinstance(node, ast.Name) and node.id in BUILTINS:
        yield "uses", node.id
    elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
        yield "uses", node.attr


def _is_listed(module: str) -> bool:
    return module.partition(".")[0] in LIBRARIES


def _files() -> Iterator[str]:
    """The source files of the functions that are running, innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back  # type: ignore[assignment]


def under_user_code() -> bool:
    """Whether code of the user is running, or something that it called."""
    frame = sys._getframe(1)
    while frame is not None:  # written out: every reading of the environment asks
        if _is_users(frame.f_code.co_filename):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


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
