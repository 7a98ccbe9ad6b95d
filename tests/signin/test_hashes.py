"""What a password costs whoever guesses it: the parameters of Argon2id, of a dummy as well."""

import pytest

from app.visit import tokens

COST = "$argon2id$v=19$m=19456,t=2,p=1$"


def test_a_hash_costs_nineteen_mebibytes_twice_over():
    assert tokens.hash_now("correct horse").startswith(COST)


@pytest.mark.req("A10")
def test_an_account_that_does_not_exist_costs_as_much_as_one_that_does():
    assert tokens.DUMMY_HASH.startswith(COST)
    assert tokens.verify_now(tokens.DUMMY_HASH, "no such account"), "the work is done to its end"
    assert not tokens.verify_now(None, "no such account")


def test_a_hash_is_of_one_secret_alone():
    stored = tokens.hash_now("correct horse")
    assert tokens.verify_now(stored, "correct horse")
    assert not tokens.verify_now(stored, "correct house")
    assert stored != tokens.hash_now("correct horse")
