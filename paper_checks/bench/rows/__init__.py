"""The rows of the benchmark: one file each, found by discovery (`paper_checks.run.registry.bench_rows`)."""

__all__: list[str] = []
