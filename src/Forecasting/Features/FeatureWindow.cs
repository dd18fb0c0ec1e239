using System.Buffers;
using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Turns the newest rows of a feature table into the model's input.</summary>
public static class FeatureWindow
{
    /// <summary>
    /// The last <paramref name="steps"/> rows, standardised: row-major [steps, 20], computed in double and cast last. With a scaler
    /// (x - mean) / scale, and 0 where the scale is 0; without, minus the window's own mean, divided by (its population std + 1e-8).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The table has fewer rows; see <see cref="FeatureTable.Rows"/>.</exception>
    public static float[] Standardise(FeatureTable table, int steps, FeatureScaler? scaler)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, table.Rows);

        var window = new float[steps * FeatureNames.Count];
        Standardise(table.Values.Span[^window.Length..], scaler, window);
        return window;
    }

    /// <summary>The same of rows in the caller's memory, without allocating.</summary>
    /// <param name="rows">[steps, 20], columns as in <see cref="FeatureColumn"/>; at least one row.</param>
    /// <param name="scaler">The model's, or null where it has none.</param>
    /// <param name="window">Receives [steps, 20].</param>
    /// <exception cref="ArgumentException">The rows are not whole, there is none, or the window has another length.</exception>
    public static void Standardise(ReadOnlySpan<double> rows, FeatureScaler? scaler, Span<float> window)
    {
        if (rows.IsEmpty || rows.Length % FeatureNames.Count != 0 || window.Length != rows.Length)
        {
            throw new ArgumentException(
                $"Expected whole rows of {FeatureNames.Count} features and room for as many, got {rows.Length} values and room for {window.Length}.");
        }

        var steps = rows.Length / FeatureNames.Count;
        var rented = ArrayPool<double>.Shared.Rent(steps);
        var values = rented.AsSpan(0, steps);
        for (var feature = 0; feature < FeatureNames.Count; feature++)
        {
            for (var step = 0; step < steps; step++)
            {
                values[step] = rows[(step * FeatureNames.Count) + feature];
            }

            var (mean, scale) = scaler is null ? OwnScale(values) : (scaler.Mean[feature], scaler.Scale[feature]);
            for (var step = 0; step < steps; step++)
            {
                window[(step * FeatureNames.Count) + feature] = scale == 0 ? 0 : (float)((values[step] - mean) / scale);
            }
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    // The mean of equal values may be off by one unit in the last place, which for large values would not divide to 0.
    private static (double Mean, double Scale) OwnScale(ReadOnlySpan<double> values)
    {
        if (!values.ContainsAnyExcept(values[0]))
        {
            return (values[0], 0);
        }

        var mean = Moments.Mean(values);
        return (mean, Moments.PopulationDeviation(values, mean) + 1e-8);
    }
}
