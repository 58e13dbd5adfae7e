"""The error of every part of the checker."""


class Refused(ValueError):
    """The file is not a certificate; the message says where and why."""


def require(holds: bool, message: str) -> None:
    """Refuse the file if a condition does not hold."""
    if not holds:
        raise Refused(message)
