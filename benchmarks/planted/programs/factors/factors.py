def factors(number: int) -> dict[int, int]:
    """The primes that a whole number is made of, and how often each."""
    if number < 1:
        raise ValueError("only whole numbers from 1 on")
    found = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found[divisor] = found.get(divisor, 0) + 1
            number //= divisor
        divisor += 1
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found
