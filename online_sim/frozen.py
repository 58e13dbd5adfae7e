"""Setting the fields of a frozen dataclass when it is created."""

import numpy as np


def set_fields(thing: object, **values: object) -> None:
    """Set fields of a frozen dataclass from its own `__init__`; arrays become read-only."""
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
        object.__setattr__(thing, name, value)
