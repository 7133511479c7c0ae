from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Missing_Import import Missing_Import
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set

if TYPE_CHECKING:
    from osbot_lambda.packaging.Import_Ref import Import_Ref
    from osbot_lambda.packaging.requirements.Installed_Distributions import Installed_Distributions
    from osbot_lambda.packaging.requirements.Project_Requirements import Project_Requirements
    from osbot_lambda.packaging.requirements.Script_Block import Script_Block


@dataclass(frozen=True, slots=True)
class Requirement_Choice:
    """The packages that the imports of a function need.

    Shapes : why is {name: 'imported at app/main.py:3'}. missing are imports that nothing installed, declared or locked
             provides. unused are names that the project declares and no import reaches: they are left out.
    """

    wanted: Requirement_Set
    why: dict[str, str] = field(default_factory=dict)
    missing: tuple[Missing_Import, ...] = ()
    unused: tuple[str, ...] = ()

    @classmethod
    def for_imports(
        cls,
        refs: 'Iterable[Import_Ref]',
        project: 'Project_Requirements',
        installed: 'Installed_Distributions',
        platform: Lambda_Platform,
        script: 'Optional[Script_Block]' = None,
    ) -> 'Requirement_Choice':
        """What to ask for, so that these imports work on the platform; a script's own block is the whole list.

        Errors : Requirement__Invalid (a lock, a project or a script for another Python; a file that can't be read).
        """
        from osbot_lambda.packaging.requirements.Requirement_Chooser import Requirement_Chooser

        if script is not None:
            return cls(script.requirements(platform.python_version))
        return Requirement_Chooser(project, installed, platform).choose(refs)
