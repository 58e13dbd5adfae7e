from theory.printing.array_source import ArrayPrinter as ArrayPrinter
from theory.printing.base import SourcePrinter as SourcePrinter
from theory.printing.base import UnknownNodeError as UnknownNodeError
from theory.printing.double_double_source import DoubleDoublePrinter as DoubleDoublePrinter
from theory.printing.jax_source import JaxPrinter as JaxPrinter
from theory.printing.loop_source import LoopPrinter as LoopPrinter
from theory.printing.torch_source import TorchPrinter as TorchPrinter
