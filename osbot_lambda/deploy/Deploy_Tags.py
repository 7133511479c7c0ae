from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.errors import Aws__Access_Denied, Setting__Invalid

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda import Lambda

MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256


class Deploy_Tags(Deploy_Part):
    """The function's tags: those that are named, and no others.

    Shapes : tags map keys to texts; None takes the tag off.
    Errors : Setting__Invalid for what Lambda would refuse; Aws__Error.
    """

    order = 10

    def __init__(self, tags: Mapping[str, Optional[str]]):
        for key, value in tags.items():
            self._check(key, value)
        self.tags = dict(tags)
        if len(self._wanted()) > MOST_TAGS:
            raise Setting__Invalid(f'{len(self._wanted())} tags are too many; Lambda takes {MOST_TAGS}')
        self._there: dict[str, str] = {}
        self._arn = ''

    def read(self, function: 'Lambda') -> None:
        """What tags there are, by GetFunction: unlike ListTags it needs no ARN."""
        found = function.info()
        unknown = found.get('TagsError')
        if unknown:
            raise Aws__Access_Denied(
                str(unknown.get('Message', '')),
                service='lambda',
                operation='ListTags',
                resource=function.name,
                code=str(unknown.get('ErrorCode', '')),
            )
        self._there = dict(found.get('Tags') or {})
        self._arn = str(found['Configuration']['FunctionArn'])

    def changes(self) -> tuple[Deploy_Change, ...]:
        """One for all the tags that differ."""
        keys = [key for key, value in self.tags.items() if self._there.get(key) != value]
        if not keys:
            return ()
        return (Deploy_Change('tags', _text(keys, self._there), _text(keys, self._wanted())),)

    def apply(self, function: 'Lambda') -> None:
        """Put on what differs, and take off what is to go."""
        arn = self._arn or function.function_arn()
        put = {key: value for key, value in self._wanted().items() if self._there.get(key) != value}
        if put:
            function.call('tag_resource', Resource=arn, Tags=put)
        gone = [key for key, value in self.tags.items() if value is None and key in self._there]
        if gone:
            function.call('untag_resource', Resource=arn, TagKeys=gone)

    def of_create(self) -> dict[str, Any]:
        """The tags: there are accounts in which nothing can be made without."""
        return {'Tags': self._wanted()} if self._wanted() else {}

    def _wanted(self) -> dict[str, str]:
        return {key: value for key, value in self.tags.items() if value is not None}

    @staticmethod
    def _check(key: object, value: object) -> None:
        if not isinstance(key, str) or not isinstance(value, str | None):
            raise Setting__Invalid(f'tag {key!r} is {value!r}; tags are text (None takes one off)')
        if not 1 <= len(key) <= LONGEST_KEY or key.lower().startswith('aws:'):
            raise Setting__Invalid(
                f'tag {key!r}: a key has 1 to {LONGEST_KEY} characters, and aws: is not at its start'
            )
        if len(value or '') > LONGEST_VALUE:
            raise Setting__Invalid(f'tag {key!r} has a value of {len(value or "")} characters; at most {LONGEST_VALUE}')


def _text(keys: list[str], tags: Mapping[str, str]) -> str:
    return ', '.join(f'{key}={tags[key]}' for key in keys if key in tags)
