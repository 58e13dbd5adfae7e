"""A regret bound refuted by linear losses over a box, as a Coq file."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Rel, Symbol, sqrt

from bounds.formal.program import NEXT, Line, Program, sum_lines
from bounds.formal.subject import NotFormalizable, Subject
from bounds.formal.words import binder, comment, gradients, ordered, point, prelude, real, wrapped
from theory.printing.coq_source import CoqPrinter, bare, beginnings, coq_names, equation
from theory.quantities import MaxCoords, Norm2Squared, Regret
from theory.statement import Requires
from theory.symbols import D_2, D, D_i, Vector, f, g, x

AND = " /\\ "
SHOWN = {Requires.CONVEX_LOSSES, Requires.COMPACT_SET, Requires.SEPARABLE_SET}
"""What linear losses over a box fulfil."""
LOWER, UPPER, COMPARATOR = Vector("lower"), Vector("upper"), Vector("z")
DIAMETERS: dict[Symbol, Expr] = {
    D: MaxCoords(UPPER - LOWER),
    D_2: sqrt(Norm2Squared(UPPER - LOWER)),
    D_i: UPPER - LOWER,
}
"""The diameters of a box."""


@dataclass(frozen=True)
class RegretText:
    """The parts of the file that depend on the certificate."""

    subject: Subject

    def __post_init__(self) -> None:
        """Refuse what the text cannot say."""
        s = self.subject
        if s.game["set"]["kind"] != "box":
            raise NotFormalizable("the set is a segment; only boxes are formalised so far")
        missing = sorted(r.name for r in s.requires - SHOWN)
        if missing:
            raise NotFormalizable(f"the statement requires {missing[0]}, which is not formalised")
        if not isinstance(s.theorem.lhs, Regret):
            raise NotFormalizable(f"the left side {s.theorem.lhs} is not a regret")
        for e in (*s.recurrence.expressions(), s.reading.rhs):
            if f in e.free_symbols:
                raise NotFormalizable("the algorithm or the bound reads the loss f_t(x_t)")

    @property
    def weight(self) -> Expr:
        """The weights of the regret."""
        return self.subject.spelled_out(self.subject.theorem.lhs.args[0])

    @property
    def bound(self) -> Expr:
        """The right side, with letters under sums over rounds spelled out."""
        return self.subject.spelled_out(self.subject.reading.rhs)

    @property
    def parameters(self) -> list[Symbol]:
        """The algorithm's parameters."""
        return list(self.subject.parameters)

    @property
    def sequences(self) -> list[Symbol]:
        """What differs from round to round: the point, the gradient, the lines of the algorithm."""
        return ordered([x, g, *(s for s, _ in self.subject.recurrence.steps)])

    def letters_of(self, *expressions: Expr) -> list[tuple[Symbol, Expr]]:
        """The letters and diameters that expressions use, each after those that it uses."""
        needed = set().union(*(e.free_symbols for e in expressions))
        found: list[tuple[Symbol, Expr]] = []
        for letter, meaning in reversed(self.subject.letters):
            if letter in needed:
                found.insert(0, (letter, self.subject.spelled_out(meaning)))
                needed |= found[0][1].free_symbols
        return [*((s, e) for s, e in DIAMETERS.items() if s in needed), *found]

    def printer(self, letters: list[tuple[Symbol, Expr]], round_: str) -> CoqPrinter:
        """The printer of formulas in a round."""
        constants = [*self.parameters, LOWER, UPPER, *(s for s, _ in letters)]
        return CoqPrinter(coq_names(self.sequences, constants, round=round_))

    def lets(self, letters: list[tuple[Symbol, Expr]], round_: str) -> str:
        """The letters and what they stand for."""
        printer, text = self.printer(letters, round_), ""
        for s, meaning in letters:
            body = bare(printer.print(meaning))
            text += wrapped(f"let {s} := {f'fun i => {body}' if isinstance(s, Vector) else body} in", "  ") + "\n"
        return text

    # ---- the program

    def program(self) -> Program:
        """The game as lines and constants."""
        s, known = self.subject, dict[Expr, str]()
        lines = [Line("x", True, ""), Line("g", True, "Data")]
        for symbol, e in s.recurrence.steps:
            lines += sum_lines([e], known)
            if s.recurrence.initial.get(symbol):
                raise NotFormalizable(f"`{symbol}` does not start at 0")
            lines.append(Line(str(symbol), isinstance(symbol, Vector), e))
        letters = self.letters_of(self.bound, self.weight, *self.conditions)
        lines += sum_lines([*(e for _, e in letters), self.bound, self.weight, *self.conditions], known)
        lines += [Line("regret", False, ""), Line(NEXT, True, "", tuple(s.game["start"]))]
        constants = {
            **{str(p): (q,) for p, q in s.parameters.items()},
            **{str(v): tuple(s.game["set"][end]) for v, end in ((LOWER, "begin"), (UPPER, "end"))},
            str(COMPARATOR): tuple(s.game["comparator"]),
        }
        draft = Program(tuple(lines), constants, dict(letters))
        last, total = len(lines) - 1, len(lines) - 2
        first, regret, move = draft.printer(0), draft.printer(total), draft.printer(last)
        gap = f"(Minus (Sum (Times {regret.print(g)} {regret.print(x)})) (Sum (Times {regret.print(g)} "
        gap += f"{regret.print(COMPARATOR)})))"
        gap = gap if self.weight == 1 else f"(Times {regret.print(self.weight)} {gap})"
        lines[0] = Line("x", True, first.entry(NEXT, vector=True, before=True))
        lines[total] = Line("regret", False, f"(Plus {regret.entry('regret', vector=False, before=True)} {gap})")
        clipped = f"(Larger {move.print(LOWER)} (Smaller {move.print(UPPER)} {move.print(s.recurrence.point)}))"
        lines[last] = Line(NEXT, True, clipped, tuple(s.game["start"]))
        return Program(tuple(lines), constants, dict(letters))

    @property
    def conditions(self) -> list[Rel]:
        """The conditions, none of which may be about the run."""
        found = [c.func(*map(self.subject.spelled_out, c.args), evaluate=False) for c in self.subject.conditions]
        for c in found:
            free = set(c.free_symbols)
            for s, e in self.letters_of(c):
                free |= e.free_symbols - {s}
            if free & set(self.sequences):
                raise NotFormalizable(f"the condition {c} is about the run")
        return found

    # ---- the statement

    def algorithm(self) -> str:
        """The lines of a round."""
        r, printer = self.subject.recurrence, self.printer([], "t")
        start = beginnings(r.initial, r.states, printer)
        lines = [equation(s, e, printer) for s, e in r.steps]
        begin = f"  (forall i, {AND.join(start)}) /\\\n" if start else ""
        parameters = " ".join(map(str, self.parameters))
        return (
            f"(* The algorithm: {r.name}. Its T rounds, from x 1, on the set X; `pred t` is the round before. *)\n"
            f"Definition algorithm (d T : nat) ({parameters} : R) (X : point -> Prop)\n"
            f"    {binder(self.sequences)} : Prop :=\n{begin}"
            "  forall t, (1 <= t <= T)%nat ->\n    (forall i, (i < d)%nat ->\n"
            + " /\\\n".join(wrapped(line, "      ") for line in lines)
            + ") /\\\n    projection d X"
            f"\n      (fun i => {bare(printer.print(r.metric))})"
            f"\n      (fun i => {bare(printer.print(r.point))})\n      (x (S t)).\n"
        )

    def head(self, name: str, result: str) -> str:
        """The head of a definition of a side or of the conditions."""
        parameters = " ".join(map(str, self.parameters))
        return (
            f"Definition {name} (d T : nat) ({parameters} : R) (lower upper : point)\n"
            f"    {binder(self.sequences)} : {result} :=\n"
        )

    def sides(self) -> str:
        """Both sides and the conditions."""
        letters = self.letters_of(self.bound)
        bound = bare(self.printer(letters, "T").print(self.bound))
        named = self.letters_of(*self.conditions)
        printer = self.printer(named, "T")
        holds = " /\\ ".join(bare(printer.proposition(c)) for c in self.conditions)
        weight = "" if self.weight == 1 else f"{self.printer([], 't').print(self.weight)} * "
        gap = "f t (x t) - f t z"
        gap = f"{weight}({gap})" if weight else gap
        return (
            "(* The regret against the point z after T rounds, and the printed bound. *)\n"
            f"Definition left_side (d T : nat) (f : nat -> point -> R) {binder(self.sequences)} (z : point) : R :=\n"
            f"  CumSum (fun t => {gap}) T.\n"
            + self.head("right_side", "R") + self.lets(letters, "T") + wrapped(bound, "  ") + ".\n"
            + self.head("conditions", "Prop") + self.lets(named, "T") + wrapped(holds or "True", "  ") + ".\n"
        )  # fmt: skip

    @property
    def arguments(self) -> str:
        """The arguments of a side, after d and T."""
        return " ".join(map(str, [*self.parameters, LOWER, UPPER, *self.sequences]))

    def statement(self) -> str:
        """The universally quantified statement."""
        s, names = self.subject, " ".join(map(str, self.sequences))
        parameters = " ".join(map(str, self.parameters))
        return (
            comment(
                f"The statement {s.theorem.id}, reading {s.reading.key}, {s.theorem.source}, on boxes: for every "
                "dimension, box, convex losses with subgradients g, and every run of the algorithm."
            )
            + f"\nDefinition statement : Prop := forall (d T : nat) ({parameters} : R) (lower upper : point)\n"
            f"    (f : nat -> point -> R) {binder(self.sequences)} (z : point),\n"
            "  (1 <= d)%nat -> (1 <= T)%nat -> (forall i, (i < d)%nat -> lower i <= upper i) ->\n"
            f"  conditions d T {self.arguments} ->\n"
            "  (forall t, (1 <= t <= T)%nat -> convex (f t) /\\ subgradient d (f t) (x t) (g t)) ->\n"
            "  box d lower upper (x 1%nat) -> box d lower upper z ->\n"
            f"  algorithm d T {parameters} (box d lower upper) {names} ->\n"
            f"  left_side d T f {names} z <=\n  right_side d T {self.arguments}.\n"
        )

    # ---- the game

    def game(self, program: Program) -> str:
        """The game, its program and its sequences."""
        s, d = self.subject, len(self.subject.game["start"])
        text = "(* ---- The game. *)\n\n" + gradients(s.game)
        text += f"Definition d : nat := {d}.\nDefinition T : nat := N.to_nat {s.game['horizon']}.\n"
        for p, q in s.parameters.items():
            text += f"Definition {p} : R := {real(q)}.\n"
        for name in map(str, (LOWER, UPPER, COMPARATOR)):
            text += f"Definition {name} : point := vector {point(program.constants[name])}.\n"
        text += "Definition f (t : nat) : point -> R := linear d (rows gradient t).\n\n"
        text += "(* The same game as a program. *)\n"
        text += "Definition constants : list (list Q) :=\n" + wrapped(
            f"[{'; '.join(point(c) for c in program.constants.values())}].", "  "
        )
        text += "\nDefinition start : list (list Q) :=\n" + wrapped(
            f"[{'; '.join(point(line.start) for line in reversed(program.lines))}].", "  "
        )
        text += "\nDefinition game : program := {| dim := d; lines := [\n"
        text += ";\n".join(
            wrapped(f"(* {line.name} *) ({str(line.vector).lower()}, {program.term(k)})", "  ")
            for k, line in enumerate(program.lines)
        )
        text += "] |}.\n"
        text += f"Definition bits : F.precision := F.PtoP {s.precision}.\n"
        text += "Definition after (t : nat) : list point := state game gradient constants start t.\n"
        for line in program.lines[:-1]:
            place = f"nth {program.position(line.name)} (after t) (fun _ => 0)"
            head, tail = ("(t i : nat)", "i") if line.vector else ("(t : nat)", "O")
            text += f"Definition {line.name} {head} : R := {place} {tail}.\n"
        return text

    def checks(self, program: Program) -> str:
        """The conditions that are decided by computation."""
        printer = program.printer()
        metric = printer.print(self.subject.recurrence.metric)
        final = [
            f"({str(strict).lower()}, (Minus {printer.print(high)} {printer.print(low)}))"
            for low, high, strict in map(_gap, self.conditions)
        ]
        excess = f"(true, (Minus {printer.entry('regret', vector=False)} {printer.print(self.bound)}))"
        return (
            f"Definition always : list (bool * term) := [(false, (Neg (Most (Neg {metric}))))].\n"
            "Definition final : list (bool * term) := [\n"
            + ";\n".join(wrapped(line, "  ") for line in [*final, excess])
            + "].\n"
        )

    # ---- the proof

    def proof(self, program: Program) -> str:
        """Lemmas that the sequences are a run of the algorithm, and the theorems."""
        names = " ".join(map(str, self.sequences))
        parameters = " ".join(map(str, self.parameters))
        printer = self.printer(self.letters_of(self.bound, *self.conditions), "t")
        sums, text = [], "(* ---- What is to be shown of it. *)\n\n"
        for line in program.lines:
            node = line.meaning
            if not isinstance(node, Expr) or line.name not in program.sums.values():
                continue
            rule = "CumSum_line" if type(node).__name__ == "CumSum" else "CumMax_line"
            left = bare(printer.print(self._unlettered(node)))
            text += wrapped(
                f"Lemma {line.name}_is t{' i' if line.vector else ''} : {left} = "
                f"{line.name} t{' i' if line.vector else ''}.", "",
            ) + "\n"  # fmt: skip
            rewrites = "".join(f" try setoid_rewrite {name}_is;" for name in reversed(sums))
            of = f"fun t => {line.name} t{' i' if line.vector else ''}"
            text += f"Proof. apply ({rule} _ ({of})); [ reflexivity | intros s;{rewrites} reflexivity ]. Qed.\n"
            sums.append(line.name)
        rewrites = "".join(f" try setoid_rewrite {name}_is;" for name in reversed(sums))
        text += (
            f"Lemma left_is t : left_side d t f {names} z = regret t.\n"
            "Proof. apply (CumSum_line _ regret); [ reflexivity | intros s; reflexivity ]. Qed.\n"
            if self.weight == 1 or not sums
            else f"Lemma left_is t : left_side d t f {names} z = regret t.\n"
            f"Proof. apply (CumSum_line _ regret); [ reflexivity | intros s;{rewrites} reflexivity ]. Qed.\n"
        )
        excess = f"term_at game gradient constants start t O {program.printer().print(self.bound)}"
        text += (
            f"Lemma right_is t : right_side d t {self.arguments} =\n" + wrapped(excess, "  ") + ".\n"
            f"Proof. unfold right_side; cbv zeta;{rewrites} reflexivity. Qed.\n\n"
            "(* The computation: every line of every round in intervals. *)\n"
            f"Lemma computed : verdict game bits gradient constants start always final {self.subject.game['horizon']}"
            " = true.\nProof. vm_cast_no_check (eq_refl true). Qed.\n\n"
            "Lemma at_the_end t : Forall (holds game gradient constants start t) final ->\n"
            f"  conditions d t {self.arguments} /\\\n"
            f"  right_side d t {self.arguments} < left_side d t f {names} z.\n"
            "Proof.\n  rewrite left_is, right_is. intros H.\n"
        )
        letters = self.letters_of(*self.conditions)
        final_printer = self.printer(letters, "t")
        for k, condition in enumerate(self.conditions):
            low, high, strict = _gap(condition)
            sides = f"{final_printer.print(high)} - {final_printer.print(low)}"
            lets = self.lets(letters, "t").replace("\n", " ")
            text += wrapped(f"assert (H{k} : {lets} 0 {'<' if strict else '<='} {sides}).", "  ") + "\n"
            text += f"  {{{rewrites.replace('try', 'cbv zeta; try') if rewrites else ''} exact (Forall_inv H). }}\n"
            text += "  apply Forall_inv_tail in H.\n"
        text += (
            "  apply Forall_inv in H. split.\n"
            "  - unfold conditions. cbv zeta in *. repeat split; lra.\n"
            "  - apply Rminus_gt_0_lt. exact H.\nQed.\n\n"
            "Lemma plays : (forall t, (1 <= t <= T)%nat -> Forall (holds game gradient constants start t) always) ->\n"
            f"  algorithm d T {parameters} (box d lower upper) {names}.\n"
            "Proof.\n  intros H. split; [ repeat split; reflexivity | ].\n"
            if self.subject.recurrence.states
            else "  apply Forall_inv in H. split.\n"
            "  - unfold conditions. cbv zeta in *. repeat split; lra.\n"
            "  - apply Rminus_gt_0_lt. exact H.\nQed.\n\n"
            "Lemma plays : (forall t, (1 <= t <= T)%nat -> Forall (holds game gradient constants start t) always) ->\n"
            f"  algorithm d T {parameters} (box d lower upper) {names}.\n"
            "Proof.\n  intros H.\n"
        )
        text += (
            "  intros t Ht. assert (Hw := Forall_inv (H t Ht)). destruct t as [|s]; [ lia | ]. split.\n"
            f"  - intros i _.{rewrites} repeat split; reflexivity.\n"
            "  - apply clip_is_projection.\n"
            "    + apply vector_le. reflexivity.\n"
            "    + apply smallest_not_negative. exact Hw.\n"
            "    + intros i _. reflexivity.\nQed.\n\n"
            "(* The algorithm plays the game, every condition holds, and the regret exceeds the bound. *)\n"
            "Theorem game_violates :\n"
            f"  conditions d T {self.arguments} /\\\n"
            f"  algorithm d T {parameters} (box d lower upper) {names} /\\\n"
            f"  right_side d T {self.arguments} < left_side d T f {names} z.\n"
            "Proof.\n  destruct (verdict_correct game bits gradient constants start always final T) as [H1 H2].\n"
            "  - unfold T. rewrite N2Nat.id. exact computed.\n"
            "  - destruct (at_the_end T H2) as [Hc Hv]. exact (conj Hc (conj (plays H1) Hv)).\nQed.\n\n"
            "Theorem statement_is_false : ~ statement.\nProof.\n"
            "  destruct game_violates as [Hc [Ha Hv]]. intros H. apply Rlt_not_le in Hv. apply Hv. apply H.\n"
            "  - unfold d. lia.\n  - unfold T. lia.\n  - apply vector_le. reflexivity.\n  - exact Hc.\n"
            "  - intros [|s] Hs; [ lia | ]. split; [ apply linear_is_convex | apply linear_subgradient ].\n"
            "  - intros i Hi. split; revert i Hi; apply vector_le; reflexivity.\n"
            "  - intros i Hi. split; revert i Hi; apply vector_le; reflexivity.\n"
            "  - exact Ha.\nQed.\n"
        )
        return text

    def _unlettered(self, e: Expr) -> Expr:
        return e


def _gap(relation: Rel) -> tuple[Expr, Expr, bool]:
    """(smaller, larger, whether strictly) of a relation."""
    ends = (relation.lhs, relation.rhs) if relation.rel_op[0] == "<" else (relation.rhs, relation.lhs)
    return *ends, len(relation.rel_op) == 1


def regret_file(subject: Subject) -> str:
    """The Coq file of a regret bound that linear losses over a box refute."""
    text = RegretText(subject)
    program = text.program()
    return "\n".join([
        text.algorithm(), text.sides(), text.statement(), prelude("projection"), prelude("enclosures"),
        prelude("verdict"), text.game(program), text.checks(program), text.proof(program),
    ])  # fmt: skip
