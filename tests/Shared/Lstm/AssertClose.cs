namespace Coinsphere.Messaging.Tests;

internal static class AssertClose
{
    /// <summary>Compares absolutely, and names the first value that is off; NaN equals nothing.</summary>
    public static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}] is {actual[i]:R}, expected {expected[i]:R} within {tolerance}");
        }
    }
}
