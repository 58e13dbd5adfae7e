"""Whether additive noise is symmetric: flipping the sign of any one coordinate leaves its law unchanged.

Under such noise AdaL's mean direction E ||g||_1 g is a positive multiple of the gradient in every coordinate
(docs/proofs.md, Lemma 8), so AdaL has the same fixed points as gradient descent.
"""

import numpy as np

from online_sim.game import Game
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet
from online_sim.streams.base import Stream
from online_sim.streams.gaussian import GaussianStream
from theory.loss import Loss
from theory.symbols import a, df


def symmetric_noise(game: Game) -> tuple[bool, str]:
    """Whether g - grad f(x) has a symmetric law in every round given the past, and the reason in words.

    A game without noise counts as symmetric. The answer is False if no rule decides.
    """
    loss = game.loss
    if not isinstance(loss, Loss):
        return False, "a Python loss"
    if loss.oracle is None:
        return True, "the true gradient is handed out"
    if loss.oracle != df + a:
        return False, f"no rule says that the noise of {loss.oracle} is symmetric"
    if game.all_paths is not None:
        holds = symmetric_alphabet(game.all_paths.alphabet)
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
