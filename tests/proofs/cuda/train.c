#include <cudart.h>
#include <stdio.h>
int main(void) { printf("devices: %d\n", device_count()); return 0; }
