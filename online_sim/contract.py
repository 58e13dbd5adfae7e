"""The parts shared by the conformance functions of engines, domains and streams."""


class ConformanceError(ValueError):
    """An object breaks its contract; the message says which law it breaks and by how much."""


def overridden(thing: object, base: type) -> str | None:
    """The first final method of `base` that the class of `thing` overrides; None if there is none."""
    final = (name for name, method in vars(base).items() if getattr(method, "__final__", False))
    return next((name for name in final if getattr(type(thing), name) is not getattr(base, name)), None)
