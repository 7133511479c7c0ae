import json

from osbot_lambda.packaging.Package_Row import Package_Row
from osbot_lambda.packaging.Size_Report import DIRECT_ZIPPED, MOST_UNPACKED, Size_Report

ROWS = [
    Package_Row('app/main.py', '', 300, 1_000),
    Package_Row('tea/core/a.so', 'tea', 2_000, 6_000),
    Package_Row('tea/tests/b.py', 'tea', 500, 2_000),
    Package_Row('tea-1.0.dist-info/RECORD', 'tea', 10, 20),
    Package_Row('cup.py', 'cup', 10, 30),
]


class test_Size_Report:
    def test_distributions_and_folders_are_summed_the_biggest_first(self):
        tree = Size_Report(ROWS).tree
        assert [(node.name, node.compressed, node.unpacked, node.files) for node in tree.biggest()] == [
            ('tea', 2_510, 8_020, 3),
            ('your code', 300, 1_000, 1),
            ('cup', 10, 30, 1),
        ]
        tea = tree.children['tea'].children['tea']
        assert [(node.name, node.unpacked) for node in tea.biggest()] == [('core', 6_000), ('tests', 2_000)]

    def test_layers_count_for_what_is_unpacked_and_not_for_the_zip(self):
        report = Size_Report(ROWS, {'packages': [Package_Row('python/leaf.py', 'leaf', 70, 700)]})
        assert (report.zipped, report.unpacked) == (2_820, 9_750)
        assert report.tree.children['leaf (layer packages)'].unpacked == 700

    def test_the_whole_zip_counts_where_it_is_known(self):
        assert Size_Report(ROWS, zipped=5_000).zipped == 5_000

    def test_the_budgets(self):
        at = Size_Report([Package_Row('a', '', DIRECT_ZIPPED, MOST_UNPACKED)])
        over = Size_Report([Package_Row('a', '', DIRECT_ZIPPED + 1, MOST_UNPACKED + 7)])
        assert (at.needs_s3, at.fits) == (False, True)
        assert (over.needs_s3, over.fits) == (True, False)
        assert 'of 262,144,000; 7 too many' in str(over)
        assert 'uploaded through S3' in str(over)

    def test_as_data(self):
        data = json.loads(json.dumps(Size_Report(ROWS, unknown=['arn:1']).as_dict()))
        assert (data['unpacked'], data['unpacked_limit'], data['fits']) == (9_050, 262_144_000, True)
        assert data['not_counted'] == ['arn:1']
        assert data['tree']['children'][0]['name'] == 'tea'

    def test_as_text(self):
        report = Size_Report(ROWS, zipped=3_000, title='api', unknown=['arn:1'])
        assert str(report).splitlines() == [
            'api: 3,000 bytes zipped, of 52,428,800 in a request; 9,050 unpacked, of 262,144,000; not counted: arn:1',
            '',
            '    unpacked   in the zip  share',
            '       8,020        2,510  88.6%  tea',
            '       6,000        2,000  66.3%    core/',
            '       2,000          500  22.1%    tests/',
            '       1,000          300  11.0%  your code',
            '       1,000          300  11.0%    main.py',
            '                                  and 1 smaller, under 1% each',
        ]

    def test_as_a_table_with_a_picture_in_a_notebook(self):
        html = Size_Report([*ROWS, Package_Row('x', '<b>', 1, 5_000)])._repr_html_()
        assert '<svg' in html
        assert '<table>' in html
        assert '<b>' not in html.replace('<b>package:', '')
        assert '<script' not in html

    def test_an_empty_package_is_shown_too(self):
        report = Size_Report([])
        assert (report.zipped, report.unpacked, report.fits) == (0, 0, True)
        assert str(report)
        assert report._repr_html_()
