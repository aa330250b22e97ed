from symbolic_regression import predict


def test_a_number_for_each_point():
    told = predict([-1.0, -0.5, 0.0, 0.5, 1.0])
    assert len(told) == 5
    assert all(isinstance(each, (int, float)) for each in told)


def test_what_is_said_of_a_point_does_not_depend_on_others():
    assert predict([0.25, 0.75]) == [*predict([0.25]), *predict([0.75])]
