PHP_ARG_ENABLE([hello], [], [], [yes])
PHP_NEW_EXTENSION(hello, hello.c, $ext_shared)
