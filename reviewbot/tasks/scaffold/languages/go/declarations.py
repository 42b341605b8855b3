"""What a Go file declares: its types, its constants, and the functions that a test of the package can call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.strings import literal
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.languages import calling
from reviewbot.tasks.scaffold.languages.go import values
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.suites import Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Declarations of one file that are read, parameters of a function, statements in which guards stand.
MOST, MOST_PARAMETERS, MOST_STATEMENTS = 3000, 8, 30
#: A condition, a type or a name that is longer (bytes) is not read.
WIDE = 200
#: What a test is told that a function does which panics.
PANIC = "panic"
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_EXPORTED = re.compile(r"[A-Z]\w*", re.ASCII)
#: Names of the test's own: a type of such a name would not be what the test says.
_OWN = frozenset({"t", "tt", "tests", "got", "err", "on"})


@dataclass(frozen=True, slots=True)
class Source:
    """The declarations of a file."""

    path: str
    package: str
    functions: tuple[Node, ...]
    under: Mapping[str, str]
    constants: Mapping[str, str]
    #: `name path` of each import, one a line.
    imports: str
    #: The functions that are named as constructors are, `NewStack`.
    makers: Mapping[str, Node]

    @classmethod
    def of(cls, root: Node, path: str) -> Source:
        package = ""
        functions: list[Node] = []
        under: dict[str, str] = {}
        constants: dict[str, str] = {}
        imports: list[str] = []
        for node in root.named_children[:MOST]:
            match node.type:
                case "package_clause":
                    package = text_of(node.named_children[0], WIDE) if node.named_children else ""
                case "function_declaration" | "method_declaration":
                    functions.append(node)
                case "type_declaration":
                    under |= dict(_declared(node))
                case "const_declaration":
                    constants |= _constants(node)
                case "import_declaration":
                    imports += list(_imports(node))
        makers = {
            name: node for node in functions if (name := text_of(node.child_by_field_name("name"), WIDE))[:3] == "New"
        }
        return cls(path, package, tuple(functions), under, constants, "\n".join(imports[:100]), makers)

    def target(self, node: Node, lines: tuple[int, int]) -> Target | None:
        name, receiver = text_of(node.child_by_field_name("name"), WIDE), self._receiver(node)
        parameters, results = _parameters(node.child_by_field_name("parameters")), _results(node)
        if not _EXPORTED.fullmatch(name) or receiver is None or not _NAME.fullmatch(self.package):
            return None
        unmade = parameters is None or results is None or self.under.get(receiver) == "func"
        unmade = unmade or node.child_by_field_name("type_parameters") is not None
        parameters, results = parameters or (), results or ()
        made, maker, settled = self._constructor(receiver) if receiver and not unmade else ((), "", {})
        fails = results[-1:] == ("error",)
        shown = results[:-1] if fails else results
        types = values.Types(self.under)
        words = set(_NAME.findall(" ".join((*results, *(one.type for one in (*parameters, *made))))))
        if unmade or words & _OWN:
            settled = {calling.UNMADE: "yes"}
        traits = {
            **settled,
            "package": self.package, "receiver": receiver, "constructor": maker, "error": "yes" if fails else "",
            "results": str(len(shown)), "imports": self.imports,
            "comparable": "yes" if len(shown) == 1 or (fails and not shown) else "no",
            "plain": "yes" if len(shown) == 1 and values.is_plain(shown[0], types) else "",
            "types": "\n".join(f"{one} {self.under[one]}" for one in sorted(words & self.under.keys())),
            "constants": "\n".join(f"{one} {self.constants[one]}" for one in sorted(words & self.constants.keys())),
            "guards": "\n".join(f"{raises}\t{condition}" for condition, raises in _met(node, len(results), fails)),
        }  # fmt: skip
        return Target(
            self.path, f"{receiver}.{name}" if receiver else name, "method" if receiver else "function", "go",
            parameters, ", ".join(shown), lines=lines, source=text_of(node, 50_000), constructor=made, traits=traits,
        )  # fmt: skip

    def _receiver(self, node: Node) -> str | None:
        """The type of a method, "" for a function, None for one that is not exported."""
        if node.type == "function_declaration":
            return ""
        kind = next((text_of(one.child_by_field_name("type"), WIDE) for one in
                     walk(node.child_by_field_name("receiver") or node, "parameter_declaration")), "")  # fmt: skip
        name = kind.removeprefix("*").partition("[")[0]  # without what a generic one is of
        return name if _EXPORTED.fullmatch(name) else None

    def _constructor(self, receiver: str) -> tuple[tuple[Parameter, ...], str, dict[str, str]]:
        """`func NewStack(size int) *Stack` where one stands in the file and can be called, else the zero value."""
        node = self.makers.get(f"New{receiver}")
        if node is not None and node.child_by_field_name("type_parameters") is None:
            taken, results = _parameters(node.child_by_field_name("parameters")), _results(node)
            types = values.Types(self.under)
            if taken is not None and results in ((receiver,), (f"*{receiver}",)) and all(
                values.values(one.type, types) and not one.type.startswith("...") for one in taken
            ):  # fmt: skip
                guards = [Guard(condition, raises) for condition, raises in _met(node, 1, False)]
                kinds = {one.name: one.type for one in taken}
                settled = calling.construction(
                    guards, taken, lambda one: values.values(one.type, types), values.SPELLING,
                    lambda name, text: values.fits(kinds[name], text), spelled=_new,
                )  # fmt: skip
                return tuple(Parameter(_new(one.name), one.type) for one in taken), f"New{receiver}", settled
        return (), "", {}


def _new(name: str) -> str:
    """How a parameter of a constructor is told from those of the call."""
    return f"new{name[:1].upper()}{name[1:]}"


def _declared(node: Node) -> Iterator[tuple[str, str]]:
    for one in node.named_children:
        kind = one.child_by_field_name("type")
        if one.type in ("type_spec", "type_alias") and kind is not None:
            if one.child_by_field_name("type_parameters") is not None:
                yield text_of(one.child_by_field_name("name"), WIDE), "func"
                continue
            short = kind.type.removesuffix("_type").removesuffix("tion")
            text = short if short in ("struct", "interface", "func") else text_of(kind, WIDE)
            yield text_of(one.child_by_field_name("name"), WIDE), "func" if short == "func" else text or "func"


def _constants(node: Node) -> dict[str, str]:
    """The names of constants by their type; in a list with iota the first names one for all."""
    found: dict[str, list[str]] = {}
    kind = ""
    for one in node.named_children:
        if one.type == "const_spec":
            written = one.child_by_field_name("type")
            kind = text_of(written, WIDE) if written or one.child_by_field_name("value") else kind
            name = text_of(one.child_by_field_name("name"), WIDE)
            if kind and _NAME.fullmatch(name) and name != "_":
                found.setdefault(kind, []).append(name)
    return {kind: " ".join(held[:3]) for kind, held in found.items()}


def _imports(node: Node) -> Iterator[str]:
    for spec in walk(node, "import_spec"):
        path = (literal(spec.child_by_field_name("path")) or "")[:WIDE]
        alias = text_of(spec.child_by_field_name("name"), WIDE)
        last = re.sub(r"^go-|[.-]go$|\.v\d+$", "", next((p for p in reversed(path.split("/"))
                                                        if not re.fullmatch(r"v\d+", p)), ""))  # fmt: skip
        name = alias or last
        if _NAME.fullmatch(name) and name != "_" and re.fullmatch(r"[\w./~-]+", path, re.ASCII):
            yield f"{name} {path}"


def _parameters(node: Node | None) -> tuple[Parameter, ...] | None:
    """None for more than a test should give."""
    found: list[Parameter] = []
    for one in node.named_children if node is not None else ():
        if one.type not in ("parameter_declaration", "variadic_parameter_declaration"):
            continue
        kind = text_of(one.child_by_field_name("type"), WIDE)
        kind = f"...{kind}" if one.type.startswith("variadic") else kind
        for written in [text_of(name, WIDE) for name in one.children_by_field_name("name")] or [""]:
            plain = _NAME.fullmatch(written) and written != "_"
            found.append(Parameter(written if plain else f"arg{len(found)}", kind))
    fits = len(found) <= MOST_PARAMETERS and all(one.type for one in found)
    return tuple(found) if fits and len({one.name for one in found}) == len(found) else None


def _results(node: Node) -> tuple[str, ...] | None:
    result = node.child_by_field_name("result")
    if result is None:
        return ()
    if result.type != "parameter_list":
        return (text_of(result, WIDE),)
    found = _parameters(result)
    return None if found is None else tuple(one.type for one in found)


def _met(node: Node, results: int, fails: bool) -> Iterator[tuple[str, str]]:
    """Condition and failure ("" for none) of each `if` at the top that ends the function."""
    body = node.child_by_field_name("body")
    statements = [one for part in (body.named_children if body else ()) for one in
                  (part.named_children if part.type == "statement_list" else [part])]  # fmt: skip
    for one in statements[:MOST_STATEMENTS]:
        if one.type in ("comment", "short_var_declaration", "var_declaration", "const_declaration"):
            continue
        condition = text_of(one.child_by_field_name("condition"), WIDE)
        inner = one.child_by_field_name("consequence")
        if one.type != "if_statement" or one.child_by_field_name("initializer") is not None or inner is None:
            return
        end = _last(inner)
        if end is None or not condition or "\t" in condition or "\n" in condition:
            return
        if end.type == "return_statement":
            given = [text_of(value, WIDE) for part in end.named_children for value in part.named_children]
            yield condition, "error" if fails and len(given) == results and given[-1] != "nil" else ""
        elif text_of(end, WIDE * 10).startswith("panic("):
            yield condition, PANIC
        else:
            return


def _last(block: Node) -> Node | None:
    held = [one for part in block.named_children for one in
            (part.named_children if part.type == "statement_list" else [part])]  # fmt: skip
    return held[-1] if held else None
