import functools


class Box:
    import in_class

    def method(self):
        from in_method import value

        class Inner:
            def deep(self):
                import in_deep

                return in_deep.value

        return value + Inner().deep()


def outer():
    def inner():
        import in_inner

        return in_inner.value

    return inner


async def later():
    import in_async

    async with thing:
        import in_async_with
    async for x in thing:
        import in_async_for


def run(event, context):
    for _ in range(1):
        with open(__file__):
            import in_with
    else:
        import in_else
    pick = lambda: __import__('in_lambda').value
    return [Box().method(), outer()(), Box.in_class.value, in_with.value, in_else.value, pick()]
