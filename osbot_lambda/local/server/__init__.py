"""The cloud itself: gateway, engines, moto. Only the cloud's own process imports it."""
