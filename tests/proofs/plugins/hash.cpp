#include <openssl/crypto.h>
extern "C" const char *name() { return OpenSSL_version(0); }
