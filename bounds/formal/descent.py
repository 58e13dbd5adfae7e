"""A bound on gradient averages refuted by one smooth function and noise of finitely many letters, in Coq."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

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
from bounds.formal.slopes import Slopes, constant, slopes_of
from bounds.formal.subject import NotFormalizable, Subject
from bounds.formal.terms import TermPrinter
from bounds.formal.words import binder, comment, ordered, point, prelude, rational, real, wrapped
from theory.printing.coq_source import bare
from theory.quantities import Expectation, Supremum
from theory.statement import Requires
from theory.symbols import L, Vector, df, f, f_star, g, x

SHOWN = {
    Requires.SMOOTH_LOSS,
    Requires.MINIMUM_KNOWN,
    Requires.FIXED_LOSS,
    Requires.UNBIASED_ORACLE,
    Requires.UNCONSTRAINED,
    Requires.SEPARABLE_SET,
}
"""What the statement says of a descent."""


@dataclass(frozen=True)
class DescentText:
    """The parts of the file that depend on the certificate."""

    subject: Subject
    formulas: Formulas
    slopes: Slopes
    program: Program
    over: tuple[Expr, ...]
    left: Expr

    @property
    def names(self) -> str:
        """The sequences, as arguments."""
        return " ".join(map(str, self.formulas.sequences))

    @property
    def parameters(self) -> str:
        """The parameters, as arguments."""
        return " ".join(map(str, self.subject.parameters))

    @property
    def arguments(self) -> str:
        """The arguments of a side, after d and T."""
        return f"{self.parameters} L f_star law {self.names} w"

    def statement(self) -> str:
        """The algorithm, both sides, the conditions and the universally quantified statement."""
        s, formulas = self.subject, self.formulas
        start, equations, _, unprojected = formulas.lines()
        sequences = binder(formulas.sequences, "list point -> ")
        head = (
            f"(d T : nat) ({self.parameters} L f_star : R) (law : law_of_noise)\n"
            f"    {sequences} (w : list point)"
        )
        of_path = " ".join(f"({name} w)" for name in self.names.split())
        rule = comment(
            f"The algorithm {s.recurrence.name}: T rounds from x 1 = start without a set, on the function F "
            "with gradient dF and with noise in its gradients. `pred t` is the round before t."
        )
        claim = comment(
            f"The statement {s.theorem.id}, reading {s.reading.key} ({s.theorem.source}): for every "
            "dimension, every smooth function with a minimum, independent noise of mean 0 with finitely many "
            "letters, and every run."
        )
        return f"""\
{rule}
Definition algorithm (d T : nat) ({self.parameters} : R) (F : point -> R) (dF : point -> point)
    (start : point) (noise : nat -> point) {binder(formulas.sequences)} : Prop :=
{start}  (forall i, (i < d)%nat -> x 1%nat i = start i) /\\
  forall t, (1 <= t <= T)%nat ->
    f t = F (x t) /\\
    forall i, (i < d)%nat ->
      df t i = dF (x t) i /\\
      g t i = df t i + noise t i /\\
{equations} /\\
{wrapped(f"x (S t) i = {unprojected}", "      ")}.

