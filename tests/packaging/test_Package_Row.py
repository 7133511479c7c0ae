from osbot_lambda.packaging.Package_Row import Package_Row
from tests.packaging.zip_of import zip_of


class test_Package_Row:
    def test_a_file_belongs_to_the_distribution_whose_record_lists_it(self):
        rows = Package_Row.of_zip(
            zip_of(
                {
                    'app.py': '1',
                    'tea/__init__.py': '22',
                    'tea-1.0.dist-info/RECORD': 'tea/__init__.py,,\ntea-1.0.dist-info/RECORD,,\n',
                }
            )
        )
        assert [(row.path, row.distribution, row.unpacked) for row in rows] == [
            ('app.py', '', 1),
            ('tea-1.0.dist-info/RECORD', 'tea', 45),
            ('tea/__init__.py', 'tea', 2),
        ]

    def test_what_a_wheel_has_in_its_data_folder_is_known_where_it_is_installed(self):
        record = 'tea-1.0.data/purelib/leaf.py,,\n"odd,name.py",,\n'
        files = {'leaf.py': '', 'odd,name.py': '', 'tea-1.0.dist-info/RECORD': record}
        owners = {row.path: row.distribution for row in Package_Row.of_zip(zip_of(files))}
        assert owners['leaf.py'] == owners['odd,name.py'] == 'tea'

    def test_a_record_below_a_folder_of_a_layer_speaks_of_that_folder(self):
        files = {'python/tea.py': '', 'tea.py': '', 'python/tea-1.0.dist-info/RECORD': 'tea.py,,\n'}
        owners = {row.path: row.distribution for row in Package_Row.of_zip(zip_of(files))}
        assert owners['python/tea.py'] == 'tea'
        assert owners['tea.py'] == ''
