"""A regret bound refuted by linear losses over a box or a segment, as a Coq file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from sympy import Expr, Integer, Symbol

from bounds.formal.formulas import Formulas
from bounds.formal.program import NEXT, Line, Program, check_names, sum_lines
from bounds.formal.program_text import (
    condition_proof,
    final_checks,
    program_text,
    rewrites,
    sequence_text,
    sum_lemmas,
)
from bounds.formal.sets import SETS, SetText
from bounds.formal.subject import NotFormalizable, Subject
from bounds.formal.words import binder, comment, gradients, ordered, point, prelude, real, wrapped
from theory.quantities import CumMax, CumSum, Regret
from theory.statement import Requires
from theory.symbols import Vector, f, g, t, x, z
from theory.theorems.against import GAP, INSIDE


@dataclass(frozen=True)
class RegretText:
    """The parts of the file that depend on the certificate; `names` are the sequences, as arguments."""

    subject: Subject
    formulas: Formulas
    of: SetText
    weight: Expr
    points: str
    program: Program
    names: str
    parameters: str

    @property
    def arguments(self) -> str:
        """The arguments of a side, after d and T."""
        return f"{self.parameters} {self.points} {self.names}"

    @property
    def from_origin(self) -> bool:
        """Whether the statement is about runs that start at the origin."""
        return Requires.START_AT_ORIGIN in self.subject.requires

    @property
    def ends(self) -> str:
        """The two points of the set."""
        return " ".join(map(str, self.of.ends))

    def statement(self) -> str:
        """The algorithm, both sides, the conditions and the universally quantified statement."""
        s, formulas = self.subject, self.formulas
        start, equations, metric, unprojected = formulas.lines()
        from_origin = "\n  (forall i, (i < d)%nat -> x 1%nat i = 0) ->" if self.from_origin else ""
        gap = "f t (x t) - f t z"
        gap = gap if self.weight == 1 else f"{formulas.printer().print(self.weight)} * ({gap})"
        sequences = binder(formulas.sequences)
        head = f"(d T : nat) ({self.parameters} : R) ({self.points} : point)\n    {sequences}"
        rule = comment(
            f"The algorithm {s.recurrence.name}: T rounds from x 1 on a set X. `pred t` is the round before."
        )
        claim = comment(
            f"Statement {s.theorem.id}, reading {s.reading.key} ({s.theorem.source}), on {self.of.plural}: "
            f"for every dimension, every {self.of.word}, convex losses with subgradients g, and every run."
        )
        return f"""\
{rule}
Definition algorithm (d T : nat) ({self.parameters} : R) (X : point -> Prop)
    {sequences} : Prop :=
{start}  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
{equations}) /\\
    projection d X
{wrapped(f"(fun i => {metric})", "      ")}
{wrapped(f"(fun i => {unprojected})", "      ")}
      (x (S t)).

(* The regret against the point z after T rounds, and the printed bound. *)
Definition left_side (d T : nat) (f : nat -> point -> R)
    {sequences} (z : point) : R :=
  CumSum (fun t => {gap}) T.
Definition right_side {head} : R :=
{formulas.side(formulas.bound)}Definition conditions {head} : Prop :=
{formulas.condition_text()}
{claim}
Definition statement : Prop := forall (d T : nat) ({self.parameters} : R) ({self.ends} z : point)
    (f : nat -> point -> R) {sequences},
  (1 <= d)%nat -> (1 <= T)%nat ->{f" {self.of.hypothesis} ->" if self.of.hypothesis else ""}
  conditions d T {self.arguments} ->
  (forall t, (1 <= t <= T)%nat -> convex (f t) /\\ subgradient d (f t) (x t) (g t)) ->
  {self.of.name[1:-1]} (x 1%nat) -> {self.of.name[1:-1]} z ->{from_origin}
  algorithm d T {self.parameters} {self.of.name} {self.names} ->
  left_side d T f {self.names} z <=
  right_side d T {self.arguments}.
"""

    def game(self) -> str:
        """The game, its program, its sequences, and what is to be decided by computation."""
        s, program = self.subject, self.program
        parameters = "".join(f"Definition {p} : R := {real(q)}.\n" for p, q in s.parameters.items())
        points = "".join(
            f"Definition {v} : point := vector {point(program.constants[str(v)])}.\n"
            for v in (*self.of.ends, z)
        )
        printer = program.printer()
        bound = printer.print(self.formulas.bound)
        excess = f"(Minus {printer.entry('regret', vector=False)} {bound})"
        return f"""\
(* ---- The game. *)

{gradients(s.game)}Definition d : nat := {len(s.game["start"])}.
Definition T : nat := N.to_nat {s.game["horizon"]}.
{parameters}{points}Definition f (t : nat) : point -> R := linear d (rows gradient t).

{program_text(program, s.precision)}Definition after (t : nat) : list point :=
  state game gradient constants start t.
{sequence_text(program)}
(* To be decided by computation: in every round that the metric is one; in the end the conditions, and that
   the left side exceeds the right side. *)
