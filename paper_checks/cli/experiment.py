"""`regretcheck experiment`: run an experiment of the paper, list them, or repeat their first steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paper_checks.cli.printable import say
from paper_checks.cli.terminal import FOLD, RIGHT, TIGHT, Console, Text, table_of
from paper_checks.report.texts import spell_seconds

if TYPE_CHECKING:
    from paper_checks.experiments.experiment import Experiment, Place, Run
    from paper_checks.experiments.results import Results

RELATIVE = 1e-4
"""How far a loss of the first steps, in float32 on one thread, may be from the stored one."""


def list_experiments() -> int:
    """A table of the experiments: what each shows, and which runs come with the package."""
    from paper_checks.experiments.summary import summaries

    console = Console()
    table = table_of({"Name": TIGHT, "Shows": {**FOLD, "ratio": 1}, "Runs": RIGHT, "CPU time": RIGHT})
    for found in summaries():
        shown = f"{found.title} ({found.source}): {found.scale}"
        if found.problem:
            table.add_row(Text(found.name), Text(f"{shown}. {found.problem}"), "unusable", "")
        elif not found.runs:
            table.add_row(Text(found.name), Text(shown), "not run", "")
        else:
            table.add_row(Text(found.name), Text(shown), str(found.runs), spell_seconds(found.seconds))
    console.print(table)
    return 0


def run_command(name: str, place: Place, *, out: Path, jobs: int, resume: bool, limit: int | None) -> int:
    """Run an experiment, draw it, and show the verdicts of the claims that read it."""
    from paper_checks.cli.run import make_writable
    from paper_checks.experiments.registry import experiment
    from paper_checks.experiments.runner import run_experiment
    from paper_checks.run.lock import locked

    chosen = experiment(name)
    make_writable(out)
    path = out / f"{chosen.name}.json"

    def told(run: Run, done: int, known: int) -> None:
        end = "" if run.diverged is None else f", diverged in step {run.diverged}"
        say(f"{done}/{known} {run.unit}: {run.seconds:.1f} s{end}", err=True)

    with locked(out):
        results = run_experiment(chosen, path, place, jobs=jobs, resume=resume, limit=limit, told=told)
    if not results.finished:
        say(f"{len(results.runs)} runs are stored in {path}; continue with --resume")
        return 0
    say(f"results: {path} ({len(results.runs)} runs, {spell_seconds(results.seconds)} of CPU time)")
    say(f"plot:    {draw(chosen, results, out)}")
    show_claims(chosen, results)
    return 0


def stored_command(name: str, *, out: Path) -> int:
    """Draw the stored results of an experiment, and show the verdicts of the claims that read it."""
    from paper_checks.cli.run import make_writable
    from paper_checks.experiments.registry import experiment
    from paper_checks.experiments.results import stored

    chosen = experiment(name)
    results = stored(chosen)
    make_writable(out)
    made = ", ".join(f"{key} {value}" for key, value in results.versions.items())
    say(f"{chosen.title}: {chosen.scale}")
    say(f"{len(results.runs)} runs, {spell_seconds(results.seconds)} on {results.device} ({made})")
    say(f"plot: {draw(chosen, results, out)}")
    show_claims(chosen, results)
    return 0


def smoke_command(names: Sequence[str], place: Place) -> int:
    """Repeat the first steps of experiments and compare with the stored ones; 1 where they differ."""
    from paper_checks.experiments.registry import experiment, experiments
    from paper_checks.experiments.results import stored
    from paper_checks.experiments.runner import digests, smoke

    different = False
    for chosen in [experiment(name) for name in names] or list(experiments().values()):
        then, data = stored(chosen), digests(chosen, place)
        if data != then.data:
            raise ValueError(
                f"the data of {chosen.name} are not those of the stored results ({', '.join(data)}); "
                f"give the same data set by --data"
            )
        now = smoke(chosen, place)
        if sorted(now) != sorted(then.smoke):
            raise ValueError(f"{chosen.name} has other contenders than its stored results; run it again")
        found = {name: _first_difference(losses, then.smoke[name]) for name, losses in now.items()}
        apart = {name: told for name, told in found.items() if told is not None}
        for name, told in apart.items():
            say(f"DIFFERENT {chosen.name}, {name}: {told}")
        if not apart:
            say(f"same      {chosen.name}: {len(now)} contenders, {max(map(len, now.values()))} steps each")
        different = different or bool(apart)
    return int(different)


def draw(experiment: Experiment, results: Results, out: Path) -> Path:
    """The plot of an experiment as .svg."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from bounds.plot import figure_bytes
    from online_sim.files import write_bytes

    figure = Figure(dpi=200)
    FigureCanvasAgg(figure)
    experiment.draw(results.runs, figure)
    path = out / f"{experiment.name}.svg"
    write_bytes(path, figure_bytes(figure))
    return path


def show_claims(experiment: Experiment, results: Results) -> None:
    """The verdicts of the claims that read an experiment, with these results in place of the stored ones."""
    from paper_checks.experiments.results import stored
    from paper_checks.report.words import CLAIM_WORDS
    from paper_checks.run.registry import claims
    from paper_checks.scenario import Options

    def supply(asked: Experiment) -> Results:
        return results.of(experiment) if asked.name == experiment.name else stored(asked)

    for claim in claims():
        if experiment.name not in claim.experiments:
            continue
        try:
            finding = claim.check(Options(), results=supply)
        except ValueError as problem:  # another experiment of the claim has no results, or old ones
            say(f"{claim.id} has no verdict yet: {problem}")
            continue
        say(f"{claim.id} {CLAIM_WORDS[finding.verdict.name].short}: {claim.statement}")
        for sentence in finding.evidence:
            say(f"  {sentence}")


def _first_difference(losses: Sequence[float], expected: Sequence[float]) -> str | None:
    """What differs first by more than `RELATIVE`, in words; None if nothing does."""
    for step, (now, then) in enumerate(zip(losses, expected, strict=False), start=1):
        if not abs(now - then) <= RELATIVE * abs(then):
            return f"step {step} has the loss {now:.9g}, stored is {then:.9g}"
    return None if len(losses) == len(expected) else f"{len(losses)} steps, stored are {len(expected)}"
