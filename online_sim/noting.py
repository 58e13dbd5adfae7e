"""A recording notes what is read while it is active: opened files, listed folders, imported modules.

Python reports opened files through its audit hook. Queries (does this file or module exist?) raise no event,
so the functions that answer them are wrapped. `online_sim.inputs` defines what counts as an input.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from importlib.util import source_from_cache
from types import ModuleType
from typing import Any

from online_sim.inputs import ABSENT, CHANGED, THERE, Inputs, digest_of, is_quiet, own, quiet, source_of


class Seen:
    """The inputs that one recording has noted so far."""

    def __init__(self, *, modules: bool = True) -> None:
        self._modules = modules
        self._read: dict[str, str] = {}
        self._written: set[str] = set()
        self._ended: dict[str, str] | None = None

    def notes(self, path: str, digest: str) -> None:
        """Note a digest of a file; a digest of its content replaces a note that it exists."""
        known = self._read.get(path, digest)
        if known == THERE and digest not in {THERE, ABSENT}:
            known = digest
        if digest == THERE and known not in {THERE, ABSENT}:
            digest = known
        self._read[path] = digest if known == digest else CHANGED

    def writes(self, path: str) -> None:
        """Note that a file was written, replaced or removed: what is read from it was produced here."""
        self._written.add(path)

    def knows(self, inputs: Inputs) -> None:
        """Add the inputs of something that is used here."""
        for path, digest in inputs.items():
            self.notes(path, digest)

    def end(self) -> None:
        """End the recording: later reads and writes do not count."""
        self._ended = self.inputs

    @property
    def inputs(self) -> dict[str, str]:
        """The inputs so far; a file written during the recording counts with its final content."""
        if self._ended is not None:
            return self._ended
        if self._modules:
            self.knows(loaded_modules())
        with quiet():
            return {
                path: _left(path, digest) if path in self._written else digest
                for path, digest in sorted(self._read.items())
            }


def _left(path: str, digest: str) -> str:
    """The final digest of a file that was written during the recording."""
    if not os.path.lexists(path):
        return ABSENT
    return THERE if digest == THERE or os.path.isdir(path) else digest_of(path)


_RECORDING: list[Seen] = []
_EXECUTED: dict[str, str] = {}
"""Source file -> its digest when a module was last imported from it during a recording."""
_INSTALLED = threading.Lock()
_HOOKED: list[bool] = []
_ASKED: dict[str, Callable[..., Any]] = {}
"""The original functions of `os` that are wrapped during a recording, by name."""
_FOLDER = [""]
"""The working folder at the start of the outermost recording."""


@contextmanager
def recording(*, modules: bool = True) -> Iterator[Seen]:
    """Note what any thread of this process reads and imports in this context; recordings may be nested.

    modules: whether every loaded user module counts, even one loaded earlier: its definitions may be used
    without being imported again.
    """
    seen = Seen(modules=modules)
    with _INSTALLED:
        if not _RECORDING:
            _FOLDER[-1] = os.getcwd()
            _stand_between()
        _RECORDING.append(seen)
    # Python reuses compiled code if time stamp (in seconds) and size agree: a change from 0.3 to 0.9 within
    # a second would be missed if compiled code of user modules were left behind.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield seen
    finally:
        sys.dont_write_bytecode = before
        seen.end()
        with _INSTALLED:
            _RECORDING.remove(seen)
            if not _RECORDING:
                _step_aside()


def uses(inputs: Inputs) -> None:
    """Tell every recording that something made from these inputs is used."""
    for seen in _RECORDING:
        seen.knows(inputs)


def loaded_modules() -> dict[str, str]:
    """Source file -> digest, for every user module that this process has loaded.

    The digest is that of the executed source if the module was imported during a recording, else that of the
    current file.
    """
    with quiet():
        paths = {path for module in list(sys.modules.values()) if (path := source_of(module)) is not None}
        return {path: _EXECUTED.get(path) or digest_of(path) for path in paths}


def _stand_between() -> None:
    """Start noting every query whether a file or a module exists."""
    if not _HOOKED:  # the hook cannot be removed, so it is inactive between recordings
        own(__file__)  # so that its imports are done before the hook needs them
        sys.addaudithook(_hook)
        _HOOKED.append(True)
    sys.meta_path.insert(0, _FINDER)
    for name in ("stat", "access"):
        _ASKED[name] = getattr(os, name)
        setattr(os, name, _noting(_ASKED[name]))


def _step_aside() -> None:
    sys.meta_path.remove(_FINDER)
    for name, ask in _ASKED.items():
        setattr(os, name, ask)


@cache
def _noting(ask: Callable[..., Any]) -> Callable[..., Any]:
    """A function that notes a query before passing it to the operating system."""

    @wraps(ask)
    def asks(path: Any, *arguments: Any, **options: Any) -> Any:
        if not is_quiet() and options.get("dir_fd") is None:
            with quiet(), suppress(Exception):
                place = _path(path)
                if place is not None and own(place):
                    _tell(place, THERE if os.path.lexists(place) else ABSENT)
        return ask(path, *arguments, **options)

    for known in (os.supports_dir_fd, os.supports_follow_symlinks, os.supports_fd, os.supports_effective_ids):
        if ask in known:
            known.add(asks)
    return asks


class _Finder(MetaPathFinder):
    """A finder that never finds a module but notes where modules were looked for."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Return None, so that Python continues its search."""
        if not is_quiet():
            with quiet(), suppress(Exception):
                for missing in _not_there(fullname, sys.path if path is None else path):
                    _tell(missing, ABSENT)


