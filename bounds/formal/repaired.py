"""Theorem R and its relatives for Coq: the printed files of `theorem_r`, and all files in order.

The algorithms and the bounds are printed from the package's own objects, so that what is proved in
`theorem_r` is what the package checks on runs.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from bounds.formal.coq import Compiled, compile_file
from bounds.formal.propositions import Proposition, Run, algorithm, proposition
from theory.algorithms.adal import ADAL, ADAL_NO_EPS, ADAL_V, MAXIMA, MAXIMA_EPS, MAXIMA_PRINTED_EPS
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.statement import Theorem
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import ALACAOGLU, SHARP
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.realisable import AVERAGED, BY_ROOT, BY_SMALLEST
from theory.theorems.repaired import (
    R_ANY_GAMMA,
    R_CORRECTED,
    R_EPS,
    R_EPS_BOX,
    V_PRINTED,
    V_UNCORRECTED,
    WEIGHTED,
    R,
    V,
)

ADAL_RUNS = tuple(Run(f"AdaL_{r.variant['maximum']}", r) for r in MAXIMA)
ANY_WEIGHTS_RUNS = tuple(Run(f"{run.name}_any_weights", run.recurrence, any_weight=True) for run in ADAL_RUNS)
EPS_RUNS = tuple(Run(f"AdaL_{r.variant['maximum']}_eps", r) for r in MAXIMA_EPS)
PRINTED_RUNS = tuple(Run(f"AdaL_{r.variant['maximum']}_printed", r) for r in MAXIMA_PRINTED_EPS)
PRINTED_RUN = Run("AdaL_printed", ADAL)
CORRECTED_RUN, UNCORRECTED_RUN = Run("AdaL", ADAL_NO_EPS), Run("AdaL_uncorrected", ADAL_V)
AMSGRAD_RUN = Run("AMSGrad", AMSGRAD)
OGD_RUN, OGD_CONSTANT_RUN = Run("OGD", SGD), Run("OGD_constant", SGD_CONSTANT)


def _both(name: str, theorem: Theorem, *runs: Run) -> tuple[Proposition, ...]:
    """A theorem in its readings with the diameter and with the sides of X."""
    return tuple(Proposition(f"{name}_{key}", theorem, key, theorem.lhs, runs) for key in ("D", "D_i"))


def _stated(name: str, theorem: Theorem, run: Run) -> Proposition:
    return Proposition(name, theorem, "stated", theorem.lhs, (run,))


STATEMENT = (
    Proposition("theoremR_any_weights", R, "D_i", R.lhs, ANY_WEIGHTS_RUNS, "; with any weights"),
    *_both("theoremR", R, *ADAL_RUNS),
    *_both("theoremR_corrected", R_CORRECTED, *ADAL_RUNS[1:]),
    Proposition("theorem1_C_weighted", THEOREM1, "C", WEIGHTED, ADAL_RUNS, "; weighted, with a maximum"),
    _stated("amsgrad_sharp", SHARP, AMSGRAD_RUN),
    _stated("amsgrad_alacaoglu", ALACAOGLU, AMSGRAD_RUN),
    _stated("ogd_sqrt", SQRT, OGD_RUN),
    _stated("ogd_constant", CONSTANT, OGD_CONSTANT_RUN),
)
"""Theorem R, what follows from it, and gradient descent."""
RELATIVES = (
    *_both("theoremR_any_gamma", R_ANY_GAMMA, *ADAL_RUNS),
    *_both("theoremR_eps", R_EPS, *EPS_RUNS),
    *_both("corollaryV", V, CORRECTED_RUN),
    *_both("corollaryV_uncorrected", V_UNCORRECTED, UNCORRECTED_RUN),
    *_both("theoremR_printed", R_EPS_BOX, *PRINTED_RUNS),
    *_both("corollaryV_printed", V_PRINTED, PRINTED_RUN),
    *(
        Proposition(f"corollaryP_{name}", theorem, "D", theorem.lhs, ADAL_RUNS, given=given)
        for name, theorem, given in (
            ("smallest", BY_SMALLEST, ""),
            ("root", BY_ROOT, ""),
            ("average", AVERAGED, "0 < CumSum (fun t => SumCoords d (fun i => Rabs (g t i))) T ->"),
        )
    ),
)
"""Theorem R without the condition on gamma, with epsilon, without the maximum; plain regret if realisable."""
PROPOSITIONS = STATEMENT + RELATIVES
"""Everything that is proved."""

LIBRARY = "TheoremR"
"""The name under which the files import each other."""

_PRINTED = "Printed by bounds/formal/repaired.py from this package's {what}; a test compares the two."
_HEADS = {
    "Algorithms": f"""\
(* The algorithms. {_PRINTED.format(what="algorithms")}

   Coordinates are counted from 0 and rounds from 1; `pred t` is the round before t. X need not be closed:
   that the algorithm finds its minimisers is part of its definition. *)
""",
    "Statement": f"""\
(* What is proved: Theorem R and its consequences.
   {_PRINTED.format(what="theorems")}

   A convex loss enters by its subgradient g t at the point x t, as far as the points of X can tell. *)
""",
    "Relatives": f"""\
(* What is proved besides: Theorem R without the condition on gamma, with epsilon (as printed only on a box),
   and without the maximum; plain regret against a point that is as good as every point played.
   {_PRINTED.format(what="theorems")} *)
""",
}


def printed() -> dict[str, str]:
    """The files of `theorem_r` that are printed, by name."""
    adal = (*ADAL_RUNS, *ANY_WEIGHTS_RUNS, *EPS_RUNS, *PRINTED_RUNS)
    runs = (*adal, PRINTED_RUN, CORRECTED_RUN, UNCORRECTED_RUN, AMSGRAD_RUN)
    parts = {
        "Algorithms": map(algorithm, (*runs, OGD_RUN, OGD_CONSTANT_RUN)),
        "Statement": map(proposition, STATEMENT),
        "Relatives": map(proposition, RELATIVES),
    }
    texts = {}
    for name, definitions in parts.items():
        imports = "Definitions" if name == "Algorithms" else "Definitions Algorithms"
        head = f"{_HEADS[name]}From Coq Require Import Reals.\nFrom {LIBRARY} Require Import {imports}.\n"
        texts[f"{name}.v"] = "\n".join([f"{head}Open Scope R_scope.\n", *definitions])
    return texts


def sources() -> dict[str, str]:
    """The files of `theorem_r` in the order in which Coq compiles them, each with its text."""
    folder = files("bounds.formal").joinpath("theorem_r")
    names = folder.joinpath("_CoqProject").read_text(encoding="utf-8").split()
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names if name.endswith(".v")}


def build(folder: Path) -> dict[str, Compiled]:
    """Copy the files of `theorem_r` and have Coq check them in order, up to the first that it refuses.

    Args:
        folder: an existing folder. The last answer, to `Assumptions.v`, lists the axioms behind each theorem.

    Raises:
        FileNotFoundError: Coq is not installed; the message says how to get it.
    """
    answers: dict[str, Compiled] = {}
    for name, text in sources().items():
        (folder / name).write_text(text, encoding="utf-8")
        answers[name] = compile_file(folder / name, library=LIBRARY, limit=600)
        if not answers[name].accepted:
            break
    return answers
