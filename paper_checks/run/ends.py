"""How a process ends: every signal acts like an interrupt, and no worker outlives its parent.

A signal raises KeyboardInterrupt in the running code, so that whatever was opened gets closed. Libraries
sometimes swallow an exception, and closing may hang. The interrupt is therefore repeated after some seconds,
and finally the process ends whatever it is doing.
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
"""Seconds after which the interrupt is repeated if the process has not ended."""
LAST = 8.0
"""Seconds after which the process ends whatever it is doing."""
IMPATIENT = 1.0
"""Seconds after which a second signal ends the process at once; `timeout` sends two together."""
LOOK = 0.5
"""Seconds between two checks of a worker that its parent is alive."""
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl


class Ends:
    """The signals that have arrived; `number` is the first of them."""

    def __init__(self) -> None:
        self.number: int | None = None
        self.held = False
        self._since = self._raised = 0.0
        self._waiting = self._again = self._over = False
        self._lock = threading.Lock()

    def code(self, code: int) -> int:
        """The exit code of the process: 128 plus the number of the signal that ended it."""
        return code if self.number is None else 128 + self.number

    def come(self, number: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt on the first signal and whenever the watch repeats it."""
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
        """Raise KeyboardInterrupt, or defer it to the end of an uninterruptible block."""
        self._waiting, self._raised = self.held, time.monotonic()
        if not self.held:
            raise KeyboardInterrupt

    def release(self) -> None:
        """End an uninterruptible block: deliver a signal that came meanwhile."""
        self.held = False
        if self._waiting:
            self.interrupt()

    def over(self) -> None:
        """Note that the interrupt has arrived, so that it is not repeated."""
        self._over = True
        with self._lock:  # one that is being sent meets `_over`
            pass

    def _watch(self) -> None:
        """Repeat the interrupt, and finally end the process."""
        while time.monotonic() - self._since < LAST:
            time.sleep(LOOK)
            with self._lock:
                if not (self._over or self.held) and time.monotonic() - self._raised > AGAIN:
                    self._again = True
                    signal.pthread_kill(threading.main_thread().ident or 0, self.number or signal.SIGINT)
        if not self._over or _shuts_down():
            self._leave()

    def _leave(self) -> None:
        """End now; workers notice and end as well."""
        with suppress(OSError, ValueError):
            if sys.stderr.isatty():
                sys.stderr.write("\x1b[?25h")  # a progress bar hides the cursor
            sys.stderr.flush()
        os._exit(self.code(1))


_CURRENT: list[Ends] = []
"""The innermost `ends` that is active in this process."""


def _shuts_down() -> bool:
    """Whether the program is over and the interpreter waits for threads or registered exit functions."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None and frame.f_back is not None:
        frame = frame.f_back
    # A program begins in its own module, or in the interpreter's frozen `runpy` that looks for it.
    return frame is not None and not (
        frame.f_globals.get("__name__") == "__main__" or frame.f_code.co_filename.startswith("<frozen")
    )


@contextmanager
def ends() -> Iterator[Ends]:
    """Let SIGTERM and SIGHUP act like SIGINT while something runs, and make each of them effective.

    A signal that was ignored before, as under nohup, stays ignored. Outside the main thread, where signals do
    not arrive, nothing changes.
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
    """Defer an interrupt to the end, since something half opened could not be closed."""
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
    """Shield processes and threads that start here from SIGINT, SIGHUP and the signals in `numbers`.

    A terminal sends the first two to every process of a run, and each would print a traceback. The main
    process ends the others.
    """
    from multiprocessing.resource_tracker import ensure_running

    never = {signal.SIGINT, signal.SIGHUP, *numbers}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, never)
    try:
        ensure_running()  # the process that cleans up after us is shielded too
        signal.pthread_sigmask(signal.SIG_BLOCK, never)  # `ensure_running` unblocks some (Python 3.11)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with(parent: int) -> None:
    """Let this process end, at once and whatever it is doing, when the process `parent` ends.

    Linux sends a signal when the parent is gone. On other systems, and if the parent was gone already, a
    thread checks now and then. A worker does not get SIGINT: its parent ends it.
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
