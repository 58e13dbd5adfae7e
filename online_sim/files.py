"""Writing a file completely or not at all."""

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
"""The remedies for file system errors."""


def write_bytes(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file completely or not at all: a temporary file in the same folder, then a rename.

    mode: the permissions, less the umask; by default those of any new file (unlike `tempfile`, whose files
    only the user can read). Raises an OSError of the original class that names the path and a remedy. The
    file is not synced to disk: this protects against a killed process and a full disk; after a power cut,
    readers must check what they read.
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # the folder does not exist or cannot be changed
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritten(path, error) from None
        raise


def unwritten(path: Path, error: OSError) -> OSError:
    """The error with a one-line message that names the path and the remedy."""
    remedy = REMEDIES.get(error.errno or 0, "name another folder")
    told = type(error)(f"cannot write {str(path)!r}: {error.strerror or error}; {remedy}")
    told.errno = error.errno
    return told
