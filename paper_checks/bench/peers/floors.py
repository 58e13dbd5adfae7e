"""The floors as contenders; see `floors_kernel`. They do less than the work, so nothing is compared."""

from paper_checks.bench.peers.arrays import gradient
from paper_checks.bench.row import Answer, Call


def square_roots(dimension: int, rounds: int) -> Call:
    """Two square roots and a division per coordinate and round, which AdaL with Theorem 1 cannot avoid."""
    import numpy as np

    from online_sim.engines import sealed_kernels

    sealed_kernels.install()  # before the kernel asks numba where to keep it
    from paper_checks.bench.peers.floors_kernel import roots_and_quotients

    v, squares = np.random.default_rng(0).random((2, dimension))

    def call() -> Answer:
        return {"total": roots_and_quotients(rounds, v, squares)}

    return call


def memory_traffic(dimension: int, dtype: str, steps: int) -> Call:
    """Eight words per coordinate and step, moved with the cheapest arithmetic, on the processor."""
    import numpy as np

    from online_sim.engines import sealed_kernels

    sealed_kernels.install()  # before the kernel asks numba where to keep it
    from paper_checks.bench.peers.floors_kernel import eight_words

    g = gradient(dimension, dtype)
    states = [np.zeros_like(g) for _ in range(3)]

    def call() -> Answer:
        return {"norm": [eight_words(g, *states) for _ in range(steps)]}

    return call
