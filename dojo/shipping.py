"""Sends a scenario, a function of a suite, to the child: its code by value, everything importable by name.

cloudpickle does this for everything; importing it costs the child 30 ms or more at every call, half of what a
call may cost in all. Scenarios are plain functions, and for those the few lines below are enough.
"""

from __future__ import annotations

import io
import marshal
import pickle
import sys
from pathlib import Path
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from dojo.inside import shipped
from dojo.katas import ROOT

_INSIDE = Path(__file__).parent / "inside"


def ship(scenario: Any) -> bytes:
    """`scenario` as bytes that the child's `_pickle.loads` turns into an equal function.

    Raises TypeError for what cannot travel: a class of a suite's module, or an `assert` (they belong to the parent).
    """
    buffer = io.BytesIO()
    _Shipper(buffer, protocol=4).dump(scenario)
    return buffer.getvalue()


class _Shipper(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, FunctionType) and ("<" in thing.__qualname__ or _is_ours(thing)):
            return _reduce_function(thing)
        if isinstance(thing, CellType):
            contents = (thing.cell_contents,)
            return shipped.make_cell, (), contents, None, None, shipped.fill_cell
        if isinstance(thing, ModuleType):
            return __import__("importlib").import_module, (thing.__name__,)
        if isinstance(thing, type) and _is_ours(thing):
            raise TypeError(
                f"define class {thing.__name__} inside the scenario: classes stay behind"
            )
        return NotImplemented


def _is_ours(thing: Any) -> bool:
    """Does `thing` live in a file that the child cannot import: a suite, the server contract, the judge's side?"""
    file = getattr(sys.modules.get(thing.__module__), "__file__", None)
    if file is None:
        return thing.__module__ not in sys.builtin_module_names
    path = Path(file).resolve()
    tests = path.is_relative_to(ROOT / "tests")
    return tests or (path.is_relative_to(ROOT / "dojo") and not path.is_relative_to(_INSIDE))


def _reduce_function(function: FunctionType) -> tuple[Any, ...]:
    names = _global_names(function.__code__)
    if "@pytest_ar" in names:
        raise TypeError(
            f"{function.__qualname__} asserts in the child: return the data, assert in the test"
        )
    state = {
        "globals": {n: function.__globals__[n] for n in sorted(names) if n in function.__globals__},
        "defaults": function.__defaults__,
        "kwdefaults": function.__kwdefaults__,
    }
    made = (marshal.dumps(function.__code__), function.__name__, function.__closure__)
    return shipped.make_function, made, state, None, None, shipped.fill_function


def names_used(function: Any) -> set[str]:
    """Every name that `function`, or a function of ours that it calls, looks up outside itself."""
    seen, waiting, names = set(), [function], set()
    while waiting:
        function = waiting.pop()
        if isinstance(function, FunctionType) and function not in seen:
            seen.add(function)
            found = _global_names(function.__code__)
            names |= found
            waiting += [function.__globals__[n] for n in found if n in function.__globals__]
            waiting += [cell.cell_contents for cell in function.__closure__ or ()]
    return names


def _global_names(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _global_names(constant)
    return names
