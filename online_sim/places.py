"""Folders that code is loaded from: private ones, or a fresh one.

Compiled kernels are machine code. Whoever can write where they lie can run code as the user who loads them,
so one function, `cache_folder`, decides on the place of all of them: a real folder, of this user or of root,
that nobody else can write to. A folder that is not like this is never used, and never mended, for what lies
in it may be of others already.
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
"""Where in the folder the compiler keeps what it made."""


class UnfitFolderError(OSError):
    """A folder that cannot serve; dangerous: because of whom it belongs to, and not for want of rights."""

    def __init__(self, reason: str, *, dangerous: bool) -> None:
        super().__init__(reason)
        self.dangerous = dangerous


FRESH: dict[tuple[int, str], Path] = {}
"""Fresh folders, by the process, for a forked child has its own, and by the folder that each replaces."""
SAID: set[str] = set()
"""What `say_once` has told in this process."""


def cache_folder() -> Path:
    """The folder of generated sources and compiled kernels, made where it is not there.

    $REGRETCHECK_CACHE; without it the user's cache folder, or `regretcheck-UID` among the temporary files
    where there is no home to write to. Instead of one that `private_folder` refuses comes a fresh folder,
    removed at the end of the process, and one line on the error stream. Raises OSError where nothing can be
    written.
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
    """A folder that only this user and root can write to, or a link's target, made where it is not there.

    Raises `UnfitFolderError` where it is of others, writable for others, no folder, or cannot be written.
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
        raise UnfitFolderError(f"{str(folder)!r} is no folder", dangerous=True)
    if (whose := distrusted(found)) is not None:
        raise UnfitFolderError(f"{str(folder)!r} {whose}", dangerous=True)
    if not os.access(place, os.W_OK | os.X_OK):
        raise UnfitFolderError(f"{str(folder)!r} cannot be written", dangerous=False)
    return place


def distrusted(found: os.stat_result) -> str | None:
    """Who else could have written a file or folder, as the rest of a sentence, or None."""
    if hasattr(os, "getuid") and found.st_uid not in {0, os.getuid()}:
        return f"belongs to another user ({found.st_uid})"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"can be written by others (mode {stat.S_IMODE(found.st_mode):04o})"
    return None


def set_folder_of(variable: str, name: str) -> None:
    """Give another library, which reads an environment variable, a private folder for what it makes.

    variable: such as MPLCONFIGDIR; name: of the folder among ours. A variable that names a private folder
    stays as it is.
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
        return  # the library itself says what it lacks


def let_matplotlib_write() -> None:
    """Give matplotlib, before it is imported, a folder for its list of fonts where it has none of its own."""
    if os.environ.get("MPLCONFIGDIR"):
        return
    for variable, usual in (("XDG_CONFIG_HOME", "~/.config"), ("XDG_CACHE_HOME", "~/.cache")):
        folder = Path(os.path.expanduser(os.environ.get(variable) or usual)) / "matplotlib"
        above = next(place for place in (folder, *folder.parents) if place.exists() or place == place.parent)
        if not folder.is_absolute() or not above.is_dir() or not os.access(above, os.W_OK):
            set_folder_of("MPLCONFIGDIR", "matplotlib")
            return


def say_once(what: str, sentence: str) -> None:
    """Write one line to the error stream, once in a process for each `what`."""
    if what not in SAID:
        SAID.add(what)
        sys.stderr.write(f"regretcheck: {sentence}\n")


def _usual() -> list[Path]:
    """The folders to try in turn where the user chose none."""
    from platformdirs import user_cache_dir

    found = []
    # A home that is named but not there is not made.
    if os.environ.get("XDG_CACHE_HOME") or os.path.isdir(os.path.expanduser("~")):
        with suppress(RuntimeError):  # a user without an entry, and no HOME
            found.append(Path(user_cache_dir("regretcheck")))
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    found.append(Path(tempfile.gettempdir()) / f"regretcheck-{owner}")
    return [folder for folder in found if folder.is_absolute()]


def _fresh_folder(reason: str) -> Path:
    """A new folder of this process, in which nothing of others can be; the same one for the same reason."""
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
