from collections.abc import Callable
from typing import Any, List, Optional, Union  # noqa: UP035  users still write List

import pytest

from osbot_lambda.schemas.Type_Hint import Type_Hint


class test_Type_Hint:
    @pytest.mark.parametrize(
        ('hint', 'fits', 'does_not'),
        [
            (str, ['', 'a'], [1, b'a', None, ['a']]),
            (int, [0, -1], [True, 1.0, '1', None]),
            (float, [1.5, 1], [True, '1']),
            (bool, [True], [1, 'true']),
            (Optional[int], [1, None], ['1', False]),
            (Union[str, bytes], ['a', b'a'], [1]),
            (list[str], [[], ['a']], [('a',), 'a', [1], ['a', None]]),
            (List[str], [['a']], [[1]]),
            (dict[str, int], [{}, {'a': 1}], [{'a': 'b'}, {1: 1}, [('a', 1)]]),
            (dict[str, Any], [{'a': ...}], [{1: 1}]),
            (list[dict], [[{}], [{'a': 1}]], [[1]]),
            (Any, [1, 'a'], []),
        ],
        ids=str,
    )
    def test_what_fits(self, hint, fits, does_not):
        assert [value for value in fits if not Type_Hint.fits(value, hint)] == []
        assert [value for value in does_not if Type_Hint.fits(value, hint)] == []

    @pytest.mark.parametrize('hint', [Callable[[], None], object, set[str], list[set[str]], Exception], ids=str)
    def test_others_are_left_to_type_safe(self, hint):
        assert Type_Hint.fits([1] if 'list' in str(hint) else 1, hint)

    @pytest.mark.parametrize(
        ('hint', 'text'),
        [
            (int, 'int'),
            (Optional[str], 'str or None'),
            (List[str], 'list[str]'),
            (dict[str, Any], 'dict[str, Any]'),
            (Union[str, list[int], None], 'str or list[int] or None'),
        ],
        ids=str,
    )
    def test_its_text(self, hint, text):
        assert Type_Hint.text(hint) == text

    @pytest.mark.parametrize(
        ('value', 'kind'),
        [
            ('a', 'str'),
            ([], 'list'),
            ([1, 'a', 2], 'list[int or str]'),
            ({1: b'x'}, 'dict[int, bytes]'),
            (None, 'None'),
        ],
        ids=repr,
    )
    def test_the_kind_of_a_value(self, value, kind):
        assert Type_Hint.kind(value).replace('NoneType', 'None') == kind
