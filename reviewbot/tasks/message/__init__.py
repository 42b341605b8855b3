"""Commit messages: one for the change as a whole, and a better one for each poor commit."""

from reviewbot.tasks.message.asking import prompt, read
from reviewbot.tasks.message.composing import composed
from reviewbot.tasks.message.convention import Convention, fixed, learned
from reviewbot.tasks.message.parts import Known
from reviewbot.tasks.message.poor import commands, problems
from reviewbot.tasks.message.shaping import ticketed
from reviewbot.tasks.message.tickets import opened

__all__ = ["Convention", "Known", "commands", "composed", "fixed", "learned", "opened", "problems", "prompt", "read",
           "ticketed"]  # fmt: skip
