"""A command runs in a child of the started process, which waits for its exit code.

Code of a theory file can end its process in ways that Python does not see: ``os._exit`` called from C, a
crash of compiled code, a signal. The exit code could then be anything, even 0, without a message. So the
child sends its exit code through a pipe when everything is written, and a child that vanishes without sending
it is an error. The child also reserves standard output for what the command itself prints.
"""

import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from paper_checks.cli.exit_codes import ExitCode

FORWARDED = tuple(
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if (number := getattr(signal, name, None)) is not None
)
"""The signals that end a command: a terminal sends them to all processes, `kill` only to the first."""
PATIENCE = 0.3
"""The seconds within which a signal sent to both processes reaches both."""


def watched(work: Callable[[], int]) -> int:
    """Do the work in a child and return its exit code; the child itself does not return.

    A child that vanishes is an error: `MISUSE`, or 128 + n where signal n ended it.
    """
    if not hasattr(os, "fork"):
        return work()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    word, told = os.pipe()
    heard, hears = os.pipe()
    alive, lifeline = os.pipe()
    child = os.fork()
    if child == 0:
        for end in (word, heard, lifeline):
            os.close(end)
        _live(alive)
        _keep_output()
        # Python writes the number of each signal it receives.
        os.set_blocking(hears, False)
        signal.set_wakeup_fd(hears, warn_on_full_buffer=False)
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
            code = 1
        _flush()
        with suppress(OSError):
            os.write(told, f"{code}\n".encode())
        raise SystemExit(code)
    for end in (told, hears, alive):
        os.close(end)
    try:
        return _wait(child, word, heard)
    finally:
        for end in (word, heard, lifeline):
            os.close(end)


def _wait(child: int, word: int, heard: int) -> int:
    """Forward signals until the child has ended, and return the exit code for its end."""
    arrived: dict[int, float] = {}

    def note(number: int, frame: FrameType | None) -> None:
        arrived.setdefault(number, time.monotonic())

    before = {number: signal.signal(number, note) for number in FORWARDED}
    reached: dict[int, float] = {}
    said, open_ends = b"", [word, heard]
    try:
        while True:
            now = time.monotonic()
            for end in select.select(open_ends, [], [], 0.05)[0]:
                piece = os.read(end, 4096)
                if not piece:
                    open_ends.remove(end)
                elif end == word:
                    said += piece
                else:
                    reached |= dict.fromkeys(piece, now)
            for number, since in list(arrived.items()):
                # A signal from a terminal or `killpg` reaches the child as well; `timeout` sends it twice.
                if abs(since - reached.get(number, -10.0)) < 1.0:
                    del arrived[number]
                elif now - since > PATIENCE:
                    del arrived[number]
                    with suppress(ProcessLookupError):
                        os.kill(child, number)
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    while word in open_ends and select.select([word], [], [], 0)[0] and (piece := os.read(word, 4096)):
        said += piece
    return _meaning(said, os.waitstatus_to_exitcode(status))


def _meaning(said: bytes, status: int) -> int:
    """The exit code of a child from its message and status; prints a line if there was no message."""
    if said:
        return int(said)
    if status >= 0:
        _say(
            "error: the program vanished before its end (os._exit in a theory file or a library?): "
            "nothing that it said is complete"
        )
        return ExitCode.MISUSE
    if -status not in FORWARDED:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        _say(f"error: the program was ended by {name} before its end: nothing that it said is complete")
    return 128 - status


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _live(alive: int) -> None:
    """End together with the started process, which cannot forward SIGKILL."""

    def wait() -> None:
        with suppress(OSError):
            os.read(alive, 1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True, name="regretcheck-lifeline").start()


def _keep_output() -> None:
    """Make descriptor 1 the error stream for libraries, children and theory files; ours is another one."""
    out = sys.stdout
    try:
        real = os.dup(out.fileno())
        os.dup2(sys.stderr.fileno(), 1)
    except (OSError, ValueError, AttributeError):  # closed, or none
        return
    sys.stdout = open(  # noqa: SIM115  # open as long as the process
        real, "w", encoding=out.encoding, errors=out.errors, buffering=1 if os.isatty(real) else -1
    )


def _flush() -> None:
    """Flush the output; a reader that has gone is not an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
