"""The product of two matrices, as lists of rows."""


def matmul(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    """The matrix product of a and b: as many rows as a, as many columns as b."""
    product = []
    for i in range(len(a)):
        row = []
        for j in range(len(b[0])):
            total = 0
            for k in range(len(b)):
                total = total + a[i][k] * b[k][j]
            row.append(total)
        product.append(row)
    return product
