"""The frame of a generated kernel: its arguments, and the styles in which it is printed."""

from dataclasses import dataclass

from sympy import Expr

from online_sim.engines.program import LOWER, UPPER

SIGNATURE = (
    "t_start", "vectors", "labels", "index", "parameters", "VS", "SS", "lower", "upper", "work", "set_data",
    "group", "table", "table_labels", "checkpoints", "OS", "OV", "SERIES",
)  # fmt: skip
"""The arguments of the generated `kernel`, in order:

t_start: rounds already played; vectors (Q, n, d), labels (Q, n), index (Q, m), each with Q = 1 or the
number of replicates R: the data; parameters (R, p); VS (R, vector states, d); SS (R, scalar states, running
powers and sums); lower, upper (d,), or (1,) for a uniform box: the box of a fused clip; work, set_data:
scratch and numbers of a projection kernel; group (d,): the group of each coordinate; table (n', d),
table_labels (n',): the rows of MeanRows; checkpoints (K,): rounds of this block to record at, increasing;
OS (R, K, scalars), OV (R, K, vectors, d), SERIES (R, m, series): outputs. Returns 0, or the round in which
the projection failed.
For sparse rows, three arrays shared by all replicates take the place of `vectors`: see `SPARSE`.
In doubled precision parameters, VS, SS, OS, OV and SERIES are complex: hi + lo."""


ROWS = "_in(_D, 3)"
"""The type of `vectors`."""
SPARSE = ("starts", "columns", "values")
"""The entries of sparse rows, (n + 1,), (entries,) and (entries,): see `SparseRows`."""

SIGNATURE_TYPES = (
    "_F, _I = types.float64, types.int64",
    "_in = lambda of, n: types.Array(of, n, 'C', readonly=True)",
    "_out = lambda of, n: types.Array(of, n, 'C')",
    "TYPES = types.int64(",
    "    _I, _in(_D, 3), _in(_F, 2), _in(_I, 2), _in(_S, 2), _out(_V, 3), _out(_S, 2), _in(_F, 1),",
    "    _in(_F, 1), _out(_F, 1), _out(_F, 1), _in(_I, 1), _in(_F, 2), _in(_F, 1), _in(_I, 1), _out(_S, 3),",
    "    _out(_S, 4), _out(_S, 3))",
)
"""One signature for every kernel: inputs may be read-only, so one compilation serves all callers.
`set_data` may not, because a projection that is called outside of games gets it as it is.

_V, _D, _S: the types of vector states, of rows of data, and of scalars."""

SMALLEST = {False: "1e-290", True: "1e-30"}
"""The bound below which decaying states are set to 0, by whether coordinates are float32, to avoid slow
arithmetic near the end of the range."""
BOUNDS = {LOWER: "lower", UPPER: "upper"}


@dataclass(frozen=True)
class Style:
    """How a program is printed.

    lanes: many replicates side by side; own_data: with lanes, whether each replicate has its own rows.
    uniform_box: one bound for all coordinates. reproducible: every operation as printed, and sums in the
    order of coordinates, which gives the same bits in either layout, on every processor, and as plain Python.
    single: coordinates are float32, scalars and sums float64, and parameters are rounded to float32 first, so
    that beta2 and 1 - beta2 agree. double_double: every number is hi + lo (`double_double_kernel`), no two
    operations are fused, and sums are in the order of coordinates. sparse: the data are sparse rows, and a
    round visits the entries of its row alone unless it is recorded.
    """

    lanes: bool = False
    own_data: bool = False
    uniform_box: bool = False
    reproducible: bool = False
    single: bool = False
    double_double: bool = False
    sparse: bool = False

    @property
    def signature(self) -> tuple[str, ...]:
        """The names of the arguments."""
        rows = SPARSE if self.sparse else (SIGNATURE[1],)
        return (SIGNATURE[0], *rows, *SIGNATURE[2:])

    @property
    def signature_types(self) -> tuple[str, ...]:
        """The lines that declare the types of the arguments."""
        rows = "_in(_I, 1), _in(_I, 1), _in(_F, 1)" if self.sparse else ROWS
        return tuple(line.replace(ROWS, rows) for line in SIGNATURE_TYPES)

    @property
    def strict(self) -> bool:
        """Whether operations are rounded as printed, without fused operations or reordered sums."""
        return self.reproducible or self.double_double

    @property
    def types(self) -> tuple[str, str, str]:
        """numba's names for the types of vector states, rows of data, and scalars."""
        if self.double_double:
            return "complex128", "float64", "complex128"
        return ("float32", "float32", "float64") if self.single else ("float64", "float64", "float64")


@dataclass(frozen=True)
class Printed:
    """Generated source, and the bases of the numbers that follow the scalar states in SS.

    powers: the bases of the running powers, one number each; complements: those of 1 - base**t, two each.
    """

    text: str
    powers: tuple[Expr, ...]
    complements: tuple[Expr, ...]
