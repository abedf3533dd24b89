"""The search for garbage rests while a plan is made, and not a moment longer."""

from __future__ import annotations

import gc

import pytest

from crm_sync.sync.undisturbed import undisturbed


def test_the_search_goes_on_afterwards_even_after_an_error() -> None:
    with undisturbed():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), undisturbed():
        _ = 1 / 0
    assert gc.isenabled()


def test_who_had_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with undisturbed():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
