"""`regretcheck verify` and `regretcheck certify`: check and write certificates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.cli.falsify import check_folder
from paper_checks.cli.printable import say, write_json
from paper_checks.run.results import dump_json
from theory.borders import listed, shown
from theory.printable import printable

if TYPE_CHECKING:
    from rich.table import Table

    from bounds.certificates.verification import Verification
    from bounds.games import DescentGame, LinearGame
    from paper_checks.scenario import Options
    from theory.statement import Theorem


ALLOW = "--allow-foreign"


@dataclass(frozen=True)
class Verified:
    """A file, the findings on it, its stated subject, and whether foreign statements count."""

    name: str
    found: Verification
    summary: dict[str, Any]
    allow_foreign: bool = False

    @property
    def accepted(self) -> bool:
        """Whether it shows a violation of a statement of this package, or of any statement if allowed."""
        return self.found.accepted and (self.allow_foreign or not self.found.foreign)

    @property
    def remark(self) -> str:
        """Why it is not accepted, or whose statement it is about if not one of the package's."""
        if self.found.answer is None:
            return f"{self.name} is refused: {self.found.refused}"
        parts = [self.found.problem] if self.found.problem else []
        if self.found.foreign and self.found.binding is not None:
            parts.append(f"foreign: {self.found.binding.bound.value}")
            parts += [] if self.allow_foreign or not self.found.accepted else [f"{ALLOW} accepts it"]
        return f"{self.name}: {'; '.join(parts)}" if parts else ""

    @property
    def word(self) -> str:
        """The outcome, or the binding if the certificate does not refute a statement of this package."""
        if self.found.answer is None or self.found.binding is None:
            return "refused"
        outcome, bound = self.found.answer.outcome.name, self.found.binding.bound.name
        own = bound in ("STATED", "ASKED")
        return (outcome if own or outcome != "CERTIFIED" else bound).lower()

    def to_json(self) -> dict[str, Any]:
        """Strict JSON values."""
        found: dict[str, Any] = {"file": self.name, "accepted": self.accepted, **self.summary}
        a, binding = self.found.answer, self.found.binding
        if a is None or binding is None:
            return found | {"outcome": "REFUSED", "reason": self.found.refused}
        found |= {"outcome": a.outcome.name, "reason": a.reason, "lhs": a.lhs, "rhs": a.rhs}
        found |= {"precision": a.precision, "seconds": round(self.found.seconds, 3)}
        found |= {"statement": binding.bound.name, "foreign": self.found.foreign}
        return found | {"chosen": dict(binding.chosen), "differences": list(binding.differences)}


def verify_bytes(
    raw: bytes, name: str, *, precision: int, highest: int, work: int, allow_foreign: bool = False
) -> Verified:
    """Check one certificate and compare its statement with the package's."""
    from bounds.certificates.verification import verify_certificate

    found = verify_certificate(raw, precision=precision, highest=highest, work=work)
    shown = printable(name)
    if found.answer is None:
        return Verified(shown, found, {})
    file = json.loads(raw)
    game = file["game"]
    summary = {
        "theorem": f"{file['statement']['theorem']}.{file['statement']['reading']}",
        "algorithm": file["algorithm"]["name"], "title": printable(file["title"]),
        "horizon": game["horizon"], "dimension": len(game["start"]), "games": _games(game),
    }  # fmt: skip
    return Verified(shown, found, summary, allow_foreign)


def _games(game: dict[str, Any]) -> str:
    """The kind of games in which the violation was found; the statement may cover more."""
    if "set" in game:
        kind = game["set"]["kind"]
        return f"{game['kind']} losses over {'an l1 ball' if kind == 'l1_ball' else f'a {kind}'}"
    noise = len(game["letters"])
    return "one smooth function, " + (f"noise of {noise} letters" if noise > 1 else "no noise")