Definition always : list (bool * term) := [
{wrapped(f"{self.of.check(printer, s.recurrence.metric)}].", "  ")}
{final_checks(program, self.formulas, excess)}"""

    def proof(self) -> str:
        """The lemmas that tie the program to the formulas, and the theorems."""
        s, names, parameters, r = self.subject, self.names, self.parameters, self.subject.recurrence
        known = rewrites(self.program)
        bound = self.program.printer().print(self.formulas.bound)
        boxed = "  - apply vector_le. reflexivity.\n" if self.of.hypothesis else ""
        points = tuple(s.game["set"]["begin"]), tuple(s.game["set"]["end"])
        begin = point(s.game["start"])
        origin = (
            "  - intros i Hi. apply Rle_antisym; revert i Hi.\n"
            f"    + apply (vector_le d {begin} nil). reflexivity.\n"
            f"    + apply (vector_le d nil {begin}). reflexivity.\n"
            if self.from_origin
            else ""
        )
        values = [
            f" | change ({real(q)} = {self.formulas.printer().print(r.initial[v])}); unfold Q2R; simpl; lra"
            for v, q in beginnings_of(s).items()
        ]
        start = f"split; [ repeat split; first [ reflexivity{''.join(values)} ] | ]." if r.states else ""
        return f"""\
(* ---- The proof. *)

{sum_lemmas(self.program, self.formulas)}Lemma left_is t : left_side d t f {names} z = regret t.
Proof. apply (CumSum_line _ regret); [ reflexivity | intros s;{known} reflexivity ]. Qed.
Lemma right_is t : right_side d t {self.arguments} =
{wrapped(f"term_at game gradient constants start t O {bound}.", "  ")}
Proof. unfold right_side; cbv zeta;{known} reflexivity. Qed.

(* Every line of every round in intervals. *)
Lemma computed : verdict game bits gradient constants start always final {s.game["horizon"]} = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Lemma at_the_end T : Forall (holds game gradient constants start T) final ->
  conditions d T {self.arguments} /\\
  right_side d T {self.arguments} < left_side d T f {names} z.
Proof.
  rewrite left_is, right_is. intros H.
{condition_proof(self.formulas, known)}  split.
  - unfold conditions. cbv zeta in *. repeat split; lra.
  - apply Rminus_gt_0_lt. exact H.
Qed.

Lemma plays : (forall t, (1 <= t <= T)%nat -> Forall (holds game gradient constants start t) always) ->
  algorithm d T {parameters} {self.of.name} {names}.
Proof.
  intros H. {start}
  intros t Ht. assert (Hw := Forall_inv (H t Ht)). destruct t as [|s]; [ lia | ]. split.
  - intros i _.{known} repeat split; reflexivity.
  - {self.of.projection_proof}
Qed.

(* The algorithm plays the game, every condition holds, and the regret exceeds the bound. *)
Theorem game_violates :
  conditions d T {self.arguments} /\\
  algorithm d T {parameters} {self.of.name} {names} /\\
  right_side d T {self.arguments} < left_side d T f {names} z.
Proof.
  destruct (verdict_correct game bits gradient constants start always final T) as [H1 H2].
  - unfold T. rewrite N2Nat.id. exact computed.
  - destruct (at_the_end T H2) as [Hc Hv]. exact (conj Hc (conj (plays H1) Hv)).
Qed.

Theorem statement_is_false : ~ statement.
Proof.
  destruct game_violates as [Hc [Ha Hv]]. intros H. apply Rlt_not_le in Hv. apply Hv. apply H.
  - unfold d. lia.
  - unfold T. lia.
{boxed}  - exact Hc.
  - intros [|s] Hs; [ lia | ]. split; [ apply linear_is_convex | apply linear_subgradient ].
  - {self.of.member_proof(points, tuple(s.game["start"]))}
  - {self.of.member_proof(points, tuple(s.game["comparator"]))}
{origin}  - exact Ha.
Qed.
"""


def _program(subject: Subject, formulas: Formulas, of: SetText, weight: Expr) -> Program:
    """The game as lines and constants."""
    known: dict[Expr, str] = {}
    before = {symbol: (q,) for symbol, q in beginnings_of(subject).items()}
    lines = [Line("x", True, ""), Line("g", True, "Data")]
    for symbol, e in subject.recurrence.steps:
        lines += [
            *sum_lines([e], known),
            Line(str(symbol), isinstance(symbol, Vector), e, before.get(symbol, ())),
        ]
    letters = formulas.letters_of(formulas.bound, weight, *formulas.condition_sides)
    lines += sum_lines([*(e for _, e in letters), formulas.bound, weight, *formulas.condition_sides], known)
    begin = tuple(subject.game["start"])
    lines += [Line("regret", False, ""), Line(NEXT, True, "", begin)]
    constants = {
        **{str(p): (q,) for p, q in subject.parameters.items()},
        str(of.ends[0]): tuple(subject.game["set"]["begin"]),
        str(of.ends[1]): tuple(subject.game["set"]["end"]),
        str(z): tuple(subject.game["comparator"]),
    }
    draft = Program(tuple(lines), constants, dict(letters))
    check_names(draft)
    of_x, of_regret, of_next = (draft.printer(k) for k in (0, len(lines) - 2, len(lines) - 1))
    played, compared = (f"(Sum (Times {of_regret.print(g)} {of_regret.print(p)}))" for p in (x, z))
    gap = f"(Minus {played} {compared})"
    gap = gap if weight == 1 else f"(Times {of_regret.print(weight)} {gap})"
    projected = of.projected(of_next, subject.recurrence.metric, subject.recurrence.point)
    lines[0] = Line("x", True, of_x.entry(NEXT, vector=True, before=True))
    lines[-2] = Line("regret", False, f"(Plus {of_regret.entry('regret', vector=False, before=True)} {gap})")
    lines[-1] = Line(NEXT, True, projected, begin)
    return Program(tuple(lines), constants, dict(letters))


def _check_rounds(formulas: Formulas) -> None:
    """NotFormalizable if a condition speaks of a round and not of a sum or a maximum over the rounds."""
    for low, high, _ in formulas.conditions:
        parts = [low, high, *(e for _, e in formulas.letters_of(low, high))]
        outside = [e.xreplace({n: Integer(0) for n in e.atoms(CumSum, CumMax)}) for e in parts]
        alone = {s for e in outside for s in e.free_symbols} & {*formulas.sequences, t}
        if alone:
            raise NotFormalizable(
                f"the condition that {low} is at most {high} has {', '.join(sorted(map(str, alone)))} "
                "outside of a sum or a maximum over the rounds, so it does not say in which round it is meant"
            )


def weight_of(subject: Subject) -> Expr:
    """The weight of the losses in the left side; NotFormalizable if that is no regret."""
    left = subject.theorem.lhs
    if left == GAP:
        return Integer(1)
    if isinstance(left, Regret) and len(left.args) > 1:
        raise NotFormalizable(f"the left side {left} has a composite term, for which the file has no words")
    if not isinstance(left, Regret):
        raise NotFormalizable(f"the left side {left} is neither a regret nor the regret against a point z")
    return subject.spelled_out(left.args[0])


def beginnings_of(subject: Subject) -> dict[Symbol, Fraction]:
    """The values of round 0 that are not 0; NotFormalizable if one is not a rational number."""
    for symbol, e in subject.recurrence.initial.items():
        if isinstance(symbol, Vector) or not e.is_Rational:
            raise NotFormalizable(
                f"the line `{symbol}` has the value {e} in round 0; the file has words for a number that is "
                "rational only"
            )
    return {s: Fraction(int(e.p), int(e.q)) for s, e in subject.recurrence.initial.items() if e}


def regret_text(subject: Subject) -> RegretText:
    """The text of a regret bound that linear losses refute; NotFormalizable says why not."""
    # That z lies in X is a hypothesis of its own in the file.
    others = tuple(a for a in subject.theorem.assumptions if a != INSIDE)
    subject = replace(subject, theorem=replace(subject.theorem, assumptions=others))
    if subject.game["kind"] != "linear":
        raise NotFormalizable("the file has words for linear losses only, not for curved ones")
    kind = subject.game["set"]["kind"]
    if kind not in SETS:
        raise NotFormalizable(f"no set of the kind {kind} is formalised; {' and '.join(SETS)} are")
    of = SETS[kind]
    for missing in sorted(r.name for r in subject.requires - of.shows - {Requires.START_AT_ORIGIN}):
        raise NotFormalizable(
            f"the statement requires {missing}, and the file has no words for it on {of.plural}"
        )
    weight = weight_of(subject)
    if any(f in e.free_symbols for e in (*subject.recurrence.expressions(), subject.reading.rhs)):
        raise NotFormalizable("the algorithm or the bound reads the loss f_t(x_t)")
    sequences = ordered([x, g, *(s for s, _ in subject.recurrence.steps)])
    formulas = Formulas(subject, sequences, [*subject.parameters, *of.ends, z], of.diameters)
    _check_rounds(formulas)
    sides = (formulas.bound, *formulas.condition_sides)
    spoken = {s for e in (*sides, *(e for _, e in formulas.letters_of(*sides))) for s in e.free_symbols}
    points = " ".join(map(str, (*of.ends, *([z] if z in spoken else []))))
    parameters = " ".join(map(str, subject.parameters))
    program = _program(subject, formulas, of, weight)
    return RegretText(
        subject, formulas, of, weight, points, program, " ".join(map(str, sequences)), parameters
    )


def regret_file(subject: Subject) -> list[str]:
    """The parts of the Coq file of a regret bound, the words it is stated in first."""
    text = regret_text(subject)
    return [
        prelude("definitions"), *map(prelude, text.of.words), text.statement(), prelude("projection"),
        *map(prelude, text.of.lemmas), prelude("enclosures"), prelude("verdict"),
        *map(prelude, text.of.exact), text.game(), text.proof(),
    ]  # fmt: skip
