"""Numbers in [0, 1) by mixing bits: the data of a stream that is a formula.

A counter-based generator: the number belongs to (seed, k, t, i) and to nothing else, so any engine, process
or device can make its own part of a row, in any order, and a stream of any length and width needs no memory.
The mixer is the finaliser of splitmix64 (Steele, Lea and Flood 2014, with Stafford's constants), applied to
the seed, then the round, then the coordinate, each step moved by the golden ratio's 64 bits.
"""

import numpy as np


def uniform(seed, k, t, i):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - compiled for any of them
    """The k-th number in [0, 1) of coordinate i in round t: whole numbers in 0..2^53, or arrays of them."""
    step = np.uint64(0x9E3779B97F4A7C15)
    first, second = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
    z = np.uint64(seed) * step + np.uint64(k) + np.uint64(1)
    z = (z ^ (z >> np.uint64(30))) * first
    z = (z ^ (z >> np.uint64(27))) * second
    z = (z ^ (z >> np.uint64(31))) + np.uint64(t) * step
    z = (z ^ (z >> np.uint64(30))) * first
    z = (z ^ (z >> np.uint64(27))) * second
    z = (z ^ (z >> np.uint64(31))) + np.uint64(i) * step
    z = (z ^ (z >> np.uint64(30))) * first
    z = (z ^ (z >> np.uint64(27))) * second
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
