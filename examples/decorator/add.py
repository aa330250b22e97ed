"""A function that improves itself: `python examples/decorator/add.py`."""

import successor


@successor.self_improving(tests="test_add.py")
def add(a, b):
    return a + b


if __name__ == "__main__":
    stop = add.improve(budget="2m")
    print(f"stopped by {stop.base_case}: {stop.reason}")
    print(f"{len(add.lineage)} versions; the one in charge:")
    print(add.source)
