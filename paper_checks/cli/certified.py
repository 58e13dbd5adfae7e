"""A counterexample that a command has found, as the line and the certificate that it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bounds.games import Counterexample


@dataclass(frozen=True)
class Kept:
    """A counterexample as one line, its certificate if it was written, and why no certificate can hold it."""

    line: str
    file: Path | None
    uncertified: str


def certified(found: Counterexample, name: str, out: Path | None) -> Kept | None:
    """Replay a counterexample and write its certificate into a folder, if one is named.

    None if the replay decides nothing.
    """
    from bounds.certificates.certify import certain_sides, certify, judged
    from bounds.certificates.checker import Refused
    from bounds.shrinker.counterexample_line import counterexample_line
    from online_sim.files import write_bytes

    inside = judged(found)
    ends = None if inside is None else certain_sides(inside)
    if ends is None:
        return None
    line = counterexample_line(found, *ends)
    try:
        raw = certify(found, title=line[:300])
    except Refused as reason:  # a property that no certificate can show
        return Kept(line, None, str(reason))
    file = None if out is None else out / f"{name}.json"
    if file is not None:
        write_bytes(file, raw)
    return Kept(line, file, "")
