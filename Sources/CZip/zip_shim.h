// libzip, which unpacks the parts of a workbook (Debian: libzip-dev).
#include <zip.h>
