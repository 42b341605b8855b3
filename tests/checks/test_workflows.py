from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.checks import workflows
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.readings import found, reading

PATH = ".github/workflows/test.yml"
CHECKOUT, INJECTION, UNPINNED = "workflows/untrusted-checkout", "workflows/injection", "workflows/unpinned"
PERMISSIONS, SECRETS, COMMANDS = "workflows/permissions", "workflows/secrets", "workflows/unsafe-commands"
SELF_HOSTED, KEPT, TRIGGER = "workflows/self-hosted", "workflows/kept-credentials", "workflows/privileged-trigger"

SHA = "08c6903cd8c0fde910a37f88322edcfb5dd907a8"
HEAD = "${{ github.event.pull_request.head.sha }}"
TITLE = "${{ github.event.pull_request.title }}"


def workflow(*steps: str, on: str = "push", job: str = "", top: str = "") -> str:
    """A workflow of one job; each step begins with `- ` at its own column."""
    body = "".join(f"      {line}\n" for step in steps for line in step.split("\n"))
    extra = "".join(f"    {line}\n" for line in job.split("\n") if line)
    return f"on: {on}\n{top}jobs:\n  a:\n    runs-on: ubuntu-latest\n{extra}    steps:\n{body}"


def severities(text: str, old: str | None = None, path: str = PATH) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in anchored(workflows, reading(path, text, old))]


def checkout(ref: str = HEAD, *, name: str = "ref") -> str:
    return f"- uses: actions/checkout@{SHA}\n  with:\n    {name}: {ref}"


MAKE = "- run: make"


@pytest.mark.parametrize(
    ("on", "step"),
    [
        ("pull_request_target", checkout()),
        ("[push, pull_request_target]", checkout("${{ github.head_ref }}")),
        ("{pull_request_target: {types: [opened]}}", checkout("refs/pull/${{ github.event.number }}/merge")),
        ("pull_request_target", checkout("${{ github.event.pull_request['head']['sha'] }}")),
        ("pull_request_target", checkout("${{ github.event.pull_request.head.repo.full_name }}", name="repository")),
        ("{workflow_run: {workflows: [a]}}", checkout("${{ github.event.workflow_run.head_sha }}")),
        ("pull_request_target", f"- run: git checkout {HEAD}"),
        ("pull_request_target", "- run: |\n    echo\n    gh pr checkout 7"),
        ("pull_request_target", '- run: git fetch origin "$GITHUB_HEAD_REF"'),
        ("pull_request_target", f"- uses: actions/checkout@{SHA}\n  with:\n    allow-unsafe-pr-checkout: true"),
    ],
)  # fmt: skip
def test_a_strangers_code_with_secrets_is_critical(on: str, step: str) -> None:
    assert severities(workflow(step, MAKE, on=on)) == [(CHECKOUT, Severity.CRITICAL)]


@pytest.mark.parametrize(
    ("job", "severity"),
    [
        ("if: github.event.pull_request.head.repo.full_name == github.repository", Severity.LOW),
        ("if: github.event.pull_request.head.repo.fork == false", Severity.LOW),
        ("if: contains(github.event.pull_request.labels.*.name, 'safe')", Severity.HIGH),
        ("environment: external", Severity.HIGH),
    ],
)
def test_a_condition_makes_it_less(job: str, severity: Severity) -> None:
    text = workflow(checkout(), MAKE, on="pull_request_target", job=job)
    assert severities(text) == [(CHECKOUT, severity)]


def test_it_is_less_where_nothing_runs_afterwards_or_a_member_asks() -> None:
    assert severities(workflow(checkout(), on="pull_request_target")) == [(CHECKOUT, Severity.HIGH)]
    comment = workflow(checkout("refs/pull/${{ github.event.issue.number }}/head"), MAKE, on="issue_comment")
    assert severities(comment) == [(CHECKOUT, Severity.HIGH)]


@pytest.mark.parametrize(
    ("on", "step"),
    [
        ("pull_request", checkout()),
        ("push", checkout("${{ github.head_ref }}")),
        ("workflow_run", checkout("main")),
        ("workflow_run", f"- uses: other/thing@{SHA}\n  with:\n    ref: {HEAD}"),
    ],
)
def test_a_checkout_without_secrets_or_of_ones_own_is_left_alone(on: str, step: str) -> None:
    assert found(workflows, PATH, workflow(step, MAKE, on=on)) == []


def test_a_checkout_counts_where_only_the_trigger_changed() -> None:
    old = workflow(checkout(), MAKE, on="pull_request")
    assert found(workflows, PATH, old.replace("pull_request\n", "pull_request_target\n"), old) == [(CHECKOUT, 1)]


