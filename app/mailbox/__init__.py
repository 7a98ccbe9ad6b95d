"""What a phone without a network sealed and sends later: opened, told of by its own time."""
