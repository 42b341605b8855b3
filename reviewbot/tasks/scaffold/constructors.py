"""Tables of what makes a value and does nothing else, by language: nothing that is not here is called."""

from __future__ import annotations

from collections.abc import Mapping


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _owned(rows: str) -> frozenset[str]:
    """`Type: a b` as `Type.a` and `Type.b`."""
    pairs = (row.partition(":") for row in rows.strip().split("\n"))
    return frozenset(f"{one}.{name}" for owners, _, names in pairs for one in owners.split() for name in names.split())


_PYTHON = _set("""
    set frozenset dict list tuple str int float bool bytes bytearray complex Decimal Fraction date datetime time
    timedelta timezone Path PurePath PurePosixPath PureWindowsPath UUID OrderedDict Counter deque
    SimpleNamespace MappingProxyType IPv4Address IPv6Address ip_address approx date.fromisoformat
    datetime.fromisoformat time.fromisoformat bytes.fromhex
    Exception ValueError TypeError KeyError IndexError LookupError ArithmeticError ZeroDivisionError OverflowError
    AttributeError NotImplementedError RuntimeError AssertionError
""")
_ERRORS = "Error TypeError RangeError SyntaxError ReferenceError"
_ARRAYS = "Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array"
_SCRIPT = _set("BigInt Number String Boolean Date.UTC Object.freeze Object.fromEntries Array.of Buffer.from")
_SCRIPT_NEW = _set(f"Date Map Set URL URLSearchParams {_ERRORS} {_ARRAYS}")
_GO = _set("""
    int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 string bool byte rune complex64
    complex128 uintptr errors.New time.Duration time.Date time.Unix time.UnixMilli time.Month time.Weekday big.NewInt
    big.NewFloat big.NewRat json.Number json.RawMessage
""")
_JAVA = _owned("""
    List Set: of copyOf
    Map: of ofEntries entry copyOf
    Optional: of empty ofNullable
    OptionalInt OptionalLong OptionalDouble: of empty
    Arrays: asList
    Collections: emptyList emptyMap emptySet singletonList singleton
    LocalDate: of parse ofEpochDay ofYearDay
    LocalTime LocalDateTime ZonedDateTime OffsetDateTime Year YearMonth: of parse
    Instant: parse ofEpochSecond ofEpochMilli
    Duration: parse ofSeconds ofMillis ofMinutes ofHours ofDays ofNanos
    Period: of parse ofDays ofWeeks ofMonths ofYears
    ZoneId: of
    ZoneOffset: of ofHours
    DayOfWeek Month: of
    UUID: fromString
    Integer Long Short Byte Double Float Boolean Character BigDecimal BigInteger String: valueOf
    URI: create
    Path: of
    Paths: get
""")
_JAVA_NEW = _set("""
    BigDecimal BigInteger ArrayList LinkedList HashMap LinkedHashMap TreeMap HashSet LinkedHashSet TreeSet ArrayDeque
    AbstractMap.SimpleEntry SimpleEntry String StringBuilder Date UUID IllegalArgumentException IllegalStateException
    RuntimeException NullPointerException ArithmeticException IndexOutOfBoundsException UnsupportedOperationException
""")
_RUST = _set("Default.default Path.new PathBuf.new Ipv4Addr.new Ipv6Addr.new Wrapping.from") | _owned("""
    String Vec HashMap BTreeMap HashSet BTreeSet VecDeque: new from default
    Box Rc Arc Cell RefCell: new from
    PathBuf Cow IpAddr i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 isize usize f32 f64 char bool: from
    Duration: new from_secs from_millis from_micros from_nanos
""")
_RUBY = _set("Rational Complex BigDecimal Integer Float String Array Hash") | _owned("""
    Set Date DateTime Hash OpenStruct Pathname String: new
    StandardError RuntimeError ArgumentError TypeError KeyError IndexError RangeError ZeroDivisionError: new
    Time: at utc gm
    Date DateTime: parse iso8601
""")
_CSHARP = _set("Array.Empty Tuple.Create ValueTuple.Create KeyValuePair.Create") | _owned("""
    TimeSpan: FromSeconds FromMinutes FromHours FromDays FromMilliseconds Parse
    Guid DateTime DateTimeOffset DateOnly TimeOnly Version decimal int long double bool: Parse
    DateTimeOffset: FromUnixTimeSeconds FromUnixTimeMilliseconds
""")
_CSHARP_NEW = _set("""
    List Dictionary HashSet SortedDictionary SortedSet SortedList LinkedList Queue Stack KeyValuePair Tuple ValueTuple
    DateTime DateTimeOffset DateOnly TimeOnly TimeSpan Guid Uri Version decimal Exception ArgumentException
    ArgumentNullException ArgumentOutOfRangeException InvalidOperationException NotSupportedException FormatException
""")
_PHP_NEW = _set("""
    DateTime DateTimeImmutable DateInterval DateTimeZone ArrayObject ArrayIterator SplObjectStorage SplStack
    SplQueue Exception InvalidArgumentException DomainException LengthException OutOfRangeException RuntimeException
    LogicException UnexpectedValueException TypeError ValueError
""")
#: What is called, and what is created with `new` where a language has that.
CALLED: Mapping[str, frozenset[str]] = {
    "python": _PYTHON, "javascript": _SCRIPT, "typescript": _SCRIPT, "tsx": _SCRIPT, "go": _GO, "java": _JAVA,
    "rust": _RUST, "ruby": _RUBY, "csharp": _CSHARP, "php": frozenset(),
}  # fmt: skip
CREATED: Mapping[str, frozenset[str]] = {
    "javascript": _SCRIPT_NEW, "typescript": _SCRIPT_NEW, "tsx": _SCRIPT_NEW, "java": _JAVA_NEW, "csharp": _CSHARP_NEW,
    "php": _PHP_NEW,
}  # fmt: skip
#: Methods of literals.
METHODS = {"rust": _set("to_string to_owned into"), "ruby": _set("freeze")}
#: Standard modules that a name may be written with.
HOMES: Mapping[str, tuple[str, ...]] = {
    "python": ("datetime", "decimal", "fractions", "uuid", "pathlib", "collections", "types", "ipaddress", "pytest"),
    "java": ("java.util", "java.math", "java.time"), "csharp": ("System.Collections.Generic", "System"),
    "rust": ("std.collections", "std.time", "std.path", "std.string", "std.vec", "std.net", "std.rc", "std.sync"),
}  # fmt: skip
#: Without arguments they are the time of day.
CLOCKS = {
    "javascript": ("Date",), "typescript": ("Date",), "tsx": ("Date",), "java": ("Date",),
    "php": ("DateTime", "DateTimeImmutable"),
}  # fmt: skip
#: A number that they are given is how much room they take.
SIZED = _set(f"""
    bytes bytearray {_ARRAYS} ArrayList HashMap LinkedHashMap HashSet LinkedHashSet ArrayDeque StringBuilder List
    Dictionary SortedList Queue Stack Buffer.from String.new Hash.new
""")
HOLDING = _set("""
    list tuple set dictionary array string string_literal array_creation_expression
    implicit_array_creation_expression collection_expression
""")
HOLDERS = _set("List Set Map Arrays Collections Array")
#: They work out what a text says, exponents included.
EXACT = _set("Decimal Fraction BigDecimal BigInteger Rational Complex decimal")
PLAIN = _set("""
    integer float number string string_literal unary_operator unary unary_expression prefix_unary_expression rational
    decimal_integer_literal decimal_floating_point_literal integer_literal real_literal
""")
#: What brings several names of one module, and where what stands before a dot may be a module.
IMPORTS = _set("import_from_statement import_statement")
MODULAR = ("python", "javascript", "typescript", "tsx")
