"""Progress bars on the terminal's error stream; plain lines where it is no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from paper_checks.cli.terminal import Console, Text
from paper_checks.report.words import CERTIFICATE_WORDS, CLAIM_WORDS, PROOF_WORDS, WORDS, tally
from paper_checks.run.record import Record
from paper_checks.run.tasks import Progress

EVERY_WORD = {**CERTIFICATE_WORDS, **PROOF_WORDS, **CLAIM_WORDS, **WORDS}
"""The word of every verdict that a task may end with."""


class BarProgress(Progress):
    """One bar for the tasks, and one for the rounds of the scenario that this process plays."""

    def __init__(self) -> None:
        self.finished = self.total = 0
        self._console = Console(stderr=True)
        self._bars = RichProgress(
            TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(),
            TimeElapsedColumn(), console=self._console, transient=True, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._all = self._bars.add_task("tasks", total=None)
        self._one = self._bars.add_task("rounds", total=None, visible=False)

    def __enter__(self) -> BarProgress:
        """Start drawing."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Remove the bars."""
        self.stop()

    def stop(self) -> None:
        """Remove the bars; a second time does nothing."""
        self._bars.stop()

    def begin(self, total: int, resumed: Sequence[str]) -> None:
        """Show how many there are, and which are finished already."""
        self.total, self.finished = total, len(resumed)
        self._bars.update(self._all, total=total, completed=len(resumed))
        if resumed and not self._console.is_terminal:
            self._line(f"finished earlier: {', '.join(resumed)}")

    def rounds(self, scenario: str, done: int, horizon: int) -> None:
        """Show the rounds of the scenario that is being played."""
        self._bars.update(
            self._one, description=escape(scenario), total=horizon, completed=done, visible=True
        )

    def finish(self, name: str, record: Record) -> None:
        """Count one more."""
        self.finished += 1
        self._bars.update(self._all, completed=self.finished)
        self._bars.update(self._one, visible=False)
        if not self._console.is_terminal:
            first = record.results[0]
            said = first.error or tally((row.verdict for row in record.results), EVERY_WORD)
            self._line(f"{name}: {said} ({first.seconds:.1f} s)")

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """A spinner on the terminal's error stream while something goes on; nothing where it is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(escape(what)):
        yield


class SearchProgress:
    """What a search is doing and the best it has found, on the terminal's error stream."""

    def __init__(self, name: str, *, quiet: bool = False) -> None:
        self.name = name
        console = Console(stderr=True)
        self._status = None if quiet or not console.is_terminal else console.status(escape(name))

    def __enter__(self) -> SearchProgress:
        """Start drawing."""
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Remove what was drawn."""
        if self._status is not None:
            self._status.stop()

    def say(self, what: str) -> None:
        """Show what is being done."""
        if self._status is not None:
            self._status.update(escape(f"{self.name}: {what}"))

    def searched(self, evaluations: int, what: str, ratio: float) -> None:
        """Show the games played so far, where the search is, and the largest left/right."""
        self.say(f"{what}; {evaluations:,} games, largest left/right {ratio:.4g}")
