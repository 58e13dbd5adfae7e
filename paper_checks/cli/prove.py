"""`regretcheck prove`: decide a statement for all linear streams at small horizons."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from paper_checks.cli.exit_codes import ExitCode
from paper_checks.cli.options import MOST_SIDES
from paper_checks.cli.printable import write_json
from paper_checks.run.results import dump_json
from theory.borders import shown

if TYPE_CHECKING:
    from rich.table import Table

    from bounds.games import Counterexample
    from bounds.prover.outcome import Decision, HorizonResult

Given = Fraction | tuple[Fraction, Fraction]
"""A number, or a range [lo, hi]."""


@dataclass(frozen=True)
class Decided:
    """A decision and the seconds it took."""

    decision: Decision
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain values; `dump_json` turns values that are not finite into null."""
        d = self.decision
        return {
            "reading": f"{d.theorem}.{d.reading}", "algorithm": d.algorithm, "region": d.region,
            "losses": d.losses,
            "relax": str(d.relax), "outcome": d.outcome.name, "sentence": d.sentence, "boxes": d.boxes,
            "one_corner": d.mirrored, "scale_free": d.scaled, "seconds": round(self.seconds, 3),
            "rounds": [_round_json(result) for result in d.rounds],
        }  # fmt: skip


def prove_command(
    theorem: str,
    *,
    horizon: int,
    algorithm: str | None = None,
    fix: Sequence[str] = (),
    dimension: int | None = None,
    lower: str = "-1",
    upper: str = "1",
    start: str | None = None,
    gradient: str = "1",
    budget: int = 2_000_000,
    relax: str = "0",
    as_json: bool = False,
) -> int:
    """Decide every reading that a name or a user's file selects.

    fix: entries such as ``beta1=9/10`` or ``alpha=[1/2,2]``; lower, upper: the ends of the box X, one number
    or one for each coordinate, separated by commas; start: x_1, its coordinates separated by commas,
    or None for every point that the statement allows; gradient: the largest |g_{t,i}|, or
    ``[least,most]``. Returns the exit code: 0 all proved, 1 a counterexample, 2 a refused reading (not meant
    for the region, or without an enclosure rule), 3 undecided boxes. Raises ValueError if all are refused.
    """
    from bounds.games import exact
    from bounds.prover.outcome import ProofOutcome
    from bounds.prover.prove import prove
    from bounds.scope import OutOfScope
    from paper_checks.cli.falsify import chosen
    from paper_checks.cli.progress import waiting
    from theory.printing.base import UnknownNodeError

    given = parse_fix(fix)
    ends = _numbers(lower, "--lower"), _numbers(upper, "--upper")
    if len(max(ends, key=len)) > MOST_SIDES:
        raise ValueError(f"`--lower` and `--upper` have at most {MOST_SIDES} numbers; give fewer")
    at = None if start is None else _numbers(start, "--start")
    size, slack = parse_number(gradient, "--gradient"), exact(relax, "--relax")
    found: list[Decided] = []
    refused: dict[str, str] = {}
    for statement, reading, recurrence in chosen(theorem, algorithm):
        name = f"{statement.id}.{reading}"
        began = time.perf_counter()
        with waiting(name, quiet=as_json) as tell:

            def told(T: int, boxes: int, left: float, tell: Callable[[str], None] = tell) -> None:
                tell(f"T = {T}, {boxes:,} boxes, {left:.1e} of the volume left")

            try:
                decision = prove(
                    statement, reading, recurrence, horizon=horizon, parameters=given, dimension=dimension,
                    lower=ends[0], upper=ends[1], start=at, gradient=size, budget=budget, relax=slack,
                    progress=told,
                )  # fmt: skip
            except (OutOfScope, UnknownNodeError) as outside:
                refused[name] = str(outside)
                continue
        found.append(Decided(decision, time.perf_counter() - began))
    if refused and not found:
        raise OutOfScope("; ".join(dict.fromkeys(refused.values())))
    if as_json:
        rows = [decided.to_json() for decided in found]
        rows += [{"reading": name, "refused": reason} for name, reason in refused.items()]
        write_json(dump_json(rows))
    else:
        _show(found, refused)
    outcomes = {decided.decision.outcome for decided in found}
    if ProofOutcome.COUNTEREXAMPLE in outcomes:
        return ExitCode.FINDING
    if refused:
        return ExitCode.MISUSE
    return ExitCode.UNDECIDED if ProofOutcome.UNDECIDED in outcomes else ExitCode.DONE


def parse_fix(entries: Sequence[str]) -> dict[str, Given]:
    """Parameters by name from NAME=NUMBER and NAME=[LO,HI]; ValueError for anything else."""
    from paper_checks.cli.games import assignments

    form = "NAME=NUMBER or NAME=[LO,HI], such as alpha=[1/2,2]"
    return {name: parse_number(value, f"--fix {name}") for name, value in assignments(entries, form)}


def _numbers(text: str, name: str) -> list[Fraction]:
    """Rationals separated by commas; name: their name in error messages."""
    from bounds.games import exact

    return [exact(number.strip(), name) for number in text.split(",")]


def parse_number(text: str, name: str = "value") -> Given:
    """A rational such as 2/5 or 0.4, or a range such as [1/2,2]; name: its name in error messages."""
    from bounds.games import exact

    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return exact(text, name)
    ends = text[1:-1].split(",")
    if len(ends) != 2:
        raise ValueError(f"`{name}` = {shown(text)} is not a range; write it as [1/2,2]")
    return exact(ends[0].strip(), name), exact(ends[1].strip(), name)


