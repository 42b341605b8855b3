"""How tokens are counted: by an estimate, or by Codestral's own tokenizer, which the extra `tokens` brings."""

from __future__ import annotations

from reviewbot.core.text import sendable
from reviewbot.core.tokens import Count, estimate
from reviewbot.errors import UsageError


def count(*, exact: bool) -> Count:
    """A function of a text. Raises UsageError where the tokenizer is asked for and not there. Nothing is downloaded."""
    if not exact:
        return estimate
    try:
        from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
    except ImportError:
        raise UsageError("exact_tokens needs the extra `tokens`: pip install 'reviewbot[tokens]'") from None
    tokenizer = MistralTokenizer.v3().instruct_tokenizer.tokenizer

    def tokens(text: str) -> int:
        return len(tokenizer.encode(sendable(text), bos=False, eos=False))

    return tokens
