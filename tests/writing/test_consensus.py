"""Which function is believed, and which tests count."""

from __future__ import annotations

from successor.sandbox import Call
from successor.writing.cases import Case, Expected
from successor.writing.consensus import choose, settle


def case(suite: int, argument: int) -> Case:
    return Case(suite, "test", Call((argument,)), Expected(argument), f"assert f({argument})")


CASES = [case(1 + n % 3, n) for n in range(12)]
ALL = (True,) * 12


def but(*places: int) -> tuple[bool, ...]:
    return tuple(n not in places for n in range(12))


def test_many_who_pass_little_do_not_outweigh_one_who_passes_nearly_all():
    wrong = but(*range(6, 12))
    assert choose([wrong, wrong, ALL]) == 2
    assert choose([wrong, wrong, wrong]) == 0


def test_of_two_that_pass_as_much_the_set_that_is_larger_is_chosen():
    assert choose([but(1), but(2), but(2)]) == 1


def test_a_test_that_nobody_passes_is_set_aside_when_it_stands_alone():
    found = settle(CASES, [but(3)] * 3, 0, 3)
    assert found.aside == (CASES[3],)
    assert found.holds
    assert len(found.passed) == 11


def test_a_test_that_half_of_the_functions_pass_stands():
    found = settle(CASES, [but(3), ALL], 0, 3)
    assert found.failed == (CASES[3],)
    assert not found.holds


def test_two_suites_that_object_to_the_same_call_are_heard():
    cases = [*CASES[:11], case(3, 0)]
    found = settle(cases, [but(0, 11)] * 3, 0, 3)
    assert len(found.failed) == 2


def test_a_test_that_another_suite_contradicts_is_set_aside():
    cases = [*CASES[:11], case(3, 0)]
    found = settle(cases, [but(11)] * 3, 0, 3)
    assert found.aside == (cases[11],)
    assert found.holds


def test_so_many_slips_are_none():
    found = settle(CASES, [but(1, 3, 5, 8)] * 3, 0, 3)
    assert len(found.failed) == 4
    assert found.aside == ()


def test_one_suite_alone_is_too_little_unless_no_other_was_asked_for():
    cases = [case(1, n) for n in range(12)]
    assert not settle(cases, [ALL], 0, 3).holds
    assert settle(cases, [ALL], 0, 1).holds
    assert not settle([], [()], 0, 1).holds
