"""The inputs of a result besides its arguments: files that Python opened or imported during the computation.

A recording (`online_sim.noting`) notes files opened for reading, folders listed, and the source of the user's
own modules. Anything already identified by a version or digest does not count: this package, the interpreter,
installed libraries, compiled kernels. A file that was looked for but not found counts as absent: once it
exists, the result may change. An environment variable counts when the user's code, or something that it
calls, reads it. What has no digest (the network, other programs, chance) is noted as such: see `UNSEEN`.
"""

import hashlib
import os
import platform
import site
import sys
import sysconfig
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

ABSENT = "absent"
"""A placeholder for the digest of a file that did not exist."""
THERE = "there"
"""A placeholder for the digest of a file whose existence was checked but which was not read."""
CHANGED = "changed while it was read"
"""A placeholder that no digest equals, so that the result is never reused."""
UNSEEN = "cannot be seen"
"""A placeholder for what has no digest, such as an answer from the network; its path says what in a clause.

`unchanged` passes over it, because `--resume` is an explicit wish; the result cache keeps no such result.
"""
VARIABLE = "variable:"
"""The beginning of the digest of an environment variable, whose path is its name after a dollar sign."""
PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")
ROOT = Path(__file__).resolve().parents[1]

Inputs = Mapping[str, str]
"""Path, relative if it was opened so -> digest of the content or of a folder's names, or a placeholder."""


_INSIDE = threading.local()


def is_quiet() -> bool:
    """Whether this thread's reads currently do not count as inputs."""
    return bool(getattr(_INSIDE, "quiet", False))


@contextmanager
def quiet() -> Iterator[None]:
    """Note nothing in this thread: its reads do not count as inputs."""
    before = is_quiet()
    _INSIDE.quiet = True
    try:
        yield
    finally:
        _INSIDE.quiet = before


def digest_of(path: str) -> str:
    """The SHA-256 of a file's content, or of a folder's names; `ABSENT` if it cannot be read."""
    found = hashlib.sha256()
    with quiet():
        try:
            if os.path.isdir(path):
                names = sorted(name for name in os.listdir(path) if not _aside(path, name))
                return f"folder:{hashlib.sha256(os.fsencode(chr(0).join(names))).hexdigest()}"
            with open(path, "rb") as file:
                while piece := file.read(1 << 20):
                    found.update(piece)
        except OSError:
            return ABSENT
    return found.hexdigest()


def _aside(folder: str, name: str) -> bool:
    """Whether a name in a folder is not data: hidden or temporary, left by Python, or the folder of a run."""
    return (
        name.startswith(".") or name == "__pycache__" or os.path.isdir(os.path.join(folder, name, "partial"))
    )


def variable_digest(name: str) -> str:
    """The digest of the value of an environment variable."""
    value = os.environ.get(name)
    return VARIABLE + (ABSENT if value is None else hashlib.sha256(os.fsencode(value)).hexdigest())


def unseen(inputs: Inputs) -> list[str]:
    """The inputs whose change could not be noticed, each as a clause."""
    return [what for what, digest in inputs.items() if digest == UNSEEN]


def unchanged(inputs: Inputs) -> bool:
    """Whether no input has changed, as far as can be seen."""
    return first_changed(inputs) is None


def first_changed(inputs: Inputs) -> str | None:
    """The first input that has changed, or None."""
    with quiet():
        for path, digest in inputs.items():
            if digest == THERE:
                if not os.path.lexists(path):
                    return path
            elif digest.startswith(VARIABLE):
                if variable_digest(path.removeprefix("$")) != digest:
                    return path
            elif digest != UNSEEN and digest_of(path) != digest:
                return path
    return None


