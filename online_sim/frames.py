"""Tables for pandas, which is an optional library: imported only where a table is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

    from online_sim.trace import Trace


def frame(columns: Mapping[str, Any]) -> DataFrame:
    """A table from its columns, all of one length; ImportError with the remedy if pandas is not installed."""
    try:
        from pandas import DataFrame
    except ImportError:
        raise ImportError(
            "`to_frame` needs the library pandas, which is not installed here; "
            "run `pip install regretcheck[pandas]`"
        ) from None
    return DataFrame(dict(columns))


def recorded(trace: Trace) -> Iterator[tuple[str, Any]]:
    """(name, values (R, K)) of what was recorded at the checkpoints; a vector is one for each coordinate."""
    for key in trace.asked or (*trace.scalars, *trace.vectors, *trace.series):
        if key in trace.scalars:
            yield key, trace.scalars[key]
        elif key in trace.vectors:
            vector = trace.vectors[key]
            yield from ((f"{key}[{i}]", vector[:, :, i]) for i in range(vector.shape[2]))
        else:
            yield key, trace.series[key][:, trace.rounds - 1]


def trace_frame(trace: Trace) -> DataFrame:
    """One row for each checkpoint of each replicate; see `Trace.to_frame`."""
    replicates, count = trace.replicates, len(trace.rounds)
    which = {"replicate": np.repeat(np.arange(replicates), count)} if replicates > 1 else {}
    numbers = {name: values.reshape(-1) for name, values in recorded(trace)}
    return frame({**which, "T": np.tile(trace.rounds, replicates), **numbers})
