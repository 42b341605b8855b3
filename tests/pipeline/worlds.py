"""Pairs of pull requests that are equal in what is public or internal, and arbitrary above; and all that each sends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from reviewbot.backends.retrying import Patience
from reviewbot.backends.scripted import Answer
from reviewbot.cli import posting
from reviewbot.cli.forges import Sink, Venue
from reviewbot.cli.ledgers import RunLedger
from reviewbot.core.commands import is_command
from reviewbot.core.diff import FileDiff
from reviewbot.core.endpoints import Limits
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt
from reviewbot.core.history import History, Step
from reviewbot.core.labels import Label
from reviewbot.core.report import Report
from reviewbot.core.threads import remember
from reviewbot.formats import codequality, log, markdown, sarif, steps
from reviewbot.pipeline import Plan, Wanted
from tests.forges.recorder import PLACE, Recorder
from tests.pipeline.runs import is_verifying, run, scripted
from tests.readings import diff

TOKEN = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
#: What scripted models do where a text has these words, by chance elsewhere.
FAULTS = {
    "BUSY": Failure.BUSY, "BROKEN": Failure.BROKEN, "TIMEOUT": Failure.TIMEOUT, "TOO_LARGE": Failure.TOO_LARGE,
    "UNAUTHORIZED": Failure.UNAUTHORIZED, "TRUNCATED": Failure.TRUNCATED, "REDIRECTED": Failure.REDIRECTED,
}  # fmt: skip
_LOW = (
    "total = total + fee", "for row in rows:", "    print(row)", "return None", "if value == None:", "x = eval(text)",
    "", "# a remark", "rate = rates[0]", "open(name)", f'KEY = "{TOKEN}"', "BROKEN = 1", "assert (a, 'b')",
)  # fmt: skip
_HIGH = ("CANARY_1 = secret(1)", "CANARY_2 = vault.open()", "if CANARY == None:", "BUSY = 1", "TRUNCATED = 2",
         "UNAUTHORIZED = 3", "GARBAGE = 4", "TIMEOUT = 5", f'CANARY_KEY = "{TOKEN[::-1]}"', "try:", "    pass",
         "except Exception:", "CANARY " * 40, "")  # fmt: skip


@dataclass(frozen=True)
class World:
    """One pull request, and what the models and the operator are like."""

    files: tuple[FileDiff, ...]
    limits: Limits
    local_first: bool
    salt: str
    #: What may be posted: where that is everything, the log alone is cleared for less.
    comments: Label
    #: Of both models: in a small one each file is a job, or several.
    window: int
    #: The log, the branch and the tests of the repository; () where nothing is drafted.
    wanted: Wanted = field(default_factory=Wanted)


#: Modules of functions that get scaffolds.
_FUNCTIONS = (
    "def clamp(value: int, low: int) -> int:\n    if value < low:\n        raise ValueError(value)\n    return value\n",
    "def joined(names: list[str]) -> str:\n    return ', '.join(names)\n",
    "class Stack:\n    def push(self, item: str) -> int:\n        return len(item)\n",
)
_HIGH_FUNCTIONS = (
    "def vault(CANARY: int) -> int:\n    return CANARY + 1\n",
    "def clamp(CANARY_2: int) -> int:\n    return -CANARY_2\n",
    "def BUSY_CANARY(rows: list[int]) -> int:\n    return sum(rows)\n",
)
#: What the log says at the base: the same for every change.
_LOG = ("feat(api): add rates", "fix(ledger): close the books", "ABC-3: fix the rates", "docs: say how")


def _module(functions: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(functions), max_size=3, unique=True).map("\n\n".join)


@st.composite
def _modules(draw: st.DrawFn, path: str, functions: Sequence[str]) -> tuple[FileDiff, ...]:
    old, new = draw(_module(functions)), draw(_module(functions))
    return (diff(path, old or None, new or None),) if old != new else ()


@st.composite
def _wanted(draw: st.DrawFn, low: Sequence[FileDiff], high: Sequence[FileDiff], *, drafts: bool) -> Wanted:
    """What is known beside the change, arbitrary above INTERNAL: who wrote what, on which branch, which tests."""
    if not drafts:
        return Wanted()
    branch = draw(st.sampled_from(("", "feature/CANARY-1", "ABC-7-CANARY")))
    commits = (Step("c" * 40, "wip CANARY", tuple(high)), Step("d" * 40, "fix", tuple(low)))
    steps = draw(st.lists(st.sampled_from(commits), max_size=2))
    secret = draw(st.sampled_from(("", "from api.f import clamp, CANARY\nclamp(1, 2)\n", "import ledger.f\n")))
    tests = [Excerpt("from api.f import joined\n\n\ndef test_j() -> None:\n    assert joined([])\n", Label.INTERNAL,
                     "tests/test_j.py")]  # fmt: skip
    tests += [Excerpt(secret, Label.RESTRICTED, "ledger/test_f.py")] if secret else []
    return Wanted(True, History(_LOG, tuple(steps), branch), tuple(tests))


def _text(lines: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(lines), max_size=12).map(lambda rows: "".join(f"{row}\n" for row in rows))


@st.composite
def _files(draw: st.DrawFn, paths: Sequence[str], lines: Sequence[str], most: int) -> tuple[FileDiff, ...]:
    chosen = draw(st.lists(st.sampled_from(paths), max_size=most, unique=True))
    made = []
    for path in chosen:
        old, new = draw(_text(lines)), draw(_text(lines))
        if old != new:
            made.append(diff(path, old or None, new or None))
    return tuple(made)


@st.composite
def _moved(draw: st.DrawFn) -> tuple[FileDiff, ...]:
    """A file that leaves the restricted folder: its new path alone would be internal."""
    old, new = draw(_text(_HIGH)), draw(_text(_HIGH))
    if old == new or not old or not new or not draw(st.booleans()):
        return ()
    return (replace(diff("api/moved.py", old, new, change="renamed"), old_path="ledger/was.py"),)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    low = (*draw(_files(("api/a.py", "api/b.py", "docs/c.md", "web/d.js", "package.json"), _LOW, 4)),
           *draw(_modules("api/f.py", _FUNCTIONS)))  # fmt: skip
    calls, dollars = draw(st.sampled_from((0, 1, 2, 3, 5, 8, 200))), draw(st.sampled_from((None, 0.0, 0.01, 0.05)))
    local_first, salt = draw(st.booleans()), draw(st.text("abc", max_size=3))
    zone = _files(("ledger/x.py", "ledger/y.go", "ledger/package-lock.json", "ledger/z.txt"), _HIGH, 3)
    high = [(*draw(zone), *draw(_moved()), *draw(_modules("ledger/f.py", _HIGH_FUNCTIONS))) for _ in range(2)]
    drafts = draw(st.booleans())
    comments = draw(st.sampled_from((Label.INTERNAL, Label.RESTRICTED)))
    window = draw(st.sampled_from((2400, 16_000)))
    limits = Limits(60, calls, dollars)
    one, two = (World((*low, *files), limits, local_first, salt, comments, window,
                      draw(_wanted(low, files, drafts=drafts))) for files in high)  # fmt: skip
    return one, two


def chosen() -> list[tuple[World, World]]:
    """Pairs in which hosted is down, so that what is internal comes to the local model after what is restricted.

    With salt "ab" that one fails at what is restricted; else it answers, each time something else.
    """
    low = diff("api/a.py", "total = 1\n", "".join(f"x_{number} = eval(text)\n" for number in range(14)))
    high = [diff("ledger/x.py", None, f"CANARY_{number} = vault.open()\n" * 3) for number in range(6)]
    failing = [(World((low, each), *rest), World((low,), *rest))
               for each in high for salt in ("b", "ab")
               for rest in [(Limits(60, 200), False, salt, Label.INTERNAL, 16_000)]]  # fmt: skip
    # So few requests that what drafts may spend of them is missed, where what is restricted has the only scaffold.
    tested = diff("ledger/f.py", None, _HIGH_FUNCTIONS[0])
    short = [(World((low, tested), *rest), World((low,), *rest))
             for salt in ("", "c", "cc", "ccc")
             for rest in [(Limits(60, 3), False, salt, Label.INTERNAL, 16_000, Wanted(True, None, ()))]]  # fmt: skip
    return [*failing, *short]


def sent(world: World) -> dict[str, object]:
    """Everything that leaves for a sink that is cleared up to internal, by sink."""
    hosted: list[str] = []
    backends = [
        scripted("hosted", Label.INTERNAL, _model("hosted" + world.salt, hosted), price=1.0, window=world.window),
        scripted(
            "local",
            Label.RESTRICTED,
            _model("local" + world.salt, []),
            window=world.window,
            patience=Patience(failures=1),
        ),
    ]
    backends = backends[::-1] if world.local_first else backends
    found = run(world.files, backends, limits=world.limits, comments=world.comments, wanted=world.wanted)
    plain = _plain(found.report)
    if world.comments != Label.INTERNAL:
        return {"hosted": hosted, **logged(plain)}
    forge = Recorder("public")
    told(forge, plain, found.plan)
    # The next push, with what the first run remembers.
    after = run(world.files, backends, limits=world.limits, comments=world.comments, wanted=world.wanted,
                memory=remember(forge.load(is_command), PLACE, b"key"))  # fmt: skip
    told(forge, _plain(after.report), after.plan)
    return {"hosted": hosted, "forge": (forge.changes, forge.summaries, forge.verdicts), **logged(plain),
            **posted(plain)}  # fmt: skip


def _plain(report: Report) -> Report:
    """The whole run's exit code and conclusion have to be told: they are what is declassified, and nothing else is."""
    return replace(report, exit_code=0, conclusion="neutral")


