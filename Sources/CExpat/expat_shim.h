// Expat, which reads XML as a stream (Debian: libexpat1-dev).
#include <expat.h>
