"""Make tiny_reviewer.gguf: random weights, taught on changes that are invented as they are needed.

    python -m tests.servers.train_reviewer tests/servers/tiny_reviewer.gguf --minutes 45

Needs torch, numpy and gguf in an environment of its own. No test and no CI runs it.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reviewbot.tasks.review import SYSTEM, VERIFY
from tests.servers.reviewer import LEARNT
from tests.servers.reviewer_network import Weights, logits, read, weights, written
from tests.servers.reviewer_pieces import Pieces, learnt
from tests.servers.reviewer_tasks import ROWS, task

torch: Any = importlib.import_module("torch")

#: Tokens of a batch; what a token of the question counts beside one of the answer (what a claim says is often true of
#: its line: to guess it is to look there), and what a whole answer counts that is short: its tokens count MOST each.
BATCH, QUESTION, CLAIM, ANSWER, MOST = 4500, 0.03, 0.9, 20, 4.0
#: Of the time, the share that goes to files of few rows and to mere copying, and how few rows. Until BARE most
#: questions stand alone: what comes before them is slow, and soon learnt to be passed over.
EARLY, FEW, BARE = 0.05, 3, 0.4
#: How often what we say to models counts among the texts that words are learnt from.
SAID = 40
Example = tuple[list[int], list[int]]


def told(rng: random.Random, pieces: Pieces) -> Iterator[Any]:
    """What stands before a question: what we say to models, or sentences of it in any order, or nothing."""
    sentences = f"{SYSTEM} {VERIFY}".split(". ")
    while True:
        some = ". ".join(rng.sample(sentences, rng.randint(1, len(sentences))))
        text = rng.choices((SYSTEM, VERIFY, some, ""), (20, 20, 20, 40))[0]
        yield torch.tensor([pieces.begin, *pieces.encode(text)])


def copied(rng: random.Random, pieces: Pieces) -> list[Example]:
    """Tokens without sense, and as answers runs of them again: what finds a line and repeats it."""
    size = rng.randint(16, 48)
    batch = []
    for _ in range(BATCH // (2 * size)):
        asked = rng.choices(range(pieces.end + 1, len(pieces.texts)), k=size)
        at = rng.randint(0, size // 2)
        batch.append((asked, asked[at : at + size // 2 + 1]))
    return batch


def examples(rng: random.Random, pieces: Pieces, rows: int = ROWS) -> Iterator[Example]:
    """Tokens of questions and of their answers, without end."""
    while True:
        question, answer = task(rng, rows)
        asked = [pieces.user, *pieces.encode(question), pieces.reply]
        answered = [*pieces.encode(answer), pieces.end]
        if len(asked) + len(answered) <= LEARNT:
            yield asked, answered


def batches(source: Iterator[Example]) -> Iterator[list[Example]]:
    """Examples of nearly one length together, so that little is padded."""
    while True:
        pool = sorted((next(source) for _ in range(600)), key=lambda pair: len(pair[0]) + len(pair[1]))
        made: list[list[Example]] = [[]]
        for pair in pool:
            if (len(pair[0]) + len(pair[1])) * (len(made[-1]) + 1) > BATCH:
                made.append([])
            made[-1].append(pair)
        random.Random(len(made)).shuffle(made)
        yield from made


def padded(batch: Sequence[Example], pieces: Pieces) -> tuple[Any, Any]:
    """Tokens, and what each counts."""
    longest = max(len(asked) + len(answered) for asked, answered in batch)
    tokens = torch.full((len(batch), longest), pieces.end)
    counts = torch.zeros(len(batch), longest)
    for row, (asked, answered) in enumerate(batch):
        whole = len(asked) + len(answered)
        tokens[row, :whole] = torch.tensor(asked + answered)
        counts[row, : len(asked)] = torch.tensor([CLAIM if one in pieces.titles else QUESTION for one in asked])
        counts[row, len(asked) : whole] = min(MOST, max(1.0, ANSWER / len(answered)))
    return tokens, counts


def loss(model: Weights, before: Any, tokens: Any, counts: Any) -> Any:
    guessed = logits(model, before, tokens[:, :-1]).flatten(0, 1)
    each = torch.nn.functional.cross_entropy(guessed.float(), tokens[:, 1:].flatten(), reduction="none")
    weight = counts[:, 1:].flatten()
    return (each * weight).sum() / weight.sum()


def right(model: Weights, before: Any, batch: Sequence[Example], pieces: Pieces) -> int:
    """How many answers come out as wanted, greedily: each next token is the likeliest after those wanted before it."""
    tokens, counts = padded(batch, pieces)
    with torch.no_grad():
        same = logits(model, before, tokens[:, :-1]).argmax(-1) == tokens[:, 1:]
    return int((same | (counts[:, 1:] < 1)).all(-1).sum())


def taught(model: Weights, pieces: Pieces, seed: int, seconds: float, out: Path, early: float, rate: float) -> None:
    """Change the weights in place until the time is over, and write what there is every now and then."""
    matrices = [value for name, value in model.items() if value.dim() == 2 and name.startswith("blk")]
    others = [value for name, value in model.items() if value.dim() == 1 or not name.startswith("blk")]
    optimizers = [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.95), weight_decay=0.01),
    ]
    rng = random.Random(seed)
    words, alone = told(rng, pieces), torch.tensor([pieces.begin])
    unseen = examples(random.Random(-1), pieces)
    system = torch.tensor([pieces.begin, *pieces.encode(SYSTEM)])
    exam = [[next(unseen) for _ in range(20)] for _ in range(5)]
    small, large = (batches(examples(rng, pieces, rows)) for rows in (FEW, ROWS))
    start = time.monotonic()
    for step in itertools.count():
        used = (time.monotonic() - start) / seconds
        if used >= 1:
            return
        batch = next(small if used < early else large)
        if used < early and step % 2:
            batch = copied(rng, pieces)
        before = alone if early and used < BARE and rng.random() < 0.85 else next(words)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / 50, max(0.02, (1 - used) / 0.5))
            optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            lost = loss(model, before, *padded(batch, pieces))
        lost.backward()
        torch.nn.utils.clip_grad_norm_(list(model.values()), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        if step % 25 == 0:
            torch.set_num_threads(2 if os.getloadavg()[0] < 2.4 else 1)
            score = sum(right(model, system, part, pieces) for part in exam) if step % 200 == 0 else ""
            print(step, f"{lost.item():.4f}", f"{used * seconds:.0f} s", score, flush=True)
            if step % 200 == 0:
                written(model, pieces, out)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=4e-3, help="of learning, at first")
    parser.add_argument("--start", type=Path, help="an earlier file to go on from")
    chosen = parser.parse_args(arguments)
    torch.manual_seed(chosen.seed)
    rng = random.Random(chosen.seed)
    if chosen.start:
        model, pieces = read(chosen.start)
    else:
        pieces = learnt([text for _ in range(3000) for text in task(rng)] + SAID * [SYSTEM, VERIFY])
        model = weights(len(pieces.texts))
    size = sum(value.numel() for value in model.values())
    print(f"{len(pieces.texts)} pieces, {size / 1e6:.2f}M weights", flush=True)
    taught(model, pieces, chosen.seed, chosen.minutes * 60, chosen.out, 0.0 if chosen.start else EARLY, chosen.rate)
    unseen = examples(random.Random(-2), pieces)
    words = told(random.Random(-2), pieces)
    score = sum(right(model, next(words), [next(unseen) for _ in range(10)], pieces) for _ in range(30))
    print(f"{score} of 300 unseen answers are right", flush=True)
    written(model, pieces, chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
