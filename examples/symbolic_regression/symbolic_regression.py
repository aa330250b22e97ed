"""A formula for measurements whose law is not known."""

# EVOLVE-BLOCK-START


def model(x: float) -> float:
    """What is measured at x."""
    return x


# EVOLVE-BLOCK-END


def predict(points: list[float]) -> list[float]:
    """What the model says of each point."""
    return [model(x) for x in points]
