"""The same surroundings as the briefing's blocks have: a default cloud that is the test's own account."""

from tests.briefing.conftest import (  # noqa: F401
    default_session,
    deploy,
    deployed,
    image_uri,
    lambda_func,
    layer_arn,
    module,
    my_bucket,
    my_module,
    my_queue,
    python311_is_the_python_that_runs,
    role_arn,
    wheels,
)
