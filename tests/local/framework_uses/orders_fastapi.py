"""FastAPI behind a function URL, by Mangum."""

from fastapi import FastAPI, HTTPException, Request
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    id: str
    price: float


@app.get('/orders/{order_id}')
async def get_order(order_id: int, request: Request):
    if not order_id:
        raise HTTPException(404, 'no such order')
    return {'id': order_id, 'request_id': request.scope['aws.context'].aws_request_id, 'by': request.client.host}


@app.post('/orders', status_code=201)
async def post_order(order: Order):
    return order


run = Mangum(app, lifespan='off')
