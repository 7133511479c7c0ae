from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver


def names(*wanted, runtime):
    return Package_Resolver(Lambda_Platform(runtime)).resolve(Requirement_Set(wanted)).names()


class test_Requires_Python:
    def test_is_held_against_the_target_s_python_and_not_against_ours(self, wheels, tool):
        wheels.add('app', requires=['helper']).add('helper', version='1.0', python='>=3.8')
        wheels.add('helper', version='2.0', python='>=3.10')  # this process has 3.11 or later
        assert names('app', runtime='python3.9') == ['app==1.0', 'helper==1.0']
        assert names('app', runtime='python3.10') == ['app==1.0', 'helper==2.0']

    def test_a_bad_patch_release_that_lambda_is_past_does_not_cost_the_newest_version(self, wheels, tool):
        wheels.add('app', version='1.0', python='>=3.8').add('app', version='2.0', python='>=3.9,!=3.9.0,!=3.9.1')
        assert names('app', runtime='python3.9') == ['app==2.0']

    def test_markers_of_patch_releases_mean_lambda_s(self, wheels, tool):
        wheels.add('backport').add('app', requires=['backport; python_full_version < "3.11.3"'])
        assert names('app', runtime='python3.11') == ['app==1.0']
        assert names('app', runtime='python3.10') == ['app==1.0', 'backport==1.0']
