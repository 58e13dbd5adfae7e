"""`regretcheck cache`: show the folder, number and size of the compiled kernels, or delete them."""

from typing import Any

from paper_checks.cli.printable import say, write_json
from paper_checks.run.results import dump_json


def cache_command(*, clear: bool, as_json: bool) -> int:
    """Show the folder, emptied first on request; exit code 0. ValueError if the limit is not a number."""
    from online_sim.engines import cache_limits
    from online_sim.places import cache_folder

    limit = cache_limits.limit_bytes()
    folder = cache_folder()
    gone = cache_limits.clear(folder) if clear else 0
    there = cache_limits.kernels(folder)
    size = sum(kernel.size for kernel in there)
    if as_json:
        told: dict[str, Any] = {
            "folder": str(folder), "kernels": len(there), "bytes": size, "deleted": gone,
            "limit_bytes": limit, "limit_kernels": cache_limits.KERNELS,
        }  # fmt: skip
        write_json(dump_json(told))
        return 0
    if clear:
        say(f"deleted: {_kernels(gone)}")
    say(f"folder:  {folder}")
    say(f"kept:    {_kernels(len(there))}, {size / 1e6:.1f} MB")
    say(f"limit:   {_kernels(cache_limits.KERNELS)}, {limit / 1e6:.0f} MB (${cache_limits.LIMIT_VARIABLE})")
    return 0


def _kernels(number: int) -> str:
    return f"{number} kernel{'s' * (number != 1)}"
