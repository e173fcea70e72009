"""The template language of papers: what a tag may do, and what it may name.

A template comes from outside (a bureau's own wording), so it runs in a sandbox that knows plain
values only: no calls, no methods, no arithmetic that could explode, no names that were not
declared.  The same check runs at upload and before every rendering.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hrss_portal.documents.wording import capital_amount, date_hanzi, date_zh, money, sentence

FILTERS: Mapping[str, Callable[..., Any]] = {
    "capital": lambda value: capital_amount(value) if value not in (None, "") else "",
    "money": lambda value: money(value) if value not in (None, "") else "",
    "date_zh": lambda value: date_zh(value) if value else "",
    "date_hanzi": lambda value: date_hanzi(value) if value else "",
    "blank": lambda value, width=8: (
        value if value not in (None, "") else "　" * min(int(width), 40)
    ),
    "sentence": lambda value: sentence(value) if value else "",
    "joined": lambda values, by="、": by.join(str(value) for value in values),
    "length": len,
}
#: Filters that put a picture; they belong to one filling (``placing.Placed``).
PICTURES = ("qr", "picture")
TESTS = ("none", "defined", "undefined")
LOOP = ("index", "index0", "first", "last", "length")
ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Keyword,
)


class PaperEnvironment(ImmutableSandboxedEnvironment):
    """Jinja that prints plain values and nothing else."""

    # Not even worked out ahead of time: 9 ** 9 ** 9 would keep the compiler busy for ever.
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self, pictures: Mapping[str, Callable[..., Any]] | None = None) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_printable)
        self.globals.clear()
        self.filters = {**FILTERS, **dict.fromkeys(PICTURES, str), **(pictures or {})}
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``a.b`` is the key of a mapping, or what a loop knows of itself; never an attribute."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, Undefined):
            return self.undefined(name=attribute)
        raise SecurityError(f"“{attribute}”不能使用")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """``a["b"]`` as ``a.b``; ``a[0]`` of a list."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, list | tuple) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else self.undefined(obj=obj)
        raise SecurityError("不能这样取值")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """No arithmetic: figures come ready from the declaring app."""
        raise SecurityError("模板里不能计算")

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        """No arithmetic."""
        raise SecurityError("模板里不能计算")

    def is_safe_callable(self, obj: Any) -> bool:
        """Nothing may be called."""
        return False


def _printable(value: Any) -> Any:
    return "" if value is None else value


def problems(source: str, tags: Iterable[str]) -> list[str]:
    """What is wrong with a template's tags, in words; empty when it may be used.

    ``source`` is template text (of a docx: its XML with whole tags); ``tags`` the declared names,
    "claims[].text" for the rows of a list.
    """
    try:
        tree = PaperEnvironment().parse(source)
    except TemplateError as error:
        return [f"标签写法有误：{error.message}"]
    found = [f"不允许的写法：{_named(node)}" for node in _walk(tree) if not _allowed(node)]
    if found:
        return sorted(set(found))
    known = _known_paths(tags)
    unknown = {path for path in paths(tree) if path not in known}
    return [f"没有名为“{path}”的数据" for path in sorted(unknown)]


def _walk(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    for child in tree.iter_child_nodes():
        yield from _walk(child)


def _allowed(node: nodes.Node) -> bool:
    if not isinstance(node, ALLOWED_NODES):
        return False
    if isinstance(node, nodes.Filter):
        return (
            node.name in {*FILTERS, *PICTURES} and node.dyn_args is None and node.dyn_kwargs is None
        )
    if isinstance(node, nodes.Test):
        return node.name in TESTS
    if isinstance(node, nodes.Getattr):
        return not node.attr.startswith("_")
    if isinstance(node, nodes.Getitem):
        return isinstance(node.arg, nodes.Const) and not str(node.arg.value).startswith("_")
    return not (isinstance(node, nodes.For) and (node.recursive or node.test is not None))


def _named(node: nodes.Node) -> str:
    if isinstance(node, nodes.Filter | nodes.Test):
        return node.name
    if isinstance(node, nodes.Getattr):
        return node.attr
    return type(node).__name__


def _known_paths(tags: Iterable[str]) -> set[str]:
    """The declared paths and every path that leads to one."""
    known: set[str] = set()
    for tag in tags:
        steps = tag.split(".")
        for end in range(1, len(steps) + 1):
            path = ".".join(steps[:end])
            known.add(path)
            while path.endswith("[]"):
                path = path[:-2]
                known.add(path)
    return known


def paths(tree: nodes.Template) -> set[str]:
    """Every path that a checked template prints, tests or loops over; ``x[]`` for a list's rows."""
    found: set[str] = set()
    _collect(tree, {}, found)
    return found


def _collect(node: nodes.Node, names: dict[str, str], found: set[str]) -> None:
    if isinstance(node, nodes.For):
        rows = _path(node.iter, names)
        if rows is not None:
            found.add(rows)
        _collect(node.iter, names, found)
        inner = {**names, "loop": ""}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = f"{rows}[]" if rows else ""
        for child in (*node.body, *node.else_):
            _collect(child, inner, found)
        return
    path = _path(node, names)
    if path is not None:
        if path:
            found.add(path)
        return
    for child in node.iter_child_nodes():
        _collect(child, names, found)


def _path(node: nodes.Node, names: dict[str, str]) -> str | None:
    """The declared path of ``a.b[0].c``, "" for a loop's own values, None for no path at all."""
    if isinstance(node, nodes.Name):
        return names.get(node.name, node.name)
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        return None
    owner = _path(node.node, names)
    if not owner:
        return owner
    if isinstance(node, nodes.Getattr):
        return f"{owner}.{node.attr}"
    value = node.arg.value if isinstance(node.arg, nodes.Const) else ""
    return f"{owner}[]" if isinstance(value, int) else f"{owner}.{value}"
