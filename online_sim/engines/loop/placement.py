"""Where a kernel keeps its numbers, and the loops over them: one by one, or side by side.

In small dimensions a loop over coordinates is too short to fill a register, but a loop over LANES replicates
is not. In that layout vectors are in V[i, at_name, l] and scalars in S[of_name, l], where l is the lane,
copied once per block. Expressions and their order are the same in both layouts, and so are the numbers, up to
the order of a sum: side by side it follows the coordinates. Sums over groups or rows of a table, a called
projection and points to compare with in each round have no lanes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, final

from sympy import Symbol

from online_sim.engines.loop.style import Style
from online_sim.engines.program import LOWER, UPPER, Answered, Averaged, Program, Projection
from online_sim.engines.tree import (
    ALONG,
    Cell,
    Line,
    Node,
    Suite,
    Target,
    Value,
    assign,
    block,
    frame,
    read,
    reads,
    walk,
    without,
)
from theory.symbols import Scalar, a, b, coordinate, d, t, z_t

ENTRIES = "for at in range(begin, end)"
"""The head of a pass over the entries of a sparse row."""
LANES = 16
"""The number of lanes, two of the widest registers: enough to hide the latency of square roots, few enough
for the cache."""
Given: TypeAlias = Sequence[tuple[Symbol, str]]
"""Scalars, and the text of the number assigned to each."""
DATA = 128
"""The number of entries copied side by side at a time (DATA/d rounds) if replicates have their own rows."""

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
    unfit = program.group_sums or any(isinstance(line, Averaged | Answered) for line in program.definitions)
    return program.projection is not Projection.CALL and not unfit and not program.moving


def _at_coordinate(line: Line) -> bool:
    return any(isinstance(cell, Cell) and "i" in cell.index for cell in line.writes)


def needed(nodes: list[Node]) -> list[Node]:
    """The tree without the stores in S of scalars that are not read from there."""
    stores = {s for line in walk(nodes) for s in line.writes if isinstance(s, Cell) and s.array == "S"}
    return without(nodes, stores - reads(nodes))


@final
@dataclass
class OneByOne:
    """One replicate after the other: vectors in separate arrays, scalars in local variables.

    entries: whether a pass visits only the entries of a sparse row; where it visits all coordinates, the row
    is spread over arr_a, which holds 0 otherwise.
    """

    program: Program
    style: Style
    entries: bool = False
    shared: Mapping[Symbol, Symbol] = field(default_factory=dict)
    buffers: dict[Symbol, str] = field(default_factory=dict)

    def vector(self, s: Symbol, *, state: bool) -> str:
        """arr_name, a view of the state, or buf_name."""
        return f"arr_{s.name}" if state else self.buffers.setdefault(s, f"buf_{s.name}")

    def at(self, array: str, index: str = "i") -> Cell:
        """array[i]."""
        return Cell("values", ("at",)) if array == "arr_a" and self.entries else Cell(array, (index,))

    @property
    def least(self) -> str:
        """Where a maximum of numbers >= 0 begins: without entries in some coordinate, these give 0."""
        return "0.0 if end - begin < d else -math.inf" if self.entries else "-math.inf"

    def scalar(self, s: Symbol) -> Target:
        """Its variable."""
        return s

    def output(self, name: str, *index: str) -> Cell:
        """NAME[rep, ...]."""
        return Cell(name, ("rep", *index))

    def once(self, body: Sequence[Line]) -> list[Node]:
        """One after the other."""
        return list(body)

    def along(self, body: Sequence[Line]) -> list[Node]:
        """A loop over the coordinates, or over those of the row's entries."""
        return block(ALONG, body) if not self.entries else block(ENTRIES, [Line("i = columns[at]"), *body])

    def whole(self, body: Sequence[Node]) -> list[Node]:
        """A round that visits all coordinates."""
        if not self.style.sparse:
            return list(body)
        spread, clear = ("arr_a[columns[at]] = values[at]", "arr_a[columns[at]] = 0.0")
        return [*block(ENTRIES, frame(spread)), *body, *block(ENTRIES, frame(clear))]

    def copies(self, body: Sequence[Line], *, out: bool) -> list[Node]:
        """A loop for each vector."""
        return [node for line in body for node in (self.along([line]) if _at_coordinate(line) else [line])]

    def row(self) -> list[Node]:
        """A view of the row, or the places of its entries."""
        if self.style.sparse:
            return frame(
                "row_now = order[t_now - t_start - 1]", "s_b = data_labels[row_now]",
                "begin, end = starts[row_now], starts[row_now + 1]",
            )  # fmt: skip
        return frame(
            "row_now = order[t_now - t_start - 1]", "s_b = data_labels[row_now]", "arr_a = data[row_now]",
            *([f"arr_{z_t.name} = data[row_now + data.shape[0] // 2]"] if self.program.moving else []),
        )  # fmt: skip

    def memory(self) -> list[Node]:
        """The vectors of one round; group sums have the precision of scalars."""
        vectors, _, scalars = self.style.types
        sums = self.program.group_sums
        return frame(
            *(
                f"{name} = np.empty(d, dtype=np.{scalars if s in sums else vectors})"
                for s, name in self.buffers.items()
            ),
            *(["n_groups = group.max() + 1"] if self.program.uses_groups else []),
            *(["arr_a = np.zeros(d)"] if self.style.sparse else []),
        )

    def replicates(
        self, given: Given, kept: Sequence[Symbol], constants: Sequence[Line], body: Sequence[Node]
    ) -> list[Node]:
        """A loop over the replicates; vector states are overwritten in place."""
        data = frame(
            *([] if self.style.sparse else ["data = vectors[rep if vectors.shape[0] > 1 else 0]"]),
            "data_labels = labels[rep if labels.shape[0] > 1 else 0]",
            "order = index[rep if index.shape[0] > 1 else 0]",
        )
        states = enumerate(self.program.vector_states)
        inside = [
            *(data if self.program.reads_rows else []),
            *(assign(s, Value(text)) for s, text in given),
            *frame(*(f"{self.vector(s.old, state=True)} = VS[rep, {k}]" for k, s in states)),
            *(assign(s, Value(f"SS[rep, {k}]")) for k, s in enumerate(kept)),
            *self.once(constants),
            *body,
            *(assign(self.output("SS", str(k)), read(s)) for k, s in enumerate(kept)),
        ]
        return block("for rep in range(VS.shape[0])", inside)

    def declarations(self) -> list[str]:
        """No declarations."""
        return []


