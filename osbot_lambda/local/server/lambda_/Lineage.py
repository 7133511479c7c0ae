import zlib
from dataclasses import replace

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.runtime.Invocation import Invocation


class Lineage:
    """How often each function came up in a chain of requests: told on in the trace header, to stop endless loops.

    Shapes : '…;Lineage=<8 hex digits for the function>:<count>|…', after the other parts of the header.
    Source : X-Ray developer guide, "Tracing header"; Lambda developer guide, "Use Lambda recursive loop detection".
    """

    LIMIT = 16
    PART = ';Lineage='

    @classmethod
    def next(cls, function: Lambda_Function, invocation: Invocation) -> Invocation:
        """The invocation as the function gets it.

        Raises Api__Error 400 when the function came up too often and its RecursiveLoop says Terminate.
        """
        base, _, lineage = (invocation.trace_id or '').partition(cls.PART)
        key = f'{zlib.crc32(function.arn.encode()):08x}'
        others, count = [], 0
        for entry in lineage.split('|') if lineage else ():
            name, _, number = entry.partition(':')
            if name != key:
                others.append(entry)
            elif number.isdecimal():
                count = int(number) + 1
        if count >= cls.LIMIT and function.recursive_loop == 'Terminate':
            raise Api__Error(
                'RecursiveInvocationException',
                'Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services '
                "resources and stopped your function's invocation.",
                400,
            )
        return replace(invocation, trace_id=f'{base}{cls.PART}{"|".join([*others, f"{key}:{count}"])}')
