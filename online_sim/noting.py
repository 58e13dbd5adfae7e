"""A recording notes what is read while it is active: files, folders, modules, environment variables.

`online_sim.watching` says what happens; `online_sim.inputs` defines what counts as an input.
"""

import hashlib
import os
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from online_sim.inputs import ABSENT, CHANGED, THERE, UNSEEN, Inputs, digest_of, quiet, sources_of
from online_sim.watching import EXECUTED, LISTENERS, start_watching, stop_watching, tell


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


_INSTALLED = threading.Lock()


@contextmanager
def recording(*, modules: bool = True) -> Iterator[Seen]:
    """Note what any thread of this process reads and imports in this context; recordings may be nested.

    modules: whether every loaded user module counts, even one loaded earlier: its definitions may be used
    without being imported again.
    """
    seen = Seen(modules=modules)
    with _INSTALLED:
        if not LISTENERS:
            start_watching()
        LISTENERS.append(seen)
    # Python reuses compiled code if time stamp (in seconds) and size agree: a change from 0.3 to 0.9 within
    # a second would be missed if compiled code of user modules were left behind.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield seen
    finally:
        sys.dont_write_bytecode = before
        seen.end()
        with _INSTALLED:
            LISTENERS.remove(seen)
            if not LISTENERS:
                stop_watching()


@contextmanager
def noting_chance() -> Iterator[None]:
    """Tell every recording if the global random states are used: they differ from process to process.

    A library that draws from them while it is imported here counts too.
    """
    before = _global_chance()
    try:
        yield
    finally:
        if _global_chance() != before:
            tell("the global random state of numpy or Python is used; make a generator", UNSEEN)


def _global_chance() -> str:
    """A digest of the global random states."""
    with quiet():
        import numpy.random

        state: Any = numpy.random.get_state(legacy=False)  # noqa: NPY002
    numbers = state["state"].pop("key").tobytes()
    return hashlib.sha256(numbers + repr((state, random.getstate())).encode()).hexdigest()


def uses(inputs: Inputs) -> None:
    """Tell every recording that something made from these inputs is used."""
    for path, digest in inputs.items():
        tell(path, digest)


def joined(*parts: Inputs) -> dict[str, str]:
    """The inputs of something made from several parts; a file that differs between them has changed."""
    seen = Seen(modules=False)
    for part in parts:
        seen.knows(part)
    return seen.inputs


def loaded_modules() -> dict[str, str]:
    """Source file -> digest, for every user module that this process has loaded.

    The digest is that of the executed source if the module was imported during a recording, else that of the
    current file.
    """
    with quiet():
        paths = sources_of(list(sys.modules.values()))
        return {path: EXECUTED.get(path) or digest_of(path) for path in paths}
