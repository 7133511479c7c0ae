from osbot_lambda.schemas.Schema__Base import Schema__Base


class Schema__Lambda__Dependency__Local_Install__Data(Schema__Base):
    """What was installed, for which requirement, where and when.

    Shapes : install_data is the distributions, 'name==version'; installed_files are paths inside target_path.
    Units  : time_stamp is milliseconds since 1970, duration seconds.
    """

    package_name: str
    target_path: str
    runtime: str
    architecture: str
    install_data: list[str]
    installed_files: list[str]
    time_stamp: int
    duration: float
