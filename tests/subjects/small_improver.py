"""A small lab of an improver, whose generation takes seconds."""

from __future__ import annotations

LAB = """\
[lab]
goal = "cheap candidates soon"
[subject]
kind = "improver"
target = "improver.py"
evaluations = 20
exam_items = 4
screen_items = 2
[author]
kind = "tune"
evaluations = 6
[judge]
kind = "race"
items = 32
[base_cases]
wall_clock = "1m"
"""
