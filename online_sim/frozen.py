"""Setting the fields of a frozen dataclass when it is created."""

import numpy as np

from theory.borders import settle


def set_fields(thing: object, **values: object) -> None:
    """Set fields of a frozen dataclass from its own `__init__`; arrays become read-only."""
    for value in values.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    settle(thing, **values)
