"""What can be tested, by the name of its grammar: one module a language, loaded when it is asked for."""

from __future__ import annotations

from reviewbot.tasks.scaffold.suites import Language


def language(grammar: str | None) -> Language | None:
    """The module of a grammar, None where scaffolds know none."""
    match grammar:
        case "python":
            from reviewbot.tasks.scaffold.languages import python

            return python
        case "javascript" | "typescript" | "tsx":
            from reviewbot.tasks.scaffold.languages import javascript

            return javascript
        case "go":
            from reviewbot.tasks.scaffold.languages import go

            return go
        case "java":
            from reviewbot.tasks.scaffold.languages import java

            return java
        case "rust":
            from reviewbot.tasks.scaffold.languages import rust

            return rust
        case "ruby":
            from reviewbot.tasks.scaffold.languages import ruby

            return ruby
        case "csharp":
            from reviewbot.tasks.scaffold.languages import csharp

            return csharp
        case "php":
            from reviewbot.tasks.scaffold.languages import php

            return php
        case _:
            return None