def line(example: Counterexample) -> str:
    """A counterexample in one line, with both sides as enclosed by a replay in balls."""
    from bounds.games import LinearGame
    from bounds.games.rationals import point_text

    game = example.game
    if not isinstance(game, LinearGame):
        raise TypeError(f"`example` is about a {type(game).__name__}; give one about linear losses")
    named = ", ".join(f"{name} = {value}" for name, value in game.parameters.items())
    rows = "; ".join(point_text(row) for row in game.rows)
    said = f"T = {game.horizon}, x_1 = {point_text(game.start)}, g = {rows}, {named}"
    if example.comparator is not None:
        said += f", against z = {point_text(example.comparator)}"
    return f"{said}{_measured(example)}"


def _measured(example: Counterexample) -> str:
    from bounds.certificates.certify import certain_sides, excess
    from bounds.certificates.checker import Refused
    from theory.printing.base import UnknownNodeError

    try:
        ends = certain_sides(example)
    except (UnknownNodeError, Refused):  # a statement that certificates cannot express
        return ""
    if ends is None:
        return ""
    left, right = map(float, ends)
    return (
        f": lhs >= {left:.6g}, rhs <= {right:.6g}"
        if left > right
        else f": lhs/rhs - 1 >= {excess(example):.2g}"
    )


def _round_json(result: HorizonResult) -> dict[str, Any]:
    worst = result.worst
    return {
        "horizon": result.horizon, "outcome": result.outcome.name, "boxes": result.boxes,
        "merged": result.merged, "slack": result.slack, "closest": result.closest,
        "undecided": result.undecided,
        "worst": None if worst is None else {"ends": _pairs(worst.ends), "excess": worst.excess},
        "counterexample": None if result.counterexample is None else line(result.counterexample),
    }  # fmt: skip


def _pairs(ends: Mapping[str, tuple[float, float]]) -> dict[str, list[float]]:
    return {name: list(pair) for name, pair in ends.items()}


def _show(found: Sequence[Decided], refused: Mapping[str, str]) -> None:
    from bounds.prover.outcome import ProofOutcome
    from paper_checks.cli.terminal import Console, Text

    console = Console()
    for decided in found:
        d = decided.decision
        console.print(Text(f"{d.theorem}.{d.reading}, {d.algorithm}", style="bold"))
        console.print(Text(f"{d.region}, every z in X; where its assumptions hold{_relaxed(d)}"))
        console.print(Text(f"Covered: {d.losses}."))
        console.print(_table(d, plain=console.options.ascii_only))
        for note in _notes(d):
            console.print(Text(note))
        for result in d.rounds:
            if result.counterexample is not None:
                console.print(Text(line(result.counterexample), style="bold red"))
            if result.worst is not None:
                box = ", ".join(f"{n} in [{a:.6g}, {b:.6g}]" for n, (a, b) in result.worst.ends.items())
                left = f"T = {result.horizon}: lhs - rhs may reach {result.worst.excess:.3g} for {box}"
                console.print(Text(left, style=_STYLES[ProofOutcome.UNDECIDED.name][2]))
        console.print(Text(f"{d.boxes:,} boxes, {decided.seconds:.1f} s"))
        console.print()
    for name, reason in refused.items():
        console.print(Text(name, style="bold"))
        console.print(Text(f"Not decided: {reason}.", style="yellow"))
        console.print()


_STYLES = {
    "PROVED": ("✓", "+", "green"),
    "COUNTEREXAMPLE": ("✗", "x", "bold red"),
    "UNDECIDED": ("?", "?", "magenta"),
}
"""The sign, ASCII sign and style, by the name of a `ProofOutcome`."""


def _table(decision: Decision, *, plain: bool) -> Table:
    from paper_checks.cli.terminal import Text, table_of

    columns = ("T", "Outcome", "Boxes", "rhs - lhs >=", "Largest lhs/rhs seen", "Left")
    table = table_of({name: {"justify": "left" if name == "Outcome" else "right"} for name in columns})
    for result in decision.rounds:
        sign, ascii_sign, style = _STYLES[result.outcome.name]
        whole = result.outcome.name == "PROVED"
        table.add_row(
            Text(str(result.horizon)),
            Text(f"{ascii_sign if plain else sign} {result.outcome.name.lower()}", style=style),
            Text(f"{result.boxes:,}"),
            Text(f"{result.slack:.2g}" if whole else "-"),
            Text(f"{result.closest:.4f}" if math.isfinite(result.closest) else "-"),
            Text(f"{result.undecided:.1e}" if result.worst is not None else "-"),
        )
    return table


def _relaxed(decision: Decision) -> str:
    return "" if decision.relax == 0 else f"; decided is lhs <= {1 + decision.relax} rhs"


def _notes(decision: Decision) -> list[str]:
    from bounds.prover.outcome import horizons_text

    notes: list[str] = []
    if all(result.counterexample is not None for result in decision.rounds):
        return notes
    if decision.scaled:
        notes.append("Both sides scale alike with the losses: this is for gradients of any size.")
    if decision.mirrored:
        notes.append("Mirror images play alike: the regret is taken against one corner of X.")
    merged = [result.horizon for result in decision.rounds if result.merged]
    if merged:
        notes.append(f"Round by round, merging close states: {horizons_text(merged)}.")
    return notes