@final
@dataclass
class SideBySide:
    """LANES replicates at a time, one in each lane of the registers.

    shared: for the current body, new scalar -> the old scalar whose cell it may overwrite at once. vectors,
    cells: the names of the rows of V and S, in the order of their first use.
    """

    program: Program
    style: Style
    shared: Mapping[Symbol, Symbol] = field(default_factory=dict)
    vectors: dict[str, None] = field(default_factory=dict)
    cells: dict[str, None] = field(default_factory=dict)

    @property
    def least(self) -> str:
        """Where a maximum begins."""
        return "-math.inf"

    def whole(self, body: Sequence[Node]) -> list[Node]:
        """A round that visits all coordinates: every round does."""
        return list(body)

    @property
    def own_rows(self) -> bool:
        """Whether each replicate has its own rows."""
        return self.style.own_data and self.program.uses_stream

    @property
    def hidden(self) -> bool:
        """Whether the compiler is kept from knowing the number of lanes.

        It unrolls a loop of known length before it looks for vectors, and then finds few: at d = 1 a round
        takes 2 to 7 times as long. Stores of a series or loads of own rows are better off unrolled.
        """
        return not (self.program.series or self.own_rows)

    @property
    def all_lanes(self) -> str:
        """A loop over the lanes."""
        return f"for l in range({'lanes' if self.hidden else 'LANES'})"

    def vector(self, s: Symbol, *, state: bool) -> str:
        """The name of its row of V."""
        self.vectors[f"at_{s.name}"] = None
        return f"at_{s.name}"

    def at(self, array: str, index: str = "i") -> Cell:
        """The cell of the lane, or the one shared by all lanes."""
        if array == "arr_a" and self.own_rows:
            return Cell("rows", ("now", index, "l"))
        return (
            Cell(array, (index,)) if array in {"lower", "upper", "arr_a"} else Cell("V", (index, array, "l"))
        )

    def scalar(self, s: Symbol) -> Cell:
        """Its cell of S."""
        name = f"of_{self.shared.get(s, s).name}"
        self.cells[name] = None
        return Cell("S", (name, "l"))

    def output(self, name: str, *index: str) -> Cell:
        """NAME_now[l, ...]."""
        return Cell(f"{name}_now", ("l", *index))

    def once(self, body: Sequence[Line]) -> list[Node]:
        """A loop over the lanes; cells are read before any is written, which may overwrite an old value."""
        written = dict.fromkeys(s for line in body for s in line.writes if isinstance(s, Symbol))
        inside = [*self._loads(body), *body]
        return block(self.all_lanes, [*inside, *(assign(self.scalar(s), read(s)) for s in written)])

    def along(self, body: Sequence[Line]) -> list[Node]:
        """All lanes at each coordinate; values shared by the lanes are read once."""
        shared = {coordinate, LOWER, UPPER} | (set() if self.own_rows else {a})
        outer = [line for line in body if shared.intersection(line.writes)]
        inner = [line for line in body if not shared.intersection(line.writes)]
        lanes = block(self.all_lanes, [*self._loads(inner), *inner])
        return block(ALONG, [*outer, *lanes])

    def _loads(self, body: Sequence[Line]) -> list[Node]:
        """Loads of the scalars that the lines read before they write them."""
        known: set[Target] = {t, d} | (set() if self.own_rows else {b})
        found: dict[Symbol, None] = {}
        for line in body:
            wanted = [s for s in line.reads if isinstance(s, Scalar) and s not in known]
            found.update(dict.fromkeys(sorted(wanted, key=str)))
            known |= {*line.writes}
        return [
            assign(s, read(Cell("row_labels", ("now", "l")) if s == b else self.scalar(s))) for s in found
        ]

    def copies(self, body: Sequence[Line], *, out: bool) -> list[Node]:
        """Scalars first, then all vectors in one pass; outputs only for lanes that hold a replicate."""
        lanes = "for l in range(used)" if out else self.all_lanes
        outer, inner = (lanes, ALONG) if out else (ALONG, lanes)
        vectors = [line for line in body if _at_coordinate(line)]
        scalars = [line for line in body if not _at_coordinate(line)]
        return [*block(lanes, scalars), *block(outer, block(inner, vectors))]

    def row(self) -> list[Node]:
        """A row shared by all replicates, or their own rows, copied side by side in advance."""
        if not self.own_rows:
            return frame(
                "row_now = index[0, t_now - t_start - 1]",
                "s_b = labels[0, row_now]",
                "arr_a = vectors[0, row_now]",
            )
        ahead = frame(
            "begin = t_now - t_start - 1",
            "ahead = min(chunk, m_rounds - begin)",
            "fill(first, begin, ahead, vectors, labels, index, rows, row_labels, replicates)",
        )
        return [Line("now = (t_now - t_start - 1) % chunk"), Suite("if now == 0", ahead)]

    def memory(self) -> list[Node]:
        """V, S and the rows copied in advance."""
        ahead = [
            f"chunk = max(1, {DATA} // d)",
            "rows = np.empty((chunk, d, LANES))",
            "row_labels = np.empty((chunk, LANES))",
        ]
        return frame(
            "replicates = VS.shape[0]",
            *(["lanes = min(LANES, LANES * replicates)  # LANES, but not for the compiler"] * self.hidden),
            f"V = np.empty((d, {len(self.vectors)}, LANES))",
            f"S = np.empty(({len(self.cells)}, LANES))",
            *(ahead if self.own_rows else []),
        )

    def replicates(
        self, given: Given, kept: Sequence[Symbol], constants: Sequence[Line], body: Sequence[Node]
    ) -> list[Node]:
        """A loop over groups of LANES replicates; a short group repeats the last replicate."""
        arrays = [self.at(self.vector(s.old, state=True)) for s in self.program.vector_states]
        into = [
            Line("rep = min(first + l, replicates - 1)  # a short block repeats the last replicate"),
            *(assign(self.scalar(s), Value(text)) for s, text in given),
            *(assign(self.scalar(s), Value(f"SS[rep, {k}]")) for k, s in enumerate(kept)),
            *block(ALONG, [assign(v, Value(f"VS[rep, {k}, i]")) for k, v in enumerate(arrays)]),
        ]
        ends = [("first + l", str(k), "i") for k in range(len(arrays))]
        back = [
            *(assign(Cell("SS", ("first + l", str(k))), read(self.scalar(s))) for k, s in enumerate(kept)),
            *block(ALONG, [assign(Cell("VS", end), read(v)) for end, v in zip(ends, arrays, strict=True)]),
        ]
        inside = [
            Line("used = min(LANES, replicates - first)"),
            # Separate names avoid the check for a negative index at every store.
            *frame(*(f"{name}_now = {name}[first : first + used]" for name in ("OS", "OV", "SERIES"))),
            *block(self.all_lanes, into),
            *self.once(constants),
            *body,
            *block("for l in range(used)", back),
        ]
        return [Suite("for first in range(0, replicates, LANES)", inside)]

    def declarations(self) -> list[str]:
        """The row numbers in V and S."""
        rows = [f"{name} = {k}" for names in (self.vectors, self.cells) for k, name in enumerate(names)]
        return [f"LANES = {LANES}", *rows, "", *(_FILL.strip().splitlines() if self.own_rows else []), ""]


Placement: TypeAlias = OneByOne | SideBySide
"""The layout of the numbers and the loops over the replicates; it computes nothing."""
