"""The choices that distinguish variants of an algorithm: their validation, their names, the step sizes."""

from collections.abc import Mapping
from typing import TypeVar

from sympy import Expr, sqrt

from theory.borders import flag, meant, shown
from theory.parameters import alpha
from theory.symbols import t

Key = TypeVar("Key")
Value = TypeVar("Value")


def choose(argument: str, value: Key, options: Mapping[Key, Value]) -> Value:
    """Return the option for a value; raise a ValueError that names the argument and its allowed values."""
    # Not `in`: a list cannot be a key, and True equals 1.
    for known, option in options.items():
        if type(known) is type(value) and known == value:
            return option
    raise ValueError(
        f"`{argument}` must be one of {', '.join(map(str, options))}, got {shown(value)}"
        f"{meant(value, map(str, options))}"
    )


def titled(name: str, variant: Mapping[str, str], printed: Mapping[str, str]) -> str:
    """The name, followed by the choices that differ from the printed algorithm: ``AdaL[eps=none]``."""
    if variant.keys() != printed.keys():
        raise ValueError(f"`printed` must name the choices {', '.join(variant)}, got {', '.join(printed)}")
    changes = [f"{key}={value}" for key, value in variant.items() if value != printed[key]]
    return name + (f"[{', '.join(changes)}]" if changes else "")


def with_choice(name: str, choice: str) -> str:
    """The name of a sibling that differs by one more choice, written first: ``Adam[beta1=decaying]``."""
    base, bracket, rest = name.partition("[")
    return f"{base}[{', '.join([choice, *([rest[:-1]] if bracket else [])])}]"


def yes_or_no(argument: str, value: bool) -> str:
    """A bool as it appears in a variant; raise WrongType for anything else."""
    return "yes" if flag(argument, value) else "no"


def step_size(schedule: str) -> Expr:
    """alpha_t: "sqrt" is alpha/sqrt(t) (the papers on regret), "constant" is alpha (the libraries)."""
    return choose("schedule", schedule, {"sqrt": alpha / sqrt(t), "constant": alpha})
