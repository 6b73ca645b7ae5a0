#pragma once

/// Calls of malloc, calloc, realloc and the aligned kinds in this process so far; 0 for ever where they cannot be counted.
unsigned long allocation_count(void);
