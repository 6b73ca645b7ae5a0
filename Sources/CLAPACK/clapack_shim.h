#ifndef FULLSHELF_CLAPACK_SHIM_H
#define FULLSHELF_CLAPACK_SHIM_H

// Our own prototypes of the few LAPACK and BLAS routines that are used, so that liblapack-dev alone suffices.
// LP64, everything by reference, column-major; a hidden trailing size_t per CHARACTER argument (gfortran >= 8).

#include <stddef.h>
#include <stdint.h>

typedef int32_t f_int;

void dpotrf_(const char *uplo, const f_int *n, double *a, const f_int *lda, f_int *info, size_t);
void dpotri_(const char *uplo, const f_int *n, double *a, const f_int *lda, f_int *info, size_t);
void dpotrs_(const char *uplo, const f_int *n, const f_int *nrhs, const double *a, const f_int *lda, double *b, const f_int *ldb, f_int *info, size_t);
void dpbtrf_(const char *uplo, const f_int *n, const f_int *kd, double *ab, const f_int *ldab, f_int *info, size_t);
void dpbtrs_(const char *uplo, const f_int *n, const f_int *kd, const f_int *nrhs, const double *ab, const f_int *ldab, double *b, const f_int *ldb, f_int *info, size_t);
void dgemm_(const char *ta, const char *tb, const f_int *m, const f_int *n, const f_int *k, const double *alpha, const double *a, const f_int *lda, const double *b, const f_int *ldb, const double *beta, double *c, const f_int *ldc, size_t, size_t);
void dgemv_(const char *ta, const f_int *m, const f_int *n, const double *alpha, const double *a, const f_int *lda, const double *x, const f_int *incx, const double *beta, double *y, const f_int *incy, size_t);
void dsymv_(const char *uplo, const f_int *n, const double *alpha, const double *a, const f_int *lda, const double *x, const f_int *incx, const double *beta, double *y, const f_int *incy, size_t);
void dsyrk_(const char *uplo, const char *tr, const f_int *n, const f_int *k, const double *alpha, const double *a, const f_int *lda, const double *beta, double *c, const f_int *ldc, size_t, size_t);
void dsymm_(const char *side, const char *uplo, const f_int *m, const f_int *n, const double *alpha, const double *a, const f_int *lda, const double *b, const f_int *ldb, const double *beta, double *c, const f_int *ldc, size_t, size_t);
void dtrsm_(const char *side, const char *uplo, const char *ta, const char *diag, const f_int *m, const f_int *n, const double *alpha, const double *a, const f_int *lda, double *b, const f_int *ldb, size_t, size_t, size_t, size_t);
void dtrsv_(const char *uplo, const char *ta, const char *diag, const f_int *n, const double *a, const f_int *lda, double *x, const f_int *incx, size_t, size_t, size_t);

#endif
