"""The result of a game: the recorded quantities, the state to resume from, and the provenance."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import RunState
from online_sim.files import write_bytes
from online_sim.provenance import Provenance
from theory.displayed import Displayed

if TYPE_CHECKING:
    from pandas import DataFrame
    from sympy import Expr

    from online_sim.game import Game
    from theory.printing.html import Html

FORMAT = "regretcheck-trace-2"
Replay = Callable[[NDArray[np.int64], "str | None", "int | None", "int | None"], "Trace"]
"""(rounds to record at, engine, horizon, replicates) -> the game replayed; None: unchanged."""
_AGAIN: WeakKeyDictionary[Trace, dict[Any, Trace]] = WeakKeyDictionary()


class _Described:
    """`Trace.run`: the provenance, or a function that makes it when it is first asked for.

    To describe a game takes ten times as long as to play a small one.
    """

    def __get__(self, trace: object, _: type | None = None) -> Provenance:
        if trace is None:
            raise AttributeError("run")  # asked of the class: there is no default
        held: Provenance | Callable[[], Provenance] = vars(trace)["run"]
        if not isinstance(held, Provenance):
            held = vars(trace)["run"] = held()
        return held

    def __set__(self, trace: object, value: Provenance | Callable[[], Provenance]) -> None:
        vars(trace)["run"] = value


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Displayed):
    """The outcome of `play`.

    A key is the printed quantity. ``trace[quantity]`` accepts the expression or the key, and drops the axis
    of replicates when there is one replicate.

    Args:
        rounds: int64 (K,), the recorded rounds.
        scalars: Key -> (R, K).
        vectors: Key -> (R, K, d).
        series: Key -> (R, T), one number in every round.
        state: What is needed to go on.
        run: The provenance: algorithm, domain, streams, loss, parameters, seeds, engine, versions; or a
            function without arguments that returns it.
        game: What was played; None in a trace that was read from a file.
        replay: How to play it again; None in a trace that was read from a file.
        asked: The keys of what `play` was asked to record; the others are evidence for verdicts. Empty if
            this is not known.
    """

    rounds: NDArray[np.int64]
    scalars: Mapping[str, NDArray[np.float64]]
    vectors: Mapping[str, NDArray[np.float64]]
    series: Mapping[str, NDArray[np.float64]]
    state: RunState
    run: _Described = _Described()
    game: Game | None = None
    replay: Replay | None = None
    asked: tuple[str, ...] = ()

    def again(
        self,
        rounds: NDArray[np.int64],
        *,
        engine: str | None = None,
        horizon: int | None = None,
        replicates: int | None = None,
    ) -> Trace:
        """The game replayed: at other rounds, on another engine, with fewer rounds or the first replicates.

        Replays are cached. ValueError if the engine refuses the game, or for a trace read from a file.
        """
        if self.replay is None:
            raise ValueError("this trace was read from a file; play the game again")
        key = (engine, horizon, replicates, tuple(rounds.tolist()))
        kept = _AGAIN.setdefault(self, {})
        if key not in kept:
            kept[key] = self.replay(rounds, engine, horizon, replicates)
        return kept[key]

    def wider(self) -> Trace | None:
        """The game replayed in floats of wider range; None if no engine has them or it would take long."""
        try:
            return self.again(self.rounds, engine="wide")
        except ValueError:
            return None

    def at(self, rounds: NDArray[np.int64]) -> Trace:
        """The trace restricted to some of its recorded rounds."""
        places = np.searchsorted(self.rounds, rounds)
        scalars = {key: array[:, places] for key, array in self.scalars.items()}
        vectors = {key: array[:, places] for key, array in self.vectors.items()}
        return replace(self, rounds=self.rounds[places], scalars=scalars, vectors=vectors)

    def refuted(self, **declared: float) -> dict[str, str]:
        """The declarations that the game contradicts: `Requires` name -> the evidence."""
        from online_sim.declared import refuted

        return {} if self.game is None else refuted(self.game, **declared)

    def __getitem__(self, quantity: Expr | str) -> NDArray[np.float64]:
        """A recorded quantity; KeyError lists those that were asked for."""
        key = str(quantity)
        for store in (self.scalars, self.vectors, self.series):
            if key in store:
                return store[key][0] if self.replicates == 1 else store[key]
        known = ", ".join(self.asked or (*self.scalars, *self.vectors, *self.series))
        raise KeyError(f"{key} was not recorded; recorded: {known}. Pass it to play(record=[...])")

    def interval(self, regret: Expr) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(lower, upper) of a recorded ``Regret(w)`` at the checkpoints."""
        return self[f"{regret}:lower"], self[f"{regret}:upper"]

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
        """The number of rounds played."""
        return self.state.played

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return int(self.state.vectors.shape[2])

    def to_frame(self) -> DataFrame:
        """A pandas table of what was asked for, one row for each checkpoint of each replicate.

        Columns: `replicate`, from 0, if there are several; `T`, the round; then one for each quantity under
        its key, two for a regret (``Regret(1):lower``, ``Regret(1):upper``), and d for a vector (``x[0]`` to
        ``x[d-1]``).

        Raises:
            ImportError: pandas is not installed.
        """
        from online_sim.frames import trace_frame

        return trace_frame(self)

    def _text(self) -> str:
        from online_sim.pages import trace_text

        return trace_text(self)

    def _page(self) -> Html:
        from online_sim.pages import trace_page

        return trace_page(self)

    def _formulas(self) -> tuple[str, ...]:
        return ()

    def save(self, path: str | Path) -> None:
        """Write one .npz file of plain arrays and JSON, via a temporary file and a rename."""
        write_bytes(Path(path), self.dumps())

    def dumps(self) -> bytes:
        """What `save` writes."""
        arrays: dict[str, Any] = {
            "rounds": self.rounds,
            "state_vectors": self.state.vectors,
            "state_scalars": self.state.scalars,
        }
        if self.state.powers is not None:
            arrays["state_powers"] = self.state.powers
        keys: dict[str, list[str]] = {}
        for name, store in (("scalars", self.scalars), ("vectors", self.vectors), ("series", self.series)):
            keys[name] = list(store)
            arrays |= {f"{name}_{k}": array for k, array in enumerate(store.values())}
        header = {
            "format": FORMAT, "played": self.state.played, "keys": keys, "asked": self.asked,
            "run": self.run.to_json(),
        }  # fmt: skip
        arrays["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return buffer.getvalue()


# What numpy, zipfile, zlib and json raise on damaged files.
_UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, RuntimeError, struct.error,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def _check_shapes(trace: Trace) -> None:
    state, count = trace.state, trace.rounds.shape
    r, d = state.vectors.shape[0], state.vectors.shape[-1]
    shapes = [("rounds", trace.rounds, (len(trace.rounds),)), ("state", state.vectors[:, 0], (r, d))]
    shapes += [("scalar states", state.scalars, (r, *state.scalars.shape[1:2]))]
    shapes += [(key, array, (r, *count)) for key, array in trace.scalars.items()]
    shapes += [(key, array, (r, *count, d)) for key, array in trace.vectors.items()]
    shapes += [(key, array, (r, state.played)) for key, array in trace.series.items()]
    for key, array, expected in shapes:
        if array.shape != expected:
            raise ValueError(f"{key} has shape {array.shape}, expected {expected}")


def load_trace(path: str | Path) -> Trace:
    """Read a trace that `Trace.save` wrote.

    Args:
        path: The file, ``.npz``; no pickle in it is read.

    Raises:
        ValueError: The file cannot be read, with its path and the reason.
    """
    path = Path(path)
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(arrays["header"].tobytes().decode())
        if header["format"] != FORMAT:
            raise ValueError(f"its format is {header['format']!r}, expected {FORMAT!r}")
        stores = {
            name: {key: arrays[f"{name}_{k}"] for k, key in enumerate(header["keys"][name])}
            for name in ("scalars", "vectors", "series")
        }
        state = RunState(
            int(header["played"]),
            arrays["state_vectors"],
            arrays["state_scalars"],
            arrays.get("state_powers"),
        )
        trace = Trace(
            arrays["rounds"],
            stores["scalars"],
            stores["vectors"],
            stores["series"],
            state,
            Provenance.from_json(header["run"]),
            # Files of older versions lack it.
            asked=tuple(header.get("asked", ())),
        )
        _check_shapes(trace)
        return trace
    except FileNotFoundError:
        raise ValueError(f"no trace at {path}; give the file that Trace.save wrote") from None
    except _UNREADABLE as error:
        raise ValueError(
            f"cannot read the trace {path}: {error}; it is truncated or not a trace, play it again"
        ) from error
