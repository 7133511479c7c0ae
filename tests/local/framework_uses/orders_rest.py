"""Powertools: routes behind a function URL."""

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

app = LambdaFunctionUrlResolver()


@app.get('/orders/<order_id>')
def get_order(order_id: str):
    if order_id == 'none':
        raise NotFoundError('no such order')
    return {'id': order_id, 'wanted': app.current_event.query_string_parameters}


@app.post('/orders')
def post_order():
    return Response(status_code=201, content_type='text/plain', body=app.current_event.json_body['id'])


def run(event, context):
    return app.resolve(event, context)
