"""What is drawn into made-up leads is there: matching is measured by it."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.identity.people import Crowd

PEOPLE = 3_000


@pytest.fixture(scope="module")
def tangled():
    return Crowd(PEOPLE, 1, hard=1.0, rare=0.25, tangled=1.0)


@pytest.fixture(scope="module")
def plain():
    return Crowd(PEOPLE, 1, hard=1.0, rare=0.25)


def same_name_and_company(crowd):
    """Two of one given name and first surname who work or worked at one company."""
    return [
        (one, other)
        for employer in crowd.employers
        for one, other in combinations(employer.people, 2)
        if one is not other and (one.given, one.surnames[0]) == (other.given, other.surnames[0])
    ]


def addresses_at(crowd, one, other):
    return [job.email.partition("@")[0] for human in (one, other) for job in human.jobs[-1:]]


def test_tangled_people_have_one_name_at_one_company_far_more_often(tangled, plain):
    assert len(same_name_and_company(tangled)) > 20 + 3 * len(same_name_and_company(plain))


def test_addresses_of_two_of_one_name_are_told_apart_by_a_letter_or_a_number(tangled):
    told = [sorted(addresses_at(tangled, *two), key=len) for two in same_name_and_company(tangled)]
    more = {longer[-1] for shorter, longer in told if longer[:-1] == shorter}
    assert any(sign.isalpha() for sign in more)
    assert any(sign.isdigit() for sign in more)


def test_who_moves_may_leave_the_mobile_behind_where_people_are_tangled(tangled, plain):
    left = [human for human in tangled.people if len({job.mobile for job in human.jobs}) > 1]
    assert len(left) > 50
    assert not [human for human in plain.people if len({job.mobile for job in human.jobs}) > 1]
