import json
from datetime import UTC, datetime

from osbot_lambda.schemas.Aws__Table import MOST_ROWS, Aws__Table

FUNCTIONS = [
    {
        'FunctionName': 'one<script>',
        'Runtime': 'python3.11',
        'MemorySize': 512,
        'Environment': {'Variables': {'PASSWORD': 'hush'}},
        'Layers': [{'Arn': 'x'}],
    },
    {'FunctionName': 'two', 'MemorySize': 128, 'CreatedDate': datetime(2026, 1, 2, tzinfo=UTC)},
]


class test_Aws__Table:
    def test_it_is_a_list(self):
        table = Aws__Table(FUNCTIONS)
        assert table == FUNCTIONS
        assert isinstance(table, list)
        assert json.loads(json.dumps(Aws__Table([{'a': 1}]))) == [{'a': 1}]
        assert repr(Aws__Table([1])) == '[1]'

    def test_a_notebook_shows_a_table_with_the_name_first(self):
        html = Aws__Table(FUNCTIONS)._repr_html_().replace(' style="text-align: left; vertical-align: top"', '')
        assert '<b>2 items</b>' in html
        assert '<tr><th>FunctionName</th><th>Runtime</th><th>MemorySize</th><th>CreatedDate</th></tr>' in html
        assert '<tr><td>two</td><td></td><td>128</td><td>2026-01-02 00:00:00+00:00</td></tr>' in html

    def test_it_shows_no_variables_and_no_markup(self):
        html = Aws__Table(FUNCTIONS)._repr_html_()
        assert 'hush' not in html
        assert '<script' not in html
        assert 'one&lt;script&gt;' in html

    def test_other_items_and_none_are_shown_as_well(self):
        assert '<b>0 items</b>' in Aws__Table()._repr_html_()
        assert '<td style="text-align: left; vertical-align: top">a</td>' in Aws__Table(['a'])._repr_html_()
        assert '<b>1 item</b>' in Aws__Table(['a'])._repr_html_()

    def test_a_long_one_says_that_it_is_cut(self):
        html = Aws__Table(range(MOST_ROWS + 3))._repr_html_()
        assert f'the first {MOST_ROWS} of {MOST_ROWS + 3} items' in html
        assert html.count('<tr>') == MOST_ROWS
