def after(stock: dict[str, int], orders: list[tuple[str, int]]) -> dict[str, int]:
    """What is left once the orders were served; one that cannot be served wholly is left out."""
    left = dict(stock)
    for name, count in orders:
        if count <= 0:
            raise ValueError("an order of nothing")
        there = left.get(name, 0)
        if count > there:
            continue
        left[name] = there - count
        if left[name] == 0:
            del left[name]
    return left
