r"""Symbolic scaling: the degree of every term of a statement, and what it implies before any simulation.

Three changes of the game preserve its difficulty: f -> c f; x -> x/s, that is, f_s(y) = f(s y) on X/s; and
n copies of every coordinate. The algorithm's parameters change as its lines require (Adam keeps alpha under
f -> c f, gradient descent needs alpha/c), so that its points move as the game's do. A statement whose sides
have different degrees is therefore false or loose: if the left side grows faster than the bound, any run with
a positive left side violates the bound once it is scaled far enough.

`degrees` gives the table of one reading, `inhomogeneous` the findings to report about a theorem, and
`markdown` the table of all its readings for a page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from sympy import Abs, Add, Expr, Mul, Piecewise, S, Symbol
from sympy.core.relational import Relational
from sympy.printing.str import StrPrinter

from theory.algorithms.registry import algorithm
from theory.degree import SCALINGS, Conflict, Degree, Degrees, End, Followed, Scaling, follow
from theory.quantities import First, Quantity
from theory.recurrence import Recurrence
from theory.statement import Reading, Theorem
from theory.symbols import MEANING


class StatementPart(Enum):
    """The role of a table row in its statement."""

    LETTER = "letter"
    LINE = "algorithm"
    PARAMETER = "parameter"
    LEFT = "left side"
    PREFACTOR = "prefactor"
    TERM = "term"
    RIGHT = "right side"


@dataclass(frozen=True)
class Row:
    """One quantity with its degree under each of `SCALINGS`; a term does not include the prefactor."""

    part: StatementPart
    expression: Expr
    degrees: tuple[Degree, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The degrees as text."""
        return tuple(d.text(s.factor) for d, s in zip(self.degrees, SCALINGS, strict=True))

    @property
    def label(self) -> str:
        """The expression as plain text in the theorem language; "rhs" for the right side."""
        return "rhs" if self.part is StatementPart.RIGHT else plain(self.expression)


class Effect(Enum):
    """What a scaling does to a statement at one end; the value is the sentence to show."""

    KEEPS = "both sides stay in balance"
    BREAKS = "the bound {how} the {measures}, so {games} break it"
    STRIPS = "it must hold with the leading part alone: {leading}"
    LOOSENS = "the bound only becomes looser"
    UNTOLD = "a logarithm or a difference turns negative, and the bound may be undefined"


