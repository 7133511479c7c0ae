import threading

import pytest

from osbot_lambda.aws.s3.Code_Bucket import Code_Bucket
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.schemas.Progress import Progress


class Seen(Progress):
    """Keeps what it is told."""

    def __init__(self):
        self.total, self.done, self.parts, self.finished = 0, 0, 0, []
        self.lock = threading.Lock()

    def start(self, task, total=0, unit='bytes'):
        self.total = total

    def advance(self, task, done):
        with self.lock:
            self.done, self.parts = self.done + done, self.parts + 1

    def finish(self, task):
        self.finished.append(task)


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


class test_Code_Bucket:
    def test_a_large_zip_goes_up_in_parts_and_says_how_far_it_is(self, session):
        seen, data = Seen(), bytes(20_000_000)
        put = Code_Bucket(session, progress=seen).put(data, 'lambdas/app')
        assert seen.done == seen.total == len(data)
        assert seen.parts > 2
        assert len(seen.finished) == 1
        assert S3(session_kwargs=session).file_bytes(put['S3Bucket'], put['S3Key']) == data

    def test_what_is_there_is_not_sent_again(self, session):
        first = Code_Bucket(session).put(b'zip', 'lambdas/app')
        seen = Seen()
        assert Code_Bucket(session, progress=seen).put(b'zip', 'lambdas/app') == first
        assert seen.finished == []

    def test_other_content_has_another_key(self, session):
        bucket = Code_Bucket(session, 'a-bucket-of-mine')
        one, two = bucket.put(b'1', 'lambdas/app'), bucket.put(b'2', 'lambdas/app')
        assert one['S3Key'] != two['S3Key']
        assert one['S3Bucket'] == two['S3Bucket'] == 'a-bucket-of-mine'
