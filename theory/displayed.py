"""Objects that show themselves: a short text, a page in a notebook, and the LaTeX of what they state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar, final

if TYPE_CHECKING:
    from theory.printing.html import Html

Shown = TypeVar("Shown")


class Displayed(ABC):
    """An object with a short `repr`; notebooks show its HTML, and export its LaTeX.

    A subclass says what it holds and computes nothing. An object that is not complete, because its
    constructor raised an error, shows the name of its class. A dataclass needs ``repr=False``.
    """

    @abstractmethod
    def _text(self) -> str:
        """The `repr`: one line, or a few."""

    @abstractmethod
    def _page(self) -> Html:
        """What a notebook shows."""

    @abstractmethod
    def _formulas(self) -> Sequence[str]:
        """What the object states, one formula a line, in the LaTeX of `theory.printing.latex_objects`."""

    @final
    def __repr__(self) -> str:
        return _if_complete(self._text) or f"<{type(self).__name__}, not complete>"

    @final
    def _repr_html_(self) -> str | None:
        """The page, by the protocol of IPython; None leaves the object to its `repr`."""
        return _if_complete(self._page)

    @final
    def _repr_latex_(self) -> str | None:
        """The formulas, by the protocol of IPython; None if there are none."""
        lines = _if_complete(self._formulas)
        if not lines:
            return None
        return "$$\\begin{aligned}\n" + " \\\\\n".join(f"&{line}" for line in lines) + "\n\\end{aligned}$$"


def _if_complete(show: Callable[[], Shown]) -> Shown | None:
    """What an object shows; None if that fails."""
    try:
        return show()
    except Exception:  # a debugger shows objects whose constructor has just failed
        return None