@dataclass(frozen=True)
class Homogeneity:
    """What one scaling shows about one reading.

    effects: what happens at each end that the factor may approach; sentence: the finding with its direction;
    conflicts: the sums that keep the algorithm from following the scaling (then there is no finding);
    outside: the assumptions that the scaling does not preserve.
    """

    scaling: Scaling
    effects: tuple[tuple[End, Effect], ...]
    sentence: str
    conflicts: tuple[Conflict, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def homogeneous(self) -> bool:
        """Whether the statement means the same for a scaled game."""
        return not self.conflicts and all(effect is Effect.KEEPS for _, effect in self.effects)

    @property
    def breaks(self) -> tuple[End, ...]:
        """The ends at which any run with a positive left side violates the statement, if not `outside`."""
        return tuple(end for end, effect in self.effects if effect is Effect.BREAKS)


@dataclass(frozen=True)
class ScalingTable:
    """The degrees of one reading of a theorem for one algorithm, and what they mean.

    rows: letters, lines and parameters of the algorithm, left side, prefactor, terms and right side;
    findings: one per entry of `SCALINGS`.
    """

    theorem: str
    reading: str
    algorithm: str
    rows: tuple[Row, ...]
    findings: tuple[Homogeneity, ...]

    @property
    def homogeneous(self) -> bool:
        """Whether the reading survives every scaling."""
        return all(finding.homogeneous for finding in self.findings)

    def of(self, part: StatementPart) -> tuple[Row, ...]:
        """The rows of one part."""
        return tuple(row for row in self.rows if row.part is part)

    def symbol(self, symbol: Symbol) -> Row:
        """The row of a letter, line or parameter; for any other symbol a ValueError that lists them."""
        rows = [
            *self.of(StatementPart.LETTER),
            *self.of(StatementPart.LINE),
            *self.of(StatementPart.PARAMETER),
        ]
        for row in rows:
            if row.expression == symbol:
                return row
        known = ", ".join(row.label for row in rows)
        raise ValueError(f"`symbol` = {symbol} is none of {self.theorem}.{self.reading}; known: {known}")

    def markdown(self) -> str:
        """The table and its findings, without the symbols that no scaling changes."""
        lines = _table([(row.part.value, row) for row in self.rows if _says_something(row)], self.findings)
        return "\n".join([*lines, "", *(f"* {finding.sentence}" for finding in self.findings)])


def degrees(theorem: Theorem, reading: str, recurrence: Recurrence | None = None) -> ScalingTable:
    """The scaling table of one reading of a theorem.

    Args:
        theorem: the theorem.
        reading: the key of the reading.
        recurrence: the algorithm, by default the first that the theorem names.

    Raises:
        ValueError: an unknown reading or algorithm, or a symbol of the theorem that belongs neither to the
            game nor to the algorithm.
    """
    chosen = theorem.reading(reading)
    recurrence = recurrence or named_algorithm(theorem)
    followed, calculi = follows(recurrence), _calculi(recurrence)

    def row(part: StatementPart, e: Expr) -> Row:
        spelled = theorem.spelled_out(e)
        return Row(part, e, tuple(calculus.of(spelled) for calculus in calculi))

    prefactor, terms = split(theorem, chosen)
    rows = [row(StatementPart.LETTER, e) for e in _letters(theorem, chosen, recurrence)]
    rows += [row(StatementPart.LINE, symbol) for symbol, _ in recurrence.steps]
    rows += [row(StatementPart.PARAMETER, parameter.symbol) for parameter in recurrence.parameters]
    rows.append(row(StatementPart.LEFT, theorem.lhs))
    if prefactor != 1:
        rows.append(row(StatementPart.PREFACTOR, prefactor))
    rows += [row(StatementPart.TERM, term) for term in terms]
    whole = row(StatementPart.RIGHT, chosen.rhs)
    findings = tuple(
        _finding(k, followed[k], theorem, rows, whole, _not_kept(theorem, calculi[k]))
        for k in range(len(SCALINGS))
    )
    return ScalingTable(theorem.id, chosen.key, recurrence.name, (*rows, whole), findings)


@lru_cache(maxsize=64)  # readings and theorems about one algorithm ask for the same again and again
def follows(recurrence: Recurrence) -> tuple[Followed, ...]:
    """How an algorithm follows each of `SCALINGS`."""
    return tuple(follow(recurrence, scaling) for scaling in SCALINGS)


@lru_cache(maxsize=64)
def _calculi(recurrence: Recurrence) -> tuple[Degrees, ...]:
    return tuple(Degrees(s, f) for s, f in zip(SCALINGS, follows(recurrence), strict=True))


@lru_cache(maxsize=1024)  # a run asks before its games, and again for each game about the theorem
def inhomogeneous(
    theorem: Theorem, recurrence: Recurrence | None = None
) -> tuple[tuple[str, Homogeneity], ...]:
    """The findings to report before any simulation: (reading, finding) for each inhomogeneous one."""
    tables = [degrees(theorem, reading.key, recurrence) for reading in theorem.readings]
    return tuple(
        (table.reading, finding) for table in tables for finding in table.findings if not finding.homogeneous
    )


def breaking(theorem: Theorem, recurrence: Recurrence | None = None) -> dict[str, tuple[str, ...]]:
    """Reading key -> sentences about the scalings that break it; empty if none does or none is known.

    Args:
        theorem: a statement.
        recurrence: the algorithm, if the theorem names one that is not registered.
    """
    try:
        findings = inhomogeneous(theorem, recurrence)
    except ValueError:  # a node without a rule for its degree: scaling decides nothing
        return {}
    found: dict[str, list[str]] = {}
    for key, finding in findings:
        if finding.breaks and not finding.outside:
            found.setdefault(key, []).append(finding.sentence)
    return {key: tuple(sentences) for key, sentences in found.items()}


def named_algorithm(theorem: Theorem) -> Recurrence:
    """The first algorithm that a theorem names; ValueError if theory/algorithms does not define it."""
    if not theorem.algorithms:
        raise ValueError(f"{theorem.id} is about any algorithm; `recurrence` must be given")
    try:
        return algorithm(theorem.algorithms[0])
    except ValueError as error:
        raise ValueError(f"{error}; `recurrence` must be given for {theorem.id}") from None


def split(theorem: Theorem, reading: Reading) -> tuple[Expr, tuple[Expr, ...]]:
    """(prefactor, terms) of a right side; the terms of a product are those of its only measured sum."""
    rhs = reading.rhs
    if isinstance(rhs, Mul):
        sums = [e for e in rhs.args if isinstance(e, Add) and theorem.spelled_out(e).has(Quantity)]
        if len(sums) == 1:
            return Mul(*(e for e in rhs.args if e != sums[0])), tuple(sums[0].as_ordered_terms())
    return S.One, tuple(rhs.as_ordered_terms())


def markdown(theorem: Theorem, recurrence: Recurrence | None = None) -> str:
    """One table for all readings of a theorem, each row once, followed by the findings for each reading.

    A row that does not belong to every reading names its readings.
    """
    tables = [degrees(theorem, reading.key, recurrence) for reading in theorem.readings]
    readings: dict[tuple[StatementPart, Expr], list[str]] = {}
    rows: dict[tuple[StatementPart, Expr], Row] = {}
    for table in tables:
        for row in table.rows:
            if row.part is not StatementPart.RIGHT and _says_something(row):
                rows[row.part, row.expression] = row
                readings.setdefault((row.part, row.expression), []).append(table.reading)
    order = list(StatementPart)
    labelled = []
    for key in sorted(rows, key=lambda key: order.index(key[0])):
        some = f" ({', '.join(readings[key])})" if len(readings[key]) < len(tables) else ""
        labelled.append((f"{key[0].value}{some}", rows[key]))
    lines = _table(labelled, tables[0].findings)
    for table in tables:
        lines += ["", f"Reading {table.reading}:", ""]
        lines += [f"* {finding.sentence}" for finding in table.findings]
    return "\n".join(lines)


def plain(e: Expr) -> str:
    """An expression in the theorem language, with `Norm1` and `First` by name instead of expanded."""
    return str(_Words().doprint(e))


class _Words(StrPrinter):
    def _print_SumCoords(self, e: Expr) -> str:
        (summand,) = e.args
        norm = isinstance(summand, Abs)
        name, argument = ("Norm1", summand.args[0]) if norm else ("SumCoords", summand)
        return f"{name}({self._print(argument)})"

    def _print_CumSum(self, e: Expr) -> str:
        (summand,) = e.args
        first = isinstance(summand, Piecewise) and First(summand.args[0].expr) == e
        name, argument = ("First", summand.args[0].expr) if first else ("CumSum", summand)
        return f"{name}({self._print(argument)})"


def _says_something(row: Row) -> bool:
    symbols = (StatementPart.LETTER, StatementPart.LINE, StatementPart.PARAMETER)
    return row.part not in symbols or any(d.power != 0 for d in row.degrees)


def _table(rows: Iterable[tuple[str, Row]], findings: Sequence[Homogeneity]) -> list[str]:
    """Lines of Markdown; no quantity has a degree under a scaling that the algorithm cannot follow."""
    head = ["quantity", "part", *(scaling.name for scaling in SCALINGS)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for part, row in rows:
        cells = [
            "?" if finding.conflicts else cell for cell, finding in zip(row.cells, findings, strict=True)
        ]
        lines.append("| " + " | ".join([f"`{row.label}`", part, *cells]) + " |")
    return lines


def _letters(theorem: Theorem, reading: Reading, recurrence: Recurrence) -> list[Expr]:
    """The statement's letters and its symbols from the game, in the order of `MEANING`."""
    sides = (theorem.lhs, reading.rhs)
    used = set().union(*(e.free_symbols | theorem.spelled_out(e).free_symbols for e in sides))
    used -= {symbol for symbol, _ in recurrence.steps} | {p.symbol for p in recurrence.parameters}
    place = {symbol: k for k, symbol in enumerate(MEANING)}
    return sorted(used, key=lambda symbol: (place.get(symbol, len(place)), str(symbol)))


def _not_kept(theorem: Theorem, calculus: Degrees) -> tuple[str, ...]:
    """The assumptions that compare quantities of different degree."""

    def unlike(relation: Relational) -> bool:
        return len({calculus.of(theorem.spelled_out(side)) for side in relation.args if side != 0}) > 1

    return tuple(
        a.text for a in theorem.assumptions if isinstance(a.condition, Relational) and unlike(a.condition)
    )


def _finding(
    k: int, followed: Followed, theorem: Theorem, rows: Sequence[Row], whole: Row, outside: tuple[str, ...]
) -> Homogeneity:
    scaling = SCALINGS[k]

    def found(sentence: str, effects: tuple[tuple[End, Effect], ...] = ()) -> Homogeneity:
        return Homogeneity(scaling, effects, f"{scaling.name}: {sentence}", followed.conflicts, outside)

    if followed.conflicts:
        return found(f"no powers of the parameters let the algorithm follow: {followed.conflicts[0]}")
    left = next(row for row in rows if row.part is StatementPart.LEFT).degrees[k]
    prefactor = [row.degrees[k] for row in rows if row.part is StatementPart.PREFACTOR]
    terms = [row for row in rows if row.part is StatementPart.TERM and row.expression != 0]
    if not terms:
        return found("the right side is 0, whatever the factor")
    product = Degrees(scaling, followed).product
    sizes = [product([*prefactor, row.degrees[k]]) for row in terms]
    effects = tuple((end, _effect(left, whole.degrees[k], sizes, end)) for end in scaling.ends)
    degree = left.text(scaling.factor)
    kept = f" (the scaling does not keep the assumption: {', '.join(outside)})" if outside else ""
    if all(effect is Effect.KEEPS for _, effect in effects):
        return found(f"homogeneous, every term has degree {degree}{kept}", effects)
    shown = [size.text(scaling.factor) for size in sizes]
    one = len(set(shown)) == 1
    each = f"every term of the right side {shown[0]}" if one else f"the terms {', '.join(shown)}"
    directions = "; ".join(
        _direction(scaling, end, effect, theorem, dict(zip(terms, sizes, strict=True)))
        for end, effect in effects
    )
    return found(
        f"inhomogeneous, the {theorem.measures} has degree {degree}, {each}; {directions}{kept}", effects
    )


def _effect(left: Degree, right: Degree, sizes: Sequence[Degree], end: End) -> Effect:
    here, there = left.at(end), right.at(end)
    if here is None or there is None:
        return Effect.UNTOLD
    if here.key(end) != there.key(end):
        return Effect.BREAKS if here.key(end) > there.key(end) else Effect.LOOSENS
    return Effect.KEEPS if left == right and all(size == left for size in sizes) else Effect.STRIPS


def _direction(
    scaling: Scaling, end: End, effect: Effect, theorem: Theorem, sizes: Mapping[Row, Degree]
) -> str:
    growths = {row: growth for row, size in sizes.items() if (growth := size.at(end)) is not None}
    top = max((growth.key(end) for growth in growths.values()), default=None)
    sentence = effect.value.format(
        how="falls faster than" if end is End.ZERO else "grows more slowly than",
        games=scaling.small if end is End.ZERO else scaling.large,
        measures=theorem.measures,
        leading=" + ".join(f"`{row.label}`" for row, growth in growths.items() if growth.key(end) == top),
    )
    return f"as {scaling.factor} -> {end.value} {sentence}"
