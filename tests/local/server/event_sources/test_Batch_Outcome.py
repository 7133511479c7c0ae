import json

import pytest

from osbot_lambda.local.server.event_sources.Batch_Outcome import Batch_Outcome
from osbot_lambda.runtime.Invocation_Result import Invocation_Result

IDS = ['one', 'two', 'three']


def result(value=None, error=None, payload=None):
    payload = json.dumps(value).encode() if payload is None else payload
    return Invocation_Result('id', payload, error, '$LATEST', b'', 1.0, 1, None, 1, None, 'stream', False)


def failures(*identifiers):
    return {'batchItemFailures': [{'itemIdentifier': identifier} for identifier in identifiers]}


class test_Batch_Outcome:
    @pytest.mark.parametrize('value', [None, 'ok', {}, failures('one'), [1]], ids=repr)
    def test_without_reports_any_value_is_success(self, value):
        assert Batch_Outcome(IDS, False).done(result(value)) == set(IDS)

    @pytest.mark.parametrize('reports', [False, True])
    def test_an_error_of_the_function_fails_all(self, reports):
        assert Batch_Outcome(IDS, reports).done(result(failures(), error='Unhandled')) == set()

    @pytest.mark.parametrize(
        'value', [None, '', {}, [], {'batchItemFailures': None}, {'batchItemFailures': []}, {'other': 1}], ids=repr
    )
    def test_what_counts_as_full_success(self, value):
        assert Batch_Outcome(IDS, True).done(result(value)) == set(IDS)

    @pytest.mark.parametrize(
        'value',
        [
            failures(''),
            failures(None),
            failures(7),
            {'batchItemFailures': [{'bad-key': 'one'}]},
            failures('not-in-batch'),
            failures('one', 'not-in-batch'),
            {'batchItemFailures': ['one']},
            {'batchItemFailures': 'one'},
            'ok',
        ],
        ids=repr,
    )
    @pytest.mark.fidelity(
        'ReportBatchItemFailures',
        aws='an unknown, empty or null id, a wrong key or no JSON fails the whole batch',
        ours='as AWS',
        source='S report_batch',
        kind='recorded',
    )
    def test_what_counts_as_full_failure(self, value):
        assert Batch_Outcome(IDS, True).done(result(value)) == set()

    def test_an_answer_that_is_no_json_is_full_failure(self):
        assert Batch_Outcome(IDS, True).done(result(payload=b'{"batch')) == set()

    def test_those_that_are_reported_stay(self):
        assert Batch_Outcome(IDS, True).done(result(failures('two', 'two'))) == {'one', 'three'}
