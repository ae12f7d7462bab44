"""Small changes to a program, each of which should make it wrong: what `dojo.mutants` puts before the suites.

1. A mutant is one edit of the source text; everything around it stays as it is, to the letter.
2. What a learner does not have to get right is left alone: docstrings, annotations, imports, the wording of an error
   that is raised, the demo, and what the stub gives.
3. The edits are those of the literature (Offutt et al., "An experimental determination of sufficient mutant
   operators", 1996: relations, arithmetic, logic, constants, statements), and a few of this field: the wrong end of a
   queue, reading for writing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

RELATIONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
ARITHMETIC = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*",
    ast.Pow: "*", ast.LShift: ">>", ast.RShift: "<<", ast.BitAnd: "|", ast.BitOr: "&", ast.BitXor: "&",
}  # fmt: skip
TWINS = {  # names that are taken for each other
    "popleft": "pop", "append": "appendleft", "min": "max", "max": "min", "any": "all", "all": "any",
    "EVENT_READ": "EVENT_WRITE", "EVENT_WRITE": "EVENT_READ", "POLLIN": "POLLOUT", "POLLOUT": "POLLIN",
    "EPOLLIN": "EPOLLOUT", "EPOLLOUT": "EPOLLIN", "SHUT_WR": "SHUT_RDWR", "FIRST_EXCEPTION": "ALL_COMPLETED",
    "startswith": "endswith", "endswith": "startswith", "lstrip": "rstrip", "rstrip": "lstrip",
    "partition": "rpartition", "heappop": "heappushpop", "Exception": "BaseException",
    "BaseException": "Exception", "BlockingIOError": "InterruptedError",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One edit of a program.

    where     the qualified name of the function or class around it; "" at the top of the file
    line      its number in the original
    old, new  the line as it was and as it is now, without indentation; of several, the first that differs
    source    the whole program
    """

    where: str
    line: int
    old: str
    new: str
    source: str


def mutants(source: str, stub: str = "") -> Iterator[Mutant]:
    """Every mutant of `source`, which was made from `stub`: valid Python, in the order of the text, each once."""
    finder, tree = _Finder(source), ast.parse(source)
    given = _given(tree, ast.parse(stub))
    for node in tree.body:
        if node not in given:
            finder.visit(node)
    seen = {source}
    for start, end, text, where in sorted(finder.edits, key=lambda edit: edit[:2]):
        mutated = (finder.data[:start] + text.encode() + finder.data[end:]).decode()
        if mutated not in seen and _compiles(mutated):
            seen.add(mutated)
            yield _described(source, mutated, finder.data[:start].count(b"\n"), where)


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _described(source: str, mutated: str, at: int, where: str) -> Mutant:
    before, after = source.splitlines(), mutated.splitlines()
    while at < len(before) - 1 and at < len(after) - 1 and before[at] == after[at]:
        at += 1
    return Mutant(where, at + 1, before[at].strip(), after[at].strip(), mutated)


