"""Go's own `testing`: one table of calls in a file beside the target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from reviewbot.core.text import visible
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "gotest"
#: What a file name may not end with before `_test.go`: it would be compiled on that system alone.
SYSTEMS = frozenset({
    "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
    "openbsd", "plan9", "solaris", "wasip1", "windows", "zos", "unix", "386", "amd64", "arm", "arm64", "loong64",
    "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "sparc64", "wasm", "test",
})  # fmt: skip
_STANDARD = {
    "testing": "testing", "reflect": "reflect", "math": "math", "errors": "errors", "strings": "strings",
    "time": "time", "bytes": "bytes", "context": "context", "io": "io", "fmt": "fmt", "big": "math/big",
    "regexp": "regexp", "http": "net/http", "httptest": "net/http/httptest",
}  # fmt: skip
_PACKAGE = re.compile(r"^package[ \t]+(\w+)", re.MULTILINE | re.ASCII)
_MODULE = re.compile(r"^module[ \t]+\"?([\w./~-]+)\"?", re.MULTILINE | re.ASCII)
_TEXT = r"\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`|'(?:[^'\\\n]|\\.)*+'"
_EXPORTED = re.compile(rf"{_TEXT}|(?<![\w.])([A-Z]\w*)", re.ASCII)
_QUALIFIER = re.compile(rf"{_TEXT}|(?<![\w.])([A-Za-z_]\w*)\.", re.ASCII)
_COLUMNS = frozenset({"name", "want", "wantErr", "panics", "unwritten"})


def weight(around: Surroundings, path: str) -> int:
    folder = PurePosixPath(path).parent
    if _manifest(path, around) is None:
        return 0
    return 3 if any(_is_test(one) and PurePosixPath(one).parent == folder for one in around.paths) else 1


def places(target: Target, around: Surroundings) -> Sequence[str]:
    folder, stem = PurePosixPath(target.path).parent, PurePosixPath(target.path).stem
    called = naming.snake(naming.safe(target.name.replace(".", "_")))
    stems = [stem, *(f"{stem}_{called}{more}" for more in ("", "_scaffold"))]
    return [str(folder / f"{one}_test.go") for one in stems if one.split("_")[-1] not in SYSTEMS]


def module(target: Target, path: str, around: Surroundings) -> str:
    """The package itself, or what to import where all tests beside the target stand outside its package."""
    package, folder = target.traits.get("package", ""), PurePosixPath(target.path).parent
    beside = [text for one, text in around.texts.items() if _is_test(one) and PurePosixPath(one).parent == folder]
    packages = [found[1] for text in beside if (found := _PACKAGE.search(text)) is not None]
    manifest = _manifest(target.path, around)
    declared = _MODULE.search(around.texts.get(manifest, "")) if manifest is not None else None
    outside = packages and all(one == f"{package}_test" for one in packages) and package != "main"
    if not outside or declared is None or _is_private(target):
        return package
    within = folder.relative_to(PurePosixPath(manifest or "").parent)
    return declared[1] if str(within) == "." else f"{declared[1]}/{within}"


def render(suite: Suite) -> str:
    body = "\n".join(_Table(suite).lines())
    outside = suite.module != suite.target.traits.get("package")
    package = f"{suite.target.traits.get('package')}{'_test' if outside else ''}"
    heading = visible(f"Scaffold by reviewbot for {suite.target.id} ({suite.blob})")
    return f"// {heading}\n\npackage {package}\n\n{_imports(suite, body, outside)}\n\n{body}\n"


def _is_test(path: str) -> bool:
    return path.endswith("_test.go")


def _is_private(target: Target) -> bool:
    """Whether a type of the signature is of no use outside the package."""
    declared = {row.split(" ", 1)[0] for row in target.traits.get("types", "").split("\n") if row}
    return any(not name[:1].isupper() for name in declared)


def _manifest(path: str, around: Surroundings) -> str | None:
    """The nearest go.mod above."""
    folders = PurePosixPath(path).parents
    return next((one for folder in folders if (one := str(folder / "go.mod")) in around.paths), None)


def _imports(suite: Suite, body: str, outside: bool) -> str:
    """Those that the body names, the standard ones first; gofmt's order."""
    known = dict(_STANDARD)
    known |= dict(row.split(" ", 1) for row in suite.target.traits.get("imports", "").split("\n") if row)
    if outside:
        known[suite.target.traits.get("package", "")] = suite.module
    used = {found[1] for found in _QUALIFIER.finditer(body) if found[1] in known}
    rows = sorted((known[name], name) for name in used)
    blocks = [
        "\n".join(f'\t"{path}"' if path.rpartition("/")[2] == name else f'\t{name} "{path}"' for path, name in block)
        for block in ([row for row in rows if "." not in row[0]], [row for row in rows if "." in row[0]])
        if block
    ]
    return "import (\n" + "\n\n".join(blocks) + "\n)"


