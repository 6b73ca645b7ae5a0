// libxlsxwriter, which writes workbooks (Debian: libxlsxwriter-dev).
#include <xlsxwriter.h>
