"""A power modulo a number never gets large."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_LOOP = "t_ = 1\nfor i_ in range(n_):\n    {step}"

variants = by_rules(
    Rule("a_ ** b_ % m_", "pow(a_, b_, m_)"),
    Rule("pow(a_, b_) % m_", "pow(a_, b_, m_)"),
    *[
        Rule(
            _LOOP.format(step=step),
            "t_ = pow(a_, n_, m_) if n_ > 0 else 1",
            local=("i_",),
            apart=("t_ a_", "t_ m_", "i_ a_", "i_ m_"),
        )
        for step in ("t_ = t_ * a_ % m_", "t_ = a_ * t_ % m_")
    ],
    *[
        Rule(
            _LOOP.format(step=step),
            "t_ = a_ ** max(n_, 0)",
            local=("i_",),
            apart=("t_ a_", "i_ a_"),
        )
        for step in ("t_ *= a_", "t_ = t_ * a_")
    ],
)
