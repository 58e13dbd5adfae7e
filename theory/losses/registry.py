"""All losses: a new loss is one new file in this folder, nothing else to edit."""

from functools import cache

from theory.discovery import discovered
from theory.loss import Loss


@cache
def losses() -> tuple[Loss, ...]:
    """Every public module-level `Loss` of this folder, sorted by name.

    Raises:
        ValueError: two different losses have one name.
    """
    return tuple(loss for _, loss in sorted(discovered("theory.losses", Loss, "losses").items()))
