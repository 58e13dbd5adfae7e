"""What an answer was computed from, besides its arguments: files that Python opened or imported meanwhile.

A recording notes files that were opened for reading, folders that were listed, and the source of modules of
one's own. Not counted is what versions or a digest name already: this package, the interpreter, installed
libraries, compiled kernels. A file that was looked for and not found counts as absent. Environment variables,
the network, other processes, and libraries that read files without Python's own `open` are out of its sight.
"""

from __future__ import annotations

import hashlib
import os
import platform
import site
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import source_from_cache
from pathlib import Path
from types import ModuleType
from typing import Any

ABSENT = "absent"
"""In place of a digest: there was no such file."""
CHANGED = "changed while it was read"
"""In place of a digest: no file is ever this, so that what was computed is never taken again."""
PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")
ROOT = Path(__file__).resolve().parents[1]

Inputs = Mapping[str, str]
"""Absolute path -> digest of the content (of the names, for a folder), or `ABSENT`, or `CHANGED`."""


def digest_of(path: str) -> str:
    """The SHA-256 of a file's content, or of a folder's names; `ABSENT` where it cannot be read."""
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
    """Whether a name in a folder is no data: hidden or temporary, left by Python, or the folder of a run."""
    return (
        name.startswith(".") or name == "__pycache__" or os.path.isdir(os.path.join(folder, name, "partial"))
    )


def unchanged(inputs: Inputs) -> bool:
    """Whether every input is now what it was."""
    return all(digest_of(path) == digest for path, digest in inputs.items())


@cache
def code_digest() -> str:
    """A digest of every source file of the package."""
    found = hashlib.sha256()
    for name in PACKAGES:
        for path in sorted((ROOT / name).rglob("*.py")):
            found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def program_digest() -> str:
    """A digest of what runs: the code of this package and the versions of those it stands on."""
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
    """Whether a file is the user's: none of the package, the interpreter, the libraries or the caches."""
    return _own(path if os.path.isabs(path) else os.path.abspath(path), _caches(*map(os.environ.get, _NAMED)))


@lru_cache(maxsize=1 << 15)
def _own(path: str, caches: tuple[str, ...]) -> bool:
    if any(name in path for name in ("site-packages", "dist-packages", "__pycache__")):
        return False
    names = {os.path.abspath(path), os.path.realpath(path)}  # a link to an environment is one, too
    roots = (*_installed(), *caches)
    return not any(name == root or name.startswith(root + os.sep) for name in names for root in roots)


@cache
def _installed() -> tuple[str, ...]:
    """Folders that versions speak for, and those of devices."""
    found = [str(ROOT / name) for name in PACKAGES]
    for text in {*sysconfig.get_paths().values(), *site.getsitepackages(), site.getusersitepackages()}:
        found += [text, os.path.realpath(text)]
    # The environment itself, unless it is where the user's files are as well, such as / or /usr/local.
    found += [os.path.join(base, "lib") for base in (sys.prefix, sys.base_prefix, sys.exec_prefix)]
    return tuple(dict.fromkeys([*found, "/proc", "/sys", "/dev"]))