_FINDER = _Finder()


def _tell(path: str, digest: str) -> None:
    for seen in _RECORDING:
        seen.notes(path, digest)


_LISTS = {"os.listdir", "os.scandir"}
_WRITES = {"os.remove": 0, "os.rmdir": 0, "os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
"""Events that change files -> the position of the argument that names the file."""
_EVENTS = {"open", "sqlite3.connect", *_LISTS, *_WRITES}


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Pass an interpreter event to the recordings; must never raise."""
    if event not in _EVENTS or not _RECORDING or is_quiet():
        return
    importing = "importlib" in sys._getframe(1).f_code.co_filename
    with quiet(), suppress(Exception):
        _happened(event, arguments, importing=importing)


def _happened(event: str, arguments: tuple[Any, ...], *, importing: bool) -> None:
    path = _path(arguments[_WRITES.get(event, 0)] or ".")
    writes, reads = event in _WRITES, event not in _WRITES
    if event == "open":
        writes, reads = _how(arguments[1], arguments[2])
        if path is not None and path.endswith(".pyc") and "__pycache__" in path:
            path = source_from_cache(path)  # the source that it was compiled from
    elif event in _LISTS:
        reads = not importing  # Python's module search lists the folders that it goes through
    if path is None or not own(path):
        return
    digest = digest_of(path) if reads else ""
    if importing and reads:
        _EXECUTED[path] = digest
    for seen in _RECORDING:
        if writes:
            seen.writes(path)
        if reads:
            seen.notes(path, digest)


def _not_there(fullname: str, search: Sequence[str]) -> list[str]:
    """The places where a user module was looked for but not found, and would be imported from."""
    name = fullname.rpartition(".")[2]
    places = [os.path.abspath(place) for place in search if isinstance(place, str)]
    mine = [place for place in places if own(os.path.join(place, "x.py"))]
    if fullname in sys.stdlib_module_names or not mine:
        return []
    if PathFinder.find_spec(fullname, [place for place in places if place not in mine]) is not None:
        return []  # it is installed
    found: list[str] = []
    for place in mine:
        files = [os.path.join(place, f"{name}.py"), os.path.join(place, name, "__init__.py")]
        if any(map(os.path.exists, files)):
            break
        found += files
    return found


def _path(name: Any) -> str | None:
    """The path of a file that is opened by name; None for a descriptor.

    A relative path stays relative, because in another working folder it would name another file. If the
    working folder has changed during the recording, the path is made absolute.
    """
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if not isinstance(name, str | os.PathLike):
        return None
    text = os.fspath(name)
    text = os.fsdecode(text) if isinstance(text, bytes) else text
    return os.path.normpath(text) if os.getcwd() == _FOLDER[-1] else os.path.abspath(text)


def _how(mode: Any, flags: Any) -> tuple[bool, bool]:
    """(whether the file is written, whether existing content is read)."""
    if isinstance(mode, str):
        writes = any(letter in mode for letter in "wax+")
        return writes, "r" in mode or ("+" in mode and "w" not in mode and "x" not in mode)
    flags = int(flags or 0)
    access = flags & os.O_ACCMODE
    return access != os.O_RDONLY, access != os.O_WRONLY and not flags & (os.O_TRUNC | os.O_EXCL)
