"""Games too small for a compiler: which they are, and for how long their source runs as plain Python.

Compiling a kernel takes one to four seconds, and loading a compiled one for the first time half a second.
Plain Python needs nothing in advance, and computes a line of a round in 0.3 to 0.5 microseconds.
"""

from online_sim.engines.base import Setting
from online_sim.engines.cache import is_kept
from online_sim.engines.program import Body

SMALL = 1_000_000
"""The largest `work` of a small game: 0.3 to 0.5 seconds of plain Python."""
PATIENCE = 5_000_000
"""The work after which a source is compiled after all, because it is played again and again: two seconds."""


def work(setting: Setting, rounds: int, recorded: int, size: tuple[int, int] | None = None) -> int:
    """The lines computed in these rounds of all replicates, in so many of which quantities are recorded.

    size: the replicates and the coordinates, by default those of the setting.
    A line of a coordinate counts for each coordinate, and for each row of a table that the round reads.
    """
    replicates, dimension = size or (len(setting.parameters), setting.dimension)
    program = setting.program
    plain, full = (_lines(body, setting, dimension) for body in (program.lean, program.full))
    projection = 0
    if setting.projected is not None and (kernel := setting.projected.kernel()) is not None:
        # Measured: 5 to 15 lines a coordinate; for a polytope, whose scratch holds matrices, below this.
        projection = 15 * dimension + kernel.work_size**2 // 20
    each = plain * (rounds - recorded) + full * recorded + projection * rounds
    return replicates * each


def _lines(body: Body, setting: Setting, dimension: int) -> int:
    scalars = sum(len(stage.scalars) for stage in body.stages)
    rows = len(setting.table) if setting.program.uses_rows else 1
    return scalars + (len(body.definitions) - scalars) * dimension * rows


class Interpreted:
    """The work that sources have done as plain Python in this process."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}
        self.most: dict[str, int] = {}

    def goes_on(self, text: str, more: int) -> bool:
        """Whether a source does this work too as plain Python.

        It does until it has done `PATIENCE` of it, or `SMALL` if its compiled form is kept on disk.
        """
        if text not in self.done:
            self.done[text], self.most[text] = 0, SMALL if is_kept(text, prefix="numba") else PATIENCE
        self.done[text] += more
        return self.done[text] <= self.most[text]


INTERPRETED = Interpreted()
"""What this process has interpreted."""
