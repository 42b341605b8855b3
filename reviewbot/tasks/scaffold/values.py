"""Tables of what is a value, by language: kinds of nodes, tokens, names of constants; words that names may not have."""

from __future__ import annotations


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: What an expression stands between where it is looked at by itself.
FRAMES = {
    "python": ("x = ", "\n"), "javascript": ("x = ", ";\n"), "typescript": ("x = ", ";\n"), "tsx": ("x = ", ";\n"),
    "go": ("package p\n\nvar x = ", "\n"), "java": ("class A { Object x = ", "; }\n"),
    "rust": ("const X: T = ", ";\n"), "ruby": ("x = ", "\n"), "csharp": ("class A { object x = ", "; }\n"),
    "php": ("<?php\n$x = ", ";\n"),
}  # fmt: skip

_LITERALS = """
    integer float number none true false null nil undefined boolean int_literal float_literal imaginary_literal
    integer_literal real_literal boolean_literal null_literal rational complex decimal_integer_literal
    hex_integer_literal octal_integer_literal binary_integer_literal decimal_floating_point_literal
    hex_floating_point_literal char_literal rune_literal character_literal character_literal_content character
    string string_start string_content string_end string_fragment escape_sequence concatenated_string template_string
    interpreted_string_literal interpreted_string_literal_content raw_string_literal raw_string_literal_content
    raw_string_start raw_string_content raw_string_end string_literal string_literal_content verbatim_string_literal
    encapsed_string chained_string string_array bare_string symbol_array bare_symbol simple_symbol delimited_symbol
    hash_key_symbol
"""
_COLLECTIONS = """
    list tuple set dictionary pair array object hash range composite_literal literal_value literal_element
    keyed_element array_initializer array_creation_expression dimensions dimensions_expr tuple_expression
    unit_expression array_expression struct_expression field_initializer_list field_initializer
    implicit_array_creation_expression initializer_expression collection_expression collection_element
    expression_element array_element_initializer element_binding_expression
"""
_OPERATIONS = """
    unary_operator not_operator binary_operator boolean_operator unary_expression binary_expression unary binary
    prefix_unary_expression unary_op_expression parenthesized_expression parenthesized_statements reference_expression
"""
_TYPES = """
    type_arguments type_argument_list predefined_type primitive_type integral_type floating_point_type boolean_type
    generic_type generic_name array_type array_rank_specifier slice_type map_type pointer_type qualified_type
    qualified_name namespace_name nested_type_identifier scoped_type_identifier struct_type field_declaration_list
    interface_type cast_type cast_expression type_cast_expression type_conversion_expression as_expression
    satisfies_expression default_expression
"""
_CALLS = """
    call call_expression new_expression method_invocation object_creation_expression invocation_expression
    function_call_expression member_call_expression scoped_call_expression argument_list arguments argument
    keyword_argument
"""
#: Nodes that have a name in them, and nothing else.
NAMES = _set("identifier constant name field_identifier property_identifier")
#: A name of something else's.
MEMBERS = _set("""
    attribute member_expression selector_expression field_access field_expression scoped_identifier scope_resolution
    class_constant_access_expression member_access_expression
""")
KINDS = NAMES | MEMBERS | _set(
    f"{_LITERALS} {_COLLECTIONS} {_OPERATIONS} {_TYPES} {_CALLS} type_identifier package_identifier"
)  # fmt: skip
#: Marks and words without a name in the grammar. Not `;`, `++`, `<-`, `await`, `delete`, nor whatever is not here.
TOKENS = _set("""
    ( ) [ ] { } , : . :: => = + - * / // | & ^ ~ < > << >> ! && || \\ ' " ` ''' \"\"\" b" b' r" ?
    not and or new as const default nil true false null undefined map struct interface array r i string number boolean
    any unknown object never void symbol bigint int
    %w[ %w( %i[ %i( %q( %Q( :" :' .. ...
""")

#: Whole numbers, JavaScript's and others' that may be.
INTEGERS = _set("""
    integer number int_literal integer_literal decimal_integer_literal hex_integer_literal octal_integer_literal
    binary_integer_literal
""")
#: What has the sizes of arrays in it.
ROOMS = _set("dimensions_expr array_rank_specifier array_type")
#: Constants that are written in small letters.
CONSTANTS = {
    "python": _set("math.inf math.nan math.pi math.e timezone.utc datetime.timezone.utc"), "go": frozenset({"iota"}),
}  # fmt: skip

#: Words in names of what reaches the machine, the network, or the code that is running.
REACHING = _set("""
    os sys exec execute executor eval compile import importlib require process processes subprocess popen spawn
    fork shell command cmd thread threads worker runtime environment fetch request requests http https net network
    socket websocket event curl ftp ssh sql pdo soap phar client connection file files tempfile fs stream writer reader
    input output print println console stdin stdout stderr exit quit abort kill function reflect reflection proxy
    global globals window locals vars getattr setattr builtins kernel io ioutil dir directory unsafe ctypes syscall
    sleep timer marshal pickle loader script interpreter vm webassembly proc method binding class pty open
    tcp udp listener server daemon logger mutex semaphore browser
""")
#: Words in names of what is not the same everywhere, or equal to everything.
UNSTEADY = _set("env environ environment any anything mock argv now random")
