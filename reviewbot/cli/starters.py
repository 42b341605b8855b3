"""What `init` writes: a workflow, a policy proposed from the names of folders, a document for the operator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import reviewbot
from reviewbot.core.labels import Label
from reviewbot.core.text import is_odd, visible

Forge = Literal["github", "gitlab"]

_STARTERS = Path(reviewbot.__file__).parent / "starters"
#: Where the workflow is, and for GitLab the file that includes it.
WORKFLOWS: Mapping[Forge, Mapping[str, str]] = {
    "github": {".github/workflows/reviewbot.yml": "github.yml"},
    "gitlab": {".gitlab/reviewbot.yml": "gitlab.yml", ".gitlab-ci.yml": "gitlab-ci.yml"},
}
#: Stands in a workflow until somebody says where reviewbot is: no commit has this name, so that nothing runs.
NOWHERE = f"OWNER/reviewbot@{'0' * 40}"
_HOSTED_RUNNER = "runs-on: ubuntu-24.04"
_OWN_RUNNER = (
    "# Beside the model; what others send runs elsewhere.\n"
    "    runs-on: ${{ github.event.pull_request.head.repo.full_name == github.repository"
    " && 'reviewbot' || 'ubuntu-24.04' }}"
)
_TAGS = "\nreviewbot:\n  tags: [reviewbot] # the runner beside the model\n"
#: Folders of one kind beyond which their names stand for them, wherever they are; names beyond which the rest is told.
_MOST_FOLDERS, _MOST_NAMES = 12, 100
_VENDORED = frozenset({"node_modules", "vendor", "vendored", "third_party", "third-party", "bower_components"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Signs that mean something in a pattern; `?` stands for any one sign.
_SPECIAL = re.compile(r"[\[\]*?\\!#]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of folder, known by a word of its name."""

    label: Label
    reason: str
    words: frozenset[str]


def _kind(label: Label, reason: str, words: str) -> Kind:
    return Kind(label, reason, frozenset(words.split()))


#: The stricter come first: of a folder that two know, the first counts.
KINDS = (
    _kind(Label.RESTRICTED, "keys and certificates",
          "key cert certificate pki hsm kms vault keystore secret credential"),
    _kind(Label.RESTRICTED, "money that moves",
          "payment payout ledger billing settlement wallet custody treasury banking"),
    _kind(Label.RESTRICTED, "data of people", "patient kyc pii payroll personnel"),
    _kind(Label.CONFIDENTIAL, "who may do what",
          "auth authn authz authentication authorization oauth oidc saml sso iam identity login permission acl rbac"),
    _kind(Label.CONFIDENTIAL, "cryptography", "crypto cryptography encryption signing"),
    _kind(Label.CONFIDENTIAL, "rules against fraud", "fraud aml sanction underwriting"),
    _kind(Label.CONFIDENTIAL, "the shape of live databases", "migration alembic flyway liquibase"),
    _kind(Label.CONFIDENTIAL, "what runs in production",
          "terraform infra infrastructure pulumi ansible helm kubernetes k8s kustomize deployment"),
)  # fmt: skip
#: The same, of files by their end.
_TERRAFORM = KINDS[-1]


def workflow(name: str, source: str, *, local: bool = False) -> str:
    """A workflow of `starters/` that uses reviewbot from there (OWNER/NAME@COMMIT), "" being nowhere yet.

    With a local model it runs beside that, pull requests of forks excepted.
    """
    text = (_STARTERS / name).read_text(encoding="utf-8")
    if local:
        text = text.replace(_HOSTED_RUNNER, _OWN_RUNNER) + (_TAGS if name == "gitlab.yml" else "")
    if not source:
        return text
    place, _, commit = source.partition("@")
    nobody, _, nothing = NOWHERE.partition("@")
    lines = (line for line in text.split("\n") if "# FILL IN" not in line)
    return "\n".join(lines).replace(nobody, place).replace(nothing, commit)


def operator(*, hosted: bool, local_url: str) -> str:
    """The operator's document; a backend that was not asked for stands in it as a comment."""
    local = _local(local_url)
    return "\n".join((
        "# The models, what each may read, and what a run may cost: docs/models.md. Written by `reviewbot init`.",
        "# Keep it outside the repository under review: one that the repository tracks is refused.",
        "",
        *(_HOSTED if hosted else map(_commented, _HOSTED)),
        "",
        *(local if local_url else map(_commented, local)),
        "",
        "[limits]",
        "seconds = 240       # of the whole run",
        "calls = 200",
        "cost_usd = 1.00",
        "",
    ))  # fmt: skip


_HOSTED = (
    "[[backend]]          # what is public or internal may go to Mistral",
    'name = "hosted"',
    'kind = "mistral"',
    'model = "codestral-2508"',
    'clearance = "internal"',
    'key_env = "MISTRAL_API_KEY"      # the name of the variable, never the key',
)


