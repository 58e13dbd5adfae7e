"""Every symbol of the mathematics, declared once: name, LaTeX, meaning.

A `Vector` stands for the i-th coordinate of a vector in R^d (expressions are written for one coordinate
and hold for all); a `Scalar` is the same for all coordinates. An expression that contains a `Vector`
outside a reduction over coordinates is of vector rank. All symbols are real.

A symbol without `Prev` always means its value in the current round t, as in the textbook.
"""

from __future__ import annotations

from typing import Any

from sympy import Symbol


class Vector(Symbol):
    """One coordinate of a vector in R^d, in round t."""

    __slots__ = ()

    def __new__(cls, name: str, **assumptions: Any) -> Vector:
        """Make the symbol; `real=True` is implied."""
        assumptions.setdefault("real", True)
        symbol: Vector = Symbol.__new__(cls, name, **assumptions)
        return symbol


class Scalar(Symbol):
    """A number that is the same for all coordinates, in round t."""

    __slots__ = ()

    def __new__(cls, name: str, **assumptions: Any) -> Scalar:
        """Make the symbol; `real=True` is implied."""
        assumptions.setdefault("real", True)
        symbol: Scalar = Symbol.__new__(cls, name, **assumptions)
        return symbol


# The game.
t = Scalar("t", integer=True, positive=True)
T = Scalar("T", integer=True, positive=True)
d = Scalar("d", integer=True, positive=True)
x = Vector("x")
x_next = Vector("x_next")
g = Vector("g")
df = Vector("df")
f = Scalar("f")

# The data of one round: what a stream hands out.
a = Vector("a")
b = Scalar("b")
# What a formula for the data may hold beside the round: the number of a coordinate, the seed of the stream.
coordinate = Vector("coordinate", integer=True, nonnegative=True)
seed = Scalar("seed", integer=True, nonnegative=True)
# One row of a fixed table, inside MeanRows.
row = Vector("row")
row_label = Scalar("row_label")

# State and named quantities of the algorithms.
ghat = Vector("ghat")
m = Vector("m")
v = Vector("v", nonnegative=True)
mhat = Vector("mhat")
vhat = Vector("vhat", nonnegative=True)

# Constants that a theorem asks of the problem.
D = Scalar("D", nonnegative=True)
D_2 = Scalar("D_2", nonnegative=True)
L = Scalar("L", nonnegative=True)
f_star = Scalar("f_star")
f_start = Scalar("f_start")

# Vectors that stay the same all game long: a point to compare with, the sides of the set.
z = Vector("z")
D_i = Vector("D_i", nonnegative=True)

# Letters that statements give to what they measure.
G = Scalar("G", nonnegative=True)
M = Scalar("M", nonnegative=True)
gamma = Scalar("gamma", nonnegative=True)
vhat_0 = Vector("vhat_0", nonnegative=True)

RESERVED: frozenset[str] = frozenset(
    "t T d x x_next g df f a b coordinate seed row row_label row_product".split()  # noqa: SIM905 - one line
)
"""Names that the game and its data own: no line of an algorithm and no parameter may carry one."""


def check_name(symbol: Symbol, where: str) -> None:
    """ValueError when a symbol's name is reserved, is no identifier, or may clash with a compiler's own."""
    name = str(symbol)
    if name in RESERVED:
        raise ValueError(f"`{name}` {where} is a name of the game or its data; choose another")
    if not (name.isascii() and name.isidentifier()) or "__" in name:
        raise ValueError(
            f"`{ascii(name)[1:-1]}` {where} must be an ASCII identifier without a double underscore; "
            f"choose another"
        )


def check_text(name: str, where: str) -> None:
    """ValueError when the name of an object is not one line of printable ASCII: two could look alike."""
    if not (isinstance(name, str) and name and name.isascii() and name.isprintable()):
        raise ValueError(f"{where} = {name!a} must be one line of printable ASCII; choose another name")


MEANING: dict[Symbol, tuple[str, str]] = {
    t: ("t", "the round, from 1"),
    T: ("T", "the horizon"),
    d: ("d", "the number of coordinates"),
    x: ("x_{t}", "the point played"),
    x_next: ("x_{t+1}", "the next point, after projection"),
    g: ("g_{t}", "the gradient handed to the algorithm"),
    df: (r"\nabla f(x_{t})", "the true gradient at the point played"),
    f: ("f_{t}(x_{t})", "the loss incurred"),
    a: ("a_{t}", "the data vector of the round"),
    b: ("b_{t}", "the data number (label, target) of the round"),
    coordinate: ("i", "the number of a coordinate, from 0"),
    seed: ("s", "the seed of the stream"),
    row: ("r_{j}", "the data vector of row j of a fixed table"),
    row_label: ("s_{j}", "the data number of row j of a fixed table"),
    ghat: (r"\hat{g}_{t}", "the transformed gradient"),
    m: ("m_{t}", "the first moment"),
    v: ("v_{t}", "the second moment"),
    mhat: (r"\hat{m}_{t}", "the first moment, bias corrected"),
    vhat: (r"\hat{v}_{t}", "the second moment that scales the step"),
    D: ("D", "the diameter of X in the infinity norm"),
    D_2: ("D_{2}", "the diameter of X in the l2 norm"),
    L: ("L", "the smoothness constant of f in the l2 norm"),
    f_star: ("f(x_{*})", "the minimum of f"),
    z: ("z", "a fixed point of the set to compare with"),
    D_i: ("D", "the diameter of X along each coordinate"),
    G: ("G", "the largest infinity norm of the gradients"),
    M: ("M", "the largest l1 norm of the gradients"),
    gamma: (r"\gamma", "beta1^2 / beta2"),
    vhat_0: (r"\hat{v}_{0}", "the second moment before the first round, which Algorithm 1 does not define"),
    f_start: ("f(x_{1})", "the value of f at the start"),
}
"""LaTeX and meaning of each shared symbol; a symbol that is not here prints under its own name."""
