from bin_packing import pack

ITEMS = [42, 69, 67, 57, 93, 90, 38, 36, 45, 42, 33, 79, 27, 57, 44, 84, 86, 92, 46, 38]


def test_every_item_has_a_bin_and_no_bin_is_too_full():
    chosen = pack(ITEMS, 150)
    assert len(chosen) == len(ITEMS)
    for number in set(chosen):
        assert (
            sum(size for size, place in zip(ITEMS, chosen, strict=True) if place == number) <= 150
        )


def test_no_item_knows_what_comes_after_it():
    chosen = pack(ITEMS, 150)
    for length in range(len(ITEMS)):
        assert pack(ITEMS[:length], 150) == chosen[:length]


def test_nothing_needs_no_bin():
    assert pack([], 150) == []
