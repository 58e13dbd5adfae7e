"""What scaling alone shows about a theorem, before any game is played."""

from collections.abc import Iterable


def notices(theorem_ids: Iterable[str]) -> list[str]:
    """One line for each printed theorem that scaling alone breaks."""
    from theory.scaling import breaking
    from theory.theorems.registry import find

    lines = []
    for name in dict.fromkeys(theorem_ids):
        statement = find(name)
        found = breaking(statement) if statement is not None else {}
        if found:
            first = next(iter(found.values()))[0]
            lines.append(f"{name}: scaling alone breaks {', '.join(found)}, before any game ({first})")
    return lines
