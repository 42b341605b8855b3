"""The parts of a SARIF 2.1.0 log that are read; what else a tool writes is skipped unread."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Part(BaseModel):
    """Tools write null for what they leave out."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, frozen=True, extra="ignore")


class Text(_Part):
    """A message, or a string that messages refer to."""

    text: str | None = None
    id: str | None = None
    arguments: list[str] | None = None


class ArtifactLocation(_Part):
    uri: str | None = None
    uri_base_id: str | None = None
    index: int | None = None


class Artifact(_Part):
    location: ArtifactLocation | None = None


class Region(_Part):
    start_line: int | None = None
    end_line: int | None = None


class PhysicalLocation(_Part):
    artifact_location: ArtifactLocation | None = None
    region: Region | None = None


class Location(_Part):
    physical_location: PhysicalLocation | None = None


class Step(_Part):
    location: Location | None = None


class ThreadFlow(_Part):
    locations: list[Step] | None = None


class CodeFlow(_Part):
    thread_flows: list[ThreadFlow] | None = None


class Configuration(_Part):
    level: str | None = None


class Rule(_Part):
    id: str = ""
    short_description: Text | None = None
    full_description: Text | None = None
    message_strings: dict[str, Text] | None = None
    default_configuration: Configuration | None = None
    properties: dict[str, Any] | None = None


class Component(_Part):
    name: str = ""
    rules: list[Rule] | None = None
    global_message_strings: dict[str, Text] | None = None

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in reversed(self.rules or []) if rule.id}


class ComponentReference(_Part):
    index: int | None = None
    name: str | None = None


class RuleReference(_Part):
    id: str | None = None
    index: int | None = None
    tool_component: ComponentReference | None = None


class Suppression(_Part):
    kind: str = ""
    status: str | None = None


class Result(_Part):
    rule_id: str | None = None
    rule_index: int | None = None
    rule: RuleReference | None = None
    kind: str | None = None
    level: str | None = None
    rank: float | None = None
    baseline_state: str | None = None
    message: Text = Text()
    locations: list[Location] | None = None
    related_locations: list[Location] | None = None
    code_flows: list[CodeFlow] | None = None
    suppressions: list[Suppression] | None = None


class Tool(_Part):
    driver: Component
    extensions: list[Component] | None = None


class Invocation(_Part):
    execution_successful: bool = True


class Run(_Part):
    tool: Tool
    artifacts: list[Artifact] | None = None
    original_uri_base_ids: dict[str, ArtifactLocation] | None = None
    invocations: list[Invocation] | None = None
    results: list[Result] | None = None


class Log(_Part):
    version: str
    runs: list[Run]
