"""The benchmark on the terminal: one block for each case, readable from 60 columns on."""

from typing import Any

from paper_checks.bench.measure import MeasuredCase, Standing, Timing
from paper_checks.bench.row import Goal
from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, table_of

STYLES = {
    Standing.MET: "green", Standing.MISSED: "bold red", Standing.MEASURED: "", Standing.ABSENT: "dim",
    Standing.REFUSED: "bold red", Standing.CRASHED: "bold red",
}  # fmt: skip


class BenchTable:
    """Shows cases as they finish, and finally how and where they were measured."""

    def __init__(self, console: Console | None = None) -> None:
        """Use the given console, or the terminal."""
        self.console = console or Console()
        self.seen: list[Standing] = []

    def show(self, measured: MeasuredCase) -> None:
        """Show one case: the title, then our time and those of the peers."""
        console, plain = self.console, self.console.options.ascii_only
        console.print(Text.assemble((measured.id, "bold"), f"  {measured.title}, per {measured.unit}"))
        names = ("Time", "Spread", "Ratio", "Goal") if console.width >= WIDE else ("Time", "Ratio", "Goal")
        table = table_of({"Who": {**FOLD, "min_width": 12}, **dict.fromkeys(names, RIGHT), "Outcome": TIGHT})
        lines = (measured.own, *measured.peers)
        for one in lines:
            cells = [one.name, time_text(one.timing, plain=plain)]
            if console.width >= WIDE:
                cells.append(spread_text(one.timing))
            cells += [ratio_text(one.ratio), goal_text(one.goal, plain=plain)]
            quiet = one is measured.own and one.outcome is Standing.MEASURED
            word = "" if quiet else one.outcome.value
            table.add_row(*(Text(cell) for cell in cells), Text(word, style=STYLES[one.outcome]))
        console.print(table)
        for one in lines:
            if one.note:
                console.print(Text(f"  {one.name}: {one.note}", style="dim"))
        console.print()
        self.seen += [one.outcome for one in lines]

    def end(self, content: dict[str, Any]) -> None:
        """Show the tally and the machine."""
        counts = {outcome: self.seen.count(outcome) for outcome in STYLES}
        said = ", ".join(f"{counts[o]} {o.value}" for o in STYLES if counts[o] and o is not Standing.MEASURED)
        machine = content["machine"]
        threads = content["threads"]
        where = f"{machine['cpu']}, {machine['cores']} cores, {threads} thread{'s' * (threads > 1)}"
        where += f", {machine['gpu']}" if machine["gpu"] else ""
        self.console.print(Text.assemble(("Goals: ", "bold"), said or "none judged"))
        self.console.print(Text(f"Measured on {content['date']}: {where}"))
        load = content["load"]
        if "--cpu-time" in content["command"]:
            said = "waiting for other processes is not counted, except in rows of whole jobs"
            self.console.print(Text(f"Processor time: {said}"))
        elif load is not None and load > machine["cores"]:
            said = f"the load was {load:g} on {machine['cores']} cores: times are longer than they need be"
            self.console.print(Text(f"A busy machine: {said}", style="bold"))


WIDE = 80
"""The smallest number of columns with room for the spread."""


def time_text(timing: Timing | None, *, plain: bool = False) -> str:
    """Such as ``276 ns``: three digits, the unit chosen by the size."""
    return "-" if timing is None else seconds_text(timing.median, plain=plain)


def seconds_text(seconds: float, *, plain: bool = False) -> str:
    """Three digits and a suitable unit."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us" if plain else "µs"), (1e-9, "ns")):
        if seconds >= 0.9995 * size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{seconds * 1e9:.2g} ns"


def spread_text(timing: Timing | None) -> str:
    """How far the quartiles lie from the median, in percent: ``-1 +3%``."""
    if timing is None:
        return "-"
    low, high = (round(100 * (q / timing.median - 1)) for q in (timing.lower, timing.upper))
    return f"{low:+d} {high:+d}%"


def ratio_text(ratio: float | None) -> str:
    """The ratio of a peer's time to ours, such as ``15.2x``."""
    return "" if ratio is None else f"{_digits(ratio)}x"


def goal_text(goal: Goal | None, *, plain: bool = False) -> str:
    """The goal as a bound on the ratio, or on our time."""
    if goal is None:
        return ""
    at_least, at_most = (">=", "<=") if plain else ("≥", "≤")
    if goal.below is not None:
        return f"{at_most} {seconds_text(goal.below, plain=plain)}"
    limit = goal.faster if goal.faster is not None else 1 / (goal.within or 1.0)
    return f"{at_least} {_digits(limit)}x"


def _digits(number: float) -> str:
    """Three digits, thousands separated."""
    if number >= 999.5:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.3g}" if number < 99.95 else f"{number:.0f}"
