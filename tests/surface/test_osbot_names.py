"""Whoever comes from OSBot-AWS finds its names here, or the reason why not in docs/osbot-names.md."""

import re
from pathlib import Path

import pytest

from tests.surface.Osbot_Name import Osbot_Name

PAGE = Path(__file__).parents[2] / 'docs' / 'osbot-names.md'
ROW = re.compile(r'^\| (`[^|]+`) \| (.+) \|$', re.MULTILINE)

NAMES = list(Osbot_Name.read_all())
MODULES = list(dict.fromkeys(name.module for name in NAMES))
EXPLAINED = {name: reason for names, reason in ROW.findall(PAGE.read_text()) for name in re.findall('`([^`]+)`', names)}


class test_osbot_names:
    @pytest.mark.parametrize('module', MODULES)
    def test_every_name_can_be_used_as_in_osbot_or_is_explained(self, module):
        found = {name.text: name.missing() for name in NAMES if name.module == module}
        assert {text: what for text, what in found.items() if what and text not in EXPLAINED} == {}

    def test_the_page_explains_only_what_is_different(self):
        same = [name.text for name in NAMES if name.text in EXPLAINED and not name.missing()]
        assert same == []
        assert sorted(EXPLAINED.keys() - {name.text for name in NAMES}) == []

    def test_each_explanation_says_something(self):
        assert [text for text, reason in EXPLAINED.items() if len(reason) < 10] == []
