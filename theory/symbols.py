"""Every symbol of the mathematics, declared once: name, LaTeX, meaning.

A `Vector` stands for the i-th coordinate of a vector in R^d (expressions are written for one coordinate
and hold for all); a `Scalar` is the same for all coordinates. An expression that contains a `Vector`
outside a reduction over coordinates is of vector rank. All symbols are real.

A symbol without `Prev` always means its value in the current round t, as in the textbook.
"""

from typing import Any, Self, TypeVar

from sympy import Symbol

Declared = TypeVar("Declared", bound=Symbol)


class _Real(Symbol):
    """A symbol for a real number."""

    __slots__ = ()

    def __new__(cls, name: str, **assumptions: Any) -> Self:
        """Make the symbol; `real=True` is implied."""
        assumptions.setdefault("real", True)
        symbol: Self = Symbol.__new__(cls, name, **assumptions)
        return symbol


class Vector(_Real):
    """One coordinate of a vector in R^d, in round t.

    Args:
        name: an ASCII identifier.
        assumptions: what sympy may assume, such as ``nonnegative=True``; ``real=True`` is implied.
    """

    __slots__ = ()


class Scalar(_Real):
    """A number that is the same for all coordinates, in round t.

    Args:
        name: an ASCII identifier.
        assumptions: what sympy may assume, such as ``nonnegative=True``; ``real=True`` is implied.
    """

    __slots__ = ()


MEANING: dict[Symbol, tuple[str, str]] = {}
"""LaTeX and meaning of each shared symbol; a symbol that is not here prints under its own name."""


def _declared(symbol: Declared, latex: str, meaning: str) -> Declared:
    MEANING[symbol] = latex, meaning
    return symbol


# The game.
t = _declared(Scalar("t", integer=True, positive=True), "t", "the round, from 1")
T = _declared(Scalar("T", integer=True, positive=True), "T", "the horizon")
d = _declared(Scalar("d", integer=True, positive=True), "d", "the number of coordinates")
x = _declared(Vector("x"), "x_{t}", "the point played")
x_next = _declared(Vector("x_next"), "x_{t+1}", "the next point, after projection")
g = _declared(Vector("g"), "g_{t}", "the gradient handed to the algorithm")
df = _declared(Vector("df"), r"\nabla f(x_{t})", "the true gradient at the point played")
f = _declared(Scalar("f"), "f_{t}(x_{t})", "the loss incurred")

# The data of one round: what a stream hands out.
a = _declared(Vector("a"), "a_{t}", "the data vector of the round")
b = _declared(Scalar("b"), "b_{t}", "the data number (label, target) of the round")
# What a formula for the data may hold beside the round: the number of a coordinate, the seed of the stream.
coordinate = _declared(
    Vector("coordinate", integer=True, nonnegative=True), "i", "the number of a coordinate, from 0"
)
seed = _declared(Scalar("seed", integer=True, nonnegative=True), "s", "the seed of the stream")
# One row of a fixed table, inside MeanRows.
row = _declared(Vector("row"), "r_{j}", "the data vector of row j of a fixed table")
row_label = _declared(Scalar("row_label"), "s_{j}", "the data number of row j of a fixed table")

# State and named quantities of the algorithms.
ghat = _declared(Vector("ghat"), r"\hat{g}_{t}", "the transformed gradient")
m = _declared(Vector("m"), "m_{t}", "the first moment")
v = _declared(Vector("v", nonnegative=True), "v_{t}", "the second moment")
mhat = _declared(Vector("mhat"), r"\hat{m}_{t}", "the first moment, bias corrected")
vhat = _declared(Vector("vhat", nonnegative=True), r"\hat{v}_{t}", "the second moment that scales the step")

# Constants that a theorem asks of the problem.
D = _declared(Scalar("D", nonnegative=True), "D", "the diameter of X in the infinity norm")
D_2 = _declared(Scalar("D_2", nonnegative=True), "D_{2}", "the diameter of X in the l2 norm")
L = _declared(Scalar("L", nonnegative=True), "L", "the smoothness constant of f in the l2 norm")
f_star = _declared(Scalar("f_star"), "f(x_{*})", "the minimum of f")
x_gap = _declared(
    Scalar("x_gap", nonnegative=True),
    r"\|x_{1} - x_{*}\|_{2}",
    "the l2 distance from x_1 to the nearest minimiser of f",
)
G_f = _declared(
    Scalar("G_f", nonnegative=True),
    "G_{f}",
    "the largest infinity norm of the gradients handed out, over all points and all noise",
)

# Points of the set to compare with: one in each round, for a dynamic regret, or the same all game long.
z_t = _declared(Vector("z_t"), "z_{t}", "the point of the set to compare with in round t")
z = _declared(Vector("z"), "z", "a fixed point of the set to compare with")
# What else stays the same all game long: the sides of the set.
D_i = _declared(Vector("D_i", nonnegative=True), "D", "the diameter of X along each coordinate")

# Letters that statements give to what they measure.
G = _declared(Scalar("G", nonnegative=True), "G", "the largest infinity norm of the gradients")
M = _declared(Scalar("M", nonnegative=True), "M", "the largest l1 norm of the gradients")
gamma = _declared(Scalar("gamma", nonnegative=True), r"\gamma", "beta1^2 / beta2")
vhat_0 = _declared(
    Vector("vhat_0", nonnegative=True),
    r"\hat{v}_{0}",
    "the second moment before the first round, which Algorithm 1 does not define",
)
f_start = _declared(Scalar("f_start"), "f(x_{1})", "the value of f at the start")

RESERVED: frozenset[str] = frozenset(
    "t T d x x_next g df f a b coordinate seed row row_label row_product".split()  # noqa: SIM905 - one line
)
"""Names that the game and its data own: no line of an algorithm and no parameter may carry one."""


def check_name(symbol: Symbol, where: str) -> None:
    """ValueError when a symbol's name is reserved, is not an identifier, or may clash with the compiler's."""
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
