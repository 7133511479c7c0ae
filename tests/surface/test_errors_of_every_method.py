"""Whatever is wrong between us and AWS, every public method says it with the right error: raised, or as 'exception' in
the status dicts that the briefing has. A method that is new is found here by itself."""

import importlib
import inspect
import pkgutil
import zipfile

import pytest

import osbot_lambda.aws
from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.errors import Aws__Error
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set
from tests.aws.Failing_Endpoint import Failing_Endpoint
from tests.aws.Fault import FAULTS
from tests.surface.Every_Method import FACTORIES, NO_CALL, arguments

NOWHERE = {'endpoint_url': 'http://127.0.0.1:9'}
CLASSES = {type(make(NOWHERE, None)) for make in FACTORIES.values()}


@pytest.fixture(scope='module')
def endpoint():
    with Failing_Endpoint() as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def no_installer(monkeypatch):
    """Packages are found in no time: one empty wheel."""

    def resolve(self, wanted, refresh=False):
        def write(path):
            with zipfile.ZipFile(path, 'w') as wheel:
                wheel.writestr('m.py', '')

        path = self.cache.put('wheels', 'm-1.0-py3-none-any.whl', write)
        return Wheel_Set(self.platform, (Wheel_File('m', '1.0', path, '0' * 64),))

    monkeypatch.setattr(Package_Resolver, 'resolve', resolve)


def every_resource_class():
    """Each class of ours that is on a cloud."""
    for module in pkgutil.walk_packages(osbot_lambda.aws.__path__, 'osbot_lambda.aws.'):
        found = getattr(importlib.import_module(module.name), module.name.rpartition('.')[2], None)
        if inspect.isclass(found) and issubclass(found, Aws__Resource) and found is not Aws__Resource:
            yield found


def methods_of(made):
    """The public methods by name, without those that every resource has for making calls, and those that are another
    class's in the table, inherited."""
    base, others = set(dir(Aws__Resource)), CLASSES & set(type(made).__mro__[1:])
    return {
        name: getattr(made, name)
        for name, value in inspect.getmembers(type(made), callable)
        if not name.startswith('_')
        and name not in base
        and not inspect.isclass(value)
        and not any(getattr(other, name, None) is value for other in others)
    }


class test_errors_of_every_method:
    @pytest.mark.parametrize('name', FACTORIES)
    @pytest.mark.parametrize('fault', FAULTS, ids=str)
    def test_with(self, endpoint, fault, name, tmp_path):
        wrong = {}
        for method, bound in methods_of(FACTORIES[name](NOWHERE, tmp_path)).items():
            given = arguments(name, bound, tmp_path)
            found = endpoint.error_of(fault, lambda session: FACTORIES[name](session, tmp_path), method, **given)
            calls = method not in NO_CALL.get(name, ())
            if type(found) is not fault.error if calls else isinstance(found, Aws__Error):
                wrong[method] = found
        assert wrong == {}

    def test_no_class_is_forgotten(self):
        found = [cls for cls in every_resource_class() if not any(issubclass(known, cls) for known in CLASSES)]
        assert found == []

    def test_no_method_is_listed_that_is_not_there(self):
        gone = {
            name: sorted(set(methods) - methods_of(FACTORIES[name](NOWHERE, None)).keys())
            for name, methods in NO_CALL.items()
        }
        assert {name: methods for name, methods in gone.items() if methods} == {}
