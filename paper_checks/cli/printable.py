"""Text from files, messages and names as characters that a terminal shows and does not obey."""

from __future__ import annotations

from online_sim.printable import printable as printable

__all__ = ["printable"]
