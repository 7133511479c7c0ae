from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File


@dataclass(frozen=True, slots=True)
class Wheel_Set:
    """All the wheels of a package or layer: what was asked for and what that needs, for one platform.

        wheels = Package_Resolver(Lambda_Platform('python3.12')).resolve(Requirement_Set(('requests',)))
        wheels.names()                      # ['certifi==2026.1.1', …, 'requests==2.34.0']
        wheels.unpack(Path('build'))

    Shapes : wheels are sorted by name; left_out are 'boto3==1.40.1', which Lambda's runtime brings.
    Errors : unpack() raises Zip__Bad_Path for a wheel that writes outside its folder.
    """

    platform: Lambda_Platform
    wheels: tuple[Wheel_File, ...] = ()
    left_out: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """'name==version' of each."""
        return [f'{wheel.name}=={wheel.version}' for wheel in self.wheels]

    def joined_with(self, other: Self) -> Self:
        """These, and those of the other that are of no name that is here."""
        names = {wheel.name for wheel in self.wheels}
        more = (wheel for wheel in other.wheels if wheel.name not in names)
        wheels = tuple(sorted((*self.wheels, *more), key=lambda wheel: wheel.name))
        return replace(self, wheels=wheels, left_out=tuple(sorted({*self.left_out, *other.left_out})))

    def without(self, other: Self) -> Self:
        """Without those that the other has in the same version."""
        there = set(other.names())
        return replace(self, wheels=tuple(one for one in self.wheels if f'{one.name}=={one.version}' not in there))

    def key(self) -> str:
        """The same for the same files, on any machine: a SHA-256 in hex."""
        import hashlib

        lines = sorted(f'{wheel.name} {wheel.version} {wheel.sha256}\n' for wheel in self.wheels)
        return hashlib.sha256(''.join(lines).encode()).hexdigest()

    def unpack(self, target: Path) -> None:
        """Their files into a folder, which is made: modules and data at its root. What is of one machine alone stays
        out: bytecode, scripts, headers, notes of an installer. Of a file that two have, the later name's stays."""
        from osbot_lambda.archive.Wheel_Archive import Wheel_Archive

        target.mkdir(parents=True, exist_ok=True)
        for wheel in self.wheels:
            archive = Wheel_Archive(wheel.path, wheel.name)
            for entry in archive.entries():
                file = target / entry.path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.unlink(missing_ok=True)  # another wheel's, with a mode of its own
                file.write_bytes(archive.read(entry))
                file.chmod(entry.mode)
