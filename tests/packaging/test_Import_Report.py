import json
import sys

import pytest

from osbot_lambda.packaging.Import_Check import Import_Check
from osbot_lambda.packaging.Import_Report import Import_Report
from osbot_lambda.packaging.Package_Row import Package_Row
from tests.packaging.zip_of import zip_of

HERE = f'python3.{sys.version_info[1]}'
SLOW = (
    'import time\nend = time.perf_counter() + {}\nwhile time.perf_counter() < end: pass\n'  # no sleep: it is measured
)
FILES = {
    'app/main.py': 'import tea\nfrom app import late\nimport boto3\nX = tea.leaf\ndef run(event, context): return 1\n',
    'app/late.py': SLOW.format(0.02),
    'tea/__init__.py': 'from tea import leaf\n' + SLOW.format(0.01),
    'tea/leaf.py': SLOW.format(0.03),
    'tea-1.0.dist-info/RECORD': 'tea/__init__.py,,\ntea/leaf.py,,\n',
}


def report_of(files: dict[str, str], handler: str = 'app.main.run', runtime: str = HERE, **more) -> Import_Report:
    return Import_Report.of(Import_Check(zip_of(files), handler, runtime, **more))


@pytest.fixture(scope='module')
def report() -> Import_Report:
    return report_of(FILES)


class test_Import_Report:
    def test_every_module_has_its_own_time_and_that_of_what_it_imports(self, report):
        times = {one.module: one for one in report.times}
        tea, leaf, main = times['tea'], times['tea.leaf'], times['app.main']
        assert leaf.self_ms >= 30
        assert tea.total_ms >= tea.self_ms + leaf.total_ms - 0.001
        assert tea.total_ms >= 40
        assert (main.depth, tea.depth, leaf.depth) == (0, 1, 2)
        assert main.total_ms >= tea.total_ms + times['app.late'].total_ms

    def test_the_times_alone_add_up_to_the_whole(self, report):
        alone = sum(one.self_ms for one in report.times)
        outermost = sum(one.total_ms for one in report.times if one.depth == 0)
        assert alone == pytest.approx(outermost)
        assert alone <= report.import_ms

    def test_times_are_summed_by_distribution(self, report):
        assert set(report.by_distribution()) == {'tea', 'your code', 'Lambda runtime', 'Python'}
        assert report.by_distribution()['tea'] >= 40
        assert report.by_distribution()['your code'] >= 20

    def test_the_cold_start_is_the_interpreters_and_the_imports(self, report):
        assert report.runtime_ms > 0
        assert report.cold_start_ms == report.runtime_ms + report.import_ms

    def test_imports_that_nothing_at_the_start_uses_are_listed_with_their_cost(self, report):
        unused = {one.module: one for one in report.unused}
        assert set(unused) == {'app.late', 'boto3'}
        assert (unused['app.late'].file, unused['app.late'].line) == ('app/main.py', 2)
        assert unused['app.late'].ms >= 20

    def test_a_function_that_another_module_calls_at_the_start_uses_its_imports(self):
        files = {
            'app.py': 'import helper\nX = helper.make()\ndef run(event, context): pass\n',
            'helper.py': 'import slow\ndef make(): return slow.X\n',
            'slow.py': SLOW.format(0.01) + 'X = 1\n',
        }
        assert report_of(files, 'app.run').unused == ()

    def test_whose_a_file_is_can_be_said(self):
        check = Import_Check(zip_of({'app.py': 'import tea\ndef run(): pass\n', 'tea.py': ''}), 'app.run', HERE)
        report = Import_Report.of(check, [Package_Row('app.py', '', 1, 1), Package_Row('tea.py', 'green-tea', 1, 1)])
        assert {one.module: one.distribution for one in report.times} == {'app': 'your code', 'tea': 'green-tea'}

    def test_a_module_of_a_layer_counts_as_its_distributions(self):
        layer = {'python/tea.py': '', 'python/tea-1.0.dist-info/RECORD': 'tea.py,,\n'}
        report = report_of({'app.py': 'import tea\ndef run(): pass\n'}, 'app.run', layers=[zip_of(layer)])
        assert {one.module: one.distribution for one in report.times}['tea'] == 'tea'

    def test_it_is_data_text_and_a_table(self, report):
        data = json.loads(json.dumps(report.as_dict()))
        assert data['cold_start_ms'] == report.cold_start_ms
        assert data['times'][-1]['module'] == 'app.main'
        text = str(report)
        assert text.startswith(f'app.main.run on {HERE} x86_64')
        assert 'app.late (app/main.py:2)' in text
        assert 'never used at start' in text
        assert '<td style' in report._repr_html_()

    def test_of_an_import_that_fails_the_failure_and_the_times_until_then(self):
        report = report_of({'app.py': f'import tea\n{SLOW.format(0.01)}import leaf\n', 'tea.py': ''}, 'app.run')
        assert report.failure.module == 'leaf'
        assert [one.module for one in report.times] == ['tea', 'app']
        assert report.unused == ()
        assert 'does not start on' in str(report)
        assert 'does not start on' in report._repr_html_()

    def test_is_skipped_without_an_interpreter(self):
        report = report_of(FILES, runtime='python3.77')
        assert 'there is no Python 3.77' in report.skipped
        assert str(report).startswith('the imports of app.main.run were not measured: there is no Python')
