import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.references import ALPHABET, WORDS, hash_phrase, new_phrase, new_reference, phrase_from, read_reference, uuid7


def test_reference_is_read_back_however_it_is_written():
    reference = new_reference()

    for written in (reference, reference.lower(), reference.replace("-", " "), reference[3:], f" {reference} "):
        assert read_reference(written) == reference


@given(st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(place, wrong):
    reference = new_reference()
    characters = list(reference.removeprefix("AN-").replace("-", ""))
    if characters[place] == wrong:
        return

    characters[place] = wrong

    assert read_reference("AN" + "".join(characters)) is None


@pytest.mark.parametrize("written", ["", "AN-", "hello", "AN-7Q4K-2M9C", "AN-7Q4K-2M9C-X-1", "\x00", "ÄN-7Q4K-2M9C-X", "0" * 10_000])
def test_what_cannot_be_a_reference_is_none(written):
    assert read_reference(written) is None


def test_letters_that_look_like_digits_are_read_as_digits():
    reference = next(made for made in iter(new_reference, None) if "0" in made or "1" in made)

    assert read_reference(reference.replace("0", "O").replace("1", "l")) == reference


def test_phrase_is_four_known_words_and_the_list_repeats_none():
    assert len(set(WORDS)) == len(WORDS) >= 256
    assert all(word in WORDS for word in new_phrase().split())
    assert len(phrase_from("key", secret="secret").split()) == 4


def test_phrase_of_a_form_depends_on_the_key_and_the_secret():
    phrases = {phrase_from(key, secret=secret) for key in ("a", "b") for secret in ("x", "y")}

    assert len(phrases) == 4


def test_hash_forgives_writing_and_nothing_else():
    kept = hash_phrase("apple river moon seven", reference="AN-1", secret="s")

    assert hash_phrase(" Apple  RIVER-moon, seven", reference="AN-1", secret="s") == kept
    assert hash_phrase("apple river moon six", reference="AN-1", secret="s") != kept
    assert hash_phrase("apple river moon seven", reference="AN-2", secret="s") != kept
    assert hash_phrase("apple river moon seven", reference="AN-1", secret="t") != kept


def test_ids_are_version_seven_and_do_not_repeat():
    ids = [uuid7() for _ in range(1000)]

    assert {made.version for made in ids} == {7}
    assert len(set(ids)) == 1000
    assert [made.int >> 80 for made in ids] == sorted(made.int >> 80 for made in ids)
