"""The rows of the benchmark, one per file; `paper_checks.run.registry.bench_rows` discovers them."""

__all__: list[str] = []
