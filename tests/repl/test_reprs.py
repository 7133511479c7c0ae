import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
from osbot_lambda.deploy.Deploy_Result import Deploy_Result
from osbot_lambda.local.Local_Cloud import Local_Cloud
from osbot_lambda.schemas.Invoke_Result import Invoke_Result

EVIL = '<script>alert(1)</script>'
NOWHERE = 'http://127.0.0.1:9'  # a call would fail
KWARGS = {
    'endpoint_url': NOWHERE,
    'region_name': 'us-east-1',
    'aws_access_key_id': 'AKIA',
    'aws_secret_access_key': 'hush',
    'aws_session_token': 'hush',
}
REPORT = (
    'REPORT RequestId: r\tDuration: 2.90 ms\tBilled Duration: 113 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t'
    'Init Duration: 110.10 ms\t\n'
)


def run(event, context):
    return event


def function():
    return Lambda('f', session_kwargs=KWARGS)


def plan(action='update', configuration=None):
    changes = (Deploy_Change('MemorySize', '512', EVIL), Deploy_Change('Environment', '', 'PASSWORD'))
    values = {'Environment': {'Variables': {'PASSWORD': 'hush'}}}
    return Deploy_Plan('f', action, changes if action != 'unchanged' else (), False, values, None, 'sha')


def result(status='updated', warnings=()):
    changes = (Deploy_Change('code', 'a', EVIL), Deploy_Change('MemorySize', '512', '1024'))
    return Deploy_Result(status, 'f', 'arn:f', 'sha', 'r', 1.234, changes, warnings)


