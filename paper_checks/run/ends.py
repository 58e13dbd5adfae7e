"""How a process ends: every signal like an interrupt, and no worker outlives the process that it works for.

A signal raises KeyboardInterrupt where the process is, so that whoever opened something closes it. Libraries
swallow an exception now and then, and what closes may hang; so the interrupt comes again after some seconds,
and at last the process ends whatever it does.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
AGAIN = 2.5
"""Seconds after which the interrupt comes again, where it did not end the process."""
LAST = 8.0
"""Seconds after which the process ends whatever it does."""
IMPATIENT = 1.0
"""Seconds after which a second signal ends the process at once; `timeout` sends two at the same time."""
LOOK = 0.5
"""How often, in seconds, a worker looks whether its parent is there."""
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl


class Ends:
    """What signals have come; `number` is the first of them."""

    def __init__(self) -> None:
        self.number: int | None = None
        self.held = False
        self._since = self._raised = 0.0
        self._waiting = self._again = self._over = False
        self._lock = threading.Lock()

    def code(self, code: int) -> int:
        """The exit code of the process: 128 and the number of the signal that ended it."""
        return code if self.number is None else 128 + self.number

    def come(self, number: int, frame: FrameType | None) -> None:
        """A signal: raise KeyboardInterrupt the first time and when the watch asks for it again."""
        if self._over:
            return
        if self.number is None:
            self.number, self._since = number, time.monotonic()
            threading.Thread(target=self._watch, name="ends", daemon=True).start()
            self.interrupt()
        elif self._again:
            self._again = False
            self.interrupt()
        elif time.monotonic() - self._since > IMPATIENT:
            self._leave()

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt, or keep it for the end of what must not be interrupted."""
        self._waiting, self._raised = self.held, time.monotonic()
        if not self.held:
            raise KeyboardInterrupt

    def release(self) -> None:
        """What must not be interrupted is over: a signal that came meanwhile arrives."""
        self.held = False
        if self._waiting:
            self.interrupt()

    def over(self) -> None:
        """The interrupt has arrived: it does not come again."""
        self._over = True
        with self._lock:  # one that is being sent meets `_over`
            pass

    def _watch(self) -> None:
        """Send the interrupt again, and end the process at last."""
        while time.monotonic() - self._since < LAST:
            time.sleep(LOOK)
            with self._lock:
                if not (self._over or self.held) and time.monotonic() - self._raised > AGAIN:
                    self._again = True
                    signal.pthread_kill(threading.main_thread().ident or 0, self.number or signal.SIGINT)
        if not self._over or _shuts_down():
            self._leave()

    def _leave(self) -> None:
        """End now; workers see it and end as well."""
        with suppress(OSError, ValueError):
            if sys.stderr.isatty():
                sys.stderr.write("\x1b[?25h")  # a progress bar hides the cursor
            sys.stderr.flush()
        os._exit(self.code(1))


_CURRENT: list[Ends] = []
"""The innermost `ends` that is at work in this process."""


def _shuts_down() -> bool:
    """Whether the program itself is over, and the interpreter waits for threads or for what is registered."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    # A program begins in its own module, or in the interpreter's frozen `runpy` that looks for it.
    return frame is not None and not (
        frame.f_globals.get("__name__") == "__main__" or frame.f_code.co_filename.startswith("<frozen")
    )


@contextmanager
def ends() -> Iterator[Ends]:
    """Let SIGTERM and SIGHUP do what SIGINT does while something runs, and each of them do it surely.

    A signal that was ignored before, as under nohup, stays ignored; in another thread than the main one,
    where signals do not arrive, nothing changes.
    """
    found = Ends()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    usual = {signal.SIG_DFL, signal.default_int_handler}
    before = {n: signal.getsignal(n) for n in SIGNALS if signal.getsignal(n) in usual}
    _CURRENT.append(found)
    for number in before:
        signal.signal(number, found.come)
    try:
        yield found
    finally:
        found.over()
        _CURRENT.remove(found)
        for number, handler in before.items():
            signal.signal(number, handler)


def ending() -> bool:
    """Whether a signal is ending this process."""
    return any(found.number is not None for found in _CURRENT)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let an interrupt wait until the end: half of what is opened here could not be closed."""
    found = _CURRENT[-1] if _CURRENT else Ends()
    if found.held:
        yield
        return
    found.held = True
    try:
        yield
    finally:
        found.release()


@contextmanager
def quiet_children(*numbers: signal.Signals) -> Iterator[None]:
    """Processes and threads that begin here never get SIGINT or SIGHUP, nor the signals of the `numbers`.

    A terminal sends those two to every process of a run, and each would print where it was; the one that was
    asked to end ends the others.
    """
    from multiprocessing.resource_tracker import ensure_running

    never = {signal.SIGINT, signal.SIGHUP, *numbers}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, never)
    try:
        ensure_running()  # what cleans up after us is such a process too
        signal.pthread_sigmask(signal.SIG_BLOCK, never)  # that lets some through again (Python 3.11)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with(parent: int) -> None:
    """Let this process end, at once and whatever it does, when the process of that number ends.

    Linux sends a signal when the parent is gone. Elsewhere, and where it was gone before that, a thread looks
    now and then. A worker does not get SIGINT: its parent ends it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
