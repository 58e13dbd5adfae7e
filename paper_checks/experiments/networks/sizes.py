"""The check of a network's list of sizes."""

from collections.abc import Sequence

from theory.borders import items, whole


def sizes(name: str, value: Sequence[int], *, empty: bool = False) -> tuple[int, ...]:
    """`value` as a tuple of whole numbers from 1; ValueError for anything else, or for none of them."""
    found = items(name, value, object, "a whole number")
    if not found and not empty:
        raise ValueError(f"`{name}` = () must have at least one member")
    return tuple(whole(f"{name}[{k}]", size, least=1) for k, size in enumerate(found))
