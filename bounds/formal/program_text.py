"""The parts of a file that state a game as a program and tie its lines to the formulas."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from bounds.formal.formulas import Formulas
from bounds.formal.program import Program
from bounds.formal.words import point, wrapped
from theory.printing.coq_source import bare
from theory.quantities import CumSum


def program_text(program: Program, precision: int) -> str:
    """The constants, the values of round 0 and the lines; `d` must be defined."""
    constants = "; ".join(point(c) for c in program.constants.values())
    start = "; ".join(point(line.start) for line in reversed(program.lines))
    lines = [
        wrapped(f"(* {line.name} *) ({str(line.vector).lower()}, {program.term(k)})", "  ")
        for k, line in enumerate(program.lines)
    ]
    return (
        "(* The same game as a program. *)\n"
        "Definition constants : list (list Q) :=\n" + wrapped(f"[{constants}].", "  ") + "\n"
        "Definition start : list (list Q) :=\n" + wrapped(f"[{start}].", "  ") + "\n"
        "Definition game : program := {| dim := d; lines := [\n" + ";\n".join(lines) + "] |}.\n"
        f"Definition bits : F.precision := F.PtoP {precision}.\n"
    )  # fmt: skip


def sequence_text(program: Program, path: str = "") -> str:
    """The sequences: each line of the program as a function of the round, and of the coordinate."""
    text, head = "", f"({path} : list point) " if path else ""
    for line in program.lines[:-1]:
        place = f"nth {program.position(line.name)} (after {path + ' ' if path else ''}t) (fun _ => 0)"
        arguments, tail = ("(t i : nat)", "i") if line.vector else ("(t : nat)", "O")
        text += f"Definition {line.name} {head}{arguments} : R := {place} {tail}.\n"
    return text


def rewrites(program: Program, tactic: str = "setoid_rewrite") -> str:
    """Tactics that replace sums over the rounds by the lines that hold them, outer ones first."""
    return "".join(f" try {tactic} {name}_is;" for name in reversed(program.sums.values()))


def sum_lemmas(program: Program, formulas: Formulas) -> str:
    """Lemmas that the lines for sums and maxima hold them."""
    printer = formulas.printer(formulas.letters_of(formulas.bound, *formulas.condition_sides))
    text, path, known = "", f"{formulas.path} " if formulas.path else "", ""
    for node, name in program.sums.items():
        vector = next(line.vector for line in program.lines if line.name == name)
        place = f"{path}t{' i' if vector else ''}"
        rule = "CumSum_line" if isinstance(node, CumSum) else "CumMax_line"
        text += wrapped(f"Lemma {name}_is {place} : {bare(printer.print(node))} = {name} {place}.", "") + "\n"
        text += f"Proof.\n  apply ({rule} _ (fun t => {name} {place}));\n"
        text += f"    [ reflexivity | intros s;{known} reflexivity ].\nQed.\n"
        known = f" repeat setoid_rewrite {name}_is;{known}"
    return text


def final_checks(program: Program, formulas: Formulas, excess: str, over: Sequence[Expr] = ()) -> str:
    """The conditions as terms that are decided by computation, and last the excess of the left side."""
    printer = program.printer(over=over)
    lines = [
        f"({str(strict).lower()}, (Minus {printer.print(high)} {printer.print(low)}))"
        for low, high, strict in formulas.conditions
    ]
    body = ";\n".join(wrapped(line, "  ") for line in [*lines, f"(true, {excess})"])
    return f"Definition final : list (bool * term) := [\n{body}].\n"


def condition_proof(formulas: Formulas, tactics: str) -> str:
    """Tactics that take `H`, that all final checks hold, apart; the last one is left in `H`."""
    letters = formulas.letters_of(*formulas.condition_sides)
    printer, text = formulas.printer(letters, "T"), ""
    lets = " ".join(formulas.lets(letters, "T").split())
    for k, (low, high, strict) in enumerate(formulas.conditions):
        claim = f"{lets} 0 {'<' if strict else '<='} {printer.print(high)} - {printer.print(low)}"
        text += wrapped(f"assert (H{k} : {claim.strip()}).", "  ") + "\n"
        text += f"  {{ cbv zeta;{tactics} exact (Forall_inv H). }}\n  apply Forall_inv_tail in H.\n"
    return text + "  apply Forall_inv in H.\n"
