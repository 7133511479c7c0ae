from dataclasses import dataclass

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform


@dataclass(frozen=True, slots=True)
class Wheel_Link:
    """Where a distribution's file is to be had.

    Shapes : name is normalised; file is its name, 'requests-2.34.0-py3-none-any.whl' or an sdist's; url is https: or
             file:, '' for what was built here and is in our cache alone; sha256 is '' and size 0 when not known.
    """

    name: str
    version: str
    file: str
    url: str
    sha256: str = ''
    size: int = 0
    built: bool = False

    @property
    def is_wheel(self) -> bool:
        """Else it is a source distribution."""
        return self.file.endswith('.whl')

    def rank(self, ranks: dict[str, int]) -> tuple[int, int]:
        """How well it fits, the lowest best, by the places of tags; LookupError for one that doesn't."""
        from packaging.utils import InvalidWheelFilename, parse_wheel_filename

        try:
            _, _, build, tags = parse_wheel_filename(self.file)
        except InvalidWheelFilename as error:
            raise LookupError(str(error)) from error
        places = [ranks[text] for tag in tags if (text := str(tag)) in ranks]
        if not places:
            raise LookupError(f'{self.file} does not fit')
        return min(places), -(build[0] if build else 0)

    @staticmethod
    def best(links: 'list[Wheel_Link]', platform: Lambda_Platform) -> 'list[Wheel_Link]':
        """Those of the wheels that fit, the best first."""
        ranks = {tag: place for place, tag in reversed([*enumerate(platform.compatible_tags())])}
        found = []
        for link in links:
            try:
                found.append((link.rank(ranks), link.file, link))
            except LookupError:
                continue
        return [link for _, _, link in sorted(found, key=lambda one: one[:2])]
