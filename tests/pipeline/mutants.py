"""Leaks to plant: what leaks, file, text, text in its place. A test that does not notice one of them proves nothing."""

from __future__ import annotations

LEAKS = (
    ("a rename counts by its new path only", "core/policy.py",
     "dict.fromkeys((file.path, file.old_path, *_targets(file)))", "dict.fromkeys((file.path, *_targets(file)))"),
    ("the summary quotes findings of the local model", "core/summary.py",
     'if item.posted != "withheld" and permits(cleared, item.label))\n    dismissed', ")\n    dismissed"),
    ("the log lists what is restricted", "core/summary.py",
     "tuple(file for file in report.files if permits(cleared, file.label))", "report.files"),
    ("a finding that may not be posted takes a place of the comments", "core/report.py",
     'yield replace(finding, posted="withheld")', 'left -= 1\n            yield replace(finding, posted="withheld")'),
    ("any backend may read anything", "core/routing.py",
     "tuple(endpoint for endpoint in endpoints if permits(endpoint.clearance, label))", "tuple(endpoints)"),
    ("any backend may read anything, and nothing checks it again", "core/labels.py",
     "return label <= clearance and label < Label.SECRET", "return True"),
    ("a second try goes to another backend", "pipeline/dispatch.py",
     "tried, *route = routes[jobs[number].name][steps[number] :]",
     "tried, *route = routes[jobs[number].name][:1] + tuple(readers.values())[steps[number] :]"),
    ("all labels spend from one budget", "pipeline/budgets.py", "found[label] = Budget(calls, share)",
     "found[label] = next(iter(found.values()), Budget(limits.calls, limits.cost_usd))"),
    ("files of all labels share prompts", "core/plan.py",
     "groups[material.label].append(material)", "groups[min(one.label for one in materials)].append(material)"),
    ("a model is told what checks found elsewhere", "pipeline/planning.py",
     "    jobs = None if windows is None else _jobs(materials, windows)\n",
     "    told = tuple(finding.title + finding.quote for one in examined for finding in one.findings)\n"
     "    materials = [replace(material, facts=told) for material in materials]\n"
     "    jobs = None if windows is None else _jobs(materials, windows)\n"),
    ("a cache of verdicts forgets the label", "pipeline/asking.py",
     'verdicts.get(number, ("unsure", ""))',
     '_CACHE.setdefault((id(asked.desk), number), verdicts.get(number, ("unsure", "")))'),
    ("all labels share what is known of a backend's health", "backends/retrying.py",
     "circuit = self._circuits[label]", "circuit = self._circuits[None]"),
    ("an exception's text becomes a notice", "pipeline/concluding.py",
     "(*plan.notices, ", "(*plan.notices, *(answer.reason for answer in answers.values()), "),
    ("a hash of everything is in each prompt", "pipeline/answering.py",
     "models.count,\n                plan.policy.review.language)",
     "models.count,\n                str(hash(repr(plan.jobs))))"),
    ("what was said of one part is told with the next", "pipeline/asking.py",
     "review.verify(job, findings, label)",
     "review.verify(job, _CACHE.setdefault(0, []).extend(findings) or _CACHE[0], label)"),
    ("a review is posted as it is", "cli/posting.py", "shown = published(report)", "shown = report"),
    ("a summary remembers all that was read", "cli/bodies.py",
     "    read: dict[str, list[str]] = {}\n",
     '    read: dict[str, list[str]] = {"local": sorted(digests.values())}\n'),
)  # fmt: skip
#: What some of them need.
PRELUDE = {"pipeline/asking.py": "\n_CACHE: dict = {}\n"}
