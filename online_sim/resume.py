"""Whether a game may resume a trace, given by the user or saved by an earlier run."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import Engine
from online_sim.inputs import first_changed
from online_sim.provenance import SAME_GAME, Provenance
from online_sim.trace import Trace, load_trace


def autosaved(path: Path, run: Provenance, rounds: NDArray[np.int64], engine: Engine) -> Trace | None:
    """The trace in a file, if resuming it gives the same result as a fresh run; else None."""
    try:
        trace = load_trace(path)
        check_resume(trace, run, int(rounds[-1]), engine)
    except ValueError:
        return None
    # A user who resumes a trace explicitly may change these; an autosaved file must agree.
    same = all(getattr(trace.run, n) == getattr(run, n) for n in ("engine", "dtype", "precision"))
    return trace if same and np.array_equal(trace.rounds, rounds[rounds <= trace.horizon]) else None


def check_resume(resume: Trace, run: Provenance, horizon: int, engine: Engine) -> None:
    """Raise ValueError unless a game of this provenance and horizon may resume the trace on this engine."""
    for name in SAME_GAME:
        before, now = getattr(resume.run, name), getattr(run, name)
        if before != now:
            raise ValueError(
                f"the trace to resume was played with {name} = {before!r}, "
                f"this game has {now!r}; resume the same game or start a new one"
            )
    # The running sums in the state belong to the quantities recorded, in their order.
    if resume.run.recorded != run.recorded:
        raise ValueError(
            f"the trace to resume recorded {resume.run.recorded}, "
            f"this run records {run.recorded}; "
            f"record the same quantities in the same order"
        )
    if resume.horizon > horizon:
        raise ValueError(
            f"the trace to resume has {resume.horizon} rounds already, more than `horizon` = {horizon}"
        )
    if np.iscomplexobj(resume.state.vectors) != engine.double_double:
        raise ValueError(
            "the trace to resume and the `engine` differ in precision: one is double-double, the "
            "other is not; resume with the engine that began"
        )
    changed = first_changed(resume.run.inputs)
    if changed is not None:
        raise ValueError(f"the trace to resume was played with other content of {changed}; start a new one")


__all__ = ["autosaved", "check_resume"]
