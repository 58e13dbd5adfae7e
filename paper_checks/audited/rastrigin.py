"""AdaL on an unconstrained nonconvex f, as printed and with the maximum R1: what does Theorem A need?"""

from paper_checks.audit import Audit

AUDITS = (
    Audit("rastrigin", note="A nonconvex f without noise; nothing forces A_t to decrease."),
    Audit(
        "repaired.cubic.rastrigin",
        note="The same game with AMSGrad's maximum, without bias correction and epsilon.",
    ),
)
