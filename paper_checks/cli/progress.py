"""Progress bars on the terminal's error stream; plain lines if it is not a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from paper_checks.cli.terminal import Console, Text
from paper_checks.report.words import CERTIFICATE_WORDS, CLAIM_WORDS, PROOF_WORDS, WORDS, tally
from paper_checks.run.record import Record
from paper_checks.run.task import Progress

EVERY_WORD = {**CERTIFICATE_WORDS, **PROOF_WORDS, **CLAIM_WORDS, **WORDS}
"""The words for every verdict of a task."""


class BarProgress(Progress):
    """One bar for the tasks and one for the rounds of the scenario that this process plays."""

    def __init__(self) -> None:
        self.finished = self.total = 0
        self._console = Console(stderr=True)
        self.bars = RichProgress(
            TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(),
            TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("left"),
            console=self._console, transient=True, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._all = self.bars.add_task("tasks", total=None)
        self._one = self.bars.add_task("rounds", total=None, visible=False)

    def __enter__(self) -> BarProgress:
        """Start drawing."""
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Remove the bars."""
        self.stop()

    def stop(self) -> None:
        """Remove the bars; a second call does nothing."""
        self.bars.stop()

    def begin(self, total: int, resumed: Sequence[str]) -> None:
        """Show the number of tasks and which are finished already."""
        self.total, self.finished = total, len(resumed)
        self.bars.update(self._all, total=total, completed=len(resumed))
        if resumed and not self._console.is_terminal:
            self._line(f"finished earlier: {', '.join(resumed)}")

    def rounds(self, scenario: str, done: int, horizon: int) -> None:
        """Show the rounds of the scenario that is being played."""
        self.bars.update(self._one, description=escape(scenario), total=horizon, completed=done, visible=True)

    def finish(self, name: str, record: Record) -> None:
        """Count one more finished task."""
        self.finished += 1
        self.bars.update(self._all, completed=self.finished)
        self.bars.update(self._one, visible=False)
        if not self._console.is_terminal:
            first = record.results[0]
            said = first.error or tally((row.verdict for row in record.results), EVERY_WORD)
            self._line(f"{name}: {said} ({first.seconds:.1f} s)")

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


@contextmanager
def waiting(what: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A spinner on the terminal's error stream while something runs; nothing if it is not a terminal.

    The function that it yields shows the progress.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status(escape(what)) as status:
        yield lambda said: status.update(escape(f"{what}: {said}"))
