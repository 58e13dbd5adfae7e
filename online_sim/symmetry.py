"""Whether additive noise is symmetric: flipping the sign of any one coordinate leaves its law unchanged.

Under such noise AdaL's mean direction E ||g||_1 g is a positive multiple of the gradient in every coordinate
(docs/proofs.md, Lemma 8), so that its fixed points are those of gradient descent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from online_sim.game import Game
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet
from online_sim.streams.base import Stream
from online_sim.streams.gaussian import GaussianStream
from theory.loss import Loss
from theory.symbols import a, df


def symmetric_noise(game: Game, weights: Sequence[float] | None = None) -> tuple[bool, str]:
    """Whether g - grad f(x) has a symmetric law in every round given the past, and the reason in words.

    weights: the probabilities of the replicates, where these enumerate all noise. No noise is symmetric. What
    no rule decides is answered with False.
    """
    loss = game.loss
    if not isinstance(loss, Loss):
        return False, "a Python loss"
    if loss.oracle is None:
        return True, "the true gradient is handed out"
    if loss.oracle != df + a:
        return False, f"no rule says that the noise of {loss.oracle} is symmetric"
    if weights is not None:
        holds = _symmetric_paths(game, np.asarray(weights, dtype=np.float64))
        return holds, f"the noise is {'' if holds else 'not '}symmetric on every path"
    for stream in game.streams:
        holds, reason = _symmetric_stream(stream)
        if not holds:
            return False, reason
    return True, "the noise is symmetric"


def _symmetric_stream(stream: Stream) -> tuple[bool, str]:
    if isinstance(stream, AlphabetStream):
        return symmetric_alphabet(stream.alphabet), f"{stream.alphabet.name} is not symmetric"
    if isinstance(stream, GaussianStream):
        return stream.mean is not None and not np.any(stream.mean), "the noise has a mean"
    return False, f"the law of the noise in {stream.name} is not known"


def symmetric_alphabet(alphabet: NoiseAlphabet) -> bool:
    """Whether flipping any one coordinate maps each letter to a letter of equal probability, exactly."""
    chance: dict[tuple[object, ...], object] = {}
    for letter, p in zip(alphabet.letters, alphabet.probabilities, strict=True):
        chance[letter] = p + chance.get(letter, 0)  # type: ignore[operator]
    return all(
        chance.get((*letter[:i], -letter[i], *letter[i + 1 :])) == p  # type: ignore[operator]
        for letter, p in chance.items()
        for i in range(alphabet.dimension)
    )


def _symmetric_paths(game: Game, weights: NDArray[np.float64]) -> bool:
    """Whether the law of each round given the rounds before is symmetric; the replicates are all paths."""
    if len(game.streams) != len(weights):
        return False
    blocks = [s.block(0, game.horizon) for s in game.streams]
    # Adding 0 turns -0 into 0, so that equal letters compare equal.
    noise = np.stack([b.vectors[b.index] for b in blocks]) + 0.0
    past = np.zeros(len(noise), dtype=np.int64)
    # A sum of at most R products of probabilities, each within a few dozen eps.
    tolerance = 64 * len(noise) * np.finfo(np.float64).eps
    for t in range(game.horizon):
        letters, letter = np.unique(noise[:, t], axis=0, return_inverse=True)
        letter = letter.reshape(-1)
        mass = np.zeros((past.max() + 1, len(letters)))
        np.add.at(mass, (past, letter), weights)
        number = {row.tobytes(): k for k, row in enumerate(letters)}
        for i in range(game.dimension):
            flipped = letters.copy()
            flipped[:, i] = 0.0 - flipped[:, i]
            images = [number.get(row.tobytes(), -1) for row in flipped]
            if min(images) < 0 or np.any(np.abs(mass - mass[:, images]) > tolerance * mass):
                return False
        past = np.unique(np.stack([past, letter], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    return True
