"""The compiler's cache of the package's kernels, each file sealed by a digest that is checked before loading.

numba caches a compiled function as pickles of machine code: one flipped bit there crashes the process, in
this run and in every later one. A digest of name and content is therefore appended to the content, where
unpickling does not read, and a file that does not match its digest is deleted and compiled again.

This affects only functions of this package and of its generated sources, and all of them are kept in the
folder that `cache_folder` chose, wherever the package is installed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from numba.core import dispatcher
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, _CacheLocator

from online_sim.files import unwritten, write_bytes
from online_sim.places import COMPILED, cache_folder, distrusted, say_once

PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")
ROOT = Path(__file__).resolve().parents[2]
SEAL = b"regretcheck sealed 1\n"
"""The separator between the content and its digest."""
DIGEST_SIZE = hashlib.sha256().digest_size

generated: dict[str, str] = {}
"""The digests of generated sources, by the file paths of their functions."""


class DamagedFileError(ValueError):
    """A cache file that does not match its digest, or that another user may have written."""


def sealed(name: str, content: bytes) -> bytes:
    """The content of a cache file with its digest, which is valid only for this name."""
    return content + SEAL + _digest(name, content)


def check_seal(path: Path) -> None:
    """Raise `DamagedFileError` unless the file is intact and trusted; FileNotFoundError if it is missing."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedFileError(f"{str(path)!r} cannot be read ({error.strerror})") from None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise DamagedFileError(f"{str(path)!r} is not a file")
        if (whose := distrusted(found)) is not None:
            raise DamagedFileError(f"{str(path)!r} {whose}")
        whole = file.read()
    content, seal = whole[: -len(SEAL) - DIGEST_SIZE], whole[-len(SEAL) - DIGEST_SIZE :]
    if seal != SEAL + _digest(path.name, content):
        raise DamagedFileError(f"{str(path)!r} does not match its digest")


def _digest(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).digest()


class KernelLocator(_CacheLocator):
    """The place where numba keeps this package's functions: the cache folder, by a digest of their source."""

    def __init__(self, py_func: Any, stamp: str) -> None:
        self._line, self._stamp = py_func.__code__.co_firstlineno, stamp

    def ensure_cache_path(self) -> None:
        """Do nothing, because `cache_folder` creates the folder."""

    def get_cache_path(self) -> str:
        """The folder, or an empty text if none can be written."""
        try:
            return str(cache_folder() / COMPILED)
        except OSError:
            return ""

    def get_source_stamp(self) -> str:
        """The digest of the source file."""
        return self._stamp

    def get_disambiguator(self) -> str:
        """A suffix that separates modules with the same file name; `s` marks files with a seal."""
        return f"{self._line}-s{self._stamp[:12]}"

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> KernelLocator | None:
        """A locator for the package's functions, None for any other."""
        stamp = generated.get(py_file) or _stamp_of_ours(py_file)
        return None if stamp is None else cls(py_func, stamp)


@lru_cache(maxsize=1024)
def _stamp_of_ours(py_file: str) -> str | None:
    """The digest of a source file of this package, None for another file."""
    path = Path(py_file).resolve()
    if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in PACKAGES:
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest()


class SealedFiles(IndexDataCacheFile):
    """The index and the machine code of one function.

    Each code file is named by its content, so processes that compile at the same time never overwrite each
    other's files; at worst, code missing from the last index is compiled again.
    """

    def load(self, key: Any) -> Any:
        """The value kept under a key, or None if there is none or it is damaged."""
        try:
            found = super().load(key)
        except DamagedFileError as error:
            self._discard(error)
            return None
        if found is not None:
            with suppress(OSError):  # mark as used: the least recently used is deleted first
                os.utime(self._index_path)
        return found

    def save(self, key: Any, data: Any) -> None:
        """Keep a compiled function; if nothing can be written, say so once and continue."""
        try:
            try:
                kept = self._load_index()
            except DamagedFileError as error:
                self._discard(error)
                kept = {}
            content = self._dump(data)
            base = self._index_name.removesuffix(".nbi")
            name = f"{base}.{hashlib.sha256(content).hexdigest()[:16]}.nbc"
            write_bytes(Path(self._data_path(name)), sealed(name, content), mode=0o600)
            old, kept[key] = kept.get(key), name
            self._save_index(kept)
            if old is not None and old != name:
                Path(self._data_path(old)).unlink(missing_ok=True)
        except OSError as error:
            said = unwritten(Path(self._index_path), error) if error.strerror else error
            say_once("unwritten kernels", f"kernels are compiled in every run: {said}")

    def _load_index(self) -> Any:
        try:
            check_seal(Path(self._index_path))
        except FileNotFoundError:
            return {}
        return super()._load_index()

    def _load_data(self, name: str) -> Any:
        check_seal(Path(self._data_path(name)))
        return super()._load_data(name)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BytesIO]:
        buffer = BytesIO()
        yield buffer
        path = Path(filepath)
        write_bytes(path, sealed(path.name, buffer.getvalue()), mode=0o600)

    def _discard(self, error: DamagedFileError) -> None:
        """Delete everything kept for the function, and say why."""
        folder = Path(self._cache_path)
        base = self._index_name.removesuffix("nbi")
        for path in [folder / self._index_name, *folder.glob(f"{base}*.nbc")]:
            path.unlink(missing_ok=True)
        say_once("damaged kernels", f"a kept kernel is deleted and compiled again: {error}")


class _KernelImpl(CompileResultCacheImpl):
    _locator_classes = (KernelLocator, *CompileResultCacheImpl._locator_classes)


class KernelCache(FunctionCache):
    """numba's cache of a function, with sealed files for the package's own functions."""

    _impl_class = _KernelImpl

    def __init__(self, py_func: Any) -> None:
        """Find the folder; without one the function is compiled in every process."""
        super().__init__(py_func)
        locator = self._impl.locator
        if isinstance(locator, KernelLocator):
            self._cache_file = SealedFiles(
                self._cache_path, self._impl.filename_base, locator.get_source_stamp()
            )
            if not self._cache_path:
                self.disable()


def install() -> None:
    """Make numba use this cache for the package's functions only; calling it twice has no further effect."""
    dispatcher.FunctionCache = KernelCache  # type: ignore[attr-defined]


install()  # modules import this one before they import compiled code
