def value(text: str) -> int:
    """What an expression in reverse Polish notation comes to; division goes towards minus."""
    stack = []
    for word in text.split():
        if word not in ("+", "-", "*", "/"):
            stack.append(int(word))
            continue
        if len(stack) < 2:
            raise ValueError("an operand is missing")
        right = stack.pop()
        left = stack.pop()
        if word == "+":
            stack.append(left + right)
        elif word == "-":
            stack.append(left - right)
        elif word == "*":
            stack.append(left * right)
        elif right == 0:
            raise ValueError("division by 0")
        else:
            stack.append(left // right)
    if len(stack) != 1:
        raise ValueError("an operator is missing")
    return stack[0]
