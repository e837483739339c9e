"""Parley: a serverless Messaging Service Provider for Apple Messages for Business."""

import gc
import os
from typing import Final

USUAL_THRESHOLDS: Final = gc.get_threshold()

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # What a starting function loads is no garbage, and to look for some in it is a tenth of a cold start.
    # `compose.early` goes back to what is usual, once everything is there.
    gc.set_threshold(200_000)
