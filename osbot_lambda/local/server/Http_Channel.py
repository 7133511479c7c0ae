from waitress.channel import HTTPChannel

from osbot_lambda.local.server.Http_Parser import Http_Parser
from osbot_lambda.local.server.Http_Task import Http_Task


class Http_Channel(HTTPChannel):
    """One connection, with our parser and our task."""

    parser_class = Http_Parser
    task_class = Http_Task
