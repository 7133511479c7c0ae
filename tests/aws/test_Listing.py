import pytest

from osbot_lambda.aws.Listing import Listing

A = {'name': 'a', 'kind': 'x', 'tags': ['t']}
B = {'name': 'b', 'kind': 'y'}
C = {'name': 'c', 'kind': 'x'}


class test_Listing:
    def test_is_a_list_when_nothing_is_asked_for(self):
        assert Listing.of(iter([A, B])) == [A, B]

    def test_is_a_dict_by_a_key(self):
        assert Listing.of([A, B], index_by='name') == {'a': A, 'b': B}

    def test_the_last_of_several_with_the_same_value_is_in_the_index(self):
        assert Listing.of([A, C], index_by='kind') == {'x': C}

    def test_is_grouped_by_a_key(self):
        assert Listing.of([A, B, C], group_by='kind') == {'x': [A, C], 'y': [B]}

    def test_groups_can_be_indexed(self):
        found = Listing.of([A, B, C], index_by='name', group_by='kind')
        assert found == {'x': {'a': A, 'c': C}, 'y': {'b': B}}

    def test_an_item_without_the_key_is_under_none_and_a_list_under_its_text(self):
        assert Listing.of([A, B], index_by='tags') == {"['t']": A, None: B}

    @pytest.mark.parametrize('option', ['index_by', 'group_by'])
    def test_a_key_that_no_item_has_is_refused(self, option):
        with pytest.raises(ValueError, match="none of the 2 items has 'nmae'; they have kind, name, tags"):
            Listing.of([A, B], **{option: 'nmae'})

    def test_nothing_has_no_keys_to_miss(self):
        assert Listing.of([], index_by='name') == {}
        assert Listing.of([], group_by='name') == {}
