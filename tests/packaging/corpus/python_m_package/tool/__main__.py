from tool.cli import main

def run(event, context):
    return main()


if __name__ == '__main__':
    import tool.shell
