namespace Coinsphere.Messaging.Forecasting.Numerics;

/// <summary>
/// Mean and standard deviation in two passes over the values at hand. Running updates would be cheaper per window, but they lose digits
/// where a series falls by orders of magnitude, and a flat window then has a deviation that is not 0.
/// </summary>
internal static class Moments
{
    /// <summary>Sum over count; NaN where there are no values.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    /// <summary>Square root of the mean squared distance from <paramref name="mean"/> (ddof 0).</summary>
    public static double PopulationDeviation(ReadOnlySpan<double> values, double mean) => Math.Sqrt(SquaredDistances(values, mean) / values.Length);

    /// <summary>Standard deviation of a sample (ddof 1).</summary>
    public static double SampleDeviation(ReadOnlySpan<double> values, double mean) => Math.Sqrt(SquaredDistances(values, mean) / (values.Length - 1));

    private static double SquaredDistances(ReadOnlySpan<double> values, double mean)
    {
        double sum = 0;
        foreach (var value in values)
        {
            var distance = value - mean;
            sum += distance * distance;
        }

        return sum;
    }
}
