#include <curl/curl.h>
#include <stdio.h>
int main(int argc, char **argv) { printf("%s %s\n", curl_version(), argc > 1 ? argv[1] : ""); return 0; }
