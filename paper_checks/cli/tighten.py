"""`regretcheck tighten`: the factors that the terms of a bound need, and near forms of a false bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.cli.certified import certified
from paper_checks.cli.falsify import check_folder, chosen
from paper_checks.cli.plot import FORMATS
from paper_checks.cli.printable import say, write_json
from paper_checks.run.results import dump_json
from theory.borders import shown

if TYPE_CHECKING:
    from bounds.falsifier.driver import SearchProgress
    from bounds.tightener.factors import Factor
    from bounds.tightener.forms import Survivor
    from bounds.tightener.short import ShortProof
    from bounds.tightener.tighten import Tightened
    from theory.recurrence import Recurrence
    from theory.statement import Theorem


@dataclass(frozen=True)
class Wanted:
    """What the user wants, and how; None for the default of each search."""

    fixed: Mapping[str, Fraction]
    dimension: int
    rounds: int | None
    evaluations: int | None
    seed: int
    out: Path | None
    plot: Path | None

    @property
    def budget(self) -> dict[str, Any]:
        """The arguments of every search."""
        given = {"most_rounds": self.rounds, "evaluations": self.evaluations}
        return {
            "fixed": self.fixed, "dimensions": tuple(range(1, self.dimension + 1)), "seed": self.seed,
            **{name: value for name, value in given.items() if value is not None},
        }  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One factor with the words and files that show it; what: the terms that it multiplies, in words."""

    what: str
    found: Factor
    line: str = ""
    file: Path | None = None
    uncertified: str = ""
    short: ShortProof | None = None

    @property
    def upper(self) -> str:
        """The upper end in words, never more than what is proved."""
        if self.found.upper is not None:
            known = f"{float(self.found.upper):g} (proved)"
        elif (self.found.lower or 0) >= 1 and all(w == 1 for w in self.found.weights):
            known = "not known, and 1 is not enough: the bound is false"
        else:
            known = "not known"
        return known if self.short is None else f"{known}; {self.short.sentence}"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        f = self.found
        game = None if f.shown is None else f.shown.game
        return {
            "what": self.what, "weights": [str(w) for w in f.weights],
            "needs": None if f.lower is None else str(f.lower),
            "factors": None if f.factors is None else [str(c) for c in f.factors],
            "upper": None if f.upper is None else str(f.upper),
            "short": None if self.short is None else _short_json(self.short),
            "line": self.line, "file": None if self.file is None else str(self.file),
            "certified": bool(self.line) and not self.uncertified,
            "horizon": None if game is None else game.horizon,
            "dimension": None if game is None else game.dimension,
            "evaluations": f.searched.evaluations, "evidence": f.searched.evidence,
        }  # fmt: skip


@dataclass(frozen=True)
class Report:
    """The findings for one reading; a refused reading was not searched, for the reason given.

    without: why no forms were sought for a false bound.
    """

    name: str
    algorithm: str
    found: Tightened | None = None
    entries: tuple[Entry, ...] = ()
    pairs: tuple[Entry, ...] = ()
    forms: tuple[Survivor, ...] | None = None
    without: str = ""
    refused: str = ""
    latex: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        from theory.scaling import plain

        found = self.found
        terms = [] if found is None else found.terms
        return {
            "reading": self.name, "algorithm": self.algorithm, "refused": self.refused or None,
            "evidence": found is not None and found.evidence, "false": found is not None and found.false,
            "terms": [{"text": plain(e), "latex": tex} for e, tex in zip(terms, self.latex, strict=True)],
            "breaks": [] if found is None else list(found.breaks),
            "factors": [e.to_json() for e in self.entries], "pairs": [e.to_json() for e in self.pairs],
            "forms": None if self.forms is None else [_form_json(s) for s in self.forms],
            "no_forms": self.without or None,
        }  # fmt: skip


