"""The frame of a generated kernel: its arguments, the ways to print it, and the names of things in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from online_sim.engines.program import LOWER, UPPER
from theory.printing.loop_source import LoopPrinter
from theory.symbols import Vector

if TYPE_CHECKING:
    from typing import Any

    from sympy import Rational

SIGNATURE = (
    "t_start", "vectors", "labels", "index", "parameters", "VS", "SS", "lower", "upper", "work", "set_data",
    "group", "table", "table_labels", "checkpoints", "OS", "OV", "SERIES",
)  # fmt: skip
"""Arguments of the generated `kernel`, in order:

t_start: rounds already played; vectors (Q, n, d), labels (Q, n), index (Q, m), each with Q = 1 or the
number of replicates R: the data; parameters (R, p); VS (R, vector states, d); SS (R, scalar states, running
powers and sums); lower, upper (d,), or (1,) for a uniform box: the box of a fused clip; work, set_data:
scratch and numbers of a projection kernel; group (d,): the group of each coordinate; table (n', d),
table_labels (n',): the rows of MeanRows; checkpoints (K,): rounds of this block to record at, increasing;
OS (R, K, scalars), OV (R, K, vectors, d), SERIES (R, m, series): outputs. Returns 0, or the round in which
the projection failed."""


SIGNATURE_TYPES = (
    "_F, _I = types.float64, types.int64",
    "_in = lambda of, n: types.Array(of, n, 'C', readonly=True)",
    "_out = lambda of, n: types.Array(of, n, 'C')",
    "TYPES = types.int64(",
    "    _I, _in(_V, 3), _in(_F, 2), _in(_I, 2), _in(_F, 2), _out(_V, 3), _out(_F, 2), _in(_F, 1),",
    "    _in(_F, 1), _out(_F, 1), _in(_F, 1), _in(_I, 1), _in(_F, 2), _in(_F, 1), _in(_I, 1), _out(_F, 3),",
    "    _out(_F, 4), _out(_F, 3))",
)
"""One signature for every kernel: inputs may be read-only, so one compilation serves all callers."""

SMALLEST = {False: "2.2250738585072014e-308", True: "1.1754943508222875e-38"}
"""The smallest normal float64, and float32; arithmetic on smaller ones takes some twenty times as long."""
BOUNDS = {LOWER: "lower", UPPER: "upper"}


@dataclass(frozen=True)
class Layout:
    """How a program is printed.

    lanes: many replicates side by side; own_data: then, whether each has rows of its own. uniform_box: one
    bound for all coordinates. reproducible: every operation as printed, sums in the order of coordinates: the
    same bits in either layout, on every processor, and as plain Python. single: coordinates are float32;
    scalars and sums are float64, and parameters are rounded to float32 first: beta2 and 1 - beta2 agree.
    """

    lanes: bool = False
    own_data: bool = False
    uniform_box: bool = False
    reproducible: bool = False
    single: bool = False


@dataclass(frozen=True)
class Printed:
    """Generated source, and the bases of what follows the scalar states in SS.

    powers: of the running powers, one number each; complements: of 1 - base**t, two numbers each.
    """

    text: str
    powers: tuple[Expr, ...]
    complements: tuple[Expr, ...]


@dataclass(frozen=True)
class Line:
    """One statement inside a loop: its text, the symbols it reads, and the one it gives a value to."""

    text: str
    reads: frozenset[Symbol] = frozenset()
    writes: Symbol | None = None


class Names(dict["Any", str]):
    """Scalars print as s_name, coordinates as v_name: no clash with keywords or the frame's variables."""

    def get(self, s: Any, default: Any = None) -> str:
        """The name of a symbol."""
        return f"v_{s.name}" if isinstance(s, Vector) else f"s_{s.name}"


class RoundedNames(Names):
    """The scalars of a round as float32: r_name."""

    def get(self, s: Any, default: Any = None) -> str:
        """The name of a symbol."""
        return f"v_{s.name}" if isinstance(s, Vector) else f"r_{s.name}"


def single(printer: type[LoopPrinter]) -> type[LoopPrinter]:
    """The printer whose constants are float32: one float64 number would make its whole expression float64."""

    class SinglePrinter(printer):  # type: ignore[misc, valid-type]
        def number(self, q: Rational) -> str:
            """See the printer."""
            return f"np.float32({super().number(q)})"

    return SinglePrinter


def indent(lines: list[str], levels: int) -> list[str]:
    """Lines further to the right."""
    return [" " * (4 * levels) + line for line in lines]
