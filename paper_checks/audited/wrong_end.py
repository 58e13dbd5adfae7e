"""AdaL on the wrong-end stream: do the weights ||g_t||_1 change the best point (F2), also with R2?"""

from paper_checks.audit import Audit

AUDITS = (
    Audit(
        "wrong_end",
        note="2, -1, -1, -1: the sum of the gradients and the sum weighted by their norms differ in sign.",
    ),
    Audit("repaired.maximum.wrong_end", note="The same game with AMSGrad's maximum and without epsilon."),
)
