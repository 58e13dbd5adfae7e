"""Checks of arguments: what counts as a number, a name or an object of a kind, and the error otherwise.

The rules are the same for every public function and for the command line: a bool or text is not a number, and
a numpy scalar or a zero-dimensional array is the number in it. Every message is one line that gives the name
of the argument in backticks, the value, and what to pass instead.
"""

import math
import operator
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from numbers import Rational
from typing import Any, SupportsFloat, SupportsIndex, TypeVar

from theory.printable import printable_line

Kind = TypeVar("Kind")

SHOWN = 80
"""The most characters of a value in a message."""
MOST = 2**53
"""The largest count: the engines compute in float64, which does not hold every whole number beyond it."""

_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxfrozenset = _SHORT.maxdeque = 8
_SHORT.maxdict, _SHORT.maxlong, _SHORT.maxstring, _SHORT.maxother = 6, SHOWN, SHOWN, 4 * SHOWN


class WrongType(TypeError, ValueError):
    """A value of a wrong type; also a ValueError, so that one `except` catches every wrong input."""


def shown(value: object) -> str:
    """A value on one line of at most `SHOWN` printable characters; its type if it cannot be shown."""
    value = _scalar(value)
    try:
        # A numpy float would show its class, too.
        text = float.__repr__(value) if isinstance(value, float) else _SHORT.repr(value)
    except Exception:  # a user's __repr__ may raise anything, and Python refuses very long integers
        text = f"<{type(value).__name__}>"
    line = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 3]}..."


def one_line(what: object, most: int = 200) -> str:
    """The text of an error or of another object on one line, cut after `most` characters; never empty."""
    text = " ".join(printable_line(what).split()) or type(what).__name__
    return text if len(text) <= most else f"{text[:most]}..."


def must(name: str, value: object, what: str, remedy: str = "") -> str:
    """The sentence of every check: what `name` must be, the value that came, and the remedy."""
    return f"`{name}` = {shown(value)} must be {what}{f'; {remedy}' if remedy else ''}"


def as_index(value: object) -> int | None:
    """A whole number as an int; None for anything else, bools, text and floats included."""
    value = _scalar(value)
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def as_number(value: object) -> float | None:
    """The float nearest to a real number; None for anything else: bools, text, complex numbers, arrays.

    NaN and infinities are floats; a number beyond the range of floats becomes infinite.
    """
    value = _scalar(value)
    if isinstance(value, bool | complex) or not isinstance(value, SupportsFloat) or _axes(value) != ():
        return None
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, 1 if value > 0 else -1)  # type: ignore[operator]
    except (TypeError, ValueError):  # a sympy expression that is not a number
        return None


def whole(
    name: str, value: object, *, least: int | None = None, most: int | None = MOST, remedy: str = ""
) -> int:
    """`value` as an int with least <= value <= most.

    Raises WrongType for anything but a whole number, ValueError for one out of range.
    """
    number = as_index(value)
    # The message mentions the largest count only where it is exceeded.
    told = None if most == MOST and (number is None or number <= MOST) else most
    what = f"a whole number{_range(least, told)}"
    if number is None:
        raise WrongType(must(name, value, what, remedy))
    if (least is not None and number < least) or (most is not None and number > most):
        raise ValueError(must(name, value, what, remedy))
    return number


def real(
    name: str,
    value: object,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    finite: bool = True,
    remedy: str = "",
) -> float:
    """`value` as a float with least <= value <= most and above < value < below.

    Raises WrongType for anything but a real number, ValueError for NaN, for a number out of range, and for an
    infinity unless `finite` is False.
    """
    number = as_number(value)
    what = f"a {'finite ' if finite else ''}number{_range(least, most, above, below)}"
    if number is None:
        raise WrongType(must(name, value, what, remedy))
    inside = (
        (least is None or number >= least)
        and (most is None or number <= most)
        and (above is None or number > above)
        and (below is None or number < below)
    )
    if not inside or math.isnan(number) or (finite and math.isinf(number)):
        raise ValueError(must(name, value, what, remedy))
    return number


def rational(name: str, value: object) -> Fraction:
    """`value` as an exact fraction; a float is the dyadic rational it stands for.

    Raises WrongType for anything but a real number, ValueError for one that is not finite.
    """
    number = real(name, value)
    value = _scalar(value)
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    return Fraction(number)


def flag(name: str, value: object) -> bool:
    """`value` as a bool; numpy bools count; WrongType for anything else."""
    value = _scalar(value)
    if not isinstance(value, bool):
        raise WrongType(must(name, value, "True or False"))
    return value


def text(name: str, value: object, *, empty: bool = True) -> str:
    """`value` if it is text; WrongType for anything else, ValueError for empty text unless allowed."""
    if not isinstance(value, str):
        raise WrongType(must(name, value, "text, a str"))
    if not value and not empty:
        raise ValueError(must(name, value, "text that says something"))
    return value


def title(name: str, value: object) -> str:
    """`value` if it is text on one line, a name for reports; it may be empty."""
    said = text(name, value)
    if not said.isprintable():
        raise ValueError(must(name, value, "printable text on one line"))
    return said


