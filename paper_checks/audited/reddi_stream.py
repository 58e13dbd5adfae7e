"""Reddi's stream, AdaL as printed (does V_t ever decrease, F1?) and with the maximum R2 (Theorem R)."""

from paper_checks.audit import Audit

AUDITS = (
    Audit(
        "reddi_stream", note="One large gradient, then two small ones, again and again; vhat is free to fall."
    ),
    Audit("repaired.maximum.reddi_stream", note="The same game with AMSGrad's maximum."),
)
