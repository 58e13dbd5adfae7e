"""AdaL on Reddi's stream, as printed (F1: does V_t ever decrease?) and with the maximum R2 (Theorem R)."""

from paper_checks.audit import Audit

AUDITS = (
    Audit("reddi_stream", note="One large gradient and two small ones, repeated; vhat can decrease."),
    Audit("repaired.maximum.reddi_stream", note="The same game with AMSGrad's maximum."),
)
