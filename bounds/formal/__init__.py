"""Certificates as Coq files: the counterexample stated and proved from first principles (docs/formal.md)."""

from bounds.formal.coq import HOW_TO_GET_COQ as HOW_TO_GET_COQ
from bounds.formal.coq import Compiled as Compiled
from bounds.formal.coq import compile_file as compile_file
from bounds.formal.coq import coq_compiler as coq_compiler
from bounds.formal.formalize import formalize as formalize
from bounds.formal.subject import NotFormalizable as NotFormalizable

__all__ = ["HOW_TO_GET_COQ", "Compiled", "NotFormalizable", "compile_file", "coq_compiler", "formalize"]
