"""A function that improves itself: `python examples/decorator/add.py`."""

import successor


@successor.self_improving(
    goal="exact for floats, clear errors for wrong types", tests="test_add.py"
)
def add(a, b):
    return a + b


if __name__ == "__main__":
    print(f"0.1 + 0.2 is {add(0.1, 0.2)}")
    stop = add.improve(budget="2m")
    print(f"Stopped by its {stop.base_case}: {stop.reason}.")
    print(f"0.1 + 0.2 is {add(0.1, 0.2)}, by version {len(add.lineage)}:\n\n{add.source}")
    print(f"Why it is believed, and what it cost: successor diff {__file__}:add")
