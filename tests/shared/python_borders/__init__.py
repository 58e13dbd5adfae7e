"""The arguments of every public function, by package: what it takes, and what it must refuse."""
