import pytest

from osbot_lambda.local.server.protocol.Api_Route import Api_Route


def match(uri, path, query=''):
    return Api_Route('Op', uri).match(Api_Route.split(path), query)


class test_Api_Route:
    @pytest.mark.parametrize(
        ('uri', 'path', 'labels'),
        [
            ('/a/{Name}', '/a/x', {'Name': 'x'}),
            ('/a/{Name}', '/a/x/', {'Name': 'x'}),
            ('/a/{Name}', '/a/x%3Ay%2Fz', {'Name': 'x:y/z'}),
            ('/a/{Name}', '/a/x/y', None),
            ('/a/{Name}', '/b/x', None),
            ('/a/{Name}', '/a', None),
            ('/a/{Name}/b', '/a//b', None),
            ('/{Bucket}/{Key+}', '/b/k', {'Bucket': 'b', 'Key': 'k'}),
            ('/{Bucket}/{Key+}', '/b/k/l/m', {'Bucket': 'b', 'Key': 'k/l/m'}),
            ('/a/{Key+}/end', '/a/k/l/end', {'Key': 'k/l'}),
            ('/a/{Key+}/end', '/a/end', None),
            ('/', '/', {}),
        ],
    )
    def test_labels_of_a_path(self, uri, path, labels):
        assert match(uri, path) == labels

    def test_a_condition_in_the_query_has_to_be_met(self):
        assert match('/a?find=x', '/a', 'find=x&more=1') == {}
        assert match('/a?find=x', '/a', 'find=y') is None
        assert match('/a?find=x', '/a') is None