def test_a_privileged_trigger_alone_is_worth_a_word() -> None:
    assert severities(workflow(MAKE, on="pull_request_target")) == [(TRIGGER, Severity.LOW)]


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (f'- run: echo "{TITLE}"', 6),
        (f"- run: |\n    make\n    echo {TITLE}\n    make", 8),
        (f"- run: >\n    make\n    {TITLE}", 8),
        ("- run: echo ${{ github.head_ref }}", 6),
        ("- run: echo ${{ github.event.issue['body'] }}", 6),
        ("- run: echo ${{ github.event.commits[0].message }}", 6),
        ("- run: echo '${{ toJSON(github.event) }}'", 6),
        ("- run: echo ${{ github.event.comment.body || 'x' }}", 6),
        ("- run: echo ${{ format('{0}', github.event.review.body) }}", 6),
        (f"- uses: actions/github-script@{SHA}\n  with:\n    script: |\n      let a = '{TITLE}'", 9),
        (f"- run: echo ${{{{ env.A }}}}\n  env:\n    A: {TITLE}", 6),
    ],
)
def test_a_strangers_text_in_a_script_is_found_at_its_line(step: str, line: int) -> None:
    assert found(workflows, PATH, workflow(step, on="[pull_request, issues]")) == [(INJECTION, line)]


@pytest.mark.parametrize(
    "step",
    [
        f'- run: echo "$TITLE"\n  env:\n    TITLE: {TITLE}',
        "- run: echo ${{ github.sha }} ${{ github.event.pull_request.head.sha }} ${{ github.event.number }}",
        "- run: echo ${{ contains(github.event.pull_request.title, 'x') }}",
        "- run: echo ${{ github.head_ref == 'main' && 'a' || 'b' }}",
        "- run: echo ${{ 'x' != github.event.comment.body }}",
        f"- run: make # {TITLE}",
        f"- uses: a/b@{SHA}\n  with:\n    title: {TITLE}",
        f"- if: {TITLE} == 'x'\n  run: make",
        "- run: echo ${{ env.A }}\n  env:\n    A: ${{ github.sha }}",
    ],
)
def test_what_no_stranger_writes_or_no_shell_reads_is_left_alone(step: str) -> None:
    assert found(workflows, PATH, workflow(step, on="[pull_request, issues]")) == []


@pytest.mark.parametrize(
    ("on", "severity"),
    [("issues", Severity.HIGH), ("workflow_call", Severity.HIGH), ("pull_request", Severity.MEDIUM)],
)
def test_an_injection_weighs_what_its_trigger_gives(on: str, severity: Severity) -> None:
    assert severities(workflow(f"- run: echo {TITLE}", on=on)) == [(INJECTION, severity)]


def test_an_injection_that_nobody_can_reach_is_left_alone() -> None:
    assert found(workflows, PATH, workflow(f"- run: echo {TITLE}", on="workflow_dispatch")) == []


def test_a_composite_action_is_read_as_if_anybody_called_it() -> None:
    text = f"runs:\n  using: composite\n  steps:\n    - run: echo {TITLE}\n      shell: bash\n"
    assert severities(text, path="tools/action.yml") == [(INJECTION, Severity.HIGH)]
    assert severities("runs:\n  using: node20\n  main: a.js\n", path="action.yml") == []


@pytest.mark.parametrize(
    ("uses", "severity"),
    [
        ("a/b@v1", Severity.MEDIUM), ("a/b@main", Severity.MEDIUM), ("a/b/c@1.2.3", Severity.MEDIUM),
        ("a/b@08c6903", Severity.MEDIUM), (f"a/b@{SHA}-x", Severity.MEDIUM),
        ("actions/cache@v4", Severity.INFO), ("actions/cache@main", Severity.LOW),
        ("github/codeql-action/init@v3", Severity.INFO), ("docker://alpine", Severity.LOW),
        ("docker://alpine:latest", Severity.LOW),
    ],
)  # fmt: skip
def test_an_action_by_a_name_that_moves_is_unpinned(uses: str, severity: Severity) -> None:
    assert severities(workflow(f"- uses: {uses}")) == [(UNPINNED, severity)]


@pytest.mark.parametrize(
    "uses", [f"a/b@{SHA}", f"a/b@{SHA} # v1", "./tools", "docker://alpine:3.20", f"docker://alpine@sha256:{'0' * 64}"]
)
def test_an_action_that_cannot_be_moved_is_pinned(uses: str) -> None:
    assert found(workflows, PATH, workflow(f"- uses: {uses}")) == []