def _literal(text: str) -> str:
    """A string literal; Go knows no surrogates."""
    return '"' + "".join(
        naming.literal(one)[1:-1] if ord(one) < 0xD800 or 0xDFFF < ord(one) <= 0xFFFF
        else f"\\U{ord(one):08x}" if ord(one) > 0xFFFF else "\\ufffd"
        for one in text
    ) + '"'  # fmt: skip


class _Table:
    """The test function of a suite."""

    def __init__(self, suite: Suite) -> None:
        target = suite.target
        self.suite, self.target, self.traits = suite, target, target.traits
        self.package = self.traits.get("package", "") if suite.module != self.traits.get("package") else ""
        self.results = int(self.traits.get("results", "0"))
        self.fails = self.traits.get("error") == "yes"
        self.wanted = any(case.expected is not None for case in suite.cases)
        self.raising = any(case.raises and case.raises != "panic" for case in suite.cases)
        self.panicking = any(case.raises == "panic" for case in suite.cases)
        self.unwritten = any(not case.is_written for case in suite.cases)
        self.columns = {one.name: f"{one.name}Arg" if one.name in _COLUMNS else one.name
                        for one in (*target.constructor, *target.parameters)}  # fmt: skip

    def lines(self) -> Iterator[str]:
        yield f"func Test{'_'.join(naming.safe(part) for part in self.target.name.split('.'))}(t *testing.T) {{"
        yield "\ttests := []struct {"
        fields = list(self._fields())
        width = max(len(name) for name, _ in fields)
        yield from (f"\t\t{name.ljust(width)} {kind}" for name, kind in fields)
        yield "\t}{"
        yield from (f"\t\t{{{self._row(case)}}}," for case in self.suite.cases)
        yield "\t}"
        yield "\tfor _, tt := range tests {"
        yield "\t\tt.Run(tt.name, func(t *testing.T) {"
        yield from (f"\t\t\t{line}" for line in self._steps())
        yield "\t\t})"
        yield "\t}"
        yield "}"

    def _outside(self, code: str) -> str:
        """The same code, names of the package written as another package has to."""
        if not self.package:
            return code
        return _EXPORTED.sub(lambda found: f"{self.package}.{found[1]}" if found[1] else found[0], code)

    def _fields(self) -> Iterator[tuple[str, str]]:
        yield "name", "string"
        for one in (*self.target.constructor, *self.target.parameters):
            kind = f"[]{one.type[3:]}" if one.type.startswith("...") else one.type
            yield self.columns[one.name], self._outside(kind)
        if self.wanted:
            yield "want", self._outside(self.target.returns) or "error"
        flags = {"wantErr": self.raising, "panics": self.panicking, "unwritten": self.unwritten}
        yield from ((name, "bool") for name, there in flags.items() if there)

    def _row(self, case: Case) -> str:
        given = [("name", _literal(case.name))]
        given += [(self.columns[name], self._outside(text)) for name, text in (*case.construction, *case.arguments)]
        if case.expected is not None:
            given.append(("want", case.expected))
        elif case.raises:
            given.append(("panics" if case.raises == "panic" else "wantErr", "true"))
        else:
            given.append(("unwritten", "true"))
        return ", ".join(f"{name}: {text}" for name, text in given)

    def _steps(self) -> Iterator[str]:
        """What makes the object may panic too: it is no panic that is wanted of the call."""
        made, deferred = list(self._made()), list(self._deferred())
        yield from (*((*made, *deferred) if self.panicking else (*deferred, *made)), *self._call(), *self._checks())

    def _deferred(self) -> Iterator[str]:
        """What looks at a panic, where one is wanted or nobody knows yet."""
        called = self.target.called
        if self.panicking or self.unwritten:
            yield "defer func() {"
            yield "\tr := recover()"
            if self.unwritten:
                yield "\tif r != nil && tt.unwritten {"
                yield f'\t\tt.Skipf("to be written: {called} panics: %.200s", fmt.Sprint(r))'
                yield "\t}"
            yield f"\tif {'(r != nil) != tt.panics' if self.panicking else 'r != nil'} {{"
            wanted = ", want a panic: %v" if self.panicking else ""
            yield f'\t\tt.Errorf("{called} panics: %v{wanted}", r{", tt.panics" if self.panicking else ""})'
            yield "\t}"
            yield "}()"

    @property
    def _got(self) -> list[str]:
        used = self.unwritten or (self.wanted and self.results == 1)
        got = ["got", *(f"got{number}" for number in range(2, self.results + 1))][: self.results]
        return [*(got if used else ["_"] * self.results), *(["err"] if self.fails else [])]

    def _made(self) -> Iterator[str]:
        if self.target.owner:
            maker, taken = self.traits.get("constructor", ""), self.target.constructor
            made = ", ".join(f"tt.{self.columns[one.name]}" for one in taken)
            yield f"on := {self._outside(maker)}({made})" if maker else f"on := new({self._outside(self.target.owner)})"

    def _call(self) -> Iterator[str]:
        given = ", ".join(
            f"tt.{self.columns[one.name]}{'...' if one.type.startswith('...') else ''}"
            for one in self.target.parameters
        )
        called = f"on.{self.target.called}" if self.target.owner else self._outside(self.target.called)
        got = self._got
        assigned = f"{', '.join(got)} {':=' if set(got) - {'_'} else '='} " if got else ""
        yield f"{assigned}{called}({given})"

    def _checks(self) -> Iterator[str]:
        called, got = self.target.called, self._got
        if self.unwritten:
            yield "if tt.unwritten {"
            shown = ", ".join(f"fmt.Sprint({one})" for one in got)
            told = f'Skipf("to be written: {called} = {", ".join(["%.200s"] * len(got))}", {shown})'
            yield f"\tt.{told}" if got else f'\tt.Skip("to be written: what {called} does")'
            yield "}"
        if self.fails and not self.results:
            yield from self._alone()
            return
        if self.fails:
            yield f"if {'(err != nil) != tt.wantErr' if self.raising else 'err != nil'} {{"
            wanted = '%v", err, tt.wantErr' if self.raising else 'none", err'
            yield f'\tt.Fatalf("{called} error = %v, want {"one: " if self.raising else ""}{wanted})'
            yield "}"
        if self.wanted and self.results == 1:
            plain = self.traits.get("plain") == "yes"
            unlike = "got != tt.want" if plain else "!reflect.DeepEqual(got, tt.want)"
            guard = "err == nil && " if self.fails and self.raising else ""
            yield f"if {guard}{unlike} {{"
            yield f'\tt.Errorf("{called} = %v, want %v", got, tt.want)'
            yield "}"

    def _alone(self) -> Iterator[str]:
        """The error is all that there is to look at."""
        called = self.target.called
        if self.wanted:
            unlike = "!errors.Is(err, tt.want)"
            met = f"tt.wantErr && err == nil || !tt.wantErr && {unlike}" if self.raising else unlike
            wanted, told = ("%v", ", tt.want") if not self.raising else ("%v (one: %v)", ", tt.want, tt.wantErr")
            yield f"if {met} {{"
            yield f'\tt.Errorf("{called} = %v, want {wanted}", err{told})'
            yield "}"
        elif self.raising:
            yield "if (err != nil) != tt.wantErr {"
            yield f'\tt.Errorf("{called} = %v, want an error: %v", err, tt.wantErr)'
            yield "}"
        elif not self.unwritten:
            yield "_ = err"