class test_reprs:
    @pytest.mark.parametrize(
        ('made', 'text'),
        [
            (function, f"Lambda('f', target='{NOWHERE}')"),
            (lambda: Lambda_Layer('l', session_kwargs=KWARGS), f"Lambda_Layer('l', target='{NOWHERE}')"),
            (lambda: IAM_Role('r', session_kwargs=KWARGS), f"IAM_Role('r', target='{NOWHERE}')"),
            (lambda: S3(session_kwargs=KWARGS), f"S3(target='{NOWHERE}')"),
            (lambda: SQS_Queue('q', session_kwargs=KWARGS), f"SQS_Queue('q', target='{NOWHERE}')"),
            (lambda: Log_Group('/a/b', session_kwargs=KWARGS), f"Log_Group('/a/b', target='{NOWHERE}')"),
            (lambda: Deploy_Lambda(run, 'f', session_kwargs=KWARGS), f"Deploy_Lambda('f', target='{NOWHERE}')"),
            (Local_Cloud, '<Local_Cloud not running>'),
            (lambda: plan('create'), '<Deploy_Plan create f>'),
            (lambda: plan('unchanged'), '<Deploy_Plan f is up to date>'),
            (plan, f'<Deploy_Plan update f: MemorySize: 512 → {EVIL}, Environment: (none) → PASSWORD>'),
            (lambda: result('created'), '<Deploy_Result f created, 1.23 s>'),
            (result, '<Deploy_Result f updated: code, MemorySize, 1.23 s>'),
            (lambda: result('unchanged', ('w',)), '<Deploy_Result f unchanged, 1.23 s, warnings: 1>'),
            (lambda: Invoke_Result.of('f', {'a': 1}, 'r'), "<Invoke_Result f returned {'a': 1}>"),
            (
                lambda: Invoke_Result.of('f', 1, 'r', logs=REPORT),
                '<Invoke_Result f returned 1, duration 2.9 ms, billed 113 ms, init 110.1 ms, memory 36 of 128 MB>',
            ),
            (
                lambda: Invoke_Result.of('f', {'errorType': 'E', 'errorMessage': 'm'}, 'r', function_error='Unhandled'),
                '<Invoke_Result f failed: E: m>',
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else '',
    )
    def test_it_says_what_it_is(self, made, text):
        assert repr(made()) == text

    def test_a_session_shows_no_secret(self):
        text = repr(AWS_Session(KWARGS))
        assert 'hush' not in text
        assert NOWHERE in text

    def test_a_large_value_is_cut(self):
        assert len(repr(Invoke_Result.of('f', 'x' * 10_000, 'r'))) < 400


def with_everything():
    made = function().set_role(EVIL).set_env_variable('PASSWORD', 'hush').add_layer(EVIL).set_memory(256)
    return made.set_tags({EVIL: 'x'}).set_zip_bytes(b'hush').set_description(EVIL)


def a_layer():
    return Lambda_Layer('l', ['python3.11'], description=EVIL, session_kwargs=KWARGS)


class test_in_a_notebook:
    @pytest.mark.parametrize(
        ('made', 'texts'),
        [
            (with_everything, ['Lambda(', 'memory_size', '256', 'PASSWORD', '4 bytes']),
            (a_layer, ['Lambda_Layer(', 'python3.11']),
            (plan, ['update f', 'MemorySize', '512', 'PASSWORD']),
            (lambda: plan('unchanged'), ['f is up to date']),
            (lambda: result(warnings=(EVIL,)), ['f: updated', 'arn:f', '1.23 s', 'code: a']),
            (
                lambda: Invoke_Result.of('f', {'a': EVIL}, 'the-id', logs=EVIL + '\n' + REPORT),
                ['f: ok', '<pre>{\n  &quot;a&quot;', '2.9 ms', '113 ms', '36 of 128 MB', 'the-id', 'REPORT RequestId'],
            ),
            (
                lambda: Invoke_Result.of(
                    'f', {'errorType': EVIL, 'errorMessage': 'm', 'stackTrace': [EVIL]}, 'r', function_error='x'
                ),
                ['f: failed', 'stack trace'],
            ),
            (lambda: Invoke_Result.of('f', float('nan'), 'r'), ['NaN']),
        ],
        ids=['Lambda', 'Lambda_Layer', 'plan', 'no plan', 'deploy result', 'value', 'error', 'no JSON'],
    )
    def test_it_shows_a_table_of_escaped_text_without_secrets(self, made, texts):
        html = made()._repr_html_()
        assert html.startswith('<table>')
        assert '<script' not in html
        assert 'hush' not in html
        for text in texts:
            assert text in html

    def test_only_what_was_set_is_shown(self):
        assert 'timeout' not in function()._repr_html_()
        assert 'timeout' in function().set_timeout(60)._repr_html_()

    def test_lists_of_functions_are_tables(self):
        from osbot_lambda.aws.Listing import Listing

        found = Listing.of([{'FunctionName': EVIL}])
        assert found == [{'FunctionName': EVIL}]
        assert '<th' in found._repr_html_()
        assert (
            'FunctionName' in Listing.of([{'FunctionName': 'f', 'Runtime': 'r'}], group_by='Runtime')['r']._repr_html_()
        )


class test_tab_completion_and_help:
    @pytest.mark.parametrize('made', [function, a_layer], ids=['Lambda', 'Lambda_Layer'])
    def test_every_name_that_is_offered_is_documented(self, made):
        offered = [name for name in dir(made()) if not name.startswith('_')]
        methods = [name for name in offered if callable(getattr(type(made()), name, None))]
        assert 'client' in methods
        assert [name for name in methods if name != 'json' and not getattr(type(made()), name).__doc__] == []
        assert not {'merge_with', 'obj', 'print_obj', 'from_json', 'update_from_kwargs'} & set(offered)

    def test_help_has_an_example(self):
        assert 'invoke({' in Lambda.invoke.__doc__


class test_misspelt_names:
    def test_a_keyword_of_deploy_lambda(self):
        with pytest.raises(
            TypeError, match=r"Deploy_Lambda has no argument 'memroy_size'; did you mean 'memory_size'\?"
        ):
            Deploy_Lambda(run, memroy_size=512)

    def test_an_attribute_of_deploy_lambda(self):
        deploy = Deploy_Lambda(run, session_kwargs=KWARGS)
        with pytest.raises(AttributeError, match=r"Deploy_Lambda has no attribute 'memroy_size' that can be set"):
            deploy.memroy_size = 512
        with pytest.raises(AttributeError, match=r'say set_memory_size\(…\)'):
            deploy.memory_size = 512

    def test_a_keyword_of_lambda(self):
        with pytest.raises(AttributeError, match=r"Lambda has no attribute 'timeuot'; did you mean 'timeout'\?"):
            Lambda('f', timeuot=5)

    def test_a_name_that_is_no_text(self):
        with pytest.raises(ValueError, match=r'Lambda.name takes str, and this is int'):
            Lambda(5)
