import ast

import pytest

from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.aws.iam.IAM_Assume_Role import IAM_Assume_Role
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.logs.Logs import Logs
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS import SQS
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from tests.architecture.Source_Tree import Source_File, source_files

FILES = [file for file in source_files() if file.name.startswith(('aws/', 'deploy/'))]


def _resources() -> set[str]:
    """The names of all classes that have a session, found in the source."""
    bases = {cls.name: {ast.unparse(base) for base in cls.bases} for file in FILES for cls in file.classes()}
    found = {'Aws__Resource'}
    while more := {name for name, its in bases.items() if its & found} - found:
        found |= more
    return found


RESOURCES = _resources()
GIVE_THE_SESSION = {  # methods that return keyword arguments, the session among them
    f'self.{node.name}()'
    for file in FILES
    for node in ast.walk(file.tree)
    if isinstance(node, ast.FunctionDef) and "'session_kwargs': self.session" in ast.unparse(node)
}


def _made_without_the_session(file: Source_File) -> list[str]:
    """Where a method makes another resource, and gives it no session."""
    wrong = []
    for cls in (cls for cls in file.classes() if cls.name in RESOURCES):
        for node in ast.walk(cls):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RESOURCES):
                continue
            given = [ast.unparse(arg) for arg in node.args] + [ast.unparse(word.value) for word in node.keywords]
            if not any('session' in text or text in GIVE_THE_SESSION for text in given):
                wrong.append(f'{file.name}:{node.lineno} {ast.unparse(node)}')
    return wrong


class test_sessions_are_shared:
    @pytest.mark.parametrize('file', FILES, ids=lambda file: file.name)
    def test_what_a_resource_makes_gets_its_session(self, file):
        assert _made_without_the_session(file) == []

    def test_the_look_at_the_source_finds_something(self):
        assert {'Lambda', 'Logs', 'IAM_Assume_Role', 'SQS_Queue', 'S3'} <= RESOURCES

    @pytest.mark.parametrize(
        ('factory', 'make'),
        [
            (lambda session: Lambda('f', session_kwargs=session), lambda _: _.log_group()),
            (lambda session: Logs('g', 's', session), lambda _: _.group()),
            (lambda session: SQS(session), lambda _: _.queue('q')),
            (lambda session: IAM_Assume_Role('r', session_kwargs=session), lambda _: _.iam_role()),
            (lambda session: IAM_Assume_Role('r', session_kwargs=session), lambda _: _.sts()),
        ],
        ids=['Lambda.log_group', 'Logs.group', 'SQS.queue', 'IAM_Assume_Role.iam_role', 'IAM_Assume_Role.sts'],
    )
    def test_an_object_shares_its_session_with(self, session_kwargs, factory, make):
        maker = factory(AWS_Session(session_kwargs))
        made = make(maker)
        assert isinstance(made, Aws__Resource)
        assert made.session is maker.session

    def test_what_is_listed_shares_the_session_too(self, session_kwargs):
        session = AWS_Session(session_kwargs)
        dead, queue = SQS_Queue('dead', session), SQS_Queue('q', session)
        dead.create()
        queue.create()
        queue.set_dead_letter_queue(dead)
        role = IAM_Role('r', session).create_for__lambda()
        made = [
            *SQS(session).iterate_queues(),
            queue.dead_letter_queue(),
            *dead.dead_letter_sources(),
            *role.policies(),
        ]
        assert len(made) == 5
        assert all(resource.session is session for resource in made)