def verify_command(
    files: Sequence[Path], *, precision: int, highest: int, work: int, allow_foreign: bool, as_json: bool
) -> int:
    """Check every file; 0 if all are accepted, 1 if one is not, 2 if one is not a certificate."""
    from bounds.certificates.verification import Verification
    from paper_checks.cli.progress import waiting

    if not 32 <= precision <= highest <= 65536:
        raise ValueError(
            f"`--precision` = {precision} and `--highest` = {highest} must be 32 <= p <= h <= 65536"
        )
    found = []
    for path in files:
        with waiting(f"verifying {printable(path.name)}"):
            try:
                raw = _head(path)
            except OSError as problem:
                reason = f"it cannot be read: {printable(problem.strerror)}"
                found.append(Verified(printable(path.name), Verification(None, None, reason, 0.0), {}))
                continue
            verified = verify_bytes(
                raw, path.name, precision=precision, highest=highest, work=work, allow_foreign=allow_foreign
            )
            found.append(verified)
    if as_json:
        write_json(dump_json([v.to_json() for v in found]))
    else:
        _show(found)
    return 2 if any(v.found.answer is None for v in found) else int(not all(v.accepted for v in found))


def _head(path: Path) -> bytes:
    """The file, or just enough of a huge file to show that it is too large."""
    from bounds.certificates.checker.reading import MOST_BYTES

    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def certify_command(
    target: str, options: Options, *, theorem: str | None, horizon: int | None, out: Path | None
) -> int:
    """Write the certificates of a scenario's violated readings, or of the gallery for the name `gallery`.

    A certificate of an older format is written again in the current one.

    Readings that no certificate can hold are listed with the reason. Returns 0 if a certificate was written,
    1 if readings were tried and none is violated, 2 if none could be tried.
    """
    from online_sim.files import write_bytes
    from paper_checks.gallery.exhibit import FOLDER

    if out is not None:
        check_folder(out)
    if target.endswith(".json"):
        return _written_again(Path(target), out or Path())
    if target == "gallery" and horizon is not None:
        raise ValueError(f"`--horizon` = {horizon}: the games of the gallery have their own; leave it out")
    tries = _gallery(theorem) if target == "gallery" else _tries(target, options, theorem, horizon)
    for tried in tries:
        if tried.raw is not None:
            path = (out or (FOLDER if target == "gallery" else Path())) / f"{tried.name}.json"
            write_bytes(path, tried.raw)
            say(f"{path}: {_said(tried.raw)}")
    skipped = [tried for tried in tries if tried.skipped]
    for tried in skipped:
        say(f"{tried.name}: skipped: {tried.skipped}", err=True)
    if any(tried.raw is not None for tried in tries):
        return 0
    if len(skipped) == len(tries):
        return 2
    say("no reading is violated in the last round of this game, as far as balls can tell", err=True)
    return 1


def _written_again(path: Path, out: Path) -> int:
    """Write a certificate in the current format, if it is accepted; 0 if it is, 2 if not."""
    from bounds.certificates.certificate import certificate_bytes
    from bounds.certificates.older_formats import current
    from bounds.certificates.verification import verify_certificate
    from online_sim.files import write_bytes

    try:
        raw = _head(path)
    except OSError as problem:
        raise ValueError(f"{printable(path.name)} cannot be read: {printable(problem.strerror)}") from None
    if wrong := verify_certificate(raw).problem:
        say(f"{printable(path.name)}: not written: {printable(wrong)}", err=True)
        return 2
    new = current(raw)
    write_bytes(out / path.name, certificate_bytes(json.loads(new)))
    say(f"{out / path.name}: {'in the current format already' if new == raw else _said(new)}")
    return 0


@dataclass(frozen=True)
class Try:
    """A reading on a game: its certificate, or why none was tried; neither if it is not violated."""

    name: str
    raw: bytes | None = None
    skipped: str = ""


def _gallery(theorem: str | None) -> list[Try]:
    from bounds.certificates.certify import certify
    from paper_checks.run.registry import exhibits

    known = exhibits()
    asked = [e for e in known if theorem is None or e.refuted.startswith(theorem)]
    if not asked:
        raise _unknown(theorem, [e.refuted for e in known])
    return [Try(e.name, certify(e.counterexample, title=e.title)) for e in asked]


def _unknown(theorem: str | None, known: Iterable[str]) -> ValueError:
    return ValueError(
        f"`--theorem` = {shown(theorem)} is unknown here; {listed(theorem, dict.fromkeys(known))}"
    )


def _said(raw: bytes) -> str:
    claim = json.loads(raw)["claim"]
    return f"left side >= {claim['lhs_at_least']}, right side <= {claim['rhs_at_most']}"


