from typing import Any

from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
from osbot_lambda.errors import Zip__Too_Large
from osbot_lambda.packaging.Lambda_Package import Lambda_Package


class Deploy_Budget:
    """Lambda's limit for the code of a function and all of its layers together, checked before anything is sent.

    Units  : MAX_BYTES is unzipped bytes. Of a layer that isn't made here, AWS tells only the size of its zip: that
             counts, so that what is refused here is refused by AWS, too.
    Errors : Zip__Too_Large, naming what is big.
    Source : AWS "Lambda quotas".
    """

    MAX_BYTES = Lambda_Package.MAX_BYTES

    @classmethod
    def check(cls, package: Lambda_Package, layers: Deploy_Layers) -> None:
        """Raises when they are too large together."""
        sizes = {f'layer {arn} (zipped)': size for arn, size in layers.zipped.items() if cls._stays(arn, layers)}
        if layers.new is not None and layers.zip_bytes is not None:
            sizes[f'layer {layers.new.name}'] = cls._unzipped(layers.zip_bytes)
        total = package.size() + sum(sizes.values())
        if total > cls.MAX_BYTES:
            sizes[f'the function ({package.content().biggest()})'] = package.size()
            listed = ', '.join(f'{name} {size:,}' for name, size in sorted(sizes.items(), key=cls._size, reverse=True))
            raise Zip__Too_Large(
                f'the code and its layers have at least {total:,} bytes unzipped, and Lambda takes {cls.MAX_BYTES:,} '
                f'together: {listed}. Leave packages out (exclude=, set_remove_tests(), set_strip_binaries()), or '
                f'deploy a container image'
            )

    @staticmethod
    def _stays(arn: str, layers: Deploy_Layers) -> bool:
        return layers.arns is None or arn in layers.arns

    @staticmethod
    def _size(part: tuple[Any, int]) -> int:
        return part[1]

    @staticmethod
    def _unzipped(data: bytes) -> int:
        from io import BytesIO
        from zipfile import ZipFile

        return sum(info.file_size for info in ZipFile(BytesIO(data)).infolist())
