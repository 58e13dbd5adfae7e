def descent_file(subject):
    raise NotImplementedError
