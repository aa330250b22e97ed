def split(line: str, separator: str = ",") -> list[str]:
    """The fields of a line; in quotes a separator is text, and two quotes are one."""
    found = []
    field = ""
    quoted = False
    place = 0
    while place < len(line):
        letter = line[place]
        if letter == '"':
            if quoted and line[place + 1 : place + 2] == '"':
                field += '"'
                place += 1
            else:
                quoted = not quoted
        elif letter == separator and not quoted:
            found.append(field)
            field = ""
        else:
            field += letter
        place += 1
    if quoted:
        raise ValueError("a quote is open")
    found.append(field)
    return found