(* Both sides after T rounds; every sequence depends on the path w of the noise. *)
Definition left_side {head} : R :=
{formulas.side(self.left)}Definition right_side {head} : R :=
{formulas.side(formulas.bound)}Definition conditions {head} : Prop :=
{formulas.condition_text()}
{claim}
Definition statement : Prop := forall (d T : nat) ({self.parameters} L f_star : R) (law : law_of_noise)
    (F : point -> R) (dF : point -> point) (start : point)
    {sequences} (w : list point),
  (1 <= d)%nat -> (1 <= T)%nat -> smooth d L F dF -> minimum F f_star -> noise d law ->
  (forall w, path law T w ->
{wrapped(f"algorithm d T {self.parameters} F dF start (on_path w) {of_path}) ->", "    ")}
  path law T w -> conditions d T {self.arguments} ->
  left_side d T {self.arguments} <=
  right_side d T {self.arguments}.
"""

    def game(self) -> str:
        """The game, its program, its sequences, and what is to be decided by computation."""
        s, program, slopes = self.subject, self.program, self.slopes
        parameters = "".join(f"Definition {p} : R := {real(q)}.\n" for p, q in s.parameters.items())
        letters = "; ".join(
            f"({rational(letter['probability'])}, {point(letter['noise'])})" for letter in s.game["letters"]
        )
        last = program.printer()
        inner = ";\n".join(
            wrapped(f"({str(isinstance(e, Expectation)).lower()}, {last.print(e.args[0])})", "  ")
            for e in self.over
        )
        printer = program.printer(over=self.over)
        excess = f"(Minus {printer.print(self.left)} {printer.print(self.formulas.bound)})"
        bends = "; ".join(real(q) for q in slopes.bends)
        lengths = "; ".join(real(q) for q in slopes.lengths)
        numbers = f"({real(slopes.value)}) ({real(slopes.begin)}) lengths bends"
        return f"""\
(* ---- The game. *)

Definition d : nat := {len(s.game["start"])}.
Definition T : nat := N.to_nat {s.game["horizon"]}.
{parameters}Definition lengths : list R := [{lengths}].
Definition bends : list R := [{bends}].
Definition L : R := {real(max(map(abs, slopes.bends)))}.
Definition F (y : point) : R := SumCoords d (fun i => phi {numbers} (y i)).
Definition dF (y : point) (i : nat) : R := dphi {numbers} (y i).
Definition f_star : R := SumCoords d (fun _ => phi {numbers} ({real(slopes.lowest)})).
Definition letters : list (Q * list Q) := [{letters}].
Definition law : law_of_noise := exact_law letters.
Definition begin : point := vector {point(s.game["start"])}.

{program_text(program, s.precision)}Definition after (w : list point) (t : nat) : list point :=
  path_state game constants start w t.
{sequence_text(program, "w")}
(* To be decided by computation, over all paths (true: the mean, false: the maximum), and at the end. *)
Definition inner : list (bool * term) := [
{inner}].
{final_checks(program, self.formulas, excess, self.over)}(* The path of the first letter. *)
Definition w : list point := repeat (vector {point(s.game["letters"][0]["noise"])}) T.
"""

    def proof(self) -> str:
        """The lemmas that tie the program to the formulas, and the theorems."""
        s, names, program = self.subject, self.names, self.program
        sums = rewrites(program)
        of_path = " ".join(f"({name} w)" for name in names.split())
        run = f"(forall w, algorithm d T {self.parameters} F dF begin (on_path w) {of_path}) /\\"
        run = wrapped(run, "  ")
        whole = "whole_term game letters constants start inner w T"
        printer = program.printer(over=self.over)
        formula = self.formulas.printer(self.formulas.letters_of(self.left, self.formulas.bound), "T")
        over, known = "", sums
        for k, e in enumerate(self.over):
            kind = str(isinstance(e, Expectation)).lower()
            term = program.printer().print(e.args[0])
            over += (
                wrapped(f"Lemma over{k}_is T : {bare(formula.print(e))} =", "") + "\n"
                + wrapped(
                    f"over_paths game letters constants start T ({kind}, {term}).", "  "
                ) + f"\nProof. unfold over_paths; cbn [fst snd];{sums} reflexivity. Qed.\n"
            )  # fmt: skip
            known = f" try rewrite over{k}_is;{known}"
        start = "split; [ repeat split; reflexivity | ]." if s.recurrence.states else ""
        arguments, dimension = self.arguments, len(s.game["start"])
        return f"""\
(* ---- The proof. *)

{sum_lemmas(program, self.formulas)}{over}Lemma left_is w T : left_side d T {arguments} =
{wrapped(f"{whole} {printer.print(self.left)}.", "  ")}
Proof. unfold left_side; cbv zeta;{known} reflexivity. Qed.
Lemma right_is w T : right_side d T {arguments} =
{wrapped(f"{whole} {printer.print(self.formulas.bound)}.", "  ")}
Proof. unfold right_side; cbv zeta;{known} reflexivity. Qed.

(* Every line of every round on every path in intervals. *)
Lemma computed : verdict_of_paths game bits letters constants start inner final {s.game["horizon"]} = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Lemma at_the_end w T : Forall (whole_holds game letters constants start inner w T) final ->
  conditions d T {arguments} /\\
  right_side d T {arguments} < left_side d T {arguments}.
Proof.
  rewrite left_is, right_is. intros H.
{condition_proof(self.formulas, known)}  split.
  - unfold conditions. cbv zeta in *. repeat split; lra.
  - apply Rminus_gt_0_lt. exact H.
Qed.

{wrapped(f"Lemma plays w : algorithm d T {self.parameters} F dF begin (on_path w) {of_path}.", "")}
Proof.
  {start} split; [ reflexivity | ].
  intros [|s] Ht; [ lia | ]. split; [ reflexivity | ]. intros i Hi.{sums} repeat split; reflexivity.
Qed.

Ltac number := unfold L, Q2R; simpl; lra.
Ltac each := repeat (apply Forall_cons || apply Forall_nil).
Lemma noise_is_fair : noise d law.
Proof.
  split; [ | split ].
  - each; number.
  - unfold law, exact_law, Q2R; simpl; lra.
  - intros i Hi. unfold d in Hi.
    do {dimension} (destruct i as [|i]; [ unfold Q2R; simpl; unfold Q2R; simpl; lra | ]). lia.
Qed.
Lemma is_path : path law T w.
Proof.
  split; [ apply repeat_length | ]. apply Forall_forall. intros r Hr. apply repeat_spec in Hr. subst.
  now left.
Qed.

(* The algorithm plays the game on every path, every condition holds, and the left side exceeds the bound. *)
Theorem game_violates :
  conditions d T {arguments} /\\
{run}
  right_side d T {arguments} < left_side d T {arguments}.
Proof.
  destruct (at_the_end w T) as [Hc Hv].
  - eapply verdict_of_paths_correct; [ reflexivity | reflexivity | ].
    unfold T. rewrite N2Nat.id. exact computed.
  - exact (conj Hc (conj plays Hv)).
Qed.

Theorem statement_is_false : ~ statement.
Proof.
  destruct game_violates as [Hc [Ha Hv]]. intros H. apply Rlt_not_le in Hv. apply Hv.
  apply H with F dF begin.
  - unfold d. lia.
  - unfold T. lia.
  - apply phi_is_smooth; [ each; number | each; apply Rabs_le; split; number | reflexivity ].
  - apply phi_has_minimum with L;
      [ each; number | each; apply Rabs_le; split; number | reflexivity | number | | ];
      intros u Hu; revert Hu; unfold dphi, piecewise, lengths, bends, Rmin, Rmax, Q2R; simpl;
      repeat destruct Rle_dec; lra.
  - exact noise_is_fair.
  - intros w' _. apply Ha.
  - exact is_path.
  - exact Hc.
Qed.
"""


def _program(subject: Subject, formulas: Formulas, slopes: Slopes, expressions: list[Expr]) -> Program:
    """The game as lines and constants."""
    pieces = len(slopes.bends)
    ways = [Line(f"way{j}", True, "") for j in range(pieces)]
    known: dict[Expr, str] = {}
    lines = [Line("x", True, ""), *ways, Line("f", False, ""), Line("df", True, ""), Line("g", True, "")]
    for symbol, e in subject.recurrence.steps:
        lines += [*sum_lines([e], known), Line(str(symbol), isinstance(symbol, Vector), e)]
    letters = formulas.letters_of(*expressions)
    lines += sum_lines([*(e for _, e in letters), *expressions], known)
    begin = tuple(subject.game["start"])
    lines.append(Line(NEXT, True, subject.recurrence.point, begin))
    bend = max(map(abs, slopes.bends))
    constants = {**{str(p): (q,) for p, q in subject.parameters.items()}, "L": (bend,), **slopes.constants}

    def lowest(p: TermPrinter) -> str:
        u = constant(p, "lowest")
        return f"(Sum {slopes.height(u, [slopes.way(j, u, p) for j in range(pieces)], p)})"

    draft = Program(tuple(lines), constants, {**dict(letters), f_star: lowest})
    check_names(draft)
    printers = [draft.printer(k) for k in range(pieces + 4)]
    lines[0] = Line("x", True, printers[0].entry(NEXT, vector=True, before=True))
    for j in range(pieces):
        lines[1 + j] = Line(f"way{j}", True, slopes.way(j, printers[1 + j].print(x), printers[1 + j]))
    of_f, of_df, of_g = printers[pieces + 1 :]
    height = slopes.height(of_f.print(x), [of_f.entry(way.name, vector=True) for way in ways], of_f)
    lines[pieces + 1] = Line("f", False, f"(Sum {height})")
    lines[pieces + 2] = Line(
        "df", True, slopes.slope([of_df.entry(way.name, vector=True) for way in ways], of_df)
    )
    lines[pieces + 3] = Line("g", True, f"(Plus {of_g.print(df)} Data)")
    return Program(tuple(lines), constants, draft.meanings)


def descent_text(subject: Subject) -> DescentText:
    """The text of a bound on gradient averages that a descent refutes; NotFormalizable says why not."""
    for missing in sorted(r.name for r in subject.requires - SHOWN):
        raise NotFormalizable(f"the statement requires {missing}, which is not formalised")
    if any(e for e in subject.recurrence.initial.values()):
        raise NotFormalizable("a line of the algorithm does not start at 0")
    sequences = ordered([x, df, g, f, *(s for s, _ in subject.recurrence.steps)])
    formulas = Formulas(subject, sequences, [*subject.parameters, L, f_star], path="w")
    left = subject.spelled_out(subject.theorem.lhs)
    expressions = [left, formulas.bound, *formulas.condition_sides]
    meanings = [e for _, e in formulas.letters_of(*expressions)]
    over = dict.fromkeys(
        node for e in [*meanings, *expressions] for node in sorted(e.atoms(Expectation, Supremum), key=str)
    )
    slopes = slopes_of(subject)
    program = _program(subject, formulas, slopes, expressions)
    return DescentText(subject, formulas, slopes, program, tuple(over), left)


def descent_file(subject: Subject) -> list[str]:
    """The parts of the Coq file of a bound on gradient averages, the words it is stated in first."""
    text = descent_text(subject)
    words = [prelude("definitions"), prelude("noise")]
    lemmas = map(prelude, ("projection", "enclosures", "verdict", "descent", "paths"))
    return [*words, text.statement(), *lemmas, text.game(), text.proof()]
