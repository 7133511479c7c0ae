import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.s3.Code_Bucket import Code_Bucket
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.deploy.Deploy_Alias import LATEST
from osbot_lambda.deploy.Deploy_Alias_State import Deploy_Alias_State
from osbot_lambda.deploy.Deploy_Prune_Result import Deploy_Prune_Result
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found, Setting__Invalid

OUR_LAYER = re.compile(r'layer_for__[a-zA-Z0-9-]*__[0-9a-f]{12}')  # as Package_Layer names them
OUR_OBJECT = re.compile(r'(?:lambdas|layers)/([^/]+)/([0-9a-f]{64})\.zip')  # as Code_Bucket.put() names them


class Deploy_Prune:
    """Finds and removes what deploys of a function made and nothing uses any longer.

        Deploy_Prune(function, keep=3).find()

    Versions: the newest `keep` stay, and those that an alias, an event source or a permission names. Layers: only
    those made of packages by a deploy; a version that any version of any function has stays, and one that was shared.
    Objects: this function's packages that are the code of none of its versions, and those of layers that have no
    version left; Lambda has copies of them all.

    Units  : YOUNG is how old a layer version or an object is at least, for a deploy may be about to use a younger one.
    Errors : Setting__Invalid for keep; Aws__Not_Found when the function isn't there; Aws__Error. Everything is looked
             at before anything is removed.
    """

    YOUNG = timedelta(hours=1)

    def __init__(self, function: Lambda, keep: int):
        if isinstance(keep, bool) or not isinstance(keep, int) or keep < 0:
            raise Setting__Invalid(f'keep is {keep!r}; it is how many versions stay: 0 or more')
        self.function, self.keep = function, keep
        self._sizes: dict[str, int] = {}  # of the code of each version, by its number
        self.before = datetime.now(UTC) - self.YOUNG

    def find(self) -> Deploy_Prune_Result:
        """What can be removed; nothing is."""
        versions = sorted(self.function.versions(), key=_number)
        self._sizes = {str(version['Version']): version['CodeSize'] for version in versions}
        kept = self._kept(versions)
        gone = [version for version in versions if version['Version'] not in (*kept, LATEST)]
        codes = {_hex(version) for version in versions if version not in gone}
        layers, layers_left = self._layers({str(version['Version']) for version in gone})
        objects = [*self._objects_of_function(codes), *self._objects_of_layers(layers_left)]
        bucket = self._bucket().bucket if objects else ''
        return Deploy_Prune_Result(
            name=self.function.name,
            versions=tuple(str(version['Version']) for version in gone),
            layers=tuple(layers),
            objects=tuple(f'{bucket}/{found["Key"]}' for found in objects),
            kept=kept,
            size=sum(version['CodeSize'] for version in gone) + sum(found['Size'] for found in objects),
        )

    def run(self) -> Deploy_Prune_Result:
        """Remove it; the result says what was removed. A version that an alias came to have meanwhile stays, and then
        layers and objects wait for the next prune: they may be that version's."""
        found = self.find()
        gone, kept = [], dict(found.kept)
        for number in found.versions:
            try:
                self.function.version_delete(number)
                gone.append(number)
            except Aws__Conflict as error:
                kept[number] = error.message
        if len(gone) < len(found.versions):
            size = sum(self._sizes[number] for number in gone)
            return replace(found, versions=tuple(gone), layers=(), objects=(), kept=kept, size=size, removed=True)
        for arn in found.layers:
            self._layer(arn.split(':')[6]).delete_version(int(arn.split(':')[7]))
        for path in found.objects:
            bucket, _, key = path.partition('/')
            self._s3().file_delete(bucket, key)
        return replace(found, removed=True)

    # ---- versions

    def _kept(self, versions: list[dict[str, Any]]) -> dict[str, str]:
        """Of those that stay, why; the oldest first."""
        numbers = [str(version['Version']) for version in versions if version['Version'] != LATEST]
        found = dict.fromkeys(numbers[len(numbers) - self.keep :] if self.keep else [], f'of the newest {self.keep}')
        for alias in self.function.aliases():
            state = Deploy_Alias_State.of(alias)
            found |= dict.fromkeys({state.version, state.canary}, f'alias {alias["Name"]}')
        others = [number for number in numbers if number not in found]
        sources = self._with_event_sources() if others else set()
        for number in others:
            if number in sources:
                found[number] = 'an event source'
            elif self._has_permissions(number):
                found[number] = 'a permission'
        return {number: found[number] for number in numbers if number in found}

    def _with_event_sources(self) -> set[str]:
        mappings = self.function.iterate('list_event_source_mappings', 'EventSourceMappings')
        arns = [str(mapping.get('FunctionArn', '')).split(':') for mapping in mappings]
        return {arn[7] for arn in arns if len(arn) == 8 and arn[6] == self.function.function_name()}

    def _has_permissions(self, number: str) -> bool:
        try:
            self.function.call('get_policy', FunctionName=self.function.name, Qualifier=number)
        except Aws__Not_Found:
            return False
        return True

    # ---- layers

    def _layers(self, gone_versions: set[str]) -> tuple[list[str], set[str]]:
        """The ARNs of the versions that can go, and the names of the layers that keep one."""
        names = [str(layer['LayerName']) for layer in self._layer('').iterate_layers()]
        versions = [
            (name, each) for name in names if OUR_LAYER.fullmatch(name) for each in self._layer(name).versions()
        ]
        if not versions:
            return [], set()
        used = self._layers_in_use(gone_versions)
        gone, left = [], set()
        for name, version in versions:
            arn = str(version['LayerVersionArn'])
            young = datetime.fromisoformat(str(version['CreatedDate'])) > self.before
            if young or arn in used or self._layer(name).policy(version['Version']):
                left.add(name)
            else:
                gone.append(arn)
        return gone, left

    def _layers_in_use(self, gone_versions: set[str]) -> set[str]:
        """By any version of any function here, but for those that go."""
        found, name = set(), self.function.function_name()
        for function in self.function.iterate('list_functions', 'Functions', FunctionVersion='ALL'):
            if function['FunctionName'] != name or function['Version'] not in gone_versions:
                found |= {str(layer['Arn']) for layer in function.get('Layers') or ()}
        return found

    # ---- objects

    def _objects_of_function(self, codes: set[str]) -> list[dict[str, Any]]:
        found = self._objects(f'lambdas/{self.function.function_name()}/')
        return [each for each, _, sha in found if sha not in codes]

    def _objects_of_layers(self, left: set[str]) -> list[dict[str, Any]]:
        found = self._objects('layers/layer_for__')
        return [each for each, name, _ in found if OUR_LAYER.fullmatch(name) and name not in left]

    def _objects(self, prefix: str) -> Iterator[tuple[dict[str, Any], str, str]]:
        """With the function's or layer's name, and the content's SHA-256."""
        try:
            for found in self._s3().iterate_files(self._bucket().bucket, prefix):
                ours = OUR_OBJECT.fullmatch(found['Key'])
                if ours and found['LastModified'] <= self.before:
                    yield found, ours[1], ours[2]
        except Aws__Not_Found:  # there is no bucket
            return

    # ---- the others

    def _bucket(self) -> Code_Bucket:
        return Code_Bucket(self.function.session)

    def _layer(self, name: str) -> Lambda_Layer:
        return Lambda_Layer(name, session_kwargs=self.function.session)

    def _s3(self) -> S3:
        return S3(session_kwargs=self.function.session)


def _number(version: dict[str, Any]) -> int:
    return -1 if version['Version'] == LATEST else int(version['Version'])


def _hex(version: dict[str, Any]) -> str:
    """The code's SHA-256 as the keys of objects have it."""
    return b64decode(str(version['CodeSha256'])).hex()
