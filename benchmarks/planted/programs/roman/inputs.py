EDGES = [("",), (" ",), ("I",), ("IIX",), ("MMMDCCCLXXXVIII",), ("q",), ("1",), ("cdXliv",)]


def draw(random):
    letters = "IVXLCDMivxlcdm" + (" A" if random.random() < 0.1 else "")
    return ("".join(random.choice(letters) for _ in range(random.randrange(9))),)
