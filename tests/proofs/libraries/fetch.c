#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

int pages_open(const char *path);

int main(void) {
    const char *path = getenv("FETCH_DATABASE");
    FILE *schema = fopen("/usr/local/share/fetch/pages.sql", "r");
    if (!path || !schema || pages_open(path)) return 1;
    puts(curl_version());
    return 0;
}
