"""A guard for the code of a theory file: whatever it does, it ends in a result or an ordinary error.

The code may raise SystemExit, call ``os._exit``, print, or never end. None of that may end the command with
exit code 0, appear in its JSON, or keep it waiting forever.
"""

import faulthandler
import gc
import os
import signal
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from types import FrameType
from typing import Any, NoReturn

from paper_checks.run.ends import SIGNALS
from paper_checks.run.plain_streams import Aside

GRACE = 5.0
"""Seconds until a process is ended whose compiled code keeps Python from raising the timeout."""

SOON = 0.01
"""Seconds until the next try if the first hit code whose exceptions Python ignores."""

WEAK = {weakref.__file__, weakref.WeakSet.__init__.__code__.co_filename}
"""The files whose collections have a callback for each object that dies."""


class Ended(ValueError):
    """The code of a theory file ended the program, tried to end it, or took too long."""


class _OsExit(BaseException):
    """Raised in place of ``os._exit``."""


class _TimeUp(BaseException):
    """Raised when the time is up."""


class _Limit:
    """The seconds that each scenario may take; None: no limit."""

    seconds: float | None = None
    running = False


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Limit every `guarded` block inside to this many seconds; None keeps the present limit."""
    if seconds is not None and not seconds > 0:
        raise ValueError(f"`--timeout` = {seconds!r} must be a number of seconds above 0")
    before = _Limit.seconds
    _Limit.seconds = before if seconds is None else seconds
    try:
        yield
    finally:
        _Limit.seconds = before


def limit() -> float | None:
    """The time limit of a `guarded` block in seconds."""
    return _Limit.seconds


@contextmanager
def guarded() -> Iterator[None]:
    """Run the code of a theory file.

    What it prints goes to the error stream. An `Exception` passes through; any other exception becomes
    `Ended` with the original traceback. An interrupt from outside remains an interrupt. Guards may be nested.
    """
    arrived: list[int] = []
    try:
        with _no_exit(), _watching(arrived), _on_time(), redirect_stdout(Aside()):
            yield
    except Exception as error:
        # The command line would end the command on these, on the last with exit code 0.
        if not isinstance(error, EOFError | BrokenPipeError) and _library(error) not in {"click", "typer"}:
            raise
        raise Ended(_sentence(error)).with_traceback(error.__traceback__) from error
    except BaseException as end:
        if arrived:
            raise
        raise Ended(_sentence(end)).with_traceback(end.__traceback__) from end


def _library(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


def _sentence(end: BaseException) -> str:
    if isinstance(end, _TimeUp):
        return f"it took longer than `--timeout` = {_Limit.seconds:g} seconds"
    if isinstance(end, _OsExit):
        return "it called os._exit, which ends the program; take that out"
    if isinstance(end, SystemExit):
        return f"it ended the program (SystemExit: {end.code}); take that out"
    said = " ".join(str(end).split())
    return (
        f"it raised {type(end).__name__}{': ' if said else ''}{said}, which ends the program; take that out"
    )


@contextmanager
def _no_exit() -> Iterator[None]:
    """Let ``os._exit`` raise: it would end this process silently with an arbitrary exit code."""
    real, here = os._exit, (os.getpid(), threading.get_ident())

    def ends(status: int) -> NoReturn:
        # A child process of the code must end like this; a thread that watches this process may.
        if (os.getpid(), threading.get_ident()) != here:
            real(status)
        raise _OsExit

    os._exit = ends
    try:
        yield
    finally:
        os._exit = real


@contextmanager
def _watching(arrived: list[int]) -> Iterator[None]:
    """Note signals that arrive, and handle them as before."""
    if threading.current_thread() is not threading.main_thread():
        # The main thread handles signals: an exception raised here comes from the code itself.
        yield
        return
    before: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def note(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        before[number](number, frame)

    # The signals that end a command from outside; if the code raises the same, the file is at fault.
    for number in SIGNALS:
        handler = signal.getsignal(number)
        if callable(handler):
            before[number] = handler
            signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is note:
                signal.signal(number, handler)


@contextmanager
def _on_time() -> Iterator[None]:
    """Raise when the time is up; inner guards share the time of the outer guard."""
    seconds = _Limit.seconds
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or _Limit.running or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def up(number: int, frame: FrameType | None) -> None:
        if _is_unheard(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON, 1.0)
        else:
            raise _TimeUp

    before = signal.signal(signal.SIGALRM, up)
    _Limit.running = True
    with open(os.devnull, "w") as nowhere:
        # Compiled code that holds the interpreter is ended with its process, which is being watched.
        faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nowhere)
        # Repeatedly: code that catches everything would otherwise go on forever.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGALRM, before)
            _Limit.running = False


def _is_unheard(frame: FrameType | None) -> bool:
    """Whether Python only reports exceptions raised here: in a finaliser or a callback of the collector."""
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        if frame.f_code in callbacks or frame.f_code.co_name == "__del__":
            return True
        if frame.f_code.co_filename in WEAK:  # most of it is callbacks, and none of it takes long
            return True
        frame = frame.f_back
    return False
