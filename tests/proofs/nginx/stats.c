#include <stdio.h>
int main(void) { puts("<p>built</p>"); return 0; }