class _Finder(ast.NodeVisitor):
    """Collects edits: where they begin and end in the bytes of the source, the new text, the place's name."""

    def __init__(self, source: str):
        self.data = source.encode()
        self.edits: list[tuple[int, int, str, str]] = []
        self._path: list[str] = []
        self._lines = [0]
        for line in self.data.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    # -- edits

    def _start(self, node: ast.AST) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.AST) -> int:
        return self._lines[node.end_lineno - 1] + node.end_col_offset

    def _edit(self, start: int, end: int, text: str) -> None:
        self.edits.append((start, end, text, ".".join(self._path)))

    def _replace(self, node: ast.AST, text: str) -> None:
        self._edit(self._start(node), self._end(node), text)

    def _text(self, node: ast.AST) -> str:
        return self.data[self._start(node) : self._end(node)].decode()

    def _between(self, left: ast.AST, right: ast.AST, pattern: str, text: str) -> None:
        """Put `text` in place of the operator, found by `pattern`, that stands between two nodes."""
        start = self._end(left)
        gap = self.data[start : self._start(right)].decode()
        if found := re.search(pattern, re.sub("#.*", lambda m: " " * len(m[0]), gap)):
            self._edit(start + found.start(), start + found.end(), text)

    # -- names and places

    def _named(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._path.append(node.name)
        for decorator in node.decorator_list:
            self._edit(self._start(decorator) - len("@"), self._end(decorator), "")
        if not isinstance(node, ast.ClassDef):
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                self.visit(default)
        self._block(node.body)
        self._path.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _named

    def _block(self, body: list[ast.stmt]) -> None:
        for node in body:
            self.visit(node)

    def visit_Import(self, node: ast.Import) -> None: ...

    visit_ImportFrom = visit_Import

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    # -- statements

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        self._replace(node, "pass")
        self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not self._path and _is_alias(node):
            return
        if not isinstance(node.value, ast.Constant):  # 0, False and None are much the same
            self._replace(node.value, "None")
        for child in (*node.targets, node.value):
            self.visit(child)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        sign = f"{re.escape(_SIGNS[type(node.op)])}="
        self._between(node.target, node.value, sign, f"{ARITHMETIC.get(type(node.op), '+')}=")
        self._between(node.target, node.value, sign, "=")
        self.visit(node.value)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._replace(node, "pass")
        else:
            self._replace(node.value, "None")
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace(node, "pass")

    def visit_Delete(self, node: ast.Delete) -> None:
        self._replace(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._replace(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace(node, "break")
        self._replace(node, "pass")

    def visit_If(self, node: ast.If) -> None:
        self._replace(node.test, "True")
        self._replace(node.test, "False")
        self.visit(node.test)
        self._block(node.body)
        self._block(node.orelse)

    def visit_While(self, node: ast.While) -> None:
        self._replace(node.test, "False")
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._replace(node.iter, "()")
        self.visit(node.iter)
        self._block(node.body)
        self._block(node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        self._block(node.body)
        for handler in node.handlers:
            self._body_becomes(handler.body, "raise")
            if isinstance(handler.type, ast.Tuple):
                for one in handler.type.elts:
                    self._replace(one, "()")  # an empty tuple catches nothing
            if handler.type:
                self.visit(handler.type)
            self._block(handler.body)
        self._block(node.orelse)
        if node.finalbody:
            self._body_becomes(node.finalbody, "pass")
            self._block(node.finalbody)

    def _body_becomes(self, body: list[ast.stmt], text: str) -> None:
        self._edit(self._start(body[0]), self._end(body[-1]), text)

    # -- expressions

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._replace(node, str(not value))
        elif isinstance(value, (int, float)):
            self._replace(node, repr(value + 1))
        elif isinstance(value, bytes):
            self._replace(node, repr(b"" if value else b"XX"))
        elif isinstance(value, str):
            self._replace(node, repr("" if value else "XX"))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._replace(node, '""')

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, op, right in zip(
            (node.left, *node.comparators), node.ops, node.comparators, strict=False
        ):
            sign = _SIGNS[type(op)].replace(" ", r"\s+")
            self._between(left, right, sign, RELATIONS[type(op)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC:
            sign = re.escape(_SIGNS[type(node.op)])
            self._between(node.left, node.right, sign, ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, rf"\b{old}\b", new)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, (ast.Not, ast.USub)):
            self._edit(self._start(node), self._start(node.operand), "")
        self.visit(node.operand)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._replace(node.test, "True")
        self._replace(node.test, "False")
        self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._replace(node.body, "None")
        self.visit(node.body)

    def visit_Yield(self, node: ast.Yield) -> None:
        if node.value:
            self._replace(node.value, "None")
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        given = [*node.args, *node.keywords]
        for place, keyword in enumerate(given):
            if not isinstance(keyword, ast.keyword):
                continue
            if place + 1 < len(given):
                self._edit(self._start(keyword), self._start(given[place + 1]), "")
            else:
                start = self._end(given[place - 1]) if place else self._start(keyword)
                self._edit(start, self._end(keyword), "")
        self.visit(node.func)
        for argument in given:
            if not (_is_error(node.func) and isinstance(argument, (ast.Constant, ast.JoinedStr))):
                self.visit(argument)

    def visit_Slice(self, node: ast.Slice) -> None:
        for bound in filter(None, (node.lower, node.upper)):
            self._replace(bound, "")
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in TWINS:
            self._replace(node, TWINS[node.id])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in TWINS:
            end = self._end(node)
            self._edit(end - len(node.attr.encode()), end, TWINS[node.attr])
        self.visit(node.value)


def _is_error(called: ast.expr) -> bool:
    """Whether an exception is made here: its wording is free."""
    return isinstance(called, ast.Name) and called.id.endswith("Error")


def _is_alias(node: ast.Assign) -> bool:
    """Whether this names a type: it is an annotation for later."""
    (name, *_), value = node.targets, node.value
    named = isinstance(name, ast.Name) and name.id[0].isupper() and not name.id.isupper()
    return named and isinstance(value, (ast.Subscript, ast.BinOp))


def _given(tree: ast.Module, stub: ast.Module) -> list[ast.stmt]:
    """What no learner has to write: the demo, and whatever stands in the stub as it stands here."""
    given = {ast.dump(node) for node in stub.body}
    return [
        node
        for node in tree.body
        if ast.dump(node) in given or ast.unparse(node).startswith("if __name__ == '__main__':")
    ]


_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.MatMult: "@",
}  # fmt: skip
