"""The benchmark of sampling and training runs, on a tiny model, and counts alike both ways."""

from __future__ import annotations

import language
from subjects.causal_lm.tiny import prompts, tiny


def test_both_ways_write_and_learn_as_much() -> None:
    speaker = tiny().speaker
    bench = language.Bench(speaker, prompts(tiny(), 6), 4, 4)
    sampled = {"ours": bench.ours(1), "plain": bench.plain(1)}
    assert 6 * 4 <= min(sampled.values()) <= max(sampled.values()) <= 6 * 4 * 4
    trained = language.measure_training(bench, 8, 512, 24)
    assert trained["ours"].tokens == trained["plain"].tokens > 0
    told = language.page({k: language.Measured(v, 1.0, 1.0) for k, v in sampled.items()}, trained)
    assert "| sampling, plain transformers |" in told
    assert "Times as fast by CPU time: sampling " in told
