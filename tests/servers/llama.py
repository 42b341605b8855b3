"""llama.cpp's own server, as a program: `llama.py FILE MODEL WINDOW SLOTS` serves a GGUF file until it is told to end.

The wheel xllamacpp has the engine in it, so nothing is compiled. It listens on a free port of 127.0.0.1 and says where.
"""

from __future__ import annotations

import signal
import sys

import xllamacpp  # type: ignore[import-untyped]


def serve(file: str, model: str, window: int, slots: int) -> None:
    """`window` is in tokens, for each of the `slots`: texts that it writes at the same time."""
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = file, {model}
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel = window * slots, slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.endpoint_metrics, params.ui, params.use_jinja = True, False, True
    # What does not fit is refused; nothing of a prompt is thrown away to make place.
    params.ctx_shift, params.fit_params, params.warmup = False, False, False
    server = xllamacpp.Server(params)
    print(f"listening {server.listening_address}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
