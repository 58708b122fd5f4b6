"""Functions of real variables: the standard test functions and BBOB."""