def _local(url: str) -> Iterator[str]:
    """A local model: its kind is told by its address, a free licence by its name."""
    kind = "llamacpp" if url.endswith(".gguf") else "ollama" if ":11434" in url or not url else "openai"
    here = kind == "llamacpp" or re.match(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)", url) or not url
    yield "[[backend]]          # what may not leave"
    yield 'name = "local"'
    yield f'kind = "{kind}"'
    yield f"url = {_quoted(url or 'http://127.0.0.1:11434')}"
    if kind == "ollama":
        yield 'model = "devstral-small-2:24b"   # free to use in CI; the licence of Codestral 22B has to be attested'
    if here:
        yield 'clearance = "restricted"'
        return
    yield "# Not on this machine. If the address is yours, and what is sent there stays yours: attested = true, and"
    yield '# clearance = "restricted".'
    yield 'clearance = "internal"'


def policy(pack: str, default: Label, rules: Iterable[str], looked_at: str) -> str:
    """The repository's policy: a pack, and the rules of `proposed`; `looked_at` is the commit they come from."""
    return "\n".join((
        "# Which files are how sensitive, and so which models may read them: docs/policy.md.",
        f"# Proposed by `reviewbot init` from the names of folders ({looked_at}); no file was read. You know better.",
        "# It is in force once it is on the branch that pull requests go to.",
        f'extends = "{pack}"',
        f'default = "{default}"             # of what no rule matches',
        *rules,
        "",
    ))  # fmt: skip


def proposed(paths: Iterable[str], covered: Callable[[str], Label]) -> Iterator[str]:
    """Rules for the folders that look sensitive and are not `covered` as strictly already, as lines of a policy."""
    found: dict[Kind, dict[str, int]] = {}
    for path in paths:
        for kind, folder in _folders(path):
            found.setdefault(kind, {}).setdefault(folder, 0)
            found[kind][folder] += 1
    for kind in KINDS:
        here = found.get(kind, {})
        folders = {name: count for name, count in here.items() if covered(_sample(name)) < kind.label}
        if folders:
            yield from _rule(kind, folders)


def _sample(folder: str) -> str:
    """The path of a file that the pattern of the folder covers."""
    return "x.tf" if folder == "*.tf" else f"{folder}/x"


def _folders(path: str) -> Iterator[tuple[Kind, str]]:
    """The folders above a path that look sensitive, each stricter than those above it; `*.tf` for such a file."""
    parts = path.split("/")
    reached = Label.PUBLIC
    for number, name in enumerate(parts[:-1], start=1):
        if name.lower() in _VENDORED:
            return
        kind = next((kind for kind in KINDS if _words(name) & kind.words), None)
        if kind is not None and kind.label > reached:
            reached = kind.label
            yield kind, "/".join(parts[:number])
    if path.endswith(".tf") and reached < _TERRAFORM.label:
        yield _TERRAFORM, "*.tf"


def _words(name: str) -> set[str]:
    """The words of a folder's name, in small letters and without a plural's s: AuthService, user-keys, k8s."""
    words = {name.lower(), *(word.lower() for word in _WORD.findall(name))}
    return words | {word.removesuffix("s") for word in words}


def _rule(kind: Kind, folders: Mapping[str, int]) -> Iterator[str]:
    patterns = {_pattern(name): None for name in folders}
    if len(patterns) > _MOST_FOLDERS:
        patterns = {_anywhere(name): None for name in folders}
    said = list(patterns)[:_MOST_NAMES]
    count = sum(folders.values())
    yield ""
    yield f"# {count} {'file' if count == 1 else 'files'}; by the {'name' if len(said) == 1 else 'names'} alone."
    if len(patterns) > len(said):
        yield f"# {len(patterns) - len(said)} more names are not in it."
    yield "[[rule]]"
    yield f'label = "{kind.label}"'
    if len(said) == 1:
        yield f"paths = [{_quoted(said[0])}]"
    else:
        yield "paths = ["
        yield from (f"  {_quoted(pattern)}," for pattern in said)
        yield "]"
    yield f"reason = {_quoted(kind.reason)}"


def _pattern(folder: str) -> str:
    """The pattern of everything in that folder, of no other."""
    return folder if folder == "*.tf" else f"{_literal(folder)}/**"


def _anywhere(folder: str) -> str:
    """The pattern of folders of that name, wherever they are."""
    return folder if folder == "*.tf" else f"{_literal(folder.rpartition('/')[2])}/"


def _literal(name: str) -> str:
    """A name as a pattern: what means something in one, or is not seen, is any sign, and many of them are any signs."""
    plain = _SPECIAL.sub("?", "".join("?" if is_odd(sign) and sign != " " else sign for sign in name))
    return plain if plain.count("?") <= 4 else "/".join("*" if "?" in part else part for part in plain.split("/"))


def _quoted(text: str) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _commented(line: str) -> str:
    return f"# {line}"
