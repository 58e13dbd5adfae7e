"""The relative step size e_t = |mhat_t|/sqrt(vhat_t), in units of alpha_t, for given gradients."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory import Recurrence
from theory.symbols import mhat, vhat

DEFAULT = {"beta1": 0.9, "beta2": 0.999}


def step_sizes(
    recurrence: Recurrence,
    sequences: NDArray[np.float64],
    rounds: ArrayLike | str = "all",
    *,
    parameters: Mapping[str, float] = DEFAULT,
    groups: Sequence[int] | None = None,
) -> NDArray[np.float64]:
    """Return e_t, shape (R, K, d), for gradient sequences (R, T, d) at K rounds; epsilon does not enter."""
    from online_sim import ArrayStream, Game, play
    from theory import LINEAR

    given = {"alpha": 1.0, "eps": 0.0, **parameters}
    trace = play(
        Game(
            recurrence,
            LINEAR,
            [ArrayStream(rows) for rows in sequences],
            horizon=sequences.shape[1],
            parameters={name: given[name] for name in recurrence.parameter_names},
            replicates=len(sequences),
            groups=groups,
        ),
        record=[mhat, vhat],
        checkpoints=rounds,
        engine="numpy",
    )
    shape = (len(sequences), -1, sequences.shape[2])
    top, bottom = (np.asarray(trace.vectors[name]).reshape(shape) for name in ("mhat", "vhat"))
    sizes: NDArray[np.float64] = np.abs(top) / np.sqrt(bottom)
    return sizes
