from osbot_lambda.schemas.Html_Table import LONGEST_TEXT, Html_Table

EVIL = '<script>alert("x")</script>&'


def text_of(table):
    return table.html().replace(' style="text-align: left; vertical-align: top"', '')


class test_Html_Table:
    def test_a_table(self):
        table = Html_Table('Two', ['name', 'size']).add('a', 1).add('b', None)
        assert text_of(table) == (
            '<table><caption><b>Two</b></caption><tr><th>name</th><th>size</th></tr>'
            '<tr><td>a</td><td>1</td></tr><tr><td>b</td><td></td></tr></table>'
        )

    def test_everything_is_escaped(self):
        html = Html_Table(EVIL, [EVIL]).add(EVIL, EVIL + '\n' + EVIL).html()
        assert '<script' not in html
        assert html.count('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;') == 5

    def test_several_lines_stay_lines(self):
        assert '<td><pre>a\n  b</pre></td>' in text_of(Html_Table().add('a\n  b'))

    def test_facts_that_say_nothing_are_left_out(self):
        table = Html_Table.of_facts('', {'a': 0, 'b': None, 'c': '', 'd': [], 'e': False})
        assert text_of(table) == '<table><tr><td>a</td><td>0</td></tr><tr><td>e</td><td>False</td></tr></table>'

    def test_very_long_text_is_cut(self):
        html = Html_Table().add('x' * (LONGEST_TEXT + 5)).html()
        assert 'x… (5 characters more)' in html
