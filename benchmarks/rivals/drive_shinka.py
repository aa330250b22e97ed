"""Runs ShinkaEvolve, in its own environment: python drive_shinka.py ORDER.json

Whole rewrites, feedback of the evaluator in the prompt, two evaluations and two proposals at a
time; one model, so no bandit, and no model of embeddings. All else are its defaults.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

MORE = 5
"""Generations for each call that is allowed: what ends the run are the calls."""


def main() -> None:
    """Improve the program, until a call is refused or this process is ended."""
    order: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    os.environ.update(SHINKA_PRICING_MODE="offline", LOCAL_OPENAI_API_KEY="none")
    core, launch = import_module("shinka.core"), import_module("shinka.launch")
    folder = Path(order["folder"]) / "out"
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
        results_dir=str(folder),
    )
    runner = core.ShinkaEvolveRunner(
        evo_config=evolution,
        job_config=launch.LocalJobConfig(eval_program_path=order["evaluator"], time="00:02:00"),
        db_config=import_module("shinka.database").DatabaseConfig(
            db_path="programs.sqlite", num_islands=order["islands"]
        ),
        max_evaluation_jobs=2,
        max_proposal_jobs=2,
        verbose=False,
    )
    runner.run()


if __name__ == "__main__":
    main()
