import flask; print('ok')
