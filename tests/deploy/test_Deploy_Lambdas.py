import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Lambdas import Deploy_Lambdas
from osbot_lambda.errors import Deploy__Many_Failed, Setting__Invalid
from osbot_lambda.schemas.Progress import Progress
from tests.deploy.Call_Recorder import Call_Recorder
from tests.Wheel_Folder import Wheel_Folder


class Noted(Progress):
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def start(self, task, total=0, unit='bytes'):
        self.told.append(('start', task, total, unit))

    def advance(self, task, done):
        self.told.append(('advance', task, done))

    def finish(self, task):
        self.told.append(('finish', task))


@pytest.fixture
def functions(tmp_path, session_kwargs):
    """Makes Deploy_Lambdas of n functions, f0 to f<n-1>; each answers with its number."""

    def make(count):
        for number in range(count):
            (tmp_path / f'f{number}.py').write_text(f'def run(event, context): return {number}\n')
        return [
            Deploy_Lambda(f'f{number}.run', source_roots=[tmp_path], session_kwargs=session_kwargs)
            for number in range(count)
        ]

    return make


def there(deploys):
    return deploys[0].lambda_function().functions_names()


class test_Deploy_Lambdas:
    def test_deploys_all_of_them(self, functions):
        deploys = functions(12)
        result = Deploy_Lambdas(deploys).deploy()
        assert result
        assert [each.name for each in result] == [f'f{n}' for n in range(12)]
        assert result.count() == {'created': 12}
        assert [deploy.invoke() for deploy in deploys] == list(range(12))

    def test_what_they_share_is_made_once(self, functions):
        deploys = functions(12)
        with Call_Recorder(deploys[0].session) as calls:
            Deploy_Lambdas(deploys).deploy()
        once = ('iam.GetRole', 'iam.CreateRole', 'iam.AttachRolePolicy', 'lambda.CreateFunction')
        assert [calls.sent.count(name) for name in once] == [1, 1, 1, 12]

    def test_a_layer_of_packages_is_made_once(self, functions, tmp_path, monkeypatch):
        Wheel_Folder(tmp_path / 'wheels').add('one', 'two').use(monkeypatch)
        deploys = [deploy.set_packages_using_layer(['one', 'two']) for deploy in functions(6)]
        with Call_Recorder(deploys[0].session) as calls:
            Deploy_Lambdas(deploys).deploy()
        assert calls.sent.count('lambda.PublishLayerVersion') == 1
        arns = {deploy.info()['Configuration']['Layers'][0]['Arn'] for deploy in deploys}
        assert len(arns) == 1
        assert [deploy.invoke() for deploy in deploys] == list(range(6))

    def test_again_nothing_is_done(self, functions):
        deploys = functions(5)
        Deploy_Lambdas(deploys).deploy()
        with Call_Recorder(deploys[0].session) as calls:
            result = Deploy_Lambdas(deploys).deploy()
        assert result.count() == {'unchanged': 5}
        assert calls.sent == ['lambda.GetFunctionConfiguration'] * 5

    def test_one_that_fails_names_itself_and_leaves_the_others_whole(self, functions):
        deploys = functions(6)
        deploys[3].set_handler('f3.walk')
        deploys[4].set_role('arn:aws:iam::123456789012:role/no-such-role').set_env_variable('A1', 'x' * 4096)
        with pytest.raises(Deploy__Many_Failed) as caught:
            Deploy_Lambdas(deploys).deploy()
        error = caught.value
        assert list(error.errors) == ['f3', 'f4']
        assert isinstance(error.errors['f4'], Setting__Invalid)
        assert [result.name for result in error.results] == ['f0', 'f1', 'f2', 'f5']
        assert str(error).startswith('2 of 6 functions were not deployed, the others were: f3: Handler__Not_Found: ')
        assert there(deploys) == ['f0', 'f1', 'f2', 'f5']
        assert [deploys[n].invoke() for n in (0, 1, 2, 5)] == [0, 1, 2, 5]
        assert error.exceptions == tuple(error.errors.values())

    def test_its_errors_can_be_told_apart(self, functions):
        deploys = functions(2)
        deploys[0].set_timeout(0)
        seen = []
        try:
            Deploy_Lambdas(deploys).deploy()
        except* Setting__Invalid as group:
            seen = [str(error) for error in group.exceptions]
        assert len(seen) == 1
        assert 'timeout is 0 s' in seen[0]

    def test_ctrl_c_ends_what_is_under_way_and_begins_no_other(self, functions):
        class Cut(Noted):
            def advance(self, task, done):
                raise KeyboardInterrupt

        deploys, progress = functions(20), Cut()
        with pytest.raises(KeyboardInterrupt) as caught:
            Deploy_Lambdas(deploys).deploy(max_workers=2, progress=progress)
        names = there(deploys)
        assert 1 <= len(names) < 20
        assert caught.value.__notes__ == [
            f'{len(names)} of 20 functions were deployed; the next deploy() does the rest'
        ]
        assert progress.told[-1] == ('finish', 'deploy 20 functions')
        assert all(deploys[int(name[1:])].invoke() == int(name[1:]) for name in names)
        assert Deploy_Lambdas(deploys).deploy().count() == {'unchanged': len(names), 'created': 20 - len(names)}

    def test_tells_how_far_it_is(self, functions):
        progress = Noted()
        Deploy_Lambdas(functions(3)).deploy(progress=progress)
        task = 'deploy 3 functions'
        ours = [told for told in progress.told if told[1] == task]
        assert ours == [('start', task, 3, 'functions'), *[('advance', task, 1)] * 3, ('finish', task)]

    def test_publishes_all_of_them(self, functions):
        deploys = functions(3)
        result = Deploy_Lambdas(deploys).deploy(publish=True, alias='live')
        assert [each.version for each in result] == ['1'] * 3
        assert {deploy.lambda_function().alias(name='live')['FunctionVersion'] for deploy in deploys} == {'1'}

    def test_one_at_a_time(self, functions):
        assert Deploy_Lambdas(functions(2)).deploy(max_workers=1).count() == {'created': 2}

    def test_of_none_does_nothing(self):
        assert len(Deploy_Lambdas([]).deploy()) == 0

    @pytest.mark.parametrize('count', [0, -1, True, 1.5], ids=str)
    def test_max_workers_is_not(self, count, functions):
        with pytest.raises(Setting__Invalid, match='1 or more'):
            Deploy_Lambdas(functions(1)).deploy(max_workers=count)

    def test_one_function_is_not_deployed_twice(self, functions):
        deploys = functions(1)
        with pytest.raises(Setting__Invalid, match='f0 is there twice'):
            Deploy_Lambdas([*deploys, *deploys])

    def test_one_name_on_two_clouds_is_two_functions(self, functions, session_kwargs, tmp_path):
        mine = functions(1)[0]
        other = {**session_kwargs, 'region_name': 'eu-west-1'}
        theirs = Deploy_Lambda('f0.run', source_roots=[tmp_path], session_kwargs=other).set_timeout(0)
        with pytest.raises(Deploy__Many_Failed) as caught:
            Deploy_Lambdas([mine, theirs]).deploy()
        assert list(caught.value.errors) == [f'f0 (2, {theirs.session.target})']
        assert mine.exists()
        assert not theirs.exists()


class test_Deploy_Lambdas_Result:
    def test_shows_itself(self, functions):
        result = Deploy_Lambdas(functions(2)).deploy()
        assert str(result).splitlines()[0].endswith('s: 2 created')
        assert str(result).splitlines()[1:] == ['  created f0', '  created f1']
        assert repr(result).startswith('<Deploy_Lambdas_Result 2 functions in ')
        assert '>created</td>' in result._repr_html_()

    def test_has_each_by_its_name(self, functions):
        result = Deploy_Lambdas(functions(2)).deploy()
        assert result['f1'].name == 'f1'
        with pytest.raises(KeyError):
            result['f2']
