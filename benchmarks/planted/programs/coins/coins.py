def ways(amount: int, coins: list[int]) -> int:
    """In how many ways coins of these values add up to an amount, each as often as one likes."""
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    largest = max(coins)
    if largest <= 0:
        raise ValueError("coins should be worth something")
    rest = [coin for coin in coins if coin != largest]
    return ways(amount - largest, coins) + ways(amount, rest)
