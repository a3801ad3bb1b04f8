#include <php.h>

ZEND_BEGIN_ARG_INFO(arguments, 0)
ZEND_END_ARG_INFO()

PHP_FUNCTION(hello) { RETURN_STRING("hello\n"); }

static const zend_function_entry functions[] = {PHP_FE(hello, arguments) PHP_FE_END};

zend_module_entry hello_module_entry = {
    STANDARD_MODULE_HEADER, "hello", functions, NULL, NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES};

ZEND_GET_MODULE(hello)
