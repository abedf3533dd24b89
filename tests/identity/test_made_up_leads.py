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


def namesakes_there(crowd):
    """Two of one given name and first surname who work or worked at one company, and the company."""
    return [
        (one, other, employer)
        for employer in crowd.employers
        for one, other in combinations(employer.people, 2)
        if one is not other and (one.given, one.surnames[0]) == (other.given, other.surnames[0])
    ]


def address(human, employer):
    """What stands before the @ of the address that somebody has there."""
    return next(job.email.partition("@")[0] for job in human.jobs if job.at is employer)


def test_tangled_people_have_one_name_at_one_company_far_more_often(tangled, plain):
    assert len(namesakes_there(tangled)) > 20 + 3 * len(namesakes_there(plain))


def test_addresses_of_two_of_one_name_are_told_apart_by_a_letter_or_a_number(tangled):
    told = [(address(one, at), address(other, at)) for one, other, at in namesakes_there(tangled)]
    more = {longer[-1] for pair in told for shorter, longer in [sorted(pair, key=len)] if longer[:-1] == shorter}
    assert any(sign.isalpha() for sign in more)
    assert any(sign.isdigit() for sign in more)


def test_who_moves_may_leave_the_mobile_behind_where_people_are_tangled(tangled, plain):
    left = [human for human in tangled.people if len({job.mobile for job in human.jobs}) > 1]
    assert len(left) > 50
    assert not [human for human in plain.people if len({job.mobile for job in human.jobs}) > 1]
