#include <ruby.h>
static VALUE answer(VALUE self) { return INT2NUM(42); }
void Init_fast(void) { rb_define_module_function(rb_define_module("Fast"), "answer", answer, 0); }
