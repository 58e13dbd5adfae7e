"""The rounds at which a trace is recorded."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import wholes_or_none
from online_sim.memory import check_room
from theory.borders import WrongType, as_index, meant, shown

LOG_CHECKPOINTS = 60


def checkpoint_rounds(checkpoints: str | int | ArrayLike, horizon: int) -> NDArray[np.int64]:
    """The rounds to record at: increasing, within 1..horizon, always including the last."""
    if isinstance(checkpoints, str):
        if checkpoints == "all":
            check_room(8 * horizon, f"`checkpoints` = 'all' of {horizon} rounds", "give 'log' or a number")
            return np.arange(1, horizon + 1)
        if checkpoints != "log":
            raise ValueError(
                f"`checkpoints` = {shown(checkpoints)} is unknown; give 'all', 'log', a number or the rounds"
                f"{meant(checkpoints, ('all', 'log'))}"
            )
        checkpoints = LOG_CHECKPOINTS
    count = as_index(checkpoints)
    if count is not None:
        if count < 1:
            raise ValueError(f"`checkpoints` = {count} must be at least 1")
        check_room(32 * count, f"`checkpoints` = {shown(count)} rounds", "give fewer")
        return (
            np.unique(np.round(np.geomspace(1, horizon, count)).astype(np.int64))
            if count > 1
            else np.array([horizon])
        )
    whole_rounds = wholes_or_none(checkpoints)
    rounds = np.unique(whole_rounds) if whole_rounds is not None else np.empty(0, dtype=np.int64)
    if rounds.size == 0 or rounds[0] < 1 or rounds[-1] > horizon:
        raise (WrongType if whole_rounds is None else ValueError)(
            f"`checkpoints` must be whole rounds in 1..{horizon}, got {shown(checkpoints)}; "
            "'all', 'log' and a number of rounds are known too"
        )
    return np.unique(np.append(rounds, horizon)).astype(np.int64)


__all__ = ["LOG_CHECKPOINTS", "checkpoint_rounds"]
