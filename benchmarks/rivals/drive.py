"""Runs a peer, in its own environment: python drive.py openevolve|shinka ORDER.json

Both write whole files, show the evaluator's feedback to the model, and evaluate two candidates at a
time. ShinkaEvolve has one model, so no bandit, no model of embeddings and no meta-recommendations.
All else are their defaults. It ends, with all that it started, when its starter does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

MORE = 5
"""Generations of ShinkaEvolve for each call that is allowed: what ends its run are the calls."""
LOOK_EVERY_S = 1.0


def openevolve(order: dict[str, Any]) -> None:
    """Improve the program, to the last call."""
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


def configuration(order: dict[str, Any]) -> dict[str, Any]:
    """What OpenEvolve's config.yaml would say."""
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
            "models": [{"name": order["model"], "weight": 1.0}],
            "timeout": 7200,
            "retries": 0,
            "max_tokens": order["longest"],
        },
        "prompt": {"system_message": order["wish"]},
        "database": {"num_islands": order["islands"]},
        "evaluator": {
            "timeout": 600,
            "parallel_evaluations": 2,
            "cascade_evaluation": False,
            "max_retries": 0,
        },
    }


def shinka(order: dict[str, Any]) -> None:
    """Improve the program, until whoever started this ends it."""
    os.environ.update(SHINKA_PRICING_MODE="offline", LOCAL_OPENAI_API_KEY="none")
    core, launch = import_module("shinka.core"), import_module("shinka.launch")
    evolution = core.EvolutionConfig(
        task_sys_msg=order["wish"],
        patch_types=order["patches"],
        patch_type_probs=order["chances"],
        num_generations=MORE * order["calls"],
        llm_models=[f"local/{order['model']}@{order['url']}"],
        llm_dynamic_selection=None,
        llm_kwargs={"temperatures": order["temperatures"], "max_tokens": order["longest"]},
        meta_rec_interval=None,
        embedding_model=None,
        use_text_feedback=True,
        init_program_path=order["program"],
        results_dir=str(Path(order["folder"]) / "out"),
    )
    runner = core.ShinkaEvolveRunner(
        evo_config=evolution,
        job_config=launch.LocalJobConfig(eval_program_path=order["evaluator"], time="00:10:00"),
        db_config=import_module("shinka.database").DatabaseConfig(
            db_path="programs.sqlite", num_islands=order["islands"]
        ),
        max_evaluation_jobs=2,
        max_proposal_jobs=2,
        verbose=False,
    )
    runner.run()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    drive = {"openevolve": openevolve, "shinka": shinka}[sys.argv[1]]
    drive(json.loads(Path(sys.argv[2]).read_text("utf-8")))