def told(forge: Recorder, report: Report, plan: Plan) -> None:
    """Tell a report as a run does."""
    sink = Sink(PLACE, RunLedger())
    conversation = forge.load(is_command)
    venue = Venue(forge, PLACE, sink, conversation, remember(conversation, PLACE, b"key"), b"key")
    posting.tell(report, plan, forge, PLACE, sink, venue)


def posted(report: Report) -> dict[str, object]:
    return {
        "comment": markdown.render(report),
        "sarif": sarif.render(report),
        "codequality": codequality.render(report),
    }


def logged(report: Report) -> dict[str, object]:
    services: tuple[log.Service, ...] = ("", "actions", "gitlab")
    return {"steps": steps.render(report), **{f"log {one}": log.render(report, one) for one in services}}


def _model(name: str, transcript: list[str]) -> Callable[[Prompt], Answer]:
    """A model whose replies, and failures, are chosen by the prompt alone.

    With salt, hosted fails at everything, and local at whatever is restricted.
    """

    def reply(prompt: Prompt) -> Answer:
        hole = "" if prompt.suffix is None else prompt.suffix.text
        transcript.append(json.dumps([prompt.system, prompt.text, prompt.schema, prompt.max_tokens, hole]))
        if ("hosted" in name and "b" in name[6:]) or ("local" in name and "a" in name[5:] and "CANARY" in prompt.text):
            return BackendError(Failure.BUSY)
        draw = int.from_bytes(hashlib.sha256(f"{name}{prompt.text}".encode()).digest()[:4])
        for word, failure in FAULTS.items():
            if word in prompt.text and draw % 2:
                return BackendError(failure)
        if "GARBAGE" in prompt.text or draw % 11 == 0:
            return "I would rather not."
        if prompt.suffix is not None:
            return ("1", "[]", "'x'", "clamp(1)", "")[draw % 5]
        if "subject" in str(prompt.schema):
            return json.dumps({"type": "fix", "scope": "", "subject": f"say {prompt.text[-40:]}",
                               "body": prompt.text[:80], "breaking": ""})  # fmt: skip
        if is_verifying(prompt):
            words = [("holds", "refuted", "unsure")[(draw >> number) % 3] for number in range(4)]
            return json.dumps({"verdicts": [{"claim": n, "verdict": word, "reason": prompt.text[-60:]}
                                            for n, word in enumerate(words, 1)]})  # fmt: skip
        return json.dumps({"findings": list(_found(prompt.text, draw))})

    return reply


def _found(text: str, draw: int) -> list[dict[str, object]]:
    """Claims on some of the rows shown, and one that quotes nothing there is."""
    path, claims = "", []
    for number, row in enumerate(text.split("\n")):
        if row.startswith("### "):
            path = row[4:].partition(" (")[0]
        elif " + " in row[:8] and (draw >> number % 30) % 3 == 0:
            quote = row.partition(" + ")[2]
            severity = ("critical", "high", "low")[draw % 3]
            claims.append({"path": path, "line": number, "quote": quote, "kind": "logic", "severity": severity,
                           "title": f"Wrong: {quote}"[:80], "body": text[:50], "suggestion": "pass"})  # fmt: skip
    return [*claims[:5], {"path": path, "line": 1, "quote": "nowhere at all", "severity": "low", "title": "Absent"}]
