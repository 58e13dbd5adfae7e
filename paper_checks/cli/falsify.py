"""`regretcheck falsify`: search for a violation, shrink it, certify it, and print it in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.cli.certified import certified
from paper_checks.cli.exit_codes import ExitCode
from paper_checks.cli.games import Limits
from paper_checks.cli.printable import say, write_json
from paper_checks.run.results import dump_json
from theory.borders import nearest, real, shown

if TYPE_CHECKING:
    from bounds.falsifier.searched import Searched
    from bounds.shrinker.shrink import Shrunk
    from theory.recurrence import Recurrence
    from theory.statement import Theorem

MARGIN = Fraction(1, 100)
"""The least relative excess over the bound of a shrunk counterexample, if the original has it."""


@dataclass(frozen=True)
class Asked:
    """What the user wants to search, and how; None where nothing is asked for.

    limits: on the games. horizon: the rounds after which the sides are compared; rounds: the most rounds
    otherwise.
    """

    fixed: Mapping[str, Fraction]
    limits: Limits
    dimension: int
    horizon: int | None
    rounds: int
    evaluations: int | None
    seconds: float | None
    seed: int
    out: Path | None


@dataclass(frozen=True)
class Hunted:
    """The result for one reading; a refused reading was not searched, for the reason given.

    uncertified: why no certificate can hold the counterexample; empty if one does.
    """

    name: str
    algorithm: str
    searched: Searched | None = None
    shrunk: Shrunk | None = None
    line: str = ""
    file: Path | None = None
    uncertified: str = ""
    refused: str = ""

    @property
    def evidence(self) -> bool:
        """Whether the search had evidence: the statement applied to some game."""
        return self.searched is not None and self.searched.evidence

    @property
    def set_text(self) -> dict[str, Any] | None:
        """The set of the best game as a certificate writes it; None without a set."""
        from bounds.games import LinearGame

        best = self.searched.best if self.searched is not None else None
        shown = best if self.shrunk is None else self.shrunk.counterexample
        return shown.game.feasible.entry() if shown and isinstance(shown.game, LinearGame) else None

    def to_json(self) -> dict[str, Any]:
        """Plain values; `dump_json` turns values that are not finite into null."""
        s = self.searched
        common = {
            "reading": self.name, "algorithm": self.algorithm, "found": bool(self.line), "line": self.line,
            "evidence": self.evidence, "refused": self.refused or None,
            "certified": bool(self.line) and not self.uncertified,
        }  # fmt: skip
        if s is None:
            return common
        return {
            **common, "file": None if self.file is None else str(self.file), "ratio": s.ratio,
            "evaluations": s.evaluations, "seconds": round(s.seconds, 3),
            "seconds_to_first": None if s.first is None else round(s.first, 3),
            "evaluations_to_first": s.games_to_first, "seed": s.seed,
            "searched": list(s.sentences), "set": self.set_text,
        }  # fmt: skip


def falsify_command(target: str, asked: Asked, *, algorithm: str | None, as_json: bool) -> int:
    """Search every reading asked for.

    Returns 1 if a counterexample was found; otherwise 2 if a reading was refused or no game tried satisfied
    its assumptions, since such a search is not a pass; otherwise 0. Raises ValueError if every reading is
    refused.
    """
    from bounds.falsifier.searched import Interrupted
    from bounds.scope import OutOfScope

    if asked.seconds is not None:
        real("--seconds", asked.seconds, above=0, finite=False)
    if asked.out is not None:
        check_folder(asked.out)
    answers: list[Hunted] = []
    try:
        for stated in chosen(target, algorithm):
            answers.append(_answer(*stated, asked, quiet=as_json))
    except Interrupted as stop:
        if not as_json:
            _show(answers)
            _show_stopped(".".join((stated[0].id, stated[1])), stop.searched)
        return ExitCode.INTERRUPTED
    if answers and all(a.refused for a in answers):
        raise OutOfScope("; ".join(dict.fromkeys(a.refused for a in answers)))
    if as_json:
        write_json(dump_json([a.to_json() for a in answers]))
    else:
        _show(answers)
    if any(a.line for a in answers):
        return 1
    return 0 if all(a.evidence for a in answers) else 2


def chosen(target: str, algorithm: str | None) -> list[tuple[Theorem, str, Recurrence]]:
    """The readings that a name selects, with their algorithms, or those of a file."""
    from theory.algorithms.registry import algorithm as known

    named = None if algorithm is None else known(algorithm)
    found: list[tuple[Theorem, str, Recurrence]] = []
    for theorem, key, own in _of_file(target) if target.endswith(".py") else _of_package(target):
        recurrence = named or own or known(theorem.algorithms[0])
        about = theorem if theorem.about(recurrence.name)[0] else theorem.asked_of(recurrence.name)
        found.append((about, key, recurrence))
    return found


def _of_package(target: str) -> Iterator[tuple[Theorem, str, Recurrence | None]]:
    from theory.theorems.registry import theorems, theorems_beside

    # A full id is in one file, as a rule; the name of a paper may be in several.
    for known in (partial(theorems_beside, target), theorems) if "." in target else (theorems,):
        names = {f"{t.id}.{r.key}": (t, r.key) for t in known().values() for r in t.readings}
        matched = [place for name, place in names.items() if name == target or name.startswith(f"{target}.")]
        if matched:
            break
    else:
        near = nearest(target, names, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else "`regretcheck list --theorems` shows them"
        raise ValueError(f"no theorem or reading is called {shown(target)}; {hint}")
    for theorem, key in matched:
        yield theorem, key, None


def _of_file(target: str) -> Iterator[tuple[Theorem, str, Recurrence | None]]:
    from paper_checks.run.own_file import load_file
    from paper_checks.run.runner import planned
    from paper_checks.scenario import Options

    seen: dict[tuple[str, str, str], tuple[Theorem, str, Recurrence]] = {}
    for scenario in load_file(Path(target)):
        plan = planned(scenario, Options())
        for theorem in plan.theorems:
            for reading in theorem.readings:
                place = (theorem.id, reading.key, plan.game.recurrence.name)
                seen.setdefault(place, (theorem, reading.key, plan.game.recurrence))
    yield from seen.values()


def _answer(theorem: Theorem, key: str, recurrence: Recurrence, asked: Asked, *, quiet: bool) -> Hunted:
    from bounds.certificates.certify import excess_inside
    from bounds.scope import OutOfScope
    from bounds.shrinker.shrink import shrink
    from paper_checks.cli.progress import waiting

    name = f"{theorem.id}.{key}"
    with waiting(name, quiet=quiet) as tell:
        try:
            searched = _search(asked.limits.added(theorem), key, recurrence, asked, tell)
        except OutOfScope as outside:
            return Hunted(name, recurrence.name, refused=str(outside))
        if searched.best is None or not searched.violated:
            return Hunted(name, recurrence.name, searched)
        tell("shrinking")
        margin = MARGIN if excess_inside(searched.best) >= MARGIN else Fraction(0)
        shrunk = shrink(
            searched.best, margin=margin, keep=frozenset(asked.fixed), scale=asked.limits.scale,
            hold=asked.limits.sets.held,
        )  # fmt: skip
        tell("certifying")
        # What violates a statement under further conditions violates it.
        kept = certified(replace(shrunk.counterexample, theorem=theorem), name, asked.out)
    if kept is None:
        raise RuntimeError(f"{name}: the shrunk counterexample could not be replayed")
    return Hunted(name, recurrence.name, searched, shrunk, kept.line, kept.file, kept.uncertified)


def _search(
    theorem: Theorem, key: str, recurrence: Recurrence, asked: Asked, tell: Callable[[str], None]
) -> Searched:
    from bounds.falsifier.evaluator import about_losses
    from bounds.falsifier.search import falsify, falsify_gradients

    def searched(evaluations: int, what: str, ratio: float) -> None:
        tell(f"{what}; {evaluations:,} games, largest left/right {ratio:.4g}")

    budget: dict[str, Any] = {
        "fixed": asked.fixed, "most_rounds": asked.rounds, "horizon": asked.horizon,
        "evaluations": asked.evaluations, "seconds": asked.seconds, "seed": asked.seed, "progress": searched,
    }  # fmt: skip
    if about_losses(theorem):
        return falsify(
            theorem, key, recurrence, scale=asked.limits.scale,
            **asked.limits.sets.searched(asked.dimension), **budget,
        )  # fmt: skip
    if named := asked.limits.about_sets:
        raise ValueError(
            f"{theorem.id} is about gradients without a set: `{'`, `'.join(named)}` mean nothing"
        )
    return falsify_gradients(theorem, key, recurrence, **budget)


def check_folder(out: Path) -> None:
    """Raise ValueError before any search if `--out` names something that is not a folder."""
    if out.exists() and not out.is_dir():
        raise ValueError(f"`--out` = {shown(str(out))} is a file; name a folder")


def _show_stopped(name: str, found: Searched) -> None:
    """Print the number of games of an interrupted search, and its best game."""
    from bounds.shrinker.counterexample_line import game_line
    from paper_checks.cli.terminal import Console, Text

    console = Console()
    console.print(Text(f"{name}: interrupted after {found.evaluations:,} games", style="bold"))
    if found.best is None:
        console.print(Text("  No game tried satisfied the assumptions."))
        return
    what = "it violates the statement for certain" if found.violated else "no violation so far"
    console.print(Text(f"  best game so far, left/right {found.ratio:.6g} ({what}, not shrunk):"))
    console.print(Text(f"  {game_line(found.best)}"))


def _show(answers: Sequence[Hunted]) -> None:
    from paper_checks.cli.terminal import Console, Text

    console = Console()
    for a in answers:
        s = a.searched
        console.print(Text(f"{a.name}, {a.algorithm}", style="bold"))
        if s is None:
            console.print(Text(f"  Not searched: {a.refused}.", style="yellow"))
            console.print()
            continue
        # The last one of a search without success is said below.
        for sentence in s.sentences if a.line else s.sentences[:-1]:
            console.print(Text(f"  {sentence}"))
        told = f"  {s.evaluations:,} games in {s.seconds:.1f} s, seed {s.seed}"
        told += f"; largest left/right {s.ratio:.6g}" if s.evidence else ""
        if s.first is not None:
            told += f"; first violation after {s.games_to_first:,} games, {s.first:.2f} s"
        console.print(Text(told))
        if a.line and a.shrunk is not None:
            console.print(Text(f"  {a.line}", style="bold red"))
            tries = f"{a.shrunk.calls} tries to shrink it, {a.shrunk.seconds:.1f} s"
            kept = f"replayed in balls, but not certified: {a.uncertified}" if a.uncertified else "certified"
            console.print(Text(f"  {kept}; {tries}"))
        elif not s.evidence:
            last = s.sentences[-1]
            console.print(Text(f"  {last[0].upper()}{last[1:]}.", style="yellow"))
        else:
            console.print(Text("  No violation found. That is no proof: only these games were tried."))
        if a.file is not None:
            say(f"  {a.file}")
        console.print()
