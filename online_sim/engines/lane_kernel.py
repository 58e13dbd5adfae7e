"""Print a program as a loop that plays many replicates side by side, one in each lane of the registers.

At small dimensions a loop over coordinates is too short to fill a register; one over LANES replicates is not.
Vectors lie in V[i, at_name, l] and scalars in S[of_name, l], l the lane, copied in and out once a block. The
expressions and their order are those of the other layout, so the numbers are too, up to the order of a sum:
here it follows the coordinates.

What has no such layout: sums over groups or rows of a table, and a projection that is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from online_sim.engines.loop_kernel import KernelWriter
from online_sim.engines.loop_layout import Line, indent
from online_sim.engines.program import LOWER, UPPER, Answered, Averaged, Body, Program, Projection, Reduced
from theory.symbols import Scalar, a, b, coordinate, d, t, x

if TYPE_CHECKING:
    from sympy import Symbol

LANES = 16
"""Two of the widest registers: enough to hide the latency of square roots, small enough to stay in cache."""
DATA = 128
"""Rows of their own are copied side by side for DATA/d rounds at a time."""

_FILL = """
@njit(cache=True, error_model="numpy")
def fill(first, begin, rounds, vectors, labels, index, rows, row_labels, replicates):
    for l in range(LANES):
        rep = min(first + l, replicates - 1)
        data = vectors[rep if vectors.shape[0] > 1 else 0]
        data_labels = labels[rep if labels.shape[0] > 1 else 0]
        order = index[rep if index.shape[0] > 1 else 0]
        for k in range(rounds):
            row_now = order[begin + k]
            row_labels[k, l] = data_labels[row_now]
            for i in range(data.shape[1]):
                rows[k, i, l] = data[row_now, i]
