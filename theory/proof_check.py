"""Check the arguments of a proof with sympy: for every round, every parameter in its range, every run.

What is checked is algebra: that the difference of both sides (or its growth from round to round, or both
sides against earlier steps) is what the argument says it is. The inequalities that an argument names
(`known`) and the condition of a step (`needs`) are taken for granted.
"""

from collections.abc import Mapping
from functools import cache

from sympy import Add, Dummy, Expr, Integer, Mul, Pow, expand, factor, nan, numer, oo, simplify, together, zoo

from theory.parameters import beta1, beta2
from theory.proof import (
    Cited,
    Combined,
    Induction,
    Lemma,
    Over,
    Proof,
    ProofStep,
    Relation,
    Square,
    StepStatus,
    Terms,
    before,
    memory,
)
from theory.quantities import CumMax, CumSum, Discounted, Prev, Quantity, SumCoords, is_vector
from theory.sign import nonnegative
from theory.symbols import D_i, Vector, f, t, x, x_next, z

FIXED = frozenset({z, D_i})
"""Vectors that do not change from round to round."""


@cache
def verify(proof: Proof) -> Mapping[str, StepStatus]:
    """The status of every step of a proof, by key."""
    return {step.key: verify_step(step, {s.key: s for s in proof.steps}) for step in proof.steps}


def verify_step(step: ProofStep, steps: Mapping[str, ProofStep] | None = None) -> StepStatus:
    """Check the argument of a step; FAILED also where sympy cannot decide.

    Args:
        step: the step.
        steps: the steps that a `Combined` argument names, by key.
    """
    argument = step.argument
    match argument:
        case Cited():
            return StepStatus.CITED
        case Lemma():
            holds = _is_sum(argument.right - argument.left, argument.squares, ())
            return StepStatus.PARTLY if holds else StepStatus.FAILED
        case Square():
            holds = _fits(step, argument) and _is_sum(
                _share(step, _this_round(step.right - step.left, {})),
                argument.squares,
                argument.given,
                [term for term, _ in argument.known],
            )
        case Induction():
            holds = _fits(step, argument) and _by_induction(step, argument)
        case Combined():
            holds = _is_combination(step, argument, steps or {})
    return StepStatus.CHECKED if holds else StepStatus.FAILED


def _fits(step: ProofStep, argument: Square | Induction) -> bool:
    """An identity leaves no room for squares; powers may be compared where the right side is >= 0."""
    if step.relation is Relation.EQUAL and (argument.squares or argument.known):
        return False
    if isinstance(argument, Induction):
        identity = step.relation is Relation.EQUAL
        return (
            (argument.power == 1 or nonnegative(step.right))
            and nonnegative(argument.factor)
            and (argument.potential == 0 if identity else nonnegative(argument.potential))
        )
    return True


def _is_sum(difference: Expr, squares: Terms, given: Terms, known: list[Expr] | tuple[()] = ()) -> bool:
    if not all(nonnegative(factor) for factor, _ in squares):
        return False
    total = Add(*[factor * root**2 for factor, root in squares], *known)
    return _vanishes(difference - total, given)


# -- growth from round to round -----------------------------------------------------------------------


def _by_induction(step: ProofStep, argument: Induction) -> bool:
    excess = step.right**argument.power - step.left**argument.power - argument.potential
    held = {node: Dummy("held", nonnegative=nonnegative(node)) for node in argument.held}
    excess = excess.xreplace(held)
    now, then = _this_round(excess, {}), _round_before(excess)
    if not _starts(now, then, step.relation):
        return False
    known = [term.xreplace(held) for term, _ in argument.known]
    growth = _share(step, now - argument.factor * then)
    return _is_sum(growth, argument.squares, argument.given, known)


def _starts(now: Expr, then: Expr, relation: Relation) -> bool:
    """Whether the excess is 0 before the first round, or right in it."""
    nothing = _value_at_start(then)
    if nothing == 0:
        return True
    first = _value_at_start(now)
    return bool(first == 0 or (relation is Relation.AT_MOST and first.is_nonnegative))


def _value_at_start(e: Expr) -> Expr:
    """The value in round 1 of an expression whose memory is empty; nan where it is not defined there."""
    empty = {s: Integer(0) for s in e.free_symbols if s.name.endswith("_before") or s.name.startswith("sum ")}
    value = simplify(_without_sums(e.xreplace(empty).xreplace({t: Integer(1)})))
    return nan if value.has(nan, zoo, oo) else value


def _without_sums(e: Expr) -> Expr:
    """Sums over coordinates of 0 are 0."""
    return e.replace(
        lambda node: isinstance(node, SumCoords) and expand(node.args[0]) == 0, lambda _: Integer(0)
    )


def _this_round(e: Expr, done: dict[Expr, Expr]) -> Expr:
    """The expression with running sums written as their value before this round plus what this round adds."""
    if e in done:
        return done[e]
    if isinstance(e, CumSum):
        done[e] = memory(e) + _this_round(e.args[0], done)
    elif isinstance(e, Discounted):
        done[e] = e.args[1] * memory(e) + _this_round(e.args[0], done)
    elif isinstance(e, Prev):
        done[e] = _round_before(e.args[0])
    elif isinstance(e, CumMax):
        raise ValueError(f"the growth of {e} is not known; name it among the quantities `held`")
    else:
        done[e] = e.func(*[_this_round(argument, done) for argument in e.args]) if e.args else e
    return done[e]