def test_a_new_version_of_an_unpinned_action_is_not_news_a_lost_pin_is() -> None:
    old, new = (workflow(f"- uses: a/b@{ref}") for ref in ("v1", "v2"))
    assert found(workflows, PATH, new, old) == []
    assert found(workflows, PATH, new, workflow(f"- uses: a/b@{SHA}")) == [(UNPINNED, 6)]


def test_a_called_workflow_and_a_container_are_pinned_too() -> None:
    text = "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/w.yml@main\n    secrets: inherit\n"
    assert severities(text) == [(UNPINNED, Severity.MEDIUM), (SECRETS, Severity.MEDIUM)]
    text = workflow(MAKE, job="container: alpine\nservices:\n  db:\n    image: postgres:latest")
    assert found(workflows, PATH, text) == [(UNPINNED, 5), (UNPINNED, 8)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("contents: read", "contents: write", [(PERMISSIONS, Severity.MEDIUM)]),
        ("contents: read", "contents: read\n  id-token: write", [(PERMISSIONS, Severity.MEDIUM)]),
        ("contents: write", "contents: read", []),
        ("contents: read", "contents: read\n  issues: read", []),
        ("contents: write", "contents: write # to push", []),
    ],
)
def test_permissions_to_write_that_were_not_there_are_found(
    before: str, after: str, expected: list[tuple[str, Severity]]
) -> None:
    old, new = (workflow(MAKE, top=f"permissions:\n  {scopes}\n") for scopes in (before, after))
    assert severities(new, old) == expected


def test_a_job_that_gets_more_is_found_at_its_line() -> None:
    old, new = (workflow(MAKE, job=f"permissions:\n  packages: {level}") for level in ("read", "write"))
    assert found(workflows, PATH, new, old) == [(PERMISSIONS, 6)]


def test_everything_is_more_than_anything() -> None:
    assert severities(workflow(MAKE, top="permissions: write-all\n")) == [(PERMISSIONS, Severity.MEDIUM)]
    old = workflow(MAKE, top="permissions: read-all\n", on="issue_comment")
    assert severities(old.replace("read-all", "write-all"), old) == [(PERMISSIONS, Severity.HIGH)]
    assert severities(old.replace("read-all", "{issues: write}"), old) == [(PERMISSIONS, Severity.MEDIUM)]
    assert severities(old.replace("read-all", "{contents: write}"), old) == [(PERMISSIONS, Severity.HIGH)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (workflow("- run: make\n  env:\n    A: ${{ toJSON(secrets) }}"), SECRETS),
        (workflow("- run: make\n  env:\n    ACTIONS_ALLOW_UNSECURE_COMMANDS: true"), COMMANDS),
        (workflow(MAKE, on="pull_request").replace("ubuntu-latest", "[self-hosted, linux]"), SELF_HOSTED),
        (workflow(f"- uses: actions/checkout@{SHA}\n  with:\n    persist-credentials: true"), KEPT),
    ],
)
def test_what_else_is_handed_out_is_found(text: str, rule: str) -> None:
    assert [name for name, _ in found(workflows, PATH, text)] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        workflow("- run: make\n  env:\n    A: ${{ secrets.A }}"),
        workflow("- run: make\n  env:\n    ACTIONS_ALLOW_UNSECURE_COMMANDS: false"),
        workflow(MAKE).replace("ubuntu-latest", "self-hosted"),
        "on: push\njobs:\n  a:\n    uses: ./.github/workflows/w.yml\n    secrets: inherit\n",
    ],
)
def test_what_is_kept_at_home_is_left_alone(text: str) -> None:
    assert found(workflows, PATH, text) == []


PIPELINE = ".gitlab-ci.yml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("include:\n  - remote: https://x.example/a.yml\n", [(UNPINNED, 2)]),
        ("include: https://x.example/a.yml\n", [(UNPINNED, 1)]),
        ("include:\n  - project: a/b\n    file: c.yml\n", [(UNPINNED, 2)]),
        ("include:\n  - component: x/a/b@~latest\n", [(UNPINNED, 2)]),
        ("image: ruby\n", [(UNPINNED, 1)]),
        ("a:\n  image:\n    name: ruby:latest\n  script: make\n", [(UNPINNED, 3)]),
        ('a:\n  script:\n    - eval "echo $CI_COMMIT_MESSAGE"\n', [(INJECTION, 3)]),
        ('a:\n  script:\n    - |\n      make\n      bash -c "echo ${CI_MERGE_REQUEST_TITLE}"\n', [(INJECTION, 5)]),
    ],
)
def test_a_gitlab_pipeline_is_read_alike(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(workflows, PIPELINE, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "include:\n  - remote: https://x.example/a.yml\n    integrity: sha256-x\n",
        "include:\n  - project: a/b\n    ref: v1\n    file: c.yml\n  - local: a.yml\n  - component: x/a/b@1.0\n",
        "image: ruby:3.3\n", "image: $IMAGE\n", 'a:\n  script:\n    - echo "$CI_COMMIT_MESSAGE"\n    - eval "$SETUP"\n',
    ],
)  # fmt: skip
def test_a_pipeline_that_pins_and_quotes_is_left_alone(text: str) -> None:
    assert found(workflows, PIPELINE, text) == []


