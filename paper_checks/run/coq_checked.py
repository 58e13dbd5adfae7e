"""Certificates that Coq has checked: the stored output of `regretcheck formalize --gallery --compile`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

STORED = Path(__file__).resolve().parents[1] / "gallery" / "coq.json"
"""What that command prints with `--json`, without the paths and without what was not compiled."""


@cache
def coq_seconds() -> dict[str, float]:
    """By the SHA-256 of a certificate, the seconds that Coq took to accept it."""
    rows = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else []
    return {row["digest"]: row["seconds"] for row in rows if row["seconds"] is not None and not row["reason"]}
