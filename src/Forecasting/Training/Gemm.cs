using System.Runtime.CompilerServices;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>C += A B, the only matrix product of training. A's strides are free, so A may be read transposed.</summary>
/// <remarks>Every element adds its products in the order of k whatever the width, so CPUs that round a multiply-add once agree to the bit.</remarks>
internal static unsafe class Gemm<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    /// <param name="m">Rows of A and C, a multiple of 8.</param>
    /// <param name="n">Columns of B and C, a multiple of 16.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="a">[m, k]</param>
    /// <param name="aRow">Floats from a row of A to the next.</param>
    /// <param name="aColumn">Floats from a column of A to the next.</param>
    /// <param name="b">[k, n]</param>
    /// <param name="bRow">Floats from a row of B to the next.</param>
    /// <param name="c">[m, n], added to.</param>
    /// <param name="cRow">Floats from a row of C to the next.</param>
    public static void Add(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow)
    {
        var column = 0;
        for (; column <= n - (4 * TSimd.Lanes); column += 4 * TSimd.Lanes)
        {
            for (var row = 0; row < m; row += 4)
            {
                FourByFour(k, a + (row * aRow), aRow, aColumn, b + column, bRow, c + (row * cRow) + column, cRow);
            }
        }

        for (; column < n; column += TSimd.Lanes)
        {
            for (var row = 0; row < m; row += 8)
            {
                EightByOne(k, a + (row * aRow), aRow, aColumn, b + column, bRow, c + (row * cRow) + column, cRow);
            }
        }
    }

    /// <summary>Four rows of four vectors: sixteen sums in registers share every value that is read.</summary>
    private static void FourByFour(int k, float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow)
    {
        var sums0 = GateSums<TSimd, T>.Load(c);
        var sums1 = GateSums<TSimd, T>.Load(c + cRow);
        var sums2 = GateSums<TSimd, T>.Load(c + (2 * cRow));
        var sums3 = GateSums<TSimd, T>.Load(c + (3 * cRow));
        for (; k > 0; k--)
        {
            var values = GateSums<TSimd, T>.Load(b);
            sums0.MultiplyAdd(a, in values);
            sums1.MultiplyAdd(a + aRow, in values);
            sums2.MultiplyAdd(a + (2 * aRow), in values);
            sums3.MultiplyAdd(a + (3 * aRow), in values);
            a += aColumn;
            b += bRow;
        }

        sums0.Store(c);
        sums1.Store(c + cRow);
        sums2.Store(c + (2 * cRow));
        sums3.Store(c + (3 * cRow));
    }

    /// <summary>Eight rows of one vector, where fewer than four vectors are left.</summary>
    private static void EightByOne(int k, float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow)
    {
        var s0 = TSimd.Load(c);
        var s1 = TSimd.Load(c + cRow);
        var s2 = TSimd.Load(c + (2 * cRow));
        var s3 = TSimd.Load(c + (3 * cRow));
        var s4 = TSimd.Load(c + (4 * cRow));
        var s5 = TSimd.Load(c + (5 * cRow));
        var s6 = TSimd.Load(c + (6 * cRow));
        var s7 = TSimd.Load(c + (7 * cRow));
        for (; k > 0; k--)
        {
            var value = TSimd.Load(b);
            s0 = At(a, 0, value, s0);
            s1 = At(a, aRow, value, s1);
            s2 = At(a, 2 * aRow, value, s2);
            s3 = At(a, 3 * aRow, value, s3);
            s4 = At(a, 4 * aRow, value, s4);
            s5 = At(a, 5 * aRow, value, s5);
            s6 = At(a, 6 * aRow, value, s6);
            s7 = At(a, 7 * aRow, value, s7);
            a += aColumn;
            b += bRow;
        }

        TSimd.Store(s0, c);
        TSimd.Store(s1, c + cRow);
        TSimd.Store(s2, c + (2 * cRow));
        TSimd.Store(s3, c + (3 * cRow));
        TSimd.Store(s4, c + (4 * cRow));
        TSimd.Store(s5, c + (5 * cRow));
        TSimd.Store(s6, c + (6 * cRow));
        TSimd.Store(s7, c + (7 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(float* a, int offset, T value, T sum) => TSimd.MultiplyAdd(TSimd.Broadcast(a[offset]), value, sum);
}
