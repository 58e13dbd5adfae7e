"""What a game leaves behind: the recorded quantities, the state to go on from, and where it all came from."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import RunState
from online_sim.files import write_bytes

if TYPE_CHECKING:
    from sympy import Expr

FORMAT = "regretcheck-trace-1"


@dataclass(frozen=True, eq=False)
class Trace:
    """The outcome of `play`.

    rounds: int64 (K,), the rounds recorded at; scalars: key -> (R, K); vectors: key -> (R, K, d);
    series: key -> (R, T), one number every round; state: what is needed to resume; meta: provenance
    (algorithm, variant, domain, stream, loss, parameters, seed, engine, dtype, versions), plain JSON.

    A key is the printed quantity. ``trace[quantity]`` accepts the expression or the key and drops the
    axis of replicates when there is one replicate.
    """

    rounds: NDArray[np.int64]
    scalars: Mapping[str, NDArray[np.float64]]
    vectors: Mapping[str, NDArray[np.float64]]
    series: Mapping[str, NDArray[np.float64]]
    state: RunState
    meta: Mapping[str, Any]

    def __getitem__(self, quantity: Expr | str) -> NDArray[np.float64]:
        """A recorded quantity; KeyError lists what there is."""
        key = str(quantity)
        for store in (self.scalars, self.vectors, self.series):
            if key in store:
                return store[key][0] if self.replicates == 1 else store[key]
        known = ", ".join((*self.scalars, *self.vectors, *self.series))
        raise KeyError(f"{key} was not recorded; recorded: {known}. Pass it to play(record=[...])")

    def __contains__(self, quantity: Expr | str) -> bool:
        """Whether a quantity was recorded."""
        key = str(quantity)
        return key in self.scalars or key in self.vectors or key in self.series

    @property
    def replicates(self) -> int:
        """The number of replicates R."""
        return int(self.state.vectors.shape[0])

    @property
    def horizon(self) -> int:
        """The rounds played."""
        return self.state.played

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return int(self.state.vectors.shape[2])

    def save(self, path: str | Path) -> None:
        """Write one .npz file of plain arrays and JSON, through a temporary file and a rename."""
        arrays: dict[str, Any] = {"rounds": self.rounds, "state_vectors": self.state.vectors, "state_scalars": self.state.scalars}
        if self.state.powers is not None:
            arrays["state_powers"] = self.state.powers
        keys: dict[str, list[str]] = {}
        for name, store in (("scalars", self.scalars), ("vectors", self.vectors), ("series", self.series)):
            keys[name] = list(store)
            arrays |= {f"{name}_{k}": array for k, array in enumerate(store.values())}
        header = {"format": FORMAT, "played": self.state.played, "keys": keys, "meta": dict(self.meta)}
        arrays["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        write_bytes(Path(path), buffer.getvalue())


def load_trace(path: str | Path) -> Trace:
    """Read a trace written by `Trace.save`; one ValueError with the path and the reason when it cannot be."""
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(arrays["header"].tobytes().decode())
        if header["format"] != FORMAT:
            raise ValueError(f"its format is {header['format']!r}, expected {FORMAT!r}")
        stores = {
            name: {key: arrays[f"{name}_{k}"] for k, key in enumerate(header["keys"][name])}
            for name in ("scalars", "vectors", "series")
        }
        state = RunState(
            int(header["played"]), arrays["state_vectors"], arrays["state_scalars"], arrays.get("state_powers")
        )
        return Trace(arrays["rounds"], stores["scalars"], stores["vectors"], stores["series"], state, header["meta"])
    except FileNotFoundError:
        raise ValueError(f"no trace at {path}; give the file that Trace.save wrote") from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"cannot read the trace {path}: {error}; it is truncated or not a trace, play it again") from error