def _tries(target: str, options: Options, theorem: str | None, horizon: int | None) -> list[Try]:
    """Every reading of the scenarios that a name selects; ValueError for a `theorem` that none has."""
    from bounds.certificates.from_game import exact_game
    from paper_checks.run.guard import Ended
    from paper_checks.run.runner import code_of, planned
    from paper_checks.run.selection import choose

    found: list[Try] = []
    known: list[str] = []
    for scenario in choose([target]).scenarios:
        plan = planned(scenario, options)
        readings = [(stated, r.key) for stated in plan.theorems for r in stated.readings]
        known += [f"{stated.id}.{key}" for stated, key in readings]
        asked = [(t, key) for t, key in readings if theorem is None or f"{t.id}.{key}".startswith(theorem)]
        if not asked:
            continue
        try:
            with code_of(scenario):
                game = exact_game(replace(plan.game, horizon=horizon or plan.game.horizon))
        except Ended:
            raise  # the program ended: do not try the next scenario
        except ValueError as problem:
            found.append(Try(scenario.id, skipped=str(problem)))
            continue
        found += [_try(scenario.id, scenario.title, stated, key, game) for stated, key in asked]
    if not found:
        raise _unknown(theorem, known)
    return found


def _try(scenario: str, title: str, stated: Theorem, key: str, game: LinearGame | DescentGame) -> Try:
    from bounds.certificates.certify import certain_sides, certify
    from bounds.games import Counterexample
    from paper_checks.cli.progress import waiting

    name = f"{scenario}.{stated.id}.{key}"
    example = Counterexample(stated, key, game)
    try:
        with waiting(f"replaying {scenario} against {stated.id}.{key}"):
            ends = certain_sides(example)
            violated = ends is not None and ends[0] > ends[1]
            return Try(name, certify(example, title=title) if violated else None)
    except ValueError as problem:
        return Try(name, skipped=str(problem))


def _show(found: Sequence[Verified]) -> None:
    from paper_checks.cli.terminal import Console, Text

    console = Console()
    console.print(_table(found, wide=console.width >= 110, plain=console.options.ascii_only))
    for v in found:
        if v.remark:
            console.print(Text(v.remark, style="yellow" if v.accepted else "red"), soft_wrap=True)
    accepted, foreign = sum(v.accepted for v in found), sum(v.found.foreign for v in found)
    said = f"{accepted} of {len(found)} accepted" + (f", {foreign} foreign" if foreign else "")
    console.print(Text(said, style="bold"))


def _table(found: Sequence[Verified], *, wide: bool, plain: bool) -> Table:
    from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Text, table_of

    narrow = ("T", "Left side >", "Right side")
    names = ("T", "d", "Left side >", "Right side", "Bits", "Time") if wide else narrow
    columns = {"Outcome": TIGHT, "Certificate": FOLD, "Refutes": FOLD, **dict.fromkeys(names, RIGHT)}
    if wide:
        columns["Statement"] = TIGHT
    table = table_of(columns)
    for v in found:
        a, binding = v.found.answer, v.found.binding
        if a is None or binding is None:
            table.add_row(Text(f"{'!' if plain else '✗'} {v.word}", style="bold red"), Text(v.name))
            continue
        sign = ("+" if plain else "✓") if v.accepted else "!"
        mark = Text(f"{sign} {v.word}", style="green" if v.accepted else "bold red")
        cells = {
            "Certificate": v.name.removesuffix(".json"), "Refutes": _refutes(v), "T": v.summary["horizon"],
            "d": v.summary["dimension"], "Left side >": _short(a.lhs), "Right side": _short(a.rhs),
            "Bits": a.precision, "Time": f"{v.found.seconds:.2f} s", "Statement": binding.bound.name.lower(),
        }  # fmt: skip
        table.add_row(mark, *(Text(str(cell)) for name, cell in cells.items() if name in columns))
    return table


def _refutes(v: Verified) -> str:
    """The statement, the algorithm it was asked of if not its own, and the meanings of its letters."""
    binding = v.found.binding
    asked = binding is not None and binding.bound.name == "ASKED"
    chosen = {} if binding is None else binding.chosen
    of = f" asked of {v.summary['algorithm']}" if asked else ""
    letters = ", ".join(f"{name} = {meaning}" for name, meaning in chosen.items())
    return f"{v.summary['theorem']}{of}" + (f" ({letters})" if letters else "")


def _short(ball: str) -> str:
    """Six digits of a ball's midpoint; a question mark if it is not a number or the ball is unbounded."""
    middle = ball.strip("[]").partition(" ")[0]
    with suppress(ValueError):
        return f"{float(middle):.6g}" if isfinite(float(middle)) else middle
    return "?"
