"""Rendered Markdown and HTML taken apart: which elements there are, what their attributes are, what one reads."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import comrak
from markdown_it import MarkdownIt

Attributes = dict[str, str | None]


class Page(HTMLParser):
    """`elements` in order with their attributes; `text` is what stands between the tags."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.others: list[str] = []
        self.pieces: list[str] = []
        self.feed(source)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.elements}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def by_comrak(source: str) -> Page:
    """GitHub's and GitLab's dialect with all that could turn text into something else, raw HTML included."""
    extensions = comrak.ExtensionOptions()
    for name in ("alerts", "autolink", "footnotes", "math_code", "math_dollars", "shortcodes", "strikethrough", "table",
                 "tasklist", "underline", "superscript", "subscript", "spoiler", "description_lists",
                 "multiline_block_quotes", "wikilinks_title_after_pipe"):  # fmt: skip
        setattr(extensions, name, True)
    options = comrak.RenderOptions()
    options.unsafe_ = True
    return Page(comrak.render_markdown(source, extension_options=extensions, render_options=options))


def by_markdown_it(source: str) -> Page:
    """CommonMark with tables, struck text and raw HTML."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source))


RENDERERS = (by_comrak, by_markdown_it)


#: A block of code as it is written, its fence first, and what a parser leaves as it is in the title of a fold.
FENCED = re.compile(r"^(`{3,})[a-z]*\n.*?^\1$", re.DOTALL | re.MULTILINE)
TITLED = re.compile(r"<code>[^<>\n]*</code>(?=</summary>$)", re.MULTILINE)


def outside_code(source: str) -> str:
    """The Markdown without what stands in it as code."""
    blocks = TITLED.sub("", FENCED.sub("", source))
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", blocks)