def instance(
    name: str, value: object, kind: type[Kind] | tuple[type, ...], what: str, remedy: str = ""
) -> Any:
    """`value` if it is of a kind; WrongType for anything else, with a hint if it is the class itself.

    what: the kind in words, with its article, such as "a Domain".
    """
    if not isinstance(value, kind):
        if isinstance(value, type) and issubclass(value, kind):
            remedy = f"that is the class: make one, {value.__name__}(...)"
        raise WrongType(must(name, value, what, remedy))
    return value


def items(
    name: str, value: object, kind: type | tuple[type, ...], what: str, remedy: str = ""
) -> tuple[Any, ...]:
    """The members of a list as a tuple; WrongType for text, for no list, and for a member of another kind.

    what: one member in words, with its article, such as "a Reading".
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise WrongType(must(name, value, f"a list, each member {what}", remedy))
    found = tuple(value)
    for k, member in enumerate(found):
        instance(f"{name}[{k}]", member, kind, what, remedy)
    return found


def mapping(name: str, value: object, what: str) -> Mapping[Any, Any]:
    """`value` if it is a mapping; WrongType for anything else. what: the keys and values in words."""
    if not isinstance(value, Mapping):
        raise WrongType(must(name, value, f"a dict, {what}"))
    return value


def function(name: str, value: object, what: str) -> Callable[..., Any]:
    """`value` if it can be called; WrongType for anything else. what: its arguments and result in words."""
    if not callable(value):
        raise WrongType(must(name, value, f"a function, {what}"))
    return value


def formula(name: str, value: object) -> Any:
    """`value` as a sympy expression; WrongType for text, bools, relations, matrices and foreign objects.

    Text is not parsed: its symbols would differ from those of `theory.symbols`, and parsing runs code.
    """
    from sympy import Expr, S, SympifyError, sympify

    remedy = "write it with the symbols of theory.symbols and the nodes of theory.quantities"
    if isinstance(value, str | bool):
        raise WrongType(must(name, value, "a sympy expression", remedy))
    try:
        e = sympify(value, strict=True)
    except (SympifyError, TypeError, ValueError, AttributeError):
        e = None
    if not isinstance(e, Expr):
        raise WrongType(must(name, value, "a sympy expression", remedy))
    if e.has(S.NaN, S.ComplexInfinity):
        raise ValueError(must(name, value, "an expression that has a value", "something in it divides by 0"))
    return e


def pairs(name: str, value: object, what: str) -> tuple[tuple[Any, Any], ...]:
    """A list of pairs as a tuple of pairs; WrongType for anything else."""
    found = items(name, value, (tuple, list), f"a pair {what}")
    for k, member in enumerate(found):
        if len(member) != 2:
            raise WrongType(must(f"{name}[{k}]", member, f"a pair {what}"))
    return tuple((first, second) for first, second in found)


def one_of(name: str, value: object, known: Collection[Any]) -> Any:
    """`value` if it is a known one; WrongType or ValueError, naming the nearest, for another."""
    if not isinstance(value, str):
        if any(value is k or (type(value) is type(k) and value == k) for k in known):
            return value
        raise WrongType(f"`{name}` = {shown(value)} is unknown; {listed(value, known)}")
    if value not in known:
        raise ValueError(f"`{name}` = {shown(value)} is unknown; {listed(value, known)}")
    return value


def listed(value: object, known: Iterable[Any]) -> str:
    """The known names, and the nearest to an unknown one, as the end of a message."""
    names = [str(k) for k in known]
    everything = ", ".join(names) if len(names) <= 40 else f"{', '.join(names[:40])}, ..."
    return f"known: {everything or 'none'}{meant(value, names)}"


def meant(value: object, known: Iterable[str]) -> str:
    """``; did you mean alpha?`` if a known name is near, else nothing."""
    near = nearest(value, known)
    return f"; did you mean {', '.join(near)}?" if near else ""


def nearest(value: object, known: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """At most three known names that resemble an unknown one, the nearest first."""
    return get_close_matches(value, list(known), n=3, cutoff=cutoff) if isinstance(value, str) else []


def settle(built: object, **fields: object) -> None:
    """Set fields of a frozen dataclass, from its `__post_init__` only."""
    for name, value in fields.items():
        object.__setattr__(built, name, value)


def twice(name: str, names: Iterable[str]) -> None:
    """ValueError if a name is given twice: the last one would win silently."""
    seen: set[str] = set()
    for one in names:
        if one in seen:
            raise ValueError(f"`{name}` gives {shown(one)} twice; give it once")
        seen.add(one)


def _scalar(value: Any) -> Any:
    """The Python number in a numpy scalar or in an array without axes; anything else as it is."""
    if isinstance(value, int | float | complex | str | bytes | type) or _axes(value) != ():
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _axes(value: Any) -> Any:
    """The shape of an array; () for a numpy scalar and for anything else."""
    return () if isinstance(value, type) else getattr(value, "shape", ())


def _range(
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> str:
    ends = [
        f"{sign} {'2^53' if end == MOST else f'{end:g}'}"
        for sign, end in (("at least", least), ("above", above), ("at most", most), ("below", below))
        if end is not None
    ]
    return f", {' and '.join(ends)}" if ends else ""
