"""Watching what code asks of the system: files, folders, modules, environment variables, processes, chance.

Python reports opened files, processes and connections through its audit hook. Queries (does this file or
module exist?), environment variables and chance raise no event, so the functions that answer are wrapped.
Whoever is among `LISTENERS` is told; a recording (`online_sim.noting`) is.
"""

import os
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial, wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from importlib.util import source_from_cache
from types import ModuleType
from typing import Any, Protocol

from online_sim.inputs import ABSENT, THERE, UNSEEN, digest_of, is_quiet, own, quiet, variable_digest
from online_sim.unseen import asked_by_user, under_user_code


class Listener(Protocol):
    """Someone who is told what is read and written."""

    def notes(self, path: str, digest: str) -> None:
        """A file, or what else counts as an input, was read."""

    def writes(self, path: str) -> None:
        """A file was written, replaced or removed."""


LISTENERS: list[Listener] = []
EXECUTED: dict[str, str] = {}
"""Source file -> its digest when a module was last imported from it while somebody listened."""
_HOOKED: list[bool] = []
_ASKED: dict[tuple[Any, str], Callable[..., Any]] = {}
"""The original functions that are wrapped, by their place and name."""
_FOLDER = [""]
"""The working folder when watching began."""


def tell(path: str, digest: str) -> None:
    """Tell every listener of an input."""
    for listener in LISTENERS:
        listener.notes(path, digest)


def start_watching() -> None:
    """Start watching; what is read relative to the current working folder keeps its relative path."""
    _FOLDER[-1] = os.getcwd()
    if not _HOOKED:  # the hook cannot be removed, so it is inactive between recordings
        own(__file__)  # so that its imports are done before the hook needs them
        sys.addaudithook(_hook)
        _HOOKED.append(True)
    sys.meta_path.insert(0, _FINDER)
    for place, name, noting in _WRAPPED:
        _ASKED[place, name] = getattr(place, name)
        setattr(place, name, noting(_ASKED[place, name]))


def stop_watching() -> None:
    """Stop watching: the functions are as they were."""
    sys.meta_path.remove(_FINDER)
    for (place, name), ask in _ASKED.items():
        setattr(place, name, ask)


@cache
def _noting(ask: Callable[..., Any]) -> Callable[..., Any]:
    """A function that notes a query before passing it to the operating system."""

    @wraps(ask)
    def asks(path: Any, *arguments: Any, **options: Any) -> Any:
        if not is_quiet() and options.get("dir_fd") is None:
            with quiet(), suppress(Exception):
                place = _path(path)
                if place is not None and own(place):
                    tell(place, THERE if os.path.lexists(place) else ABSENT)
                elif place is not None:
                    _unnoted(place)
        return ask(path, *arguments, **options)

    for known in (os.supports_dir_fd, os.supports_follow_symlinks, os.supports_fd, os.supports_effective_ids):
        if ask in known:
            known.add(asks)
    return asks


_NOT_THE_USERS = {
    "COLUMNS", "JOBLIB_TEMP_FOLDER", "LINES", "MKL_NUM_THREADS", "MPLCONFIGDIR", "NUMBA_CACHE_DIR",
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "REGRETCHECK_CACHE", "REGRETCHECK_CACHE_MB", "XDG_CACHE_HOME",
}  # fmt: skip
"""Variables that differ between a run and its workers, or name only where caches are: libraries read them."""


def _noting_variable(ask: Callable[..., Any]) -> Callable[..., Any]:
    """A reading of an environment variable that is noted if the user's code is behind it."""

    @wraps(ask)
    def asks(environment: Any, name: Any) -> Any:
        if not is_quiet():
            with quiet(), suppress(Exception):
                text = os.fsdecode(name)
                if text not in _NOT_THE_USERS:
                    if under_user_code():
                        tell(f"${text}", variable_digest(text))
                elif asked_by_user():
                    tell(f"it reads ${text}, which differs between processes", UNSEEN)
        return ask(environment, name)

    return asks


def _noting_unseen(what: str, ask: Callable[..., Any]) -> Callable[..., Any]:
    """A function that notes that the user's code asked for something that has no digest."""

    @wraps(ask)
    def asks(*arguments: Any) -> Any:
        if not is_quiet():
            with quiet(), suppress(Exception):
                if asked_by_user():
                    tell(what, UNSEEN)
        return ask(*arguments)

    return asks


_WRAPPED: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
    (os, "stat", _noting),
    (os, "access", _noting),
    (type(os.environ), "__getitem__", _noting_variable),
    (type(os.environ), "__iter__", partial(_noting_unseen, "it goes through all environment variables")),
    (random, "_urandom", partial(_noting_unseen, "it draws without a seed")),
)
"""What is wrapped during a recording; numpy takes the seed of a generator without one from `random`."""


class _Finder(MetaPathFinder):
    """A finder that never finds a module but notes where modules were looked for."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Return None, so that Python continues its search."""
        if not is_quiet():
            with quiet(), suppress(Exception):
                for missing in _not_there(fullname, sys.path if path is None else path):
                    tell(missing, ABSENT)


_FINDER = _Finder()


_LISTS = {"os.listdir", "os.scandir"}
_WRITES = {"os.remove": 0, "os.rmdir": 0, "os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
"""Events that change files -> the position of the argument that names the file."""
_OUTSIDE = {
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec",
                     "os.spawn"), "it starts another process"),
    **dict.fromkeys(("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind",
                     "socket.sendto"), "it uses the network"),
}  # fmt: skip
"""Events whose answers come from elsewhere -> what the code does, as a clause."""
_EVENTS = {"open", "sqlite3.connect", *_LISTS, *_WRITES, *_OUTSIDE}


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Pass an interpreter event to the listeners; must never raise."""
    if event not in _EVENTS or not LISTENERS or is_quiet():
        return
    importing = "importlib" in sys._getframe(1).f_code.co_filename
    with quiet(), suppress(Exception):
        _happened(event, arguments, importing=importing)


def _happened(event: str, arguments: tuple[Any, ...], *, importing: bool) -> None:
    if event in _OUTSIDE:
        if asked_by_user():
            tell(_OUTSIDE[event], UNSEEN)
        return
    path = _path(arguments[_WRITES.get(event, 0)] or ".")
    writes, reads = event in _WRITES, event not in _WRITES
    if event == "open":
        writes, reads = _how(arguments[1], arguments[2])
        if path is not None and path.endswith(".pyc") and "__pycache__" in path:
            path = source_from_cache(path)  # the source that it was compiled from
    elif event in _LISTS:
        reads = not importing  # Python's module search lists the folders that it goes through
    if path is None:
        return
    if not own(path):
        if reads:
            _unnoted(path)
        return
    digest = digest_of(path) if reads else ""
    if importing and reads:
        EXECUTED[path] = digest
    for listener in LISTENERS:
        if writes:
            listener.writes(path)
        if reads:
            listener.notes(path, digest)


def _unnoted(path: str) -> None:
    """Tell that the user's code asks for a file of a library, a cache or a device: such are not digested."""
    if asked_by_user():
        tell(f"it reads {path}", UNSEEN)


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