_NAMED = ("REGRETCHECK_CACHE", "NUMBA_CACHE_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "HOME")
"""Variables that say where caches are."""


@lru_cache(maxsize=64)
def _caches(*named: str | None) -> tuple[str, ...]:
    """Folders of what was compiled or found out about this machine; made again where they are missing."""
    from platformdirs import user_cache_dir

    found = [*named[:3], user_cache_dir("regretcheck"), user_cache_dir("matplotlib")]
    return tuple(os.path.abspath(text) for text in found if text)


class Seen:
    """What one recording has noted so far."""

    def __init__(self, *, modules: bool = True) -> None:
        self._modules = modules
        self._read: dict[str, str] = {}
        self._written: set[str] = set()
        self._ended: dict[str, str] | None = None

    def reads(self, path: str) -> None:
        """A file is opened for reading, or a folder is listed: its content now is what counts."""
        digest = digest_of(path)
        self._read[path] = digest if self._read.get(path, digest) == digest else CHANGED

    def writes(self, path: str) -> None:
        """A file is written, moved to or removed: what is read from it was made here."""
        self._written.add(path)

    def knows(self, inputs: Inputs) -> None:
        """What something that is used here was made from."""
        for path, digest in inputs.items():
            self._read[path] = digest if self._read.get(path, digest) == digest else CHANGED

    def end(self) -> None:
        """What is read from now on does not count, nor what is written."""
        self._ended = self.inputs

    @property
    def inputs(self) -> dict[str, str]:
        """The inputs so far; a file that was written meanwhile counts as it was left."""
        if self._ended is not None:
            return self._ended
        if self._modules:
            self.knows(loaded_modules())
        return {
            path: digest_of(path) if path in self._written else digest
            for path, digest in sorted(self._read.items())
        }


_RECORDING: list[Seen] = []
_EXECUTED: dict[str, str] = {}
"""Source file -> digest when a module was last imported from it under a recording."""
_INSTALLED = threading.Lock()
_HOOKED: list[bool] = []
_INSIDE = threading.local()


@contextmanager
def recording(*, modules: bool = True) -> Iterator[Seen]:
    """Note what is read and imported meanwhile, by any thread of this process; recordings may be nested.

    modules: whether every module of one's own that is loaded counts, whoever loaded it: what it defines may
    be used without being imported again.
    """
    _install()
    seen = Seen(modules=modules)
    _RECORDING.append(seen)
    # Python takes compiled code where time stamp (in seconds) and size agree: 0.3 changed to 0.9 within a
    # second would go unseen if compiled code of one's own modules were left behind.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield seen
    finally:
        sys.dont_write_bytecode = before
        seen.end()
        _RECORDING.remove(seen)


@contextmanager
def quiet() -> Iterator[None]:
    """Note nothing meanwhile in this thread: it reads what is no input."""
    before = getattr(_INSIDE, "quiet", False)
    _INSIDE.quiet = True
    try:
        yield
    finally:
        _INSIDE.quiet = before


def uses(inputs: Inputs) -> None:
    """Tell every recording that something made of these inputs is used."""
    for seen in _RECORDING:
        seen.knows(inputs)


def loaded_modules() -> dict[str, str]:
    """Source file -> digest, of every module of one's own that this process has loaded.

    The digest is of the source that was executed, where the module was imported under a recording; else of
    what the file holds now.
    """
    with quiet():
        paths = {path for module in list(sys.modules.values()) if (path := source_of(module)) is not None}
        return {path: _EXECUTED.get(path) or digest_of(path) for path in paths}


def source_of(module: ModuleType) -> str | None:
    """The file of a module of one's own; None for what is installed, built in, or a namespace."""
    file = getattr(module, "__dict__", {}).get("__file__")
    if not isinstance(file, str) or not own(file):
        return None
    return os.path.abspath(file)


def _install() -> None:
    """Add the hook, once: it cannot be taken away again, so it sleeps between recordings."""
    with _INSTALLED:
        if not _HOOKED:
            own(__file__)  # what that imports is there before the hook needs it
            sys.addaudithook(_hook)
            _HOOKED.append(True)


_LISTS = {"os.listdir", "os.scandir"}
_MOVES = {"os.rename", "os.remove"}
_EVENTS = {"open", "sqlite3.connect", *_LISTS, *_MOVES}


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Pass an event of the interpreter on to the recordings; it must never raise."""
    if event not in _EVENTS or not _RECORDING or getattr(_INSIDE, "quiet", False):
        return
    _INSIDE.quiet = True
    importing = "importlib" in sys._getframe(1).f_code.co_filename
    try:
        if event == "open":
            path = _path(arguments[0])
            writes, reads = _how(arguments[1], arguments[2])
            if path is not None and path.endswith(".pyc"):
                path = source_from_cache(path)  # what Python takes for its source
        elif event in _LISTS:
            # Python's own search for modules lists the folders that it goes through.
            path, writes, reads = _path(arguments[0] or "."), False, not importing
        elif event in _MOVES:
            path, writes, reads = _path(arguments[1 if event == "os.rename" else 0]), True, False
        else:
            path, writes, reads = _path(arguments[0]), False, True
        if path is None or not own(path):
            return
        if importing and reads:
            _EXECUTED[path] = digest_of(path)
        for seen in _RECORDING:
            if writes:
                seen.writes(path)
            if reads:
                seen.reads(path)
    except Exception:  # it would be raised in the midst of the user's program
        pass
    finally:
        _INSIDE.quiet = False


def _path(name: Any) -> str | None:
    """The absolute path of a file that is opened by name; None for a descriptor."""
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if not isinstance(name, str | os.PathLike):
        return None
    return os.path.abspath(os.fspath(name))


def _how(mode: Any, flags: Any) -> tuple[bool, bool]:
    """(whether it writes, whether it reads what is there)."""
    if isinstance(mode, str):
        writes = any(letter in mode for letter in "wax+")
        return writes, "r" in mode or ("+" in mode and "w" not in mode and "x" not in mode)
    flags = int(flags or 0)
    access = flags & os.O_ACCMODE
    return access != os.O_RDONLY, access != os.O_WRONLY and not flags & (os.O_TRUNC | os.O_EXCL)


__all__ = [
    "ABSENT", "CHANGED", "Inputs", "Seen", "code_digest", "digest_of", "loaded_modules", "own",
    "program_digest", "quiet", "recording", "source_of", "unchanged", "uses", "versions",
]  # fmt: skip
