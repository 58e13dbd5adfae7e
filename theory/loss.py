"""A loss as data: its value as an expression of the point and the round's data; gradients by sympy."""

from dataclasses import dataclass
from enum import Enum

from sympy import Expr, Float, Symbol

from theory.borders import formula, instance, items, settle, text
from theory.parameters import Parameter
from theory.quantities import Component, MeanRows, Stack, is_vector
from theory.source import Source
from theory.subgradient import gradient
from theory.symbols import a, b, check_name, d, df, row, row_label, x


class Shape(Enum):
    """What is known of a loss as a function of x, for every value of the data."""

    LINEAR = "linear in x"
    CONVEX = "convex in x"
    NONCONVEX = "not convex in x, or not known to be"


@dataclass(frozen=True)
class Loss:
    """A loss: f_t(x) = value, with the round's data vector `a` and number `b`.

    Args:
        name: the textbook name.
        source: where it is printed.
        value: a scalar expression in x, a, b and the parameters (through `SumCoords`, `Component` or
            `MeanRows`).
        shape: what is known of it as a function of x.
        parameters: what the value needs besides the data.
        oracle: the gradient handed to the algorithm, as an expression of vector rank in `df` (the true
            gradient), a and b; None for the true gradient.
        smoothness: a constant L with ||grad f(x) - grad f(y)||_2 <= L ||x - y||_2 on all of R^d, in numbers,
            parameters and data; None where there is none or none is known.
        minimum: the least value over R^d of a fixed f, in numbers, parameters and d; None where unknown.

    Raises:
        ValueError: an unknown symbol, a float, a value that is not a scalar, or a constant that uses x.
    """

    name: str
    source: Source
    value: Expr
    shape: Shape
    parameters: tuple[Parameter, ...] = ()
    oracle: Expr | None = None
    smoothness: Expr | None = None
    minimum: Expr | None = None

    def __post_init__(self) -> None:
        """Check symbols and rank."""
        text("name", self.name, empty=False)
        instance("source", self.source, Source, "a Source", 'write Source("key", "section 2")')
        instance("shape", self.shape, Shape, "a Shape", "Shape.CONVEX say")
        parameters = items("parameters", self.parameters, Parameter, "a Parameter of theory.parameters")
        settle(self, parameters=parameters, value=formula("value", self.value))
        for p in parameters:
            check_name(p.symbol, f"in loss `{self.name}`")
        own = {p.symbol for p in parameters}
        known = {x, a, b, row, row_label} | own
        unknown = self.value.free_symbols - known
        if unknown:
            raise ValueError(
                f"loss `{self.name}` uses unknown symbols {sorted(map(str, unknown))}; "
                f"known: x, a, b and its parameters"
            )
        if self.value.atoms(Float):
            raise ValueError(f"loss `{self.name}` holds a float; write it as a Rational")
        if is_vector(self.value):
            raise ValueError(
                f"loss `{self.name}` must be a scalar: wrap vector parts in SumCoords, got {self.value}"
            )
        if self.oracle is not None:
            settle(self, oracle=formula("oracle", self.oracle))
            stray = self.oracle.free_symbols - (known | {df})
            if stray:
                raise ValueError(
                    f"the oracle of loss `{self.name}` uses unknown symbols {sorted(map(str, stray))}"
                )
        self._check_constant("smoothness", own | {a, b, row, row_label})
        self._check_constant("minimum", own | {d})

    def _check_constant(self, field: str, known: set[Symbol]) -> None:
        if getattr(self, field) is None:
            return
        constant = formula(field, getattr(self, field))
        stray = constant.free_symbols - known
        if stray:
            raise ValueError(
                f"`{field}` of loss `{self.name}` uses {sorted(map(str, stray))}; "
                f"allowed: {sorted(map(str, known))}"
            )
        if constant.atoms(Float) or is_vector(constant):
            raise ValueError(
                f"`{field}` of loss `{self.name}` must be a scalar without floats, got {constant}"
            )
        settle(self, **{field: constant})

    @property
    def gradient(self) -> Expr:
        """The true gradient (a subgradient at kinks), vector rank."""
        return gradient(self.value, x)

    @property
    def dimension(self) -> int | None:
        """The number of coordinates when the expression fixes it, else None."""
        stack = self.gradient
        if isinstance(stack, Stack):
            return len(stack.args)
        components = self.value.atoms(Component)
        return max(int(c.args[1]) for c in components) + 1 if components else None

    @property
    def uses_rows(self) -> bool:
        """Whether the value averages over a fixed table of rows."""
        return bool(self.value.atoms(MeanRows))

    @property
    def uses_stream(self) -> bool:
        """Whether the value itself depends on the round's data (a noise oracle alone does not count)."""
        return bool(self.value.has(a) or self.value.has(b))
