"""A parameter declared once: what it is, its range, and the check of a value."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from theory.borders import WrongType, as_number, instance, listed, mapping, real, shown, text
from theory.symbols import Scalar


@dataclass(frozen=True)
class Parameter:
    """A real parameter of an algorithm or a loss.

    Args:
        symbol: its sympy symbol, whose name is the parameter's name.
        latex: how it prints.
        meaning: what it is, a noun phrase.
        lower: the lower end of its range.
        upper: the upper end of its range.
        lower_open: whether `lower` itself is excluded.
        upper_open: whether `upper` itself is excluded.
        typical: the range that test data are drawn from.
        default: the value taken when none is given; None if one must be given.

    Raises:
        ValueError: the range is empty, or an end or the default is not a number.
    """

    symbol: Scalar
    latex: str
    meaning: str
    lower: float = -math.inf
    upper: float = math.inf
    lower_open: bool = False
    upper_open: bool = False
    typical: tuple[float, float] = (0.0, 1.0)
    default: float | None = None

    def __post_init__(self) -> None:
        """Check the fields."""
        instance("symbol", self.symbol, Scalar, "a Scalar of theory.symbols")
        for name in ("latex", "meaning"):
            text(name, getattr(self, name))
        lower, upper = (real(n, getattr(self, n), finite=False) for n in ("lower", "upper"))
        if lower > upper:
            raise ValueError(
                f"`lower` = {lower:g} exceeds `upper` = {upper:g}: `{self.name}` has no value; swap them"
            )
        if self.default is not None:
            real("default", self.default)

    @property
    def name(self) -> str:
        """The name under which a value is passed."""
        name: str = self.symbol.name
        return name

    @property
    def range_text(self) -> str:
        """The range as text, such as ``[0, 1)``."""
        left = "(" if self.lower_open or math.isinf(self.lower) else "["
        right = ")" if self.upper_open or math.isinf(self.upper) else "]"
        return f"{left}{self.lower:g}, {self.upper:g}{right}"

    def validate(self, value: object) -> float:
        """The value as a float.

        Args:
            value: a real number.

        Raises:
            ValueError: it is out of range, or not a number (a bool, text, a complex number).
        """
        number = as_number(value)
        if number is None:
            raise WrongType(
                f"`{self.name}` must be a number, got {shown(value)}; give a value in {self.range_text}"
            )
        below = number < self.lower or (self.lower_open and number == self.lower)
        above = number > self.upper or (self.upper_open and number == self.upper)
        if not math.isfinite(number) or below or above:
            raise ValueError(
                f"`{self.name}` = {number:g} is out of range; {self.meaning} must lie in {self.range_text}"
            )
        return number


def resolve(parameters: Iterable[Parameter], values: Mapping[str, object]) -> dict[str, float]:
    """Validate the given values and fill in the defaults.

    Args:
        parameters: what is declared.
        values: name -> number, or text such as "0.1", which `unroll` reads with more digits than a float has.

    Raises:
        ValueError: a name is unknown or missing, or a value is out of range.
    """
    known = {p.name: p for p in parameters}
    unknown = [name for name in mapping("values", values, "name -> number") if name not in known]
    if unknown:
        raise ValueError(f"unknown parameter `{unknown[0]}`; {listed(unknown[0], known)}")
    result: dict[str, float] = {}
    for name, parameter in known.items():
        if name in values:
            result[name] = parameter.validate(_read(values[name]))
        elif parameter.default is not None:
            result[name] = parameter.default
        else:
            raise ValueError(f"`{name}` is missing; give {parameter.meaning} in {parameter.range_text}")
    return result


def _read(value: object) -> object:
    """The number that a text stands for; any other value unchanged."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


ALPHA = Parameter(
    Scalar("alpha", positive=True),
    r"\alpha",
    "the base step size",
    lower=0,
    lower_open=True,
    typical=(1e-3, 1.0),
)
BETA1 = Parameter(
    Scalar("beta1", nonnegative=True), r"\beta_{1}", "the decay of the first moment",
    lower=0, upper=1, upper_open=True, typical=(0.0, 0.99), default=0.9,
)  # fmt: skip
BETA2 = Parameter(
    Scalar("beta2", positive=True), r"\beta_{2}", "the decay of the second moment",
    lower=0, upper=1, lower_open=True, upper_open=True, typical=(0.5, 0.999), default=0.999,
)  # fmt: skip
EPS = Parameter(
    Scalar("eps", nonnegative=True),
    r"\epsilon",
    "the offset epsilon",
    lower=0,
    typical=(0.0, 1e-3),
    default=1e-8,
)

alpha, beta1, beta2, eps = ALPHA.symbol, BETA1.symbol, BETA2.symbol, EPS.symbol