"""


def lanes_fit(program: Program) -> bool:
    """Whether a program can be played side by side."""
    lines = [line for body in (program.lean, program.full) for s in body.stages for line in s.definitions]
    unfit = any(
        isinstance(line, Averaged | Answered) or (isinstance(line, Reduced) and line.vector) for line in lines
    )
    return program.projection is not Projection.CALL and not unfit


@dataclass
class LaneWriter(KernelWriter):
    """Writes the kernel that plays LANES replicates at a time."""

    vector_rows: dict[str, None] = field(default_factory=dict)
    scalar_rows: dict[str, None] = field(default_factory=dict)
    home: dict[Symbol, Symbol] = field(default_factory=dict)

    def header(self) -> list[str]:
        """The names of the rows of V and S besides."""
        out = [*super().header(), f"LANES = {LANES}"]
        for names in (self.vector_rows, self.scalar_rows):
            out += [f"{name} = {k}" for k, name in enumerate(names)]
        return [*out, "", *(_FILL.strip().splitlines() if self.own_rows else []), ""]

    @property
    def own_rows(self) -> bool:
        """Whether each replicate has rows of its own."""
        return self.layout.own_data and self.program.uses_stream

    def needed(self, lines: list[str]) -> list[str]:
        """Without the stores of scalars that are read only where they are computed."""
        stores = [re.fullmatch(r"\s*(S\[\w+, l\]) = .*", line) for line in lines]
        targets = [store[1] if store else "" for store in stores]
        rest = [line.partition(" = ")[2] if k else line for line, k in zip(lines, targets, strict=True)]
        read = {cell for line in rest for cell in re.findall(r"S\[\w+, l\]", line)}
        return [line for line, k in zip(lines, targets, strict=True) if not k or k in read]

    # -- the frame ------------------------------------------------------------------------------------

    def prologue(self) -> list[str]:
        """Copy the states and parameters of a block of replicates into their lanes."""
        program = self.program
        named = self.expressions.by_name.values()
        inputs = [
            f"V[i, {self.array(s.old)}, l] = VS[rep, {k}, i]" for k, s in enumerate(program.vector_states)
        ]
        lanes = ["rep = min(first + l, replicates - 1)  # a short block repeats the last replicate"]
        lanes += [f"{self.cell(s)} = parameters[rep, {k}]" for k, s in enumerate(named)]
        lanes += [f"{self.cell(s)} = SS[rep, {k}]" for k, s in enumerate(self.kept_scalars())]
        lanes += ["for i in range(d):", *indent(inputs, 1)]
        constants = [self.assignment(s, e) for e, s in self.expressions.constants.items()]
        constant_lines = self.scalars(constants, {})
        out = [
            *self.sizes(),
            "    replicates = VS.shape[0]",
            f"    V = np.empty((d, {len(self.vector_rows)}, LANES))",
            f"    S = np.empty(({len(self.scalar_rows)}, LANES))",
        ]
        if self.own_rows:
            out += [
                f"    chunk = max(1, {DATA} // d)",
                "    rows = np.empty((chunk, d, LANES))",
                "    row_labels = np.empty((chunk, LANES))",
            ]
        out += ["    for first in range(0, replicates, LANES):"]
        out += ["        used = min(LANES, replicates - first)"]
        # Their own names spare the check for a negative index at every store.
        out += [f"        {name}_now = {name}[first : first + used]" for name in ("OS", "OV", "SERIES")]
        out += ["        for l in range(LANES):"]
        return [*out, *indent(lanes, 3), *indent(constant_lines, 2), "        t_now = t_start"]

    def begin(self) -> list[str]:
        """The round's number, its powers and its data."""
        out = ["t_now += 1", "s_t = float(t_now)"]
        out += self.scalars(self.steps(), {})
        if self.own_rows:
            out += [
                "now = (t_now - t_start - 1) % chunk",
                "if now == 0:",
                "    begin = t_now - t_start - 1",
                "    ahead = min(chunk, m_rounds - begin)",
                "    fill(first, begin, ahead, vectors, labels, index, rows, row_labels, replicates)",
            ]
        elif self.program.uses_stream:
            out += ["row_now = index[0, t_now - t_start - 1]"]
            out += [f"{self.text(b)} = labels[0, row_now]", "arr_a = vectors[0, row_now]"]
        return out

    def epilogue(self) -> list[str]:
        """Copy the states back."""
        outputs = [
            f"VS[first + l, {k}, i] = V[i, {self.array(s.old)}, l]"
            for k, s in enumerate(self.program.vector_states)
        ]
        lanes = [f"SS[first + l, {k}] = {self.cell(s)}" for k, s in enumerate(self.kept_scalars())]
        lanes += ["for i in range(d):", *indent(outputs, 1)]
        return ["        for l in range(used):", *indent(lanes, 3), "    return 0"]

    # -- where things are -----------------------------------------------------------------------------

    def cell(self, s: Symbol) -> str:
        """The place of a scalar."""
        return f"S[{self.scalar_row(s)}, l]"

    def scalar_row(self, s: Symbol) -> str:
        """The name of a scalar's row of S."""
        name = f"of_{self.home.get(s, s).name}"
        self.scalar_rows[name] = None
        return name

    def array(self, s: Symbol) -> str:
        """The name of a vector's row of V."""
        self.vector_rows[f"at_{s.name}"] = None
        return f"at_{s.name}"

    def buffer(self, s: Symbol) -> str:
        """A vector of one round has a row too."""
        return self.array(s)

    def element(self, array: str, index: str) -> str:
        """One coordinate of a vector: in the lane, or shared by all."""
        if array in {"lower", "upper", "arr_a"}:
            return f"rows[now, {index}, l]" if array == "arr_a" and self.own_rows else f"{array}[{index}]"
        return f"V[{index}, {array}, l]"

    def total(self, s: Symbol) -> str:
        """Sums grow in their cells."""
        return self.cell(s)

    def places(self, body: Body) -> dict[Symbol, str]:
        """Where vectors are; and which new scalar overwrites the old one at once."""
        self.home = {s.new: s.old for s in self.program.scalar_states if s.old != s.new and body.in_place(s)}
        return super().places(body)

    # -- one round ------------------------------------------------------------------------------------

    def scalars(self, lines: list[Line], place: dict[Symbol, str]) -> list[str]:
        """Scalars of all lanes: cells are read before any is written, as an old value may be overwritten."""
        if not lines:
            return []
        written = dict.fromkeys(line.writes for line in lines if line.writes is not None)
        body = [*self.loads(lines), *(line.text for line in lines)]
        body += [f"{self.cell(s)} = {self.text(s)}" for s in written]
        return ["for l in range(LANES):", *indent(body, 1)]

    def coordinates(self, lines: list[Line], place: dict[Symbol, str]) -> list[str]:
        """One pass over the coordinates, all lanes at each; what the lanes share is read once."""
        shared = {coordinate, LOWER, UPPER} | (set() if self.own_rows else {a})
        outer = [line.text for line in lines if line.writes in shared]
        inner = [line for line in lines if line.writes not in shared]
        body = [*self.loads(inner), *(line.text for line in inner)]
        return ["for i in range(d):", *indent([*outer, "for l in range(LANES):", *indent(body, 1)], 1)]

    def loads(self, lines: list[Line]) -> list[str]:
        """The scalars that lines read before they write them."""
        common = {t, d} | (set() if self.own_rows else {b})
        known: set[Symbol] = set()
        found: dict[Symbol, None] = {}
        for line in lines:
            reads = (s for s in line.reads if isinstance(s, Scalar))
            found.update(dict.fromkeys(sorted((s for s in reads if s not in known | common), key=str)))
            known |= {line.writes} if line.writes is not None else set()
        return [f"{self.text(s)} = {self.value(s)}" for s in found]

    def value(self, s: Symbol) -> str:
        """Where a scalar is read."""
        return "row_labels[now, l]" if s == b else self.cell(s)

    def each_used(self, lines: list[str]) -> list[str]:
        """Lines for each lane that holds a replicate."""
        return ["for l in range(used):", *indent(lines, 1)] if lines else []

    def record_vectors(self, place: dict[Symbol, str], *, at_start: bool) -> list[str]:
        """Copy the recorded vectors: the point before the round changes it, the others at its end."""
        copies = [
            f"OV_now[l, segment, {k}, i] = {self.element(place[s], 'i')}"
            for k, (_, s) in enumerate(self.program.vector_records)
            if (s == x) == at_start
        ]
        return self.each_used(["for i in range(d):", *indent(copies, 1)] if copies else [])

    def record_scalars(self, place: dict[Symbol, str]) -> list[str]:
        """Write the scalars of a checkpoint."""
        scalars = enumerate(self.program.scalar_records)
        return self.each_used([f"OS_now[l, segment, {k}] = {self.cell(s)}" for k, (_, s) in scalars])

    def record_series(self, place: dict[Symbol, str]) -> list[str]:
        """Write the scalars of a round."""
        series = enumerate(self.program.series)
        at = "l, t_now - t_start - 1"
        return self.each_used([f"SERIES_now[{at}, {k}] = {self.cell(s)}" for k, (_, s) in series])

    def carry(self, body: Body, place: dict[Symbol, str]) -> list[str]:
        """The new values of the states take the place of the old ones."""
        states = [s for s in self.program.states if s.old != s.new and not body.in_place(s)]
        scalars = [f"{self.cell(s.old)} = {self.cell(s.new)}" for s in states if not s.vector]
        vectors = [
            f"{self.element(place[s.old], 'i')} = {self.element(place[s.new], 'i')}"
            for s in states
            if s.vector
        ]
        out = ["for l in range(LANES):", *indent(scalars, 1)] if scalars else []
        if vectors:
            out += ["for i in range(d):", "    for l in range(LANES):", *indent(vectors, 2)]
        return out
