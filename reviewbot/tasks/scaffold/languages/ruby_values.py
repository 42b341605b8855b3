"""What a Ruby test may give a parameter: as its default is, as the body uses it, as its name says, else a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

Examples = Callable[[Parameter], Sequence[str]]

#: Parts of a body that are read.
_MOST_NODES = 5000
_VALUES = {
    "integer": ("1", "0", "-1", "2"), "natural": ("1", "0", "2"), "float": ("1.5", "0.0", "-1.0"),
    "string": ('"abc"', '""', '"a b"'), "array": ("[1, 2, 3]", "[]"), "hash": ("{ a: 1 }", "{}"),
    "boolean": ("true", "false"),
}  # fmt: skip
#: What a default says of its kind.
_DEFAULTS = (
    (re.compile(r"-?\d[\d_]*\Z", re.ASCII), "integer"), (re.compile(r"-?\d[\d_]*\.\d+\Z", re.ASCII), "float"),
    (re.compile(r"[\"']"), "string"), (re.compile(r"\[|%[wi]"), "array"), (re.compile(r"\{"), "hash"),
    (re.compile(r"(true|false)\Z"), "boolean"),
)  # fmt: skip
#: What values of each kind can do, the kind first that is likelier where several can do the same.
_WORDS = {
    "string": (
        "ascii_only? b between? bytes bytesize byteslice capitalize capitalize! casecmp casecmp? center chars chomp "
        "chomp! chop chop! chr clamp clear codepoints concat count delete delete! delete_prefix delete_prefix! "
        "delete_suffix delete_suffix! downcase downcase! dump each_byte each_char each_codepoint "
        "each_grapheme_cluster each_line empty? encode encode! encoding end_with? force_encoding getbyte "
        "grapheme_clusters gsub gsub! hex include? index insert intern length lines ljust lstrip lstrip! match match? "
        "next next! oct ord partition prepend replace reverse reverse! rindex rjust rpartition rstrip rstrip! scan "
        "setbyte size slice slice! split squeeze squeeze! start_with? strip strip! sub sub! succ succ! sum swapcase "
        "swapcase! to_c to_f to_i to_r to_str to_sym tr tr! tr_s tr_s! unicode_normalize unicode_normalize! "
        "unicode_normalized? unpack unpack1 upcase upcase! upto valid_encoding?"
    ),
    "array": (
        "all? any? append assoc at bsearch bsearch_index chain chunk chunk_while clear collect collect! "
        "collect_concat combination compact compact! concat count cycle deconstruct delete delete_at delete_if detect "
        "difference dig drop drop_while each each_cons each_entry each_index each_slice each_with_index "
        "each_with_object empty? entries fetch fill filter filter! filter_map find find_all find_index first flat_map "
        "flatten flatten! grep grep_v group_by include? index inject insert intersect? intersection join keep_if last "
        "lazy length map map! max max_by member? min min_by minmax minmax_by none? one? pack partition permutation "
        "pop prepend product push rassoc reduce reject reject! repeated_combination repeated_permutation replace "
        "reverse reverse! reverse_each rindex rotate rotate! sample select select! shift shuffle shuffle! size slice "
        "slice! slice_after slice_before slice_when sort sort! sort_by sort_by! sum take take_while tally to_a to_ary "
        "to_h transpose union uniq uniq! unshift values_at zip"
    ),
    "hash": (
        "all? any? assoc chain chunk chunk_while clear collect collect_concat compact compact! count cycle "
        "deconstruct_keys default default_proc delete delete_if detect dig drop drop_while each each_cons each_entry "
        "each_key each_pair each_slice each_value each_with_index each_with_object empty? entries except fetch "
        "fetch_values filter filter! filter_map find find_all find_index first flat_map flatten grep grep_v group_by "
        "has_key? has_value? include? inject invert keep_if key key? keys lazy length map max max_by member? merge "
        "merge! min min_by minmax minmax_by none? one? partition rassoc reduce reject reject! replace reverse_each "
        "select select! shift size slice slice_after slice_before slice_when sort sort_by store sum take take_while "
        "tally to_a to_h to_hash to_proc transform_keys transform_keys! transform_values transform_values! uniq "
        "update value? values values_at zip"
    ),
    "integer": (
        "abs allbits? anybits? between? bit_length ceil chr clamp coerce denominator digits div divmod downto even? "
        "fdiv finite? floor gcd gcdlcm i infinite? integer? lcm magnitude modulo negative? next nobits? nonzero? "
        "numerator odd? ord positive? pow pred quo rationalize real real? remainder round size step succ times to_c "
        "to_f to_i to_int to_r truncate upto zero?"
    ),
    "any": (
        "__id__ __send__ class clone define_singleton_method display dup enum_for eql? equal? extend freeze frozen? "
        "hash inspect instance_eval instance_exec instance_of? instance_variable_defined? instance_variable_get "
        "instance_variable_set instance_variables is_a? itself kind_of? method methods nil? object_id private_methods "
        "protected_methods public_method public_methods public_send remove_instance_variable respond_to? send "
        "singleton_class singleton_method singleton_methods tap then to_enum to_s yield_self present? blank? presence "
        "try in? to_json to_param"
    ),
}  # fmt: skip
_METHODS = {kind: frozenset(words.split()) for kind, words in _WORDS.items()}
#: What every object can do; what only a hash is asked for by a name.
_ANY, _KEYED = _METHODS.pop("any"), frozenset({"fetch", "dig", "delete", "values_at", "[]"})
#: Numbers that count: of -1 most functions know nothing.
_COUNTS = re.compile(
    r"(^|_)(times|count|size|length|width|height|n|num|limit|depth|repeat|index|position|page|digits)$"
)
_NUMERIC = frozenset({"-", "*", "/", "%", "**", "<", ">", "<=", ">=", "+"})
_NAMES = (
    (re.compile(r"^(is|has|with|enabled?|force|strict|verbose|dry)(_|$)|_(flag|enabled)$"), "boolean"),
    (re.compile(r"(^|_)(opts|options|hash|params|attributes|attrs|map|config|settings)$"), "hash"),
    (re.compile(r"(^|_)(name|text|str|string|title|path|key|word|line|url|uri|email|message|label|slug|s|code|prefix|"
                r"suffix|pattern|separator|content|body|json|query|phrase|sentence|input|format)$"), "string"),
    (re.compile(r"(^|_)(list|array|arr|xs|ary|values|items|numbers|elements|rows|names|words|entries|ids)$"), "array"),
    (re.compile(r"(^|_)(klass|class|io|logger|request|response|env|context|ctx|node|user|account|binding|stream|socket|"
                r"conn|connection|client|callable|proc|superclass|parent|session|record|model|controller)$"), "object"),
)  # fmt: skip


def examples(kinds: Mapping[str, str]) -> Examples:
    """By parameter; nothing for an object of its own kind, which a test cannot make without help."""

    def values(parameter: Parameter) -> Sequence[str]:
        default = (parameter.default or "").strip()
        kind = next((kind for shape, kind in _DEFAULTS if shape.match(default)), "") or kinds.get(parameter.name, "")
        kind = kind or next((kind for shape, kind in _NAMES if shape.search(parameter.name)), "integer")
        kind = "natural" if kind == "integer" and _COUNTS.search(parameter.name) else kind
        return (default,) if re.fullmatch(r":\w{1,60}", default, re.ASCII) else _VALUES.get(kind, ())

    return values


def kinds(method: Node | None) -> dict[str, str]:
    """By name of a variable the kind that can do all that is asked of it; "object" where none of ours can."""
    asked: dict[str, set[str]] = {}
    numeric: dict[str, str] = {}
    texts: dict[str, str] = {}
    nodes = walk(method, "call", "binary", "element_reference") if method is not None else ()
    for count, node in enumerate(nodes):
        if count > _MOST_NODES:
            break
        texts |= dict.fromkeys(_likened(node), "string")
        if node.type != "binary":
            name, wanted = _asked(node)
            asked.setdefault(name, set()).update(wanted)
            continue
        numeric |= dict.fromkeys(_calculated(node), "integer")
    return {**numeric, **texts, **{name: _kind(name, methods) for name, methods in asked.items() if methods}}


def _asked(node: Node) -> tuple[str, set[str]]:
    """A variable and what is asked of it by a call or an index."""
    if node.type == "call":
        receiver, name = node.child_by_field_name("receiver"), text_of(node.child_by_field_name("method"), NAME)
        holder = node.child_by_field_name("arguments")
        first = holder.named_children[0] if holder is not None and holder.named_children else None
    else:
        receiver, name = node.child_by_field_name("object"), "[]"
        first = node.named_children[1] if node.named_child_count > 1 else None
    if receiver is None or receiver.type != "identifier" or name in _ANY:
        return "", set()
    keyed = name in _KEYED and first is not None and first.type in ("simple_symbol", "string")
    return text_of(receiver, NAME), {"key?"} if keyed else {"slice"} if name == "[]" else {name}


def _likened(node: Node) -> list[str]:
    """The variables that are compared with a text, or looked for among texts."""
    if node.type == "binary":
        sides = [side for name in ("left", "right") if (side := node.child_by_field_name(name)) is not None]
        operator = node.child_by_field_name("operator")
        texts = operator is not None and operator.type in ("==", "!=") and any(one.type == "string" for one in sides)
        return [text_of(side, NAME) for side in sides if side.type == "identifier" and texts]
    held, given = node.child_by_field_name("receiver"), node.child_by_field_name("arguments")
    is_list = held is not None and held.type in ("array", "string_array") and bool(held.named_children)
    if held is None or given is None or not is_list or held.named_children[0].type not in ("string", "bare_string"):
        return []
    return [text_of(one, NAME) for one in given.named_children[:1] if one.type == "identifier"]


def _kind(name: str, methods: set[str]) -> str:
    able = [kind for kind, known in _METHODS.items() if methods <= known]
    named = next((kind for shape, kind in _NAMES if shape.search(name) and kind in able), "")
    # An array and a hash can do nearly the same, and a list of numbers is the simpler one.
    return named or (able[0] if able else "object")


def _calculated(node: Node) -> list[str]:
    """The variables that an operator takes for numbers."""
    operator = node.child_by_field_name("operator")
    sides = [side for name in ("left", "right") if (side := node.child_by_field_name(name)) is not None]
    if operator is None or operator.type not in _NUMERIC or any(side.type in ("string", "array") for side in sides):
        return []
    return [text_of(side, NAME) for side in sides if side.type == "identifier"]
