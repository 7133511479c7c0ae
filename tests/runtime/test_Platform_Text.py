import pytest

from osbot_lambda.runtime.Platform_Text import Platform_Text

ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'


class test_Platform_Text:
    """The lines are those recorded from AWS."""

    @pytest.mark.fidelity(
        'REPORT',
        aws='Duration, Billed Duration (with the init’s), Memory Size, …, Init Duration, Status, Error Type; tabs',
        ours='as AWS',
        source='S invocation_with_logs, D lambda-runtime-environment',
        kind='recorded',
    )
    def test_report(self):
        begin = f'REPORT RequestId: {ID}\t'
        memory = 'Memory Size: 128 MB\tMax Memory Used: 36 MB\t'
        assert Platform_Text.report(ID, 2.9, 3, 128, 36, None, '', None) == (
            f'{begin}Duration: 2.90 ms\tBilled Duration: 3 ms\t{memory}\n'
        )
        assert Platform_Text.report(ID, 1233.96, 1698, 128, 36, 463.51, '', None) == (
            f'{begin}Duration: 1233.96 ms\tBilled Duration: 1698 ms\t{memory}Init Duration: 463.51 ms\t\n'
        )
        assert Platform_Text.report(ID, 3000, 3000, 128, 36, None, 'timeout', 'Sandbox.Timedout') == (
            f'{begin}Duration: 3000.00 ms\tBilled Duration: 3000 ms\t{memory}Status: timeout\n'
        )
        assert Platform_Text.report(ID, 20, 20, 128, 36, None, 'error', 'Runtime.ExitError') == (
            f'{begin}Duration: 20.00 ms\tBilled Duration: 20 ms\t{memory}Status: error\tError Type: Runtime.ExitError\n'
        )

    def test_init_report(self):
        assert Platform_Text.init_report(9999.79, 'init', 'timeout', 'Sandbox.Timedout') == (
            'INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n'
        )
        assert Platform_Text.init_report(150.79, 'init', 'error', 'Runtime.ImportModuleError') == (
            'INIT_REPORT Init Duration: 150.79 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n'
        )

    @pytest.mark.parametrize(
        ('exit_code', 'reason'),
        [
            (0, 'Runtime exited without providing a reason'),
            (127, 'Runtime exited with error: exit status 127'),
            (-11, 'Runtime exited with error: signal: segmentation fault'),
            (-9, 'Runtime exited with error: signal: killed'),
            (-40, 'Runtime exited with error: signal: 40'),
        ],
    )
    def test_exit_message(self, exit_code, reason):
        assert Platform_Text.exit_message(ID, exit_code) == f'RequestId: {ID} Error: {reason}'

    def test_error_payload(self):
        assert Platform_Text.error_payload('Sandbox.Timedout', Platform_Text.timeout_message(ID, 3)) == (
            b'{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: '
            b'c6af9ac6-7b61-11e6-9a41-93e8deadbeef Error: Task timed out after 3.00 seconds"}'
        )
