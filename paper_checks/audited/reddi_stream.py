"""AdaL as printed on Reddi's stream: does V_t ever decrease (F1)?"""

from __future__ import annotations

from paper_checks.audit import Audit

AUDIT = Audit(
    "reddi_stream", note="One large gradient, then two small ones, again and again; vhat is free to fall."
)
