"""`regretcheck formalize`: certificates as Coq files, compiled if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from paper_checks.cli.falsify import check_folder
from paper_checks.cli.printable import say, write_json
from paper_checks.cli.progress import waiting
from paper_checks.run.results import dump_json
from theory.printable import printable


@dataclass(frozen=True)
class Formalized:
    """What became of a certificate.

    Args:
        certificate: the name of its file.
        horizon: its number of rounds; 0 if it was not read.
        file: the Coq file; empty if none was written.
        reason: why none was written, or what Coq says against it; empty if all is well.
        seconds: how long Coq took; None if it was not asked.
        digest: the SHA-256 of the certificate; empty if it was not read.
    """

    certificate: str
    horizon: int
    file: str = ""
    reason: str = ""
    seconds: float | None = None
    digest: str = ""

    @property
    def sentence(self) -> str:
        """The line to show."""
        if not self.file:
            return f"{self.certificate}: not formalised: {self.reason}"
        if self.reason:
            return f"{self.file}: refused by Coq: {self.reason}"
        checked = "" if self.seconds is None else f", checked by Coq in {self.seconds:.1f} s"
        return f"{self.file}: T = {self.horizon}{checked}"


def formalize_command(
    files: Sequence[Path], *, gallery: bool, longest: int | None, out: Path, compiled: bool, as_json: bool
) -> int:
    """Write a Coq file for each certificate; 1 if Coq refuses one, 2 if a named one cannot be formalised."""
    from bounds.formal.coq import HOW_TO_GET_COQ, coq_compiler
    from paper_checks.gallery.exhibit import FOLDER

    if gallery == bool(files):
        raise ValueError("name certificates, or give `--gallery` for those of the package; not both")
    if compiled and coq_compiler() is None:
        raise ValueError(f"`--compile`: {HOW_TO_GET_COQ}")
    check_folder(out)
    found = []
    for path in sorted(FOLDER.glob("*.json")) if gallery else files:
        with waiting(f"formalising {printable(path.name)}"):
            found.append(_formalized(path, out, longest=longest, compiled=compiled))
        if not as_json:
            say(found[-1].sentence, err=bool(found[-1].reason))
    if as_json:
        write_json(dump_json([asdict(one) for one in found]))
    else:
        seconds = sum(one.seconds or 0.0 for one in found)
        written = [one for one in found if one.file]
        accepted = [one for one in written if one.seconds is not None and not one.reason]
        checked = f", {len(accepted)} checked by Coq in {seconds:.0f} s" if compiled else ""
        say(f"{len(found)} certificates: {len(written)} formalised{checked}")
    if any(one.file and one.reason for one in found):
        return 1
    return 2 if not any(one.file for one in found) or (files and any(one.reason for one in found)) else 0


def _formalized(path: Path, out: Path, *, longest: int | None, compiled: bool) -> Formalized:
    from bounds.certificates.checker.reading import MOST_BYTES
    from bounds.formal import NotFormalizable, compile_file, formalize
    from bounds.formal.subject import horizon_of
    from online_sim.files import write_bytes

    name = printable(path.name)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        digest, horizon = sha256(raw).hexdigest(), horizon_of(raw)
        if longest is not None and horizon > longest:
            return Formalized(
                name, horizon, reason=f"T = {horizon} is longer than `--longest` = {longest}", digest=digest
            )
        text = formalize(raw)
    except OSError as problem:
        return Formalized(name, 0, reason=f"it cannot be read: {printable(str(problem.strerror))}")
    except NotFormalizable as problem:
        return Formalized(name, 0, reason=printable(str(problem)))
    target = out / f"{coq_name(path.stem)}.v"
    write_bytes(target, text.encode())
    if not compiled:
        return Formalized(name, horizon, str(target), digest=digest)
    answer = compile_file(target)
    reason = "" if answer.accepted else printable(" ".join(answer.output.split())[:500])
    return Formalized(name, horizon, str(target), reason, round(answer.seconds, 1), digest)


def coq_name(stem: str) -> str:
    """A name that Coq accepts for a file: letters, digits and underscores, with a letter first."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in stem)
    return safe if safe[:1].isalpha() else f"game_{safe}"