def tighten_command(target: str, wanted: Wanted, *, algorithm: str | None, as_json: bool) -> int:
    """Tighten every reading asked for.

    Returns 1 if a reading is false; otherwise 2 if one was refused or met no game, otherwise 0. Raises
    ValueError if every reading is refused.
    """
    from bounds.scope import OutOfScope

    if wanted.out is not None:
        check_folder(wanted.out)
    if wanted.plot is not None and wanted.plot.suffix.lower() not in FORMATS:
        raise ValueError(f"`--plot` = {shown(str(wanted.plot))} must end with {', '.join(FORMATS)}")
    stated = chosen(target, algorithm)
    if wanted.plot is not None and len(stated) > 1:
        names = ", ".join(f"{theorem.id}.{key}" for theorem, key, _ in stated)
        raise ValueError(f"`--plot` is for one reading; choose one of {names}")
    reports = [_report(*one, wanted, quiet=as_json) for one in stated]
    if reports and all(r.refused for r in reports):
        raise OutOfScope("; ".join(dict.fromkeys(r.refused for r in reports)))
    if as_json:
        write_json(dump_json([r.to_json() for r in reports]))
    else:
        _show(reports)
    if wanted.plot is not None:
        _draw(reports[0], wanted.plot, quiet=as_json)
    if any(r.found is not None and r.found.false for r in reports):
        return 1
    return 0 if all(r.found is not None and r.found.evidence for r in reports) else 2


def _report(theorem: Theorem, key: str, recurrence: Recurrence, wanted: Wanted, *, quiet: bool) -> Report:
    from bounds.scope import OutOfScope
    from bounds.tightener.factors import FAR
    from bounds.tightener.forms import surviving_forms
    from bounds.tightener.tighten import tighten
    from paper_checks.cli.progress import waiting
    from theory.printing.latex import latex
    from theory.scaling import plain

    name = f"{theorem.id}.{key}"
    with waiting(name, quiet=quiet) as tell:

        def searching(what: str, unit: float = FAR) -> SearchProgress:
            def tick(games: int, where: str, ratio: float) -> None:
                tell(f"{what}; {where}; {games:,} games, largest left/right {ratio * unit:.4g}")

            return tick

        try:
            found = tighten(theorem, key, recurrence, progress=searching, **wanted.budget)
        except OutOfScope as outside:
            return Report(name, recurrence.name, refused=str(outside))
        tell("certifying")
        words = tuple(plain(term) for term in found.terms)
        whole = () if found.whole is None else (found.whole,)
        labels = (*words, "the right side") if len(words) > 1 else words
        factors = (*found.each, *whole) if len(words) > 1 else found.each
        entries = tuple(
            _entry(what, factor, f"{name}.{k}", wanted.out, short)
            for k, (what, factor, short) in enumerate(
                zip(labels, factors, found.short, strict=False), start=1
            )
        )
        pairs = tuple(
            _entry(" : ".join(map(str, factor.weights)), factor, f"{name}.pair{k}", wanted.out)
            for k, factor in enumerate(found.pairs, start=1)
        )
        forms, without = None, ""
        if found.false:
            try:
                forms = surviving_forms(
                    theorem, key, recurrence, progress=searching("forms", 1), **wanted.budget
                )
            except (OutOfScope, ValueError) as outside:
                without = str(outside)
    tex = tuple(latex(theorem.spelled_out(term)) for term in found.terms)
    return Report(name, recurrence.name, found, entries, pairs, forms, without, latex=tex)


def _entry(what: str, found: Factor, name: str, out: Path | None, short: ShortProof | None = None) -> Entry:
    kept = None if found.shown is None else certified(found.shown, name, out)
    if kept is None:
        return Entry(what, found, short=short)
    return Entry(what, found, kept.line, kept.file, kept.uncertified, short)


def _short_json(short: ShortProof) -> dict[str, Any]:
    return {"factor": str(short.factor), "horizons": list(short.horizons), "region": short.region}


