"""Rebuilds, in the child, the functions that dojo.shipping sent."""

import builtins
import marshal
from types import CellType, FunctionType


def make_function(code, name, closure):
    return FunctionType(marshal.loads(code), {"__builtins__": builtins}, name, None, closure)


def fill_function(function, state):
    function.__globals__.update(state["globals"])
    function.__defaults__ = state["defaults"]
    function.__kwdefaults__ = state["kwdefaults"]


def make_cell():
    return CellType()


def fill_cell(cell, contents):
    cell.cell_contents = contents[0]