@cache
def code_digest() -> str:
    """A digest of every file of the package: its sources, and the data and certificates that come with it."""
    found = hashlib.sha256()
    for name in PACKAGES:
        for path in sorted((ROOT / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content = hashlib.sha256(path.read_bytes()).digest()
                found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + content)
    return found.hexdigest()


def program_digest() -> str:
    """A digest of the program: the code of this package and the versions of its dependencies."""
    return hashlib.sha256(repr((sorted(versions().items()), code_digest())).encode()).hexdigest()


@cache
def versions() -> dict[str, str]:
    """The versions that a result depends on."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "scipy", "sympy", "numba", "cvxpy")},
        "regretcheck": version("regretcheck"),
    }


def own(path: str) -> bool:
    """Whether a file is the user's, not part of the package, the interpreter, the libraries or the caches."""
    # Asked of every loaded module after every task, and of every running function at every reading of the
    # environment: one look-up for nearly all, and the environment is read for the few that may be own.
    if _foreign_anywhere(path):
        return False
    path = os.path.abspath(path)
    return not _foreign(path) and not _cached(path, _caches(*map(os.environ.get, _NAMED)))


@lru_cache(maxsize=1 << 15)
def _foreign_anywhere(path: str) -> bool:
    """Whether a path names a foreign file whatever the working folder is."""
    return os.path.isabs(path) and _foreign(path)


@lru_cache(maxsize=1 << 15)
def _foreign(path: str) -> bool:
    """Whether a file is part of the package, the interpreter or a library, wherever the caches are."""
    if any(name in path for name in ("site-packages", "dist-packages", "__pycache__")):
        return True
    return _under(path, _installed())


@lru_cache(maxsize=1 << 12)
def _cached(path: str, caches: tuple[str, ...]) -> bool:
    return _under(path, caches)


def _under(path: str, roots: tuple[str, ...]) -> bool:
    names = {os.path.abspath(path), os.path.realpath(path)}  # a link to an environment counts as one
    return any(name == root or name.startswith(root + os.sep) for name in names for root in roots)


@cache
def _installed() -> tuple[str, ...]:
    """Folders whose content is identified by versions, and those of devices."""
    found = [str(ROOT / name) for name in PACKAGES]
    for text in {*sysconfig.get_paths().values(), *site.getsitepackages(), site.getusersitepackages()}:
        found += [text, os.path.realpath(text)]
    # Only the library folder: the environment may also hold the user's files, such as / or /usr/local.
    found += [os.path.join(base, "lib") for base in (sys.prefix, sys.base_prefix, sys.exec_prefix)]
    return tuple(dict.fromkeys([*found, "/proc", "/sys", "/dev"]))


_NAMED = ("REGRETCHECK_CACHE", "NUMBA_CACHE_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "HOME")
"""Environment variables that determine where caches are."""


@lru_cache(maxsize=64)
def _caches(*named: str | None) -> tuple[str, ...]:
    """Folders with compiled code or facts about this machine, which are recreated if missing."""
    from platformdirs import user_cache_dir

    found = [*named[:3], user_cache_dir("regretcheck"), user_cache_dir("matplotlib")]
    return tuple(os.path.abspath(text) for text in found if text)


def source_of(module: ModuleType) -> str | None:
    """The file of a user module; None for installed and built-in modules and namespaces."""
    file = _file_of(module)
    return None if file is None or not own(file) else os.path.abspath(file)


def sources_of(modules: Iterable[ModuleType]) -> set[str]:
    """The files of the user's modules among these."""
    # Asked of thousands of modules after every task, of which few are new since the last.
    files = tuple(file for module in modules if (file := _file_of(module)) is not None)
    return {os.path.abspath(file) for file in _perhaps_own(files) if own(file)}


@lru_cache(maxsize=2)
def _perhaps_own(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files that are not foreign whatever the working folder and the environment are."""
    return tuple(file for file in files if not _foreign_anywhere(file))


def _file_of(module: ModuleType) -> str | None:
    file = getattr(module, "__dict__", {}).get("__file__")
    return file if isinstance(file, str) else None
