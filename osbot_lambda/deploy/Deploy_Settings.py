from typing import Optional

from osbot_lambda.schemas.Schema__Base import Schema__Base


class Deploy_Settings(Schema__Base):
    """What the user named of a function's settings. What is None was not named: an existing function keeps its own.

    Units  : memory_size and ephemeral_storage (/tmp) are MiB, timeout and deadline (of a deploy) seconds.
    Shapes : role is a role's name or ARN; handler 'module.function' (None: the packaged handler's); env_variables is
             the whole environment, and counts when env_named. layers are ARNs of layer versions, packages what one
             more layer is made of; together they are all of the function's layers, and count when layers_named.
             subnet_ids and security_group_ids are the whole VPC configuration, and count when vpc_named. dead_letter
             is an ARN, '' for none; logging has AWS's names: 'LogFormat', 'LogGroup', …. image_uri makes it a function
             of a container image.
    """

    memory_size: Optional[int] = None
    ephemeral_storage: Optional[int] = None
    timeout: Optional[int] = None
    runtime: Optional[str] = None
    architecture: Optional[str] = None
    handler: Optional[str] = None
    description: Optional[str] = None
    role: Optional[str] = None
    tracing: Optional[str] = None
    dead_letter: Optional[str] = None
    env_variables: dict[str, str]
    env_named: bool = False
    layers: list[str]
    layers_named: bool = False
    packages: list[str]
    reuse_packages_layer: bool = True
    subnet_ids: list[str]
    security_group_ids: list[str]
    vpc_named: bool = False
    logging: dict[str, str]
    image_uri: Optional[str] = None
    deadline: float = 300.0
