"""Folders that code is loaded from: private ones, or a fresh one.

Compiled kernels are machine code. Anyone who can write to their folder can run code as the user who loads
them, so a single function, `cache_folder`, chooses the folder for all of them: a real folder, owned by this
user or by root, that nobody else can write to. Any other folder is never used, and never repaired, because
others may already have put files into it.
"""

import atexit
import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

ENVIRONMENT_VARIABLE = "REGRETCHECK_CACHE"
COMPILED = "__pycache__"
"""The subfolder in which the compiler keeps its output."""


class UnfitFolderError(OSError):
    """A folder that cannot be used; dangerous: because others may write to it, not for lack of permission."""

    def __init__(self, reason: str, *, dangerous: bool) -> None:
        super().__init__(reason)
        self.dangerous = dangerous


FRESH: dict[tuple[int, str], Path] = {}
"""Fresh folders, by process (a forked child has its own) and by the reason for them."""
SAID: set[str] = set()
"""The messages that `say_once` has written in this process."""


def cache_folder() -> Path:
    """The folder of generated sources and compiled kernels, created if necessary.

    It is $REGRETCHECK_CACHE if set, else the user's cache folder, or `regretcheck-UID` among the temporary
    files if there is no writable home. If `private_folder` refuses it, a fresh folder takes its place until
    the end of the process, with one line on the error stream. Raises OSError if nothing can be written.
    """
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    reason = "no folder for compiled kernels can be written"
    for folder in [Path(chosen).absolute()] if chosen else _usual():
        try:
            place = private_folder(folder)
            private_folder(place / COMPILED)
            return place
        except UnfitFolderError as error:
            if chosen or error.dangerous:
                reason = f"`{ENVIRONMENT_VARIABLE}`: {error}" if chosen else str(error)
                break
    return _fresh_folder(reason)


def private_folder(folder: Path) -> Path:
    """A folder (or the target of a link) that only this user and root can write to, created if necessary.

    Raises `UnfitFolderError` if it belongs to or is writable by others, is not a folder, or is read-only.
    """
    place = folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():
            place = folder.resolve(strict=True)
        found = place.lstat()
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnfitFolderError(f"{str(folder)!r} cannot be made ({reason})", dangerous=False) from None
    if not stat.S_ISDIR(found.st_mode):
        raise UnfitFolderError(f"{str(folder)!r} is not a folder", dangerous=True)
    if (whose := distrusted(found)) is not None:
        raise UnfitFolderError(f"{str(folder)!r} {whose}", dangerous=True)
    if not os.access(place, os.W_OK | os.X_OK):
        raise UnfitFolderError(f"{str(folder)!r} cannot be written", dangerous=False)
    return place


def distrusted(found: os.stat_result) -> str | None:
    """Who else could have written a file or folder, as the end of a sentence, or None."""
    if hasattr(os, "getuid") and found.st_uid not in {0, os.getuid()}:
        return f"belongs to another user ({found.st_uid})"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"can be written by others (mode {stat.S_IMODE(found.st_mode):04o})"
    return None


def set_folder_of(variable: str, name: str) -> None:
    """Give another library a private folder for its files, through an environment variable that it reads.

    variable: such as MPLCONFIGDIR; name: the name of the subfolder. A variable that already names a private
    folder is not changed.
    """
    chosen = os.environ.get(variable)
    try:
        if chosen:
            private_folder(Path(chosen).absolute())
            return
    except UnfitFolderError as error:
        say_once(variable, f"${variable} = {error}; another folder is used")
    try:
        os.environ[variable] = str(private_folder(cache_folder() / name))
    except OSError:
        return  # the library itself reports what it lacks


def let_matplotlib_write() -> None:
    """Give matplotlib, before it is imported, a folder for its font list if it has no writable one."""
    if os.environ.get("MPLCONFIGDIR"):
        return
    for variable, usual in (("XDG_CONFIG_HOME", "~/.config"), ("XDG_CACHE_HOME", "~/.cache")):
        folder = Path(os.path.expanduser(os.environ.get(variable) or usual)) / "matplotlib"
        above = next(place for place in (folder, *folder.parents) if place.exists() or place == place.parent)
        if not folder.is_absolute() or not above.is_dir() or not os.access(above, os.W_OK):
            set_folder_of("MPLCONFIGDIR", "matplotlib")
            return


def say_once(what: str, sentence: str) -> None:
    """Write one line to the error stream, once per process for each `what`."""
    if what not in SAID:
        SAID.add(what)
        sys.stderr.write(f"regretcheck: {sentence}\n")


def _usual() -> list[Path]:
    """The folders to try in turn if the user chose none."""
    from platformdirs import user_cache_dir

    found = []
    # A home folder that does not exist is not created.
    if os.environ.get("XDG_CACHE_HOME") or os.path.isdir(os.path.expanduser("~")):
        with suppress(RuntimeError):  # a user without an entry, and no HOME
            found.append(Path(user_cache_dir("regretcheck")))
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    found.append(Path(tempfile.gettempdir()) / f"regretcheck-{owner}")
    return [folder for folder in found if folder.is_absolute()]


def _fresh_folder(reason: str) -> Path:
    """A new folder of this process, which nobody else can write to; the same one for the same reason."""
    key = (os.getpid(), reason)
    if key not in FRESH:
        FRESH[key] = Path(tempfile.mkdtemp(prefix="regretcheck-"))
        (FRESH[key] / COMPILED).mkdir(mode=0o700)
        atexit.register(_remove, os.getpid(), FRESH[key])
        say_once(
            reason,
            f"{reason}; kernels are compiled into a fresh folder this time; "
            f"let ${ENVIRONMENT_VARIABLE} name a folder of yours that only you can write to (chmod 700)",
        )
    return FRESH[key]


def _remove(process: int, folder: Path) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
