"""`regretcheck cache`: show the compiled kernels and the results kept for later runs, or delete them."""

from typing import Any

from paper_checks.cli.printable import say, write_json
from paper_checks.run.results import dump_json


def cache_command(*, clear: bool, as_json: bool) -> int:
    """Show the folder, emptied first on request; exit code 0. ValueError if a limit is not a number."""
    from online_sim.engines import cache_limits
    from online_sim.places import cache_folder
    from paper_checks.run import result_cache

    limit = cache_limits.limit_bytes()
    most = cache_limits.limit_bytes(result_cache.LIMIT_VARIABLE, result_cache.MEGABYTES)
    folder, results = cache_folder(), result_cache.results_folder()
    gone = cache_limits.clear(folder) if clear else 0
    dropped = result_cache.shrink(results, 0) if clear else 0
    there, kept = cache_limits.kernels(folder), result_cache.entries(results)
    size, room = sum(kernel.size for kernel in there), sum(size for _, size in kept)
    if as_json:
        told: dict[str, Any] = {
            "folder": str(folder), "kernels": len(there), "bytes": size, "deleted": gone,
            "limit_bytes": limit, "limit_kernels": cache_limits.KERNELS,
            "results": {"kept": len(kept), "bytes": room, "deleted": dropped, "limit_bytes": most},
        }  # fmt: skip
        write_json(dump_json(told))
        return 0
    if clear:
        say(f"deleted: {_count(gone, 'kernel')}, {_count(dropped, 'result')}")
    say(f"folder:  {folder}")
    say(f"kept:    {_count(len(there), 'kernel')}, {size / 1e6:.1f} MB")
    say(
        f"limit:   {_count(cache_limits.KERNELS, 'kernel')}, {_megabytes(limit, cache_limits.LIMIT_VARIABLE)}"
    )
    say(f"kept:    {_count(len(kept), 'result')}, {room / 1e6:.1f} MB")
    say(f"limit:   {_megabytes(most, result_cache.LIMIT_VARIABLE)}")
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _megabytes(size: int, variable: str) -> str:
    return f"{size / 1e6:.0f} MB (${variable})"
