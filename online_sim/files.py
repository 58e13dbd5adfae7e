"""Whole files or none."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "free some space there, or name another folder",
    errno.EDQUOT: "your quota is used up: free some space there, or name another folder",
    errno.EROFS: "name a folder that can be written",
    errno.EACCES: "name a folder that you may write to",
    errno.EPERM: "name a folder that you may write to",
    errno.ENOTDIR: "a file is in the way: name another folder",
    errno.EISDIR: "a folder is in the way: name another file",
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.EIO: "the disk fails: name a folder on another",
}
"""What a user can do about an error of the file system."""


def write_bytes(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a whole file or none: a temporary file in the same folder, then a rename.

    mode: the permissions, less the umask; by default those of any new file (unlike those of `tempfile`, which
    only the user can read). Raises OSError, of the class of what went wrong, that names path and remedy. Not
    synced to the disk: this is safe from a killed process and a full disk, and what is read again after a
    power cut is checked by its reader.
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # there is no such folder, or nothing can be changed there
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritten(path, error) from None
        raise


def unwritten(path: Path, error: OSError) -> OSError:
    """The error, in one line that names the path and what to do."""
    remedy = REMEDIES.get(error.errno or 0, "name another folder")
    told = type(error)(f"cannot write {str(path)!r}: {error.strerror or error}; {remedy}")
    told.errno = error.errno
    return told
