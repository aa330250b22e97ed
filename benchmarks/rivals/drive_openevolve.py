"""Runs OpenEvolve, in its own environment: python drive_openevolve.py ORDER.json

Whole rewrites (its README advises them for small models and short programs), artifacts in the
prompt, two evaluations at a time; all else are its defaults.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def configuration(order: dict[str, Any]) -> dict[str, Any]:
    """What its config.yaml would say."""
    model = {"name": order["model"], "weight": 1.0}
    return {
        "max_iterations": order["calls"],
        "checkpoint_interval": 1000,
        "diff_based_evolution": order["diffs"],
        "language": "python",
        "log_level": "INFO",
        "random_seed": order["seed"],
        "llm": {
            "api_base": order["url"],
            "api_key": "none",
            "models": [model],
            "timeout": 7200,
            "retries": 0,
            "max_tokens": order["longest"],
        },
        "prompt": {"system_message": order["wish"]},
        "database": {"num_islands": order["islands"]},
        "evaluator": {
            "timeout": 120,
            "parallel_evaluations": 2,
            "cascade_evaluation": False,
            "max_retries": 0,
        },
    }


def main() -> None:
    """Improve the program, to the last call."""
    order: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    settings = Path(order["folder"]) / "config.json"  # YAML reads JSON
    settings.write_text(json.dumps(configuration(order), indent=2))
    sys.argv = [
        "openevolve-run",
        order["program"],
        order["evaluator"],
        *("--config", str(settings)),
        *("--output", str(Path(order["folder"]) / "out")),
        *("--iterations", str(order["calls"])),
    ]
    sys.exit(import_module("openevolve.cli").main())


if __name__ == "__main__":
    main()
