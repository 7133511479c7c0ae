import copy
import sys
from typing import Any

import pytest

from tests.order_app.samples import MISSION_ORDER, ORDER_APP

for root in (ORDER_APP, ORDER_APP / 'lambdas'):  # as /var/task has them: app/ beside the lambda files
    sys.path.insert(0, str(root))


@pytest.fixture
def mission_order() -> dict[str, Any]:
    return copy.deepcopy(MISSION_ORDER)
