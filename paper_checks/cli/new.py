"""`regretcheck new`: a commented theory file that runs, to be changed into the user's own."""

from __future__ import annotations

import keyword
from importlib.resources import files
from pathlib import Path

from paper_checks.cli.printable import say
from theory.borders import one_of, shown

PLACEHOLDER = "my_theorem"
"""The name in the starting files that the user's own replaces."""


def kinds() -> list[str]:
    """The kinds of starting files, by the names of their modules."""
    folder = files("paper_checks.starting_files")
    modules = (Path(found.name) for found in folder.iterdir() if found.name.endswith(".py"))
    return sorted(m.stem.replace("_", "-") for m in modules if m.stem != "__init__")


def new_command(name: str, *, kind: str, out: Path) -> int:
    """Write NAME.py of a kind into a folder; a file that is there already stays as it is."""
    from online_sim.files import write_bytes

    one_of("--kind", kind, kinds())
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name) or "__" in name:
        raise ValueError(f"`NAME` = {shown(name)} must be a Python name in ASCII, such as adagrad_norm")
    path = out / f"{name}.py"
    if path.exists():
        raise ValueError(f"{path} is there already; choose another name, or remove it")
    if not out.is_dir():
        raise ValueError(f"`--out` = {shown(str(out))} is not a folder; make it first")
    module = files("paper_checks.starting_files") / f"{kind.replace('-', '_')}.py"
    write_bytes(path, module.read_text(encoding="utf-8").replace(PLACEHOLDER, name).encode())
    say(f"{path}: change the algorithm, the statement and the games; then")
    say(f"  regretcheck run {path}       # play the games, check the statement, write a report")
    say(f"  regretcheck falsify {path}   # search for a counterexample")
    return 0
