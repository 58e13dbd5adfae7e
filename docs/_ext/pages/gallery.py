"""The gallery: every algorithm and loss of the registries, with its formula and a game, played here."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Iterable, Mapping
from importlib import import_module

from pages.markdown import escaped
from pages.statements import algorithm_lines, loss_lines, theorem_lines
from theory.algorithms.registry import algorithms
from theory.algorithms.sgd import SGD
from theory.loss import Loss
from theory.losses.registry import losses
from theory.parameters import Parameter
from theory.quantities import MeanRows
from theory.theorems.registry import theorems


def example(program: str) -> list[str]:
    """A program and what it prints, run here and now in an empty folder.

    Raises:
        RuntimeError: it fails; the error shows the program.
    """
    printed = io.StringIO()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            contextlib.redirect_stdout(printed),
        ):
            exec(compile(program, "<example>", "exec"), {"__name__": "example"})
    except Exception as problem:
        raise RuntimeError(f"this example of a page fails: {problem}\n{program}") from problem
    return ["```python", program.strip(), "```", "", "```text", printed.getvalue().strip(), "```", ""]


def page(kind: str, described: Mapping[str, list[str]], programs: Mapping[str, str]) -> list[str]:
    """The lines of a page: for each object its description, its program, and what the program prints.

    Raises:
        ValueError: an object has no program, or a program no object.
    """
    missing, extra = set(described) - set(programs), set(programs) - set(described)
    if missing or extra:
        raise ValueError(f"{kind}: {sorted(missing)} have no example, {sorted(extra)} do not exist")
    lines: list[str] = []
    for name, description in described.items():
        lines += [f"## {escaped(name)}", "", *description, *example(programs[name])]
    return lines


def values(parameters: Iterable[Parameter]) -> str:
    """Values for the parameters without a default, in the middle of their typical ranges, as Python."""
    chosen = {p.name: round(sum(p.typical) / 2, 2) for p in parameters if p.default is None}
    return "{" + ", ".join(f'"{name}": {value}' for name, value in chosen.items()) + "}"


def imports(program: str) -> str:
    """The lines that import what a program calls, from `online_sim` where it offers the name."""
    lines, found = [], set[str]()
    for module in ("online_sim", "online_sim.streams"):
        called = {
            name for name in import_module(module).__all__ if re.search(rf"\b{name}\(", program)
        } - found
        found |= called
        names = ", ".join(sorted(called, key=lambda name: (name[0].islower(), name.lower())))
        lines += [f"from {module} import {names}"] if names else []
    return "\n".join(lines)


def theorem_page() -> list[str]:
    """Every statement of the registry; no game is played here."""
    lines: list[str] = []
    for name in theorems():
        lines += [f"## {escaped(name)}", "", *theorem_lines(name)]
    return lines


_ALGORITHM = """\
from sympy import S

from online_sim import Box, Game, play, reddi
from theory import LINEAR, algorithm
from theory.quantities import Regret

method, interval = algorithm("{name}"), Box(-1.0, 1.0, dimension=1)
game = Game(method, LINEAR, reddi(3), interval, horizon=30, parameters={parameters})
low, high = play(game, record=[Regret(S.One)], engine="numpy").interval(Regret(S.One))
print(f"the regret after 30 rounds lies in [{{low[-1]:.6f}}, {{high[-1]:.6f}}]")
"""


def algorithm_page() -> list[str]:
    """Every algorithm of the registry."""
    known = algorithms()
    programs = {n: _ALGORITHM.format(name=n, parameters=values(r.parameters)) for n, r in known.items()}
    return page("algorithms", {name: algorithm_lines(name) for name in known}, programs)


_LOSS = """\
{imports}
from theory import SGD
from theory.losses.registry import losses
from theory.quantities import CumSum
from theory.symbols import f

(loss,) = [loss for loss in losses() if loss.name == "{name}"]
game = Game(SGD, loss, {stream}, {domain}, horizon=20, parameters={parameters}{more})
total = play(game, record=[CumSum(f)], engine="numpy")[CumSum(f)]
print(f"the losses of 20 rounds sum to {{total[-1]:.6f}}")
"""
_ROWS = "GaussianStream(2, seed=0, planted=[1.0, -1.0], classes=True)"
_TABLE = ", table=([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [1.0, -1.0, 1.0])"
_ON: dict[str, tuple[str, str]] = {"portfolio": ("Periodic([[1.1, 0.9], [0.9, 1.1]])", "Simplex(2)")}
"""The stream and the set of a loss that the usual ones do not suit."""


def loss_program(loss: Loss) -> str:
    """A game of gradient descent with this loss."""
    fed = loss.uses_stream or loss.oracle is not None
    stream, domain = _ON.get(loss.name, (_ROWS if fed else "None", "Box(-1.0, 1.0, dimension=2)"))
    more = "" if loss.uses_stream else ", start=[0.5, -0.5]"
    return _LOSS.format(
        imports=imports(f"Game( play( {stream} {domain}"),
        name=loss.name,
        stream=stream,
        domain=domain,
        parameters=values((*SGD.parameters, *loss.parameters)),
        more=more + (_TABLE if loss.value.has(MeanRows) else ""),
    )


def loss_page() -> list[str]:
    """Every loss of the registry."""
    found = {loss.name: loss for loss in losses()}
    programs = {name: loss_program(loss) for name, loss in found.items()}
    return page("losses", {name: loss_lines(loss) for name, loss in found.items()}, programs)