@pytest.mark.parametrize(
    "path", ["docs/test.yml", ".github/workflows/deep/test.yml", ".github/dependabot.yml", "a.yml"]
)
def test_other_yaml_is_left_alone(path: str) -> None:
    assert (
        found(workflows, path, workflow(checkout(), f"- run: {TITLE}", "- uses: a/b@v1", on="pull_request_target"))
        == []
    )


def test_of_more_steps_than_are_looked_at_the_first_are() -> None:
    findings = anchored(workflows, reading(PATH, workflow("- uses: a/b@v1", *["- run: x"] * 3000, "- uses: c/d@v1")))
    assert [finding.title for finding in findings] == ["a/b@v1 can be moved"]


def test_what_was_there_before_is_not_this_changes() -> None:
    old = workflow(
        checkout(), f"- run: {TITLE}", "- uses: a/b@v1", on="pull_request_target", top="permissions: write-all\n"
    )
    assert found(workflows, PATH, f"{old}  b:\n    runs-on: x\n", old) == []
    assert found(workflows, PATH, old, old.replace("  a:\n", "  b:\n")) == []


def test_a_base_that_cannot_be_read_does_not_make_unchanged_lines_news() -> None:
    assert found(workflows, PATH, workflow("- uses: a/b@v1") + "# end\n", workflow("- uses: a/b@v1") + "x: [\n") == []


BOMBS = {
    "aliases": "x0: &x0 [{run: make}]\n"
    + "".join(f"x{n}: &x{n} [{','.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 30)),
    "one script, many steps": f"on: issues\ns: &s {{run: 'echo {TITLE * 2000}'}}\njobs:\n"
    + "".join(f" j{n}: {{steps: [{','.join(['*s'] * 500)}]}}\n" for n in range(40)),
    "many checkouts": "on: pull_request_target\njobs:\n a:\n  steps:\n"
    + f"   - {{uses: actions/checkout@v1, with: {{ref: '{HEAD}'}}}}\n" * 5000,
    "many variables": "on: issues\nenv:\n" + "".join(f"  a{n}: '{TITLE}'\n" for n in range(8000))
    + "jobs:\n a:\n  steps:\n" + "   - run: '${{ env.a1 }}'\n" * 3000,
    "open expressions": "on: issues\njobs:\n a:\n  steps:\n   - run: '" + "${{ " * 100_000 + "'\n",
    "nested calls": "on: issues\njobs:\n a:\n  steps:\n   - run: '${{ " + "contains(" * 50_000 + " }}'\n",
    "git": "on: pull_request_target\njobs:\n a:\n  steps:\n   - run: '" + "git -" * 90_000 + "'\n",
    "depth": "jobs: " + "[" * 100_000,
    "eval": "a:\n  script:\n    - '" + "eval sh -c " * 40_000 + "'\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_yaml_is_done_with_in_time(name: str) -> None:
    path = PIPELINE if name == "eval" else PATH
    started = time.perf_counter()
    anchored(workflows, reading(path, BOMBS[name]))
    assert time.perf_counter() - started < 10


PARTS = st.sampled_from([
    "on: pull_request_target\n", "jobs:\n", " a:\n", "  steps:\n", "   - run: ", TITLE, "\n", "   - uses: a/b@v1\n",
    "permissions: write-all\n", "*x", "&x ", "[", "{", "|\n", "with: ", "ref: ", HEAD, "env: ", ": ", "- ",
    "\udce9", "'",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=14), st.lists(PARTS, max_size=14), st.sampled_from([PATH, "action.yml", PIPELINE]))
def test_whatever_the_texts_findings_stand_on_changed_lines(old: list[str], new: list[str], path: str) -> None:
    anchored(workflows, reading(path, "".join(new), "".join(old)))
