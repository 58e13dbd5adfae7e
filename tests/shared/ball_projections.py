"""The projections that a certificate's printed program computes, as balls."""

import json
from fractions import Fraction as F
from functools import partial

from flint import arb, ctx, fmpq

from bounds.certificates.certificate import certificate_bytes, unclaimed
from bounds.certificates.certify import NO_CLAIM
from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.nearest import nearest
from bounds.certificates.checker.reading import read
from bounds.games import Block, Counterexample, ExactSet, LinearGame
from theory.algorithms.registry import algorithms
from theory.theorems.adal import THEOREM1

SGD = algorithms()["SGD[schedule=constant]"]


def projections(shape: ExactSet, metric: str, rows) -> list[list]:
    """The projections of rows as balls, in a metric that is a formula of the row.

    A made-up algorithm plays the projection of its gradient, which its printed program is made to hand out.
    """
    d, start = shape.dimension, shape.centre
    game = LinearGame(SGD, {"alpha": 1}, shape, start, (Block((*map(tuple, rows), (F(0),) * d)),))
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game, start))))
    file["claim"] = NO_CLAIM
    file["statement"] |= {"letters": [], "assumptions": [], "requires": [], "rhs": "0"}
    file["algorithm"] |= {"point": "g", "metric": metric}
    read_file = read(certificate_bytes(file))
    program = BallProgram(read_file)
    point = ", ".join(program.values["x_next"])
    scope = {"__builtins__": {}, "arb": arb, "fmpq": fmpq, "abs": abs, "enumerate": enumerate}
    scope["nearest"] = partial(nearest, read_file["game"]["set"])
    with ctx.workprec(128):
        exec(program.source.replace("yield [", f"yield [{point}], ["), scope)
        balls = [[arb(fmpq(q.numerator, q.denominator)) for q in row] for row in rows]
        return [values[0] for values in scope["play"](balls)]