def _round_before(e: Expr) -> Expr:
    """The expression one round earlier, running sums by name."""
    if isinstance(e, CumSum | Discounted):
        return memory(e)
    if isinstance(e, Prev) and isinstance(e.args[0], CumSum):
        return memory(e.args[0]) - _round_before(e.args[0].args[0])
    if isinstance(e, Prev | CumMax):
        raise ValueError(f"the value of {e} in the round before is not known; write the step without it")
    if e == x_next:
        return x
    if e == t:
        return t - 1
    if e == f or (isinstance(e, Vector) and e not in FIXED):
        return before(e)
    return e.func(*[_round_before(argument) for argument in e.args]) if e.args else e


def _share(step: ProofStep, e: Expr) -> Expr:
    """What one coordinate has of an expression: a step of vector rank speaks of one coordinate already."""
    return e if step.vector else _one_coordinate(e)


def _one_coordinate(e: Expr) -> Expr:
    """The summand of one coordinate, of an expression linear in sums over coordinates."""
    sums = {node: Dummy("s") for node in e.atoms(SumCoords) if not _inside_another(node, e)}
    if not sums:
        return e
    flat = expand(e.xreplace(sums))
    total: Expr = Integer(0)
    for node, stand_in in sums.items():
        share = flat.coeff(stand_in, 1)
        if share.has(*sums.values()) or is_vector(share):
            raise ValueError(f"{e} is not linear in its sums over coordinates")
        total += share * node.args[0]
        flat -= share * stand_in
    if expand(flat) != 0:
        raise ValueError(f"{expand(flat)} in {e} stands outside of every sum over coordinates")
    return total


def _inside_another(node: Expr, e: Expr) -> bool:
    return any(other != node and other.has(node) for other in e.atoms(Quantity))


# -- sums of earlier steps ----------------------------------------------------------------------------


def _is_combination(step: ProofStep, argument: Combined, steps: Mapping[str, ProofStep]) -> bool:
    if argument.power != 1 and not nonnegative(step.right):
        return False
    rest = _excess(step, argument.power)
    for part in argument.parts:
        used = steps[part.key]
        if step.relation is Relation.EQUAL and used.relation is Relation.AT_MOST:
            return False
        if used.relation is Relation.AT_MOST and not nonnegative(part.factor):
            return False
        if part.power != 1 and not (nonnegative(used.left) and nonnegative(used.right)):
            return False
        excess = _excess(used, part.power)
        if part.over is Over.SUM:
            excess = CumSum(excess)
        elif part.over is Over.SUM_BEFORE:
            excess = Prev(CumSum(excess))
        rest -= part.factor * excess
    return _vanishes(normal_form(rest), ())


def _excess(step: ProofStep, power: int) -> Expr:
    return step.right**power - step.left**power


def normal_form(e: Expr) -> Expr:
    """Sums taken apart: linear nodes distribute over sums, and what does not change is pulled out of them.

    Prev(CumSum(u)) becomes CumSum(u) - u, CumSum(Prev(u)) too.
    """
    if isinstance(e, SumCoords | CumSum | Prev):
        total: Expr = Integer(0)
        for term in Add.make_args(expand(normal_form(e.args[0]))):
            outside, inside = _pulled_out(term, e)
            total += outside * _node(type(e), inside) if term != 0 else 0
        return expand(total)
    if isinstance(e, Add | Mul | Pow):
        return expand(e.func(*[normal_form(argument) for argument in e.args]))
    return e


def _pulled_out(term: Expr, around: Expr) -> tuple[Expr, Expr]:
    """A product as (what may stand outside of the node, what must stay inside), the latter in one form."""
    if isinstance(around, SumCoords):
        factors = Mul.make_args(factor(term))
        return Mul(*[u for u in factors if not is_vector(u)]), Mul(*[u for u in factors if is_vector(u)])
    fixed, inside = term.as_independent(Quantity, Vector, f, as_Add=False)
    outside, moving = factor(fixed).as_independent(t, as_Add=False)
    return outside, moving * inside


def _node(kind: type, inside: Expr) -> Expr:
    if (kind is CumSum and isinstance(inside, Prev)) or (kind is Prev and isinstance(inside, CumSum)):
        return CumSum(inside.args[0]) - inside.args[0]
    return kind(inside)


def _vanishes(e: Expr, given: Terms) -> bool:
    for symbol, meaning in given:
        e = e.subs(symbol, meaning)
    # A decay 0 makes beta**(t - 1) depend on t = 1; the identity in beta is one of polynomials all the same.
    positive = {s: Dummy(s.name, positive=True) for s in (beta1, beta2)}
    e = e.xreplace(positive)
    if expand(e) == 0:
        return True
    split = expand(e, power_exp=True)
    # Over one denominator most identities are those of polynomials; `simplify` takes ten times longer.
    return bool(
        expand(split) == 0 or expand(expand(numer(together(split))), power_exp=True) == 0 or simplify(e) == 0
    )
