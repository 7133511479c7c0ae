import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, overload

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Connection, Aws__Not_Found, Setting__Invalid, Target__Not_Loopback
from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    from osbot_lambda.aws.s3.S3 import S3

LAMBDA_S_DEFAULT = 'python3.11'  # the runtime that Lambda has unless told otherwise


class Lambda_Layer(Aws__Resource):
    """A Lambda layer, by name: its versions, and making new ones.

        layer = Lambda_Layer('requests-layer', runtimes=['python3.12'])
        layer.create_from_pip('requests')
        Lambda('my-function').add_layer(layer.arn_latest()).update()

    Shapes : layer_name takes '-' for each '.'; runtimes are those that it is for (at most 15), architecture 'x86_64' or
             'arm64' (packages are then for it; else for x86_64). s3_bucket (by default
             '<account>--osbot-lambdas--<region>', made when it isn't there) and s3_folder are where large layers are
             put for Lambda to fetch. A publish response is {'LayerVersionArn', 'Version', 'Content',
             'CompatibleRuntimes', …}.
    Errors : Setting__Invalid for a name that Lambda would refuse; Zip__Too_Large; Aws__Error.
    Note   : same content, same bytes. Nothing is called before a method needs it.
    """

    service_name: str = 'lambda'
    layer_name: str
    runtimes: list[str]
    architecture: Optional[str] = None
    license_info: Optional[str] = None
    description: Optional[str] = None
    s3_bucket: Optional[str] = None
    s3_folder: str = 'layers'

    __direct_max__ = 52_428_800  # bytes of a zip that Lambda takes in the call itself: "Lambda quotas"

    def __init__(
        self,
        layer_name: str = '',
        runtimes: Optional[Sequence[str]] = None,
        license_info: Optional[str] = None,
        s3_bucket: Optional[str] = None,
        s3_folder: Optional[str] = None,
        description: Optional[str] = None,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        architecture: Optional[str] = None,
    ):
        super().__init__(
            session_kwargs,
            target,
            layer_name=layer_name.replace('.', '-'),
            runtimes=list(runtimes or ()),
            architecture=architecture,
            license_info=license_info,
            description=description,
            s3_bucket=s3_bucket,
            s3_folder=s3_folder or 'layers',
        )

    def _repr_html_(self) -> str:
        """What is set on this object. AWS isn't asked."""
        from osbot_lambda.schemas.Html_Table import Html_Table

        facts = {name: getattr(self, name) for name in ('description', 'license_info', 'architecture', 's3_bucket')}
        return Html_Table.of_facts(repr(self), {'runtimes': ', '.join(self.runtimes), **facts}).html()

    # ---- create

    def create_from_folder(self, folder: str | Path, ignore_pattern: str | Sequence[str] = ()) -> dict[str, Any]:
        """Publish what is in the folder, under 'python/' unless the folder has a layer's layout ('python', 'bin', …)
        already; the publish response. ignore_pattern: fnmatch patterns of what to leave out, besides caches.

        layer.create_from_folder('/path/to/layer/contents')['Version']"""
        return self._publish_zip(self._zip_of_folder(folder, ignore_pattern))

    def create_from_folder_via_s3(self, source_folder: str | Path, ignore_pattern: str | Sequence[str] = ()) -> str:
        """As create_from_folder(), through the bucket; the new version's ARN.

        layer_arn = layer.create_from_folder_via_s3('/path/to/layer/contents')"""
        answer = self._publish_zip(self._zip_of_folder(source_folder, ignore_pattern), via_s3=True)
        return str(answer['LayerVersionArn'])

    def create_from_pip(self, package_name: str | Sequence[str]) -> dict[str, Any]:
        """Publish one or several packages with what they need, as wheels for the layer's runtimes and architecture;
        the publish response. Packaging__No_Wheel, Packaging__Install_Failed.

        Without runtimes, it is made for python3.11, which Lambda() has by default, and for the Python that runs this.

        layer.create_from_pip(['requests>=2.32', 'pydantic[email]'])['LayerVersionArn']"""
        return self._publish_zip(self.zip_from_pip(package_name), self.runtimes_for_pip(), self._architecture_for_pip())

    def create_from_s3(self, s3_key: Optional[str] = None) -> dict[str, Any]:
        """Publish a zip that is in the bucket, by default the one that upload_layer_zip_file_to_s3() puts there; the
        publish response.

        layer.create_from_s3('layers/my-layer.zip')"""
        return self._publish({'S3Bucket': self.bucket(), 'S3Key': s3_key or self.s3_key()})

    def create_from_zip_bytes(self, zip_bytes: bytes, progress: Optional[Progress] = None) -> dict[str, Any]:
        """Publish a zip, through the bucket when it has more than 50 MiB; the publish response. A zip without a layer's
        layout ('python/…') gets it.

        layer.create_from_zip_bytes(Path('layer.zip').read_bytes())"""
        from osbot_lambda.aws.lambda_.Layer_Content import Layer_Content

        return self._publish_zip(Layer_Content.of_zip(zip_bytes), progress=progress)

    def create_from_zip_file_via_s3(self, zip_file: str | Path) -> dict[str, Any]:
        """As create_from_zip_bytes(), from a file and through the bucket; the publish response.

        layer.create_from_zip_file_via_s3('/path/to/layer.zip')"""
        from osbot_lambda.aws.lambda_.Layer_Content import Layer_Content

        return self._publish_zip(Layer_Content.of_zip(Path(zip_file).read_bytes()), via_s3=True)

    def zip_from_pip(
        self, package_name: str | Sequence[str], refresh: bool = False, progress: Optional[Progress] = None
    ) -> bytes:
        """The zip that create_from_pip() publishes; makes no call. refresh looks for newer versions of what isn't
        pinned, although it was looked for them within the day.

        Path('layer.zip').write_bytes(layer.zip_from_pip('requests'))"""
        from osbot_lambda.aws.lambda_.Layer_Content import Layer_Content

        packages = [package_name] if isinstance(package_name, str) else list(package_name)
        runtimes, architecture = self.runtimes_for_pip(), self._architecture_for_pip()
        return Layer_Content.of_packages(packages, runtimes, architecture, refresh, progress)

    def runtimes_for_pip(self) -> list[str]:
        """The runtimes that create_from_pip() is for: those of the layer, else python3.11 and the running one.

        Lambda_Layer('l', runtimes=['python3.12']).runtimes_for_pip()      # ['python3.12']"""
        from sys import version_info

        return list(self.runtimes) or list(dict.fromkeys([LAMBDA_S_DEFAULT, f'python3.{version_info.minor}']))

    # ---- the bucket

    def s3(self) -> 'S3':
        """S3 on the same session."""
        from osbot_lambda.aws.s3.S3 import S3

        return S3(session_kwargs=self.session)

    def bucket(self) -> str:
        """The name of the bucket for large layers.

        layer.bucket()      # '123456789012--osbot-lambdas--us-east-1'"""
        return self._code_bucket().bucket

    def s3_key(self) -> str:
        """'<s3_folder>/<layer_name>.zip': where upload_layer_zip_file_to_s3() writes, and create_from_s3() reads."""
        return f'{self.s3_folder}/{self.layer_name}.zip'

    def s3_folder_files(self) -> list[str]:
        """The keys of all layers that are in the bucket, sorted.

        layer.s3_folder_files()      # ['layers/my-layer.zip']"""
        return self.s3().find_files(self.bucket(), f'{self.s3_folder}/')

    def upload_layer_zip_file_to_s3(self, zip_file: str | Path) -> bool:
        """Write a zip, as it is, to s3_key(); True. The bucket is made when it isn't there.

        layer.upload_layer_zip_file_to_s3('layer.zip') and layer.create_from_s3()"""
        s3, bucket = self.s3(), self.bucket()
        if not s3.bucket_exists(bucket):
            s3.bucket_create(bucket)
        return bool(s3.file_create_from_bytes(Path(zip_file).read_bytes(), bucket, self.s3_key()))

    # ---- look

    def exists(self) -> bool:
        """Whether the layer has a version."""
        return self.latest_version() is not None

    def latest(self) -> dict[str, Any]:
        """The newest version, as versions() has it: {'LayerVersionArn', 'Version', 'CreatedDate', …}; {} for none.

        layer.latest().get('CompatibleRuntimes')"""
        try:
            answer = self.call('list_layer_versions', LayerName=self.layer_name, MaxItems=1)
        except Aws__Not_Found:
            return {}
        found: list[dict[str, Any]] = answer.get('LayerVersions') or []
        return max(found, key=lambda version: version['Version'], default={})

    def latest_version(self) -> Optional[int]:
        """The newest version's number; None for none."""
        return self.latest().get('Version')

    def arn_latest(self) -> Optional[str]:
        """The newest version's ARN; None for none.

        Lambda('my-function').add_layer(layer.arn_latest())"""
        return self.latest().get('LayerVersionArn')

    def arn(self, version: int) -> str:
        """A version's ARN, made of its parts: it need not be there.

        layer.arn(1)      # 'arn:aws:lambda:us-east-1:123456789012:layer:my-layer:1'"""
        region = self.session.region_name
        partition = {'cn': 'aws-cn', 'us-gov': 'aws-us-gov'}.get(re.sub(r'-[a-z]+-\d+$', '', region), 'aws')
        return f'arn:{partition}:lambda:{region}:{self.session.account_id()}:layer:{self.layer_name}:{version}'

    def info(self, version: Optional[int] = None) -> dict[str, Any]:
        """A version (by default the newest): {'LayerVersionArn', 'Version', 'Description', 'Content': {'Location',
        'CodeSha256', 'CodeSize'}, 'CompatibleRuntimes', …}. Aws__Not_Found.

        layer.info()['Content']['CodeSize']"""
        number = self._number(version)
        return self.call('get_layer_version', LayerName=self.layer_name, VersionNumber=number)

    def version(self, version: Optional[int] = None) -> dict[str, Any]:
        """As info()."""
        return self.info(version)

    def info_by_arn(self, arn: Optional[str] = None) -> dict[str, Any]:
        """As info(), by a version's ARN, which may be another account's; by default the newest of this layer.

        layer.info_by_arn('arn:aws:lambda:us-east-1:123456789012:layer:other-layer:1')['CompatibleRuntimes']"""
        return self.call('get_layer_version_by_arn', Arn=arn or self.arn(self._number(None)))

    def version_by_arn(self, arn: Optional[str] = None) -> dict[str, Any]:
        """As info_by_arn()."""
        return self.info_by_arn(arn)

    def content(self, version: Optional[int] = None) -> dict[str, Any]:
        """{'Location': URL, 'CodeSha256', 'CodeSize'} of a version, by default the newest. Aws__Not_Found."""
        content: dict[str, Any] = self.info(version)['Content']
        return content

    def code_zip(self, version: Optional[int] = None) -> str:
        """Download a version (by default the newest) to a temporary file, which is the caller's; its path.
        Aws__Not_Found.

        zipfile.ZipFile(layer.code_zip()).namelist()"""
        import os
        from tempfile import mkstemp

        location = str(self.content(version)['Location'])
        handle, path = mkstemp(prefix=f'{self.layer_name}-', suffix='.zip')
        try:
            with os.fdopen(handle, 'wb') as file:
                self._download(location, file)
        except BaseException:
            os.unlink(path)
            raise
        return path

    def versions(self, max_items: Optional[int] = None) -> list[dict[str, Any]]:
        """All versions, or max_items of them, the newest first: [{'LayerVersionArn', 'Version', …}].

        [version['Version'] for version in layer.versions()]"""
        from itertools import islice

        return list(islice(self.iterate_versions(), max_items))

    def iterate_versions(self) -> Iterator[dict[str, Any]]:
        """As versions(), page by page as they are asked for."""
        try:
            yield from self.iterate('list_layer_versions', 'LayerVersions', LayerName=self.layer_name)
        except Aws__Not_Found:
            return

    @overload
    def layers(self, index_by: None = None, group_by: None = None) -> list[dict[str, Any]]: ...

    @overload
    def layers(self, index_by: str, group_by: Optional[str] = None) -> dict[Any, Any]: ...

    @overload
    def layers(self, index_by: None = None, *, group_by: str) -> dict[Any, Any]: ...

    def layers(self, index_by: Optional[str] = None, group_by: Optional[str] = None) -> Any:
        """All layers of the account and region: [{'LayerName', 'LayerArn', 'LatestMatchingVersion': {…}}]; with
        index_by a dict of them by that key, with group_by lists by that key.

        Lambda_Layer().layers(index_by='LayerName')['my-layer']"""
        from osbot_lambda.aws.Listing import Listing

        return Listing.of(self.iterate_layers(), index_by, group_by)

    def iterate_layers(self) -> Iterator[dict[str, Any]]:
        """As layers(), page by page as they are asked for."""
        return self.iterate('list_layers', 'Layers')

    def policy(self, version: Optional[int] = None) -> dict[str, Any]:
        """Who may use a version (by default the newest): {'Version', 'Id', 'Statement': [statement]}; {} when it has no
        policy.

        layer.policy().get('Statement', [])"""
        import json

        number = self._number(version)
        try:
            answer = self.call('get_layer_version_policy', LayerName=self.layer_name, VersionNumber=number)
        except Aws__Not_Found:
            return {}
        document: dict[str, Any] = json.loads(answer['Policy'])
        return document

    # ---- delete

    def delete(self) -> bool:
        """Delete all versions; False when there was none. Functions that have one of them keep it."""
        numbers = [version['Version'] for version in self.iterate_versions()]
        for number in numbers:
            self.delete_version(number)
        return bool(numbers)

    def delete_version(self, version: int) -> bool:
        """Delete one version; True, as Lambda doesn't say whether it was there. Its number isn't used again.

        layer.delete_version(1)"""
        self.call('delete_layer_version', LayerName=self.layer_name, VersionNumber=version)
        return True

    # ---- inside

    def _architecture_for_pip(self) -> str:
        return self.architecture or 'x86_64'

    def _zip_of_folder(self, folder: str | Path, ignore_pattern: str | Sequence[str]) -> bytes:
        from osbot_lambda.aws.lambda_.Layer_Content import Layer_Content

        ignore = [ignore_pattern] if isinstance(ignore_pattern, str) else list(ignore_pattern)
        return Layer_Content.of_folder(folder, ignore)

    def _publish_zip(
        self,
        data: bytes,
        runtimes: Optional[list[str]] = None,
        architecture: Optional[str] = None,
        via_s3: bool = False,
        progress: Optional[Progress] = None,
    ) -> dict[str, Any]:
        self._check_name()
        content: dict[str, Any] = {'ZipFile': data}
        if via_s3 or len(data) > self.__direct_max__:
            content = self._code_bucket(progress).put(data, f'{self.s3_folder}/{self.layer_name}')
        return self._publish(content, runtimes, architecture)

    def _publish(
        self, content: dict[str, Any], runtimes: Optional[list[str]] = None, architecture: Optional[str] = None
    ) -> dict[str, Any]:
        self._check_name()
        architecture = architecture or self.architecture
        return self.call(
            'publish_layer_version',
            LayerName=self.layer_name,
            Content=content,
            CompatibleRuntimes=runtimes or list(self.runtimes) or None,
            CompatibleArchitectures=[architecture] if architecture else None,
            Description=self.description,
            LicenseInfo=self.license_info,
        )

    def _check_name(self) -> None:
        if not re.fullmatch('[a-zA-Z0-9-_]{1,140}', self.layer_name):
            raise Setting__Invalid(
                f'{self.layer_name!r} is no name for a layer: 1 to 140 letters, digits, - and _ only'
            )

    def _code_bucket(self, progress: Optional[Progress] = None) -> Any:
        from osbot_lambda.aws.s3.Code_Bucket import Code_Bucket

        return Code_Bucket(self.session, self.s3_bucket, progress)

    def _number(self, version: Optional[int]) -> int:
        number = self.latest_version() if version is None else version
        if number is None:
            about = f'layer {self.layer_name} has no version'
            raise Aws__Not_Found(about, service='lambda', operation='ListLayerVersions', resource=self.layer_name)
        return number

    def _download(self, url: str, file: Any) -> None:
        from shutil import copyfileobj
        from urllib.request import ProxyHandler, build_opener

        from osbot_lambda.aws.session.Address import Address

        on_this_machine = self.session.resolved.is_on_this_machine
        if on_this_machine and not Address(url).is_loopback():
            raise Target__Not_Loopback(url, 'lambda', 'the download of a layer')
        opener = build_opener(ProxyHandler({})) if on_this_machine else build_opener()
        try:
            with opener.open(url, timeout=60) as answer:
                copyfileobj(answer, file)
        except (OSError, ValueError) as error:
            about = f'the download of its content failed: {error}'
            operation = 'GetLayerVersion'
            raise Aws__Connection(about, service='lambda', operation=operation, resource=self.layer_name) from error