def _form_json(survivor: Survivor) -> dict[str, Any]:
    from theory.scaling import plain

    form, s = survivor.form, survivor.searched
    return {
        "algorithm": form.recurrence.name, "changes": list(form.changes), "lhs": plain(form.theorem.lhs),
        "rhs": plain(form.theorem.reading(form.reading).rhs), "label": survivor.label,
        "games": s.evaluations, "ratio": s.ratio, "proved": survivor.proved or None,
        "related": list(survivor.related),
    }  # fmt: skip


def _draw(report: Report, path: Path, *, quiet: bool) -> None:
    from bounds.tightener.picture import picture_bytes
    from online_sim.files import write_bytes

    if report.found is None or not report.found.pairs:
        raise ValueError(f"`--plot` needs a bound of two terms that has factors; {report.name} has none")
    write_bytes(path, picture_bytes(report.found, report.name, FORMATS[path.suffix.lower()]))
    if not quiet:
        say(f"{path}")


def _show(reports: Sequence[Report]) -> None:
    from paper_checks.cli.terminal import Console, Text

    console = Console()
    for report in reports:
        console.print(Text(f"{report.name}, {report.algorithm}", style="bold"))
        for text, style in _lines(report):
            console.print(Text(f"  {text}", style=style), soft_wrap=True)
        console.print()


def _lines(report: Report) -> Iterator[tuple[str, str]]:
    """The lines of one report, each with its style."""
    found = report.found
    if found is None:
        yield f"Not searched: {report.refused}.", "yellow"
        return
    for sentence in found.breaks:
        yield f"No factors are enough: {sentence}.", "bold red"
    for entry in report.entries:
        yield from _factor(entry)
    if report.pairs:
        yield "Factors (c1, c2) of the two terms that are too small together:", "bold"
        for entry in report.pairs:
            yield _pair(entry), ""
    if report.forms is not None:
        yield from _forms(report.forms)
    if report.without:
        yield f"No forms: {report.without}.", "yellow"


def _factor(entry: Entry) -> Iterator[tuple[str, str]]:
    f = entry.found
    yield entry.what, "bold"
    if f.lower is None:
        why = "no game tried needs this term"
        if not f.searched.evidence:
            why = f.searched.sentences[-1]
        elif f.searched.ratio > 0:
            why = f"a game needs {f.searched.ratio:.3g} in floats, which exact numbers do not confirm"
        yield f"  factor needed: none found ({why}); enough: {entry.upper}", "yellow"
        return
    kept = "the lowered statement is no statement of the package, so `verify` needs --allow-foreign"
    kept = f"not certified: {entry.uncertified}" if entry.uncertified else f"certified; {kept}"
    yield f"  factor needed: more than {float(f.lower):g}; enough: {entry.upper}", ""
    yield f"  {entry.line}", ""
    yield f"  {f.searched.evaluations:,} games, seed {f.searched.seed}; {kept}", ""
    if entry.file is not None:
        yield f"  {entry.file}", ""


def _pair(entry: Entry) -> str:
    factors = entry.found.factors
    told = "none found" if factors is None else f"({', '.join(f'{float(c):.4g}' for c in factors)})"
    game = None if entry.found.shown is None else entry.found.shown.game
    return f"  {entry.what}: {told}" + ("" if game is None else f", T = {game.horizon}, d = {game.dimension}")


def _forms(forms: Sequence[Survivor]) -> Iterator[tuple[str, str]]:
    if not forms:
        yield "There is no homogeneous form near this bound that survives.", "yellow"
        return
    yield "The nearest homogeneous forms without a counterexample:", "bold"
    for survivor in forms:
        form = survivor.form
        yield f"  {form.recurrence.name}: {'; '.join(form.changes)}", ""
        also = f"; proved of the same left side: {', '.join(survivor.related)}" if survivor.related else ""
        yield f"    {survivor.label}{also}", ""
