from prime import is_prime


def test_primes_below_thirty():
    assert [n for n in range(30) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]


def test_no_negative_number_is_prime():
    assert not any(is_prime(n) for n in range(-5, 2))


def test_a_square_of_a_prime_is_not_prime():
    assert not is_prime(101 * 101)


def test_a_carmichael_number_is_not_prime():
    assert not is_prime(561)
